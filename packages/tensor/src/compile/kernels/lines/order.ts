/** @file Orders of lines: positions of elements from the smallest to the largest, or backwards. */
import type { DType } from '../../../array/dtype.ts';
import type { LineStrides } from './layout.ts';

/** Sorts outer × inner lines. Views: input, positions, scratch. */
export interface LineOrder {
  readonly kind: 'lineOrder';
  readonly dtype: DType;
  readonly isDescending: boolean;
  readonly length: number;
  readonly outer: number;
  readonly inner: number;
  readonly from: LineStrides;
  readonly to: LineStrides;
}

/** Where things lie in scratch memory: counts of digits, then keys and positions, each twice. */
export interface OrderScratch {
  readonly digits: number;
  readonly keyBytes: number;
  readonly keys: readonly [number, number];
  readonly positions: readonly [number, number];
  readonly bytes: number;
}

/** Bytes of the counts of one digit. */
export const COUNT_BYTES: number = 4 * 256;

/** The scratch memory for lines of a length. */
export function orderScratch({ dtype, length }: Pick<LineOrder, 'dtype' | 'length'>): OrderScratch {
  const keyBytes = dtype === 'f64' ? 8 : 4;
  const digits = dtype === 'bool' ? 1 : keyBytes;
  const start = digits * COUNT_BYTES;
  const positions = start + 2 * keyBytes * length;
  return { digits, keyBytes, keys: [start, start + keyBytes * length], positions: [positions, positions + 4 * length], bytes: positions + 8 * length };
}
