/** @file Random integers, permutations and choices: the bits decide everything, all outcomes are as likely as they should be, programs agree. */
import { describe, expect, test } from 'vitest';
import { checkGradients } from '@tapeflow/autodiff';
import { channel, convert, gather, jit, precision, randomChoice, randomInteger, randomKey, randomPermutation, randomUniform, range, splitKey, sum, tensor, vmap, type Key, type Tensor } from '@tapeflow/tensor';
import { random, thrown } from './support.ts';

const SEED = Number(process.env['TAPEFLOW_SEED'] ?? 11);
/** Every engine and release gives these. */
const PINNED = {
  integers: [162, 415, 73, 629, 342, 988],
  permutation: [0, 3, 4, 1, 6, 2, 5],
  choices: { plain: [2, 0, 3, 4], weighted: [4, 2, 3, 4], once: [0, 3, 4, 1], weightedOnce: [4, 1, 2, 3] },
};

/** Pearson's statistic over what it exceeds for one seed in a million (Laurent, Massart 2000, lemma 1). */
function deviation(counts: readonly number[], expected: readonly number[]): number {
  const statistic = counts.reduce((total, count, k) => total + (count - expected[k]!) ** 2 / expected[k]!, 0);
  const freedom = counts.length - 1;
  const rarity = Math.log(1e6);
  return statistic / (freedom + 2 * Math.sqrt(freedom * rarity) + 2 * rarity);
}
const tally = (values: Iterable<number>, size: number): number[] => {
  const counts = new Array<number>(size).fill(0);
  for (const value of values) counts[value]!++;
  return counts;
};

describe(`integers (seed ${SEED})`, () => {
  const key = randomKey(SEED);

  test('lie in the range and are equally frequent', () => {
    const drawn = randomInteger({ y: 100, x: 600 }, key, { low: -2, high: 5 });
    expect(drawn.dtype).toBe('i32');
    expect(deviation(tally(drawn.data.map((k) => k + 2), 7), new Array<number>(7).fill(60_000 / 7))).toBeLessThan(1);
  });

  test('are not biased where the range is no power of two of the words', () => {
    // With the remainder alone the lower third would come twice as often as each of the others.
    const drawn = randomInteger({ x: 30_000 }, key, { low: -(2 ** 31), high: 2 ** 30 }).data;
    const thirds = [...drawn].map((k) => Math.floor((k + 2 ** 31) / 2 ** 30));
    expect(deviation(tally(thirds, 3), [10_000, 10_000, 10_000])).toBeLessThan(1);
  });

  test('are pinned, and the same in programs', () => {
    const draw = (own: Key): Tensor<'x'> => randomInteger({ x: 6 }, own, { high: 1000 });
    expect([...draw(randomKey(42)).data]).toEqual(PINNED.integers);
    expect(jit(draw)(key).data).toEqual(draw(key).data);
  });

  test('refuse ranges that are none', () => {
    expect(thrown(() => randomInteger({ x: 2 }, key, { high: 0 }))).toMatchObject({ name: 'ArgumentError', operation: 'randomInteger', argument: 'high', seen: 0 });
    expect(thrown(() => randomInteger({ x: 2 }, key, { low: NaN, high: 3 }))).toMatchObject({ name: 'ArgumentError', argument: 'low' });
  });
});

describe(`permutations (seed ${SEED})`, () => {
  const key = randomKey(SEED);

  test('of three come equally often in all orders', () => {
    const orders = splitKey(key, 6000).map((own) => [...randomPermutation({ x: 3 }, own).data].join(''));
    const names = ['012', '021', '102', '120', '201', '210'];
    expect(deviation(tally(orders.map((order) => names.indexOf(order)), 6), new Array<number>(6).fill(1000))).toBeLessThan(1);
  });

  test('shuffle a tensor, whatever its other dimensions', () => {
    const t = tensor({ c: channel(2), x: 5 }, [0, 1, 2, 3, 4, 10, 11, 12, 13, 14]);
    const order = randomPermutation({ x: 5 }, key);
    expect([...order.data].sort()).toEqual([0, 1, 2, 3, 4]);
    expect([...gather(t, { x: order }).data]).toEqual([...order.data, ...[...order.data].map((k) => k + 10)]);
  });

  test('of a key are pinned, and the same in programs', () => {
    const permute = (own: Key): Tensor<'x'> => randomPermutation({ x: 7 }, own);
    expect([...permute(randomKey(42)).data]).toEqual(PINNED.permutation);
    expect(jit(permute)(key).data).toEqual(permute(key).data);
  });

  test('are of one dimension', () => {
    expect(thrown(() => randomPermutation({ x: 2, y: 3 }, key))).toMatchObject({ name: 'DimensionError', operation: 'randomPermutation' });
  });
});

describe(`choices (seed ${SEED})`, () => {
  const key = randomKey(SEED);
  const letters = range({ x: 5 });

  test('with replacement are equally frequent, and have the dimensions of the draw in place of the one that is drawn from', () => {
    const drawn = randomChoice(letters, 'x', { a: 50, b: 400 }, key);
    expect(drawn.sizes).toEqual({ a: 50, b: 400 });
    expect(deviation(tally(drawn.data, 5), new Array<number>(5).fill(4000))).toBeLessThan(1);
    expect(randomChoice(random({ y: 2, x: 5 }, 3), 'x', { draw: 9 }, key).sizes).toEqual({ y: 2, draw: 9 });
  });

  test('by weights are as frequent as these say, and those of weight 0 never come', () => {
    const weights = tensor({ x: 5 }, [0, 3, 0, 1, 4]);
    const counts = tally(randomChoice(letters, 'x', { draw: 16_000 }, key, { weights }).data, 5);
    expect([counts[0], counts[2]]).toEqual([0, 0]);
    expect(deviation([counts[1]!, counts[3]!, counts[4]!], [6000, 2000, 8000])).toBeLessThan(1);
  });

  test('by weights are the entries in whose part of the total a uniform number lies', () => {
    const weights = [0.5, 2, 0.25, 0, 1];
    const uniform = randomUniform({ draw: 40 }, key, { dtype: 'f64' }).data;
    const expected = [...uniform].map((u) => {
      let rest = u * 3.75;
      let k = 0;
      while (rest >= weights[k]!) rest -= weights[k++]!;
      return k;
    });
    expect([...randomChoice(letters, 'x', { draw: 40 }, key, { weights: tensor({ x: 5 }, weights) }).data]).toEqual(expected);
  });

  test('without replacement differ, and every pair comes equally often', () => {
    const pairs = splitKey(key, 2000).map((own) => [...randomChoice(letters, 'x', { draw: 2 }, own, { replace: false }).data]);
    expect(pairs.every(([a, b]) => a !== b)).toBe(true);
    expect(deviation(tally(pairs.map(([a, b]) => 5 * a! + b!), 25).filter((_, k) => k % 6 !== 0), new Array<number>(20).fill(100))).toBeLessThan(1);
    expect([...randomChoice(letters, 'x', { draw: 5 }, key, { replace: false }).data].sort()).toEqual([0, 1, 2, 3, 4]);
  });

  test('without replacement by weights come as if one after another was drawn', () => {
    const weights = [1, 2, 5];
    const three = range({ x: 3 });
    const pairs = splitKey(key, 1000).map((own) => [...randomChoice(three, 'x', { draw: 2 }, own, { replace: false, weights: tensor({ x: 3 }, weights) }).data]);
    // First a by its weight, then b by its weight among the two that are left.
    const all = [0, 1, 2].flatMap((a) => [0, 1, 2].filter((b) => b !== a).map((b) => [a, b] as const));
    const counts = all.map(([a, b]) => pairs.filter(([first, second]) => first === a && second === b).length);
    expect(deviation(counts, all.map(([a, b]) => (1000 * weights[a]! * weights[b]!) / (8 * (8 - weights[a]!))))).toBeLessThan(1);
    const some = randomChoice(letters, 'x', { draw: 3 }, key, { replace: false, weights: tensor({ x: 5 }, [0, 1, 1, 0, 1]) });
    expect([...some.data].sort()).toEqual([1, 2, 4]);
  });

  test('are pinned, the same in programs, and for each member of a vmap', () => {
    const weights = tensor({ x: 5 }, [1, 2, 3, 4, 5]);
    const draw = (own: Key, w: Tensor<'x'>): { [name: string]: Tensor<'draw'> } => ({
      plain: randomChoice(letters, 'x', { draw: 4 }, own),
      weighted: randomChoice(letters, 'x', { draw: 4 }, own, { weights: w }),
      once: randomChoice(letters, 'x', { draw: 4 }, own, { replace: false }),
      weightedOnce: randomChoice(letters, 'x', { draw: 4 }, own, { replace: false, weights: w }),
    });
    const seen = draw(randomKey(42), weights);
    expect(Object.fromEntries(Object.entries(seen).map(([name, t]) => [name, [...t.data]]))).toEqual(PINNED.choices);
    const compiled = jit(draw)(randomKey(42), weights);
    for (const [name, t] of Object.entries(seen)) expect(compiled[name]!.data, name).toEqual(t.data);
    const many = vmap((w: Tensor<'x'>) => draw(key, w), 'k')(weights.mul(convert(range({ k: 2 }), 'f32').add(1)));
    for (const [name, t] of Object.entries(draw(key, weights))) {
      // Twice the weights are the same weights.
      for (const k of [0, 1]) expect((many[name] as Tensor).at({ k }).data, name).toEqual(t.data);
    }
  });

  test('derivatives reach what is drawn from', () => precision(64, () => {
    checkGradients((t: Tensor<'x'>) => sum(randomChoice(t.mul(t), 'x', { draw: 7 }, key), 'draw'), random({ x: 4 }, SEED), { order: 2 });
  }));

  test('no places take nothing', () => {
    expect(randomChoice(letters, 'x', { draw: 0 }, key).sizes).toEqual({ draw: 0 });
    expect(randomChoice(tensor({ x: 0 }, []), 'x', { draw: 0 }, key, { replace: false }).sizes).toEqual({ draw: 0 });
  });

  test('refusals of choices', () => {
    const weights = (values: readonly number[]): Tensor<'x'> => tensor({ x: values.length }, values);
    expect(thrown(() => randomChoice(letters as Tensor, 'z', { draw: 2 }, key))).toMatchObject({ name: 'DimensionError', operation: 'randomChoice', dimension: 'z' });
    expect(thrown(() => randomChoice(letters, 'x', { draw: 6 }, key, { replace: false }))).toMatchObject({ name: 'ArgumentError', argument: 'shape' });
    expect(thrown(() => randomChoice(tensor({ x: 0 }, []), 'x', { draw: 1 }, key))).toMatchObject({ name: 'DimensionError', dimension: 'x' });
    expect(thrown(() => randomChoice(letters, 'x', { draw: 2 }, key, { weights: weights([1, 2]) }))).toMatchObject({ name: 'DimensionError', dimension: 'x' });
    for (const bad of [[1, 1, -1, 1, 1], [1, NaN, 1, 1, 1], [Infinity, 1, 1, 1, 1], [0, 0, 0, 0, 0]]) {
      expect(thrown(() => randomChoice(letters, 'x', { draw: 2 }, key, { weights: weights(bad) }))).toMatchObject({ name: 'ArgumentError', argument: 'weights' });
    }
    expect(thrown(() => randomChoice(letters, 'x', { draw: 3 }, key, { replace: false, weights: weights([1, 1, 0, 0, 0]) }))).toMatchObject({ name: 'ArgumentError', argument: 'weights' });
  });
});
