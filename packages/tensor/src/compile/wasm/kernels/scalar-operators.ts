/** @file The scalar language in WebAssembly, one number at a time. Operands lie on the stack; booleans are i32 0 and 1. */
import type { DType } from '../../../array/dtype.ts';
import type { Operator } from '../../../elementwise/expression.ts';
import type { FunctionBuilder } from '../function-builder.ts';
import type { Local } from '../references.ts';
import type { PlainOpcode, ValueType } from '../opcodes.ts';
import { VECTOR_FUNCTIONS } from '../math/functions.ts';
import { isHostFunction, type KernelImports } from './imports.ts';

/** Type of a dtype on the stack. */
export function scalarType(dtype: DType): ValueType {
  return dtype === 'bool' ? 'i32' : dtype;
}

/** Pushes a number. */
export function pushLiteral(f: FunctionBuilder, value: number, dtype: DType): void {
  if (dtype === 'f32') f.f32Const(value);
  else if (dtype === 'f64') f.f64Const(value);
  else f.i32Const(dtype === 'bool' ? Number(value !== 0) : value | 0);
}

/** Operators that are one instruction of real numbers. */
const REAL: Partial<Record<Operator, string>> = {
  add: 'add', sub: 'sub', mul: 'mul', div: 'div', neg: 'neg', abs: 'abs', min: 'min', max: 'max', floor: 'floor', ceil: 'ceil',
  round: 'nearest', trunc: 'trunc', sqrt: 'sqrt', less: 'lt', lessEqual: 'le', equal: 'eq',
};
/** Operators that are one instruction of integers or booleans. */
const INTEGER: Partial<Record<Operator, PlainOpcode>> = {
  add: 'i32.add', sub: 'i32.sub', mul: 'i32.mul', mulI32: 'i32.mul', less: 'i32.lt_s', lessEqual: 'i32.le_s', equal: 'i32.eq', and: 'i32.and', or: 'i32.or', not: 'i32.eqz',
};
/** Operators that leave an integer as it is. */
const ROUNDING: ReadonlySet<Operator> = new Set<Operator>(['floor', 'ceil', 'round', 'trunc']);

/** Variables of a function that operators use for a moment. */
export interface Scratch {
  take(type: ValueType): Local;
}

/** (inputs) → result of an operator whose inputs have this dtype. */
export function emitScalarOperator(f: FunctionBuilder, imports: KernelImports, scratch: Scratch, operator: Operator, dtype: DType): void {
  if (operator === 'select') {
    // (condition, x, y) lies in the order of the language; the instruction wants the condition last.
    const type = scalarType(dtype);
    const [y, x, condition] = [scratch.take(type), scratch.take(type), scratch.take('i32')];
    f.localSet(y).localSet(x).localSet(condition).localGet(x).localGet(y).localGet(condition).op('select');
  } else if (dtype === 'f32' || dtype === 'f64') {
    emitReal(f, imports, scratch, operator, dtype);
  } else {
    emitInteger(f, scratch, operator);
  }
}

function emitReal(f: FunctionBuilder, imports: KernelImports, scratch: Scratch, operator: Operator, dtype: 'f32' | 'f64'): void {
  const plain = REAL[operator];
  const op = (name: string): FunctionBuilder => f.op(`${dtype}.${name}` as PlainOpcode);
  const [x, y] = [scratch.take(dtype), scratch.take(dtype)];
  if (plain !== undefined) {
    op(plain);
  } else if (operator === 'mod') {
    // In doubles: a quotient that rounds up to a whole number in f32 would give a remainder below 0.
    const double = (local: Local): FunctionBuilder => (dtype === 'f32' ? f.localGet(local).op('f64.promote_f32') : f.localGet(local));
    f.localSet(y).localSet(x);
    double(x);
    double(y);
    double(x);
    double(y).op('f64.div').op('f64.floor').op('f64.mul').op('f64.sub');
    if (dtype === 'f32') f.op('f32.demote_f64');
  } else if (operator === 'sign') {
    // ±1 with the sign of x, but x itself where it is ±0 or NaN.
    f.localSet(x);
    pushLiteral(f, 1, dtype);
    f.localGet(x);
    op('copysign').localGet(x).localGet(x);
    pushLiteral(f, 0, dtype);
    op('lt').localGet(x);
    pushLiteral(f, 0, dtype);
    op('gt').op('i32.or').op('select');
  } else if (operator === 'isFinite') {
    op('abs');
    pushLiteral(f, Infinity, dtype);
    op('lt');
  } else if (operator in VECTOR_FUNCTIONS) {
    emitVectorCall(f, imports, scratch, operator, dtype);
  } else if (isHostFunction(operator)) {
    emitHostCall(f, imports, scratch, operator, dtype);
  } else {
    throw new RangeError(`emitScalarOperator: '${operator}' takes no ${dtype}.`);
  }
}

/** By the code for vectors, so that a number has the same result wherever it stands. */
function emitVectorCall(f: FunctionBuilder, imports: KernelImports, scratch: Scratch, operator: Operator, dtype: 'f32' | 'f64'): void {
  const target = imports.vectors.vector(operator, dtype);
  const shape = dtype === 'f32' ? 'f32x4' : 'f64x2';
  const inputs = target.params.map(() => scratch.take(dtype));
  for (const input of inputs.toReversed()) f.localSet(input);
  for (const input of inputs) f.localGet(input).op(`${shape}.splat`);
  f.call(target).lane(`${shape}.extract_lane`, 0);
}

function emitHostCall(f: FunctionBuilder, imports: KernelImports, scratch: Scratch, operator: Parameters<KernelImports['of']>[0], dtype: 'f32' | 'f64'): void {
  const target = imports.of(operator);
  if (dtype === 'f64') {
    f.call(target);
    return;
  }
  if (target.params.length === 2) {
    const second = scratch.take('f32');
    f.localSet(second).op('f64.promote_f32').localGet(second);
  }
  f.op('f64.promote_f32').call(target).op('f32.demote_f64');
}

function emitInteger(f: FunctionBuilder, scratch: Scratch, operator: Operator): void {
  const plain = INTEGER[operator];
  const [x, y] = [scratch.take('i32'), scratch.take('i32')];
  if (plain !== undefined) {
    f.op(plain);
  } else if (operator === 'neg') {
    f.localSet(x).i32Const(0).localGet(x).op('i32.sub');
  } else if (operator === 'abs') {
    f.localSet(x).i32Const(0).localGet(x).op('i32.sub').localGet(x).localGet(x).i32Const(0).op('i32.lt_s').op('select');
  } else if (operator === 'min' || operator === 'max') {
    f.localSet(y).localTee(x).localGet(y).localGet(x).localGet(y).op(operator === 'min' ? 'i32.lt_s' : 'i32.gt_s').op('select');
  } else if (operator === 'sign') {
    f.localTee(x).i32Const(0).op('i32.gt_s').localGet(x).i32Const(0).op('i32.lt_s').op('i32.sub');
  } else if (operator === 'mod') {
    // As the js backend does it, through doubles: exact for 32 bits, and x mod 0 is 0.
    const double = (local: Local): FunctionBuilder => f.localGet(local).op('f64.convert_i32_s');
    f.localSet(y).localSet(x);
    double(x);
    double(y);
    double(x);
    double(y).op('f64.div').op('f64.floor').op('f64.mul').op('f64.sub').op('i32.trunc_sat_f64_s');
  } else if (!ROUNDING.has(operator)) {
    throw new RangeError(`emitScalarOperator: '${operator}' takes no integers.`);
  }
}

/** (x) → the same number in another dtype. */
export function emitScalarConversion(f: FunctionBuilder, from: DType, to: DType): void {
  const [source, target] = [scalarType(from), scalarType(to)];
  if (to === 'bool') {
    if (source === 'i32') f.i32Const(0).op('i32.ne');
    else {
      pushLiteral(f, 0, from);
      f.op(`${source as 'f32' | 'f64'}.ne`);
    }
  } else if (target === 'i32') {
    if (source !== 'i32') f.op(`i32.trunc_sat_${source as 'f32' | 'f64'}_s`);
  } else if (source === 'i32') {
    f.op(`${target as 'f32' | 'f64'}.convert_i32_s`);
  } else if (source === 'f64' && target === 'f32') {
    f.op('f32.demote_f64');
  } else if (source === 'f32' && target === 'f64') {
    f.op('f64.promote_f32');
  }
}
