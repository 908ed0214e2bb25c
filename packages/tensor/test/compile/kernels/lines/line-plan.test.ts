/** @file Plans of transforms of lines: rows are written before they are read, within their memory, and operands are never written. */
import { expect, test } from 'vitest';
import { lineArrays, linePlan, type LineTransformName } from '../../../../src/compile/kernels/lines/line-plan.ts';
import { lineLayout, type LineTransform } from '../../../../src/compile/kernels/lines/layout.ts';
import { splitLength } from '../../../../src/compile/kernels/lines/planner.ts';
import type { Plane, Planes, Stage } from '../../../../src/compile/kernels/lines/stage.ts';

const NAMES: readonly LineTransformName[] = ['fourier', 'fourierBackward', 'fourierTurned', 'fourierTurnedBackward', 'realFourier', 'realFourierTransposed', 'hartley', 'cosine1', 'cosine2', 'cosine3', 'cosine4', 'sine1', 'sine2', 'sine3', 'sine4'];

const rowsOf = ({ memory, start, step }: Plane, count: number): string[] => Array.from({ length: count }, (_, k) => `${memory} ${start + k * step}`);
const both = ({ re, im }: Planes, count: number): string[] => [...rowsOf(re, count), ...rowsOf(im, count)];

/** Rows that a stage writes all of. */
function written(stage: Stage): string[] {
  switch (stage.kind) {
    case 'pass':
      return both(stage.to, stage.radix * stage.groups * stage.stride);
    case 'copy':
    case 'zero':
    case 'project':
      return rowsOf(stage.to, stage.count);
    case 'multiply':
    case 'turn':
      return both(stage.to, stage.count);
    case 'tangle':
      return both(stage.to, stage.half);
    case 'unfold':
      return both(stage.to, stage.length);
    case 'untangle':
    case 'finish': {
      const count = stage.kind === 'finish' ? stage.count : stage.half + 1;
      const { finish } = stage;
      if (finish.kind === 'spectrum') return both(finish.to, count);
      return rowsOf(finish.to, 'length' in finish ? finish.length : count);
    }
  }
}

test('all rows of the results are written, none outside of the memory', () => {
  for (const name of NAMES) {
    for (const n of [1, 2, 3, 4, 5, 6, 7, 8, 15, 16, 17, 34, 60]) {
      const { outputs, outputLength } = lineArrays(name, n);
      const plan = linePlan(name, n);
      const rows = new Set(plan.stages.flatMap(written));
      for (let k = 0; k < outputs; k++) for (let row = 0; row < outputLength; row++) expect(rows.has(`to${k} ${row}`), `${name} ${n}`).toBe(true);
      for (const row of rows) {
        const [memory, at] = row.split(' ') as [string, string];
        const size = memory === 'scratch' ? plan.rows : memory.startsWith('to') ? outputLength : 0;
        expect(Number(at) >= 0 && Number(at) < size, `${name} ${n}: ${row}`).toBe(true);
      }
    }
  }
});
test('factors are found: one pass each, or two of a convolution', () => {
  const radices = (n: number): number[] => linePlan('fourier', n).stages.flatMap((stage) => (stage.kind === 'pass' ? [stage.radix] : []));
  expect(radices(60)).toEqual([4, 3, 5]);
  expect(radices(128)).toEqual([4, 4, 4, 2]);
  expect(radices(169)).toEqual([13, 13]);
  // 36 is the smallest product of 2, 3 and 5 from 2 · 17 − 1 on.
  expect(radices(17)).toEqual([4, 3, 3, 4, 3, 3]);
});
test('rows are as wide as lines lie side by side, up to a cache line', () => {
  const kernel = (inner: number, element: number, dtype: 'f32' | 'f64' = 'f32'): LineTransform => {
    const strides = { outer: 0, inner: element === 1 ? 16 : 1, element };
    return { kind: 'lineTransform', transform: 'fourier', dtype, length: 16, outer: 1, inner, from: strides, to: strides };
  };
  expect(lineLayout(kernel(129, 129)).vectors).toBe(4);
  expect(lineLayout(kernel(20, 20)).vectors).toBe(3);
  expect(lineLayout(kernel(5, 5)).vectors).toBe(1);
  expect(lineLayout(kernel(20, 20, 'f64')).lanes).toBe(2);
  expect(lineLayout(kernel(3, 3)).readsRows).toBe(false);
  // Lines that follow each other are exchanged for rows in scratch memory: two planes in, two out, and one pair between the passes.
  expect(lineLayout(kernel(32, 1))).toMatchObject({ vectors: 1, readsRows: false, scratchBytes: 16 * 6 * 16 });
});
test('lengths are split into factors that are close to each other', () => {
  expect(splitLength(1024, 8)).toEqual([32, 32]);
  expect(splitLength(1000, 8)).toEqual([25, 40]);
  expect(splitLength(210, 8)).toEqual([14, 15]);
  expect(splitLength(26, 8)).toBeUndefined();
  expect(splitLength(17 * 64, 8)).toBeUndefined();
});
