/** @file Making fields: numbers, tensors, functions, components and shapes all fill the same samples, stored in one order. */
import { describe, expect, test } from 'vitest';
import { batch, less, mul, precision, scalar, spatial, sin, tensor, type Tensor } from '@tapeflow/tensor';
import { box, centered, ComponentError, FieldShapeError, grid, open, periodic, sides, sphere, staggered, wall, zeroGradient, zerosLikeField, type Points } from '../src/index.ts';
import { expectClose, flat, inDouble } from './support.ts';

const domain = grid({ x: 3, y: 2 }, box({ x: [0, 3], y: [0, 4] }));
const dimsOf = (t: Tensor): [string, number, string][] => t.dims.map(({ name, size, type }) => [name, size, type]);
// (y, x) at the centres x 0.5, 1.5, 2.5 and y 1, 3.
const sum = [1.5, 2.5, 3.5, 3.5, 4.5, 5.5];

describe('centred fields', () => {
  test('of a number', () => {
    const field = centered(domain, 2);
    expect(dimsOf(field.values)).toEqual([['y', 2, 'spatial'], ['x', 3, 'spatial']]);
    expect(flat(field)).toEqual(new Array(6).fill(2));
    expect(field.boundary).toBe(zeroGradient);
  });

  test('of a scalar', () => expect(flat(centered(domain, scalar(2)))).toEqual(new Array(6).fill(2)));

  test('of a function of the coordinates, in the units of the grid', () => {
    expect(flat(centered(domain, ({ x, y }) => x.add(y)))).toEqual(sum);
    expect(flat(centered(domain, ({ y }) => y))).toEqual([1, 1, 1, 3, 3, 3]);
    expect(flat(centered(domain, () => 7))).toEqual(new Array(6).fill(7));
  });

  test('of a tensor in any order of dimensions', () => {
    expect(flat(centered(domain, tensor({ y: 2, x: 3 }, sum)))).toEqual(sum);
    expect(flat(centered(domain, tensor({ x: 3, y: 2 }, [1.5, 3.5, 2.5, 4.5, 3.5, 5.5])))).toEqual(sum);
  });

  test('of a tensor without some of the axes: constant along them', () => {
    expect(flat(centered(domain, tensor({ x: 3 }, [1, 2, 3])))).toEqual([1, 2, 3, 1, 2, 3]);
    expect(flat(centered(domain, tensor({ y: 2 }, [1, 2])))).toEqual([1, 1, 1, 2, 2, 2]);
  });

  test('of integers and booleans: real', () => {
    expect(centered(domain, tensor({ x: 3 }, Int32Array.of(1, 2, 3))).values.dtype).toBe('f32');
    expect(flat(centered(domain, ({ x }) => less(x, 2)))).toEqual([1, 1, 0, 1, 1, 0]);
  });

  test('of a shape: 1 in the cells whose centre it contains', () => {
    expect(flat(centered(domain, box({ x: [1, 3], y: [0, 2] })))).toEqual([0, 1, 1, 0, 0, 0]);
    expect(flat(centered(domain, sphere({ x: 0.5, y: 3 }, 1)))).toEqual([0, 0, 0, 1, 1, 0]);
  });

  test('of components: a vector, in the order of the axes whatever order is given', () => {
    const field = centered(domain, { y: tensor({ x: 3 }, [1, 2, 3]), x: 5 });
    expect(field.values.dims.map(({ name, items }) => [name, items])).toEqual([['vector', ['x', 'y']], ['y', undefined], ['x', undefined]]);
    expect(flat(field)).toEqual([5, 5, 5, 5, 5, 5, 1, 2, 3, 1, 2, 3]);
    expect(flat(field.component('y'))).toEqual([1, 2, 3, 1, 2, 3]);
    expect(flat(centered(domain, ({ x, y }) => ({ x: y, y: x })))).toEqual([1, 1, 1, 3, 3, 3, 0.5, 1.5, 2.5, 0.5, 1.5, 2.5]);
  });

  test('of a tensor with components, in the order of the axes too', () => {
    const yx = tensor({ vector: ['y', 'x'] }, [1, 2]);
    expect(flat(centered(domain, yx))).toEqual([2, 2, 2, 2, 2, 2, 1, 1, 1, 1, 1, 1]);
    expect(flat(centered(domain, yx).add(centered(domain, { x: 10, y: 20 })))).toEqual([...new Array<number>(6).fill(12), ...new Array<number>(6).fill(21)]);
  });

  test('with batch dimensions outermost', () => {
    const field = centered(domain, tensor({ x: 3, batch: batch(2) }, [1, 4, 2, 5, 3, 6]));
    expect(dimsOf(field.values)).toEqual([['batch', 2, 'batch'], ['y', 2, 'spatial'], ['x', 3, 'spatial']]);
    expect(flat(field)).toEqual([1, 2, 3, 1, 2, 3, 4, 5, 6, 4, 5, 6]);
    const vectors = centered(domain, { x: tensor({ batch: batch(2) }, [1, 2]), y: 0 });
    expect(vectors.values.dims.map(({ name }) => name)).toEqual(['batch', 'vector', 'y', 'x']);
  });

  test('along axes with long names: the dimension becomes spatial', () => {
    const pipe = grid({ depth: 3, width: 2 });
    const field = centered(pipe, tensor({ depth: 3, width: 2 }, [1, 2, 3, 4, 5, 6]));
    expect(dimsOf(field.values)).toEqual([['width', 2, 'spatial'], ['depth', 3, 'spatial']]);
    expect(flat(field.add(centered(pipe, 1)))).toEqual([2, 4, 6, 3, 5, 7]);
    expect(dimsOf(centered(grid({ depth: 3 }), tensor({ depth: 3 }, [1, 2, 3])).values)).toEqual([['depth', 3, 'spatial']]);
  });

  test.each([1, 2, 3])('in %i dimensions are stored (z, y, x)', (rank) => {
    const cells = Object.fromEntries([['x', 4], ['y', 3], ['z', 2]].slice(0, rank)) as Record<string, number>;
    const index = (position: Points): Tensor => Object.values(position).map((x, k) => mul(x as Tensor, 10 ** k)).reduce((a, b) => a.add(b));
    const values = flat(centered(grid(cells), index));
    const expected: number[] = [];
    for (let z = 0; z < (cells['z'] ?? 1); z++) for (let y = 0; y < (cells['y'] ?? 1); y++) for (let x = 0; x < cells['x']!; x++) {
      expected.push([x, y, z].slice(0, rank).reduce((total, k, axis) => total + (k + 0.5) * 10 ** axis, 0));
    }
    expectClose(values, expected, 1e-4);
  });
});

describe('staggered fields', () => {
  test('of a number, on the faces their boundary stores', () => {
    const field = staggered(domain, 3, { boundary: sides({ x: open, y: wall }) });
    expect(dimsOf(field.component('x'))).toEqual([['y', 2, 'spatial'], ['x', 4, 'spatial']]);
    expect(dimsOf(field.component('y'))).toEqual([['y', 1, 'spatial'], ['x', 3, 'spatial']]);
    expect(flat(field)).toEqual(new Array(11).fill(3));
    expect(String(staggered(domain, 0).boundary)).toBe(String(wall));
  });

  test('of a function: each component at its own faces', () => {
    const field = staggered(domain, ({ x, y }) => ({ x: x.mul(10).add(y), y: x.mul(10).add(y).neg() }), { boundary: wall });
    // Faces of x: x 1, 2 and y 1, 3; faces of y: x 0.5, 1.5, 2.5 and y 2.
    expect(flat(field.component('x'))).toEqual([11, 21, 13, 23]);
    expect(flat(field.component('y'))).toEqual([-7, -17, -27]);
    expect(flat(staggered(domain, () => 2))).toEqual(new Array(7).fill(2));
  });

  test('of components', () => {
    const field = staggered(domain, { x: tensor({ x: 2 }, [1, 2]), y: 5 });
    expect(flat(field)).toEqual([1, 2, 1, 2, 5, 5, 5]);
    const turned = staggered(domain, { y: 0, x: tensor({ x: 2, y: 2 }, [1, 3, 2, 4]) });
    expect(flat(turned.component('x'))).toEqual([1, 2, 3, 4]);
    expect(Object.keys(turned.components)).toEqual(['x', 'y']);
  });

  test('of a shape: the faces whose middle it contains', () => {
    expect(flat(staggered(domain, box({ x: [0.9, 1.1], y: [0, 2] })))).toEqual([1, 0, 0, 0, 0, 0, 0]);
  });
});

test('precision: f32 unless made under precision(64); tensors keep theirs', () => {
  const make = () => [
    centered(domain, 1).values,
    centered(domain, ({ x }) => sin(x)).values,
    centered(domain, sphere({ x: 1, y: 1 }, 1)).values,
    centered(domain, { x: 0, y: 1 }).values,
    staggered(domain, 1).component('x'),
    staggered(domain, ({ x }) => ({ x: x, y: 0 }), { boundary: periodic }).component('x'),
  ].map(({ dtype }) => dtype);
  expect(make()).toEqual(new Array(6).fill('f32'));
  expect(precision(64, make)).toEqual(new Array(6).fill('f64'));
  expect(centered(domain, tensor({ x: 3 }, [1, 2, 3], { dtype: 'f64' })).values.dtype).toBe('f64');
  expect(precision(64, () => centered(domain, tensor({ x: 3 }, [1, 2, 3], { dtype: 'f32' })).values.dtype)).toBe('f32');
});

test('zeros like a field have its samples, dtype and boundary', inDouble(() => {
  const field = staggered(domain, 3, { boundary: sides({ x: open, y: wall }) });
  const zeros = zerosLikeField(field);
  expect(flat(zeros)).toEqual(new Array(11).fill(0));
  expect(zeros.boundary).toBe(field.boundary);
  expect(zeros.component('x').dtype).toBe('f64');
  const vectors = zerosLikeField(centered(domain, { x: 1, y: 2 }));
  expect(vectors.values.sizes).toEqual({ vector: 2, y: 2, x: 3 });
}));

describe('refused', () => {
  test('tensors of another size, with the axis and both sizes', () => {
    expect(() => centered(domain, tensor({ x: 4 }, [1, 2, 3, 4]))).toThrow(FieldShapeError);
    expect(() => centered(domain, tensor({ x: 4 }, [1, 2, 3, 4]))).toThrow(expect.objectContaining({ operation: 'centered', axis: 'x', expected: 3, seen: 4 }));
    expect(() => staggered(domain, { x: tensor({ x: 3 }, [1, 2, 3]), y: 0 })).toThrow(expect.objectContaining({ operation: 'staggered', axis: 'x', expected: 2, seen: 3 }));
    expect(() => staggered(domain, { x: tensor({ x: 3 }, [1, 2, 3]), y: 0 })).toThrow('Component x has 2 samples');
  });

  test('dimensions of space that the grid does not have', () => {
    expect(() => centered(domain, tensor({ z: spatial(4), x: 3 }, new Float32Array(12)))).toThrow(FieldShapeError);
    expect(() => centered(domain, tensor({ z: spatial(4), x: 3 }, new Float32Array(12)))).toThrow("'z'");
  });

  test('components that are not those of the grid', () => {
    expect(() => centered(domain, { x: 1 })).toThrow(ComponentError);
    expect(() => centered(domain, { x: 1, y: 2, z: 3 })).toThrow(expect.objectContaining({ expected: ['x', 'y'], seen: ['x', 'y', 'z'] }));
    expect(() => staggered(domain, { x: 1, z: 2 })).toThrow(expect.objectContaining({ operation: 'staggered', seen: ['x', 'z'] }));
    expect(() => centered(domain, tensor({ vector: 2 }, [1, 2]))).toThrow(ComponentError);
    expect(() => centered(domain, tensor({ vector: ['x', 'z'] }, [1, 2]))).toThrow(expect.objectContaining({ expected: ['x', 'y'], seen: ['x', 'z'] }));
  });
});
