/** @file Histograms: every value is counted once in the bin whose edges enclose it; weights, ranges, batches, refusals. */
import { describe, expect, test } from 'vitest';
import { checkGradients } from '@tapeflow/autodiff';
import { histogram, jit, precision, rename, scalar, spatial, sum, tensor, type Scalar, type Tensor } from '@tapeflow/tensor';
import { element, expectElements, random, thrown, valuesAt } from './support.ts';

/** Values in bin k, by its edges; the last bin includes its end. */
const inBin = (values: readonly number[], edges: readonly number[], k: number): boolean[] =>
  values.map((v) => v >= edges[k]! && (v < edges[k + 1]! || (k === edges.length - 2 && v === edges[k + 1])));
const countIn = (values: readonly number[], edges: readonly number[], k: number): number => inBin(values, edges, k).filter(Boolean).length;

describe('counts', () => {
  test.each([1, 2, 7, 100])('%s bins around all values (seed 141)', (bins) => {
    const t = random({ vector: 2, y: 20, x: 11 }, 141);
    const { counts, edges } = histogram(t, bins);
    const [low, high] = [Math.min(...t.data), Math.max(...t.data)];
    expect([counts.dtype, edges.at({ edge: 0 }).item(), edges.at({ edge: -1 }).item()]).toEqual(['i32', low, high]);
    expectElements(edges, { edge: bins + 1 }, ({ edge }) => low + ((high - low) * edge!) / bins, 6);
    expectElements(counts, { bin: bins }, ({ bin }) => countIn([...t.data], [...edges.data], bin!));
    expect(sum(counts).item()).toBe(t.size);
  });

  test('by dimension, by type and by batch; each result has its own range (seed 142)', () => precision(64, () => {
    const t = random({ batch: 2, vector: 3, y: 4, x: 5 }, 142);
    for (const seen of [histogram(t, 4, ['y', 'x']), histogram(t, 4, spatial)] as { counts: Tensor<'bin'>; edges: Tensor<'edge'> }[]) {
      expectElements(seen.counts, { batch: 2, vector: 3, bin: 4 }, ({ batch: b, vector, bin }) =>
        countIn(valuesAt(t, { batch: b!, vector: vector! }), [0, 1, 2, 3, 4].map((edge) => element(seen.edges, { batch: b!, vector: vector!, edge })), bin!));
    }
    const all = histogram(t, 5, undefined, { low: -0.4, high: 0.9 });
    expect(all.edges.sizes).toEqual({ edge: 6 });
    expectElements(all.counts, { batch: 2, bin: 5 }, ({ batch: b, bin }) => countIn(valuesAt(t, { batch: b! }), [...all.edges.data], bin!));
  }));

  test('values on edges belong to the bin above, in f32 too; outside and NaN count nowhere', () => {
    const t = tensor({ x: 13 }, [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1, -0.01, NaN]);
    const { counts, edges } = histogram(t, 10, 'x', { low: 0, high: 1 });
    expect([...counts.data]).toEqual(Array.from({ length: 10 }, (_, k) => countIn([...t.data], [...edges.data], k)));
    expect(sum(counts).item()).toBe(11);
    expect([...histogram(tensor({ x: 3 }, [NaN, 2, Infinity]), 2).counts.data]).toEqual([0, 1]);
  });

  test.each(['f32', 'f64'] as const)('in %s every edge lies in the bin that it begins, however the quotient rounds', (dtype) => {
    for (const [low, high] of [[0, 1], [0.1, 0.7], [-3.3, 1e3], [1e6, 1e6 + 50]] as const) {
      for (const bins of [3, 7, 49, 100]) {
        const { edges } = histogram(tensor({ x: 0 }, [], { dtype }), bins, 'x', { low, high });
        const { counts } = histogram(rename(edges, 'edge', 'x'), bins, 'x', { low, high });
        expect([...counts.data], `${bins} bins from ${low} to ${high}`).toEqual(Array.from({ length: bins }, (_, k) => (k === bins - 1 ? 2 : 1)));
      }
    }
  });

  test('equal values, integers, nothing', () => {
    const same = histogram(tensor({ x: 3 }, [4, 4, 4], { dtype: 'i32' }), 3);
    expect([[...same.counts.data], [...same.edges.data].map((v) => v.toFixed(3))]).toEqual([[0, 3, 0], ['3.500', '3.833', '4.167', '4.500']]);
    expect([...histogram(tensor({ x: 0 }, []), 2).counts.data]).toEqual([0, 0]);
    expect(histogram(tensor({ y: 0, x: 2 }, []), 3, 'x').counts.sizes).toEqual({ y: 0, bin: 3 });
  });
});

describe('weights and programs', () => {
  test('what values count; the derivative reaches the weights (seeds 143, 144)', () => precision(64, () => {
    const [t, w] = [random({ y: 3, x: 8 }, 143), random({ x: 8 }, 144)];
    const { counts, edges } = histogram(t, 3, 'x', { weights: w });
    expectElements(counts, { y: 3, bin: 3 }, ({ y, bin }) => {
      const own = [0, 1, 2, 3].map((edge) => element(edges, { y: y!, edge }));
      return inBin(valuesAt(t, { y: y! }), own, bin!).reduce((total, is, x) => total + (is ? element(w, { x }) : 0), 0);
    });
    checkGradients((weights: Tensor<'x'>) => histogram(t, 3, 'x', { weights: weights.mul(weights) }).counts, w, { order: 2 });
  }));

  test('compiled, with a range that is computed (seed 145)', () => {
    const t = random({ y: 4, x: 30 }, 145);
    const f = (u: Tensor<'y' | 'x'>, high: Scalar): { counts: Tensor<'y' | 'bin'>; edges: Tensor<'edge'> } => histogram(u.mul(2), 6, 'x', { low: -1, high });
    const [direct, compiled] = [f(t, scalar(1.5)), jit(f)(t, scalar(1.5))];
    expect([...compiled.counts.data]).toEqual([...direct.counts.data]);
    expect(compiled.counts.dims).toEqual(direct.counts.dims);
    expect(compiled.edges.data).toEqual(direct.edges.data);
  });
});

test('refusals', () => {
  const t = tensor({ y: 1, x: 2 }, [1, 2]);
  for (const bins of [0, 2.5, -1]) expect(thrown(() => histogram(t, bins))).toMatchObject({ name: 'ArgumentError', operation: 'histogram', argument: 'bins', seen: bins });
  expect(thrown(() => histogram(t, 2, 'x', { low: 3, high: 3 }))).toMatchObject({ name: 'ArgumentError', argument: 'high', seen: 3 });
  expect(thrown(() => histogram(t, 2, 'x', { low: scalar(3), high: 1 }))).toMatchObject({ name: 'ArgumentError', argument: 'high', seen: 1 });
  expect(thrown(() => histogram(t as Tensor, 2, 'z'))).toMatchObject({ name: 'DimensionError', operation: 'histogram', dimension: 'z' });
  expect(thrown(() => histogram(tensor({ bin: 2, x: 2 }, 1), 2, 'x'))).toMatchObject({ name: 'DimensionError', dimension: 'bin' });
  expect(thrown(() => histogram(t, 2, 'x', { weights: tensor({ z: 2 }, 1) }))).toMatchObject({ name: 'DimensionError', dimension: 'z' });
  expect(thrown(() => histogram(t, 2, 'x', { weights: tensor({ x: 3 }, 1) }))).toMatchObject({ name: 'DimensionError', operation: 'histogram', dimension: 'x' });
});
