/** @file The reverse pass of a rollout within a budget: bytes, work, bits, and what is really let go. */
import { describe, expect, test } from 'vitest';
import { BudgetError, checkpoint, grad, rollout, vjp, type RolloutReport } from '../src/index.ts';
import { applyOne, primitive, spaceOf } from '../src/extend.ts';
import { add, cos, mul, sin, sub, type Scalar } from '../src/scalar.ts';
import { Pair, pairAdd, pairMultiply, pairSum } from './pairs.ts';
import { heldObjects } from './support.ts';

const STEPS = 1000;
const STATE_BYTES = 16;
/** Equations of one step, 8 bytes each: add, mul, sin, mul, sub, mul, add. */
const TAPE_BYTES = 56;
/** The least budget: the initial state, the state that a step is recorded from, and its tape. */
const LEAST = TAPE_BYTES + 2 * STATE_BYTES;

type State = readonly [x: Scalar, v: Scalar];
const swing = (k: Scalar) => ([x, v]: State): State => {
  const moved = add(x, mul(0.01, v));
  return [moved, add(v, mul(0.01, sub(sin(moved), mul(k, moved))))];
};

interface Run {
  readonly gradient: unknown;
  readonly report: RolloutReport;
}

function run(steps: number, budget?: number): Run {
  let report: RolloutReport | undefined;
  const f = (x: Scalar, v: Scalar, k: Scalar): Scalar =>
    rollout(swing(k), [x, v] as State, steps, { ...(budget === undefined ? {} : { budget }), onReport: (seen) => (report = seen) })[0];
  const gradient = grad(f, { wrt: [0, 1, 2] })(1, 0.2, 3);
  return { gradient, report: report! };
}

/** least[s][n] as in rollout-schedule.test.ts: the fewest steps computed again, by dynamic programming. */
function leastWork(steps: number, slots: number): number[][] {
  const least: number[][] = [];
  for (let s = 0; s <= slots; s++) {
    least.push([0, 0]);
    for (let n = 2; n <= steps; n++) {
      let best = (n * (n - 1)) / 2;
      if (s > 0) for (let m = 1; m < n; m++) best = Math.min(best, m + least[s - 1]![n - m]! + least[s]![m]!);
      least[s]!.push(best);
    }
  }
  return least;
}

describe('1000 steps', () => {
  const unlimited = run(STEPS);
  const least = leastWork(STEPS, 12);

  test('without budget all of them stay on the tape', () => {
    expect(unlimited.report).toEqual({ steps: STEPS, snapshots: 0, recomputedSteps: 0, peakBytes: STEPS * TAPE_BYTES });
    expect(run(STEPS, Infinity)).toEqual(unlimited);
  });

  test.each([1, 2, 3, 5, 8, 12])('with room for %i snapshots', (slots) => {
    const budget = LEAST + slots * STATE_BYTES;
    const { gradient, report } = run(STEPS, budget);
    expect(gradient).toEqual(unlimited.gradient);
    expect(report.peakBytes).toBeLessThanOrEqual(budget);
    expect(report).toMatchObject({ steps: STEPS, snapshots: slots });
    // The forward pass does part of the work on its way, at most all steps once.
    expect(report.recomputedSteps).toBeLessThanOrEqual(least[slots]![STEPS]!);
    expect(report.recomputedSteps).toBeGreaterThanOrEqual(least[slots]![STEPS]! - STEPS);
  });

  test('a budget that is no multiple of a state is not exceeded', () => {
    for (const extra of [1, 15, 17]) {
      const { gradient, report } = run(STEPS, LEAST + 5 * STATE_BYTES + extra);
      expect(gradient).toEqual(unlimited.gradient);
      expect(report.peakBytes).toBeLessThanOrEqual(LEAST + 5 * STATE_BYTES + extra);
    }
  });

  test('with room for all states nothing is computed again', () => {
    const { gradient, report } = run(STEPS, LEAST + STEPS * STATE_BYTES);
    expect(gradient).toEqual(unlimited.gradient);
    expect(report.recomputedSteps).toBe(0);
    expect(report.snapshots).toBe(STEPS - 1);
  });
});

describe('every length of rollout and every number of snapshots', () => {
  test('up to 40 steps and 6 snapshots: bits, bytes and work', () => {
    const least = leastWork(40, 6);
    for (let steps = 1; steps <= 40; steps++) {
      const { gradient } = run(steps);
      for (let slots = 0; slots <= 6; slots++) {
        const budget = LEAST + slots * STATE_BYTES;
        const limited = run(steps, budget);
        expect(limited.gradient).toEqual(gradient);
        expect(limited.report.peakBytes).toBeLessThanOrEqual(budget);
        expect(limited.report.snapshots).toBeLessThanOrEqual(slots);
        expect(limited.report.recomputedSteps, `${steps} steps, ${slots} snapshots`).toBeLessThanOrEqual(least[slots]![steps]!);
        expect(limited.report.recomputedSteps).toBeGreaterThanOrEqual(least[slots]![steps]! - steps);
      }
    }
  });
});

describe('what really happens', () => {
  test('the work is what the report says: once forwards, once recorded, and again where a state was not kept', () => {
    let evaluations = 0;
    const watched = primitive({
      name: 'watched',
      evaluate: ([x]) => (evaluations++, [Math.sin(x as number)]),
      abstract: (inputs) => inputs,
      outputSpace: () => spaceOf(0),
      vjp: ([bar], [x]) => [mul(bar as Scalar, cos(x as Scalar))],
    });
    const work = (budget: number): number => {
      evaluations = 0;
      let report: RolloutReport | undefined;
      grad((x: Scalar) => rollout((s: Scalar) => applyOne(watched, [s]) as Scalar, x, 60, { budget, onReport: (seen) => (report = seen) }))(0.3);
      return report!.recomputedSteps;
    };
    for (const slots of [0, 1, 4, 9]) {
      const recomputed = work(24 + 8 * slots);
      expect(evaluations).toBe(60 + 60 + recomputed);
    }
    expect(work(Infinity)).toBe(0);
    expect(evaluations).toBe(60);
  });

  test('states that were not kept are garbage, counted on the heap', () => {
    const held = heldObjects('rollout');
    expect(held.unlimited).toBeGreaterThan(40);
    for (const slots of [1, 3, 9]) {
      // Beside the kept ones: the result, and the state that a step starts from.
      expect(held[slots]).toBeLessThanOrEqual(slots + 2);
      expect(held[slots]).toBeGreaterThanOrEqual(slots);
    }
  });
});

describe('budgets that are too small', () => {
  test('are refused before anything is computed, with what is needed', () => {
    expect(() => run(10, LEAST - 1)).toThrow(BudgetError);
    expect(() => run(10, LEAST - 1)).toThrow(`rollout: the budget of ${LEAST - 1} bytes is too small: one step needs ${LEAST} bytes.\n  Give at least ${LEAST} bytes, or put checkpoint(...) around parts of the step.`);
    try {
      run(10, 5);
    } catch (error) {
      expect(error).toMatchObject({ operation: 'rollout', budget: 5, needed: LEAST });
    }
  });

  test('count what operations keep that record in their own way', () => {
    // The inner rollout keeps the tape of all its steps: 50 × 2 numbers, beside its result.
    const step = (x: Scalar): Scalar => rollout((s: Scalar) => sin(mul(1.1, s)), x, 50);
    const f = (budget: number) => (x: Scalar): Scalar => rollout(step, x, 4, { budget });
    const needed = 100 * 8 + 8 + 2 * 8;
    expect(() => grad(f(needed - 1))(0.3)).toThrow(`one step needs ${needed} bytes`);
    expect(grad(f(needed))(0.3)).toBe(grad(f(Infinity))(0.3));
    expect(grad(f(needed + 16))(0.3)).toBe(grad(f(Infinity))(0.3));
  });

  test('and a checkpoint in the step makes room', () => {
    const deep = (x: Scalar): Scalar => Array.from({ length: 20 }).reduce<Scalar>((y) => sin(mul(1.1, y)), x);
    const run20 = (step: (x: Scalar) => Scalar, budget: number) => grad((x: Scalar) => rollout(step, x, 6, { budget }))(0.3);
    expect(() => run20(deep, 100)).toThrow(BudgetError);
    expect(run20(checkpoint(deep), 100)).toBe(run20(deep, Infinity));
  });
});

test('a pullback may be called again: same bits, within the budget, from the initial state', () => {
  const reports: RolloutReport[] = [];
  const budget = LEAST + 5 * STATE_BYTES;
  const { pullback } = vjp((k: Scalar) => rollout(swing(k), [1, 0.2] as State, 200, { budget, onReport: (report) => reports.push(report) }), 3);
  const first = pullback([1, 0]);
  expect(pullback([1, 0])).toBe(first);
  expect(pullback([0, 1])).not.toBe(first);
  expect(reports.map(({ peakBytes }) => peakBytes <= budget)).toEqual([true, true, true]);
  // Now all of the least work is computed again, nothing of it in the forward pass.
  const least = leastWork(200, 5)[5]![200]!;
  expect(reports[0]!.recomputedSteps).toBeLessThan(least);
  expect(reports.slice(1).map(({ recomputedSteps }) => recomputedSteps)).toEqual([least, least]);
});

test('reports come once per backward pass', () => {
  const reports: RolloutReport[] = [];
  const f = (x: Pair): Scalar => pairSum(rollout((s: Pair) => pairMultiply(s, pairAdd(s, x)), x, 10, { budget: 200, onReport: (report) => reports.push(report) }));
  f(new Pair(0.1, 0.2));
  expect(reports).toHaveLength(0);
  grad(f)(new Pair(0.1, 0.2));
  expect(reports).toHaveLength(1);
  grad(f)(new Pair(0.1, 0.2));
  expect(reports[1]).toEqual(reports[0]);
});
