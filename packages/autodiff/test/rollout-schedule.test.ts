/** @file The schedule of a rollout against the least work that any schedule can need, found by dynamic programming. */
import { describe, expect, test } from 'vitest';
import { keptAtOnce, loopsWithin, repeatedSteps, repetitions, reversibleSteps, splitPoint, stepsOf, type Loop } from '../src/rollout-schedule.ts';

const STEPS = 120;
const SLOTS = 8;

/**
 * least[s][n]: the fewest steps computed again to reverse n steps from a known state with s free snapshots. With none, every step
 * is reached from the start; otherwise the next snapshot goes to the best of all places.
 */
const least: number[][] = [];
for (let s = 0; s <= SLOTS; s++) {
  least.push([0, 0]);
  for (let n = 2; n <= STEPS; n++) {
    let best = (n * (n - 1)) / 2;
    if (s > 0) for (let m = 1; m < n; m++) best = Math.min(best, m + least[s - 1]![n - m]! + least[s]![m]!);
    least[s]!.push(best);
  }
}

/** What the schedule costs: the same sum, with the snapshots where `splitPoint` puts them. */
function cost(steps: number, slots: number, repeats: number[], start = 0): number {
  if (steps === 1) return 0;
  if (slots === 0) {
    for (let k = 0; k < steps; k++) for (let j = 0; j < k; j++) repeats[start + j]!++;
    return (steps * (steps - 1)) / 2;
  }
  const middle = splitPoint(steps, slots);
  for (let j = 0; j < middle; j++) repeats[start + j]!++;
  return middle + cost(steps - middle, slots - 1, repeats, start + middle) + cost(middle, slots, repeats, start);
}

test('the least work is the binomial bound r n − C(s + r, r − 1) of the literature', () => {
  // For s snapshots with the initial state, and the smallest r with C(s + r, r) ≥ n.
  const choose = (n: number, k: number): number => Array.from({ length: Math.min(k, n - k) }).reduce<number>((product, _, j) => (product * (n - j)) / (j + 1), 1);
  for (let s = 1; s <= SLOTS + 1; s++) {
    for (let n = 2; n <= STEPS; n++) {
      let r = 0;
      while (choose(s + r, r) < n) r++;
      expect(least[s - 1]![n], `${n} steps, ${s} snapshots`).toBe(r * n - choose(s + r, r - 1));
    }
  }
});

test('the schedule needs no more, and repeats no step more often than it must', () => {
  for (let s = 1; s <= SLOTS; s++) {
    for (let n = 1; n <= STEPS; n++) {
      const repeats = new Array<number>(n).fill(0);
      expect(cost(n, s, repeats), `${n} steps, ${s} slots`).toBe(least[s]![n]);
      expect(Math.max(0, ...repeats)).toBe(repetitions(n, s));
    }
  }
});

describe('reversibleSteps and repetitions', () => {
  test('are inverse to each other', () => {
    for (let s = 0; s <= SLOTS; s++) {
      for (let r = 0; r <= 6; r++) {
        expect(repetitions(reversibleSteps(s, r), s)).toBe(r);
        expect(repetitions(reversibleSteps(s, r) + 1, s)).toBe(r + 1);
      }
    }
  });

  test('are binomial coefficients, exact where doubles are', () => {
    // Pascal's triangle.
    const pascal: bigint[][] = [[1n]];
    for (let n = 1; n <= 60; n++) pascal.push(Array.from({ length: n + 1 }, (_, k) => (pascal[n - 1]![k - 1] ?? 0n) + (pascal[n - 1]![k] ?? 0n)));
    for (let s = 0; s <= 30; s++) {
      for (let r = 0; s + 1 + r <= 60; r++) {
        const expected = pascal[s + 1 + r]![r]!;
        if (expected < 2n ** 48n) expect(BigInt(reversibleSteps(s, r))).toBe(expected);
      }
    }
  });
});

test('places stay inside the stretch, also for a million steps', () => {
  for (const steps of [2, 3, 10, 1000, 999_999, 1_000_000]) {
    for (const slots of [1, 2, 10, 100, 999, 1_000_000]) {
      const middle = splitPoint(steps, slots);
      expect(Number.isInteger(middle) && middle >= 1 && middle < steps, `${middle} of ${steps} with ${slots}`).toBe(true);
    }
  }
});

describe('nested loops', () => {
  /** Performs the reversal of loops on a list: which steps are taken back, how often each is computed, how many states are held at most. */
  function reversed(loops: readonly Loop[]): { order: number[]; computed: number[]; most: number } {
    const order: number[] = [];
    const computed: number[] = [];
    let [held, most] = [0, 0];
    const hold = (states: number): void => {
      held += states;
      most = Math.max(most, held);
    };
    const length = ({ trips, body }: Loop): number => trips * (body === undefined ? 1 : body.reduce((total, loop) => total + length(loop), 0));
    const compute = (from: number, to: number): void => {
      for (let step = from; step < to; step++) computed[step] = (computed[step] ?? 0) + 1;
    };
    const run = (own: readonly Loop[], start: number): void => {
      let at = start;
      const starts = own.map((loop) => (at += length(loop)) - length(loop));
      // Forwards through all of them, with a state kept at each trip and after the last.
      compute(start, at);
      own.forEach(({ trips }) => hold(trips + 1));
      for (let k = own.length - 1; k >= 0; k--) {
        const { trips, body } = own[k]!;
        const each = length(own[k]!) / trips;
        for (let trip = trips - 1; trip >= 0; trip--) {
          if (body === undefined) order.push(starts[k]! + trip);
          else run(body, starts[k]! + trip * each);
        }
        hold(-(trips + 1));
      }
    };
    run(loops, 0);
    return { order, computed, most };
  }

  test('take every step back once, from the last to the first, with the states and the repetitions that are said', () => {
    for (const steps of [1, 2, 3, 7, 16, 17, 64, 100, 243, 1000]) {
      for (const most of [1, 6, 9, 12, 20, 33, 70, 500, Infinity]) {
        const loops = loopsWithin(steps, most);
        const seen = reversed(loops);
        expect(stepsOf(loops)).toBe(steps);
        expect(seen.order).toEqual(Array.from({ length: steps }, (_, k) => steps - 1 - k));
        expect(seen.most).toBe(keptAtOnce(loops));
        expect(seen.computed.reduce((total, times) => total + times, 0)).toBe(steps + repeatedSteps(loops));
      }
    }
  });

  test('keep as few states as are wanted where that is possible, and are no deeper than necessary', () => {
    const levels = (loops: readonly Loop[]): number => Math.max(...loops.map(({ body }) => 1 + (body === undefined ? 0 : levels(body))));
    for (const steps of [10, 100, 1000]) {
      expect(levels(loopsWithin(steps, steps + 1))).toBe(1);
      // A square root of the steps in each of two levels, and one state more for each.
      const two = 2 * (Math.ceil(Math.sqrt(steps)) + 1);
      expect(levels(loopsWithin(steps, two))).toBe(2);
      expect(keptAtOnce(loopsWithin(steps, two))).toBeLessThanOrEqual(two);
      const fewest = keptAtOnce(loopsWithin(steps, 1));
      expect(keptAtOnce(loopsWithin(steps, fewest))).toBe(fewest);
      expect(fewest).toBeLessThanOrEqual(4 * Math.ceil(Math.log2(steps)));
    }
  });
});
