/** @file Reductions other than the sum. On a tie, min and max share the derivative equally among the extreme elements. */
import { applyOne, discrete, primitive, type GeneralRule, type Primitive, type Value, type VectorSpace } from '@tapeflow/autodiff/extend';
import { allocate } from '../array/dtype.ts';
import { arrayAbstract, arraySpace, arrayTypeOf, broadcast, mul, NDArray, reduceSum } from '../array/ndarray.ts';
import type { ArrayType } from '../array/type.ts';
import { reduceAxes, type Reduction } from '../backends/js/reduce.ts';
import { constantLike, div, equal, indicator, select } from './elementwise.ts';

export { reduceSum } from '../array/ndarray.ts';

interface Axes {
  readonly axes: readonly number[];
}

const kept = ({ shape }: ArrayType, axes: readonly number[]): number[] => shape.flatMap((_, axis) => (axes.includes(axis) ? [] : [axis]));

function reduction(name: string, kind: Reduction, self: () => Primitive): GeneralRule {
  return {
    name,
    evaluate([x], params) {
      const array = x as NDArray;
      const { axes } = params as Axes;
      return [NDArray.of(reduceAxes(kind, array, axes, array.dtype), kept(array, axes).map((axis) => array.shape[axis]!), array.dtype)];
    },
    abstract([x], params) {
      const type = x!.type as ArrayType;
      return [arrayAbstract({ shape: kept(type, (params as Axes).axes).map((axis) => type.shape[axis]!), dtype: type.dtype })];
    },
    outputSpace: () => arraySpace as VectorSpace,
    batch: ([x], _batched, params) => ({ outputs: [applyOne(self(), [x], { axes: (params as Axes).axes.map((axis) => axis + 1) } satisfies Axes)], batched: [true] }),
  };
}

const spread = (y: Value, x: Value, axes: readonly number[]): Value => broadcast(y, arrayTypeOf(x).shape, kept(arrayTypeOf(x), axes));

/** Weights of the elements that attain the extremum; they sum to 1. */
function shares(x: Value, y: Value, axes: readonly number[]): Value {
  const attained = indicator(equal(x, spread(y, x, axes)), x);
  return div(attained, spread(reduceSum(attained, axes), x, axes));
}

function extremum(name: string, kind: 'min' | 'max'): Primitive {
  const declared: Primitive = primitive({
    ...reduction(name, kind, () => declared),
    jvp: ([x], [dx], [y], params) => [dx === undefined ? undefined : reduceSum(mul(dx, shares(x, y, (params as Axes).axes)), (params as Axes).axes)],
    vjp: ([yBar], [x], [y], params, needs) => {
      const { axes } = params as Axes;
      return [yBar === undefined || !needs[0] ? undefined : mul(spread(yBar, x, axes), shares(x, y, axes))];
    },
  });
  return declared;
}

const minPrimitive = extremum('reduceMin', 'min');
const maxPrimitive = extremum('reduceMax', 'max');
const anyPrimitive: Primitive = discrete(reduction('reduceAny', 'any', () => anyPrimitive));
const allPrimitive: Primitive = discrete(reduction('reduceAll', 'all', () => allPrimitive));

const allAxes = (x: Value): number[] => arrayTypeOf(x).shape.map((_, axis) => axis);

/** Smallest element; +∞ for none. */
export const reduceMin = (x: Value, axes: readonly number[] = allAxes(x)): Value => applyOne(minPrimitive, [x], { axes } satisfies Axes);
/** Largest element; −∞ for none. */
export const reduceMax = (x: Value, axes: readonly number[] = allAxes(x)): Value => applyOne(maxPrimitive, [x], { axes } satisfies Axes);
/** Whether any element holds; false for none. */
export const reduceAny = (x: Value, axes: readonly number[] = allAxes(x)): Value => applyOne(anyPrimitive, [x], { axes } satisfies Axes);
/** Whether all elements hold; true for none. */
export const reduceAll = (x: Value, axes: readonly number[] = allAxes(x)): Value => applyOne(allPrimitive, [x], { axes } satisfies Axes);

/** Product of all others along one axis, without division, so that zeros do no harm. */
function productOfOthers(x: Value, axis: number): Value {
  const { shape } = arrayTypeOf(x);
  const length = shape[axis]!;
  const pick = (k: number): Value => select(equal(indexAlong(x, axis), constantLike(k, x)), constantLike(1, x), x);
  const parts = Array.from({ length }, (_, k) => mul(indicator(equal(indexAlong(x, axis), constantLike(k, x)), x), spread(reduceProd(pick(k), [axis]), x, [axis])));
  return parts.reduce((total, part) => arraySpace.add(total, part));
}

function indexAlong(x: Value, axis: number): Value {
  const { shape, dtype } = arrayTypeOf(x);
  const data = allocate(dtype, shape[axis]!).map((_, k) => k);
  return broadcast(NDArray.of(data, [shape[axis]!], dtype), shape, [axis]);
}

const prodPrimitive: Primitive = primitive({
  ...reduction('reduceProd', 'prod', () => prodPrimitive),
  jvp: ([x], [dx], _outputs, params) => {
    const [axis] = (params as Axes).axes;
    return [dx === undefined ? undefined : reduceSum(mul(dx, productOfOthers(x, axis!)), [axis!])];
  },
  vjp: ([yBar], [x], _outputs, params, needs) => {
    const [axis] = (params as Axes).axes;
    return [yBar === undefined || !needs[0] ? undefined : mul(spread(yBar, x, [axis!]), productOfOthers(x, axis!))];
  },
});

/** Product; 1 for none. The derivative takes one axis at a time and is exact where elements are zero. */
export function reduceProd(x: Value, axes: readonly number[] = allAxes(x)): Value {
  return [...axes].sort((a, b) => b - a).reduce((value: Value, axis) => applyOne(prodPrimitive, [value], { axes: [axis] } satisfies Axes), x);
}
