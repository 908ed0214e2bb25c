/** @file Tensor: an array whose dimensions have names. Immutable. */
import { TapeflowError, TracedValueError, type TREE, type TreeNode } from '@tapeflow/autodiff';
import { Box, type Value } from '@tapeflow/autodiff/extend';
import type { DType, TypedArray } from '../array/dtype.ts';
import { arrayTypeOf, type NDArray } from '../array/ndarray.ts';
import { add, div, mul, neg, pow, sub } from '../primitives/elementwise.ts';
import { NumberArgumentError } from '../errors.ts';
import { elementwiseOne, elementwisePair, type Named } from './align.ts';
import { countElements, describeDims, type Dim } from './dims.ts';
import { entryOf, rangeOf, type Index, type RangeLike } from './index-raw.ts';
import { numberArgumentOf } from './number-arguments.ts';
import { printTensor } from './print.ts';
import type { Reduced, Scalar, Unchecked, Without } from './types.ts';

/** What a tensor tells JavaScript when it is printed or coerced. Its methods have symbols for names, which a declaration file cannot list. */
const Printed: new () => object = class {
  /** JavaScript arithmetic on tensors would give nonsense silently. */
  [Symbol.toPrimitive](this: Named, hint: string): string {
    if (hint === 'string') return printTensor(this);
    const path = numberArgumentOf(this);
    if (path !== undefined) throw new NumberArgumentError(path);
    throw new TapeflowError('coercion', `the tensor ${describeDims(this.dims)} was used as a JavaScript number.`, 'Write mul(0.2, t) or t.mul(0.2) for 0.2 * t, and t.item() for the number in a scalar.');
  }

  [Symbol.for('nodejs.util.inspect.custom')](this: Named): string {
    return printTensor(this);
  }
};

/**
 * An array with named dimensions. `Tensor<'x' | 'y'>` has at least the dimensions x and y, so it may be passed where
 * `Tensor<'x'>` is wanted; `Tensor` alone has unknown names, which are checked at run time.
 *
 * Arithmetic aligns by name: a missing dimension counts as constant along it. Use methods for chains and functions for all else.
 */
export class Tensor<in D extends string = string> extends Printed implements Named, TreeNode<Tensor<D>> {
  declare readonly '~dims': (d: D) => void;
  /** The positional value, one axis per dimension: a plain array, or a box inside a transformation. */
  readonly value: Value;
  /** Dimensions in storage order, the last fastest. */
  readonly dims: readonly Dim[];

  constructor(value: Value, dims: readonly Dim[]) {
    super();
    this.value = value;
    this.dims = dims;
  }

  get dtype(): DType {
    return arrayTypeOf(this.value).dtype;
  }

  /** Sizes by name. */
  get sizes(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.dims.map(({ name, size }) => [name, size]));
  }

  get size(): number {
    return countElements(this.dims);
  }

  /** A copy of the values on the heap, in storage order (the last of `dims` fastest), that nothing will change. */
  get data(): TypedArray {
    return this.plain('data').copyData();
  }

  /** Reads the values in place, without a copy. The callback must not keep or change the array. */
  view<R>(read: (data: TypedArray) => R): R {
    return read(this.plain('view').contiguous());
  }

  /** The values, on every backend. */
  read(): Promise<TypedArray> {
    return Promise.resolve(this.data);
  }

  /** The number in a scalar. */
  item(): number {
    if (this.size !== 1) throw new TapeflowError('item', `the tensor ${describeDims(this.dims)} has ${this.size} values.`, 'Pick one with at({ … }), or reduce the tensor first.');
    return this.plain('item').contiguous()[0]!;
  }

  private plain(operation: string): NDArray {
    if (this.value instanceof Box) {
      const path = numberArgumentOf(this);
      if (path !== undefined) throw new NumberArgumentError(path);
      throw new TracedValueError(`Tensor.${operation}`, `The tensor is inside ${this.value.level.transformation}: return it from there, look at it with hostCall((t) => …, t), or read stopGradient(t) inside a derivative.`);
    }
    return this.value as NDArray;
  }

  add(this: Scalar, other: Scalar | number): Scalar;
  add<B extends string = never>(other: Tensor<B> | number): Tensor<D | NoInfer<B>>;
  add(other: Named | number): Unchecked {
    return combine('add', add, this, other);
  }

  sub(this: Scalar, other: Scalar | number): Scalar;
  sub<B extends string = never>(other: Tensor<B> | number): Tensor<D | NoInfer<B>>;
  sub(other: Named | number): Unchecked {
    return combine('sub', sub, this, other);
  }

  mul(this: Scalar, other: Scalar | number): Scalar;
  mul<B extends string = never>(other: Tensor<B> | number): Tensor<D | NoInfer<B>>;
  mul(other: Named | number): Unchecked {
    return combine('mul', mul, this, other);
  }

  /** Quotient; integers become real. */
  div(this: Scalar, other: Scalar | number): Scalar;
  div<B extends string = never>(other: Tensor<B> | number): Tensor<D | NoInfer<B>>;
  div(other: Named | number): Unchecked {
    return wrap(elementwisePair('div', 'real', div, this, other));
  }

  neg(this: Scalar): Scalar;
  neg(): Tensor<D>;
  neg(): Unchecked {
    return wrap(elementwiseOne('neg', 'number', neg, this));
  }

  /** Power; integers become real. */
  pow(this: Scalar, exponent: Scalar | number): Scalar;
  pow<B extends string = never>(exponent: Tensor<B> | number): Tensor<D | NoInfer<B>>;
  pow(exponent: Named | number): Unchecked {
    return exponent === 2 ? combine('mul', mul, this, this) : wrap(elementwisePair('pow', 'real', pow, this, exponent));
  }

  /** One entry along each given dimension, by position (negative: from the end) or item name; these dimensions disappear. */
  at<T extends string, K extends T>(this: Tensor<T>, indices: { readonly [N in K]: Index }): Reduced<Without<T, K>> {
    return wrap(entryOf(this, indices));
  }

  /** A part along each given dimension: `[from, to]` or `{ from, to, step }`, without the end. */
  slice<T extends string, K extends T>(this: Tensor<T>, ranges: { readonly [N in K]: RangeLike }): Tensor<T> {
    return wrap(rangeOf(this, ranges));
  }

  '~tapeflow.tree'(): ReturnType<TreeNode<Tensor<D>>[typeof TREE]> {
    return {
      children: [this.value],
      rebuild: ([value]) => new Tensor(value, this.dims),
      key: treeKey(this.dims),
    };
  }

  override toString(): string {
    return printTensor(this);
  }
}

/** Keys of lists of dimensions, which many tensors share. */
const treeKeys = new WeakMap<readonly Dim[], string>();

/** A text that differs where dimensions differ, whatever their names contain. */
export function treeKey(dims: readonly Dim[]): string {
  let key = treeKeys.get(dims);
  if (key === undefined) treeKeys.set(dims, (key = `Tensor${JSON.stringify(dims.map(({ name, type, size, items }) => [name, type, size, items]))}`));
  return key;
}

/** Gives a named value its class. */
export function wrap({ value, dims }: Named): Unchecked {
  return new Tensor(value, dims) as Unchecked;
}

function combine(operation: string, apply: (x: Value, y: Value) => Value, a: Named, b: Named | number): Unchecked {
  return wrap(elementwisePair(operation, 'number', apply, a, b));
}
