/** @file Declaring operations: what each constructor makes of a rule. */
import { describe, expect, test } from 'vitest';
import { checkGradients, grad, jvp, MissingRuleError, vmap } from '../src/index.ts';
import { applyOne, applyPair, discrete, elementwise, linear, primitive, spaceOf, typeIn, type Abstract, type Primitive, type Value } from '../src/extend.ts';
import { timesSlope } from '../src/primitive.ts';
import { add, mul, NumberList, type Scalar } from '../src/scalar.ts';
import { Pair, pairMultiply, pairSpace, pairSum } from './pairs.ts';

const numbers = spaceOf(0);
const number: Abstract = { space: numbers, type: 'number' };

describe('elementwise', () => {
  const cross = elementwise({
    name: 'cross',
    space: numbers,
    evaluate: ([a, b, c]) => (a as number) * (b as number) ** 2 + (c as number),
    abstract: () => number,
    slopes: [(_a, b) => mul(b as Scalar, b as Scalar), (a, b) => mul(2, mul(a as Scalar, b as Scalar)), () => 1],
  });
  const f = ([a, b, c]: readonly Scalar[]): Scalar => applyOne(cross, [a, b, c]) as Scalar;

  test('one slope per input serves both modes, to any order', () => {
    expect(grad(f)([2, 3, 5])).toEqual([9, 12, 1]);
    expect(jvp(f, [2, 3, 5] as readonly Scalar[], [1, 10, 100]).tangent).toBe(9 + 120 + 100);
    checkGradients(f, [0.3, 0.7, -0.2] as readonly Scalar[], { order: 3 });
  });

  test('an input without slope is a constant in both modes', () => {
    const held = elementwise({ name: 'held', space: numbers, evaluate: ([a, b]) => (a as number) * (b as number), abstract: () => number, slopes: [undefined, (a) => a] });
    const g = ([a, b]: readonly Scalar[]): Scalar => applyOne(held, [a, b]) as Scalar;
    expect(grad(g)([2, 3])).toEqual([0, 2]);
    expect(jvp(g, [2, 3] as readonly Scalar[], [1, 0]).tangent).toBe(0);
  });

  test('without a pair form it can be applied to pairs all the same', () => {
    const sum = elementwise({ name: 'sum', space: numbers, evaluate: ([a, b]) => (a as number) + (b as number), abstract: () => number, slopes: [() => 1, () => 1] });
    expect(applyPair(sum, 2, 3)).toBe(5);
    expect(grad((x: Scalar) => applyPair(sum, x, x) as Scalar)(3)).toBe(2);
  });

  test('a slope that is a number scales values of any space', () => {
    const doubled = elementwise({ name: 'doubled', space: pairSpace, evaluate: ([a]) => new Pair(2 * (a as Pair).x, 2 * (a as Pair).y), abstract: ([a]) => a!, slopes: [() => 2] });
    expect(grad((a: Pair) => pairSum(pairMultiply(applyOne(doubled, [a]), new Pair(3, 4))))(new Pair(1, 1))).toEqual(new Pair(6, 8));
    expect(timesSlope(pairSpace, new Pair(1, 2), 1)).toEqual(new Pair(1, 2));
    expect(timesSlope(pairSpace, new Pair(1, 2), 3)).toEqual(new Pair(3, 6));
    expect(timesSlope(pairSpace, new Pair(1, 2), new Pair(3, 4))).toEqual(new Pair(3, 8));
  });

  test('a batching rule takes all members at once', () => {
    let batches = 0;
    const squares = elementwise({
      name: 'squares',
      space: numbers,
      evaluate: ([a]) => (a as number) ** 2,
      abstract: () => number,
      slopes: [(a) => mul(2, a as Scalar)],
      batch: ([a]) => (batches++, new NumberList((a as NumberList).values.map((value) => (value as number) ** 2))),
    });
    expect(vmap((x: Scalar) => applyOne(squares, [x]) as Scalar)(new NumberList([1, 2, 3]))).toEqual(new NumberList([1, 4, 9]));
    expect(batches).toBe(1);
  });
});

describe('linear', () => {
  /** Takes the member at an index out of a list. */
  const pick: Primitive = linear<{ at: number }>(
    {
      name: 'pick',
      space: numbers,
      evaluate: ([list], { at }) => (list as NumberList).values[at],
      abstract: () => number,
      transpose: (yBar, { at }, type) => applyOne(place, [yBar], { at, size: (type as { size: number }).size }),
      batch: ([lists], _batched, { at }) => new NumberList((lists as NumberList).values.map((list) => (list as NumberList).values[at] as number)),
    },
    (value) => typeIn(numbers, value),
  );
  const place: Primitive = linear<{ at: number; size: number }>(
    {
      name: 'place',
      space: numbers,
      evaluate: ([x], { at, size }) => new NumberList(Array.from({ length: size }, (_, k) => (k === at ? (x as number) : 0))),
      abstract: (_inputs, { size }) => ({ space: numbers, type: { size, member: 'number' } }),
      transpose: (yBar, { at }) => applyOne(pick, [yBar], { at }),
    },
    (value) => typeIn(numbers, value),
  );
  const second = (list: unknown): Scalar => applyOne(pick, [list], { at: 1 }) as Scalar;

  test('gives its transpose, and both modes follow', () => {
    const list = new NumberList([1, 2, 3]);
    expect(grad((l: unknown) => mul(second(l), second(l)))(list)).toEqual(new NumberList([0, 4, 0]));
    expect(jvp((l: unknown) => second(l), list as unknown, new NumberList([5, 6, 7])).tangent).toBe(6);
    checkGradients((l: unknown) => mul(second(l), second(l)), list as unknown, { order: 3 });
    expect(vmap(second)(new NumberList([list, new NumberList([4, 5, 6])]))).toEqual(new NumberList([2, 5]));
  });

  test('further inputs have no derivative', () => {
    const weighted = linear({ name: 'weighted', space: numbers, evaluate: ([x, w]) => (x as number) * (w as number), abstract: () => number, transpose: (yBar, _params, _type, [, w]) => mul(yBar as Scalar, w as Scalar) }, (value) => typeIn(numbers, value));
    const f = ([x, w]: readonly Scalar[]): Scalar => applyOne(weighted, [x, w]) as Scalar;
    expect(grad(f)([2, 3])).toEqual([3, 0]);
    expect(jvp(f, [2, 3] as readonly Scalar[], [1, 1]).tangent).toBe(3);
  });
});

describe('primitive', () => {
  test('what is left out is refused by name, with what to use instead', () => {
    const bare = primitive({ name: 'bare', evaluate: (xs) => xs, abstract: (xs) => xs, outputSpace: () => numbers });
    const bareScalar = (x: Scalar): Scalar => applyOne(bare, [x]) as Scalar;
    expect(bareScalar(5)).toBe(5);
    for (const [run, rule] of [[() => grad(bareScalar)(1), 'reverse'], [() => jvp(bareScalar, 1, 1), 'forward']] as const) {
      expect(run).toThrow(MissingRuleError);
      expect(run).toThrow(`bare: there is no ${rule} derivative for this operation.\n  Use operations that have one, or wrap this one in customGradient.`);
    }
  });
});

describe('discrete', () => {
  const sorted = discrete({
    name: 'sorted',
    evaluate: (xs) => [...(xs as number[])].sort((a, b) => a - b),
    abstract: (xs) => xs,
    outputSpace: () => numbers,
  });
  test('derivative levels pass it through, so its results are plain', () => {
    const f = ([x, y]: readonly Scalar[]): Scalar => {
      const smallest: Value = applyOne(sorted, [x, y]);
      expect(typeof smallest).toBe('number');
      return add(mul(smallest as Scalar, x!), y!);
    };
    expect(grad(f)([3, 2])).toEqual([2, 1]);
    expect(jvp((x: Scalar) => applyOne(sorted, [x, 2]) as Scalar, 3, 1).tangent).toBe(0);
    expect(vmap((x: Scalar) => applyOne(sorted, [x, 2]) as Scalar)(new NumberList([1, 3]))).toEqual(new NumberList([1, 2]));
  });
});
