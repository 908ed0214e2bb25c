/**
 * @file Vectors of real numbers as expressions: what functions of the scalar language are made of. One description serves both
 * precisions, four lanes of f32 or two of f64; `print-vector.ts` turns it into code.
 *
 *     const k = x.mul(1 / Math.LN2).nearest();
 *     const r = x.sub(k.mul(LN2_HIGH)).sub(k.mul(LN2_LOW));
 */
import type { PlainOpcode } from '../opcodes.ts';
import type { Lanes } from '../kernels/vector-operators.ts';

/** Width of the lanes. */
export type Precision = 'f32' | 'f64';

/** How a vector comes about. */
export type Origin =
  | { readonly kind: 'input'; readonly index: number }
  | { readonly kind: 'constant'; readonly bits: bigint }
  | { readonly kind: 'instruction'; readonly opcode: PlainOpcode; readonly inputs: readonly Vector[] }
  | { readonly kind: 'shift'; readonly opcode: PlainOpcode; readonly input: Vector; readonly by: number }
  | { readonly kind: 'shuffle'; readonly lanes: readonly [number, number, number, number]; readonly inputs: readonly [Vector, Vector] }
  | { readonly kind: 'call'; readonly name: string; readonly inputs: readonly Vector[] }
  | { readonly kind: 'patch'; readonly mask: Vector; readonly value: Vector; readonly replacement: Vector }
  | { readonly kind: 'rescue'; readonly mask: Vector; readonly value: Vector; readonly host: string; readonly inputs: readonly Vector[] };

type Operand = Vector | number;

/** Number of lanes of a precision. */
export function lanesOf(precision: Precision): Lanes {
  return precision === 'f32' ? 4 : 2;
}

/** The bits of a number in a precision. */
export function bitsOf(value: number, precision: Precision): bigint {
  const view = new DataView(new ArrayBuffer(8));
  if (precision === 'f32') view.setFloat32(0, value);
  else view.setFloat64(0, value);
  return precision === 'f32' ? BigInt(view.getUint32(0)) : view.getBigUint64(0);
}

/** A vector, or a mask: all bits of a lane where something holds. */
export class Vector {
  readonly precision: Precision;
  readonly origin: Origin;

  constructor(precision: Precision, origin: Origin) {
    this.precision = precision;
    this.origin = origin;
  }

  /** A number in all lanes. */
  constant(value: number): Vector {
    return this.bits(bitsOf(value, this.precision));
  }

  /** Bits in all lanes. */
  bits(bits: bigint): Vector {
    return new Vector(this.precision, { kind: 'constant', bits });
  }

  // Arithmetic

  add(y: Operand): Vector { return this.#real('add', y); }
  sub(y: Operand): Vector { return this.#real('sub', y); }
  mul(y: Operand): Vector { return this.#real('mul', y); }
  div(y: Operand): Vector { return this.#real('div', y); }
  neg(): Vector { return this.#real('neg'); }
  abs(): Vector { return this.#real('abs'); }
  sqrt(): Vector { return this.#real('sqrt'); }
  /** The nearest whole number, ties to even. */
  nearest(): Vector { return this.#real('nearest'); }
  /** The smaller one; NaN stays NaN, but a NaN in `y` is not seen. */
  atMost(y: Operand): Vector { return this.#real('pmin', y); }
  /** The larger one; NaN stays NaN, but a NaN in `y` is not seen. */
  atLeast(y: Operand): Vector { return this.#real('pmax', y); }

  // Comparison and choice

  less(y: Operand): Vector { return this.#real('lt', y); }
  lessEqual(y: Operand): Vector { return this.#real('le', y); }
  greater(y: Operand): Vector { return this.#real('gt', y); }
  greaterEqual(y: Operand): Vector { return this.#real('ge', y); }
  equal(y: Operand): Vector { return this.#real('eq', y); }
  notEqual(y: Operand): Vector { return this.#real('ne', y); }
  /** Of this mask: `x` where it holds, `y` elsewhere. */
  choose(x: Operand, y: Operand): Vector {
    return this.#plain('v128.bitselect', this.#vector(x), this.#vector(y), this);
  }

  // Bits

  and(y: Vector | bigint): Vector { return this.#plain('v128.and', this, this.#pattern(y)); }
  or(y: Vector | bigint): Vector { return this.#plain('v128.or', this, this.#pattern(y)); }
  xor(y: Vector | bigint): Vector { return this.#plain('v128.xor', this, this.#pattern(y)); }
  /** The bits of this that `y` has not. */
  without(y: Vector | bigint): Vector { return this.#plain('v128.andnot', this, this.#pattern(y)); }
  /** The sum of the lanes as integers. */
  addInteger(y: Vector | bigint): Vector { return this.#integer('add', y); }
  subInteger(y: Vector | bigint): Vector { return this.#integer('sub', y); }
  shiftLeft(by: number): Vector { return this.#shift(`${this.#integerShape}.shl`, by); }
  shiftRight(by: number): Vector { return this.#shift(`${this.#integerShape}.shr_u`, by); }
  /** Halves an integer that lies in the lowest 32 bits of each lane, rounding down; what is above them is lost. */
  halveInteger(): Vector { return this.#shift('i32x4.shr_s', 1); }
  equalInteger(y: Vector | bigint): Vector { return this.#integer('eq', y); }

  // Width

  /** The first (0) or last (1) two of four singles, as doubles. */
  toDouble(half: 0 | 1): Vector {
    const source = half === 0 ? this : new Vector('f32', { kind: 'shuffle', lanes: [2, 3, 2, 3], inputs: [this, this] });
    return new Vector('f64', { kind: 'instruction', opcode: 'f64x2.promote_low_f32x4', inputs: [source] });
  }

  // Control

  /** What another function gives, of this precision; the vector itself is the first operand. */
  call(name: string, ...others: readonly Vector[]): Vector {
    return new Vector(this.precision, { kind: 'call', name, inputs: [this, ...others] });
  }

  /** This vector, but the replacement where the mask holds; that is not computed if the mask holds in no lane. */
  replaceWhere(mask: Vector, replacement: Operand): Vector {
    return new Vector(this.precision, { kind: 'patch', mask, value: this, replacement: this.#vector(replacement) });
  }

  /** This vector, but what a function of JavaScript gives where the mask holds: for what is rare and costly. */
  askWhere(mask: Vector, host: string, ...inputs: readonly Vector[]): Vector {
    return new Vector(this.precision, { kind: 'rescue', mask, value: this, host, inputs });
  }

  get #integerShape(): 'i32x4' | 'i64x2' {
    return this.precision === 'f32' ? 'i32x4' : 'i64x2';
  }

  #vector(y: Operand): Vector {
    return typeof y === 'number' ? this.constant(y) : y;
  }

  #pattern(y: Vector | bigint): Vector {
    return typeof y === 'bigint' ? this.bits(y) : y;
  }

  #plain(opcode: PlainOpcode, ...inputs: readonly Vector[]): Vector {
    return new Vector(this.precision, { kind: 'instruction', opcode, inputs });
  }

  #real(name: string, ...others: readonly Operand[]): Vector {
    return this.#plain(`${this.precision === 'f32' ? 'f32x4' : 'f64x2'}.${name}` as PlainOpcode, this, ...others.map((y) => this.#vector(y)));
  }

  #integer(name: 'add' | 'sub' | 'eq', y: Vector | bigint): Vector {
    return this.#plain(`${this.#integerShape}.${name}`, this, this.#pattern(y));
  }

  #shift(opcode: PlainOpcode, by: number): Vector {
    return new Vector(this.precision, { kind: 'shift', opcode, input: this, by });
  }
}

/** Four singles from two vectors of two doubles. */
export function toSingle(low: Vector, high: Vector): Vector {
  const [first, last] = [low, high].map((half) => new Vector('f32', { kind: 'instruction', opcode: 'f32x4.demote_f64x2_zero', inputs: [half] }));
  return new Vector('f32', { kind: 'shuffle', lanes: [0, 1, 4, 5], inputs: [first!, last!] });
}

/** Four integers from the lowest 32 bits of two vectors of two doubles. */
export function lowWords(low: Vector, high: Vector): Vector {
  return new Vector('f32', { kind: 'shuffle', lanes: [0, 2, 4, 6], inputs: [low, high] });
}

/** c₀ + c₁ x + c₂ x² + …, by Horner's rule. */
export function polynomial(x: Vector, coefficients: readonly number[]): Vector {
  return coefficients.slice(0, -1).reduceRight<Vector>((sum, c) => sum.mul(x).add(c), x.constant(coefficients.at(-1)!));
}

/** c₀ + c₁ x + c₂ x² + … + xⁿ, by Horner's rule. */
export function monic(x: Vector, coefficients: readonly number[]): Vector {
  return coefficients.slice(0, -1).reduceRight<Vector>((sum, c) => sum.mul(x).add(c), x.add(coefficients.at(-1)!));
}
