/** @file Where a function along a line should be tried next, from its values and slopes at two or three steps. */

/** A function along a line at one step. */
export interface Sample {
  readonly step: number;
  readonly value: number;
  /** Derivative along the line. */
  readonly slope: number;
}

/** Of an interval whose far end has a slope of the same sign, at most this share is skipped at once. */
const LONGEST_SKIP = 0.66;

/**
 * The next step inside the interval between `low`, the best so far, and `high`, of which `trial` is the newest point.
 *
 * Cubics converge fastest but follow a far end badly; quadratics and secants are careful. Of both the one that stays nearer to `low` is
 * taken while the function rises, and the one that crosses the minimum when it does not, so that the interval closes from both sides.
 * May give a step outside of the interval, or NaN where the samples have no minimum: then halve.
 *
 * Source    [MoreThuente1994, section 4]
 */
export function stepInside(low: Sample, high: Sample, trial: Sample): number {
  const cubic = cubicMinimum(low, trial);
  if (trial.value > low.value) {
    const quadratic = quadraticMinimum(low, trial);
    return nearer(low.step, cubic, quadratic) === cubic ? cubic : (cubic + quadratic) / 2;
  }
  const secant = secantRoot(low, trial);
  if (trial.slope * low.slope < 0) return nearer(trial.step, cubic, secant) === cubic ? secant : cubic;
  if (Math.abs(trial.slope) <= Math.abs(low.slope)) {
    const goesOn = (cubic - trial.step) * (trial.step - low.step) > 0;
    const guess = goesOn ? nearer(trial.step, cubic, secant) : secant;
    const limit = trial.step + LONGEST_SKIP * (high.step - trial.step);
    return trial.step > low.step ? Math.min(guess, limit) : Math.max(guess, limit);
  }
  return cubicMinimum(trial, high);
}

/** The next step beyond `trial` while the function still falls: where it seems to turn. Infinity where that cannot be seen. */
export function stepBeyond(before: Sample, trial: Sample): number {
  if (Math.abs(trial.slope) > Math.abs(before.slope)) return Infinity;
  const cubic = cubicMinimum(before, trial);
  return cubic > trial.step ? Math.max(cubic, secantRoot(before, trial)) : Infinity;
}

/** Minimum of the cubic with the values and slopes of two samples; NaN where it has none. */
export function cubicMinimum(a: Sample, b: Sample): number {
  const width = b.step - a.step;
  const d1 = a.slope + b.slope - (3 * (b.value - a.value)) / width;
  const d2 = Math.sign(width) * Math.sqrt(d1 * d1 - a.slope * b.slope);
  return b.step - (width * (b.slope + d2 - d1)) / (b.slope - a.slope + 2 * d2);
}

/** Minimum of the parabola with both values and the slope at `a`. */
function quadraticMinimum(a: Sample, b: Sample): number {
  const width = b.step - a.step;
  return a.step - (width * a.slope) / (2 * ((b.value - a.value) / width - a.slope));
}

/** Minimum of the parabola with both slopes. */
function secantRoot(a: Sample, b: Sample): number {
  return b.step - ((b.step - a.step) * b.slope) / (b.slope - a.slope);
}

function nearer(to: number, a: number, b: number): number {
  return Math.abs(a - to) < Math.abs(b - to) ? a : b;
}
