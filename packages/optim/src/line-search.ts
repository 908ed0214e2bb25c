/**
 * @file Line search for the strong Wolfe conditions: bracket an interval that must hold a good step, then shrink it.
 * Source: algorithms 3.5 and 3.6 of [NocedalWright2006], with cubic interpolation and the safeguards of [MoreThuente1994].
 */

/** A function along a line at one step length. `at` is whatever the caller wants back with it. */
export interface Trial<At> {
  readonly step: number;
  readonly value: number;
  /** Derivative along the line. */
  readonly slope: number;
  readonly at: At;
}

export interface LineSearchOptions {
  /** Step tried first. */
  readonly firstStep: number;
  /** c₁: the value must fall by this share of what the first slope promises. */
  readonly sufficientDecrease: number;
  /** c₂: the slope must fall to this share of the first slope. */
  readonly curvature: number;
  readonly maxEvaluations: number;
  /** Changes of the value below this are rounding: an interval in which no more can be gained is given up. Default 0. */
  readonly resolution?: number;
}

/** The accepted step, or the last interval that was searched in vain. */
export type LineSearchResult<At> =
  | { readonly found: true; readonly trial: Trial<At> }
  | { readonly found: false; readonly trials: readonly Trial<At>[]; readonly width: number };

/** A trial may be at most this many times as far from the last as that was from the one before. */
const EXPANSION = 4;
/** A trial inside an interval keeps this share of the width away from its ends. */
const MARGIN = 0.1;
/** An interval that the last trial has not shrunk to this share is halved. */
const SHRINKAGE = 0.66;

/**
 * Finds a step t > 0 with φ(t) ≤ φ(0) + c₁ t φ′(0) and |φ′(t)| ≤ c₂ |φ′(0)|.
 *
 * `start` is φ at 0, with φ′(0) < 0. Trials whose value or slope is not finite count as too long. Fails when `maxEvaluations` trials
 * were not enough or the interval has shrunk to nothing: rounding hides the descent, the slope is wrong, or the function falls for ever.
 */
export function strongWolfe<At>(phi: (step: number) => Trial<At>, start: Pick<Trial<At>, 'value' | 'slope'>, options: LineSearchOptions): LineSearchResult<At> {
  const { firstStep, sufficientDecrease, curvature, maxEvaluations, resolution = 0 } = options;
  const trials: Trial<At>[] = [];
  const evaluate = (step: number): Trial<At> => {
    const trial = phi(step);
    trials.push(trial);
    return trial;
  };
  const isHigh = ({ step, value }: Trial<At>): boolean => !(value <= start.value + sufficientDecrease * step * start.slope);
  const isFlat = ({ slope }: Trial<At>): boolean => Math.abs(slope) <= -curvature * start.slope;

  /** Shrinks the interval between `low`, the best trial so far, and `high`, towards which the function first falls. */
  function zoom(low: Ends, high: Ends): LineSearchResult<At> {
    let width = Math.abs(high.step - low.step);
    let widthBefore = 2 * width;
    while (trials.length < maxEvaluations && canSplit(low.step, high.step) && -start.slope * width > resolution) {
      const halve = width > SHRINKAGE * widthBefore || !isFiniteTrial(high);
      const trial = evaluate(halve ? (low.step + high.step) / 2 : insideOf(low.step, high.step, cubicMinimum(low, high)));
      if (!isFiniteTrial(trial) || isHigh(trial) || trial.value >= low.value) high = trial;
      else {
        if (isFlat(trial)) return { found: true, trial };
        if (trial.slope * (high.step - low.step) >= 0) high = low;
        low = trial;
      }
      [widthBefore, width] = [width, Math.abs(high.step - low.step)];
    }
    return { found: false, trials, width };
  }

  let before: Ends = { step: 0, ...start };
  let step = firstStep;
  while (trials.length < maxEvaluations) {
    const trial = evaluate(step);
    if (!isFiniteTrial(trial) || isHigh(trial) || (trials.length > 1 && trial.value >= before.value)) return zoom(before, trial);
    if (isFlat(trial)) return { found: true, trial };
    if (trial.slope >= 0) return zoom(trial, before);
    step = beyond(before, trial);
    before = trial;
  }
  return { found: false, trials, width: Infinity };
}

type Ends = Pick<Trial<unknown>, 'step' | 'value' | 'slope'>;

export function isFiniteTrial({ value, slope }: Pick<Trial<unknown>, 'value' | 'slope'>): boolean {
  return Number.isFinite(value) && Number.isFinite(slope);
}

/** The next step while the function still falls: where the cubic through the last two would turn, within limits. */
function beyond(before: Ends, last: Ends): number {
  const moved = last.step - before.step;
  const [shortest, longest] = [last.step + MARGIN * moved, last.step + EXPANSION * moved];
  const guess = cubicMinimum(before, last);
  return guess > last.step ? Math.min(Math.max(guess, shortest), longest) : longest;
}

/** A guess moved away from the ends of its interval; the middle where there is no guess. */
function insideOf(a: number, b: number, guess: number): number {
  const margin = MARGIN * Math.abs(b - a);
  const [low, high] = [Math.min(a, b) + margin, Math.max(a, b) - margin];
  return Number.isNaN(guess) ? (a + b) / 2 : Math.min(Math.max(guess, low), high);
}

function canSplit(a: number, b: number): boolean {
  const middle = (a + b) / 2;
  return middle !== a && middle !== b;
}

/** Minimum of the cubic with the values and slopes of two trials (equation 3.59 of the source); NaN where it has none. */
export function cubicMinimum(a: Ends, b: Ends): number {
  const d1 = a.slope + b.slope - (3 * (a.value - b.value)) / (a.step - b.step);
  const d2 = Math.sign(b.step - a.step) * Math.sqrt(d1 * d1 - a.slope * b.slope);
  return b.step - ((b.step - a.step) * (b.slope + d2 - d1)) / (b.slope - a.slope + 2 * d2);
}
