/**
 * @file Convolutions in programs against the definition in double precision: one to three spatial axes, steps, dilations, padding, groups,
 * no elements. A sum of n products is off by at most (n + entries + 2) u Σ|a||b| [Higham2002, ch. 3].
 */
import { describe, expect, test } from 'vitest';
import { traceProgram, type Value } from '@tapeflow/autodiff/extend';
import { allocate, unitRoundoff, type FloatDType, type TypedArray } from '../../../src/array/dtype.ts';
import { arrayAbstract, NDArray } from '../../../src/array/ndarray.ts';
import { sizeOf, type Shape } from '../../../src/array/strides.ts';
import { compile } from '../../../src/compile/executable.ts';
import { lower } from '../../../src/compile/lower/lower.ts';
import { conv, convInput, convKernel, type ConvParams } from '../../../src/primitives/conv.ts';
import { randomNumbers } from '../support.ts';

const SEED = 90107;

interface Shapes {
  readonly x: Shape;
  readonly kernel: Shape;
  readonly y: Shape;
}

function randomArray(seed: number, shape: Shape, dtype: FloatDType): NDArray {
  const data = allocate(dtype, sizeOf(shape));
  data.set(randomNumbers(seed, data.length));
  return NDArray.of(data, shape, dtype);
}

function indicesOf(lengths: readonly number[]): number[][] {
  return lengths.reduce<number[][]>((list, length) => list.flatMap((index) => Array.from({ length }, (_, k) => [...index, k])), [[]]);
}

const at = (index: readonly number[], lengths: readonly number[]): number => index.reduce((flat, k, axis) => flat * lengths[axis]! + k, 0);

/** Every product of the definition once: where its three elements lie. */
function forEachProduct({ x, kernel, y }: Shapes, { stride, dilation, low, groups }: ConvParams, visit: (inX: number, inKernel: number, inY: number) => void): void {
  const [taps, positions, lengths] = [kernel.slice(2), y.slice(2), x.slice(2)];
  const [channels, results] = [kernel[1]!, kernel[0]! / groups];
  for (const p of indicesOf(positions)) {
    for (const t of indicesOf(taps)) {
      const q = p.map((k, axis) => k * stride[axis]! + t[axis]! * dilation[axis]! - low[axis]!);
      if (q.some((k, axis) => k < 0 || k >= lengths[axis]!)) continue;
      for (let n = 0; n < x[0]!; n++) {
        for (let o = 0; o < kernel[0]!; o++) {
          const first = Math.floor(o / results) * channels;
          const [inX, inKernel, inY] = [at([n, first, ...q], x), at([o, 0, ...t], kernel), at([n, o, ...p], y)];
          for (let c = 0; c < channels; c++) visit(inX + c * sizeOf(lengths), inKernel + c * sizeOf(taps), inY);
        }
      }
    }
  }
}

const NAMES: readonly (keyof Shapes)[] = ['x', 'kernel', 'y'];

type Kind = 'conv' | 'convInput' | 'convKernel';

/** What the three operations compute, and from what. */
const KINDS: Readonly<Record<Kind, { result: keyof Shapes; inputs: readonly [keyof Shapes, keyof Shapes] }>> = {
  conv: { result: 'y', inputs: ['x', 'kernel'] },
  convInput: { result: 'x', inputs: ['kernel', 'y'] },
  convKernel: { result: 'kernel', inputs: ['x', 'y'] },
};

function apply(kind: Kind, a: Value, b: Value, shapes: Shapes, params: ConvParams): Value {
  if (kind === 'conv') return conv(a, b, params);
  if (kind === 'convInput') return convInput(a, b, { ...params, lengths: shapes.x.slice(2) });
  return convKernel(a, b, { ...params, lengths: shapes.kernel.slice(2) });
}

function check(shapes: Shapes, params: ConvParams, dtype: FloatDType, seed: number, label: string): void {
  const arrays = { x: randomArray(seed, shapes.x, dtype), kernel: randomArray(seed + 1, shapes.kernel, dtype), y: randomArray(seed + 2, shapes.y, dtype) };
  for (const kind of Object.keys(KINDS) as Kind[]) {
    const { result, inputs } = KINDS[kind];
    const given = inputs.map((name) => arrays[name]);
    const size = sizeOf(shapes[result]);
    const [sums, sizes, counts] = [new Float64Array(size), new Float64Array(size), new Float64Array(size)];
    const [first, second] = given.map(({ data }) => data) as [TypedArray, TypedArray];
    const [order, to] = [inputs.map((name) => NAMES.indexOf(name)), NAMES.indexOf(result)];
    forEachProduct(shapes, params, (...where) => {
      const product = first[where[order[0]!]!]! * second[where[order[1]!]!]!;
      sums[where[to]!]! += product;
      sizes[where[to]!]! += Math.abs(product);
      counts[where[to]!]!++;
    });
    const { program } = traceProgram('test', ([a, b]) => [apply(kind, a!, b!, shapes, params)], given.map((array) => arrayAbstract({ shape: array.shape, dtype })));
    const seen = compile(program, 'wasm').executable.run(given)[0] as NDArray;
    expect([seen.shape, seen.dtype], label).toEqual([[...shapes[result]], dtype]);
    seen.contiguous().forEach((value, k) => {
      const rounds = (counts[k]! + shapes.x[0]! + 2) * (dtype === 'f64' ? 2 : 1);
      if (!(Math.abs(value - sums[k]!) <= 1.001 * rounds * unitRoundoff(dtype) * sizes[k]!)) expect.fail(`${label}, ${kind}: element ${k} is ${value} instead of ${sums[k]}`);
    });
  }
}

function shapesFor(entries: number, groups: number, channels: number, results: number, lengths: readonly number[], taps: readonly number[], { stride, dilation, low, high }: ConvParams): Shapes | undefined {
  const positions = lengths.map((length, axis) => Math.floor((length + low[axis]! + high[axis]! - (taps[axis]! - 1) * dilation[axis]! - 1) / stride[axis]!) + 1);
  if (positions.some((count) => count < 0)) return undefined;
  return { x: [entries, groups * channels, ...lengths], kernel: [groups * results, channels, ...taps], y: [entries, groups * results, ...positions] };
}

describe('random convolutions and their transposes', () => {
  for (let round = 0; round < 10; round++) {
    const rank = 1 + (round % 3);
    test(`${rank} spatial axes, seed ${SEED + round}`, () => {
      const numbers = randomNumbers(SEED + round, 8192, 0, 1);
      let next = 0;
      const choose = (below: number): number => Math.floor(numbers[next++ % numbers.length]! * below);
      let done = 0;
      while (done < 12) {
        const each = (make: () => number): number[] => Array.from({ length: rank }, make);
        const longest = [40, 12, 6][rank - 1]!;
        const params: ConvParams = { stride: each(() => 1 + choose(3)), dilation: each(() => 1 + choose(3)), low: each(() => choose(4)), high: each(() => choose(4)), groups: 1 + choose(3) };
        const shapes = shapesFor(1 + choose(3), params.groups, 1 + choose(4), 1 + choose(6), each(() => 1 + choose(longest)), each(() => 1 + choose(4)), params);
        if (shapes === undefined) continue;
        check(shapes, params, choose(2) === 0 ? 'f32' : 'f64', SEED + 100 * round + done, `seed ${SEED + round}, convolution ${done}: x ${shapes.x.join('×')}, kernel ${shapes.kernel.join('×')}, ${JSON.stringify(params)}`);
        done++;
      }
    });
  }
});

const PLAIN: ConvParams = { stride: [1, 1], dilation: [1, 1], low: [1, 1], high: [1, 1], groups: 1 };

describe('convolutions of certain sizes', () => {
  const cases: Readonly<Record<string, Shapes & { params: ConvParams }>> = {
    'many channels': { ...shapesFor(2, 1, 37, 13, [7, 16], [3, 3], PLAIN)!, params: PLAIN },
    'one entry of each kind': { ...shapesFor(1, 1, 1, 1, [1, 1], [1, 1], { ...PLAIN, low: [0, 0], high: [0, 0] })!, params: { ...PLAIN, low: [0, 0], high: [0, 0] } },
    'one tap': { ...shapesFor(2, 1, 9, 7, [5, 6], [1, 1], { ...PLAIN, low: [0, 0], high: [0, 0] })!, params: { ...PLAIN, low: [0, 0], high: [0, 0] } },
    'each channel by itself': { ...shapesFor(2, 9, 1, 1, [8, 21], [3, 3], { ...PLAIN, groups: 9 })!, params: { ...PLAIN, groups: 9 } },
    'steps larger than the kernel': { ...shapesFor(1, 2, 3, 2, [13, 14], [2, 1], { ...PLAIN, stride: [3, 4], groups: 2 })!, params: { ...PLAIN, stride: [3, 4], groups: 2 } },
    'no entries': { ...shapesFor(0, 1, 2, 3, [5, 5], [3, 3], PLAIN)!, params: PLAIN },
    'no channels': { ...shapesFor(2, 1, 0, 3, [5, 5], [3, 3], PLAIN)!, params: PLAIN },
    'no results': { ...shapesFor(2, 1, 2, 0, [5, 5], [3, 3], PLAIN)!, params: PLAIN },
    'no positions': { ...shapesFor(2, 1, 2, 3, [1, 5], [4, 3], PLAIN)!, params: PLAIN },
    'long rows': { ...shapesFor(1, 1, 1, 1, [3, 333], [3, 7], PLAIN)!, params: PLAIN },
  };
  for (const [name, { params, ...shapes }] of Object.entries(cases)) {
    test(name, () => {
      for (const dtype of ['f32', 'f64'] as const) check(shapes, params, dtype, SEED, name);
    });
  }
  test('no spatial axes', () => {
    const params: ConvParams = { stride: [], dilation: [], low: [], high: [], groups: 2 };
    check({ x: [3, 4], kernel: [6, 2], y: [3, 6] }, params, 'f32', SEED, 'rank 0');
  });
  test('nothing of it is left to JavaScript', () => {
    const shapes = shapesFor(2, 2, 3, 4, [9, 9], [3, 3], { ...PLAIN, stride: [2, 2], groups: 2 })!;
    const params = { ...PLAIN, stride: [2, 2], groups: 2 };
    for (const kind of Object.keys(KINDS) as Kind[]) {
      const { program } = traceProgram('test', ([a, b]) => [apply(kind, a!, b!, shapes, params)], KINDS[kind].inputs.map((name) => arrayAbstract({ shape: shapes[name], dtype: 'f32' })));
      expect(lower(program).steps.map((step) => step.kind)).not.toContain('host');
    }
  });
});
