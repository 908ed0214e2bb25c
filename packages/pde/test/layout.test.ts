/** @file Layouts: which faces are stored, and where the samples lie. */
import { describe, expect, test } from 'vitest';
import { antisymmetric, BoundaryError, box, constant, freeSlip, grid, open, periodic, positionsOf, shapeOf, sides, symmetric, wall, type Boundary } from '../src/index.ts';
import { centerLayout, faceLayout, lineAlong, lineOf, sameSamples, startOf } from '../src/layout.ts';
import { flat, inDouble } from './support.ts';

const N = 6;
const domain = grid({ x: N }, box({ x: [10, 13] }));
const faces = (boundary: Boundary): number[] => flat(positionsOf(faceLayout(domain, boundary, 'x'), 'f64')['x']!);

describe('stored faces of N cells', () => {
  test.each([
    ['walls: N − 1, none on the walls', wall, N - 1, 10.5],
    ['inflow and moving walls: N − 1', constant(2), N - 1, 10.5],
    ['antisymmetric: N − 1', antisymmetric, N - 1, 10.5],
    ['free slip: N − 1', freeSlip, N - 1, 10.5],
    ['open: N + 1, also those on the sides', open, N + 1, 10],
    ['symmetric: N + 1', symmetric, N + 1, 10],
    ['periodic: N, the lower one of the two that are the same', periodic, N, 10],
    ['wall below, open above: N', sides({ x: [wall, open] }), N, 10.5],
    ['open below, wall above: N', sides({ x: [open, wall] }), N, 10],
  ] as const)('%s', (_name, boundary, count, first) => {
    const positions = faces(boundary);
    expect(positions).toHaveLength(count);
    expect(positions[0]).toBe(first);
    positions.slice(1).forEach((x, k) => expect(x - positions[k]!).toBe(0.5));
  });

  test('one cell between walls has no face that is unknown', () => {
    expect(faceLayout(grid({ x: 1, y: 3 }), wall, 'x').map(({ count }) => count)).toEqual([0, 3]);
  });
});

test('along other axes the samples of a component are in the middle of the cells', inDouble(() => {
  const plane = grid({ x: 3, y: 2 });
  const layout = faceLayout(plane, sides({ x: open, y: wall }), 'y');
  expect(Object.fromEntries(Object.entries(positionsOf(layout)).map(([name, t]) => [name, flat(t)]))).toEqual({ x: [0.5, 1.5, 2.5], y: [1] });
  expect(layout.map(startOf)).toEqual([0.5, 1]);
  expect(Object.entries(shapeOf(layout)).map(([name, { extent }]) => [name, extent])).toEqual([['y', 1], ['x', 3]]);
}));

test('centres are all stored, whatever the boundary', () => {
  for (const boundary of [wall, open, periodic]) expect(centerLayout(domain, boundary).map(({ count, first }) => [count, first])).toEqual([[N, 0]]);
});

test('samples are the same when the stored ones are, also under other boundaries', () => {
  const of = (boundary: Boundary) => faceLayout(domain, boundary, 'x');
  expect(sameSamples(of(wall), of(constant(3)))).toBe(true);
  expect(sameSamples(of(open), of(symmetric))).toBe(true);
  expect(sameSamples(of(open), of(wall))).toBe(false);
  expect(sameSamples(of(sides({ x: [wall, open] })), of(periodic))).toBe(false);
  expect(sameSamples(of(wall), centerLayout(domain, wall))).toBe(false);
  expect(lineAlong(of(wall), 'x').count).toBe(N - 1);
});

test('one periodic end is refused', () => {
  const { x } = { x: domain.axis('x') };
  expect(() => lineOf(x, 'center', sides({ x: [periodic, wall] }))).toThrow(BoundaryError);
  expect(() => lineOf(x, 'face', sides({ x: [open, periodic] }))).toThrow("only one end of 'x' is periodic.");
});
