/**
 * @file Scatters other than the sum: the last, smallest or largest update at each index, or their mean.
 *
 * Which update an element takes is found without derivatives; the element is then gathered, so derivatives follow from those of gather.
 */
import { applyOne, discrete, type Primitive, type Value, type VectorSpace } from '@tapeflow/autodiff/extend';
import { flat, stacked } from '../array/layout.ts';
import { arrayAbstract, arraySpace, arrayTypeOf, full, NDArray, reshape } from '../array/ndarray.ts';
import { isFloat } from '../array/dtype.ts';
import { checkIndices, flatPositions } from '../array/indices.ts';
import { sameShape, sizeOf } from '../array/strides.ts';
import type { ArrayType } from '../array/type.ts';
import { DTypeError, ShapeError } from '../errors.ts';
import { constantLike, div, less, max, min, select } from './elementwise.ts';
import { gather, scatterAdd, type IndexParams } from './gather.ts';
import { convert } from './structure.ts';

/** Which of several updates of one element counts. */
export type ScatterRule = 'last' | 'min' | 'max';

/** Parameters of scatterSource: `length` elements, all members together. */
export interface SourceParams extends IndexParams {
  readonly length: number;
  readonly rule: ScatterRule;
}

function sourceType(indices: ArrayType, updates: ArrayType, { length, members }: SourceParams): ArrayType {
  checkIndices('scatterSource', { shape: [length], dtype: updates.dtype }, indices, members);
  if (!sameShape(indices.shape, updates.shape)) throw new ShapeError('scatterSource', [indices.shape, updates.shape], 'indices and updates of different shapes.');
  return { shape: [length], dtype: 'i32' };
}

function sourcesPlain(indices: NDArray, updates: NDArray, params: SourceParams): NDArray {
  const { length, members, rule } = params;
  const { shape } = sourceType(arrayTypeOf(indices), arrayTypeOf(updates), params);
  const out = new Int32Array(length).fill(-1);
  const at = flatPositions('scatterSource', length / members, indices, members);
  const values = updates.contiguous();
  const count = at.length / members;
  const sign = rule === 'min' ? -1 : 1;
  for (let i = 0, start = 0; i < at.length; start += count) {
    for (let k = 0; k < count; k++, i++) {
      const known = out[at[i]!]!;
      if (known < 0 || rule === 'last') {
        out[at[i]!] = k;
        continue;
      }
      // As in extremes along an axis, the first of equal ones counts, or the first NaN.
      const [best, value] = [sign * values[start + known]!, sign * values[i]!];
      if (best === best && (value > best || value !== value)) out[at[i]!] = k;
    }
  }
  return NDArray.of(out, shape, 'i32');
}

const sourcePrimitive: Primitive = discrete({
  name: 'scatterSource',
  evaluate: ([indices, updates], params) => [sourcesPlain(indices as NDArray, updates as NDArray, params as SourceParams)],
  abstract: ([indices, updates], params) => [arrayAbstract(sourceType(indices!.type as ArrayType, updates!.type as ArrayType, params as SourceParams))],
  outputSpace: () => arraySpace as VectorSpace,
  batch(inputs, batched, params, size) {
    const [indices, updates] = inputs.map((input, k) => stacked(input, batched[k], size));
    const { length, members, rule } = params as SourceParams;
    return { outputs: [reshape(scatterSource(indices, updates, { length: length * size, members: members * size, rule }), [size, length])], batched: [true] };
  },
});

/** For each of `length` elements the update (its number among those of its member) that it takes, or −1. */
export function scatterSource(indices: Value, updates: Value, params: SourceParams): Value {
  return applyOne(sourcePrimitive, [indices, updates], params);
}

/** The update of each element of x by a rule, and whether there is none; undefined where there are no updates at all. */
function updateOf(operation: string, x: Value, indices: Value, updates: Value, members: number, rule: ScatterRule): { readonly update: Value; readonly isMissing: Value } | undefined {
  const [target, given] = [arrayTypeOf(x), arrayTypeOf(updates)];
  checkIndices(operation, target, arrayTypeOf(indices), members);
  if (target.dtype !== given.dtype) throw new DTypeError(operation, [target.dtype, given.dtype], 'array and updates of different dtypes.', 'Convert one of them.');
  const source = scatterSource(indices, updates, { length: target.shape[0]!, members, rule });
  if (sizeOf(given.shape) === 0) return undefined;
  const none = constantLike(0, source);
  return { update: gather(flat(updates), max(source, none), members), isMissing: less(source, none) };
}

/** x (one axis) with the updates at their indices; of updates of equal index the last one counts. */
export function scatterSet(x: Value, indices: Value, updates: Value, members: number = 1): Value {
  const found = updateOf('scatterSet', x, indices, updates, members, 'last');
  return found === undefined ? x : select(found.isMissing, x, found.update);
}

function scatterExtreme(operation: string, rule: 'min' | 'max', choose: (x: Value, y: Value) => Value): (x: Value, indices: Value, updates: Value, members?: number) => Value {
  return (x, indices, updates, members = 1) => {
    const found = updateOf(operation, x, indices, updates, members, rule);
    return found === undefined ? x : select(found.isMissing, x, choose(x, found.update));
  };
}

/** The smallest of each element of x (one axis) and its updates. On a tie the derivative goes to x, then to the first update. */
export const scatterMin: (x: Value, indices: Value, updates: Value, members?: number) => Value = scatterExtreme('scatterMin', 'min', min);
/** The largest of each element of x (one axis) and its updates. On a tie the derivative goes to x, then to the first update. */
export const scatterMax: (x: Value, indices: Value, updates: Value, members?: number) => Value = scatterExtreme('scatterMax', 'max', max);

/** The mean of the updates of each element, and x (one axis) where there are none. */
export function scatterMean(x: Value, indices: Value, updates: Value, members: number = 1): Value {
  const { shape, dtype } = arrayTypeOf(x);
  if (!isFloat(dtype)) throw new DTypeError('scatterMean', [dtype], 'a mean is real.', 'Convert array and updates with convert(x, "f32").');
  const sums = scatterAdd(full(0, shape, dtype), indices, updates, members);
  const counts = scatterAdd(full(0, shape, 'i32'), indices, full(1, arrayTypeOf(indices).shape, 'i32'), members);
  const isHit = less(full(0, [], 'i32'), counts);
  return select(isHit, div(sums, convert(max(counts, full(1, [], 'i32')), dtype)), x);
}
