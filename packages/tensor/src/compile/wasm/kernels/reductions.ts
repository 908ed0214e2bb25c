/** @file What reductions start from, and how two partial results become one. */
import type { DType } from '../../../array/dtype.ts';
import type { ReduceOperator } from '../../kernels/kernel.ts';
import type { FunctionBuilder } from '../function-builder.ts';
import type { PlainOpcode } from '../opcodes.ts';
import { realShape, type Lanes } from './vector-operators.ts';

const LARGEST = 2 ** 31 - 1;

/** The result over nothing. */
export function identityOf(operator: ReduceOperator, dtype: DType): number {
  switch (operator) {
    case 'sum':
    case 'any':
      return 0;
    case 'prod':
    case 'all':
      return 1;
    case 'min':
      return dtype === 'i32' ? LARGEST : Infinity;
    case 'max':
      return dtype === 'i32' ? -LARGEST - 1 : -Infinity;
  }
}

/** Sums of f32 are collected in f64: single numbers of a row in f32, rows in f64. */
export function accumulatorDType(operator: ReduceOperator, dtype: DType): DType {
  return operator === 'sum' && dtype === 'f32' ? 'f64' : dtype;
}

const NAMES: Readonly<Record<ReduceOperator, string>> = { sum: 'add', prod: 'mul', min: 'min', max: 'max', any: 'or', all: 'and' };

/** (partial, partial) → both, of single numbers. Integers have no instruction for the smaller one; `choose` writes it. */
export function emitCombine(f: FunctionBuilder, operator: ReduceOperator, dtype: DType, choose: () => void): void {
  if (dtype === 'f32' || dtype === 'f64') f.op(`${dtype}.${NAMES[operator]}` as PlainOpcode);
  else if (operator === 'min' || operator === 'max') choose();
  else f.op(`i32.${NAMES[operator]}` as PlainOpcode);
}

/** The same for vectors. */
export function emitVectorCombine(f: FunctionBuilder, operator: ReduceOperator, dtype: DType, lanes: Lanes): void {
  if (dtype === 'bool') f.op(operator === 'any' ? 'v128.or' : 'v128.and');
  else if (dtype === 'i32') f.op(operator === 'min' ? 'i32x4.min_s' : operator === 'max' ? 'i32x4.max_s' : (`i32x4.${NAMES[operator]}` as PlainOpcode));
  else f.op(`${realShape(lanes)}.${NAMES[operator]}` as PlainOpcode);
}
