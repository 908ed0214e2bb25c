/** @file Boundaries per side, per end, per component and per direction: which rule holds where. */
import { describe, expect, test } from 'vitest';
import { flatten } from '@tapeflow/autodiff';
import { scalar } from '@tapeflow/tensor';
import { antisymmetric, BoundaryError, ComponentError, components, constant, freeSlip, normalTangential, open, periodic, sides, symmetric, wall, zeroGradient, type Boundary } from '../../src/index.ts';

const rules = (boundary: Boundary, component?: string): string[] => ['x', 'y'].flatMap((axis) => (['lower', 'upper'] as const).map((end) => String(boundary.side(axis, end, component))));

describe('sides', () => {
  test('one rule per axis, or one per end', () => {
    expect(rules(sides({ x: periodic, y: [wall, open] }))).toEqual(['periodic', 'periodic', 'constant(0)', 'zeroGradient']);
    expect(rules(sides({ x: [constant(1), constant(2)], y: [symmetric, antisymmetric] }))).toEqual(['constant(1)', 'constant(2)', 'symmetric', 'antisymmetric']);
  });

  test('pass on the component', () => {
    const lid = sides({ x: wall, y: [wall, constant({ x: 1, y: 0 })] });
    expect(rules(lid, 'x')).toEqual(['constant(0)', 'constant(0)', 'constant(0)', 'constant(1)']);
    expect(rules(lid, 'y')).toEqual(['constant(0)', 'constant(0)', 'constant(0)', 'constant(0)']);
  });

  test('an axis of which nothing is said is refused', () => {
    expect(() => sides({ x: wall }).side('y', 'lower')).toThrow(BoundaryError);
    expect(() => sides({ x: wall }).side('y', 'lower')).toThrow(expect.objectContaining({ axis: 'y', seen: 'x' }));
  });
});

describe('components', () => {
  const boundary = components({ x: constant(1), y: sides({ x: periodic, y: open }) });
  test('each has its own boundary', () => {
    expect(rules(boundary, 'x')).toEqual(new Array(4).fill('constant(1)'));
    expect(rules(boundary, 'y')).toEqual(['periodic', 'periodic', 'zeroGradient', 'zeroGradient']);
    expect(rules(constant({ x: 1, y: 2 }), 'y')).toEqual(new Array(4).fill('constant(2)'));
  });

  test('a scalar, or another component, is refused', () => {
    expect(() => boundary.side('x', 'lower')).toThrow(ComponentError);
    expect(() => boundary.side('x', 'lower', 'z')).toThrow(expect.objectContaining({ expected: ['x', 'y'], seen: ['z'] }));
  });
});

describe('normalTangential', () => {
  test('the rule across a side is for the component along that axis', () => {
    expect(rules(normalTangential(constant(1), constant(2)), 'x')).toEqual(['constant(1)', 'constant(1)', 'constant(2)', 'constant(2)']);
    expect(rules(normalTangential(constant(1), constant(2)), 'y')).toEqual(['constant(2)', 'constant(2)', 'constant(1)', 'constant(1)']);
  });

  test('freeSlip: nothing passes, the velocity along is free', () => {
    expect(rules(freeSlip, 'x')).toEqual(['constant(0)', 'constant(0)', 'zeroGradient', 'zeroGradient']);
    expect(() => freeSlip.side('x', 'lower')).toThrow(ComponentError);
  });
});

test('boundaries are trees: structure and leaves come back', () => {
  const make = (value: number): Boundary => sides({ x: [constant(scalar(value)), open], y: components({ x: normalTangential(wall, constant(scalar(2 * value))), y: periodic }) });
  const { leaves, structure } = flatten(make(3));
  expect(leaves).toHaveLength(2);
  expect(structure.key).toBe(flatten(make(5)).structure.key);
  const rebuilt = structure.unflatten(leaves) as Boundary;
  expect(flatten(rebuilt).structure.key).toBe(structure.key);
  expect(flatten(rebuilt).leaves).toEqual(leaves);
  expect(String(rebuilt)).toBe(String(make(3)));
  expect(flatten(sides({ x: open, y: wall })).structure.key).not.toBe(flatten(sides({ x: wall, y: open })).structure.key);
  expect(flatten(components({ x: open, y: wall })).structure.key).not.toBe(flatten(normalTangential(open, wall)).structure.key);
});

test('boundaries are told as text', () => {
  expect(String(sides({ x: periodic, y: [wall, open] }))).toBe('sides(x: periodic, y: [constant(0), zeroGradient])');
  expect(String(components({ x: wall }))).toBe('components(x: constant(0))');
  expect(String(freeSlip)).toBe('normalTangential(constant(0), zeroGradient)');
  expect(zeroGradient).toBe(open);
});
