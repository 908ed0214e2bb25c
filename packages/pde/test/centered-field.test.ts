/** @file Centred fields: arithmetic, components, boundaries, and their shape as trees. */
import { describe, expect, test } from 'vitest';
import { checkGradients, flatten, grad } from '@tapeflow/autodiff';
import { l2, precision, scalar, sum, tensor, type Scalar } from '@tapeflow/tensor';
import { box, CenteredField, centered, ComponentError, constant, FieldMismatchError, FieldShapeError, grid, pad, periodic, wall, zeroGradient } from '../src/index.ts';
import { expectClose, flat, inDouble, randomCentered } from './support.ts';

const domain = grid({ x: 3, y: 2 });
const a = randomCentered(domain, wall, { seed: 1 });
const b = randomCentered(domain, zeroGradient, { seed: 2 });
const [as, bs] = [flat(a), flat(b)];

describe('arithmetic', () => {
  test.each([
    ['add', (x: number, y: number) => x + y],
    ['sub', (x: number, y: number) => x - y],
    ['mul', (x: number, y: number) => x * y],
    ['div', (x: number, y: number) => x / y],
  ] as const)('%s works on the values, with numbers, scalars, tensors and fields', (name, plain) => {
    expectClose(a[name](b), as.map((x, k) => plain(x, bs[k]!)), 1e-5);
    expectClose(a[name](3), as.map((x) => plain(x, 3)), 1e-6);
    expectClose(a[name](scalar(3)), as.map((x) => plain(x, 3)), 1e-6);
    expectClose(a[name](tensor({ x: 3 }, [1, 2, 4])), as.map((x, k) => plain(x, [1, 2, 4][k % 3]!)), 1e-6);
  });

  test('neg', () => expect(flat(a.neg())).toEqual(as.map((x) => -x)));

  test('keeps the boundary of the left operand, and the order of storage', () => {
    expect(a.add(b).boundary).toBe(wall);
    expect(b.sub(a).boundary).toBe(zeroGradient);
    expect(a.mul(tensor({ x: 3 }, [1, 2, 3])).values.dims.map(({ name }) => name)).toEqual(['y', 'x']);
  });

  test('of a scalar field and a vector field gives a vector field', () => {
    const vector = centered(domain, { x: 1, y: 2 });
    for (const product of [a.mul(vector), vector.mul(a)]) {
      expect(product.values.dims.map(({ name }) => name)).toEqual(['vector', 'y', 'x']);
      expectClose(product, [...as, ...as.map((x) => 2 * x)], 0);
    }
  });

  test('is double where an operand is', () => {
    expect(precision(64, () => a.add(centered(domain, 1)).values.dtype)).toBe('f64');
    expect(a.add(1).values.dtype).toBe('f32');
  });

  test('of fields on different grids is refused; the error names both', () => {
    const other = centered(grid({ x: 3, y: 2 }, box({ x: [0, 1], y: [0, 1] })), 1, { boundary: wall });
    for (const name of ['add', 'sub', 'mul', 'div'] as const) {
      expect(() => a[name](other)).toThrow(FieldMismatchError);
      expect(() => a[name](other)).toThrow(expect.objectContaining({ operation: name, first: String(a), second: String(other) }));
    }
    expect(() => a.add(other)).toThrow('first:  centred field on grid(x=3 from 0 to 3, y=2 from 0 to 2), boundary constant(0)');
  });
});

test('with and withBoundary change one thing', () => {
  expect(a.with(b.values)).toMatchObject({ grid: domain, values: b.values, boundary: wall });
  expect(a.withBoundary(periodic)).toMatchObject({ grid: domain, values: a.values, boundary: periodic });
});

test('with refuses values that do not fill the cells', () => {
  expect(() => a.with(tensor({ x: 3 }, [1, 2, 3]))).toThrow(FieldShapeError);
  expect(() => a.with(tensor({ x: 3 }, [1, 2, 3]))).toThrow(expect.objectContaining({ operation: 'with', axis: 'y', expected: 2, seen: undefined }));
  expect(() => a.with(tensor({ y: 2, x: 4 }, new Float32Array(8)))).toThrow("The field has 3 samples along 'x', but the values have 4.");
});

test('component: one of a vector, and a refusal that says what is there', () => {
  const vector = centered(domain, { x: a.values, y: b.values });
  expect(flat(vector.component('y'))).toEqual(bs);
  expect(() => vector.component('z')).toThrow(expect.objectContaining({ expected: ['x', 'y'], seen: ['x', 'y'] }));
  expect(() => a.component('x')).toThrow(ComponentError);
});

describe('as a tree', () => {
  test('its leaves are the values and what the boundary holds', inDouble(() => {
    const field = centered(domain, 1, { boundary: constant(scalar(2)) });
    const { leaves, structure } = flatten(field);
    expect(leaves).toHaveLength(2);
    const rebuilt = structure.unflatten(leaves) as CenteredField;
    expect(rebuilt).toBeInstanceOf(CenteredField);
    expect(String(rebuilt)).toBe(String(field));
    expect(flatten(a.withBoundary(periodic)).structure.key).not.toBe(flatten(a).structure.key);
  }));

  test('gradients have its form', inDouble(() => {
    const field = randomCentered(domain, wall, { dtype: 'f64' });
    const gradient = grad((u: CenteredField): Scalar => l2(u.mul(3).values))(field);
    expect(gradient).toBeInstanceOf(CenteredField);
    expectClose(gradient, flat(field).map((x) => 9 * x), 1e-14);
  }));

  test('gradients reach the values and the boundary at once', inDouble(() => {
    const field: CenteredField = randomCentered(domain, constant(scalar(0.4)), { dtype: 'f64' });
    expect(flatten(grad((u: CenteredField): Scalar => l2(pad(u, 1)))(field)).leaves).toHaveLength(2);
    checkGradients((u: CenteredField): Scalar => sum(pad(u.mul(u), 1).pow(2)), field, { order: 2 });
  }));
});
