/**
 * @file Running results along one axis: sums, products, extremes, linear recurrences.
 *
 * Products are a recurrence, whose derivative is a recurrence again: nothing is divided, so zeros do no harm. Extremes are elements at
 * positions, so a derivative goes to the element that is the extreme (the first of equal ones).
 */
import { applyOne, discrete, primitive, type Primitive, type Value, type VectorSpace } from '@tapeflow/autodiff/extend';
import { stacked } from '../array/layout.ts';
import { add, arrayAbstract, arraySpace, arrayTypeOf, declareLinear, mul, NDArray, pad, sliceAxis } from '../array/ndarray.ts';
import type { ArrayOperation, AxisParams } from '../array/rules.ts';
import { checkAxes, reducedType } from '../array/shapes.ts';
import { sameShape } from '../array/strides.ts';
import { checkedAllocate, type ArrayType } from '../array/type.ts';
import { addUp, recur, trackExtremes, type Direction } from '../backends/js/lines.ts';
import { DTypeError, ShapeError } from '../errors.ts';
import { takeAlong } from './along.ts';
import { reverse } from './structure.ts';

function runningType(operation: string, type: ArrayType, axis: number): ArrayType {
  reducedType(operation, type, [axis], 'number');
  return { shape: type.shape, dtype: type.dtype };
}

const sumOperation: ArrayOperation<AxisParams> = declareLinear({
  name: 'cumulativeSum',
  evaluate(x, { axis }) {
    const { shape, dtype } = runningType('cumulativeSum', x, axis);
    const out = checkedAllocate('cumulativeSum', dtype, shape);
    addUp(out, x, axis);
    return NDArray.of(out, shape, dtype);
  },
  type: (x, { axis }) => runningType('cumulativeSum', x, axis),
  transpose: (yBar, { axis }) => reverse(cumulativeSum(reverse(yBar, [axis]), axis), [axis]),
  batch: ([x], _batched, { axis }) => cumulativeSum(x, axis + 1),
});

/** Sum of the elements up to each one. */
export function cumulativeSum(x: Value, axis: number): Value {
  return sumOperation([x], { axis });
}

function recurrenceType(a: ArrayType, b: ArrayType, axis: number): ArrayType {
  if (!sameShape(a.shape, b.shape)) throw new ShapeError('linearRecurrence', [a.shape, b.shape], 'factors and terms of different shapes.');
  if (a.dtype !== b.dtype) throw new DTypeError('linearRecurrence', [a.dtype, b.dtype], 'factors and terms of different dtypes.', 'Convert one with convert(x, dtype).');
  return runningType('linearRecurrence', b, axis);
}

/** Every element one place further along the axis, with 0 in front. */
function delayed(x: Value, axis: number): Value {
  const { shape } = arrayTypeOf(x);
  const length = shape[axis]!;
  if (length === 0) return x;
  return pad(sliceAxis(x, axis, 0, length - 1, 1), shape.map((_, k) => Number(k === axis)), shape.map(() => 0));
}

const recurrencePrimitive: Primitive = primitive({
  name: 'linearRecurrence',
  evaluate([a, b], params) {
    const { axis } = params as AxisParams;
    const { shape, dtype } = recurrenceType(arrayTypeOf(a), arrayTypeOf(b), axis);
    const out = checkedAllocate('linearRecurrence', dtype, shape);
    recur(out, a as NDArray, b as NDArray, axis);
    return [NDArray.of(out, shape, dtype)];
  },
  abstract: ([a, b], params) => [arrayAbstract(recurrenceType(a!.type as ArrayType, b!.type as ArrayType, (params as AxisParams).axis))],
  outputSpace: () => arraySpace as VectorSpace,
  // ẏₖ = aₖ ẏₖ₋₁ + (ȧₖ yₖ₋₁ + ḃₖ)
  jvp([a], [da, db], [y], params) {
    const { axis } = params as AxisParams;
    const fromFactors = da === undefined ? undefined : mul(da, delayed(y, axis));
    const terms = fromFactors === undefined ? db : db === undefined ? fromFactors : add(fromFactors, db);
    return [terms === undefined ? undefined : linearRecurrence(a, terms, axis)];
  },
  // b̄ₖ = ȳₖ + aₖ₊₁ b̄ₖ₊₁ and āₖ = b̄ₖ yₖ₋₁
  vjp([yBar], [a], [y], params, needs) {
    if (yBar === undefined) return [undefined, undefined];
    const { axis } = params as AxisParams;
    const bBar = reverse(linearRecurrence(delayed(reverse(a, [axis]), axis), reverse(yBar, [axis]), axis), [axis]);
    return [needs[0] ? mul(bBar, delayed(y, axis)) : undefined, needs[1] ? bBar : undefined];
  },
  batch(inputs, batched, params, size) {
    const [a, b] = inputs.map((input, k) => stacked(input, batched[k], size));
    return { outputs: [linearRecurrence(a, b, (params as AxisParams).axis + 1)], batched: [true] };
  },
});

/** yₖ = aₖ yₖ₋₁ + bₖ along an axis, with y₀ = b₀; a₀ is not used. */
export function linearRecurrence(a: Value, b: Value, axis: number): Value {
  return applyOne(recurrencePrimitive, [a, b], { axis } satisfies AxisParams);
}

/** Product of the elements up to each one. */
export function cumulativeProduct(x: Value, axis: number): Value {
  const { shape } = runningType('cumulativeProduct', arrayTypeOf(x), axis);
  const length = shape[axis]!;
  if (length === 0) return x;
  const first = pad(sliceAxis(x, axis, 0, 1, 1), shape.map(() => 0), shape.map((_, k) => (k === axis ? length - 1 : 0)));
  return linearRecurrence(x, first, axis);
}

function runningPositions(name: string, direction: Direction): Primitive {
  const typeOf = (type: ArrayType, axis: number): ArrayType => {
    checkAxes(name, type, [axis]);
    return { shape: type.shape, dtype: 'i32' };
  };
  const declared: Primitive = discrete({
    name,
    evaluate([x], params) {
      const { axis } = params as AxisParams;
      const { shape } = typeOf(arrayTypeOf(x), axis);
      const out = checkedAllocate(name, 'i32', shape) as Int32Array;
      trackExtremes(out, x as NDArray, axis, direction);
      return [NDArray.of(out, shape, 'i32')];
    },
    abstract: ([x], params) => [arrayAbstract(typeOf(x!.type as ArrayType, (params as AxisParams).axis))],
    outputSpace: () => arraySpace as VectorSpace,
    batch: ([x], _batched, params) => ({ outputs: [applyOne(declared, [x], { axis: (params as AxisParams).axis + 1 } satisfies AxisParams)], batched: [true] }),
  });
  return declared;
}

const argMaxPrimitive = runningPositions('cumulativeArgMax', 1);
const argMinPrimitive = runningPositions('cumulativeArgMin', -1);

/** Position of the largest of the elements up to each one: the first of equal ones, or the first NaN. */
export const cumulativeArgMax = (x: Value, axis: number): Value => applyOne(argMaxPrimitive, [x], { axis } satisfies AxisParams);
/** Position of the smallest of the elements up to each one: the first of equal ones, or the first NaN. */
export const cumulativeArgMin = (x: Value, axis: number): Value => applyOne(argMinPrimitive, [x], { axis } satisfies AxisParams);
/** The largest of the elements up to each one. */
export const cumulativeMax = (x: Value, axis: number): Value => takeAlong(x, cumulativeArgMax(x, axis), axis);
/** The smallest of the elements up to each one. */
export const cumulativeMin = (x: Value, axis: number): Value => takeAlong(x, cumulativeArgMin(x, axis), axis);
