/** @file Staggered fields: arithmetic of stored faces, and what does not fit together. */
import { describe, expect, test } from 'vitest';
import { flatten, grad } from '@tapeflow/autodiff';
import { l2, scalar, type Scalar } from '@tapeflow/tensor';
import { box, ComponentError, constant, FieldMismatchError, grid, open, periodic, sides, staggered, StaggeredField, symmetric, wall } from '../src/index.ts';
import { expectClose, flat, inDouble, randomStaggered } from './support.ts';

const domain = grid({ x: 4, y: 3 });
const a = randomStaggered(domain, wall, { seed: 1 });
const b = randomStaggered(domain, constant(2), { seed: 2 });
const [as, bs] = [flat(a), flat(b)];

describe('arithmetic', () => {
  test.each([
    ['add', (x: number, y: number) => x + y],
    ['sub', (x: number, y: number) => x - y],
    ['mul', (x: number, y: number) => x * y],
    ['div', (x: number, y: number) => x / y],
  ] as const)('%s works face by face, with numbers, scalars and fields', (name, plain) => {
    expectClose(a[name](b), as.map((x, k) => plain(x, bs[k]!)), 1e-4);
    expectClose(a[name](3), as.map((x) => plain(x, 3)), 1e-6);
    expectClose(a[name](scalar(3)), as.map((x) => plain(x, 3)), 1e-6);
  });

  test('neg, and the boundary of the left operand', () => {
    expect(flat(a.neg())).toEqual(as.map((x) => -x));
    expect(a.add(b).boundary).toBe(wall);
  });

  test('of fields that store different faces is refused; the error names both', () => {
    const free = randomStaggered(domain, open);
    expect(() => a.add(free)).toThrow(FieldMismatchError);
    expect(() => a.add(free)).toThrow(expect.objectContaining({ operation: 'add', first: String(a), second: String(free) }));
    expect(() => a.add(free)).toThrow('Their boundaries store different faces');
    const mixed = [sides({ x: [wall, open], y: wall }), sides({ x: [open, wall], y: wall })].map((boundary) => randomStaggered(domain, boundary));
    expect(() => mixed[0]!.sub(mixed[1]!)).toThrow(FieldMismatchError);
  });

  test('of fields on different grids is refused', () => {
    const other = staggered(grid({ x: 4, y: 3 }, box({ x: [0, 1], y: [0, 1] })), 1);
    expect(() => a.mul(other)).toThrow(expect.objectContaining({ operation: 'mul', first: String(a), second: String(other) }));
  });
});

test('component, by name only', () => {
  expect(flat(a.component('y'))).toEqual(as.slice(9));
  expect(() => a.component('z')).toThrow(ComponentError);
  expect(() => a.component('z')).toThrow(expect.objectContaining({ expected: ['x', 'y'], seen: ['z'] }));
});

test('withBoundary takes a boundary that stores the same faces, and refuses others', () => {
  expect(flat(a.withBoundary(constant(5)))).toEqual(as);
  expect(String(randomStaggered(domain, open).withBoundary(symmetric).boundary)).toBe('symmetric');
  expect(() => a.withBoundary(open)).toThrow(expect.objectContaining({ operation: 'withBoundary' }));
  expect(() => a.withBoundary(periodic)).toThrow(FieldMismatchError);
});

test('as a tree: components and boundary are its leaves, and gradients have its form', inDouble(() => {
  const field = staggered(domain, 1, { boundary: constant({ x: scalar(2), y: 3 }) });
  const { leaves, structure } = flatten(field);
  expect(leaves).toHaveLength(3);
  expect(structure.unflatten(leaves)).toBeInstanceOf(StaggeredField);
  expect(String(structure.unflatten(leaves))).toBe(String(field));
  const u = randomStaggered(domain, wall, { dtype: 'f64' });
  const gradient = grad((v: StaggeredField): Scalar => l2(v.component('x')).add(l2(v.component('y').mul(2))))(u);
  expectClose(gradient.component('x'), u.component('x'), 0);
  expectClose(gradient.component('y'), u.component('y').mul(4), 0);
}));
