/** @file The reverse pass of rollouts as loops: what it asks a writer for, what it reports, and which budgets are too small. */
import { expect, test } from 'vitest';
import { BudgetError, grad, rollout, type RolloutReport } from '../src/index.ts';
import { evaluateProgram, withLoops, type Loop, type LoopWriter, type RepeatedStep, type Value } from '../src/extend.ts';
import { mul, type Scalar } from '../src/scalar.ts';

const advance = ({ program, fixed, state, controls }: RepeatedStep): readonly Value[] =>
  controls.reduce<readonly Value[]>((current, control) => evaluateProgram(program, [...fixed, ...current, ...control]), state);

/** Squares n times, reversed by a writer with the derivative in closed form: x^(2^n). */
function run(steps: number, budget?: number): { gradient: number; loops: readonly Loop[]; reports: RolloutReport[] } {
  let seen: readonly Loop[] = [];
  const writer: LoopWriter = {
    accepts: () => true,
    run: advance,
    linearize(step, loops) {
      seen = loops;
      const power = 2 ** step.controls.length;
      return { outputs: advance(step), pullback: ([yBar]) => [(yBar as number) * power * (step.state[0] as number) ** (power - 1)] };
    },
  };
  const reports: RolloutReport[] = [];
  const options = { onReport: (report: RolloutReport): void => void reports.push(report), ...(budget !== undefined && { budget }) };
  const gradient = withLoops(writer, () => grad((x: Scalar) => rollout((y: Scalar) => mul(y, y), x, steps, options))(1.01) as number);
  return { gradient, loops: seen, reports };
}

// A state is one number, 8 bytes, and so is the tape of a step.
const BYTES = 8;

test('without a budget there is one loop, all of whose states are kept', () => {
  const { gradient, loops, reports } = run(6);
  expect(gradient).toBe(64 * 1.01 ** 63);
  expect(loops).toEqual([{ trips: 6 }]);
  expect(reports).toEqual([{ steps: 6, snapshots: 7, recomputedSteps: 0, peakBytes: 7 * BYTES + BYTES }]);
});

test('within a budget loops are nested, and inner ones run again', () => {
  const { loops, reports } = run(9, 9 * BYTES);
  expect(loops).toEqual([{ trips: 3, body: [{ trips: 3 }] }]);
  // Four states at which outer trips begin or end, four of the inner loop.
  expect(reports).toEqual([{ steps: 9, snapshots: 8, recomputedSteps: 9, peakBytes: 9 * BYTES }]);
});

test('a budget that no loops keep to is refused with what they need', () => {
  let error: unknown;
  try {
    run(9, 2 * BYTES);
  } catch (thrown) {
    error = thrown;
  }
  expect(error).toBeInstanceOf(BudgetError);
  const { needed, message } = error as BudgetError;
  expect(message).toContain('9 steps in the loops of a program need');
  expect(() => run(9, needed)).not.toThrow();
  expect(() => run(9, needed - 1)).toThrow(BudgetError);
});
