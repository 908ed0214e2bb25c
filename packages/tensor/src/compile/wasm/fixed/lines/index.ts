/** @file Transforms of lines: a loop over groups of lines, one per lane, and the stages of the plan for each group. */
import { lineArrays } from '../../../kernels/lines/line-plan.ts';
import { lineLayout, type LineLayout, type LineStrides, type LineTransform } from '../../../kernels/lines/layout.ts';
import type { RowMemory } from '../../../kernels/lines/stage.ts';
import type { FunctionBuilder, FunctionReference, Local, ModuleBuilder } from '../../assembler.ts';
import { gatherLines, scatterLines } from './exchange.ts';
import { Lanes } from './lanes.ts';
import { RowWriter, type MemoryRows } from './rows.ts';
import { emitStage } from './stages.ts';

/** (inputs, outputs, scratch, table) → */
export function emitLineTransform(module: ModuleBuilder, name: string, kernel: LineTransform): FunctionReference {
  const { inputs, outputs } = lineArrays(kernel.transform, kernel.length);
  const params = Array.from({ length: inputs + outputs + 2 }, () => 'i32' as const);
  return module.addFunction(name, params, [], (f, locals: readonly Local[]) => {
    const arrays = locals.slice(0, inputs + outputs);
    const [scratch, table] = locals.slice(-2) as [Local, Local];
    emitGroups(f, kernel, { from: arrays.slice(0, inputs), to: arrays.slice(inputs), scratch, table });
  }, { export: false });
}

interface Addresses {
  readonly from: readonly Local[];
  readonly to: readonly Local[];
  readonly scratch: Local;
  readonly table: Local;
}

/** Bytes from the beginning of an array to the line of each lane. */
interface LaneOffsets {
  readonly from: readonly Local[];
  readonly to: readonly Local[];
}

function emitGroups(f: FunctionBuilder, kernel: LineTransform, addresses: Addresses): void {
  const layout = lineLayout(kernel);
  const { lanes, vectors } = layout;
  const { outer, inner } = kernel;
  const bytes = 16 / lanes;
  const offsets: LaneOffsets = { from: Array.from({ length: lanes }, () => f.local('i32')), to: Array.from({ length: lanes }, () => f.local('i32')) };
  const [first, line, at, low] = [f.local('i32'), f.local('i32'), f.local('i32'), f.local('i32')] as const;
  const group = groupWriter(f, kernel, layout, addresses, offsets);
  const setOffset = (offset: Local, strides: LineStrides): void => {
    f.localGet(at).i32Const((strides.outer * bytes) | 0).op('i32.mul').localGet(low).i32Const((strides.inner * bytes) | 0).op('i32.mul').op('i32.add').localSet(offset);
  };
  const setOffsets = (lane: number): void => {
    setOffset(offsets.from[lane]!, kernel.from);
    setOffset(offsets.to[lane]!, kernel.to);
  };
  /** The last group overlaps the one before it where lines are left over. */
  const groupsOf = (count: number, step: number, body: () => void): void => {
    f.forRange(first, 0, count, step, () => {
      const last = Math.max(0, count - step);
      f.localGet(first).i32Const(last).localGet(first).i32Const(last).op('i32.lt_s').op('select').localSet(line);
      body();
    });
  };
  if (inner >= lanes) {
    f.forRange(at, 0, outer, 1, () => {
      groupsOf(inner, lanes * vectors, () => {
        for (let lane = 0; lane < lanes; lane++) {
          f.localGet(line).i32Const(lane).op('i32.add').localSet(low);
          setOffsets(lane);
        }
        group();
      });
    });
  } else {
    const count = outer * inner;
    const outerOf = f.local('i32');
    groupsOf(count, lanes, () => {
      for (let lane = 0; lane < lanes; lane++) {
        // Fewer lines than lanes: the last one again.
        f.localGet(line).i32Const(Math.min(lane, count - 1)).op('i32.add').localTee(low).i32Const(inner).op('i32.div_u').localTee(outerOf).localSet(at);
        f.localGet(low).localGet(outerOf).i32Const(inner).op('i32.mul').op('i32.sub').localSet(low);
        setOffsets(lane);
      }
      group();
    });
  }
}

/** What is done for each group of lines, once the offsets are known. */
function groupWriter(f: FunctionBuilder, kernel: LineTransform, layout: LineLayout, addresses: Addresses, offsets: LaneOffsets): () => void {
  const { plan, vectors, readsRows, writesRows } = layout;
  const { inputs, inputLength, outputs, outputLength } = lineArrays(kernel.transform, kernel.length);
  const v = new Lanes(f, kernel.dtype);
  const rowBytes = 16 * vectors;
  const scratchRows = (row: number): MemoryRows => ({ base: addresses.scratch, offset: row * rowBytes, rowBytes });
  const firstInputRow = layout.rows;
  const firstOutputRow = firstInputRow + layout.inputRows;
  const [fromBases, toBases] = [addresses.from.map(() => f.local('i32')), addresses.to.map(() => f.local('i32'))];
  const fromRows = (k: number): MemoryRows => (readsRows ? { base: fromBases[k]!, offset: 0, rowBytes: kernel.from.element * v.bytes } : scratchRows(firstInputRow + k * inputLength));
  const toRows = (k: number): MemoryRows => (writesRows ? { base: toBases[k]!, offset: 0, rowBytes: kernel.to.element * v.bytes } : scratchRows(firstOutputRow + k * outputLength));
  const rows: Record<RowMemory, MemoryRows> = {
    scratch: scratchRows(0), from0: fromRows(0), from1: fromRows(inputs - 1), to0: toRows(0), to1: toRows(outputs - 1),
  };
  const w = new RowWriter({ lanes: v, vectors, rows, table: addresses.table });
  const setBases = (bases: readonly Local[], arrays: readonly Local[], offset: Local): void => {
    bases.forEach((base, k) => f.localGet(arrays[k]!).localGet(offset).op('i32.add').localSet(base));
  };
  return () => {
    if (readsRows) setBases(fromBases, addresses.from, offsets.from[0]!);
    else addresses.from.forEach((array, k) => gatherLines(w, { array, offsets: offsets.from, step: kernel.from.element * v.bytes, length: inputLength, rows: fromRows(k) }));
    if (writesRows) setBases(toBases, addresses.to, offsets.to[0]!);
    for (const stage of plan.stages) emitStage(w, stage);
    if (!writesRows) addresses.to.forEach((array, k) => scatterLines(w, { array, offsets: offsets.to, step: kernel.to.element * v.bytes, length: outputLength, rows: toRows(k) }));
  };
}
