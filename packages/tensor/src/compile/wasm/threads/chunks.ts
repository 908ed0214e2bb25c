/**
 * @file Chunks: which kernels are cut into parts that threads share. The cuts depend on sizes alone, never on the number of threads, so
 * results do not either: what is summed up over chunks is summed up over the same ones by one thread, in the same order.
 */
import type { Kernel, Output } from '../../kernels/kernel.ts';
import type { Region } from '../../lower/view.ts';
import { hostFunctionsOf } from '../kernels/imports.ts';
import { workOf } from './cost.ts';

/** When kernels are cut. Tests cut everything. */
export interface ChunkRules {
  /** Nanoseconds of work below which a kernel is left whole. */
  readonly leastWork: number;
  readonly fewest: number;
  /** Nanoseconds of work, of one kernel or several, that are worth waking workers that sleep. */
  readonly waking: number;
  /** Most that scatter-adds may cost more for being divided, as a part of the work. */
  readonly bandShare: number;
}

/** A kernel in chunks. */
export interface Chunks {
  readonly axis: number;
  /** Indices along the axis per chunk; the last one may have fewer. */
  readonly size: number;
  readonly count: number;
  /** Results over all axes: each chunk leaves a partial one, in this order. */
  readonly merged: readonly Extract<Output, { kind: 'reduce' }>[];
  /** What is scattered into: the first chunk adds to the place itself, each other one to a band of its own, and the bands are added in order. */
  readonly bands: readonly Band[];
  /** Estimated nanoseconds of the whole kernel. */
  readonly work: number;
}

/** A buffer into which a kernel scatters. */
export interface Band {
  readonly buffer: number;
  readonly bytes: number;
}

/** Handing a chunk to a thread that listens takes 0.3 µs; to one that sleeps, 14 to 50. Less work than some times that does not pay, and workers
 * that cannot come, since their cores are busy, should cost a few percent at most. */
export const CHUNK_RULES: ChunkRules = { leastWork: 2_000, fewest: 2, waking: 200_000, bandShare: 0.04 };

/** Most chunks of a kernel. */
export const MOST_CHUNKS = 16;

/** Along the innermost axis chunks begin at multiples of this many elements, where vectors begin too: the cache line of f32. */
const UNIT = 16;

/** How many chunks an amount of work is worth: more for more work, so that no thread waits long for the last one. */
export function countFor(work: number, { fewest }: ChunkRules): number {
  const wanted = work < 8_000 ? 2 : work < 40_000 ? 4 : work < 200_000 ? 8 : MOST_CHUNKS;
  return Math.max(fewest, wanted);
}

/** Nanoseconds that filling and adding a band takes, per byte. */
const BAND = 0.04;

/** How a kernel is cut; undefined: it stays whole. `regions` are those of its buffers. */
export function chunksOf(kernel: Kernel, regions: readonly Region[], rules: ChunkRules): Chunks | undefined {
  const { shape, outputs } = kernel;
  if (shape.length === 0 || shape.includes(0)) return undefined;
  const work = workOf(kernel);
  if (work < rules.leastWork) return undefined;
  // Workers have the functions of Math and no others.
  if (hostFunctionsOf([kernel]).some((name) => !(name in Math))) return undefined;
  const bands = bandsOf(kernel, regions);
  if (bands === undefined) return undefined;
  const overhead = BAND * bands.reduce((total, { bytes }) => total + bytes, 0);
  const wanted = bands.length === 0 ? countFor(work, rules) : Math.min(countFor(work, rules), 1 + Math.floor((rules.bandShare * work) / overhead));
  if (wanted < 2) return undefined;
  const innermost = shape.length - 1;
  const unitOf = (axis: number): number => (axis === innermost ? UNIT : 1);
  const places = shape.map((length, axis) => (outputs.every((output) => isDivisible(output, axis, kernel)) ? Math.ceil(length / unitOf(axis)) : 0));
  // The outermost axis that gives chunks of about one size, or else the one that gives most of them.
  const enough = places.findIndex((count) => count >= 2 * wanted);
  const axis = enough >= 0 ? enough : places.indexOf(Math.max(...places));
  if (places[axis]! < 2) return undefined;
  const size = Math.ceil(places[axis]! / Math.min(wanted, places[axis]!)) * unitOf(axis);
  const merged = outputs.filter((output): output is Extract<Output, { kind: 'reduce' }> => output.kind === 'reduce' && output.axes.length === shape.length);
  return { axis, size, count: Math.ceil(shape[axis]! / size), merged, bands, work };
}

/** Whether an output of different indices along an axis lies at different places, or can be put together from partial results. */
function isDivisible(output: Output, axis: number, { shape }: Kernel): boolean {
  if (output.kind === 'scatterAdd') return true;
  if (output.kind === 'reduce' && output.axes.length === shape.length) return true;
  return output.access.coefficients[axis] !== 0;
}

/** What a kernel scatters into; undefined where other buffers lie in the same memory. */
function bandsOf({ outputs }: Kernel, regions: readonly Region[]): Band[] | undefined {
  const buffers = [...new Set(outputs.flatMap((output) => (output.kind === 'scatterAdd' ? [output.buffer] : [])))];
  const isAlone = (buffer: number): boolean => regions.every((region, k) => k === buffer || region.root !== regions[buffer]!.root);
  return buffers.every(isAlone) ? buffers.map((buffer) => ({ buffer, bytes: regions[buffer]!.bytes })) : undefined;
}
