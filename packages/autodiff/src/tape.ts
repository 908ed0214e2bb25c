/** @file The tape: what reverse mode records. One object per single-output operation, inputs inline, to spare the garbage collector. */
import { Level, apply, applyOne } from './level.ts';
import type { Linearized, MaybeValue, Primitive } from './primitive.ts';
import type { VectorSpace } from './space.ts';
import { Box, typeIn, type Value } from './value.ts';

/** Where the inputs of a recorded operation are kept when there are more than three. */
const MANY = -1;

/**
 * A value that the tape knows. For an operation with one output the box is its tape entry too.
 * The inputs are kept as they were given: boxes of this tape (whose `primal` is the value) or anything else (constants).
 */
export class ReverseBox extends Box {
  readonly space: VectorSpace;
  readonly primal: Value;
  readonly primitive: Primitive | undefined;
  readonly params: unknown;
  readonly count: number;
  a: Value;
  b: Value;
  c: Value;
  cotangent: MaybeValue = undefined;

  constructor(level: Level, space: VectorSpace, primal: Value, primitive: Primitive | undefined, params: unknown, inputs: readonly Value[]) {
    super(level);
    this.space = space;
    this.primal = primal;
    this.primitive = primitive;
    this.params = params;
    const count = inputs.length;
    this.count = count > 3 ? MANY : count;
    this.a = count > 3 ? inputs : count > 0 ? inputs[0] : undefined;
    this.b = count > 1 && count <= 3 ? inputs[1] : undefined;
    this.c = count === 3 ? inputs[2] : undefined;
  }

  get type(): unknown {
    return typeIn(this.space, this.primal);
  }

  get inputs(): readonly Value[] {
    if (this.count === MANY) return this.a as readonly Value[];
    return [this.a, this.b, this.c].slice(0, this.count);
  }

  /** Lets go of the inputs once the sweep has passed. */
  forget(): void {
    this.a = this.b = this.c = undefined;
  }
}

/** Tape entry of an operation with several outputs, or one that brought its own pullback. */
export class RecordedOperation {
  readonly primitive: Primitive;
  readonly params: unknown;
  inputs: readonly Value[];
  readonly boxes: readonly ReverseBox[];
  pullback: Linearized['pullback'] | undefined;

  constructor(primitive: Primitive, params: unknown, inputs: readonly Value[], boxes: readonly ReverseBox[], pullback: Linearized['pullback'] | undefined) {
    this.primitive = primitive;
    this.params = params;
    this.inputs = inputs;
    this.boxes = boxes;
    this.pullback = pullback;
  }

  forget(): void {
    this.inputs = [];
    this.pullback = undefined;
  }
}

export type TapeEntry = ReverseBox | RecordedOperation;

/** The level of reverse mode: performs operations below itself and writes them down. */
export class ReverseLevel extends Level {
  readonly entries: TapeEntry[] = [];

  primal(value: Value): Value {
    return value instanceof ReverseBox && value.level === this ? value.primal : value;
  }

  isMine(value: Value): value is ReverseBox {
    return value instanceof ReverseBox && value.level === this;
  }

  root(space: VectorSpace, value: Value): ReverseBox {
    return new ReverseBox(this, space, value, undefined, undefined, []);
  }

  override processOne(primitive: Primitive, inputs: readonly Value[], params: unknown): Value {
    if (primitive.linearize !== undefined) return this.process(primitive, inputs, params)[0];
    const primals = new Array<Value>(inputs.length);
    for (let i = 0; i < inputs.length; i++) primals[i] = this.primal(inputs[i]);
    const y = applyOne(primitive, primals, params);
    if (primitive.discrete === true) return y;
    const box = new ReverseBox(this, primitive.outputSpace(params, 0), y, primitive, params, inputs);
    this.entries.push(box);
    return box;
  }

  process(primitive: Primitive, inputs: readonly Value[], params: unknown): readonly Value[] {
    const primals = inputs.map((input) => this.primal(input));
    if (primitive.discrete === true) return apply(primitive, primals, params);
    const linearized = primitive.linearize?.(primals, params, inputs.map((input) => this.isMine(input)));
    const outputs = linearized?.outputs ?? apply(primitive, primals, params);
    const boxes = outputs.map((y, k) => new ReverseBox(this, primitive.outputSpace(params, k), y, undefined, undefined, []));
    this.entries.push(new RecordedOperation(primitive, params, inputs, boxes, linearized?.pullback));
    return boxes;
  }

  /** Bytes of the values that this tape holds. */
  get bytes(): number {
    let total = 0;
    for (const entry of this.entries) {
      for (const box of entry instanceof ReverseBox ? [entry] : entry.boxes) total += box.space.bytes(box.type);
    }
    return total;
  }
}
