/** @file The best loss by other means: its projection, and that no velocity does better. */
import { precision } from '@tapeflow/tensor';
import type { StaggeredField } from '@tapeflow/pde';
import { expect, test } from 'vitest';
import { leastSquares, projection, type Faces, type LeastSquaresProblem } from '../../differentiate-pressure/least-squares.ts';
import { makeProblem } from '../../differentiate-pressure/simulation.ts';
import { randomNumbers } from '../random.ts';

const [NX, NY] = [7, 5];
const COUNT = (NX - 1) * NY + (NY - 1) * NX;
const SEED = 12;
const random = randomNumbers(SEED);
const faces = (value: () => number): Faces => ({ nx: NX, ny: NY, values: Float64Array.from({ length: COUNT }, value) });
const dot = (a: Float64Array, b: Float64Array): number => a.reduce((sum, value, i) => sum + value * b[i]!, 0);

function divergence(velocity: Float64Array): number[] {
  const u = (i: number, j: number): number => (i < 0 || i >= NX - 1 ? 0 : velocity[j * (NX - 1) + i]!);
  const v = (i: number, j: number): number => (j < 0 || j >= NY - 1 ? 0 : velocity[(NX - 1) * NY + j * NX + i]!);
  return Array.from({ length: NX * NY }, (_, k) => u(k % NX, Math.floor(k / NX)) - u((k % NX) - 1, Math.floor(k / NX)) + v(k % NX, Math.floor(k / NX)) - v(k % NX, Math.floor(k / NX) - 1));
}

test('the projection takes all divergence, changes nothing twice, and is symmetric', () => {
  const project = projection(NX, NY);
  const [a, b] = [faces(() => random() - 0.5).values, faces(() => random() - 0.5).values];
  for (const value of divergence(project(a))) expect(Math.abs(value)).toBeLessThan(1e-13);
  project(project(a)).forEach((value, i) => expect(value).toBeCloseTo(project(a)[i]!, 13));
  expect(dot(b, project(a))).toBeCloseTo(dot(project(b), a), 13);
  expect(dot(project(a), project(a))).toBeLessThan(dot(a, a));
});

function lossOf({ free, seen, wanted }: LeastSquaresProblem, x: Float64Array): number {
  const flow = projection(NX, NY)(x.map((value, i) => value * free.values[i]!));
  return flow.reduce((sum, value, i) => sum + (seen.values[i]! * (value - wanted.values[i]!)) ** 2, 0) / 2;
}

test('no velocity has a smaller loss, and the loss is reached', () => {
  const problem: LeastSquaresProblem = { free: faces(() => Number(random() < 0.5)), seen: faces(() => Number(random() < 0.6)), wanted: faces(() => random() - 0.5) };
  const { loss, residual } = leastSquares(problem);
  expect(residual).toBeLessThan(1e-9);
  // Small and large deviations from rest, and steepest descent by numbers: none gets below.
  for (let k = 0; k < 200; k++) expect(lossOf(problem, faces(() => (random() - 0.5) * 10 ** (-k % 4)).values)).toBeGreaterThan(loss);
  let x = new Float64Array(COUNT);
  for (let k = 0; k < 1000; k++) {
    const flow = projection(NX, NY)(x.map((value, i) => value * problem.free.values[i]!));
    const pulled = projection(NX, NY)(flow.map((value, i) => problem.seen.values[i]! * (value - problem.wanted.values[i]!)));
    x = x.map((value, i) => value - problem.free.values[i]! * pulled[i]!);
  }
  expect(lossOf(problem, x)).toBeGreaterThanOrEqual(loss * (1 - 1e-12));
  expect(lossOf(problem, x) / loss).toBeCloseTo(1, 3);
});

test('where everything is free and seen, what remains is the part of the wanted flow with divergence', () => {
  const one = faces(() => 1);
  const wanted = faces(() => random() - 0.5);
  const lost = wanted.values.map((value, i) => value - projection(NX, NY)(wanted.values)[i]!);
  expect(leastSquares({ free: one, seen: one, wanted }).loss).toBeCloseTo(dot(lost, lost) / 2, 12);
});

test('at the full size it is what others found for the same problem, 1370.7', () => {
  const problem = precision(64, () => makeProblem(80, 'left'));
  const plain = ({ components }: StaggeredField): Faces => ({ nx: 80, ny: 64, values: Float64Array.from([components['x']!, components['y']!].flatMap((u) => Array.from(u.data))) });
  expect(leastSquares({ free: plain(problem.free), seen: plain(problem.seen), wanted: plain(problem.wanted) }).loss.toFixed(1)).toBe('1370.7');
});
