/** @file The control block: the words of the memory of a program through which its threads agree on who performs what, and what they leave there. */
import { MOST_CHUNKS } from './chunks.ts';

/** Bytes from the beginning of the block. What one thread writes while others read it stands on a cache line of its own. */
export const CONTROL = {
  /** i64: how many kernels have been handed out, times 2¹⁶, plus the first chunk of the last one that nobody has claimed, times 2⁸, plus the end of those. */
  claim: 0,
  /** Chunks that are done. */
  finished: 64,
  /** Whether the caller sleeps until the last chunk is done. */
  waiting: 128,
  /** Whether a run is in progress. */
  session: 192,
  /** Workers that are looking for chunks of this program. */
  present: 256,
  /** Chunks that workers have performed. */
  byWorkers: 320,
  /** The kernel that was handed out: its number, and its number of chunks. */
  kernel: 384,
  count: 388,
  /** Whether an index was out of range, and whether a worker has ended in the middle of a chunk. */
  failed: 392,
  broken: 396,
  /** Nanoseconds of work at which workers were missing since they were last woken. */
  missed: 400,
  /** Addresses that the kernel works on. */
  arguments: 448,
} as const;

/** Of an index out of range: the number of its site plus one, the index, the length. One for each chunk. */
export const ERROR_BYTES = 16;

const LINE = 64;
const aligned = (bytes: number): number => Math.ceil(bytes / LINE) * LINE;

/** What the kernels of a program need beside their operands. */
export interface ControlNeeds {
  readonly threads: number;
  readonly arguments: number;
  /** Bytes of partial results of one kernel. */
  readonly partials: number;
  /** Bytes of scratch memory per thread. */
  readonly scratch: number;
  /** Bytes of the bands of one kernel. */
  readonly bands: number;
}

/** Addresses. */
export interface ControlLayout {
  readonly base: number;
  readonly errors: number;
  readonly partials: number;
  readonly scratch: number;
  readonly scratchPerThread: number;
  readonly bands: number;
  readonly end: number;
}

/** The block and what follows it, from an address on. */
export function controlLayout(from: number, needs: ControlNeeds): ControlLayout {
  const base = aligned(from);
  const errors = aligned(base + CONTROL.arguments + 4 * needs.arguments);
  const partials = aligned(errors + ERROR_BYTES * MOST_CHUNKS);
  const scratch = aligned(partials + needs.partials);
  const scratchPerThread = aligned(needs.scratch);
  const bands = scratch + needs.threads * scratchPerThread;
  return { base, errors, partials, scratch, scratchPerThread, bands, end: bands + aligned(needs.bands) + LINE };
}
