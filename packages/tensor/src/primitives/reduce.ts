/** @file Reductions other than the sum. On a tie, min and max share the derivative equally among the extreme elements. */
import { applyOne, discrete, primitive, type GeneralRule, type Primitive, type Value, type VectorSpace } from '@tapeflow/autodiff/extend';
import { arrayAbstract, arraySpace, arrayTypeOf, broadcast, concat, full, mul, NDArray, reduceSum, sliceAxis } from '../array/ndarray.ts';
import { checkAxes, keptAxes, reducedType } from '../array/shapes.ts';
import type { ArrayType } from '../array/type.ts';
import { isHeavy, orHeavy } from '../backends/heavy.ts';
import { reduceAxes, type Reduction } from '../backends/js/reduce.ts';
import type { OperandKind } from '../elementwise/table.ts';
import { div, equal, indicator } from './elementwise.ts';
import { reverse } from './structure.ts';

export { reduceSum } from '../array/ndarray.ts';

interface Axes {
  readonly axes: readonly number[];
}

const heavy = ([x]: readonly NDArray[]): boolean => isHeavy('reduced', x!.size);

function reduction(name: string, kind: Reduction, operands: OperandKind, self: () => Primitive): GeneralRule {
  return orHeavy({
    name,
    evaluate([x], params) {
      const array = x as NDArray;
      const { axes } = params as Axes;
      const { shape, dtype } = reducedType(name, arrayTypeOf(array), axes, operands);
      return [NDArray.of(reduceAxes(kind, array, axes, dtype), shape, dtype)];
    },
    abstract: ([x], params) => [arrayAbstract(reducedType(name, x!.type as ArrayType, (params as Axes).axes, operands))],
    outputSpace: () => arraySpace as VectorSpace,
    batch: ([x], _batched, params) => ({ outputs: [applyOne(self(), [x], { axes: (params as Axes).axes.map((axis) => axis + 1) } satisfies Axes)], batched: [true] }),
  }, heavy, self);
}

function spread(y: Value, x: Value, axes: readonly number[]): Value {
  const { shape } = arrayTypeOf(x);
  return broadcast(y, shape, keptAxes(shape, axes));
}

/** Weights of the elements that attain the extremum; they sum to 1. */
function shares(x: Value, y: Value, axes: readonly number[]): Value {
  const attained = indicator(equal(x, spread(y, x, axes)), x);
  return div(attained, spread(reduceSum(attained, axes), x, axes));
}

function extremum(name: string, kind: 'min' | 'max'): Primitive {
  const declared: Primitive = primitive({
    ...reduction(name, kind, 'number', () => declared),
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
const anyPrimitive: Primitive = discrete(reduction('reduceAny', 'any', 'bool', () => anyPrimitive));
const allPrimitive: Primitive = discrete(reduction('reduceAll', 'all', 'bool', () => allPrimitive));

const allAxes = (x: Value): number[] => arrayTypeOf(x).shape.map((_, axis) => axis);

type Reduce = (x: Value, axes?: readonly number[]) => Value;

/** Over all axes by default; over none it is the value itself. */
function over(own: Primitive, operands: OperandKind): Reduce {
  return (x, axes = allAxes(x)) => {
    if (axes.length > 0) return applyOne(own, [x], { axes } satisfies Axes);
    reducedType(own.name, arrayTypeOf(x), axes, operands);
    return x;
  };
}

/** Smallest element; +∞ for none. */
export const reduceMin: Reduce = over(minPrimitive, 'number');
/** Largest element; −∞ for none. */
export const reduceMax: Reduce = over(maxPrimitive, 'number');
/** Whether any element holds; false for none. */
export const reduceAny: Reduce = over(anyPrimitive, 'bool');
/** Whether all elements hold; true for none. */
export const reduceAll: Reduce = over(allPrimitive, 'bool');

/** Product of the elements before each one along an axis: windows of doubling length. */
function productBefore(x: Value, axis: number): Value {
  const { shape, dtype } = arrayTypeOf(x);
  const length = shape[axis]!;
  const shifted = (y: Value, by: number): Value => {
    const ones = full(1, shape.map((own, k) => (k === axis ? by : own)), dtype);
    return concat([ones, sliceAxis(y, axis, 0, length - by, 1)], axis);
  };
  if (length === 0) return x;
  let product = shifted(x, 1);
  for (let by = 1; by < length; by *= 2) product = mul(product, shifted(product, by));
  return product;
}

/** Product of all others along one axis, without division, so that zeros do no harm. */
function productOfOthers(x: Value, axis: number): Value {
  return mul(productBefore(x, axis), reverse(productBefore(reverse(x, [axis]), axis), [axis]));
}

const prodPrimitive: Primitive = primitive({
  ...reduction('reduceProd', 'prod', 'number', () => prodPrimitive),
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
  checkAxes('reduceProd', arrayTypeOf(x), axes);
  return [...axes].sort((a, b) => b - a).reduce((value: Value, axis) => applyOne(prodPrimitive, [value], { axes: [axis] } satisfies Axes), x);
}
