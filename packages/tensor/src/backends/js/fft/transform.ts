/** @file Fourier and real transforms of whole arrays along axes. All arrays are row-major; all arithmetic is in double precision. */
import type { TypedArray } from '../../../array/dtype.ts';
import type { Shape } from '../../../array/strides.ts';
import { forEachBlock, readLines, writeLines } from './lines.ts';
import type { Planes } from './passes.ts';
import { exchanged, planes, planFor } from './plan.ts';
import { realPlanFor } from './real.ts';
import { linesTransform, type RealTransform } from './real-transforms.ts';

/** Transforms planes in place along some axes: Σ x e^(∓2πi jk/n), with + for `backward`. */
export function fourierInPlace(x: Planes, shape: Shape, axes: readonly number[], backward: boolean): void {
  const own = backward ? exchanged(x) : x;
  for (const axis of axes) {
    const length = shape[axis]!;
    if (length < 2) continue;
    const plan = planFor(length);
    forEachBlock(shape, shape, axis, (layout, _to, first, count) => {
      const lines = planes(length * count);
      readLines(own.re, layout, length, first, count, lines.re);
      readLines(own.im, layout, length, first, count, lines.im);
      const { re, im } = plan.run(lines, planes(length * count), count);
      writeLines(re, layout, length, first, count, own.re);
      writeLines(im, layout, length, first, count, own.im);
    });
  }
}

/** The first ⌊n/2⌋ + 1 coefficients of real lines. */
export function realFourier(x: TypedArray, shape: Shape, axis: number, re: TypedArray, im: TypedArray, halfShape: Shape): void {
  const length = shape[axis]!;
  const plan = realPlanFor(length);
  forEachBlock(shape, halfShape, axis, (from, to, first, count) => {
    const lines = new Float64Array(length * count);
    readLines(x, from, length, first, count, lines);
    const y = plan.forward(lines, count);
    writeLines(y.re, to, halfShape[axis]!, first, count, re);
    writeLines(y.im, to, halfShape[axis]!, first, count, im);
  });
}

/** The transpose of that: x[j] = Σ Re(X[k] e^(+2πi jk/n)) over k ≤ n/2. */
export function realFourierTransposed(re: TypedArray, im: TypedArray, halfShape: Shape, axis: number, x: TypedArray, shape: Shape): void {
  const [length, half] = [shape[axis]!, halfShape[axis]!];
  const plan = realPlanFor(length);
  forEachBlock(halfShape, shape, axis, (from, to, first, count) => {
    const lines = planes(half * count);
    readLines(re, from, half, first, count, lines.re);
    readLines(im, from, half, first, count, lines.im);
    // Coefficients that have a conjugate count twice in a real sum.
    for (const plane of [lines.re, lines.im]) {
      for (let k = 1; 2 * k < length; k++) for (let at = k * count; at < (k + 1) * count; at++) plane[at]! /= 2;
    }
    writeLines(plan.backward(lines, count), to, length, first, count, x);
  });
}

/** A real transform along one axis. */
export function transformLines(kind: RealTransform, x: TypedArray, shape: Shape, axis: number, out: TypedArray): void {
  const length = shape[axis]!;
  const transform = linesTransform(kind, length);
  forEachBlock(shape, shape, axis, (layout, _to, first, count) => {
    const lines = new Float64Array(length * count);
    readLines(x, layout, length, first, count, lines);
    writeLines(transform(lines, count), layout, length, first, count, out);
  });
}
