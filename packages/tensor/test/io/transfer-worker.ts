/** @file The other side of transfer.test.ts: a thread that answers a tree with twice its tensors, and says what it saw. */
import { parentPort } from 'node:worker_threads';
import { mul, fromTransferable, toTransferable, type Tensor, type TreeMessage } from '@tapeflow/tensor';

interface Job {
  readonly u: Tensor<'x' | 'y'>;
  readonly rate: number;
}

parentPort!.on('message', (message: TreeMessage<Job>) => {
  const { u, rate } = fromTransferable(message);
  const { message: answer, transfer } = toTransferable({ doubled: mul(u, rate), seen: String(u), moved: u.at({ x: 0 }) });
  parentPort!.postMessage(answer, transfer);
});
