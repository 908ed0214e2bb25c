/** @file Runs printed loops over operands of any strides. */
import type { TypedArray } from '../../array/dtype.ts';
import { forEachRow, isRowMajor, rowMajor, type Shape } from '../../array/strides.ts';

/** A printed loop; the number of operands is known from the operation. */
export type Loop = (out: TypedArray, at: number, length: number, ...operands: (TypedArray | number)[]) => void;

/** What a loop must know of an operand. */
export interface View {
  readonly data: TypedArray;
  readonly shape: Shape;
  readonly strides: readonly number[];
  readonly offset: number;
}

/** Step along a flat walk through the operand, or -1 if it cannot be walked flat. */
function flatStep(view: View, shape: Shape): number {
  if (view.shape.length === 0) return 0;
  return isRowMajor(shape, view.strides) ? 1 : -1;
}

/** Fills `out` (row-major, of this shape) with `loop` over the inputs, which have this shape or rank 0. */
export function runLoop(loop: Loop, out: TypedArray, shape: Shape, size: number, inputs: readonly View[]): void {
  const a = inputs[0]!;
  const aStep = flatStep(a, shape);
  if (inputs.length === 1) {
    if (aStep >= 0) return loop(out, 0, size, a.data, a.offset, aStep);
  } else {
    const b = inputs[1]!;
    const bStep = flatStep(b, shape);
    if (inputs.length === 2) {
      if (aStep >= 0 && bStep >= 0) return loop(out, 0, size, a.data, a.offset, aStep, b.data, b.offset, bStep);
    } else {
      const c = inputs[2]!;
      const cStep = flatStep(c, shape);
      if (aStep >= 0 && bStep >= 0 && cStep >= 0) return loop(out, 0, size, a.data, a.offset, aStep, b.data, b.offset, bStep, c.data, c.offset, cStep);
    }
  }
  runRows(loop, out, shape, inputs);
}

function runRows(loop: Loop, out: TypedArray, shape: Shape, inputs: readonly View[]): void {
  const zeros = shape.map(() => 0);
  const operands = [rowMajor(shape), ...inputs.map((input) => (input.shape.length === 0 ? zeros : input.strides))];
  const offsets = [0, ...inputs.map((input) => input.offset)];
  const [a, b, c] = inputs;
  if (c !== undefined) {
    forEachRow(shape, operands, offsets, (length, steps) =>
      loop(out, offsets[0]!, length, a!.data, offsets[1]!, steps[1]!, b!.data, offsets[2]!, steps[2]!, c.data, offsets[3]!, steps[3]!),
    );
  } else if (b !== undefined) {
    forEachRow(shape, operands, offsets, (length, steps) => loop(out, offsets[0]!, length, a!.data, offsets[1]!, steps[1]!, b.data, offsets[2]!, steps[2]!));
  } else {
    forEachRow(shape, operands, offsets, (length, steps) => loop(out, offsets[0]!, length, a!.data, offsets[1]!, steps[1]!));
  }
}
