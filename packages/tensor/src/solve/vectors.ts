/** @file Vectors of a solve: lists of arrays whose first axes hold independent systems. */
import type { Value } from '@tapeflow/autodiff/extend';
import { arrayTypeOf, broadcast, concat, reduceSum, reshape, sliceAxis } from '../array/ndarray.ts';
import { sizeOf } from '../array/strides.ts';
import { abs, add, and, constantLike, div, equal, floor, indicator, isFinite, less, log, max, mul, pow, select, sin, sqrt, sub } from '../primitives/elementwise.ts';
import { reduceMax } from '../primitives/reduce.ts';
import { iota } from '../primitives/structure.ts';

export type Vector = readonly Value[];

/** Arithmetic on vectors with one coefficient per system. */
export class VectorArithmetic {
  readonly batchAxes: number;

  constructor(batchAxes: number) {
    this.batchAxes = batchAxes;
  }

  /** A coefficient per system, spread over an array like `like`. */
  spread(coefficient: Value, like: Value): Value {
    if (this.batchAxes === 0) return coefficient;
    return broadcast(coefficient, arrayTypeOf(like).shape, Array.from({ length: this.batchAxes }, (_, axis) => axis));
  }

  /** A coefficient or condition per system as an array like `like`, also where there is one system only. */
  everywhere(coefficient: Value, like: Value): Value {
    return broadcast(coefficient, arrayTypeOf(like).shape, Array.from({ length: this.batchAxes }, (_, axis) => axis));
  }

  /** All components of each system in one row. */
  join(a: Vector): Value {
    const rows = a.map((x) => {
      const { shape } = arrayTypeOf(x);
      return reshape(x, [...shape.slice(0, this.batchAxes), sizeOf(shape.slice(this.batchAxes))]);
    });
    return concat(rows, this.batchAxes);
  }

  /** Undoes `join`, for a vector like `like`. */
  split(row: Value, like: Vector): Vector {
    let start = 0;
    return like.map((x) => {
      const { shape } = arrayTypeOf(x);
      const length = sizeOf(shape.slice(this.batchAxes));
      start += length;
      return reshape(sliceAxis(row, this.batchAxes, start - length, length, 1), shape);
    });
  }

  private perSystem(x: Value): Value {
    return reduceSum(x, arrayTypeOf(x).shape.flatMap((_, axis) => (axis < this.batchAxes ? [] : [axis])));
  }

  dot(a: Vector, b: Vector): Value {
    return a.map((x, k) => this.perSystem(mul(x, b[k]))).reduce((total, part) => add(total, part));
  }

  /**
   * A power of two near the largest component of each system, 1 where that is 0 or not finite. Divided by it, which is exact, no
   * system is so small or large that the squares of its components underflow or overflow.
   */
  magnitude(a: Vector): Value {
    const largest = a.map((x) => reduceMax(abs(x), arrayTypeOf(x).shape.flatMap((_, axis) => (axis < this.batchAxes ? [] : [axis])))).reduce((most, part) => max(most, part));
    const usable = and(isFinite(largest), less(constantLike(0, largest), largest));
    return pow(constantLike(2, largest), floor(mul(log(select(usable, largest, constantLike(1, largest))), constantLike(Math.LOG2E, largest))));
  }

  /** Numbers in (−1, 1) without structure, the same for each system: sin of a multiple of the position. */
  generic(like: Value): Value {
    const { shape, dtype } = arrayTypeOf(like);
    const member = shape.slice(this.batchAxes);
    const position = iota([sizeOf(member) + 1], 0, dtype);
    const numbers = reshape(sliceAxis(sin(mul(position, constantLike(78.233, position))), 0, 1, sizeOf(member), 1), member);
    return broadcast(numbers, shape, member.map((_, axis) => axis + this.batchAxes));
  }

  multiply(a: Vector, factor: Value): Vector {
    return a.map((x) => mul(x, this.spread(factor, x)));
  }

  divide(a: Vector, divisor: Value): Vector {
    return a.map((x) => div(x, this.spread(divisor, x)));
  }

  norm(a: Vector): Value {
    return sqrt(this.dot(a, a));
  }

  /** a + coefficient · b */
  axpy(a: Vector, coefficient: Value, b: Vector): Vector {
    return a.map((x, k) => add(x, mul(this.spread(coefficient, x), b[k])));
  }

  minus(a: Vector, b: Vector): Vector {
    return a.map((x, k) => sub(x, b[k]));
  }

  /** a where the condition of its system holds, else b. */
  choose(condition: Value, a: Vector, b: Vector): Vector {
    return a.map((x, k) => select(this.everywhere(condition, x), x, b[k]));
  }

  /** Number of components of each system. */
  count(a: Vector): number {
    return a.reduce((total: number, x) => total + sizeOf(arrayTypeOf(x).shape.slice(this.batchAxes)), 0);
  }

  /** The vector minus `share` times its mean (1: the constant part is removed); given a null vector of zeros and ones, its mean over the ones. */
  withoutMean(a: Vector, share: Value, ones?: Vector): Vector {
    const total = (ones === undefined ? a : a.map((x, k) => mul(x, ones[k]))).map((x) => this.perSystem(x)).reduce((sum, part) => add(sum, part));
    const count = ones === undefined ? constantLike(this.count(a), total) : ones.map((x) => this.perSystem(x)).reduce((sum, part) => add(sum, part));
    const mean = mul(safeDivide(total, count), share);
    return a.map((x, k) => sub(x, ones === undefined ? this.spread(mean, x) : mul(this.spread(mean, x), ones[k])));
  }
}

/** a / b, and 0 where b is 0. */
export function safeDivide(a: Value, b: Value): Value {
  const zero = constantLike(0, b);
  const atZero = equal(b, zero);
  return mul(div(a, select(atZero, constantLike(1, b), b)), sub(constantLike(1, b), indicator(atZero, b)));
}
