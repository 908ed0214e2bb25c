/** @file Burgers' equation: published forward values and losses, symmetry, the gradient. */
import { checkGradients, valueAndGrad } from '@tapeflow/autodiff';
import { gradientDescent, minimize } from '@tapeflow/optim';
import { flip, jit, precision, tensor, type Scalar, type Tensor } from '@tapeflow/tensor';
import { centered, periodic, type CenteredField } from '@tapeflow/pde';
import { describe, expect, test } from 'vitest';
import { publishedLosses, referenceState } from '../../burgers-inverse/reference.ts';
import { atRest, lossOf, makeProblem, simulate, STEPS, trueStart } from '../../burgers-inverse/simulation.ts';
import { randomNumbers } from '../random.ts';

const double = <R>(body: () => R) => (): R => precision(64, body);

describe('the published forward simulation', () => {
  // From the notebook that reference.json names, where it ran in single precision.
  const INITIAL = [0.49289819, 0.53499762, 0.57580819, 0.61523159, 0.65317284]; // cells 10 to 14
  const FINAL = [0.0057228, 0.01716715, 0.02861034, 0.040052, 0.05149214]; // cells 0 to 4

  test('begins with its initial state and ends, 32 steps later, with its values, to the rounding of single precision', double(() => {
    const states = simulate(makeProblem(128), trueStart(makeProblem(128)));
    expect(states).toHaveLength(STEPS + 1);
    const [first, last] = [states[0]!.values.data, states[STEPS]!.values.data];
    INITIAL.forEach((value, k) => expect(Math.abs(first[10 + k]! - value)).toBeLessThan(1e-7));
    FINAL.forEach((value, k) => expect(Math.abs(last[k]! - value)).toBeLessThan(1e-7));
  }));
});

test('the published losses come out to all six digits', double(() => {
  const problem = makeProblem(128);
  const gradient = jit(valueAndGrad((start: CenteredField) => lossOf(problem, start)));
  const { history } = minimize(gradient, atRest(problem), { method: gradientDescent({ rate: 5 }), maxSteps: 45 });
  expect(publishedLosses).toHaveLength(14);
  for (const { iteration, loss } of publishedLosses) expect(history[iteration]!.value.toFixed(6)).toBe(loss.toFixed(6));
}));

describe('the reference', () => {
  test('is odd in x, as is everything that comes from −sin πx', () => {
    const values = referenceState(128);
    values.forEach((value, i) => expect(value).toBeCloseTo(-values[127 - i]!, 5));
  });

  test('keeps its mean on fewer cells', () => {
    const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + Math.abs(value), 0) / values.length;
    for (const cells of [64, 32, 16]) {
      expect(referenceState(cells)).toHaveLength(cells);
      expect(mean(referenceState(cells))).toBeCloseTo(mean(referenceState(128)), 12); // cells are merged within a sign
    }
    expect(() => referenceState(48)).toThrow(/48/);
  });
});

test('a mirrored state stays mirrored', double(() => {
  const problem = makeProblem(16);
  const random = randomNumbers(4);
  const values = tensor({ x: 16 }, Float64Array.from({ length: 16 }, () => 2 * random() - 1));
  const mirrored = (t: Tensor<'x'>): Tensor<'x'> => flip(t, 'x').neg();
  const end = (start: Tensor<'x'>): Tensor<'x'> => simulate(problem, centered(problem.domain, start, { boundary: periodic })).at(-1)!.values as Tensor<'x'>;
  const [a, b] = [end(mirrored(values)), mirrored(end(values))];
  a.data.forEach((value, i) => expect(value).toBeCloseTo(b.data[i]!, 12));
}));

test('the gradient through all steps obeys its laws', double(() => {
  const problem = makeProblem(16);
  const random = randomNumbers(9);
  // Between the kinks of the interpolation, where small steps stay.
  const start = centered(problem.domain, tensor({ x: 16 }, Float64Array.from({ length: 16 }, () => 0.6 * random() - 0.3)), { boundary: periodic });
  checkGradients((u: CenteredField): Scalar => lossOf(problem, u), start, { step: 1e-4, adjointTolerance: 1e-11 });
}));

test('the compiled gradient is the eager one', double(() => {
  const problem = makeProblem(32);
  const gradient = valueAndGrad((start: CenteredField) => lossOf(problem, start));
  const [eager, compiled] = [gradient(trueStart(problem)), jit(gradient)(trueStart(problem))];
  expect(compiled.value.item()).toBeCloseTo(eager.value.item(), 14);
  compiled.gradient.values.data.forEach((value, i) => expect(value).toBeCloseTo(eager.gradient.values.data[i]!, 14));
}));
