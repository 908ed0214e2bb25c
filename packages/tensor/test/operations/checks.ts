/** @file The checks that every case of the table goes through. */
import { expect } from 'vitest';
import { checkGradients, jvp, MissingRuleError, vjp } from '@tapeflow/autodiff';
import { abstractOf, batchLeaves, directionGenerator, evaluateProgram, spaceOf, traceProgram, type Value } from '@tapeflow/autodiff/extend';
import { allocate, type DType } from '../../src/array/dtype.ts';
import { arrayTypeOf, NDArray } from '../../src/array/ndarray.ts';
import { Storage } from '../../src/array/storage.ts';
import { rowMajor, sizeOf } from '../../src/array/strides.ts';
import { precision } from '../../src/context.ts';
import { build, flatten, fromArray, toArray, type Nested } from './nested.ts';
import type { Case, Input } from './row.ts';

/** Generator of uniform numbers in [0, 1) that depends on the seed and a text. */
export function generator(seed: number, text: string): () => number {
  let hash = seed | 0;
  for (let k = 0; k < text.length; k++) hash = Math.imul(hash ^ text.charCodeAt(k), 0x01000193);
  const signed = directionGenerator(hash >>> 0);
  return () => (signed() + 1) / 2;
}

function randomInput({ shape, low = -1, high = 1, dtype, apart, values }: Input, random: () => number): Nested {
  if (values !== undefined) return values;
  if (apart === true) {
    // One number from the middle of each of as many equal parts, in random order.
    const count = sizeOf(shape);
    const rest = Array.from({ length: count }, (_, k) => low + ((high - low) * (k + 0.25 + 0.5 * random())) / count);
    return build(shape, () => rest.splice(Math.floor(rest.length * random()), 1)[0]!);
  }
  if (dtype === undefined) return build(shape, () => low + (high - low) * random());
  return build(shape, () => (dtype === 'bool' ? Math.floor(2 * random()) : Math.floor(low + (high - low + 1) * random())));
}

const dtypeOf = (input: Input, real: 'f32' | 'f64'): DType => input.dtype ?? real;

/** Random arrays for a case. */
export function arraysFor(c: Case, random: () => number, real: 'f32' | 'f64'): NDArray[] {
  return c.inputs.map((input) => toArray(randomInput(input, random), input.shape, dtypeOf(input, real)));
}

const asList = (y: Value | readonly Value[]): readonly Value[] => (Array.isArray(y) ? y : [y]);
export const outputs = (c: Case, xs: readonly Value[]): readonly Value[] => asList(c.run(...xs));
export const plain = (ys: readonly Value[]): Nested => (ys.length === 1 ? fromArray(ys[0]) : ys.map(fromArray));

function expectClose(seen: Nested, expected: Nested, tolerance: number): void {
  const a = flatten(seen);
  const b = flatten(expected);
  expect(a.length).toBe(b.length);
  const size = Math.max(1e-300, ...b.filter(Number.isFinite).map(Math.abs));
  a.forEach((value, k) => {
    if (Number.isFinite(b[k]) ? !(Math.abs(value - b[k]!) <= tolerance * size) : !Object.is(value, b[k])) {
      expect.fail(`element ${k} is ${value} instead of ${b[k]} (largest ${size}, tolerance ${tolerance})`);
    }
  });
}

/** Values, shapes and dtypes are those of the slow loop. */
export function checkValue(c: Case, random: () => number): void {
  precision(64, () => {
    const xs = arraysFor(c, random, 'f64');
    const ys = outputs(c, xs);
    expectClose(plain(ys), c.expected(...xs.map(fromArray)), c.tolerance ?? 1e-14);
    if (c.shape !== undefined) expect(arrayTypeOf(ys[0]).shape).toEqual(c.shape);
    if (sizeOf(arrayTypeOf(ys[0]).shape) === 0) expect(c.shape, 'a case of size zero must state its shape').toBeDefined();
    expect(arrayTypeOf(ys[0]).dtype).toBe(c.dtype ?? 'f64');
  });
}

/** In f32 the error is a small multiple of the unit roundoff. */
export function checkSingle(c: Case, random: () => number): void {
  precision(32, () => {
    const xs = arraysFor(c, random, 'f32');
    const ys = outputs(c, xs);
    expectClose(plain(ys), c.expected(...xs.map(fromArray)), (c.f32Error ?? 2) * 2 ** -24 + (c.tolerance ?? 1e-14));
    const { dtype } = arrayTypeOf(ys[0]);
    expect(dtype).toBe(c.dtype ?? 'f32');
  });
}

/** Laws 1 to 3: adjoint identity and Taylor remainder, and both again for the derivative. */
export function checkLaws(c: Case, random: () => number): void {
  precision(64, () => {
    const xs = arraysFor(c, random, 'f64');
    const seed = Math.floor(random() * 2 ** 31);
    if (c.derivative === 'both') {
      checkGradients((values: Value[]) => outputs(c, values), xs, { order: 2, seed });
      return;
    }
    expect(() => vjp((values: Value[]) => outputs(c, values), xs).pullback(outputs(c, xs))).toThrow(MissingRuleError);
    checkForward(c, xs, directionGenerator(seed));
  });
}

/** Forward mode alone: the Taylor remainder falls as h². */
function checkForward(c: Case, xs: NDArray[], random: () => number): void {
  const isReal = (x: NDArray): boolean => x.dtype === 'f64';
  const dxs = xs.map((x) => (isReal(x) ? toArray(build(x.shape, random), x.shape, 'f64') : x));
  const { value, tangent } = jvp((values: Value[]) => outputs(c, values), xs, dxs);
  const remainder = (h: number): number => {
    const moved = xs.map((x) => (isReal(x) ? toArray(fromArray(x), x.shape, 'f64') : x)).map((x, k) => {
      if (isReal(x)) x.data.forEach((value_, i) => (x.data[i] = value_ + h * dxs[k]!.data[i]!));
      return x;
    });
    const [a, b, d] = [plain(outputs(c, moved)), plain(value), plain(tangent)].map(flatten);
    return Math.hypot(...a!.map((each, i) => each - b![i]! - h * d![i]!));
  };
  const remainders = [1e-2, 5e-3, 2.5e-3, 1.25e-3].map(remainder);
  if (remainders[2]! > 1e-12) expect(Math.log2(remainders[2]! / remainders[3]!)).toBeGreaterThan(1.9);
}

const SIZE = 3;

/** Each subset of the inputs batched gives the same as one member after another; and so does a batch of batches. */
export function checkBatching(c: Case, random: () => number): number {
  return precision(64, () => {
    const members = Array.from({ length: SIZE }, () => arraysFor(c, random, 'f64'));
    const count = c.inputs.length;
    for (let subset = 1; subset < 2 ** count; subset++) {
      const batched = c.inputs.map((_, k) => (subset & (1 << k)) !== 0);
      const pick = (member: number): NDArray[] => batched.map((is, k) => members[is ? member : 0]![k]!);
      const stacked = c.inputs.map((input, k) => (batched[k] ? stack(members.map((each) => each[k]!), input.shape) : members[0]![k]!));
      const ys = batchLeaves((xs) => outputs(c, xs), stacked, batched, stacked.map(spaceOf), SIZE, spaceOf);
      const expected = Array.from({ length: SIZE }, (_, m) => outputs(c, pick(m)));
      ys.forEach((y, j) => {
        expect(arrayTypeOf(y)).toEqual({ ...arrayTypeOf(expected[0]![j]), shape: [SIZE, ...arrayTypeOf(expected[0]![j]).shape] });
        expectClose(fromArray(y), expected.map((each) => fromArray(each[j])), 1e-14);
      });
    }
    checkBatchOfBatches(c, members);
    return 2 ** count;
  });
}

function stack(parts: readonly NDArray[], shape: readonly number[]): NDArray {
  return toArray(parts.map(fromArray), [parts.length, ...shape], parts[0]!.dtype);
}

function checkBatchOfBatches(c: Case, members: readonly NDArray[][]): void {
  const all = c.inputs.map(() => true);
  const rows = members.map((_, m) => members.map((__, n) => members[(m + n) % SIZE]!));
  const stacked = c.inputs.map((input, k) => toArray(rows.map((row) => row.map((each) => fromArray(each[k]))), [SIZE, SIZE, ...input.shape], members[0]![k]!.dtype));
  const spaces = stacked.map(spaceOf);
  const ys = batchLeaves((xs) => batchLeaves((inner) => outputs(c, inner), xs, all, spaces, SIZE, spaceOf), stacked, all, spaces, SIZE, spaceOf);
  ys.forEach((y, j) => expectClose(fromArray(y), rows.map((row) => row.map((each) => fromArray(outputs(c, each)[j]))), 1e-14));
}

/** A recorded program gives what direct evaluation gives, and knew shapes and dtypes before. */
export function checkTracing(c: Case, random: () => number): void {
  precision(64, () => {
    const xs = arraysFor(c, random, 'f64');
    const { program, captured } = traceProgram('test', (values) => outputs(c, values), xs.map(abstractOf));
    expect(captured).toEqual([]);
    const direct = outputs(c, xs);
    const ys = evaluateProgram(program, xs);
    expect(program.results.map(({ type }) => type)).toEqual(direct.map(arrayTypeOf));
    expect(ys.map(arrayTypeOf)).toEqual(direct.map(arrayTypeOf));
    expect(ys.map(fromArray)).toEqual(direct.map(fromArray));
  });
}

/** The same elements under other strides: backwards, columns first, with gaps. */
function viewsOf(x: NDArray): NDArray[] {
  const { shape, dtype, size } = x;
  const place = (strides: readonly number[], offset: number, length: number): NDArray => {
    const data = allocate(dtype, length);
    const view = new NDArray(new Storage(data), shape, strides, offset, dtype);
    build(shape, (index) => {
      data[index.reduce((at, k, axis) => at + k * strides[axis]!, offset)] = x.data[index.reduce((at, k, axis) => at + k * x.strides[axis]!, x.offset)]!;
      return 0;
    });
    return view;
  };
  const strides = rowMajor(shape);
  const columns = rowMajor([...shape].reverse()).reverse();
  return [
    place(strides.map((stride) => -stride), Math.max(size - 1, 0), size),
    place(columns, 0, size),
    place(strides.map((stride) => 2 * stride), 1, 2 * size + 1),
  ];
}

/** One row repeated along the first axis, as a view with stride 0 and as a copy. */
function repeatedRow(x: NDArray): { view: NDArray; copy: NDArray } {
  const view = new NDArray(x.storage, x.shape, x.strides.map((stride, axis) => (axis === 0 ? 0 : stride)), x.offset, x.dtype);
  return { view, copy: toArray(fromArray(view), x.shape, x.dtype) };
}

/** Views give the same bits as contiguous copies. */
export function checkViews(c: Case, random: () => number): void {
  precision(64, () => {
    const xs = arraysFor(c, random, 'f64');
    const expected = outputs(c, xs).map(fromArray);
    const views = xs.map(viewsOf);
    for (let k = 0; k < 3; k++) {
      expect(outputs(c, views.map((each) => each[k])).map(fromArray)).toEqual(expected);
      expect(outputs(c, xs.map((x, j) => (j === k ? views[j]![j % 3] : x))).map(fromArray)).toEqual(expected);
    }
    const repeated = xs.map((x, k) => (x.size === 0 || c.inputs[k]!.values !== undefined ? { view: x, copy: x } : repeatedRow(x)));
    expect(outputs(c, repeated.map(({ view }) => view)).map(fromArray)).toEqual(outputs(c, repeated.map(({ copy }) => copy)).map(fromArray));
  });
}
