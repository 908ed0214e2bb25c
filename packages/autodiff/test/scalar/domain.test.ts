/** @file Numbers and lists of numbers as a vector space, and operations that users declare. */
import { describe, expect, test } from 'vitest';
import { checkGradients, grad, jvp, TreeError, vmap } from '../../src/index.ts';
import { directionGenerator, spaceOf, type Value } from '../../src/extend.ts';
import { add, binary, cos, exp, mul, NumberList, sin, stack, unary, unstack, type ListType, type Scalar } from '../../src/scalar.ts';
import { expectClose, plain } from '../support.ts';

const space = spaceOf(0);
const pair = new NumberList([1, 2]);
const table = new NumberList([new NumberList([1, 2, 3]), new NumberList([4, 5, 6])]);

describe('NumberList', () => {
  test('knows its type', () => {
    expect(space.typeOf(5)).toBe('number');
    expect(space.typeOf(pair)).toEqual({ size: 2, member: 'number' });
    expect(space.typeOf(table)).toEqual({ size: 2, member: { size: 3, member: 'number' } });
    expect(space.typeOf(new NumberList([]))).toEqual({ size: 0, member: 'number' });
    expect([5, pair, table].map((value) => space.describe(space.typeOf(value)))).toEqual(['a number', 'a list of 2 numbers', 'a list of 2 × 3 numbers']);
  });

  test('refuses members that are not numbers, or of several types', () => {
    expect(() => new NumberList(['1' as never])).toThrow(TreeError);
    expect(() => new NumberList([1, '2' as never])).toThrow('NumberList: at [1]: string instead of a number');
    expect(() => new NumberList([1, pair])).toThrow('at [1]: a list of 2 numbers beside a number');
    expect(() => new NumberList([pair, new NumberList([1])])).toThrow('at [1]: a list of 1 numbers beside a list of 2 numbers');
    expect(() => grad((x: Scalar) => (new NumberList([x as number]), x))(1)).toThrow('NumberList: at [0]: object instead of a number');
  });
});

describe('stack and unstack', () => {
  test('undo each other, on numbers and inside derivatives', () => {
    expect(stack([1, 2])).toEqual(pair);
    expect(unstack(pair)).toEqual([1, 2]);
    const swap = ([x, y]: readonly Scalar[]): Scalar => {
      const [b, a] = unstack(stack([y!, mul(3, x!)]));
      return mul(mul(a!, a!), b!);
    };
    // 9 x² y
    expect(swap([2, 5])).toBe(180);
    expect(grad(swap)([2, 5])).toEqual([180, 36]);
    expect(jvp(swap, [2, 5] as readonly Scalar[], [1, 10]).tangent).toBe(180 + 360);
    checkGradients(swap, [0.3, -0.7] as readonly Scalar[], { order: 3 });
  });

  test('members that stand still have the tangent 0', () => {
    const f = (x: Scalar): Scalar => unstack(stack([7, x])).reduce((sum, y) => add(mul(2, sum), y));
    expect(jvp(f, 3, 1)).toEqual({ value: 17, tangent: 1 });
    expect(jvp((x: Scalar) => unstack(stack([7, x]))[0]!, 3, 1)).toEqual({ value: 7, tangent: 0 });
  });

  test('what is no list is refused', () => {
    expect(() => unstack(5)).toThrow('unstack: a number where a list is expected');
    expect(() => grad((x: Scalar) => unstack(x)[0]!)(1)).toThrow('a number where a list is expected');
  });
});

describe('the vector space', () => {
  const random = directionGenerator(5);
  const types: readonly (readonly [string, unknown])[] = [
    ['numbers', 'number'],
    ['lists', { size: 3, member: 'number' } satisfies ListType],
    ['lists of lists', { size: 2, member: { size: 3, member: 'number' } } satisfies ListType],
    ['empty lists', { size: 0, member: 'number' } satisfies ListType],
  ];
  describe.each(types)('of %s (seed 5)', (_name, type) => {
    const draw = (): Value => space.randomLike(type, random);
    const numbers = (value: Value): number[] => Array.from(space.components(value));

    test('values have their type, dimension and size', () => {
      const x = draw();
      expect(space.sameType(space.typeOf(x), type)).toBe(true);
      expect(numbers(x)).toHaveLength(space.dimension(type));
      expect(space.bytes(type)).toBe(8 * space.dimension(type));
      expect(space.isDifferentiable(type)).toBe(true);
      expect(space.isScalar(type)).toBe(type === 'number');
    });

    test('operations are those of the components', () => {
      const [x, y] = [draw(), draw()];
      expect(numbers(space.add(x, y))).toEqual(numbers(x).map((value, k) => value + numbers(y)[k]!));
      expect(numbers(space.multiply(x, y))).toEqual(numbers(x).map((value, k) => value * numbers(y)[k]!));
      expect(numbers(space.scale(x, 3))).toEqual(numbers(x).map((value) => 3 * value));
      expectClose(space.dot(x, y), numbers(x).reduce((sum, value, k) => sum + value * numbers(y)[k]!, 0), 1e-15);
      expect(numbers(space.zeros(type))).toEqual(numbers(x).map(() => 0));
    });

    test('the basis picks components', () => {
      const x = draw();
      const picked = numbers(x).map((_, k) => space.dot(x, space.basis(type, k)));
      expect(picked).toEqual(numbers(x));
    });

    test('the first component that is not finite', () => {
      expect(space.firstNonFinite(draw())).toBe(-1);
      const dimension = space.dimension(type);
      for (let k = 0; k < dimension; k++) {
        for (const bad of [NaN, Infinity, -Infinity]) {
          const broken = (value: Value, offset: number): Value => {
            if (typeof value === 'number') return offset === k ? bad : value;
            const members = (value as NumberList).values;
            const each = dimension === 6 && members.length === 2 ? 3 : 1;
            return new NumberList(members.map((member, j) => broken(member, offset + j * each) as number));
          };
          expect(space.firstNonFinite(broken(draw(), 0))).toBe(k);
        }
      }
    });
  });

  test('types are the same only where all sizes are', () => {
    const all = types.map(([, type]) => type);
    all.forEach((a, j) => all.forEach((b, k) => expect(space.sameType(a, b)).toBe(j === k)));
  });

  test('stacks split into what they were made of', () => {
    const { batch } = space;
    const members = [[1, 2, 3], [4, 5, 6]].map((values) => new NumberList(values));
    const stacked = batch.stack(members);
    expect(stacked).toEqual(table);
    expect(batch.size(stacked)).toBe(2);
    expect(batch.split(stacked, 2)).toEqual(members);
    expect(batch.memberType(stacked)).toEqual({ size: 3, member: 'number' });
    expect(batch.repeat(pair, 2)).toEqual(new NumberList([pair, pair]));
  });
});

describe('declared operations', () => {
  const wave = unary('wave', (x) => Math.sin(x) * Math.exp(x), (x) => mul(add(sin(x), cos(x)), exp(x)));
  const damped = binary('damped', (x, k) => Math.exp(-k * x), (_x, k, z) => mul(mul(-1, k), z), (x, _k, z) => mul(mul(-1, x), z));

  test('have both modes, any order, and members', () => {
    checkGradients((x: Scalar) => wave(x), 0.4, { order: 3 });
    checkGradients(([x, k]: readonly [Scalar, Scalar]) => damped(x, k), [0.4, 1.3], { order: 3 });
    expect(vmap(damped)(pair, new NumberList([3, 4]))).toEqual(new NumberList([Math.exp(-3), Math.exp(-8)]));
  });

  test('without slope count as constant', () => {
    const steps = unary('steps', (x) => Math.floor(x));
    const half = binary('half', (x, y) => x * y, (_x, y) => y);
    expect(grad((x: Scalar) => mul(x, steps(x)))(2.5)).toBe(2);
    expect(grad(([x, y]: readonly Scalar[]) => half(x!, y!))([2, 3])).toEqual([3, 0]);
    expect(jvp((y: Scalar) => half(2, y), 3, 1).tangent).toBe(0);
  });

  test('a wrong slope is found by checkGradients', () => {
    const wrong = unary('wrong', Math.sin, (x) => sin(x));
    expect(() => checkGradients((x: Scalar) => wrong(x), 0.4)).toThrow('the Taylor law fails at order 1');
    expect(plain(wrong(0.4))).toBe(Math.sin(0.4));
  });
});
