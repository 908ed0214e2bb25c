/**
 * @file Many operations with results of 4 MB outside of compiled functions, some of them held: memory stays bounded and held results keep
 * their values. Prints what was seen as JSON. Run by itself it makes 100 000 calls, which take some minutes; residency.test.ts makes fewer.
 */
import { contract, tensor, type Tensor } from '@tapeflow/tensor';

const SIDE = 1024;
const calls = Number(process.argv[2] ?? 100_000);
const HELD = 16;

/** Two columns of equal numbers and two rows whose sum is the number of the call plus a fraction. */
const columns: Tensor<'y' | 'k'> = tensor({ y: SIDE, k: 2 }, Float32Array.from({ length: 2 * SIDE }, (_, k) => (k >> 1) + 1));
const rowsOf = (call: number): Tensor<'k' | 'x'> => tensor({ k: 2, x: SIDE }, Float32Array.from({ length: 2 * SIDE }, (_, k) => (k < SIDE ? call : k / SIDE - 1)));
const expected = (call: number, y: number, x: number): number => Math.fround((y + 1) * call + Math.fround((y + 1) * (x / SIDE)));

const held = new Map<number, Tensor<'y' | 'x'>>();
let rss = 0;
let arrayBuffers = 0;

for (let call = 0; call < calls; call++) {
  const product = contract([columns, rowsOf(call)], ['k']);
  if (call % Math.ceil(calls / HELD) === 0) held.set(call, product);
  const now = process.memoryUsage();
  rss = Math.max(rss, now.rss);
  arrayBuffers = Math.max(arrayBuffers, now.arrayBuffers);
}

const isSame = (call: number, { data, size }: Tensor<'y' | 'x'>): boolean => size === SIDE * SIDE && data.every((value, k) => value === expected(call, Math.floor(k / SIDE), k % SIDE));
const changed = [...held].filter(([call, product]) => !isSame(call, product)).length;
console.log(JSON.stringify({ calls, held: held.size, changed, rss, arrayBuffers }));
