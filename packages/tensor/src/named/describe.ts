/** @file What a tensor is, in words and as data: dimensions, dtype, where its memory is, and what its values are like. */
import { Box } from '@tapeflow/autodiff/extend';
import { bytesPerElement, type DType } from '../array/dtype.ts';
import { arrayTypeOf, type NDArray } from '../array/ndarray.ts';
import { isRowMajor } from '../array/strides.ts';
import { Described, listItems } from '../described.ts';
import type { Named } from './align.ts';
import { countElements, type Dim } from './dims.ts';
import { formatNumber } from './print.ts';
import type { Tensor } from './tensor.ts';

/** What the finite values of a tensor are like: NaN where there are none. */
export interface ValueSummary {
  readonly min: number;
  readonly mean: number;
  readonly max: number;
  /** How many values are NaN or infinite; they count nowhere else. */
  readonly nonFinite: number;
}

/** Where the values are: on the heap, there but written by others too, in the memory of a program, or nowhere, because a program is being recorded. */
export type StorageKind = 'heap' | 'shared' | 'program' | 'traced';

/** What `describe` tells. As a string it is a short text. */
export class TensorDescription extends Described {
  readonly dims: readonly Dim[];
  readonly dtype: DType;
  readonly size: number;
  /** Bytes of the values, without gaps. */
  readonly bytes: number;
  readonly storage: StorageKind;
  /** Elements in the memory that the tensor looks at, where that is another number or they lie in another order. */
  readonly viewOf: number | undefined;
  /** The transformation that the tensor is inside of. */
  readonly inside: string | undefined;
  /** Undefined while a program is recorded: then there are no values. */
  readonly values: ValueSummary | undefined;

  constructor({ value, dims }: Named) {
    super();
    const { dtype } = arrayTypeOf(value);
    this.dims = dims;
    this.dtype = dtype;
    this.size = countElements(dims);
    this.bytes = this.size * bytesPerElement(dtype);
    if (value instanceof Box) {
      this.storage = 'traced';
      this.viewOf = undefined;
      this.inside = value.level.transformation;
      this.values = undefined;
    } else {
      const array = value as NDArray;
      const { owner, isShared, data } = array.storage;
      this.storage = isShared ? 'shared' : owner === undefined ? 'heap' : 'program';
      this.viewOf = data.length === this.size && isRowMajor(array.shape, array.strides) ? undefined : data.length;
      this.inside = undefined;
      this.values = summaryOf(array);
    }
  }

  override toString(): string {
    const { dims, dtype, size, bytes, viewOf } = this;
    const head = dims.length === 0 ? `Scalar ${dtype}` : `Tensor ${dtype}, ${counted(size, 'value')}`;
    const place = { heap: 'on the heap', shared: 'on the heap, which other code may write to', program: 'in the memory of a program', traced: `inside ${this.inside ?? ''}` }[this.storage];
    const view = viewOf === undefined ? '' : `, as a view of ${counted(viewOf, 'value')}`;
    return [`${head}, ${counted(bytes, 'byte')} ${place}${view}`, ...dimLines(dims), ...this.valueLines()].join('\n');
  }

  private valueLines(): string[] {
    const { values, dtype, size } = this;
    if (values === undefined) return ['  no values yet'];
    if (size === 0) return ['  empty'];
    const { min, mean, max, nonFinite } = values;
    const bad = nonFinite === 0 ? [] : [`  ${nonFinite} of ${counted(size, 'value')} NaN or infinite`];
    if (nonFinite === size) return bad;
    if (dtype === 'bool') return [`  true in ${Math.round(mean * size)} of ${size}`];
    return [`  min ${formatNumber(min, dtype)}, mean ${formatNumber(mean, 'f64')}, max ${formatNumber(max, dtype)}`, ...bad];
  }
}

const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;

function dimLines(dims: readonly Dim[]): string[] {
  const wide = (texts: readonly string[]): number => Math.max(0, ...texts.map((text) => text.length));
  const names = wide(dims.map(({ name }) => name));
  const types = wide(dims.map(({ type }) => type));
  const sizes = wide(dims.map(({ size }) => String(size)));
  return dims.map(({ name, type, size, items }) => `  ${name.padEnd(names)}  ${type.padEnd(types)}  ${String(size).padStart(sizes)}${items === undefined ? '' : `  ${listItems(items, ', ')}`}`);
}

function summaryOf(array: NDArray): ValueSummary {
  let [min, max, total, count] = [Infinity, -Infinity, 0, 0];
  const values = array.contiguous();
  for (const value of values) {
    if (!Number.isFinite(value)) continue;
    min = Math.min(min, value);
    max = Math.max(max, value);
    total += value;
    count++;
  }
  const nonFinite = values.length - count;
  return count === 0 ? { min: NaN, mean: NaN, max: NaN, nonFinite } : { min, mean: total / count, max, nonFinite };
}

/**
 * What a tensor is: its dimensions with types and item names, dtype, bytes, where its memory is, smallest, mean and largest finite value, and
 * how many are not finite. Inside a program, where there are no values yet, all else.
 */
export function describe(t: Tensor<never>): TensorDescription {
  return new TensorDescription(t);
}
