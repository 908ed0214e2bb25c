/** @file Padding: PhiFlow's tables, corners, and that zeros are the number 0 however they are written. */
import { describe, expect, test } from 'vitest';
import { checkGradients } from '@tapeflow/autodiff';
import { scalar, type Tensor } from '@tapeflow/tensor';
import { antisymmetric, BoundaryError, centered, constant, freeSlip, grid, pad, periodic, sides, symmetric, wall, zeroGradient, type Boundary } from '../src/index.ts';
import { padSamples } from '../src/pad.ts';
import { centerLayout, faceLayout } from '../src/layout.ts';
import { doubles, expectClose, flat, inDouble, randomCentered, randomStaggered } from './support.ts';

const line = (boundary: Boundary): number[] => flat(pad(centered(grid({ x: 3 }), doubles({ x: 3 }, [1, 2, 4]), { boundary }), 1));

test.each([
  ['constant at the ghost', constant(0, { at: 'ghost' }), [0, 1, 2, 4, 0]],
  ['constant at the face', constant(3), [5, 1, 2, 4, 2]],
  ['zero gradient', zeroGradient, [1, 1, 2, 4, 4]],
  ['periodic', periodic, [4, 1, 2, 4, 1]],
  ['symmetric', symmetric, [1, 1, 2, 4, 4]],
  ['antisymmetric', antisymmetric, [-1, 1, 2, 4, -4]],
  ['one rule per end', sides({ x: [constant(3), zeroGradient] }), [5, 1, 2, 4, 4]],
])('1, 2, 4 with %s', (_name, boundary, expected) => {
  expect(line(boundary)).toEqual(expected);
});

test('vectors are padded component by component', () => {
  const field = centered(grid({ x: 2, y: 2 }), { x: 1, y: 2 }, { boundary: freeSlip });
  const padded = pad(field, 1);
  // x: 0 on the walls across x, free along y. y: the other way around.
  expect(flat(padded.at({ vector: 0 }))).toEqual([-1, 1, 1, -1, -1, 1, 1, -1, -1, 1, 1, -1, -1, 1, 1, -1]);
  expect(flat(padded.at({ vector: 1 }))).toEqual([-2, -2, -2, -2, 2, 2, 2, 2, 2, 2, 2, 2, -2, -2, -2, -2]);
});

describe('corners', () => {
  test('get what the boundary of the later axis makes of what lies beyond the earlier one', () => {
    const field = centered(grid({ x: 1, y: 1 }), 1, { boundary: sides({ x: constant(10), y: constant(5, { at: 'ghost' }) }) });
    expect(flat(pad(field, 1))).toEqual([5, 5, 5, 19, 1, 19, 5, 5, 5]);
    const swapped = centered(grid({ x: 1, y: 1 }), 1, { boundary: sides({ x: constant(5, { at: 'ghost' }), y: constant(10) }) });
    expect(flat(pad(swapped, 1))).toEqual([15, 19, 15, 5, 1, 5, 15, 19, 15]);
  });

  // A zero that is known to be one is written in another way than a value that happens to be 0; nobody may see it.
  test.each([1, 2])('are the same for the number 0 and a scalar 0, %i deep', inDoubleFor((width: number) => {
    const domain = grid({ x: 3, y: 2, z: 2 });
    const rest: readonly Boundary[] = [constant(5), zeroGradient, periodic, constant(2, { at: 'ghost' })];
    for (const other of rest) {
      const along = (zero: Boundary): readonly Boundary[] => [sides({ x: zero, y: other, z: zero }), sides({ x: zero, y: zero, z: other }), sides({ x: other, y: zero, z: zero }), sides({ x: [zero, other === periodic ? zero : other], y: zero, z: other })];
      for (const at of ['face', 'ghost'] as const) {
        const numbers = along(constant(0, { at }));
        const scalars = along(constant(scalar(0), { at }));
        numbers.forEach((boundary, k) => {
          const values = randomCentered(domain, boundary);
          const widths = [[width, width], [width, width], [width, width]] as const;
          expectClose(padSamples(values.values, centerLayout(domain, boundary), widths), padSamples(values.values, centerLayout(domain, scalars[k]!), widths), 0);
          const faces = randomStaggered(domain, boundary);
          expectClose(padSamples(faces.component('y'), faceLayout(domain, boundary, 'y'), widths), padSamples(faces.component('y'), faceLayout(domain, scalars[k]!, 'y'), widths), 0);
        });
      }
    }
  }));
});

test('padding is linear in the values: adjoint identity', inDouble(() => {
  const domain = grid({ x: 4, y: 3 });
  for (const boundary of [wall, zeroGradient, periodic, symmetric, antisymmetric, sides({ x: periodic, y: [wall, zeroGradient] })]) {
    const [report] = checkGradients((values: Tensor) => pad(centered(domain, values, { boundary }), 2), randomCentered(domain, boundary).values, { seed: 3 });
    expect(report!.exact).toBe(true);
  }
}));

test('by nothing, nothing changes', () => {
  const field = randomCentered(grid({ x: 3, y: 2 }), wall);
  expectClose(pad(field, 0), field, 0);
});

test.each([-1, 0.5, NaN])('by %d is refused', (width) => {
  expect(() => pad(centered(grid({ x: 3 }), 1), width)).toThrow(BoundaryError);
  expect(() => pad(centered(grid({ x: 3 }), 1), width)).toThrow(`the width is ${width}`);
});

test('by more samples than a mirror shows is refused', () => {
  expect(() => pad(centered(grid({ x: 2 }), 1, { boundary: symmetric }), 3)).toThrow(expect.objectContaining({ operation: 'pad', axis: 'x' }));
});

function inDoubleFor<A>(body: (argument: A) => void): (argument: A) => void {
  return (argument) => inDouble(() => body(argument))();
}
