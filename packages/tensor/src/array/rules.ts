/** @file What operations on arrays are declared with: rules for their values, types and batching, and the parameters of those that the space is made of. */
import type { Abstract, Primitive, Value, VectorSpace } from '@tapeflow/autodiff/extend';
import type { ElementwiseName } from '../elementwise/table.ts';
import type { NDArray } from './ndarray.ts';
import type { Shape } from './strides.ts';
import type { ArrayType } from './type.ts';

/** An elementwise operation, which has one output. */
export interface ArrayElementwiseRule {
  readonly name: ElementwiseName;
  readonly space: VectorSpace;
  evaluate(inputs: readonly Value[]): Value;
  abstract(inputs: readonly Abstract[]): Abstract;
  batch(inputs: readonly Value[], batched: readonly boolean[], size: number): Value;
}

/** Rules of a primitive with one output, from rules that return the output itself. */
export function asGeneral(rule: ArrayElementwiseRule): Pick<Primitive, 'name' | 'evaluate' | 'abstract' | 'outputSpace'> & Required<Pick<Primitive, 'batch'>> {
  return {
    name: rule.name,
    evaluate: (inputs) => [rule.evaluate(inputs)],
    abstract: (inputs) => [rule.abstract(inputs)],
    outputSpace: () => rule.space,
    batch: (inputs, batched, _params, size) => ({ outputs: [rule.batch(inputs, batched, size)], batched: [true] }),
  };
}

/** A declared operation, as a function. */
export type ArrayOperation<Params> = (inputs: readonly Value[], params: Params) => Value;

/** An operation that is linear in its first input. */
export interface LinearRule<Params> {
  name: string;
  /** Whether there is so much to do that a program of its own pays. */
  heavy?(inputs: readonly ArrayType[], params: Params): boolean;
  evaluate(input: NDArray, params: Params, inputs: readonly NDArray[]): NDArray;
  type(input: ArrayType, params: Params, inputs: readonly ArrayType[]): ArrayType;
  transpose(yBar: Value, params: Params, type: ArrayType, inputs: readonly Value[]): Value;
  batch(inputs: readonly Value[], batched: readonly boolean[], params: Params, size: number): Value;
}

// Parameters

export interface BroadcastParams {
  readonly shape: Shape;
  /** Output axis of each input axis, ascending. */
  readonly axes: readonly number[];
}

export interface AxesParams {
  readonly axes: readonly number[];
}

export interface ShapeParams {
  readonly shape: Shape;
}

export interface SliceParams {
  readonly start: readonly number[];
  readonly step: readonly number[];
  readonly shape: Shape;
}

export interface PadParams {
  readonly low: readonly number[];
  readonly high: readonly number[];
  readonly interior: readonly number[];
}

export interface AxisParams {
  readonly axis: number;
}

export interface FullParams extends ArrayType {
  readonly value: number;
}
