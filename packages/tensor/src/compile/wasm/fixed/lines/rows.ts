/** @file Rows of lanes in memory, and pointers that walk along them. */
import type { Plane, Planes, RowMemory } from '../../../kernels/lines/stage.ts';
import type { FunctionBuilder, Local } from '../../assembler.ts';
import type { Complex, Lanes } from './lanes.ts';

/** Where a memory begins, and how many bytes apart its rows are. */
export interface MemoryRows {
  readonly base: Local;
  /** Bytes from the base to row 0. */
  readonly offset: number;
  readonly rowBytes: number;
}

/** Every memory of a function, and its table of numbers. */
export interface LineMemory {
  readonly lanes: Lanes;
  /** Vectors side by side in a row. */
  readonly vectors: number;
  readonly rows: Readonly<Record<RowMemory, MemoryRows>>;
  readonly table: Local;
}

/** Walks along a plane. */
export interface Cursor {
  readonly pointer: Local;
  /** Bytes from one row to the next. */
  readonly step: number;
}

/** Walks along two planes. */
export interface ComplexCursor {
  readonly re: Cursor;
  readonly im: Cursor;
}

const VECTOR = 16;

/** Writes the loops and accesses of one function. */
export class RowWriter {
  readonly memory: LineMemory;
  readonly v: Lanes;
  private readonly f: FunctionBuilder;
  private readonly pointers: Local[] = [];
  private readonly counters: Local[] = [];
  private taken = 0;
  private depth = 0;

  constructor(memory: LineMemory) {
    this.memory = memory;
    this.v = memory.lanes;
    this.f = memory.lanes.f;
  }

  /** Pointers that are made inside are free afterwards. */
  stage(body: () => void): void {
    this.taken = 0;
    body();
  }

  private pointer(): Local {
    return (this.pointers[this.taken++] ??= this.f.local('i32'));
  }

  /** A cursor at row `first` of a plane that goes `by` rows at a time. */
  cursor({ memory, start, step }: Plane, first: number = 0, by: number = 1): Cursor {
    const { base, offset, rowBytes } = this.memory.rows[memory];
    const pointer = this.pointer();
    this.f.localGet(base).i32Const((offset + (start + first * step) * rowBytes) | 0).op('i32.add').localSet(pointer);
    return { pointer, step: by * step * rowBytes };
  }

  /** A cursor at row 0 of a memory. */
  rowCursor({ base, offset, rowBytes }: MemoryRows): Cursor {
    const pointer = this.pointer();
    this.f.localGet(base).i32Const(offset).op('i32.add').localSet(pointer);
    return { pointer, step: rowBytes };
  }

  /** A cursor at an address and an offset. */
  cursorAt(address: Local, offset: Local, step: number): Cursor {
    const pointer = this.pointer();
    this.f.localGet(address).localGet(offset).op('i32.add').localSet(pointer);
    return { pointer, step };
  }

  cursors({ re, im }: Planes, first: number = 0, by: number = 1): ComplexCursor {
    return { re: this.cursor(re, first, by), im: this.cursor(im, first, by) };
  }

  /** A cursor in the table, at element `first` and `by` elements at a time. */
  tableCursor(first: number, by: number): Cursor {
    const pointer = this.pointer();
    this.f.localGet(this.memory.table).i32Const(first * this.v.bytes).op('i32.add').localSet(pointer);
    return { pointer, step: by * this.v.bytes };
  }

  advance({ pointer, step }: Cursor, times: number = 1): void {
    if (step * times !== 0) this.f.localGet(pointer).i32Const((step * times) | 0).op('i32.add').localSet(pointer);
  }

  /** Repeats a body; the cursors move on after each round. */
  repeat(count: number, cursors: readonly (Cursor | ComplexCursor)[], body: () => void): void {
    const round = (): void => {
      body();
      for (const cursor of cursors) for (const each of 'pointer' in cursor ? [cursor] : [cursor.re, cursor.im]) this.advance(each);
    };
    if (count === 1) round();
    if (count < 2) return;
    const counter = (this.counters[this.depth] ??= this.f.local('i32'));
    this.depth++;
    this.f.forRange(counter, 0, count, 1, round);
    this.depth--;
  }

  /** Performs a body for each vector of a row. */
  eachVector(body: (vector: number) => void): void {
    for (let vector = 0; vector < this.memory.vectors; vector++) this.v.scope(() => body(vector));
  }

  /** Row `row` after the cursor. */
  load({ pointer, step }: Cursor, vector: number, row: number = 0): Local {
    return this.v.load(pointer, row * step + vector * VECTOR);
  }

  store({ pointer, step }: Cursor, vector: number, value: Local, row: number = 0): void {
    this.v.store(pointer, row * step + vector * VECTOR, value);
  }

  loadComplex({ re, im }: ComplexCursor, vector: number, row: number = 0): Complex {
    return { re: this.load(re, vector, row), im: this.load(im, vector, row) };
  }

  storeComplex({ re, im }: ComplexCursor, vector: number, value: Complex, row: number = 0): void {
    this.store(re, vector, value.re, row);
    this.store(im, vector, value.im, row);
  }

  /** Number `at` after a cursor of the table in all lanes. */
  number({ pointer }: Cursor, at: number): Local {
    return this.v.splat(pointer, at * this.v.bytes);
  }
}
