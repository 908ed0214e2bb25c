/** @file Values and boxes: what flows through the engine. */
import { CoercionError } from './errors.ts';
import type { Level } from './level.ts';
import type { VectorSpace } from './space.ts';

/** A plain value (a number, an array) or a box around one. The engine never looks inside plain values. */
export type Value = unknown;

/** Marks boxes of any copy of this package, so that a second copy is recognised. */
export const BOX_MARK = '~tapeflow.box';

/** A value inside a transformation. `level` is the transformation it belongs to. */
export abstract class Box {
  readonly level: Level;

  constructor(level: Level) {
    this.level = level;
  }

  abstract get space(): VectorSpace;
  /** The abstract value (for arrays: shape and dtype). */
  abstract get type(): unknown;

  get '~tapeflow.box'(): true {
    return true;
  }

  /** JavaScript arithmetic on a box would silently lose the derivative. */
  [Symbol.toPrimitive](hint: string): never {
    throw new CoercionError(this.level.transformation, hint);
  }

  toString(): string {
    return `${this.level.transformation} box of ${this.space.describe(this.type)}`;
  }

  toJSON(): string {
    return this.toString();
  }
}

// Printing a box says what it is instead of unrolling the tape behind it. Outside the class, because declarations that are made
// without type inference know no computed names.
Object.defineProperty(Box.prototype, Symbol.for('nodejs.util.inspect.custom'), { value: Box.prototype.toString });

/** Type of a value that is known to belong to `space`. */
export function typeIn(space: VectorSpace, value: Value): unknown {
  return value instanceof Box ? value.type : space.typeOf(value);
}
