/** @file The six functions of Moré and Thuente (1994, section 5), on which line searches are compared, and honest failure. */
import { describe, expect, test } from 'vitest';
import { strongWolfe, type Trial } from '../src/line-search.ts';

/** Value and slope of a function of one number, by the paper; slopes by hand. */
interface Sample {
  readonly phi: (t: number) => readonly [value: number, slope: number];
  readonly sufficientDecrease: number;
  readonly curvature: number;
  /** Evaluations in the paper's tables, from the first steps 10⁻³, 10⁻¹, 10 and 10³. */
  readonly evaluations: readonly [number, number, number, number];
}

const beta1 = 2;
const hump: Sample = {
  phi: (t) => [-t / (t * t + beta1), (t * t - beta1) / (t * t + beta1) ** 2],
  sufficientDecrease: 1e-3,
  curvature: 1e-1,
  evaluations: [6, 3, 1, 4],
};

const beta2 = 0.004;
const steepEnd: Sample = {
  phi: (t) => [(t + beta2) ** 5 - 2 * (t + beta2) ** 4, 5 * (t + beta2) ** 4 - 8 * (t + beta2) ** 3],
  sufficientDecrease: 1e-1,
  curvature: 1e-1,
  evaluations: [12, 8, 8, 11],
};

/** A parabola around 1 with oscillations of wave number l π / 2. */
function oscillating(beta: number, l: number): Sample['phi'] {
  const base = (t: number): readonly [number, number] => {
    if (t <= 1 - beta) return [1 - t, -1];
    if (t >= 1 + beta) return [t - 1, 1];
    return [(t - 1) ** 2 / (2 * beta) + beta / 2, (t - 1) / beta];
  };
  return (t) => {
    const [value, slope] = base(t);
    const wave = (l * Math.PI) / 2;
    return [value + ((2 * (1 - beta)) / (l * Math.PI)) * Math.sin(wave * t), slope + (1 - beta) * Math.cos(wave * t)];
  };
}

/** Two slopes of very different size. */
function twoSlopes(b1: number, b2: number): Sample['phi'] {
  const gamma = (b: number): number => Math.sqrt(1 + b * b) - b;
  const [g1, g2] = [gamma(b1), gamma(b2)];
  return (t) => {
    const [r1, r2] = [Math.hypot(1 - t, b2), Math.hypot(t, b1)];
    return [g1 * r1 + g2 * r2, (g1 * (t - 1)) / r1 + (g2 * t) / r2];
  };
}

const SAMPLES: Readonly<Record<string, Sample>> = {
  'function 1': hump,
  'function 2': steepEnd,
  'function 3': { phi: oscillating(0.01, 39), sufficientDecrease: 1e-1, curvature: 1e-1, evaluations: [12, 12, 10, 13] },
  'function 4': { phi: twoSlopes(0.001, 0.001), sufficientDecrease: 1e-3, curvature: 1e-3, evaluations: [4, 1, 3, 4] },
  'function 5': { phi: twoSlopes(0.01, 0.001), sufficientDecrease: 1e-3, curvature: 1e-3, evaluations: [6, 3, 7, 8] },
  'function 6': { phi: twoSlopes(0.001, 0.01), sufficientDecrease: 1e-3, curvature: 1e-3, evaluations: [13, 11, 8, 11] },
};

function search({ phi, sufficientDecrease, curvature }: Omit<Sample, 'evaluations'>, firstStep: number, maxEvaluations = 30): { result: ReturnType<typeof strongWolfe<number>>; evaluations: number } {
  let evaluations = 0;
  const [value, slope] = phi(0);
  const trialAt = (step: number): Trial<number> => {
    evaluations++;
    const [v, s] = phi(step);
    return { step, value: v, slope: s, at: step };
  };
  const result = strongWolfe(trialAt, { value, slope }, { firstStep, maxEvaluations, sufficientDecrease, curvature });
  return { result, evaluations };
}

describe('strong Wolfe conditions hold at what is found', () => {
  for (const [name, sample] of Object.entries(SAMPLES)) {
    test.each([1e-3, 1e-1, 1e1, 1e3].map((firstStep, k) => [firstStep, sample.evaluations[k]!] as const))(`${name} from the first step %f`, (firstStep, most) => {
      const { result, evaluations } = search(sample, firstStep);
      expect(result.found).toBe(true);
      if (!result.found) return;
      const { step } = result.trial;
      const [[value0, slope0], [value, slope]] = [sample.phi(0), sample.phi(step)];
      expect(step).toBeGreaterThan(0);
      expect(value).toBeLessThanOrEqual(value0 + sample.sufficientDecrease * step * slope0);
      expect(Math.abs(slope)).toBeLessThanOrEqual(sample.curvature * Math.abs(slope0));
      expect(evaluations).toBeLessThanOrEqual(most);
    });
  }
});

test('a parabola is solved by the first interpolation', () => {
  const { result, evaluations } = search({ phi: (t) => [(t - 3) ** 2, 2 * (t - 3)], sufficientDecrease: 1e-4, curvature: 1e-6 }, 7);
  expect(result.found && result.trial.step).toBeCloseTo(3, 12);
  expect(evaluations).toBe(2);
});

test('a step into a region where the function is not finite is shortened', () => {
  // −log(1 − t) − 10 t: minimum at 0.9, not defined from 1 on.
  const { result } = search({ phi: (t) => [-Math.log(1 - t) - 10 * t, 1 / (1 - t) - 10], sufficientDecrease: 1e-4, curvature: 0.1 }, 50);
  expect(result.found && result.trial.step).toBeGreaterThan(0.5);
  expect(result.found && result.trial.step).toBeLessThan(1);
});

test.each([10, 1e3, 1e8])('a step that is lower but not low enough is interpolated, not only halved: from %f', (firstStep) => {
  // −log(1 + t) falls for ever, and everywhere beyond 4.05 by less than 0.4 t.
  const { result, evaluations } = search({ phi: (t) => [-Math.log1p(t), -1 / (1 + t)], sufficientDecrease: 0.4, curvature: 0.5 }, firstStep);
  expect(result.found).toBe(true);
  const halvings = Math.ceil(Math.log2(firstStep / 4.05));
  expect(evaluations).toBeLessThanOrEqual(1 + Math.ceil(halvings / 2));
});

test('a function without minimum fails with an infinite interval', () => {
  const { result, evaluations } = search({ phi: (t) => [-t, -1], sufficientDecrease: 1e-4, curvature: 0.9 }, 1, 12);
  expect(result).toMatchObject({ found: false, width: Infinity });
  expect(evaluations).toBe(12);
});

test('a wrong slope fails instead of looping', () => {
  const { result, evaluations } = search({ phi: (t) => [t, -1], sufficientDecrease: 1e-4, curvature: 0.9 }, 1, 25);
  expect(result.found).toBe(false);
  expect(evaluations).toBeLessThanOrEqual(25);
});

test('an interval in which less than the resolution can be gained is given up', () => {
  let evaluations = 0;
  const noise = (step: number): Trial<number> => {
    evaluations++;
    return { step, value: 1, slope: -1e-9, at: step };
  };
  const result = strongWolfe(noise, { value: 1, slope: -1e-9 }, { firstStep: 1, sufficientDecrease: 1e-4, curvature: 0.9, maxEvaluations: 100, resolution: 1e-10 });
  expect(result.found).toBe(false);
  expect(evaluations).toBeLessThan(10);
});

test('where values are rounding a step is judged by its slope', () => {
  // t²/2 − 10⁻⁹ t over 1 + 2⁻⁵²: what the value falls by is lost, and it is rounded up. The slope is 0 at 10⁻⁹.
  const trialAt = (step: number): Trial<number> => ({ step, value: 1 + 2 ** -52, slope: step - 1e-9, at: step });
  const searched = (resolution: number) => strongWolfe(trialAt, { value: 1, slope: -1e-9 }, { firstStep: 1.05e-9, sufficientDecrease: 1e-4, curvature: 0.1, maxEvaluations: 40, resolution });
  expect(searched(2 ** -50)).toMatchObject({ found: true, trial: { step: 1.05e-9 } });
  expect(searched(0).found).toBe(false);
});
