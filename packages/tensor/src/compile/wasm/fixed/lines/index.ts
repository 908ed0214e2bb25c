/** @file Transforms of lines: a loop over groups of lines, one per lane, and the stages of the plan for each group. */
import { lineArrays } from '../../../kernels/lines/line-plan.ts';
import { lineLayout, type LineLayout, type LineTransform } from '../../../kernels/lines/layout.ts';
import type { RowMemory } from '../../../kernels/lines/stage.ts';
import type { FunctionBuilder, FunctionReference, Local, ModuleBuilder } from '../../assembler.ts';
import { gatherLines, scatterLines } from './exchange.ts';
import { forEachGroup, type LaneOffsets } from './groups.ts';
import { Lanes } from './lanes.ts';
import { RowWriter, type MemoryRows } from './rows.ts';
import { emitStage } from './stages.ts';

/** (inputs, turns, outputs, scratch, table) → */
export function emitLineTransform(module: ModuleBuilder, name: string, kernel: LineTransform): FunctionReference {
  const { inputs, turns, outputs } = lineArrays(kernel.transform, kernel.length);
  const params = Array.from({ length: inputs + turns + outputs + 2 }, () => 'i32' as const);
  return module.addFunction(name, params, [], (f, locals: readonly Local[]) => {
    const arrays = locals.slice(0, inputs + turns + outputs);
    const [scratch, table] = locals.slice(-2) as [Local, Local];
    const layout = lineLayout(kernel);
    const write = groupWriter(f, kernel, layout, { from: arrays.slice(0, inputs), turns: arrays.slice(inputs, inputs + turns), to: arrays.slice(inputs + turns), scratch, table });
    const bytes = 16 / layout.lanes;
    forEachGroup(f, { ...kernel, lanes: layout.lanes, vectors: layout.vectors, fromBytes: bytes, toBytes: bytes }, write);
  }, { export: false });
}

interface Addresses {
  readonly from: readonly Local[];
  readonly turns: readonly Local[];
  readonly to: readonly Local[];
  readonly scratch: Local;
  readonly table: Local;
}

/** What is done for each group of lines, once the offsets are known. */
function groupWriter(f: FunctionBuilder, kernel: LineTransform, layout: LineLayout, addresses: Addresses): (offsets: LaneOffsets) => void {
  const { plan, vectors, readsRows, writesRows } = layout;
  const { inputs, inputLength, outputs, outputLength } = lineArrays(kernel.transform, kernel.length);
  const v = new Lanes(f, kernel.dtype);
  const rowBytes = 16 * vectors;
  const scratchRows = (row: number): MemoryRows => ({ base: addresses.scratch, offset: row * rowBytes, rowBytes });
  const firstInputRow = layout.rows;
  const firstOutputRow = firstInputRow + layout.inputRows;
  const [fromBases, turnBases, toBases] = [addresses.from, addresses.turns, addresses.to].map((arrays) => arrays.map(() => f.local('i32'))) as [Local[], Local[], Local[]];
  // Tables of turns have the inner lines side by side.
  const turnRows = (k: number): MemoryRows => ({ base: turnBases[k] ?? addresses.table, offset: 0, rowBytes: kernel.inner * v.bytes });
  const fromRows = (k: number): MemoryRows => (readsRows ? { base: fromBases[k]!, offset: 0, rowBytes: kernel.from.element * v.bytes } : scratchRows(firstInputRow + k * inputLength));
  const toRows = (k: number): MemoryRows => (writesRows ? { base: toBases[k]!, offset: 0, rowBytes: kernel.to.element * v.bytes } : scratchRows(firstOutputRow + k * outputLength));
  const rows: Record<RowMemory, MemoryRows> = {
    scratch: scratchRows(0), from0: fromRows(0), from1: fromRows(inputs - 1), to0: toRows(0), to1: toRows(outputs - 1), turns0: turnRows(0), turns1: turnRows(1),
  };
  const w = new RowWriter({ lanes: v, vectors, rows, table: addresses.table });
  const setBases = (bases: readonly Local[], arrays: readonly Local[], offset: Local): void => {
    bases.forEach((base, k) => f.localGet(arrays[k]!).localGet(offset).op('i32.add').localSet(base));
  };
  return (offsets) => {
    if (readsRows) setBases(fromBases, addresses.from, offsets.from[0]!);
    else addresses.from.forEach((array, k) => gatherLines(w, { array, offsets: offsets.from, step: kernel.from.element * v.bytes, length: inputLength, rows: fromRows(k) }));
    addresses.turns.forEach((array, k) => f.localGet(array).localGet(offsets.line).i32Const(v.bytes).op('i32.mul').op('i32.add').localSet(turnBases[k]!));
    if (writesRows) setBases(toBases, addresses.to, offsets.to[0]!);
    for (const stage of plan.stages) emitStage(w, stage);
    if (!writesRows) addresses.to.forEach((array, k) => scatterLines(w, { array, offsets: offsets.to, step: kernel.to.element * v.bytes, length: outputLength, rows: toRows(k) }));
  };
}
