/** @file Line search for the strong Wolfe conditions: bracket an interval that must hold a good step, then shrink it. */
import { stepBeyond, stepInside, type Sample } from './interpolation.ts';

/** A function along a line at one step length. `at` is whatever the caller wants back with it. */
export interface Trial<At> extends Sample {
  readonly at: At;
}

/** What a step must fulfil, and how long it is searched for. */
export interface LineSearchOptions {
  /** Step tried first. */
  readonly firstStep: number;
  /** c₁: the value must fall by this share of what the first slope promises. */
  readonly sufficientDecrease: number;
  /** c₂: the slope must fall to this share of the first slope. */
  readonly curvature: number;
  readonly maxEvaluations: number;
  /** Changes of the value below this are rounding. Default 0. */
  readonly resolution?: number;
}

/** The accepted step, or the last interval that was searched in vain. */
export type LineSearchResult<At> =
  | { readonly found: true; readonly trial: Trial<At> }
  | { readonly found: false; readonly trials: readonly Trial<At>[]; readonly width: number };

/** While the function falls, a trial is at least and at most this many times as far from the last as that was from the one before. */
const EXPANSION = [1.1, 4] as const;
/** An interval that two trials have not shrunk to this share is halved. */
const SHRINKAGE = 0.66;

/**
 * Finds a step t > 0 with φ(t) ≤ φ(0) + c₁ t φ′(0) and |φ′(t)| ≤ c₂ |φ′(0)|. `start` is φ at 0, with φ′(0) < 0.
 *
 * Where the first condition drowns in rounding, |φ(t) − φ(0)| ≤ resolution, it is judged by slopes, φ′(t) ≤ (2 c₁ − 1) φ′(0), which says
 * the same of a parabola: slopes have correct digits long after values have none.
 *
 * Trials whose value or slope is not finite count as too long. Fails when `maxEvaluations` trials were not enough or the interval has
 * shrunk to nothing: rounding hides the descent, the slope is wrong, or the function falls for ever.
 *
 * Source    algorithms 3.5 and 3.6 of [NocedalWright2006], trial steps of [MoreThuente1994], conditions near rounding of [HagerZhang2005]
 */
export function strongWolfe<At>(phi: (step: number) => Trial<At>, start: Pick<Sample, 'value' | 'slope'>, options: LineSearchOptions): LineSearchResult<At> {
  const { firstStep, sufficientDecrease, curvature, maxEvaluations, resolution = 0 } = options;
  const tilt = sufficientDecrease * start.slope;
  const trials: Trial<At>[] = [];

  const isHigh = ({ step, value }: Sample): boolean => !(value <= start.value + tilt * step);
  const isFlat = ({ slope }: Sample): boolean => Math.abs(slope) <= -curvature * start.slope;
  const fallsBySlope = ({ value, slope }: Sample): boolean => Math.abs(value - start.value) <= resolution && slope <= 2 * tilt - start.slope;
  /** The sample less the line of sufficient decrease: too little a fall is a rise of it. */
  const tilted = ({ step, value, slope }: Sample): Sample => ({ step, value: value - tilt * step, slope: slope - tilt });

  /** The best sample so far that is not high, and the end towards which the function first falls from there. */
  let low: Sample = { step: 0, ...start };
  let high: Sample | undefined;
  let [width, widthBefore] = [Infinity, Infinity];
  let step = firstStep;
  while (trials.length < maxEvaluations) {
    const trial = phi(step);
    trials.push(trial);
    if (isFlat(trial) && (!isHigh(trial) || fallsBySlope(trial))) return { found: true, trial };

    const before = low;
    const rises = !isFiniteSample(trial) || isHigh(trial) || trial.value >= low.value;
    // A fall that is too small has its minimum far away; less the line of sufficient decrease it is a rise, with a minimum nearby.
    const view = isHigh(trial) && trial.value <= low.value ? tilted : (sample: Sample): Sample => sample;
    const guess = stepInside(view(low), view(high ?? trial), view(trial));
    if (rises) high = trial;
    else {
      if (trial.slope * (trial.step - low.step) >= 0) high = low;
      low = trial;
    }
    if (high === undefined) {
      step = expanded(before, trial);
      continue;
    }
    const widthNow = Math.abs(high.step - low.step);
    const middle = (low.step + high.step) / 2;
    if (middle === low.step || middle === high.step || -start.slope * widthNow <= resolution) return { found: false, trials, width: widthNow };
    // A guess from values that are not finite is NaN, which lies nowhere.
    const halve = widthNow > SHRINKAGE * widthBefore || !isBetween(low.step, guess, high.step);
    step = halve ? middle : guess;
    [width, widthBefore] = [widthNow, width];
  }
  return { found: false, trials, width: high === undefined ? Infinity : Math.abs(high.step - low.step) };
}

/** Whether the function and its slope are numbers there. */
export function isFiniteSample({ value, slope }: Pick<Sample, 'value' | 'slope'>): boolean {
  return Number.isFinite(value) && Number.isFinite(slope);
}

function expanded(before: Sample, trial: Sample): number {
  const moved = trial.step - before.step;
  const [least, most] = EXPANSION;
  return Math.min(Math.max(stepBeyond(before, trial), trial.step + least * moved), trial.step + most * moved);
}

/** False for NaN. */
function isBetween(a: number, x: number, b: number): boolean {
  return Math.min(a, b) < x && x < Math.max(a, b);
}
