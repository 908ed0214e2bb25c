/**
 * @file dot: sums of products over pairs of axes, for every index of other pairs of axes. Bilinear; its derivatives are dots again.
 *
 * The result has the paired (batch) axes first, then the free axes of x, then those of y, each in their order.
 */
import { applyOne, primitive, type Primitive, type Value, type VectorSpace } from '@tapeflow/autodiff/extend';
import { add, arrayAbstract, arraySpace, arrayTypeOf, NDArray } from '../array/ndarray.ts';
import { checkAxes } from '../array/shapes.ts';
import { checkedAllocate, type ArrayType } from '../array/type.ts';
import { isHeavy, orHeavy } from '../backends/heavy.ts';
import { addIntegerProduct, addProduct, offsetsOf, type Factor } from '../backends/js/matrix-product.ts';
import { DTypeError, ShapeError } from '../errors.ts';
import { transpose } from './structure.ts';

/** An axis of x and the axis of y that goes with it. */
export type AxisPair = readonly [x: number, y: number];

/** Parameters of dot: pairs of axes that the result keeps, and pairs that are summed over. */
export interface DotParams {
  readonly batch: readonly AxisPair[];
  readonly contract: readonly AxisPair[];
}

/** Axes of one operand by what happens to them. */
export interface Roles {
  readonly batch: readonly number[];
  readonly free: readonly number[];
  readonly contract: readonly number[];
}

/** The axes of the first or second operand by what happens to them. */
export function rolesOf(rank: number, { batch, contract }: DotParams, side: 0 | 1): Roles {
  const used = new Set([...batch, ...contract].map((pair) => pair[side]));
  return { batch: batch.map((pair) => pair[side]), contract: contract.map((pair) => pair[side]), free: Array.from({ length: rank }, (_, axis) => axis).filter((axis) => !used.has(axis)) };
}

function dotType(x: ArrayType, y: ArrayType, params: DotParams): ArrayType {
  const pairs = [...params.batch, ...params.contract];
  checkAxes('dot', x, pairs.map(([axis]) => axis));
  checkAxes('dot', y, pairs.map(([, axis]) => axis));
  for (const [xAxis, yAxis] of pairs) {
    if (x.shape[xAxis] !== y.shape[yAxis]) throw new ShapeError('dot', [x.shape, y.shape], `axis ${xAxis} does not fit axis ${yAxis}.`);
  }
  if (x.dtype !== y.dtype) throw new DTypeError('dot', [x.dtype, y.dtype], 'operands of different dtypes.', 'Convert one with convert(x, dtype).');
  if (x.dtype === 'bool') throw new DTypeError('dot', [x.dtype], 'booleans do not add up.', 'Convert them with convert(x, "i32").');
  const [left, right] = [rolesOf(x.shape.length, params, 0), rolesOf(y.shape.length, params, 1)];
  return { shape: [...left.batch.map((axis) => x.shape[axis]!), ...left.free.map((axis) => x.shape[axis]!), ...right.free.map((axis) => y.shape[axis]!)], dtype: x.dtype };
}

/** An operand as one matrix per batch entry: rows are its free axes, terms the contracted ones. */
function factorOf(x: NDArray, { batch, free, contract }: Roles): { readonly starts: Int32Array; readonly factor: Factor } {
  const pick = (axes: readonly number[], start = 0): Int32Array => offsetsOf(axes.map((axis) => x.shape[axis]!), axes.map((axis) => x.strides[axis]!), start);
  return { starts: pick(batch, x.offset), factor: { data: x.data, rows: pick(free), terms: pick(contract) } };
}

const moved = (factor: Factor, by: number): Factor => (by === 0 ? factor : { ...factor, rows: factor.rows.map((at) => at + by) });

function dotPlain(x: NDArray, y: NDArray, params: DotParams): NDArray {
  const { shape, dtype } = dotType(arrayTypeOf(x), arrayTypeOf(y), params);
  const out = checkedAllocate('dot', dtype, shape);
  const a = factorOf(x, rolesOf(x.shape.length, params, 0));
  const b = factorOf(y, rolesOf(y.shape.length, params, 1));
  const size = a.factor.rows.length * b.factor.rows.length;
  const sums = out instanceof Float32Array ? new Float64Array(size) : undefined;
  a.starts.forEach((start, k) => {
    const [left, right] = [moved(a.factor, start), moved(b.factor, b.starts[k]!)];
    if (out instanceof Int32Array) addIntegerProduct(out, k * size, left, right);
    else if (out instanceof Float64Array) addProduct(out, k * size, left, right);
    else {
      addProduct(sums!.fill(0), 0, left, right);
      out.set(sums!, k * size);
    }
  });
  return NDArray.of(out, shape, dtype);
}

/** The cotangent of one operand: the other one, contracted with zBar over its free axes, which begin at `at` in zBar. */
function cotangent(zBar: Value, other: Value, own: Roles, others: Roles, at: number): Value {
  const product = dot(zBar, other, {
    batch: others.batch.map((axis, k): AxisPair => [k, axis]),
    contract: others.free.map((axis, k): AxisPair => [at + k, axis]),
  });
  // Axes of the product: batch, free axes of the operand, then its contracted ones in the order of the axes of the other.
  const ascending = [...others.contract].sort((a, b) => a - b);
  const axes = [...own.batch, ...own.free, ...ascending.map((axis) => own.contract[others.contract.indexOf(axis)]!)];
  return transpose(product, axes.map((_, axis) => axes.indexOf(axis)));
}

/** Products that are summed up: of every element of x with every free element of y. */
function heavy([x, y]: readonly NDArray[], params: DotParams): boolean {
  const { free } = rolesOf(y!.shape.length, params, 1);
  return isHeavy('products', free.reduce((products, axis) => products * y!.shape[axis]!, x!.size));
}

const dotPrimitive: Primitive = primitive(orHeavy({
  name: 'dot',
  evaluate: ([x, y], params) => [dotPlain(x as NDArray, y as NDArray, params as DotParams)],
  abstract: ([x, y], params) => [arrayAbstract(dotType(x!.type as ArrayType, y!.type as ArrayType, params as DotParams))],
  outputSpace: () => arraySpace as VectorSpace,
  jvp([x, y], [dx, dy], _outputs, params) {
    const left = dx === undefined ? undefined : dot(dx, y, params as DotParams);
    const right = dy === undefined ? undefined : dot(x, dy, params as DotParams);
    return [left === undefined ? right : right === undefined ? left : add(left, right)];
  },
  vjp([zBar], [x, y], _outputs, params, needs) {
    if (zBar === undefined) return [undefined, undefined];
    const left = rolesOf(arrayTypeOf(x).shape.length, params as DotParams, 0);
    const right = rolesOf(arrayTypeOf(y).shape.length, params as DotParams, 1);
    const count = left.batch.length;
    return [needs[0] ? cotangent(zBar, y, left, right, count + left.free.length) : undefined, needs[1] ? cotangent(zBar, x, right, left, count) : undefined];
  },
  batch([x, y], [xBatched, yBatched], params) {
    const { batch, contract } = params as DotParams;
    const shift = ([a, b]: AxisPair): AxisPair => [a + Number(xBatched), b + Number(yBatched)];
    const shifted = { batch: batch.map(shift), contract: contract.map(shift) };
    if (xBatched && yBatched) return { outputs: [dot(x, y, { ...shifted, batch: [[0, 0], ...shifted.batch] })], batched: [true] };
    // The members are a free axis of one operand: its first one.
    const at = batch.length + (xBatched ? 0 : arrayTypeOf(x).shape.length - batch.length - contract.length);
    const product = dot(x, y, shifted);
    const others = arrayTypeOf(product).shape.flatMap((_, axis) => (axis === at ? [] : [axis]));
    return { outputs: [transpose(product, [at, ...others])], batched: [true] };
  },
}, heavy, () => dotPrimitive));

/** Sums of products over the contracted pairs of axes. Real sums are formed in double precision, those of large f32 operands in blocks (docs/architecture.md). */
export function dot(x: Value, y: Value, params: DotParams): Value {
  return applyOne(dotPrimitive, [x, y], params);
}
