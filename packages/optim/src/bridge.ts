/** @file Numbers as arrays of rank 0 and back, as differentiable operations: a count or rate that is a number may meet a tensor. */
import { applyOne, linear, spaceOf, typeIn, type Primitive, type Value, type VectorSpace } from '@tapeflow/autodiff/extend';
import { arraySpace, arrayTypeOf, NDArray, type ArrayType } from '@tapeflow/tensor/extend';

interface Params {
  readonly dtype: 'f32' | 'f64';
}

const numberSpace: VectorSpace = spaceOf(0);
const arrays: VectorSpace = arraySpace as VectorSpace;

const toArray: Primitive = linear<Params>(
  {
    name: 'arrayFromNumber',
    space: arrays,
    evaluate: ([x], { dtype }) => NDArray.filled(x as number, [], dtype),
    abstract: (_inputs, { dtype }) => ({ space: arrays, type: { shape: [], dtype } satisfies ArrayType }),
    transpose: (yBar) => numberFromArray(yBar),
  },
  (x) => typeIn(numberSpace, x),
);

const toNumber: Primitive = linear<undefined>(
  {
    name: 'numberFromArray',
    space: numberSpace,
    evaluate: ([x]) => (x as NDArray).contiguous()[0]!,
    abstract: () => ({ space: numberSpace, type: 'number' }),
    transpose: (yBar, _params, type) => arrayFromNumber(yBar, (type as ArrayType).dtype === 'f32' ? 'f32' : 'f64'),
  },
  arrayTypeOf,
);

/** A number, which may be inside a transformation, as an array of rank 0. */
export function arrayFromNumber(x: Value, dtype: 'f32' | 'f64'): Value {
  return applyOne(toArray, [x], { dtype } satisfies Params);
}

/** The number in an array of rank 0, which may be inside a transformation. */
export function numberFromArray(x: Value): Value {
  return applyOne(toNumber, [x]);
}
