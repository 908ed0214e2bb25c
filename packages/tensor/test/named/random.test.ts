/** @file Random tensors: the same key gives the same numbers, other keys others; moments; gradients of their parameters; keys in programs. */
import { describe, expect, test } from 'vitest';
import { flatten, grad, vmap } from '@tapeflow/autodiff';
import { DimensionError, DTypeError, foldKey, IndexError, jit, type Key, precision, randomKey, randomNormal, randomUniform, range, scalar, scan, SeedError, splitKey, sum, type Scalar, type Tensor } from '@tapeflow/tensor';
import { wrap, type NDArray } from '@tapeflow/tensor/extend';
import { keyFromSeed, randomBits, uniform32 } from '../../src/random/threefry.ts';
import { thrown } from './support.ts';

const SEED = Number(process.env['TAPEFLOW_SEED'] ?? 7);
const words = (key: Key): string => String(key);
const mean = (xs: Float64Array, f: (x: number) => number): number => xs.reduce((total, x) => total + f(x), 0) / xs.length;

describe('keys', () => {
  test('a seed gives its key, again and again; numbers and texts are seeds', () => {
    expect(words(randomKey(5))).toBe(words(randomKey(5)));
    expect(words(randomKey('smoke'))).toBe(words(randomKey('smoke')));
    expect(new Set([0, 1, -1, 0.5, 'a', 'b', '0'].map((seed) => words(randomKey(seed)))).size).toBe(7);
    expect(thrown(() => randomKey(NaN))).toBeInstanceOf(SeedError);
  });

  test('children differ from each other, from their parent and from those of others', () => {
    const parents = [randomKey(1), randomKey(2)];
    const all = [...parents, ...parents.flatMap((parent) => splitKey(parent, 50))];
    expect(new Set(all.map(words)).size).toBe(102);
  });

  test('folding in a number gives the child that splitting has there', () => {
    const parent = randomKey(3);
    const children = splitKey(parent, 4).map(words);
    expect([0, 1, 2, 3].map((k) => words(foldKey(parent, k)))).toEqual(children);
    expect(words(foldKey(parent, scalar(2, { dtype: 'i32' })))).toBe(children[2]);
    expect(splitKey(parent, 2).map(words)).toEqual(children.slice(0, 2));
  });

  test('children are numbered by integers from 0', () => {
    const key = randomKey(4);
    for (const index of [-1, 0.5, 2 ** 31]) expect(() => foldKey(key, index)).toThrow(IndexError);
    expect(() => foldKey(key, scalar(1))).toThrow(DTypeError);
    expect(() => splitKey(key, -1)).toThrow(IndexError);
  });
});

describe(`numbers of a key (seed ${SEED})`, () => {
  const key = randomKey(SEED);

  test('are the bits of the generator, in the order of storage', () => {
    const plain = uniform32(randomBits(keyFromSeed(SEED), 6));
    expect(randomUniform({ y: 2, x: 3 }, key).data).toEqual(plain);
    expect(randomUniform({ x: 3, batch: 2 }, key).dims.map(({ name }) => name)).toEqual(['batch', 'x']);
    expect(randomUniform({ x: 3, batch: 2 }, key).data).toEqual(plain);
  });

  test('are pinned: every engine and release gives these', () => {
    const pinned = randomKey(42);
    expect([...randomUniform({ x: 3 }, pinned).data]).toMatchInlineSnapshot(`
      [
        0.9347559213638306,
        0.013642549514770508,
        0.38537919521331787,
      ]
    `);
    expect([...randomNormal({ x: 3 }, pinned, { dtype: 'f64' }).data]).toMatchInlineSnapshot(`
      [
        -0.16427855112021258,
        0.29138301126900207,
        -1.5593937784733396,
      ]
    `);
  });

  test('differ from those of other keys, and do not repeat', () => {
    const others = [key, ...splitKey(key, 3)].map((each) => [...randomUniform({ x: 1000 }, each, { dtype: 'f64' }).data]);
    expect(new Set(others.flat()).size).toBe(4000);
  });

  test('have the precision of the context, unless it is given', () => {
    expect(randomNormal({ x: 2 }, key).dtype).toBe('f32');
    expect(precision(64, () => randomNormal({ x: 2 }, key).dtype)).toBe('f64');
    expect(randomUniform({ x: 2 }, key, { dtype: 'f64' }).dtype).toBe('f64');
    expect(randomUniform({ x: 2 }, key, { dtype: 'f64', low: 0.1, high: 0.3 }).dtype).toBe('f64');
  });

  test.each(['f32', 'f64'] as const)('uniform %s numbers have the moments of [low, high), and keep to it', (dtype) => {
    const count = 100_000;
    const [low, high] = [-2, 5];
    const xs = Float64Array.from(randomUniform({ x: count }, key, { low, high, dtype }).data);
    const unit = xs.map((x) => (x - low) / (high - low));
    // Four standard deviations of each estimate: Var u = 1/12, Var u² = 4/45, covariance of neighbours 7/144
    expect(Math.abs(mean(unit, (u) => u) - 1 / 2)).toBeLessThan(4 * Math.sqrt(1 / 12 / count));
    expect(Math.abs(mean(unit, (u) => u * u) - 1 / 3)).toBeLessThan(4 * Math.sqrt(4 / 45 / count));
    expect(Math.abs(mean(unit.map((u, k) => u * unit[(k + 1) % count]!), (u) => u) - 1 / 4)).toBeLessThan(4 * Math.sqrt(7 / 144 / count));
    // In f32 the largest numbers may round to the upper end.
    expect(xs.every((x) => x >= low && (dtype === 'f32' ? x <= high : x < high))).toBe(true);
  });

  test.each(['f32', 'f64'] as const)('normal %s numbers have mean and deviation', (dtype) => {
    const count = 100_000;
    const xs = Float64Array.from(randomNormal({ x: count }, key, { mean: 3, deviation: 0.5, dtype }).data);
    expect(Math.abs(mean(xs, (x) => x) - 3)).toBeLessThan((4 * 0.5) / Math.sqrt(count));
    expect(Math.abs(mean(xs, (x) => ((x - 3) / 0.5) ** 2) - 1)).toBeLessThan(4 * Math.sqrt(2 / count));
    expect(Math.abs(mean(xs, (x) => ((x - 3) / 0.5) ** 4) - 3)).toBeLessThan(4 * Math.sqrt(96 / count));
  });

  test('numbers of two keys are independent', () => {
    const count = 100_000;
    const [a, b] = splitKey(key, 2).map((each) => Float64Array.from(randomNormal({ x: count }, each).data));
    expect(Math.abs(mean(a!.map((x, k) => x * b![k]!), (x) => x))).toBeLessThan(4 / Math.sqrt(count));
  });

  test('bad sizes are refused', () => {
    expect(thrown(() => randomUniform({ x: -1 }, key))).toMatchObject({ name: 'DimensionError', operation: 'randomUniform' });
    expect(() => randomNormal({ x: 0.5 }, key)).toThrow(DimensionError);
    expect(randomNormal({ x: 0 }, key).size).toBe(0);
  });
});

describe('inside transformations', () => {
  const key = randomKey(9);

  test('derivatives reach mean, deviation and ends of the interval', () => precision(64, () => {
    const noise = randomNormal({ x: 5 }, key);
    const slopes = grad(({ mean: m, deviation }: { mean: Scalar; deviation: Scalar }): Scalar => sum(randomNormal({ x: 5 }, key, { mean: m, deviation })))({ mean: scalar(1), deviation: scalar(2) });
    expect(slopes.mean.item()).toBe(5);
    expect(slopes.deviation.item()).toBeCloseTo(sum(noise).item(), 12);
    const ends = grad(({ low, high }: { low: Scalar; high: Scalar }): Scalar => sum(randomUniform({ x: 5 }, key, { low, high })))({ low: scalar(0), high: scalar(1) });
    expect(ends.low.add(ends.high).item()).toBeCloseTo(5, 12);
  }));

  test('children of a key in a program are those outside of it, also one per step of a loop', () => {
    const draw = (key: Key): readonly Tensor<never>[] => splitKey(key, 3).map((each) => randomUniform({ x: 4 }, each));
    const seen = jit(draw)(randomKey(5));
    expect(seen.map(({ data }) => [...data])).toEqual(draw(randomKey(5)).map(({ data }) => [...data]));
    expect(new Set(seen.map(String)).size).toBe(3);
    const walk = (key: Key, n: number): Tensor<'step'> => scan((x: Scalar, k) => [x.add(randomUniform({}, foldKey(key, k)) as Scalar), x] as const, scalar(0), n)[1];
    expect(jit(walk, { static: [1] })(randomKey(6), 5).data).toEqual(walk(randomKey(6), 5).data);
  });

  test('a key is a tree with one leaf, so that it may be batched', () => {
    const { leaves, structure } = flatten(key, 'test');
    expect([leaves.length, words(structure.unflatten(leaves) as Key)]).toEqual([1, words(key)]);
    const steps = range({ k: 3 });
    const members = splitKey(key, 3).map((each) => [...randomUniform({ x: 2 }, each).data]);
    // Three members stacked along an axis that has no name.
    const together = vmap((k: Scalar) => randomUniform({ x: 2 }, foldKey(key, k)))(wrap({ value: steps.value, dims: [] }));
    expect([...(together.value as NDArray).contiguous()]).toEqual(members.flat());
  });
});
