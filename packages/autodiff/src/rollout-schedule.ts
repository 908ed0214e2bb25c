/** @file Which states of a long rollout to keep: the binomial schedule of [Griewank2000] ("revolve"). */

/** How many steps can be reversed with `slots` free snapshots (besides the start) when no step is repeated more than `repeats` times. */
export function reversibleSteps(slots: number, repeats: number): number {
  // C(slots + 1 + repeats, repeats), built as a product that stays an integer.
  let result = 1;
  for (let k = 1; k <= repeats; k++) result = (result * (slots + 1 + k)) / k;
  return Math.round(result);
}

/** The smallest number of repetitions with which `steps` steps can be reversed. */
export function repetitions(steps: number, slots: number): number {
  let repeats = 0;
  // reversibleSteps(slots, repeats), from one to the next.
  for (let reversible = 1; reversible < steps; repeats++) reversible = (reversible * (slots + 2 + repeats)) / (repeats + 1);
  return repeats;
}

/** Where to put the next snapshot: the number of steps after the start of a stretch of `steps`, with `slots` (≥ 1) free. */
export function splitPoint(steps: number, slots: number): number {
  const repeats = repetitions(steps, slots);
  const left = Math.max(steps - reversibleSteps(slots - 1, repeats), repeats >= 2 ? reversibleSteps(slots, repeats - 2) : 1);
  return Math.min(Math.max(left, 1), steps - 1);
}

/** Trips in a row, each of which is a step or, with a body, loops by itself. */
export interface Loop {
  readonly trips: number;
  readonly body?: readonly Loop[];
}

/** Loops, one after the other, that make `steps` steps and lie `levels` deep: as many trips in each level, nearly. */
function nested(steps: number, levels: number): readonly Loop[] {
  if (levels === 1) return [{ trips: steps }];
  // A power that should be whole may come out a little larger.
  const inner = Math.min(steps, Math.ceil(steps ** ((levels - 1) / levels) - 1e-9));
  const rest = steps % inner;
  return [{ trips: Math.floor(steps / inner), body: nested(inner, levels - 1) }, ...(rest === 0 ? [] : nested(rest, levels - 1))];
}

/** How many states are kept at once while loops are reversed: those at which trips begin, and the one after the last, of all loops not yet reversed. */
export function keptAtOnce(loops: readonly Loop[]): number {
  let [before, most] = [0, 0];
  for (const { trips, body } of loops) {
    before += trips + 1;
    most = Math.max(most, before + (body === undefined ? 0 : keptAtOnce(body)));
  }
  return most;
}

/** Steps that are computed again because inner loops run again. */
export function repeatedSteps(loops: readonly Loop[]): number {
  return loops.reduce((total, { trips, body }) => total + (body === undefined ? 0 : trips * (stepsOf(body) + repeatedSteps(body))), 0);
}

/** Steps that loops make. */
export function stepsOf(loops: readonly Loop[]): number {
  return loops.reduce((total, { trips, body }) => total + trips * (body === undefined ? 1 : stepsOf(body)), 0);
}

/**
 * The flattest loops for `steps` steps that keep up to `most` states at once: each level deeper computes all steps once more.
 * Where none keep so few, those that keep fewest.
 */
export function loopsWithin(steps: number, most: number): readonly Loop[] {
  let fewest = nested(steps, 1);
  for (let levels = 1; 2 ** (levels - 1) < steps || levels === 1; levels++) {
    const loops = nested(steps, levels);
    if (keptAtOnce(loops) <= most) return loops;
    if (keptAtOnce(loops) < keptAtOnce(fewest)) fewest = loops;
  }
  return fewest;
}
