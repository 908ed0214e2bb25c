/**
 * @file `npm run residency`: many operations with results of 4 MB outside of compiled functions, some of them held: memory stays bounded and held
 * results keep their values. It makes 100 000 calls; residency.test.ts makes fewer. The last line is what was seen, as JSON.
 *
 * A call costs what it is there for: 4 MB are computed into the memory of the program, and before the next call copied to the heap,
 * onto pages that the system has to clear. The result has many rows of 64 numbers, which are written in order, and two products per number: a square
 * one took twice the processor time to compute. Memory is asked for in every eighth call, since the answer takes 0.1 ms; the system keeps the peak of what is resident.
 * With two cores and a load of five a call took 4 ms; with a load between ten and eighty all of them took 2509 s, of which 806 s on the processor; 234 MB were resident
 * at the most, 120 MB of it in array buffers, and no held result had changed.
 */
import { contract, tensor, type Tensor } from '@tapeflow/tensor';

const [ROWS, COLUMNS] = [16_384, 64];
const calls = Number(process.argv[2] ?? 100_000);
const HELD = 16;
const CALLS_PER_LOOK = 8;

/** So small that its product with the number of a call is exact in f32; only the sum is rounded. */
const factor = (y: number): number => (y % 128) + 1;
/** Two columns of equal numbers and two rows whose sum is the number of the call plus a fraction. */
const columns: Tensor<'y' | 'k'> = tensor({ y: ROWS, k: 2 }, Float32Array.from({ length: 2 * ROWS }, (_, k) => factor(k >> 1)));
const rowsOf = (call: number): Tensor<'k' | 'x'> => tensor({ k: 2, x: COLUMNS }, Float32Array.from({ length: 2 * COLUMNS }, (_, k) => (k < COLUMNS ? call : k / COLUMNS - 1)));
const expected = (call: number, y: number, x: number): number => Math.fround(factor(y) * call + factor(y) * (x / COLUMNS));

const held = new Map<number, Tensor<'y' | 'x'>>();
let arrayBuffers = 0;
const start = performance.now();
const secondsSoFar = (): number => Math.round((performance.now() - start) / 100) / 10;

for (let call = 0; call < calls; call++) {
  const product = contract([columns, rowsOf(call)], ['k']);
  if (call % Math.ceil(calls / HELD) === 0) held.set(call, product);
  if (call % CALLS_PER_LOOK === 0) arrayBuffers = Math.max(arrayBuffers, process.memoryUsage().arrayBuffers);
  if (call % 10_000 === 9_999) console.error(`${call + 1} of ${calls} calls in ${secondsSoFar()} s`);
}

const isSame = (call: number, { data, size }: Tensor<'y' | 'x'>): boolean => size === ROWS * COLUMNS && data.every((value, k) => value === expected(call, Math.floor(k / COLUMNS), k % COLUMNS));
const changed = [...held].filter(([call, product]) => !isSame(call, product)).length;
const { user, system } = process.cpuUsage();
// The system counts in kilobytes.
const rss = process.resourceUsage().maxRSS * 1024;
console.log(JSON.stringify({ calls, seconds: secondsSoFar(), processorSeconds: Math.round((user + system) / 1e6), held: held.size, changed, rss, arrayBuffers }));
if (changed > 0) process.exitCode = 1;
