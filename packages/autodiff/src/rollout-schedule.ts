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
