/** @file How a tensor looks in the terminal. */
import { Box } from '@tapeflow/autodiff/extend';
import { arrayTypeOf, NDArray } from '../array/ndarray.ts';
import type { Named } from './align.ts';
import { describeDims, type Dim } from './dims.ts';
import { numberArgumentOf, staticAdvice } from './number-arguments.ts';

const MAX_ROW = 8;
const MAX_ROWS = 12;

/** A number as people read it: five digits, integers in full, booleans in words. */
export function formatNumber(x: number, dtype: string): string {
  if (dtype === 'bool') return x === 0 ? 'false' : 'true';
  if (dtype === 'i32' || Number.isInteger(x)) return String(x);
  const size = Math.abs(x);
  return size !== 0 && (size < 1e-3 || size >= 1e5) ? x.toExponential(3) : String(Number(x.toPrecision(5)));
}

/** The positions of a list of this length that are shown; −1 stands for those left out. */
function shown(length: number, most: number): number[] {
  if (length <= most) return Array.from({ length }, (_, k) => k);
  const half = most / 2;
  return [...Array.from({ length: half }, (_, k) => k), -1, ...Array.from({ length: half }, (_, k) => length - half + k)];
}

/** The element of a flat position in storage order. */
function elementAt({ data, shape, strides, offset }: NDArray, flat: number): number {
  let rest = flat;
  let at = offset;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    at += (rest % shape[axis]!) * strides[axis]!;
    rest = Math.floor(rest / shape[axis]!);
  }
  return data[at]!;
}

/** Dimensions, dtype and values; long tensors are cut in the middle. */
export function printTensor({ value, dims }: Named): string {
  const { dtype, shape } = arrayTypeOf(value);
  const shared = value instanceof NDArray && value.storage.isShared ? ' shared' : '';
  const head = `${dims.length === 0 ? '' : `${describeDims(dims)} `}${dtype}${shared}`;
  if (value instanceof Box) {
    const path = numberArgumentOf({ value });
    return `Tensor ${head} inside ${value.level.transformation}${path === undefined ? '' : ` (the number at argument ${path}; ${staticAdvice(path)} keeps it a number)`}`;
  }
  const array = value as NDArray;
  const text = (flat: number): string => formatNumber(elementAt(array, flat), dtype);
  if (dims.length === 0) return `Scalar ${head} ${text(0)}`;
  if (shape.includes(0)) return `Tensor ${head} (empty)`;
  const length = shape[shape.length - 1]!;
  const columns = shown(length, MAX_ROW);
  const rows = shown(array.size / length, MAX_ROWS);
  const cells = rows.map((row) => columns.map((column) => (row < 0 ? '' : column < 0 ? '…' : text(row * length + column))));
  if (rows.length === 1) return `Tensor ${head} [${cells[0]!.join(' ')}]`;
  const widths = columns.map((_, j) => Math.max(...cells.map((line) => line[j]!.length)));
  const lines = rows.flatMap((row, k) => {
    if (row < 0) return ['    …'];
    const label = blockLabel(row, dims, rows[k - 1] === -1);
    const numbers = cells[k]!.map((cell, j) => cell.padStart(widths[j]!)).join(' ');
    return [...(label === undefined ? [] : [`  ${label}`]), `${dims.length < 3 ? '  ' : '    '}${numbers}`];
  });
  return `Tensor ${head}\n${lines.join('\n')}`;
}

/** The outer position, named at the first row of each block and after a gap; undefined elsewhere and for matrices. */
function blockLabel(row: number, dims: readonly Dim[], afterGap: boolean): string | undefined {
  if (dims.length < 3) return undefined;
  const rows = dims[dims.length - 2]!.size;
  if (row % rows !== 0 && !afterGap) return undefined;
  let rest = Math.floor(row / rows);
  const parts: string[] = [];
  for (let axis = dims.length - 3; axis >= 0; axis--) {
    const { name, size, items } = dims[axis]!;
    const at = rest % size;
    parts.unshift(`${name}=${items?.[at] ?? at}`);
    rest = Math.floor(rest / size);
  }
  return parts.join(' ');
}
