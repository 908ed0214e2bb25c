/** @file Shapes and strides: index arithmetic of views. */

export type Shape = readonly number[];

export function sizeOf(shape: Shape): number {
  let size = 1;
  for (const length of shape) size *= length;
  return size;
}

/** Strides of a row-major array without gaps. */
export function rowMajor(shape: Shape): number[] {
  const strides = new Array<number>(shape.length);
  let stride = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    strides[axis] = stride;
    stride *= shape[axis]!;
  }
  return strides;
}

/** Whether elements follow each other without gaps. */
export function isRowMajor(shape: Shape, strides: readonly number[]): boolean {
  let stride = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    if (shape[axis] !== 1 && strides[axis] !== stride) return false;
    stride *= shape[axis]!;
  }
  return true;
}

/** Strides of the same elements under a shape that only adds or drops axes of length 1; undefined for other shapes. */
export function stridesWithoutOnes(shape: Shape, strides: readonly number[], target: Shape): number[] | undefined {
  const long = shape.flatMap((length, axis) => (length === 1 ? [] : [axis]));
  if (!sameShape(long.map((axis) => shape[axis]!), target.filter((length) => length !== 1))) return undefined;
  let next = 0;
  return target.map((length) => (length === 1 ? 0 : strides[long[next++]!]!));
}

export function sameShape(a: Shape, b: Shape): boolean {
  if (a.length !== b.length) return false;
  for (let axis = 0; axis < a.length; axis++) if (a[axis] !== b[axis]) return false;
  return true;
}

/** Neighbouring axes that all operands walk through in one stride are merged; axes of length 1 disappear. */
export function mergeAxes(shape: Shape, operands: readonly (readonly number[])[]): { shape: number[]; operands: number[][] } {
  const merged: number[] = [];
  const strides: number[][] = operands.map(() => []);
  for (let axis = 0; axis < shape.length; axis++) {
    const length = shape[axis]!;
    if (length === 1) continue;
    const last = merged.length - 1;
    if (last >= 0 && operands.every((operand, k) => strides[k]![last] === operand[axis]! * length)) {
      merged[last] = merged[last]! * length;
      operands.forEach((operand, k) => {
        strides[k]![last] = operand[axis]!;
      });
    } else {
      merged.push(length);
      operands.forEach((operand, k) => {
        strides[k]!.push(operand[axis]!);
      });
    }
  }
  return { shape: merged, operands: strides };
}

/**
 * Visits the rows (runs along the last axis) of several operands of one shape. `offsets` is updated in place before each
 * call of `row`, which gets the length of the row and must read the strides of the last axis from `rowStrides`.
 */
export function forEachRow(
  shape: Shape,
  operands: readonly (readonly number[])[],
  offsets: number[],
  row: (length: number, rowStrides: readonly number[]) => void,
): void {
  const { shape: merged, operands: strides } = mergeAxes(shape, operands);
  const outer = merged.length - 1;
  const length = outer < 0 ? 1 : merged[outer]!;
  const rowStrides = strides.map((own) => (outer < 0 ? 0 : own[outer]!));
  if (sizeOf(merged) === 0) return;
  if (outer <= 0) {
    row(length, rowStrides);
    return;
  }
  const index = new Array<number>(outer).fill(0);
  for (;;) {
    row(length, rowStrides);
    let axis = outer - 1;
    for (;;) {
      for (let k = 0; k < strides.length; k++) offsets[k]! += strides[k]![axis]!;
      if (++index[axis]! < merged[axis]!) break;
      for (let k = 0; k < strides.length; k++) offsets[k]! -= strides[k]![axis]! * merged[axis]!;
      index[axis] = 0;
      if (--axis < 0) return;
    }
  }
}
