/** @file What flows through the sides of a box: found for every kind of side, refused where it does not balance. */
import { describe, expect, test } from 'vitest';
import { precision, scalar, tensor, batch, type Scalar, type Tensor } from '@tapeflow/tensor';
import { antisymmetric, box, constant, freeSlip, grid, NetInflowError, open, periodic, sides, staggered, symmetric, wall, type Boundary } from '../src/index.ts';
import { hasOpenSide, requireBalance } from '../src/flow.ts';

const domain = grid({ x: 4, y: 3, z: 2 }, box({ x: [0, 4], y: [0, 1.5], z: [0, 10] }));
const still = (boundary: Boundary) => staggered(domain, 0, { boundary });
const along = (axis: string, value: number | Scalar): Boundary => constant(Object.fromEntries(['x', 'y', 'z'].map((name) => [name, name === axis ? value : 0])));

test('open are sides that keep the velocity across them as an unknown, except circles', () => {
  expect([open, symmetric, sides({ x: [wall, open], y: wall, z: periodic })].map((boundary) => hasOpenSide(still(boundary)))).toEqual([true, true, true]);
  expect([wall, freeSlip, antisymmetric, periodic, constant(3), sides({ x: periodic, y: wall, z: freeSlip })].map((boundary) => hasOpenSide(still(boundary)))).toEqual([false, false, false, false, false, false]);
});

describe('the balance', () => {
  test('is that of velocity times area, over all sides', () => {
    // Sides across x are 15 large, across y 40, across z 6.
    const bend = (x: number, y: number): Boundary => sides({ x: [along('x', x), wall], y: [wall, along('y', y)], z: wall });
    expect(() => requireBalance(still(bend(4, 1.5)))).not.toThrow();
    expect(() => requireBalance(still(bend(4, 1)))).toThrow(expect.objectContaining({ operation: 'project', net: 20, gross: 100 }));
    expect(() => requireBalance(still(bend(1, 1.5)))).toThrow(expect.objectContaining({ net: -45, gross: 75 }));
  });

  test('holds for walls, circles and mirrors', () => {
    for (const boundary of [wall, freeSlip, antisymmetric, periodic, constant(2)]) expect(() => requireBalance(still(boundary))).not.toThrow();
  });

  test('may be off by rounding, not by more', () => {
    const duct = (inwards: number, outwards: number): Boundary => sides({ x: [along('x', inwards), along('x', outwards)], y: wall, z: wall });
    // 0.1 + 0.2 is not 0.3.
    for (const bits of [32, 64] as const) precision(bits, () => expect(() => requireBalance(still(duct(0.1 + 0.2, 0.3)))).not.toThrow());
    precision(32, () => {
      expect(() => requireBalance(still(duct(1, 1 + 1e-6)))).not.toThrow();
      expect(() => requireBalance(still(duct(1, 1 + 1e-4)))).toThrow(NetInflowError);
    });
    precision(64, () => expect(() => requireBalance(still(duct(1, 1 + 1e-8)))).toThrow(NetInflowError));
  });

  test('is checked for scalars, and for each entry of a batch', () => precision(64, () => {
    const duct = (inwards: Scalar, outwards: Scalar): Boundary => sides({ x: [along('x', inwards), along('x', outwards)], y: wall, z: wall });
    expect(() => requireBalance(still(duct(scalar(2), scalar(2))))).not.toThrow();
    expect(() => requireBalance(still(duct(scalar(2), scalar(1))))).toThrow(expect.objectContaining({ net: 15 }));
    const speeds = (values: number[]): Scalar => tensor({ batch: batch(2) }, values) as Tensor<never> as Scalar;
    expect(() => requireBalance(still(duct(speeds([1, 2]), speeds([1, 2]))))).not.toThrow();
    expect(() => requireBalance(still(duct(speeds([1, 2]), speeds([1, 1]))))).toThrow(expect.objectContaining({ net: 15, gross: 45 }));
  }));
});
