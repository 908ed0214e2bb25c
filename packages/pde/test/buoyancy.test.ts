/** @file buoyancy: density times lift, on the faces of a velocity. */
import { describe, expect, test } from 'vitest';
import { checkGradients } from '@tapeflow/autodiff';
import { scalar, type Scalar, type Tensor } from '@tapeflow/tensor';
import { box, buoyancy, centered, ComponentError, constant, FieldMismatchError, grid, open, periodic, sides, staggered, toFaces, wall, zeroGradient, type Boundary, type CenteredField } from '../src/index.ts';
import { doubles, expectClose, flat, inDouble, randomCentered, randomStaggered } from './support.ts';

const domain = grid({ x: 3, y: 3 }, box({ x: [0, 1], y: [0, 2] }));

test('the mean of the cells on both sides of a face, times the lift; axes left out have none', inDouble(() => {
  const smoke = centered(domain, doubles({ y: 3, x: 3 }, [1, 2, 3, 5, 6, 7, 11, 12, 13]));
  const force = buoyancy(smoke, staggered(domain, 0, { boundary: wall }), { y: 0.1 });
  expectClose(force.component('y'), [0.3, 0.4, 0.5, 0.8, 0.9, 1], 1e-15);
  expect(flat(force.component('x'))).toEqual(new Array(6).fill(0));
}));

test('on sides the boundary of the density speaks', inDouble(() => {
  const velocity = staggered(domain, 0, { boundary: open });
  const on = (boundary: Boundary): number[] => flat(buoyancy(centered(domain, 2, { boundary }), velocity, { x: 10 }).component('x')).slice(0, 4);
  expect(on(zeroGradient)).toEqual([20, 20, 20, 20]);
  expect(on(constant(5))).toEqual([50, 20, 20, 50]);
}));

test('is the density on the faces, for any lift', inDouble(() => {
  const smoke = randomCentered(domain, zeroGradient, { seed: 3 });
  for (const boundary of [wall, open, sides({ x: [wall, open], y: wall })]) {
    const velocity = randomStaggered(domain, boundary);
    const onFaces = toFaces(smoke, boundary);
    const force = buoyancy(smoke, velocity, { x: -2, y: 3 });
    expectClose(force.component('x'), onFaces.component('x').mul(-2), 1e-15);
    expectClose(force.component('y'), onFaces.component('y').mul(3), 1e-15);
    // It fits to the velocity, whose boundary is not that of a force.
    expect(velocity.add(force.mul(0.1)).boundary).toBe(boundary);
  }
}));

test('a moving wall gives the force no value: only differences of velocities are forces', () => {
  const force = buoyancy(centered(domain, 1), staggered(domain, 0, { boundary: constant(7) }), { y: 1 });
  expect(String(force.boundary.side('y', 'lower', 'y'))).toBe('constant(0)');
});

test('no lift, no force', () => {
  const velocity = randomStaggered(domain, periodic);
  for (const lift of [{}, { x: 0 }, { x: 0, y: 0 }]) expect(flat(buoyancy(centered(domain, 1, { boundary: periodic }), velocity, lift))).toEqual(new Array(18).fill(0));
});

test('derivatives with respect to density and lift', inDouble(() => {
  const velocity = randomStaggered(domain, wall);
  const at = { smoke: randomCentered(domain, constant(scalar(0.3))), lift: scalar(0.7) };
  checkGradients(({ smoke, lift }: { smoke: CenteredField; lift: Scalar }) => buoyancy(smoke, velocity, { y: lift }), at, { order: 2 });
}));

test('batches of densities', inDouble(() => {
  const smoke = randomCentered(domain, zeroGradient, { batch: 2 });
  const velocity = randomStaggered(domain, wall);
  const force = buoyancy(smoke, velocity, { y: 2 });
  expect(force.component('y').sizes).toEqual({ batch: 2, y: 2, x: 3 });
  const pick = (t: Tensor): Tensor => t.at({ batch: 1 });
  expectClose(pick(force.component('y')), buoyancy(smoke.with(pick(smoke.values)), velocity, { y: 2 }).component('y'), 0);
  expect(velocity.add(force).component('x').sizes).toEqual({ y: 3, x: 2 });
}));

describe('refused', () => {
  test('a density on another grid, named beside the velocity', () => {
    const smoke = centered(grid({ x: 3, y: 3 }), 1);
    const velocity = staggered(domain, 0);
    expect(() => buoyancy(smoke, velocity, { y: 1 })).toThrow(FieldMismatchError);
    expect(() => buoyancy(smoke, velocity, { y: 1 })).toThrow(expect.objectContaining({ operation: 'buoyancy', first: String(smoke), second: String(velocity) }));
  });

  test('a lift along another axis', () => {
    expect(() => buoyancy(centered(domain, 1), staggered(domain, 0), { z: 1 })).toThrow(ComponentError);
    expect(() => buoyancy(centered(domain, 1), staggered(domain, 0), { z: 1 })).toThrow(expect.objectContaining({ expected: ['x', 'y'], seen: ['z'] }));
  });

  test('a density with components', () => {
    expect(() => buoyancy(centered(domain, { x: 1, y: 2 }), staggered(domain, 0), { y: 1 })).toThrow(ComponentError);
  });
});
