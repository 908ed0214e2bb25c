/** @file Between centres and faces: exact for linear functions, second order for smooth ones, linear in the field. */
import { describe, expect, test } from 'vitest';
import { checkGradients } from '@tapeflow/autodiff';
import { add, cos, mul, sin, type Tensor } from '@tapeflow/tensor';
import { box, centered, CenteredField, ComponentError, constant, grid, open, periodic, positionsOf, sides, staggered, symmetric, toCenters, toFaces, wall, zeroGradient, type Boundary, type Grid, type Points, type Positions, type StaggeredField } from '../src/index.ts';
import { resample, samplesBetween } from '../src/resample.ts';
import { centerLayout, faceLayout, lineOf } from '../src/layout.ts';
import { difference, dot, doubles, expectClose, expectOrder, flat, inDouble, randomCentered, randomStaggered, randomTensor } from './support.ts';

const domains: readonly Grid[] = [
  grid({ x: 5 }, box({ x: [-1, 1] })),
  grid({ x: 5, y: 4 }, box({ x: [-1, 1], y: [0, 3] })),
  grid({ x: 3, y: 4, z: 2 }, box({ x: [-1, 1], y: [0, 3], z: [2, 2.5] })),
];
const linear = (points: Points): Tensor => Object.values(points).map((x, k) => mul(x as Tensor, k + 0.5)).reduce((a, b) => add(a, b)).add(3);

describe.each([1, 2, 3])('in %i dimensions linear functions are kept exactly', (rank) => {
  const domain = domains[rank - 1]!;

  test('from faces to centres, with all faces stored', inDouble(() => {
    const field = toCenters(staggered(domain, (points) => Object.fromEntries(domain.names.map((name, k) => [name, linear(points).mul(k + 1)])), { boundary: open }));
    const expected = centered(domain, (points) => Object.fromEntries(domain.names.map((name, k) => [name, linear(points).mul(k + 1)])));
    expectClose(field, expected, 1e-14);
  }));

  test('from centres to inner faces', inDouble(() => {
    const faces = toFaces(centered(domain, linear, { boundary: zeroGradient }), wall);
    expectClose(faces, staggered(domain, linear as (points: Points) => never, { boundary: wall }), 1e-14);
  }));

  test('from faces of one component to inner faces of another', inDouble(() => {
    const boundary = open;
    const velocity = staggered(domain, linear as (points: Points) => never, { boundary });
    for (const from of domain.names) {
      for (const to of domain.names) {
        const target = faceLayout(domain, wall, to);
        const seen = resample(velocity.component(from), velocity.layout(from), target);
        expectClose(seen, inOrderOf(seen, linear(positionsOf(target))), 1e-14, `${from} at ${to}`);
      }
    }
  }));
});

/** The same values with the dimensions in the order of another tensor. */
const inOrderOf = (like: Tensor, values: Tensor): Tensor => add(like.mul(0), values);

test('a scalar goes to the faces of every axis, a vector component by component', inDouble(() => {
  const domain = domains[1]!;
  const scalarField = randomCentered(domain, zeroGradient);
  const both = toFaces(scalarField, wall);
  const vector = toFaces(new CenteredField(domain, centered(domain, { x: scalarField.values, y: scalarField.values.mul(2) }).values, zeroGradient), wall);
  expectClose(vector.component('x'), both.component('x'), 0);
  expectClose(vector.component('y'), both.component('y').mul(2), 0);
}));

test('on sides the boundary speaks: walls have their value, open ends that of the last cell, circles the mean of both ends', inDouble(() => {
  const domain = grid({ x: 3 });
  const cells = doubles({ x: 3 }, [1, 2, 4]);
  const on = (boundary: Boundary, faces: Boundary): number[] => flat(toFaces(centered(domain, cells, { boundary }), faces));
  expect(on(constant(7), open)).toEqual([7, 1.5, 3, 7]);
  expect(on(zeroGradient, open)).toEqual([1, 1.5, 3, 4]);
  expect(on(symmetric, open)).toEqual([1, 1.5, 3, 4]);
  expect(on(periodic, periodic)).toEqual([2.5, 1.5, 3]);
  expect(on(constant(7, { at: 'ghost' }), open)).toEqual([4, 1.5, 3, 5.5]);
  expect(flat(toCenters(staggered(domain, { x: doubles({ x: 2 }, [2, 4]) }, { boundary: constant(6) })))).toEqual([4, 3, 5]);
  expect(flat(toCenters(staggered(domain, { x: doubles({ x: 3 }, [2, 4, 7]) }, { boundary: periodic })))).toEqual([3, 5.5, 4.5]);
}));

test('the boundary of the result is the one asked for, or that of the field', () => {
  const field = randomCentered(domains[1]!, wall);
  expect(toFaces(field).boundary).toBe(wall);
  expect(toFaces(field, open).boundary).toBe(open);
  expect(toCenters(staggered(domains[1]!, 0, { boundary: open })).boundary).toBe(open);
});

test('second order for smooth functions', inDouble(() => {
  const smooth = ({ x, y }: Positions<'x' | 'y'>): Tensor => sin(x).mul(cos(mul(y as Tensor, 2)));
  const make = (n: number): Grid<'x' | 'y'> => grid({ x: n, y: 2 * n }, box({ x: [0, 2 * Math.PI], y: [0, 2 * Math.PI] }));
  expectOrder((n) => {
    const domain = make(n);
    return difference(toCenters(staggered(domain, (points) => ({ x: smooth(points), y: smooth(points).neg() }), { boundary: periodic })), centered(domain, (points) => ({ x: smooth(points), y: smooth(points).neg() })));
  }, [16, 32, 64], 2);
  expectOrder((n) => difference(toFaces(centered(make(n), smooth, { boundary: periodic })), staggered(make(n), (points) => ({ x: smooth(points), y: smooth(points) }), { boundary: periodic })), [16, 32, 64], 2);
}));

test('adjoint identity, and the average of faces is the adjoint of that of centres', inDouble(() => {
  const domain = domains[1]!;
  for (const boundary of [wall, open, periodic, sides({ x: [wall, open], y: periodic })]) {
    checkGradients((u: StaggeredField) => toCenters(u).values, randomStaggered(domain, boundary), { seed: 5 });
    checkGradients((c: CenteredField) => toFaces(c, boundary).components, randomCentered(domain, sides({ x: zeroGradient, y: boundary === wall || boundary === open ? zeroGradient : periodic })), { seed: 5 });
  }
  // With homogeneous walls and free centres: ⟨toCenters u, c⟩ = ⟨u, toFaces c⟩.
  const u = randomStaggered(domain, wall);
  const c = new CenteredField(domain, centered(domain, { x: randomTensor(domain.shape, 8), y: randomTensor(domain.shape, 9) }).values, zeroGradient);
  expect(dot(toCenters(u), c)).toBeCloseTo(dot(u, toFaces(c, wall)), 13);
}));

test('batches stay', () => {
  const field = randomStaggered(domains[1]!, wall, { batch: 3 });
  expect(toCenters(field).values.sizes).toEqual({ batch: 3, vector: 2, y: 4, x: 5 });
  expect(toFaces(toCenters(field)).component('x').sizes).toEqual({ batch: 3, y: 4, x: 4 });
});

test('samples of a line by index, whatever is stored', () => {
  const axis = grid({ x: 3 }).axis('x');
  // Faces 1 and 2 are stored, 0 and 3 lie on the walls, −1 and 4 beyond.
  const faces = lineOf(axis, 'face', constant(10));
  const values = doubles({ x: 2 }, [1, 2]);
  expect(flat(samplesBetween(values, faces, 1, 3))).toEqual([1, 2]);
  expect(flat(samplesBetween(values, faces, 0, 4))).toEqual([10, 1, 2, 10]);
  expect(flat(samplesBetween(values, faces, -1, 5))).toEqual([19, 10, 1, 2, 10, 18]);
  expect(flat(samplesBetween(values, faces, 2, 4))).toEqual([2, 10]);
  const centers = lineOf(axis, 'center', constant(10));
  expect(flat(samplesBetween(doubles({ x: 3 }, [1, 2, 4]), centers, -1, 2))).toEqual([19, 1, 2]);
});

test('a scalar field has no components', () => {
  const scalarField = randomCentered(domains[1]!, wall);
  expect(() => scalarField.component('x')).toThrow(ComponentError);
  expect(centerLayout(domains[1]!, wall)).toHaveLength(2);
});
