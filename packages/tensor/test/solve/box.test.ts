/** @file boxOperator: what loops over cells say, for all sides, coefficients and masks; symmetric; refused where it makes no sense. */
import { describe, expect, test } from 'vitest';
import { checkGradients } from '@tapeflow/autodiff';
import { ArgumentError, batch, boxOperator, DimensionError, mul, ones, precision, scalar, tensor, type BoxSide, type Scalar, type Tensor } from '@tapeflow/tensor';
import { cellsOf, matrixByLoops, mixedBoxes, onCells, operatorOf, PAIRS, randomNumbers, times, type LoopBox } from './boxes.ts';

const SEED = 41;
const inDouble = (body: () => void) => () => precision(64, body);

function expectClose(seen: ArrayLike<number>, wanted: ArrayLike<number>, tolerance: number): void {
  expect(seen.length).toBe(wanted.length);
  const largest = Math.max(...Array.from(wanted, Math.abs), 1);
  for (let k = 0; k < seen.length; k++) expect(Math.abs(seen[k]! - wanted[k]!), `entry ${k}, seed ${SEED}`).toBeLessThanOrEqual(tolerance * largest);
}

describe('is what loops over cells and neighbours say', () => {
  for (const sides of PAIRS) {
    test(`${sides.join(' to ')}, of one cell and more`, inDouble(() => {
      for (const cells of [1, 2, 3, 8]) {
        const box: LoopBox = { axes: [{ name: 'x', cells, width: 0.5, sides }] };
        const u = randomNumbers(cells, SEED);
        expectClose(operatorOf(box)(onCells(box, u)).data, times(matrixByLoops(box), u), 1e-15);
      }
    }));
  }
  for (const [name, box] of Object.entries(mixedBoxes(SEED))) {
    test(name, inDouble(() => {
      const [u, v] = [SEED, SEED + 1].map((seed) => randomNumbers(cellsOf(box), seed)) as [number[], number[]];
      const operator = operatorOf(box);
      expectClose(operator(onCells(box, u)).data, times(matrixByLoops(box), u), 1e-14);
      const product = (a: Tensor, b: readonly number[]): number => Array.from(a.data).reduce((total, x, k) => total + x * b[k]!, 0);
      expect(product(operator(onCells(box, u)), v)).toBeCloseTo(product(operator(onCells(box, v)), u), 10);
    }));
  }
});

test('axes are found by name, and other dimensions are systems side by side', inDouble(() => {
  const operator = boxOperator({ x: { sides: 'neumann' }, y: { sides: 'dirichlet' } });
  const one = tensor({ y: 3, x: 4 }, randomNumbers(12, SEED));
  const both = mul(tensor({ batch: batch(2) }, [1, -2]), one) as Tensor;
  const turned = tensor({ x: 4, y: 3 }, Array.from({ length: 12 }, (_, k) => one.data[(k % 3) * 4 + Math.floor(k / 3)]!));
  expectClose(operator(both).at({ batch: 1 }).data, operator(one).mul(-2).data, 1e-15);
  const seen = operator(turned);
  expect(seen.dims.map(({ name }) => name)).toEqual(['x', 'y']);
  for (let k = 0; k < 12; k++) expect(seen.data[k]).toBeCloseTo(operator(one).data[(k % 3) * 4 + Math.floor(k / 3)]!, 13);
}));

test('keeps the dtype of its argument', () => {
  for (const bits of [32, 64] as const) precision(bits, () => {
    const u = tensor({ x: 4 }, [1, 2, 3, 4]);
    for (const options of [{}, { shift: 2 }, { shift: scalar(2), scale: scalar(3) }, { open: tensor({ x: 4 }, [true, true, false, true]) }]) expect(boxOperator({ x: { sides: 'neumann' } }, options)(u).dtype).toBe(u.dtype);
  });
});

test('masks may be booleans or numbers', inDouble(() => {
  const u = tensor({ x: 5 }, randomNumbers(5, SEED));
  const [a, b] = [tensor({ x: 5 }, [true, true, false, true, true]), tensor({ x: 5 }, [1, 1, 0, 1, 1])].map((open) => boxOperator({ x: { sides: 'ghost' } }, { open })(u).data);
  expect(a).toEqual(b);
  expect(a![2]).toBe(u.data[2]);
}));

test('derivatives with respect to the field, coefficients, shift and scale, twice', inDouble(() => {
  const f = ({ u, c, shift, scale }: { u: Tensor; c: Tensor; shift: Scalar; scale: Scalar }): Tensor =>
    boxOperator({ x: { sides: ['neumann', 'dirichlet'] }, y: { sides: 'periodic' } }, { shift, scale, coefficients: { x: c } })(u);
  const at = { u: tensor({ y: 3, x: 4 }, randomNumbers(12, SEED)) as Tensor, c: tensor({ y: 3, x: 5 }, randomNumbers(15, SEED + 1, 0.5, 2)) as Tensor, shift: scalar(0.3), scale: scalar(1.7) };
  checkGradients(f, at, { seed: SEED, order: 2 });
}));

describe('refuses', () => {
  const make = (axis: object, options = {}) => () => boxOperator({ x: axis as { sides: BoxSide } }, options);

  test('axes that make no sense, with the argument', () => {
    for (const width of [0, -1, NaN, Infinity]) expect(make({ sides: 'neumann', width })).toThrow(expect.objectContaining({ argument: 'x.width' }));
    expect(make({ sides: 'open' })).toThrow(ArgumentError);
    expect(make({ sides: ['periodic', 'neumann'] })).toThrow("Make both ends periodic, or none.");
    expect(() => boxOperator({})).toThrow('at least one axis');
  });

  test('coefficients and masks that do not fit, with the dimension', () => {
    expect(make({ sides: 'neumann' }, { coefficients: { y: ones({ x: 3 }) } })).toThrow(ArgumentError);
    expect(make({ sides: 'neumann' }, { coefficients: { x: ones({ x: 3 }) }, open: ones({ x: 3 }) })).toThrow(expect.objectContaining({ dimension: 'x' }));
    expect(make({ sides: 'periodic' }, { coefficients: { x: ones({ x: 4 }) }, open: ones({ x: 3 }) })).toThrow(DimensionError);
    expect(make({ sides: 'neumann' }, { open: ones({ y: 3 }) })).toThrow(DimensionError);
  });

  test('fields without an axis, without cells, or of another size than the coefficients', () => {
    const operator = boxOperator({ x: { sides: 'neumann' } }, { coefficients: { x: ones({ x: 4 }) } });
    expect(() => operator(ones({ y: 3 }) as never)).toThrow(expect.objectContaining({ dimension: 'x' }));
    expect(() => operator(ones({ x: 4 }))).toThrow(DimensionError);
    expect(() => boxOperator({ x: { sides: 'neumann' } })(ones({ x: 0 }))).toThrow('has no cells');
  });
});
