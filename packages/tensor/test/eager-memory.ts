/** @file Run by eager-memory.test.ts in a process of its own: how much memory stays behind after eager operations, in bytes. */
import { grad } from '@tapeflow/autodiff';
import { add, concat, cumulativeSum, gather, mul, sort, sum, tanh, tensor, type Scalar, type Tensor } from '@tapeflow/tensor';

type Plane = Tensor<'x' | 'y'>;

const u: Plane = tensor({ y: 8, x: 8 }, Array.from({ length: 64 }, (_, k) => k / 64));
const row: Tensor<'x'> = u.at({ y: 0 });
const places = tensor({ p: 3 }, [7, 0, 2], { dtype: 'i32' });

/** Ten operations of several kinds, whose result has the size of what was given. */
function round(x: Plane): Plane {
  const mixed = tanh(add(mul(x, u), row));
  const picked = sum(gather(mixed, { x: places }), 'p');
  return concat([sort(mixed.slice({ x: [0, 4] }), 'y'), cumulativeSum(mixed, 'x').slice({ x: [4, 8] })], 'x').sub(picked as Tensor<'y'>);
}

const loss = (x: Plane): Scalar => sum(round(round(x)));

/** Bytes in use after the garbage collector has run. */
function used(): number {
  for (let k = 0; k < 4; k++) globalThis.gc!();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

/** 10⁵ operations, a tenth of them recorded and swept. */
function work(): Plane {
  let x = u;
  for (let k = 0; k < 9_000; k++) x = round(x);
  for (let k = 0; k < 500; k++) x = grad(loss)(x);
  return x;
}

// The engine compiles, and its tables fill.
for (let k = 0; k < 3; k++) work();
const before = used();
const kept = work();
const after = used();
console.log(JSON.stringify({ grown: after - before, kept: kept.size }));
