/** @file Run by heap.test.ts in a process of its own: how many pages are new while results of 1 MB come and go. */
import { jit, tensor, type Tensor } from '@tapeflow/tensor';

const SIZE = 2 ** 18;
const CALLS = 400;

const x = tensor({ i: SIZE }, new Float32Array(SIZE));
const next = jit((t: Tensor<'i'>) => t.add(1));
let last = next(x);
let before = 0;
for (let k = 0; k < CALLS; k++) {
  if (k === CALLS / 2) before = process.resourceUsage().minorPageFault;
  last = next(x);
}
console.log(JSON.stringify({ value: last.view((values) => values[SIZE - 1]), pages: process.resourceUsage().minorPageFault - before }));
