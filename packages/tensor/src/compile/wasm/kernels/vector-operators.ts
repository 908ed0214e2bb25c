/**
 * @file The scalar language in WebAssembly on vectors: four lanes of 32 bits, or two of 64. Booleans are masks, all bits of a
 * lane. In kernels of two lanes, integers lie in the two lower lanes of an i32x4.
 */
import type { DType } from '../../../array/dtype.ts';
import type { Operator } from '../../../elementwise/expression.ts';
import type { FunctionBuilder } from '../function-builder.ts';
import type { Local } from '../references.ts';
import type { PlainOpcode } from '../opcodes.ts';
import type { Scratch } from './scalar-operators.ts';

/** Numbers per vector. */
export type Lanes = 2 | 4;

/** Shape of a real vector. */
export const realShape = (lanes: Lanes): 'f32x4' | 'f64x2' => (lanes === 4 ? 'f32x4' : 'f64x2');

const REAL: Partial<Record<Operator, string>> = {
  add: 'add', sub: 'sub', mul: 'mul', div: 'div', neg: 'neg', abs: 'abs', min: 'min', max: 'max', floor: 'floor', ceil: 'ceil',
  round: 'nearest', trunc: 'trunc', sqrt: 'sqrt', less: 'lt', lessEqual: 'le', equal: 'eq',
};
const INTEGER: Partial<Record<Operator, PlainOpcode>> = {
  add: 'i32x4.add', sub: 'i32x4.sub', mul: 'i32x4.mul', mulI32: 'i32x4.mul', min: 'i32x4.min_s', max: 'i32x4.max_s', neg: 'i32x4.neg', abs: 'i32x4.abs',
  less: 'i32x4.lt_s', lessEqual: 'i32x4.le_s', equal: 'i32x4.eq',
};
const MASK: Partial<Record<Operator, PlainOpcode>> = { and: 'v128.and', or: 'v128.or', not: 'v128.not' };
const COMPOSED: ReadonlySet<Operator> = new Set<Operator>(['mod', 'sign', 'isFinite']);
const COMPARISONS: ReadonlySet<Operator> = new Set<Operator>(['less', 'lessEqual', 'equal']);
const ROUNDING: ReadonlySet<Operator> = new Set<Operator>(['floor', 'ceil', 'round', 'trunc']);

/** Whether an operator of inputs of this dtype has code for vectors; the others are done lane by lane. */
export function hasVectorCode(operator: Operator, dtype: DType): boolean {
  if (operator === 'select') return true;
  if (dtype === 'bool') return operator in MASK;
  if (dtype === 'i32') return operator in INTEGER || ROUNDING.has(operator);
  return operator in REAL || COMPOSED.has(operator);
}

/** (inputs) → result of an operator whose inputs have this dtype. */
export function emitVectorOperator(f: FunctionBuilder, scratch: Scratch, operator: Operator, dtype: DType, lanes: Lanes): void {
  if (operator === 'select') {
    const [y, x, mask] = [scratch.take('v128'), scratch.take('v128'), scratch.take('v128')];
    f.localSet(y).localSet(x).localSet(mask).localGet(x).localGet(y).localGet(mask);
    if (lanes === 2 && dtype === 'i32') narrowMask(f, scratch);
    f.op('v128.bitselect');
  } else if (dtype === 'bool') {
    f.op(MASK[operator]!);
  } else if (dtype === 'i32') {
    const plain = INTEGER[operator];
    if (plain !== undefined) f.op(plain);
    // Masks are as wide as real lanes, whatever was compared.
    if (lanes === 2 && COMPARISONS.has(operator)) f.op('i64x2.extend_low_i32x4_s');
  } else {
    emitReal(f, scratch, operator, lanes);
  }
}

/** (mask of 64-bit lanes) → the same in the two lower 32-bit lanes. */
function narrowMask(f: FunctionBuilder, scratch: Scratch): void {
  const mask = scratch.take('v128');
  f.localTee(mask).localGet(mask).i32x4Shuffle(0, 2, 0, 2);
}

function emitReal(f: FunctionBuilder, scratch: Scratch, operator: Operator, lanes: Lanes): void {
  const op = (name: string): FunctionBuilder => f.op(`${realShape(lanes)}.${name}` as PlainOpcode);
  const constant = (value: number): FunctionBuilder => (lanes === 4 ? f.f32x4Const(value) : f.f64x2Const(value));
  const plain = REAL[operator];
  const [x, y] = [scratch.take('v128'), scratch.take('v128')];
  if (plain !== undefined) {
    op(plain);
  } else if (operator === 'mod') {
    f.localSet(y).localSet(x);
    if (lanes === 4) emitSingleModulus(f, scratch, x, y);
    else emitModulus(f, () => f.localGet(x), () => f.localGet(y));
  } else if (operator === 'isFinite') {
    op('abs');
    constant(Infinity);
    op('lt');
  } else {
    // sign: ±1 with the sign bit of x, but x itself where it is ±0 or NaN.
    f.localSet(x).localGet(x);
    constant(-0).op('v128.and');
    constant(1).op('v128.or').localGet(x).localGet(x);
    constant(0);
    op('lt').localGet(x);
    constant(0);
    op('gt').op('v128.or').op('v128.bitselect');
  }
}

/** x − y ⌊x / y⌋ of doubles. */
function emitModulus(f: FunctionBuilder, x: () => void, y: () => void): void {
  x();
  y();
  x();
  y();
  f.op('f64x2.div').op('f64x2.floor').op('f64x2.mul').op('f64x2.sub');
}

/** The same of four singles, in doubles: a quotient that rounds up to a whole number in f32 would give a remainder below 0. */
function emitSingleModulus(f: FunctionBuilder, scratch: Scratch, x: Local, y: Local): void {
  const low = (local: Local) => (): void => void f.localGet(local).op('f64x2.promote_low_f32x4');
  const high = (local: Local) => (): void => void f.localGet(local).localGet(local).i32x4Shuffle(2, 3, 2, 3).op('f64x2.promote_low_f32x4');
  const first = scratch.take('v128');
  emitModulus(f, low(x), low(y));
  f.op('f32x4.demote_f64x2_zero').localSet(first);
  emitModulus(f, high(x), high(y));
  const second = scratch.take('v128');
  f.op('f32x4.demote_f64x2_zero').localSet(second).localGet(first).localGet(second).i32x4Shuffle(0, 1, 4, 5);
}

/** (x) → the same numbers in another dtype. The kernel holds no reals of two widths. */
export function emitVectorConversion(f: FunctionBuilder, scratch: Scratch, from: DType, to: DType, lanes: Lanes): void {
  const real = realShape(lanes);
  if (from === 'bool') {
    if (to === 'i32') {
      if (lanes === 2) narrowMask(f, scratch);
      f.i32x4Const(1).op('v128.and');
    } else {
      (lanes === 4 ? f.f32x4Const(1) : f.f64x2Const(1)).op('v128.and');
    }
  } else if (to === 'bool') {
    if (from === 'i32') {
      f.i32x4Const(0).op('i32x4.ne');
      if (lanes === 2) f.op('i64x2.extend_low_i32x4_s');
    } else {
      (lanes === 4 ? f.f32x4Const(0) : f.f64x2Const(0)).op(`${real}.ne`);
    }
  } else if (to === 'i32') {
    f.op(lanes === 4 ? 'i32x4.trunc_sat_f32x4_s' : 'i32x4.trunc_sat_f64x2_s_zero');
  } else {
    f.op(lanes === 4 ? 'f32x4.convert_i32x4_s' : 'f64x2.convert_low_i32x4_s');
  }
}
