/**
 * @file Chunks of fixed kernels: smaller kernels of the same kind, whose operands lie further on. Every element of a result is computed as in
 * the whole kernel, so one thread performs that.
 */
import { bytesPerElement } from '../../../array/dtype.ts';
import type { FixedKernel, MatrixProduct } from '../../kernels/fixed.ts';
import { lineArrays } from '../../kernels/lines/line-plan.ts';
import type { LineStrides } from '../../kernels/lines/layout.ts';
import { orderScratch } from '../../kernels/lines/order.ts';
import { findsPosition } from '../../kernels/lines/walk.ts';
import { formOf } from '../fixed/forms.ts';
import { countFor, type ChunkRules } from './chunks.ts';
import { workOfFixed } from './cost.ts';

/** A fixed kernel in chunks. */
export interface FixedChunks {
  readonly count: number;
  /** Every chunk but the last, and the last. */
  readonly whole: FixedKernel;
  readonly last: FixedKernel;
  /** Bytes by which the views move on from chunk to chunk, by position; 0 where there is none. */
  readonly moves: readonly number[];
  /** The view that is scratch memory, of which each thread needs its own. */
  readonly scratch: number | undefined;
  readonly scratchBytes: number;
  readonly work: number;
}

/** Rows and columns are cut at multiples of this many, where tiles begin, lines at multiples of the lanes of some vectors. */
export const UNIT = 16;

/** How a fixed kernel is cut; undefined: it stays whole. */
export function fixedChunksOf(kernel: FixedKernel, rules: ChunkRules): FixedChunks | undefined {
  const work = workOfFixed(kernel);
  if (work < rules.leastWork) return undefined;
  const wanted = countFor(work, rules);
  const cut = kernel.kind === 'matrixProduct' ? formOf('matrixProduct').cut(kernel, wanted, rules) : cutLines(kernel, wanted);
  return cut === undefined ? undefined : { ...cut, work };
}

/** Chunks whose work is not known yet. */
export type Cut = Omit<FixedChunks, 'work'>;

/** Lengths of chunks along an axis; undefined if there would be one. */
export function lengthsOf(length: number, wanted: number, unit: number): { readonly count: number; readonly size: number; readonly rest: number } | undefined {
  const size = Math.ceil(length / wanted / unit) * unit;
  const count = Math.ceil(length / size);
  return count < 2 ? undefined : { count, size, rest: length - (count - 1) * size };
}

type LineKernel = Exclude<FixedKernel, MatrixProduct>;

/** Arrays of a kernel on lines, by position of its views: their bytes per element, and whether they are read; undefined: not moved. */
interface LineViews {
  readonly arrays: readonly (readonly [bytes: number, isRead: boolean] | undefined)[];
  readonly scratch: number | undefined;
  readonly scratchBytes: (kernel: LineKernel) => number;
  /** Whether other lines along the inner axis may be meant by the same arrays. */
  readonly innerMoves: boolean;
}

function viewsOf(kernel: LineKernel): LineViews {
  const bytes = bytesPerElement(kernel.dtype);
  switch (kernel.kind) {
    case 'lineTransform': {
      const { inputs, turns, outputs } = lineArrays(kernel.transform, kernel.length);
      const repeat = <T>(count: number, value: T): T[] => new Array<T>(count).fill(value);
      const arrays = [...repeat(inputs, [bytes, true] as const), ...repeat(turns, undefined), ...repeat(outputs, [bytes, false] as const), undefined, undefined];
      return { arrays, scratch: arrays.length - 2, scratchBytes: (own) => formOf('lineTransform').scratchBytes(own as typeof kernel), innerMoves: turns === 0 };
    }
    case 'lineWalk': {
      const inputs = kernel.walk === 'linearRecurrence' ? 2 : 1;
      const result = [findsPosition(kernel.walk) ? 4 : bytes, false] as const;
      return { arrays: [...Array.from({ length: inputs }, () => [bytes, true] as const), result], scratch: undefined, scratchBytes: () => 0, innerMoves: true };
    }
    case 'lineOrder':
      return { arrays: [[bytes, true], [4, false], undefined], scratch: 2, scratchBytes: (own) => orderScratch(own as typeof kernel).bytes, innerMoves: true };
  }
}

function cutLines(kernel: LineKernel, wanted: number): Cut | undefined {
  const views = viewsOf(kernel);
  const axis: keyof LineStrides & ('outer' | 'inner') = kernel.outer >= wanted || !views.innerMoves || kernel.outer >= kernel.inner ? 'outer' : 'inner';
  const lengths = lengthsOf(kernel[axis], wanted, axis === 'inner' ? UNIT : 1);
  if (lengths === undefined) return undefined;
  const [whole, last] = [{ ...kernel, [axis]: lengths.size }, { ...kernel, [axis]: lengths.rest }];
  const moves = views.arrays.map((array) => (array === undefined ? 0 : lengths.size * array[0] * (array[1] ? kernel.from : kernel.to)[axis]));
  return { count: lengths.count, whole, last, moves, scratch: views.scratch, scratchBytes: Math.max(views.scratchBytes(whole), views.scratchBytes(last)) };
}
