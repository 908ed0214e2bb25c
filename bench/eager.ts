/** @file What one eager operation on small tensors costs: dispatch by name, beside the loop that nobody can do without. */
import { grad, jvp } from '@tapeflow/autodiff';
import { add, mul, sum, tanh, tensor, type Scalar, type Tensor } from '@tapeflow/tensor';
import { measure, timed, type Measurement, type Timing } from './measure.ts';
import type { Bench } from './table.ts';

type Plane = Tensor<'x' | 'y'>;

const SIZE = 64;
const numbers = Float32Array.from({ length: SIZE }, (_, k) => (k - 31) / 100);
const u: Plane = tensor({ y: 8, x: 8 }, numbers);
/** The same dimensions, but not the same list of them. */
const v: Plane = tensor({ y: 8, x: 8 }, numbers);
const row: Tensor<'x'> = tensor({ x: 8 }, numbers.subarray(0, 8));

/** Applies a step over and over. */
function repeated<T>(count: number, start: T, step: (x: T) => T): T {
  let x = start;
  for (let k = 0; k < count; k++) x = step(x);
  return x;
}

/** What every eager operation has to do: memory for the result, and a loop. */
function rawAdd(a: Float32Array<ArrayBuffer>, b: Float32Array<ArrayBuffer>): Float32Array<ArrayBuffer> {
  const out = new Float32Array(SIZE);
  for (let k = 0; k < SIZE; k++) out[k] = a[k]! + b[k]!;
  return out;
}

function plain(work: Measurement): Timing[] {
  const { count } = work;
  return [
    measure('peer: memory and a loop', work, () => repeated(count, numbers, (x) => rawAdd(x, numbers))),
    measure('add of the same dimensions', { ...work, target: 1500 }, () => repeated(count, u, (x) => add(x, u))),
    measure('add of equal dimensions', { ...work, target: 1500 }, () => repeated(count, u, (x) => add(x, v))),
    measure('add as a method', { ...work, target: 1500 }, () => repeated(count, u, (x): Plane => x.add(v))),
    measure('add of a number', work, () => repeated(count, u, (x) => add(x, 0.5))),
    measure('add of a row', work, () => repeated(count, u, (x): Plane => add(x, row))),
    measure('tanh', work, () => repeated(count, u, (x) => tanh(x))),
    measure('slice', work, () => repeated(count, u, (x) => (x.slice({ x: [0, 4] }), x))),
    measure('sum', work, () => repeated(count, u, (x) => (sum(x), x))),
  ];
}

function differentiated(work: Measurement): Timing[] {
  const { count } = work;
  const total = (step: (x: Plane) => Plane) => (x: Plane): Scalar => sum(repeated(count, x, step));
  const adds = total((x) => add(x, v));
  return [
    measure('grad of adds, recording and sweep', { ...work, target: 3000 }, () => grad(adds)(u)),
    measure('grad of products, recording and sweep', work, () => grad(total((x) => mul(x, v)))(u)),
    measure('jvp of adds', work, () => jvp(adds, u, v)),
  ];
}

/** 8 × 8 tensors, where dispatch is nearly all. */
export const eager: Bench = {
  about: 'nanoseconds per eager operation on 8 × 8 tensors, plain and recorded',
  run() {
    const work: Measurement = { count: 10_000, unit: 'operation', rounds: 15 };
    return timed([...plain(work), ...differentiated(work)]);
  },
};
