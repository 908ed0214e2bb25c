/** @file Which steps of a program are done in chunks, and the memory that this takes. */
import type { FixedKernel } from '../../kernels/fixed.ts';
import type { Kernel } from '../../kernels/kernel.ts';
import { innerSteps, type Step } from '../../lower/step.ts';
import { PARTIAL_BYTES } from '../kernels/accumulators.ts';
import { chunksOf, type ChunkRules, type Chunks } from './chunks.ts';
import { controlLayout, MOST_KERNELS, type ControlLayout } from './control.ts';
import { fixedChunksOf, type FixedChunks } from './fixed-chunks.ts';

/** The chunks of a program. */
export interface ChunkPlan {
  /** 1 where there is nothing to share. */
  readonly threads: number;
  /** Work that is worth waking workers, in nanoseconds. */
  readonly waking: number;
  /** Those that are not here are performed as a whole by the caller. */
  readonly kernels: ReadonlyMap<Kernel, Chunks>;
  readonly fixed: ReadonlyMap<FixedKernel, FixedChunks>;
  readonly layout: ControlLayout;
}

/** Plans chunks; what threads need lies in the memory of the program from an address on. One thread goes by chunks only where they decide the result. */
export function planChunks(steps: readonly Step[], most: number, rules: ChunkRules, from: number): ChunkPlan {
  const kernels = new Map<Kernel, Chunks>();
  const fixed = new Map<FixedKernel, FixedChunks>();
  let views = 0;
  const walk = (step: Step): void => {
    for (const inner of innerSteps(step)) inner.forEach(walk);
    if (kernels.size + fixed.size === MOST_KERNELS) return;
    if (step.kind === 'run' && !kernels.has(step.kernel)) {
      const chunks = chunksOf(step.kernel, step.views.map(({ region }) => region), rules);
      if (chunks !== undefined && (most > 1 || chunks.merged.length + chunks.bands.length > 0)) {
        kernels.set(step.kernel, chunks);
        views = Math.max(views, step.views.length);
      }
    } else if (step.kind === 'fixed' && most > 1 && !fixed.has(step.kernel)) {
      const chunks = fixedChunksOf(step.kernel, rules);
      if (chunks !== undefined) {
        fixed.set(step.kernel, chunks);
        views = Math.max(views, step.views.length);
      }
    }
  };
  steps.forEach(walk);
  const threads = kernels.size + fixed.size === 0 ? 1 : most;
  const largest = (sizes: readonly number[]): number => Math.max(0, ...sizes);
  const layout = controlLayout(from, {
    threads,
    arguments: views,
    firstPartials: largest([...kernels.values()].map(({ merged }) => merged.length * PARTIAL_BYTES)),
    partials: largest([...kernels.values()].map(({ count, merged }) => (count - 1) * merged.length * PARTIAL_BYTES)),
    bands: largest([...kernels.values()].map((chunks) => (chunks.count - 1) * bandBytes(chunks))),
    scratch: largest([...fixed.values()].map(({ scratchBytes }) => scratchBytes)),
  });
  return { threads, waking: rules.waking, kernels, fixed, layout };
}

/** Bytes of the bands of one chunk. */
export function bandBytes({ bands }: Chunks): number {
  return bands.reduce((total, { bytes }) => total + alignedBand(bytes), 0);
}

/** Bands begin at cache lines, so that no two threads write to one. */
export function alignedBand(bytes: number): number {
  return Math.ceil(bytes / 64) * 64;
}
