/** @file Constant null spaces (closed or periodic boxes): found, projected out, reported. */
import type { Value } from '@tapeflow/autodiff/extend';
import { unitRoundoff, type FloatDType } from '../array/dtype.ts';
import { arrayTypeOf, full } from '../array/ndarray.ts';
import { constantLike, indicator, lessEqual, mul, sub } from '../primitives/elementwise.ts';
import type { Vector, VectorArithmetic } from './vectors.ts';

/** A ‖A·1‖ this many roundings below ‖A·w‖ counts as zero. */
const ROUNDINGS = 32;

/** 1 per system whose operator maps constants to zero, else 0. */
export function constantNullSpace(arithmetic: VectorArithmetic, apply: (v: Vector) => Vector, b: Vector): Value {
  const dtype = arrayTypeOf(b[0]).dtype as FloatDType;
  const ones = b.map((x) => full(1, arrayTypeOf(x).shape, dtype));
  const probe = b.map((x) => arithmetic.generic(x));
  const size = arithmetic.norm(apply(probe));
  const ofConstants = arithmetic.norm(apply(ones));
  return indicator(lessEqual(ofConstants, mul(size, constantLike(ROUNDINGS * unitRoundoff(dtype), size))), size);
}

/** The null vector of an operator that maps constants to zero except where its rows are those of the identity: 0 there, 1 elsewhere. */
export function constantsOnOpenCells(apply: (v: Vector) => Vector, b: Vector): Vector {
  const ones = b.map((x) => full(1, arrayTypeOf(x).shape, arrayTypeOf(x).dtype));
  return apply(ones).map((image, k) => sub(ones[k], image));
}
