/** @file How a tensor looks in the terminal. */
import { Box } from '@tapeflow/autodiff/extend';
import { arrayTypeOf, type NDArray } from '../array/ndarray.ts';
import type { Named } from './align.ts';
import { describeDims, type Dim } from './dims.ts';

const MAX_ROW = 8;
const MAX_ROWS = 12;

function formatNumber(x: number, dtype: string): string {
  if (dtype === 'bool') return x === 0 ? 'false' : 'true';
  if (dtype === 'i32' || Number.isInteger(x)) return String(x);
  const size = Math.abs(x);
  return size !== 0 && (size < 1e-3 || size >= 1e5) ? x.toExponential(3) : String(Number(x.toPrecision(5)));
}

function row(values: readonly string[], width: number): string {
  const shown = values.length > MAX_ROW ? [...values.slice(0, MAX_ROW / 2), '…', ...values.slice(-MAX_ROW / 2)] : values;
  return shown.map((text) => text.padStart(width)).join(' ');
}

/** Dimensions, dtype and values; long tensors are cut in the middle. */
export function printTensor({ value, dims }: Named): string {
  const { dtype } = arrayTypeOf(value);
  const head = dims.length === 0 ? dtype : `${describeDims(dims)} ${dtype}`;
  if (value instanceof Box) return `Tensor ${head} inside ${value.level.transformation}`;
  const data = Array.from((value as NDArray).contiguous(), (x) => formatNumber(x, dtype));
  if (dims.length === 0) return `Scalar ${head} ${data[0]}`;
  if (data.length === 0) return `Tensor ${head} (empty)`;
  const width = Math.max(...data.slice(0, 512).map((text) => text.length));
  const length = dims[dims.length - 1]!.size;
  const rows = data.length / length;
  if (rows === 1) return `Tensor ${head} [${row(data, 0)}]`;
  const lines: string[] = [];
  for (let k = 0; k < rows; k++) {
    if (rows > MAX_ROWS && k === MAX_ROWS / 2) {
      lines.push('    …');
      k = rows - MAX_ROWS / 2;
    }
    lines.push(`  ${blockLabel(k, dims)}${row(data.slice(k * length, (k + 1) * length), width)}`);
  }
  return `Tensor ${head}\n${lines.join('\n')}`;
}

/** Names the outer position at the first row of every block of rank-3 and higher tensors. */
function blockLabel(index: number, dims: readonly Dim[]): string {
  if (dims.length < 3) return '';
  const rows = dims[dims.length - 2]!.size;
  if (index % rows !== 0) return '  ';
  let rest = index / rows;
  const parts: string[] = [];
  for (let axis = dims.length - 3; axis >= 0; axis--) {
    const { name, size, items } = dims[axis]!;
    const at = rest % size;
    parts.unshift(`${name}=${items?.[at] ?? at}`);
    rest = Math.floor(rest / size);
  }
  return `${parts.join(' ')}\n  `.replace(/\n {2}$/, '\n    ');
}
