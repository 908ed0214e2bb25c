/** @file Loops over groups of lines: as many at once as a row has lanes. */
import type { LineStrides } from '../../../kernels/lines/layout.ts';
import type { FunctionBuilder, Local } from '../../assembler.ts';

/** The lines of arrays that are read and of arrays that are written. */
export interface LineGroups {
  readonly outer: number;
  readonly inner: number;
  readonly lanes: number;
  /** Vectors side by side in a row; more than one where lanes lie side by side in memory. */
  readonly vectors: number;
  readonly from: LineStrides;
  readonly to: LineStrides;
  readonly fromBytes: number;
  readonly toBytes: number;
}

/** Bytes from the beginning of an array to the line of each lane. */
export interface LaneOffsets {
  readonly from: readonly Local[];
  readonly to: readonly Local[];
  /** The number of the first line of the group along the inner axis, where there are as many as lanes. */
  readonly line: Local;
}

/** Performs a body for each group. */
export function forEachGroup(f: FunctionBuilder, groups: LineGroups, body: (offsets: LaneOffsets) => void): void {
  const { outer, inner, lanes, vectors } = groups;
  const [first, line, at, low] = [f.local('i32'), f.local('i32'), f.local('i32'), f.local('i32')] as const;
  const offsets: LaneOffsets = { from: Array.from({ length: lanes }, () => f.local('i32')), to: Array.from({ length: lanes }, () => f.local('i32')), line };
  const setOffset = (offset: Local, strides: LineStrides, bytes: number): void => {
    f.localGet(at).i32Const((strides.outer * bytes) | 0).op('i32.mul').localGet(low).i32Const((strides.inner * bytes) | 0).op('i32.mul').op('i32.add').localSet(offset);
  };
  const setOffsets = (lane: number): void => {
    setOffset(offsets.from[lane]!, groups.from, groups.fromBytes);
    setOffset(offsets.to[lane]!, groups.to, groups.toBytes);
  };
  /** The last group overlaps the one before it where lines are left over. */
  const groupsOf = (count: number, step: number, each: () => void): void => {
    f.forRange(first, 0, count, step, () => {
      const last = Math.max(0, count - step);
      f.localGet(first).i32Const(last).localGet(first).i32Const(last).op('i32.lt_s').op('select').localSet(line);
      each();
      body(offsets);
    });
  };
  if (inner >= lanes) {
    f.forRange(at, 0, outer, 1, () => {
      groupsOf(inner, lanes * vectors, () => {
        for (let lane = 0; lane < lanes; lane++) {
          f.localGet(line).i32Const(lane).op('i32.add').localSet(low);
          setOffsets(lane);
        }
      });
    });
  } else {
    const count = outer * inner;
    groupsOf(count, lanes, () => {
      for (let lane = 0; lane < lanes; lane++) {
        // Fewer lines than lanes: the last one again.
        f.localGet(line).i32Const(Math.min(lane, count - 1)).op('i32.add').localTee(low).i32Const(inner).op('i32.div_u').localSet(at);
        f.localGet(low).i32Const(inner).op('i32.rem_u').localSet(low);
        setOffsets(lane);
      }
    });
  }
}
