/** @file Arithmetic on leaves, which are tensors or numbers, in differentiable operations. */
import * as numbers from '@tapeflow/autodiff/scalar';
import * as tensors from '@tapeflow/tensor';
import { convert, Tensor } from '@tapeflow/tensor';
import { wrap } from '@tapeflow/tensor/extend';
import { arrayFromNumber, numberFromArray } from './bridge.ts';

/** A tensor of any dimensions or a number, either of which may be inside a transformation. */
export type Leaf = Tensor<never> | numbers.Scalar;

type BinaryLeaf = (x: Leaf, y: Leaf) => Leaf;

export const add: BinaryLeaf = binary(tensors.add, numbers.add);
export const sub: BinaryLeaf = binary(tensors.sub, numbers.sub);
export const mul: BinaryLeaf = binary(tensors.mul, numbers.mul);
export const div: BinaryLeaf = binary(tensors.div, numbers.div);

export const square = (x: Leaf): Leaf => mul(x, x);
export const expm1 = (x: Leaf): Leaf => (x instanceof Tensor ? tensors.expm1(x) : numbers.expm1(x));

/** √x, with the derivative 0 at 0 instead of an infinite one: a weight that never had a gradient must not spoil derivatives of the update. */
export function safeSqrt(x: Leaf): Leaf {
  if (x instanceof Tensor) {
    const positive = tensors.greater(x, 0);
    return tensors.select(positive, tensors.sqrt(tensors.select(positive, x, 1)), 0);
  }
  const positive = numbers.greater(x, 0);
  return numbers.select(positive, numbers.sqrt(numbers.select(positive, x, 1)), 0);
}

/** A result in the precision of the parameter it replaces, whatever the precision of rates beside it. */
export function like(leaf: Leaf, result: Leaf): Leaf {
  return leaf instanceof Tensor && result instanceof Tensor ? convert(result, leaf.dtype) : result;
}

/** A coefficient beside a leaf: the result is of the kind of the leaf, so beside a number a scalar becomes a number. */
export function coefficient(leaf: Leaf, value: Leaf): Leaf {
  return value instanceof Tensor && !(leaf instanceof Tensor) ? (numberFromArray(value.value) as numbers.Scalar) : value;
}

/** x − rate · direction. */
export function descend(x: Leaf, rate: Leaf, direction: Leaf): Leaf {
  return like(x, sub(x, mul(coefficient(x, rate), direction)));
}

function binary(ofTensors: typeof tensors.add, ofNumbers: (x: numbers.Scalar, y: numbers.Scalar) => numbers.Scalar): BinaryLeaf {
  return (x, y) => {
    if (x instanceof Tensor) return ofTensors(x, beside(y, x));
    if (y instanceof Tensor) return ofTensors(beside(x, y), y);
    return ofNumbers(x, y);
  };
}

/** Numbers are weak: they take the precision of the tensor they meet. Those inside a transformation enter as scalars, which carry on their derivative. */
function beside(x: Leaf, tensor: Tensor<never>): Tensor<never> | number {
  if (typeof x === 'number' || x instanceof Tensor) return x;
  return wrap({ value: arrayFromNumber(x, tensor.dtype === 'f64' ? 'f64' : 'f32'), dims: [] });
}
