/** @file vmap along a dimension: the same as one entry after another, whatever the arguments lack, in any nesting with derivatives and programs. */
import { describe, expect, test } from 'vitest';
import { checkGradients, grad, jvp } from '@tapeflow/autodiff';
import {
  batch, channel, cond, convert, cumulativeSum, exp, foldKey, forLoop, gather, greater, jit, less, max, mul, precision, randomKey, randomUniform, range, root, scalar, scan, sin, solveLinear, sort, stack, sum, tensor, vmap,
  whileLoop, type Key, type Scalar, type Tensor,
} from '@tapeflow/tensor';
import { element, expectElements, random, thrown } from '../named/support.ts';

const at64 = (name: string, body: () => void): void => test(name, () => precision(64, body));
type Member<D extends string> = Tensor<D | 'member'>;
const members = <D extends string>(t: Tensor<D | 'member'>): Tensor<D>[] => Array.from({ length: t.sizes['member']! }, (_, k) => (t as Tensor).at({ member: k }) as Tensor<never> as Tensor<D>);
/** Results one after another, as an oracle. */
const oneByOne = <D extends string, E extends string>(f: (x: Tensor<D>) => Tensor<E>, t: Member<D>): Tensor<E | 'member'> => stack(members<D>(t).map(f) as readonly Tensor<never>[] as readonly Tensor[], 'member') as Tensor<never> as Tensor<E | 'member'>;
const expectSame = (seen: Tensor<never>, expected: Tensor<never>, digits = 13): void => expectElements(seen, expected.sizes, (index) => element(expected, index), digits);

describe('values', () => {
  at64('are those of one entry after another: reductions, orders, loops, solves (seed 331)', () => {
    const t = random({ member: 3, y: 4, x: 5 }, 331);
    const functions: Record<string, (x: Tensor<'y' | 'x'>) => Tensor<never>> = {
      sum: (x) => sum(x, 'x'),
      full: (x) => max(x),
      sort: (x) => sort(x, 'y'),
      cumulated: (x) => cumulativeSum(x, 'x'),
      weights: (x) => x.mul(random({ y: 4, z: 2 }, 332)),
      loop: (x) => forLoop(3, (u: Tensor<'y' | 'x'>, k: Scalar) => sin(u).mul(convert(k, 'f64').add(1)), x),
      scanned: (x) => scan((c: Tensor<'y'>, row: Tensor<'y'>) => [c.mul(row), c.add(row)] as const, tensor({ y: 4 }, 1), x, { along: 'x' })[1],
      looked: (x) => gather(x, { x: convert(greater(sum(x, 'x'), 0), 'i32') as Tensor<'y'> }),
      solved: (x) => solveLinear((u: Tensor<'y' | 'x'>) => u.mul(3).add(x.pow(2).mul(u)), x, { relative: 1e-14 }).value,
      root: (x) => root((u: Tensor<'y' | 'x'>) => u.pow(3).add(u).sub(x), x, { relative: 1e-14 }).value,
    };
    for (const [name, f] of Object.entries(functions)) {
      const seen = vmap(f, 'member')(t);
      const expected = oneByOne(f as (x: Tensor<'y' | 'x'>) => Tensor, t);
      expect(seen.sizes, name).toEqual(expected.sizes);
      expectSame(seen, expected, 11);
    }
  });

  at64('loops run on until the last entry has ended, branches may disagree', () => {
    const t = tensor({ member: batch(4) }, [1, 2, 10, 0.5]);
    const halved = (x: Scalar): Scalar => whileLoop((u: Scalar) => greater(u, 1), (u: Scalar) => u.mul(0.5), x);
    expect([...vmap(halved, 'member')(t).data]).toEqual([1, 1, 0.625, 0.5]);
    const branched = (x: Scalar): Scalar => cond(less(x, 2), (u: Scalar) => u.mul(10), (u: Scalar) => u.neg(), x);
    expect([...vmap(branched, 'member')(t).data]).toEqual([10, -2, -10, 5]);
  });

  at64('what lacks the dimension is the same for all: tensors, numbers, what is closed over (seed 333)', () => {
    const [t, w] = [random({ member: 3, x: 4 }, 333), random({ x: 4 }, 334)];
    const f = (x: Tensor<'x'>, weights: Tensor<'x'>, factor: number): Scalar => sum(x.mul(weights).mul(factor).add(w));
    expectElements(vmap(f, 'member')(t, w, 2), { member: 3 }, ({ member }) => [0, 1, 2, 3].reduce((total, x) => total + 2 * element(t, { member: member!, x }) * element(w, { x }) + element(w, { x }), 0));
  });

  at64('trees in, trees out, with scalars for numbers, items and type of the dimension kept', () => {
    const t = tensor({ member: channel(['a', 'b']), x: 2 }, [1, 2, 3, 4]);
    const { total, one, none } = vmap(({ u }: { u: Tensor<'x'> }) => ({ total: sum(u), one: 1, none: [] }), 'member')({ u: t });
    expect([...total.data]).toEqual([3, 7]);
    expect(total.dims).toEqual(t.dims.filter(({ name }) => name === 'member'));
    expect([...(one as unknown as Tensor).data]).toEqual([1, 1]);
    expect(none).toEqual([]);
    expect(vmap((u: Scalar) => u, 'member')(tensor({ member: batch(2), x: 2 }, [1, 2, 3, 4]) as Tensor<never>).dims.map(({ name }) => name)).toEqual(['member', 'x']);
  });

  at64('the axis may stand anywhere in storage (seed 335)', () => {
    const t = random({ y: 2, k: 3, x: 2 }, 335);
    expectElements(vmap((u: Tensor<'y' | 'x'>) => u.mul(sum(u)), 'k')(t), { y: 2, k: 3, x: 2 }, ({ y, k, x }) => {
      let total = 0;
      for (let j = 0; j < 2; j++) for (let i = 0; i < 2; i++) total += element(t, { y: j, k: k!, x: i });
      return total * element(t, { y: y!, k: k!, x: x! });
    });
  });

  at64('each entry has its own random numbers from one key', () => {
    const key = randomKey(5);
    const draw = (own: Key, k: Scalar): Tensor<'x'> => randomUniform({ x: 3 }, foldKey(own, k));
    const seen = vmap(draw, 'member')(key, range({ member: 4 }, { dtype: 'i32' }));
    for (let member = 0; member < 4; member++) {
      const own = randomUniform({ x: 3 }, foldKey(key, member));
      for (let x = 0; x < 3; x++) expect(element(seen, { member, x })).toBe(element(own, { x }));
    }
  });

  at64('no entries give no results', () => {
    expect(vmap((u: Tensor<'x'>) => sum(u), 'member')(tensor({ member: 0, x: 3 }, [])).sizes).toEqual({ member: 0 });
  });
});

describe('nesting', () => {
  const f = (u: Tensor<'x'>, a: Scalar): Scalar => sum(exp(u.mul(a)).mul(u));

  at64('gradients of entries are those of each entry (seeds 336, 337)', () => {
    const [t, a] = [random({ member: 3, x: 4 }, 336), random({ member: 3 }, 337)];
    const seen = vmap(grad(f), 'member')(t, a);
    members<'x'>(t).forEach((u, member) => {
      const own = grad(f)(u, a.at({ member }));
      for (let x = 0; x < 4; x++) expect(element(seen, { member, x })).toBeCloseTo(element(own, { x }), 13);
    });
    const slope = vmap((u: Tensor<'x'>, s: Scalar) => jvp((b: Scalar) => f(u, b), s, scalar(1)).tangent, 'member')(t, a);
    expect(slope.sizes).toEqual({ member: 3 });
  });

  at64('obeys the laws of derivatives to second order (seeds 338, 339)', () => {
    const at = { u: random({ member: 2, x: 3 }, 338), a: random({ member: 2 }, 339) };
    checkGradients(({ u, a }: typeof at) => vmap(f, 'member')(u, a), at, { order: 2 });
  });

  at64('in programs and around them gives the same (seed 340)', () => {
    const t = random({ member: 3, x: 4 }, 340);
    const slopes = vmap((u: Tensor<'x'>) => grad(f)(u, scalar(0.3)), 'member');
    const expected = slopes(t);
    expectSame(jit((u: Member<'x'>) => slopes(u))(t), expected, 14);
    expectSame(vmap(jit((u: Tensor<'x'>) => grad(f)(u, scalar(0.3))), 'member')(t), expected, 14);
  });

  at64('along two dimensions, one inside the other (seed 341)', () => {
    const t = random({ j: 2, k: 3, x: 4 }, 341);
    const inner = vmap((u: Tensor<'x'>) => sum(u.mul(u)), 'k');
    expectSame(vmap((u: Tensor<'k' | 'x'>) => inner(u), 'j')(t), sum(t.mul(t), 'x'));
  });
});

test('wrong arguments of vmap are refused', () => {
  const t = tensor({ member: batch(2), x: 3 }, 1);
  const double = (u: Tensor<'x'>, _v?: Tensor): Tensor<'x'> => u.mul(2);
  expect(thrown(() => vmap(double, 'z')(t))).toMatchObject({ name: 'DimensionError', operation: 'vmap', dimension: 'z' });
  expect(thrown(() => vmap((a: Tensor<'x'>, b: Tensor<'x'>) => mul(a, b), 'member')(t, tensor({ member: batch(3), x: 3 }, 1)))).toMatchObject({ name: 'DimensionError', operation: 'vmap', dimension: 'member' });
  // What is closed over must not have the dimension.
  expect(thrown(() => vmap((u: Tensor<'x'>) => u.mul(t), 'member')(t))).toMatchObject({ name: 'DimensionError', operation: 'vmap', dimension: 'member' });
});
