/** @file Boundaries that follow from others: of gradients, differences, pressures and divergences. */
import { describe, expect, test } from 'vitest';
import { flatten } from '@tapeflow/autodiff';
import { scalar } from '@tapeflow/tensor';
import { divergenceBoundary, gradientBoundary, homogeneous, pressureBoundary } from '../../src/boundary/derived.ts';
import { antisymmetric, constant, freeSlip, periodic, sides, symmetric, wall, zeroGradient, type Boundary } from '../../src/index.ts';

const rules = (boundary: Boundary, component?: string): string[] => ['x', 'y'].flatMap((axis) => (['lower', 'upper'] as const).map((end) => String(boundary.side(axis, end, component))));

test('gradient: normal derivatives across a side, tangential ones along it', () => {
  const boundary = gradientBoundary(sides({ x: [constant(3), zeroGradient], y: [symmetric, antisymmetric] }));
  expect(rules(boundary, 'x')).toEqual(['zeroGradient', 'constant(0)', 'symmetric', 'antisymmetric']);
  expect(rules(boundary, 'y')).toEqual(['constant(0)', 'zeroGradient', 'antisymmetric', 'symmetric']);
  expect(rules(gradientBoundary(periodic), 'x')).toEqual(new Array(4).fill('periodic'));
});

test('differences and Laplacians: the same rules with values of 0', () => {
  const boundary = homogeneous(sides({ x: [constant(3), constant(4, { at: 'ghost' })], y: [zeroGradient, antisymmetric] }));
  expect(rules(boundary)).toEqual(['constant(0)', 'constant(0 at the ghost)', 'zeroGradient', 'antisymmetric']);
  const again = homogeneous(boundary);
  expect(flatten(again).structure.key).toBe(flatten(boundary).structure.key);
});

describe('pressure', () => {
  test('no gradient across walls and inflows, 0 outside of open sides, periodic where the velocity is', () => {
    expect(rules(pressureBoundary(sides({ x: [wall, constant({ x: 1, y: 0 })], y: [zeroGradient, symmetric] })))).toEqual(['zeroGradient', 'zeroGradient', 'constant(0 at the ghost)', 'constant(0 at the ghost)']);
    expect(rules(pressureBoundary(sides({ x: periodic, y: antisymmetric })))).toEqual(['periodic', 'periodic', 'symmetric', 'symmetric']);
  });

  test('only the component across a side counts', () => {
    expect(rules(pressureBoundary(freeSlip))).toEqual(new Array(4).fill('zeroGradient'));
  });
});

test('divergence: periodic and mirrored where the vector is', () => {
  expect(rules(divergenceBoundary(sides({ x: periodic, y: [wall, zeroGradient] }), zeroGradient))).toEqual(['periodic', 'periodic', 'zeroGradient', 'zeroGradient']);
  expect(rules(divergenceBoundary(sides({ x: antisymmetric, y: symmetric }), zeroGradient))).toEqual(['symmetric', 'symmetric', 'antisymmetric', 'antisymmetric']);
});

test('they are trees over what they come from', () => {
  for (const derive of [gradientBoundary, homogeneous, pressureBoundary, (b: Boundary) => divergenceBoundary(b, zeroGradient)]) {
    const { leaves, structure } = flatten(derive(constant(scalar(2))));
    expect(leaves).toHaveLength(1);
    const rebuilt = structure.unflatten(leaves) as Boundary;
    expect(String(rebuilt)).toBe(String(derive(constant(scalar(2)))));
    expect(rules(rebuilt, 'x')).toEqual(rules(derive(constant(scalar(2))), 'x'));
  }
});
