/** @file The flow and its loss: the same projection by other means, and the gradient. */
import { checkGradients, grad } from '@tapeflow/autodiff';
import { precision, type Scalar } from '@tapeflow/tensor';
import { largestDivergence, type StaggeredField } from '@tapeflow/pde';
import { expect, test } from 'vitest';
import { projection } from '../../differentiate-pressure/least-squares.ts';
import { flowFrom, lossOf, makeProblem, randomStart } from '../../differentiate-pressure/simulation.ts';

const double = <R>(body: () => R) => (): R => precision(64, body);
const numbers = ({ components }: StaggeredField): Float64Array => Float64Array.from([components['x']!, components['y']!].flatMap((u) => Array.from(u.data)));

test('the flow is the masked velocity, projected', double(() => {
  const problem = makeProblem(20, 'left');
  const start = randomStart(problem, 3);
  const flow = flowFrom(problem, start, 1e-12);
  expect(largestDivergence(flow)).toBeLessThan(1e-11);
  const expected = projection(20, 16)(numbers(start.mul(problem.free)));
  numbers(flow).forEach((value, i) => expect(value).toBeCloseTo(expected[i]!, 11));
}));

test('the random start has the speed that is said, and depends on its seed alone', double(() => {
  for (const cells of [10, 40]) {
    const problem = makeProblem(cells, 'discs');
    const values = numbers(randomStart(problem, 1));
    expect(Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / values.length)).toBeCloseTo(0.1, 12);
    expect(numbers(randomStart(problem, 1))).toEqual(values);
    expect(numbers(randomStart(problem, 2))).not.toEqual(values);
  }
}));

test.each(['left', 'discs'] as const)('the gradient through the pressure solve obeys its laws, and is 0 where nothing is free: %s', (control) => {
  precision(64, () => {
    const problem = makeProblem(10, control);
    const loss = (velocity: StaggeredField): Scalar => lossOf(problem, velocity, 1e-12);
    checkGradients(loss, randomStart(problem, 5), { adjointTolerance: 1e-10 });
    const gradient = numbers(grad(loss)(randomStart(problem, 5)));
    const free = numbers(problem.free);
    expect(gradient.some((value) => value !== 0)).toBe(true);
    gradient.forEach((value, i) => expect(free[i] === 1 || value === 0).toBe(true));
  });
});
