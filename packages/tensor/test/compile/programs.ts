/** @file Small programs for tests of the passes: recorded from functions of positional arrays. */
import { traceProgram, type Program, type Value } from '@tapeflow/autodiff/extend';
import type { DType } from '../../src/array/dtype.ts';
import { arrayAbstract, NDArray } from '../../src/array/ndarray.ts';
import type { Shape } from '../../src/array/strides.ts';
import './whole-compiler.ts';

/** Records a function of arrays of one shape. */
export function record(f: (...xs: Value[]) => readonly Value[], inputs: number, shape: Shape = [3], dtype: DType = 'f64'): Program {
  return traceProgram('test', (xs) => f(...xs), Array.from({ length: inputs }, () => arrayAbstract({ shape, dtype }))).program;
}

/** A list of numbers as an array. */
export function vector(...numbers: number[]): NDArray {
  return NDArray.of(Float64Array.from(numbers), [numbers.length], 'f64');
}

/** Names of the operations of a program, in order. */
export function operations({ equations }: Program): string[] {
  return equations.map(({ primitive }) => primitive.name);
}

/** Elements of plain arrays. */
export function elements(values: readonly Value[]): number[][] {
  return values.map((value) => [...(value as NDArray).contiguous()]);
}
