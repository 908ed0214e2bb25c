/**
 * @file What one recorded operation on numbers costs: forward and backward, beside the allocation of a plain object.
 *
 * Run with `npx tsx --conditions=tapeflow-source bench/autodiff.ts`.
 */
import { pathToFileURL } from 'node:url';
import { grad } from '@tapeflow/autodiff';
import { add, mul, sin, type Scalar } from '@tapeflow/autodiff/scalar';

/** One row of the table. Times are nanoseconds per operation (or per object). */
export interface AutodiffTiming {
  readonly name: string;
  readonly operations: number;
  readonly minimum: number;
  readonly median: number;
  /** Largest allowed minimum on idle cores, where one is promised. */
  readonly target?: number;
}

/** x ← sin(a x) + b over and over: three recorded operations a round. */
function chain(operations: number): (x: Scalar) => Scalar {
  return (x) => {
    let y = x;
    for (let k = 0; k < operations; k += 3) y = add(sin(mul(1.1, y)), 0.1);
    return y;
  };
}

/** Sum of k x²: every operation meets the argument, whose cotangent is summed up. */
function fan(operations: number): (x: Scalar) => Scalar {
  return (x) => {
    let total: Scalar = 0;
    for (let k = 0; k < operations; k += 3) total = add(total, mul(k, mul(x, x)));
    return total;
  };
}

/** Objects that stay alive until the round ends, as tape entries do. */
function allocate(count: number): number {
  const kept: { a: number; b: object | undefined }[] = [];
  for (let k = 0; k < count; k++) kept.push({ a: k, b: kept[k - 1] });
  return kept.length;
}

function measure(name: string, operations: number, rounds: number, body: () => unknown, target?: number): AutodiffTiming {
  body();
  const times: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const start = performance.now();
    body();
    times.push(((performance.now() - start) * 1e6) / operations);
  }
  times.sort((a, b) => a - b);
  return { name, operations, minimum: times[0]!, median: times[Math.floor(rounds / 2)]!, ...(target === undefined ? {} : { target }) };
}

/** Times all rows. */
export function benchAutodiff(): AutodiffTiming[] {
  const sizes = [
    { operations: 99_999, rounds: 15, target: 400 },
    { operations: 999_999, rounds: 5, target: 800 },
  ];
  return sizes.flatMap(({ operations, rounds, target }) => [
    measure('object allocation', operations, rounds, () => allocate(operations)),
    measure('plain numbers', operations, rounds, () => chain(operations)(0.3)),
    measure('grad of a chain', operations, rounds, () => grad(chain(operations))(0.3), target),
    measure('grad of a fan', operations, rounds, () => grad(fan(operations))(0.3), target),
  ]);
}

function print(timings: readonly AutodiffTiming[]): void {
  console.log('operations  ns/op min  ns/op median  target  what');
  for (const { name, operations, minimum, median, target } of timings) {
    const cells = [String(operations).padStart(10), minimum.toFixed(1).padStart(9), median.toFixed(1).padStart(12), String(target ?? '').padStart(6)];
    console.log(`${cells.join('  ')}  ${name}`);
  }
  for (const timing of timings) console.log(JSON.stringify({ suite: 'autodiff', ...timing }));
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) print(benchAutodiff());
