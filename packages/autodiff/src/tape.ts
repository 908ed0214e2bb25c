/**
 * @file The tape: what reverse mode records, one row per value.
 *
 * Arithmetic on plain numbers is written into typed columns, because a million objects that stay alive cost the garbage
 * collector far more than the arithmetic itself. Any other value has a row of its own.
 */
import { Level, apply, applyOne, applyPair, inputList } from './level.ts';
import type { Linearized, Primitive } from './primitive.ts';
import type { VectorSpace } from './space.ts';
import { Box, typeIn, type Value } from './value.ts';

/** An operation that is not in the columns. */
export interface RecordedOperation {
  readonly primitive: Primitive;
  readonly params: unknown;
  /** As they were given: boxes of this tape or anything else (constants). */
  readonly inputs: readonly Value[];
  readonly outputs: readonly Value[];
  readonly linearized: Linearized | undefined;
}

/** A value that the tape knows, under the number of its row. It does not hold what made it, so a sweep can let that go. */
export class ReverseBox extends Box {
  readonly row: number;
  readonly space: VectorSpace;
  readonly primal: Value;

  constructor(level: Level, row: number, space: VectorSpace, primal: Value) {
    super(level);
    this.row = row;
    this.space = space;
    this.primal = primal;
  }

  get type(): unknown {
    return typeIn(this.space, this.primal);
  }
}

/** A row that is not in the columns. */
export class ValueRow {
  readonly space: VectorSpace;
  readonly value: Value;
  /** What made the value; with several outputs the row of the first one holds it, and arguments have none. */
  readonly operation: RecordedOperation | undefined;

  constructor(space: VectorSpace, value: Value, operation: RecordedOperation | undefined) {
    this.space = space;
    this.value = value;
    this.operation = operation;
  }
}

/** Stands for the row of an input that is a constant. */
export const CONSTANT = -1;

/** Rows for which the columns have room once a number is written; they double when they are full. */
const FIRST_CAPACITY = 64;
const NO_NUMBERS: Float64Array = /* @__PURE__ */ new Float64Array(0);
const NO_SOURCES: Int32Array = /* @__PURE__ */ new Int32Array(0);

/** The level of reverse mode: performs operations below itself and writes them down. */
export class ReverseLevel extends Level {
  /** What made a row: a primitive whose numbers stand in the columns, or a row of values; undefined once it was let go. */
  readonly rows: (Primitive | ValueRow | undefined)[] = [];
  /** Column of three numbers a row: the first input, the second, the result. */
  numbers: Float64Array = NO_NUMBERS;
  /** Column of two rows a row: where the first and the second input come from, or `CONSTANT`. */
  sources: Int32Array = NO_SOURCES;
  /** How many arguments the recorded function has. */
  roots = 0;

  isMine(value: Value): value is ReverseBox {
    return typeof value === 'object' && value instanceof ReverseBox && value.level === this;
  }

  primal(value: Value): Value {
    return this.isMine(value) ? value.primal : value;
  }

  spaceAt(row: number): VectorSpace {
    const made = this.rows[row]!;
    return made instanceof ValueRow ? made.space : made.outputSpace(undefined, 0);
  }

  valueAt(row: number): Value {
    const made = this.rows[row]!;
    return made instanceof ValueRow ? made.value : this.numbers[3 * row + 2];
  }

  /** An argument of the recorded function. All of them come before the first operation. */
  root(space: VectorSpace, value: Value): ReverseBox {
    this.roots++;
    return this.write(space, value, undefined);
  }

  private write(space: VectorSpace, value: Value, operation: RecordedOperation | undefined): ReverseBox {
    this.rows.push(new ValueRow(space, value, operation));
    return new ReverseBox(this, this.rows.length - 1, space, value);
  }

  private writeNumbers(primitive: Primitive, first: Value, second: Value, a: number, b: number, y: number): ReverseBox {
    const row = this.rows.length;
    if (3 * row + 3 > this.numbers.length) this.grow(row);
    const { numbers, sources } = this;
    numbers[3 * row] = a;
    numbers[3 * row + 1] = b;
    numbers[3 * row + 2] = y;
    sources[2 * row] = this.isMine(first) ? first.row : CONSTANT;
    sources[2 * row + 1] = this.isMine(second) ? second.row : CONSTANT;
    this.rows.push(primitive);
    return new ReverseBox(this, row, primitive.outputSpace(undefined, 0), y);
  }

  private grow(rows: number): void {
    const { numbers, sources } = this;
    const capacity = Math.max(FIRST_CAPACITY, 2 * rows);
    this.numbers = new Float64Array(3 * capacity);
    this.numbers.set(numbers);
    this.sources = new Int32Array(2 * capacity);
    this.sources.set(sources);
  }

  override processPair(primitive: Primitive, first: Value, second: Value): Value {
    const a = this.primal(first);
    const b = this.primal(second);
    const y = applyPair(primitive, a, b);
    if (primitive.discrete === true) return y;
    if (typeof a === 'number' && typeof b === 'number' && typeof y === 'number') return this.writeNumbers(primitive, first, second, a, b, y);
    return this.write(primitive.outputSpace(undefined, 0), y, { primitive, params: undefined, inputs: inputList(primitive, first, second), outputs: [y], linearized: undefined });
  }

  override processOne(primitive: Primitive, inputs: readonly Value[], params: unknown): Value {
    if (primitive.linearize !== undefined) return this.process(primitive, inputs, params)[0];
    const y = applyOne(primitive, inputs.map((input) => this.primal(input)), params);
    if (primitive.discrete === true) return y;
    return this.write(primitive.outputSpace(params, 0), y, { primitive, params, inputs, outputs: [y], linearized: undefined });
  }

  process(primitive: Primitive, inputs: readonly Value[], params: unknown): readonly Value[] {
    const primals = inputs.map((input) => this.primal(input));
    if (primitive.discrete === true) return apply(primitive, primals, params);
    const linearized = primitive.linearize?.(primals, params, inputs.map((input) => this.isMine(input)));
    const outputs = linearized?.outputs ?? apply(primitive, primals, params);
    const operation: RecordedOperation = { primitive, params, inputs, outputs, linearized };
    return outputs.map((y, k) => this.write(primitive.outputSpace(params, k), y, k === 0 ? operation : undefined));
  }

  /** Lets go of what a row holds, once a sweep has passed it. */
  forget(row: number): void {
    if (this.rows[row] instanceof ValueRow) this.rows[row] = undefined;
  }

  /** Lets go of everything. */
  clear(): void {
    this.rows.length = 0;
    this.numbers = NO_NUMBERS;
    this.sources = NO_SOURCES;
  }
}
