/** @file Interpolation: exact where the function is what is assumed, and the cases of Moré and Thuente elsewhere. */
import { describe, expect, test } from 'vitest';
import { cubicMinimum, stepBeyond, stepInside, type Sample } from '../src/interpolation.ts';

type Line = (step: number) => Sample;
const cubic: Line = (step) => ({ step, value: step ** 3 - 3 * step, slope: 3 * step * step - 3 });
const parabola: Line = (step) => ({ step, value: (step - 3) ** 2, slope: 2 * (step - 3) });

test('the cubic minimum is exact for cubics, in either order and beyond the samples', () => {
  for (const [a, b] of [[0, 2], [2, 0], [0.2, 0.7], [0.7, 0.2], [1.5, 4]] as const) expect(cubicMinimum(cubic(a), cubic(b))).toBeCloseTo(1, 12);
});

test('a cubic without minimum has none', () => {
  const rising: Line = (step) => ({ step, value: step ** 3 + step, slope: 3 * step * step + 1 });
  expect(cubicMinimum(rising(0), rising(1))).toBeNaN();
});

describe('inside an interval', () => {
  test('a parabola is solved at once, whether the trial is too high, past the minimum, or before it', () => {
    expect(stepInside(parabola(0), parabola(8), parabola(8))).toBeCloseTo(3, 12);
    expect(stepInside(parabola(0), parabola(8), parabola(5))).toBeCloseTo(3, 12);
    expect(stepInside(parabola(0), parabola(8), parabola(2))).toBeCloseTo(3, 12);
  });

  test('a far end that rises steeply pulls the cubic to it, so the guess lies between cubic and parabola', () => {
    const [low, trial] = [{ step: 0, value: 0, slope: -1 }, { step: 1, value: 100, slope: 1000 }];
    const guess = stepInside(low, trial, trial);
    const quadratic = 1 / (2 * 101);
    expect(guess).toBeGreaterThan(quadratic);
    expect(guess).toBeLessThan(cubicMinimum(low, trial));
    expect(guess).toBeCloseTo((quadratic + cubicMinimum(low, trial)) / 2, 12);
  });

  test('a slope that has fallen but not turned skips at most two thirds of the rest', () => {
    const [low, high, trial] = [{ step: 0, value: 0, slope: -1 }, { step: 10, value: 5, slope: 3 }, { step: 1, value: -0.99, slope: -0.98 }];
    expect(stepInside(low, high, trial)).toBeCloseTo(1 + 0.66 * 9, 12);
    const mirrored = [low, high, trial].map(({ step, value, slope }) => ({ step: -step, value, slope: -slope })) as [Sample, Sample, Sample];
    expect(stepInside(...mirrored)).toBeCloseTo(-(1 + 0.66 * 9), 12);
  });

  test('a slope that has steepened is interpolated with the far end', () => {
    const [low, high, trial] = [{ step: 0, value: 0, slope: -1 }, { step: 4, value: -1, slope: 6 }, { step: 1, value: -3, slope: -5 }];
    expect(stepInside(low, high, trial)).toBe(cubicMinimum(trial, high));
  });
});

describe('beyond the last trial', () => {
  test('a parabola is solved at once', () => {
    expect(stepBeyond(parabola(0), parabola(1))).toBeCloseTo(3, 12);
  });

  test('where the slope steepens, or no turn is in sight, the way is open', () => {
    expect(stepBeyond({ step: 0, value: 0, slope: -1 }, { step: 1, value: -2, slope: -3 })).toBe(Infinity);
    expect(stepBeyond({ step: 0, value: 0, slope: -1 }, { step: 1, value: -1, slope: -1 })).toBe(Infinity);
  });
});
