/** @file The control block: the words of the memory of a program through which its threads agree on who performs what, and what they leave there. */
import { MOST_CHUNKS } from './chunks.ts';

/** Bytes from the beginning of the block. What one thread writes while others read it stands on a cache line of its own. */
export const CONTROL = {
  /** Whether a run is in progress. */
  session: 0,
  /** Workers that are looking for chunks of this program. */
  present: 64,
  /** Whether the caller sleeps until the last chunk is done. */
  waiting: 128,
  /** Whether an index was out of range, and whether a worker has ended in the middle of a chunk. */
  failed: 192,
  broken: 196,
  /** Nanoseconds of work at which workers were missing since they were last woken. */
  missed: 200,
  /** Whether the caller performs all chunks by itself. */
  alone: 204,
  /**
   * i64: how many kernels have been handed out, times 2³², plus the number of the last one, times 2¹⁶, plus the first chunk of it that nobody
   * has claimed, times 2⁸, plus the end of those. Whoever looks for a chunk so gets all he needs to begin, with the addresses that follow, in one cache line.
   */
  claim: 256,
  /** Addresses that the kernel works on, of those that are not the same in all its calls. */
  arguments: 264,
} as const;

/** Kernels that a claim can tell apart. */
export const MOST_KERNELS: number = 2 ** 16;

/** Of an index out of range: the number of its site plus one, the index, the length. One for each chunk. */
export const ERROR_BYTES = 16;

const LINE = 64;
const aligned = (bytes: number): number => Math.ceil(bytes / LINE) * LINE;

/** What the kernels of a program need beside their operands. */
export interface ControlNeeds {
  readonly threads: number;
  readonly arguments: number;
  /** Bytes of partial results of one kernel: those of the first chunk, and of all others. */
  readonly firstPartials: number;
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
  /** Partial results of the first chunk, which is the caller's. */
  readonly firstPartials: number;
  /** Chunks that workers have performed since the program was made. */
  readonly byWorkers: number;
  /** Partial results of the other chunks, the last one first: workers claim that first, and it shares a cache line with the word that says that they are done. */
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
  const firstPartials = aligned(errors + ERROR_BYTES * MOST_CHUNKS);
  const byWorkers = aligned(firstPartials + needs.firstPartials);
  const partials = byWorkers + 8;
  const scratch = aligned(partials + needs.partials);
  const scratchPerThread = aligned(needs.scratch);
  const bands = scratch + needs.threads * scratchPerThread;
  return { base, errors, firstPartials, byWorkers, partials, scratch, scratchPerThread, bands, end: bands + aligned(needs.bands) + LINE };
}
