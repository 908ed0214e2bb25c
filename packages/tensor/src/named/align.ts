/** @file From names to positions: brings tensors to common dimensions and dtypes, without knowing the Tensor class. */
import type { Value } from '@tapeflow/autodiff/extend';
import { isFloat, type DType } from '../array/dtype.ts';
import { arrayTypeOf, broadcast, dtypeOf, full } from '../array/ndarray.ts';
import { convert, transpose } from '../primitives/structure.ts';
import { contextDType } from '../context.ts';
import { sameDim, sameDims, unionDims, type Dim } from './dims.ts';

/** What the named layer needs of a tensor: a positional value, one axis per dimension. */
export interface Named {
  readonly value: Value;
  readonly dims: readonly Dim[];
}

/** The value with its axes in the order of `dims`, and repeated along those it lacks. */
export function alignValue({ value, dims: own }: Named, dims: readonly Dim[]): Value {
  if (own === dims || (own.length === dims.length && own.every((dim, k) => sameDim(dim, dims[k]!) || dim.name === dims[k]!.name))) return value;
  if (own.length === 0) return value;
  const order: number[] = [];
  const axes: number[] = [];
  for (let axis = 0; axis < dims.length; axis++) {
    const at = placeOf(own, dims[axis]!.name);
    if (at < 0) continue;
    order.push(at);
    axes.push(axis);
  }
  const ordered = transpose(value, order);
  return axes.length === dims.length ? ordered : broadcast(ordered, dims.map(({ size }) => size), axes);
}

function placeOf(dims: readonly Dim[], name: string): number {
  for (let k = 0; k < dims.length; k++) if (dims[k]!.name === name) return k;
  return -1;
}

/** The value repeated to all of `dims`, also from rank 0. */
export function expandValue(named: Named, dims: readonly Dim[]): Value {
  return named.dims.length === 0 ? broadcast(named.value, dims.map(({ size }) => size), []) : alignValue(named, dims);
}

const WIDTH: Readonly<Record<DType, number>> = { bool: 0, i32: 1, f32: 2, f64: 3 };

/** The widest of some dtypes: bool < i32 < f32 < f64. */
export function widest(dtypes: readonly DType[]): DType {
  return dtypes.reduce((a, b) => (WIDTH[b] > WIDTH[a] ? b : a));
}

/** Dtype in which a JavaScript number joins a tensor: numbers are weak, but a fraction makes integers real. */
export function weakDType(value: number, beside: DType): DType {
  if (isFloat(beside)) return beside;
  return Number.isInteger(value) && Math.abs(value) < 2 ** 31 ? 'i32' : contextDType();
}

/** What an operation does with bool and i32 operands. */
export type Numeric = 'any' | 'number' | 'real';

function operandDType(dtypes: readonly DType[], numeric: Numeric): DType {
  const dtype = widest(dtypes);
  if (numeric === 'real' && !isFloat(dtype)) return contextDType();
  return numeric === 'number' && dtype === 'bool' ? 'i32' : dtype;
}

/** Whether operands of this dtype stay what they are. */
const staysSame = (dtype: DType, numeric: Numeric): boolean => isFloat(dtype) || numeric === 'any' || (numeric === 'number' && dtype === 'i32');

/** The same for one operand. */
export function elementwiseOne(operation: string, numeric: Numeric, apply: (x: Value) => Value, x: Named | number): Named {
  if (typeof x === 'object' && staysSame(dtypeOf(x.value), numeric)) return { value: apply(x.value), dims: x.dims };
  return elementwiseNamed(operation, numeric, apply, [x]);
}

/** The same for two operands. Nearly always they have the same dimensions and dtype, or one is a number: then nothing is looked up or copied. */
export function elementwisePair(operation: string, numeric: Numeric, apply: (x: Value, y: Value) => Value, x: Named | number, y: Named | number): Named {
  if (typeof x === 'object') {
    const dtype = dtypeOf(x.value);
    if (staysSame(dtype, numeric)) {
      if (typeof y === 'object') {
        if (dtypeOf(y.value) === dtype && sameDims(x.dims, y.dims)) return { value: apply(x.value, y.value), dims: x.dims };
      } else if (isFloat(dtype)) return { value: apply(x.value, full(y, [], dtype)), dims: x.dims };
    }
  }
  return elementwiseNamed(operation, numeric, apply, [x, y]);
}

/** Applies a positional operation of operands of one shape to named tensors and numbers. */
export function elementwiseNamed(
  operation: string,
  numeric: Numeric,
  apply: (...values: Value[]) => Value,
  inputs: readonly (Named | number)[],
): Named {
  const tensors = inputs.filter((input): input is Named => typeof input !== 'number');
  const dims = tensors.length === 1 ? tensors[0]!.dims : tensors.length === 0 ? [] : unionDims(operation, tensors.map((tensor) => tensor.dims));
  // Numbers alone are what scalar(number) would be.
  const dtypes = tensors.length === 0 ? [contextDType()] : tensors.map(({ value }) => arrayTypeOf(value).dtype);
  const known = widest(dtypes);
  const dtype = operandDType([...dtypes, ...inputs.flatMap((input) => (typeof input === 'number' ? [weakDType(input, known)] : []))], numeric);
  const values = inputs.map((input) => (typeof input === 'number' ? full(input, [], dtype) : convert(alignValue(input, dims), dtype)));
  return { value: apply(...values), dims };
}
