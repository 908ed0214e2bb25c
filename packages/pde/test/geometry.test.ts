/** @file Shapes: inside is where the distance is not positive, distances are distances, and they have derivatives. */
import { describe, expect, test } from 'vitest';
import { checkGradients, jvp } from '@tapeflow/autodiff';
import { scalar, type Scalar, type Tensor } from '@tapeflow/tensor';
import { box, complement, GridError, intersection, sphere, union, type Geometry, type Points } from '../src/index.ts';
import { flat, inDouble, randomTensor } from './support.ts';

const AXES = ['x', 'y', 'z'] as const;
const SEED = 20;

/** Points around the origin in so many dimensions. */
function cloud(rank: number, count = 400): Points {
  return Object.fromEntries(AXES.slice(0, rank).map((name, k) => [name, randomTensor({ point: count }, SEED + k).mul(3)]));
}

const shapesIn = (rank: number): Readonly<Record<string, Geometry>> => {
  const names = AXES.slice(0, rank);
  const cube = box(Object.fromEntries(names.map((name, k) => [name, [-1 + 0.1 * k, 1.5 - 0.2 * k]])));
  const ball = sphere(Object.fromEntries(names.map((name, k) => [name, 0.3 * k - 0.2])), 1.2);
  const far = sphere(Object.fromEntries(names.map((name) => [name, 1])), 0.9);
  return {
    box: cube,
    sphere: ball,
    union: union(ball, far),
    intersection: intersection(cube, far),
    complement: complement(ball),
    'union of three with a hole': union(intersection(cube, complement(ball)), far, box({ x: [-2, -1.8] })),
  };
};

describe.each([1, 2, 3])('in %i dimensions', (rank) => {
  test.each(Object.keys(shapesIn(rank)))('%s contains the points at which its distance is not positive', inDoubleFor((name: string) => {
    const shape = shapesIn(rank)[name]!;
    const points = cloud(rank);
    const inside = flat(shape.contains(points));
    const distance = flat(shape.distance(points));
    expect(new Set(inside), `seed ${SEED}`).toEqual(new Set([0, 1]));
    inside.forEach((flag, k) => expect(flag === 1, `distance ${distance[k]!}`).toBe(distance[k]! <= 0));
  }));

  test.each(Object.keys(shapesIn(rank)))('the distance to %s changes no faster than the point moves', inDoubleFor((name: string) => {
    const shape = shapesIn(rank)[name]!;
    const a = cloud(rank);
    const b = Object.fromEntries(Object.entries(a).map(([axis, x], k) => [axis, (x as Tensor).add(randomTensor({ point: 400 }, 77 + k).mul(0.2))]));
    const from = flat(shape.distance(a));
    const to = flat(shape.distance(b));
    const moved = Object.keys(a).map((axis) => flat((b[axis] as Tensor).sub(a[axis]!)));
    from.forEach((d, k) => expect(Math.abs(to[k]! - d)).toBeLessThanOrEqual(Math.hypot(...moved.map((values) => values[k]!)) + 1e-12));
  }));

  test('box: the distance outside is that to the nearest point of the box, inside to the nearest side', inDouble(() => {
    const ranges = Object.fromEntries(AXES.slice(0, rank).map((name, k) => [name, [-1 + 0.1 * k, 1.5 - 0.2 * k] as const]));
    const points = cloud(rank);
    const columns = Object.keys(ranges).map((axis) => flat(points[axis]!));
    flat(box(ranges).distance(points)).forEach((d, k) => {
      const offsets = Object.values(ranges).map(([lower, upper], axis) => Math.max(lower - columns[axis]![k]!, columns[axis]![k]! - upper));
      const expected = offsets.some((offset) => offset > 0) ? Math.hypot(...offsets.map((offset) => Math.max(offset, 0))) : Math.max(...offsets);
      expect(d).toBeCloseTo(expected, 13);
    });
  }));

  test('sphere: the distance is that to the centre minus the radius', inDouble(() => {
    const center = Object.fromEntries(AXES.slice(0, rank).map((name, k) => [name, 0.4 - k]));
    const points = cloud(rank);
    const columns = Object.keys(center).map((axis) => flat(points[axis]!));
    flat(sphere(center, 0.7).distance(points)).forEach((d, k) => {
      expect(d).toBeCloseTo(Math.hypot(...Object.values(center).map((at, axis) => columns[axis]![k]! - at)) - 0.7, 13);
    });
  }));

  test('the distance to a sphere has derivatives with respect to centre and radius', inDouble(() => {
    const points = cloud(rank, 6);
    const names = AXES.slice(0, rank);
    const f = ({ center, radius }: { center: Record<string, Scalar>; radius: Scalar }): Tensor => sphere(center, radius).distance(points);
    checkGradients(f, { center: Object.fromEntries(names.map((name, k) => [name, scalar(0.31 * k - 0.17)])), radius: scalar(0.8) }, { order: 2, seed: SEED });
  }));

  test('the distance to a box has derivatives with respect to the points, away from the sides', inDouble(() => {
    const shape = box(Object.fromEntries(AXES.slice(0, rank).map((name, k) => [name, [-0.4, 0.5 + 0.1 * k]])));
    checkGradients((points: Points) => shape.distance(points), cloud(rank, 6), { order: 2, seed: SEED });
  }));
});

test('outside everything, the gradient of a distance has length 1', inDouble(() => {
  const points = { x: scalar(4).add(0), y: scalar(3).add(0) };
  const shape = union(sphere({ x: 0, y: 0 }, 1), box({ x: [-1, 1], y: [-1, 0.5] }));
  const along = (axis: 'x' | 'y'): number => jvp((at: Record<string, Scalar>): Tensor => shape.distance(at), points, { x: scalar(axis === 'x' ? 1 : 0), y: scalar(axis === 'y' ? 1 : 0) }).tangent.item();
  expect(Math.hypot(along('x'), along('y'))).toBeCloseTo(1, 14);
}));

test('at the centre of a sphere the derivative is that of its radius alone, not NaN', inDouble(() => {
  const distance = (center: { x: Scalar; y: Scalar }): Tensor => sphere(center, 1).distance({ x: scalar(0.5), y: scalar(0.5) });
  const at = { x: scalar(0.5), y: scalar(0.5) };
  expect(jvp(distance, at, { x: scalar(1), y: scalar(1) }).tangent.item() === 0).toBe(true);
}));

test('coordinates along different dimensions make a mesh', () => {
  const points = { x: randomTensor({ x: 4 }, 1), y: randomTensor({ y: 3 }, 2) };
  expect(sphere({ x: 0, y: 0 }, 1).distance(points).sizes).toEqual({ x: 4, y: 3 });
  expect(box({ y: [0, 1] }).contains(points).sizes).toEqual({ y: 3 });
});

test('shapes combine as sets do: De Morgan', inDouble(() => {
  const a = sphere({ x: 0, y: 0 }, 1.3);
  const b = box({ x: [0, 2], y: [-1, 1] });
  const points = cloud(2);
  expect(flat(complement(union(a, b)).contains(points))).toEqual(flat(intersection(complement(a), complement(b)).contains(points)));
  expect(flat(complement(complement(a)).distance(points))).toEqual(flat(a.distance(points)));
}));

describe('refused', () => {
  test.each([
    ['a box without axes', () => box({}), 'no axis'],
    ['ends in the wrong order', () => box({ x: [1, 0] }), '1 to 0'],
    ['a box without extent', () => box({ x: [1, 1] }), '1 to 1'],
    ['an infinite box', () => box({ x: [0, Infinity] }), 'Infinity'],
    ['a NaN', () => box({ x: [NaN, 1] }), 'NaN'],
    ['a sphere nowhere', () => sphere({}, 1), 'no coordinates'],
    ['a centre that is not a number', () => sphere({ x: NaN }, 1), 'NaN'],
    ['a negative radius', () => sphere({ x: 0 }, -1), '-1'],
    ['a radius that is not a number', () => sphere({ x: 0 }, NaN), 'NaN'],
    ['a union of nothing', () => union(), 'no shapes'],
    ['an intersection of nothing', () => intersection(), 'no shapes'],
    ['points without an axis of the sphere', () => sphere({ x: 0, z: 0 }, 1).distance({ x: scalar(1), y: scalar(1) }), "'z'"],
    ['points without an axis of the box', () => box({ z: [0, 1] }).contains({ x: scalar(1) }), "'z'"],
  ])('%s', (_what, make, message) => {
    expect(make).toThrow(GridError);
    expect(make).toThrow(message);
  });
});

test('shapes are told as text', () => {
  expect(String(union(box({ x: [0, 1] }), complement(sphere({ x: 0, y: 1 }, 2))))).toBe('union(box(x: 0…1), complement(sphere(x: 0, y: 1; radius 2)))');
});

function inDoubleFor(body: (name: string) => void): (name: string) => void {
  return (name) => inDouble(() => body(name))();
}
