/** @file Fast transforms on boxes: the solutions of elimination for every pair of sides and any size, in one step. */
import { describe, expect, test } from 'vitest';
import { batch, boxOperator, InconsistentSystem, instance, jit, mul, precision, scalar, solveLinear, tensor, type Scalar, type Tensor } from '@tapeflow/tensor';
import { inverseByTransforms } from '../../src/solve/box-transform.ts';
import { boxOf } from '../../src/solve/box.ts';
import { cellsOf, eliminate, isSingular, matrixByLoops, mixedBoxes, onCells, operatorOf, PAIRS, randomNumbers, rightHandSide, solveByElimination, times, type LoopBox } from './boxes.ts';

const SEED = 43;
const norm = (v: ArrayLike<number>): number => Math.hypot(...Array.from(v));
const distance = (a: ArrayLike<number>, b: ArrayLike<number>): number => norm(Array.from(a, (v, k) => v - b[k]!)) / Math.max(norm(b), 1e-300);

/** Solves, and checks the solution against elimination and the claimed residual against loops. */
function solveAndCheck(box: LoopBox, bits: 32 | 64): void {
  const b = rightHandSide(box, SEED);
  if (norm(b) === 0) return;
  const solution = solveLinear(operatorOf(box), onCells(box, b));
  expect(solution.method).toBe('transform');
  expect(solution.reason).toContain('fast transforms');
  expect(solution.nullSpace).toBe(isSingular(box) ? 'constant' : undefined);
  expect(solution.status).toBe('converged');
  expect(solution.steps).toBe(1);
  const x = solution.value.data;
  expect(distance(x, solveByElimination(box, b)), `seed ${SEED}`).toBeLessThanOrEqual(bits === 64 ? 1e-12 : 1e-4);
  const left = times(matrixByLoops(box), x).map((v, k) => b[k]! - v);
  expect(norm(left) / norm(b)).toBeLessThanOrEqual(bits === 64 ? 1e-13 : 1e-5);
}

describe.each([32, 64] as const)('in %s bits', (bits) => {
  test.each(PAIRS)('%s to %s, lines of any length', (...sides) => precision(bits, () => {
    for (const cells of [1, 2, 3, 4, 5, 7, 8, 9, 13, 16, 17, 31, 40]) solveAndCheck({ axes: [{ name: 'x', cells, width: 0.5, sides }] }, bits);
  }));

  test.each(PAIRS)('%s to %s, beside an axis with other sides', (...sides) => precision(bits, () => {
    for (const [k, other] of PAIRS.entries()) solveAndCheck({ axes: [{ name: 'y', cells: 5 + (k % 3), width: 2, sides }, { name: 'x', cells: 6 - (k % 2), width: 0.7, sides: other }] }, bits);
  }));

  test.each(Object.entries(mixedBoxes(SEED)).filter(([, { coefficients, open }]) => coefficients === undefined && open === undefined))('%s', (_name, box) => precision(bits, () => solveAndCheck(box, bits)));
});

test('a shift that makes the operator indefinite is no hindrance', () => precision(64, () => {
  const box: LoopBox = { axes: [{ name: 'y', cells: 5, sides: ['neumann', 'neumann'] }, { name: 'x', cells: 6, sides: ['dirichlet', 'dirichlet'] }], shift: -1.3 };
  const b = rightHandSide(box, SEED);
  const solution = solveLinear(operatorOf(box), onCells(box, b));
  expect(solution.status).toBe('converged');
  expect(distance(solution.value.data, eliminate(matrixByLoops(box), b))).toBeLessThanOrEqual(1e-12);
}));

test('shift and scale may be scalars, also 0', () => precision(64, () => {
  const axes = { x: { sides: 'neumann' }, y: { sides: 'periodic' } } as const;
  const box: LoopBox = { axes: [{ name: 'y', cells: 4, sides: ['periodic', 'periodic'] }, { name: 'x', cells: 5, sides: ['neumann', 'neumann'] }] };
  const b = onCells(box, rightHandSide(box, SEED));
  const plain = solveLinear(boxOperator(axes, { scale: 2 }), b);
  const scaled = solveLinear(boxOperator(axes, { shift: scalar(0), scale: scalar(2) }), b);
  expect(distance(scaled.value.data, plain.value.data)).toBeLessThanOrEqual(1e-13);
  expect(scaled.nullSpace).toBe('constant');
  const shifted = solveLinear(boxOperator(axes, { shift: scalar(0.5), scale: scalar(2) }), b);
  expect(distance(shifted.value.data, eliminate(matrixByLoops({ ...box, shift: 0.5, scale: 2 }), [...b.data]))).toBeLessThanOrEqual(1e-13);
}));

test('what undoes the operator is symmetric', () => precision(64, () => {
  for (const box of Object.values(mixedBoxes(SEED)).filter(({ coefficients, open }) => coefficients === undefined && open === undefined)) {
    const [u, v] = [SEED, SEED + 1].map((seed) => onCells(box, randomNumbers(cellsOf(box), seed))) as [Tensor, Tensor];
    const undo = inverseByTransforms(boxOf(operatorOf(box))!, u);
    const product = (a: Tensor, b: Tensor): number => Array.from(a.data).reduce((total, x, k) => total + x * b.data[k]!, 0);
    expect(Math.abs(product(undo(u), v) - product(u, undo(v)))).toBeLessThanOrEqual(1e-13 * norm(undo(u).data) * norm(v.data));
  }
}));

test('each entry along other dimensions is a system of its own, whatever their type', () => precision(64, () => {
  const box: LoopBox = { axes: [{ name: 'y', cells: 5, sides: ['neumann', 'neumann'] }, { name: 'x', cells: 6, sides: ['neumann', 'neumann'] }] };
  const one = onCells(box, rightHandSide(box, SEED));
  const alone = solveLinear(operatorOf(box), one).value;
  for (const type of [batch, instance]) {
    const many = mul(tensor({ many: type(3) }, [1, 1e8, -1e-8]), one) as Tensor;
    const solution = solveLinear(operatorOf(box), many);
    expect(solution.perSystem).toHaveLength(3);
    expect(solution.value.dims).toEqual(many.dims);
    [1, 1e8, -1e-8].forEach((factor, k) => expect(distance(solution.value.at({ many: k }).data, alone.data.map((v) => v * factor))).toBeLessThanOrEqual(1e-13));
  }
}));

test('constants in a closed box are refused, or removed on request', () => precision(64, () => {
  const box: LoopBox = { axes: [{ name: 'x', cells: 6, sides: ['neumann', 'neumann'] }] };
  const b = rightHandSide(box, SEED);
  const lifted = onCells(box, b.map((v) => v + 0.5));
  expect(() => solveLinear(operatorOf(box), lifted)).toThrow(InconsistentSystem);
  const { value, removed, nullSpace } = solveLinear(operatorOf(box), lifted, { nullSpace: 'constant' });
  expect(nullSpace).toBe('constant');
  expect(removed).toBeCloseTo((0.5 * Math.sqrt(6)) / norm(lifted.data), 12);
  expect(distance(value.data, solveByElimination(box, b))).toBeLessThanOrEqual(1e-12);
}));

test('a guess is corrected, not ignored: from the solution no step is taken', () => precision(64, () => {
  const box: LoopBox = { axes: [{ name: 'x', cells: 12, sides: ['dirichlet', 'ghost'] }] };
  const b = onCells(box, rightHandSide(box, SEED));
  const { value } = solveLinear(operatorOf(box), b);
  expect(solveLinear(operatorOf(box), b, { x0: value }).steps).toBe(0);
}));

test('inside a program, with scalars that the program is given', () => precision(64, () => {
  const box: LoopBox = { axes: [{ name: 'y', cells: 6, sides: ['neumann', 'ghost'] }, { name: 'x', cells: 7, sides: ['periodic', 'periodic'] }] };
  const b = onCells(box, rightHandSide(box, SEED));
  const program = jit((values: Tensor, shift: Scalar) => solveLinear(boxOperator({ y: { sides: ['neumann', 'ghost'] }, x: { sides: 'periodic' } }, { shift }), values).value);
  for (const shift of [0, 0.7]) expect(distance(program(b, scalar(shift)).data, eliminate(matrixByLoops({ ...box, shift }), [...b.data]))).toBeLessThanOrEqual(1e-12);
}));
