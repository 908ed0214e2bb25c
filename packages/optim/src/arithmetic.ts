/** @file Arithmetic on leaves, which are tensors or numbers, in differentiable operations. */
import { TapeflowError } from '@tapeflow/autodiff';
import * as numbers from '@tapeflow/autodiff/scalar';
import * as tensors from '@tapeflow/tensor';
import { convert, Tensor } from '@tapeflow/tensor';

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

/** A coefficient beside a leaf: a number needs a number, so the number in a scalar is read. */
export function coefficient(leaf: Leaf, value: Leaf): Leaf {
  return value instanceof Tensor && !(leaf instanceof Tensor) ? value.item() : value;
}

/** x − rate · direction. */
export function descend(x: Leaf, rate: Leaf, direction: Leaf): Leaf {
  return like(x, sub(x, mul(coefficient(x, rate), direction)));
}

function binary(ofTensors: typeof tensors.add, ofNumbers: (x: numbers.Scalar, y: numbers.Scalar) => numbers.Scalar): BinaryLeaf {
  return (x, y) => {
    if (x instanceof Tensor) return ofTensors(x, beside(y));
    if (y instanceof Tensor) return ofTensors(plain(x), y);
    return ofNumbers(x, y);
  };
}

const beside = (x: Leaf): Tensor<never> | number => (x instanceof Tensor ? x : plain(x));

/** A number that meets a tensor. A number inside a derivative lives in another space and would lose its derivative. */
function plain(x: numbers.Scalar): number {
  if (typeof x === 'number') return x;
  throw new TapeflowError('optimizer', `a differentiated number meets a tensor.`, 'Give the rate as a scalar of @tapeflow/tensor (scalar(0.1)), so that its derivative passes through tensor operations.');
}
