/** @file Between lines of an array that lie anywhere and rows of lanes: blocks with as many elements as lanes are exchanged in registers. */
import type { Local } from '../../assembler.ts';
import type { Cursor, MemoryRows, RowWriter } from './rows.ts';

/** One array and its rows. */
export interface Exchange {
  readonly array: Local;
  /** Bytes from the array to the line of each lane. */
  readonly offsets: readonly Local[];
  /** Bytes from one element of a line to the next. */
  readonly step: number;
  readonly length: number;
  readonly rows: MemoryRows;
}

/** Reads lines into rows. */
export function gatherLines(w: RowWriter, exchange: Exchange): void {
  const { v } = w;
  walk(w, exchange, (lanes, row) => {
    v.transpose(lanes.map((lane) => w.load(lane, 0))).forEach((vector, k) => w.store(row, 0, vector, k));
  }, (lanes, row) => w.store(row, 0, v.gather(lanes.map(({ pointer }) => pointer), 0)));
}

/** Writes rows to lines. */
export function scatterLines(w: RowWriter, exchange: Exchange): void {
  const { v } = w;
  walk(w, exchange, (lanes, row) => {
    v.transpose(lanes.map((_, k) => w.load(row, 0, k))).forEach((vector, k) => w.store(lanes[k]!, 0, vector));
  }, (lanes, row) => v.scatter(lanes.map(({ pointer }) => pointer), 0, w.load(row, 0)));
}

/** Walks along all lines: in blocks where their elements follow each other, and element by element. */
function walk(w: RowWriter, { array, offsets, step, length, rows }: Exchange, block: (lanes: readonly Cursor[], row: Cursor) => void, one: (lanes: readonly Cursor[], row: Cursor) => void): void {
  const { v } = w;
  w.stage(() => {
    const lanes = offsets.map((offset) => w.cursorAt(array, offset, step));
    const row = w.rowCursor(rows);
    let rest = length;
    if (step === v.bytes) {
      const blocks = Math.floor(length / v.count);
      rest -= blocks * v.count;
      const wide = (cursor: Cursor): Cursor => ({ pointer: cursor.pointer, step: v.count * cursor.step });
      w.repeat(blocks, [...lanes, row].map(wide), () => v.scope(() => block(lanes, row)));
    }
    w.repeat(rest, [...lanes, row], () => v.scope(() => one(lanes, row)));
  });
}
