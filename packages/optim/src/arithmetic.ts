/** @file Arithmetic on leaves, which are tensors or numbers, in differentiable operations. */
import { add as addNumbers, div as divNumbers, expm1 as expm1Number, greater as greaterNumbers, mul as mulNumbers, select as selectNumber, sqrt as sqrtNumber, sub as subNumbers, type Scalar as NumberLike } from '@tapeflow/autodiff/scalar';
import { TapeflowError } from '@tapeflow/autodiff';
import { add as addTensors, convert, div as divTensors, expm1 as expm1Tensor, greater as greaterTensors, mul as mulTensors, select as selectTensor, sqrt as sqrtTensor, sub as subTensors, Tensor, type BinaryFunction } from '@tapeflow/tensor';

/** A tensor or a number, either of which may be inside a transformation. */
export type Leaf = Tensor | NumberLike;

type BinaryLeaf = (x: Leaf, y: Leaf) => Leaf;

export const add: BinaryLeaf = binary(addTensors, addNumbers);
export const sub: BinaryLeaf = binary(subTensors, subNumbers);
export const mul: BinaryLeaf = binary(mulTensors, mulNumbers);
export const div: BinaryLeaf = binary(divTensors, divNumbers);

export const square = (x: Leaf): Leaf => mul(x, x);
export const expm1 = (x: Leaf): Leaf => (x instanceof Tensor ? expm1Tensor(x) : expm1Number(x));

/** √x, with the derivative 0 at 0 instead of an infinite one: a weight that never had a gradient must not spoil derivatives of the update. */
export function safeSqrt(x: Leaf): Leaf {
  if (x instanceof Tensor) {
    const positive = greaterTensors(x, 0);
    return selectTensor(positive, sqrtTensor(selectTensor(positive, x, 1)), 0);
  }
  const positive = greaterNumbers(x, 0);
  return selectNumber(positive, sqrtNumber(selectNumber(positive, x, 1)), 0);
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

function binary(ofTensors: BinaryFunction, ofNumbers: (x: NumberLike, y: NumberLike) => NumberLike): BinaryLeaf {
  return (x, y) => {
    if (x instanceof Tensor) return ofTensors(x, beside(y));
    if (y instanceof Tensor) return ofTensors(plain(x), y);
    return ofNumbers(x, y);
  };
}

const beside = (x: Leaf): Tensor | number => (x instanceof Tensor ? x : plain(x));

/** A number that meets a tensor. A number inside a derivative lives in another space and would lose its derivative. */
function plain(x: NumberLike): number {
  if (typeof x === 'number') return x;
  throw new TapeflowError('optimizer', `a differentiated number meets a tensor.`, 'Give the rate as a scalar of @tapeflow/tensor (scalar(0.1)), so that its derivative passes through tensor operations.');
}
