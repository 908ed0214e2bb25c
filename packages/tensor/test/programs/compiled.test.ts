/**
 * @file Random programs, compiled, against slow loops in double precision: values and derivatives in f64; in f32 the error of a program is at
 * most twice that of the same operations one by one, beside what rounding does to such a program anyway.
 */
import { describe, expect, test } from 'vitest';
import { valueAndGrad } from '@tapeflow/autodiff';
import { add, jit, mul, precision, scalar, sum, type Scalar } from '@tapeflow/tensor';
import { Dice } from '../compile/random-programs.ts';
import { Progress, tallied } from '../compile/progress.ts';
import { expectErrorLaw, largestDifference, ROUNDOFF } from '../error-law.ts';
import { asScalar, type AnyTensor } from './instruction.ts';
import { perform, performSlowly, randomProgram, tensorOf, textOf, type RandomProgram } from './program.ts';
import { at, indicesOver, largest, made, type Slow } from './slow.ts';

const SEED = Number(process.env['TAPEFLOW_SEED'] ?? 20267);
const PROGRAMS = Number(process.env['TAPEFLOW_PROGRAMS'] ?? 500);
const MOST_STEPS = 20;
const DOUBLE_ROUNDOFF = 2 ** -53;
/** Roundings of one step: a transform of n numbers has log₂ 2n, a power spectrum three more. */
const STEP_ROUNDINGS = 5;
/** Runs with random rounding, from which follows what rounding may do to a program. */
const ROUNDINGS = 4;

/** Largest difference of a tensor from slow values. */
function errorOf(seen: AnyTensor, expected: Slow, label: () => string): number {
  if (JSON.stringify(Object.entries(seen.sizes).sort()) !== JSON.stringify(Object.entries(expected.sizes).sort())) expect(seen.sizes, label()).toEqual(expected.sizes);
  return largestDifference(seen.data, indicesOver(seen.dims.map(({ name }) => name), expected.sizes).map((index) => at(expected, index)));
}

/** What a step does, without the names and numbers that it does it to. */
const kindOf = (text: string): string => text.replace(/^-?[\d.]+ − x.*/, 'number minus it').replace(/ (?:[p-tx-z]|batch)\b.*|,? -?\d.*|,? (?:over|along|into|at|from) .*/, '');

/** Numbers of the values that a program returns: few, so that what is between them is computed together. */
function resultsOf({ inputs, steps }: RandomProgram, dice: Dice): number[] {
  const last = inputs.length + steps.length - 1;
  return [...new Set([last, last - 1, inputs.length + dice.below(Math.max(1, steps.length))])].filter((k) => k >= 0 && k <= last);
}

const compiled = (program: RandomProgram, results: readonly number[]): ((...xs: AnyTensor[]) => AnyTensor[]) =>
  jit((...xs: AnyTensor[]) => {
    const values = perform(program, xs);
    return results.map((k) => values[k]!);
  });

/** What results may differ by when every operation rounds at random; undefined where that changes a decision. */
function roundingOf(program: RandomProgram, results: readonly number[], exact: readonly Slow[], decisions: readonly number[], dice: Dice, roundoff: number): number[] | undefined {
  const most = results.map(() => 0);
  for (let run = 0; run < ROUNDINGS; run++) {
    // Relative to the largest number: sums round as much as their terms are large. What is moved, or is exactly 0, does not round.
    const rounded = (result: Slow, xs: readonly Slow[]): Slow => {
      const given = new Set(xs.flatMap((x) => [...x.values]));
      const size = Math.max(largest(result), ...xs.map(largest));
      return { ...result, values: result.values.map((value) => (value === 0 || given.has(value) ? value : value + STEP_ROUNDINGS * roundoff * size * (2 * dice.next() - 1))) };
    };
    const noisy: RandomProgram = {
      inputs: program.inputs,
      steps: program.steps.map((step) => ({
        ...step,
        slow: (xs, note) => rounded(step.slow(xs, note), xs),
      })),
    };
    const { values, decisions: own } = performSlowly(noisy, program.inputs);
    if (own.length !== decisions.length || own.some((decision, k) => decision !== decisions[k])) return undefined;
    results.forEach((k, j) => {
      most[j] = Math.max(most[j]!, ...values[k]!.values.map((value, i) => Math.abs(value - exact[k]!.values[i]!)));
    });
  }
  return most;
}

describe(`compiled random programs of up to ${MOST_STEPS} operations, seed ${SEED}`, () => {
  test(`${PROGRAMS} programs, in f32 and f64`, { timeout: Math.max(120_000, 300 * PROGRAMS) }, () => {
    const progress = new Progress('compiled against slow loops', PROGRAMS);
    const operations = new Map<string, number>();
    let [single, double, skipped] = [0, 0, 0];
    let worst = 0;
    for (let n = 0; n < PROGRAMS; n++) {
      const seed = SEED + 7919 * n;
      const drawn = randomProgram(seed, MOST_STEPS);
      const isSingle = n % 2 === 0;
      const program: RandomProgram = isSingle ? { ...drawn, inputs: drawn.inputs.map((x) => ({ ...x, values: x.values.map(Math.fround) })) } : drawn;
      const label = (): string => `program ${n} (seed ${seed}), ${isSingle ? 'f32' : 'f64'}:\n${textOf(program)}`;
      for (const { text } of program.steps) tallied(operations, kindOf(text));
      const { values, decisions } = performSlowly(program, program.inputs);
      const dice = new Dice(seed + 1);
      const results = resultsOf(program, dice);
      const floor = isSingle ? roundingOf(program, results, values, decisions, dice, ROUNDOFF) : roundingOf(program, results, values, decisions, new Dice(seed + 2), DOUBLE_ROUNDOFF);
      if (floor === undefined) skipped++;
      else {
        precision(isSingle ? 32 : 64, () => {
          const inputs = program.inputs.map((x) => tensorOf(x, dice.next() < 0.5, isSingle ? 'f32' : 'f64'));
          const seen = compiled(program, results)(...inputs);
          if (isSingle) {
            const eager = perform(program, inputs);
            results.forEach((k, j) => {
              const [own, error] = [eager[k]!, seen[j]!].map((result) => errorOf(result, values[k]!, label));
              const errors = { compiled: error!, eager: own!, floor: floor[j]! + ROUNDOFF * Math.max(1, largest(values[k]!)) };
              worst = Math.max(worst, expectErrorLaw(errors, () => `result ${k} of ${label()}`));
            });
            single++;
          } else {
            results.forEach((k, j) => expect(errorOf(seen[j]!, values[k]!, label), `result ${k}, ${label()}`).toBeLessThanOrEqual(1e-11 * Math.max(1, largest(values[k]!))));
            double++;
            if (n % 6 === 1) expectSameGradient(program, results, inputs, values, dice, label);
          }
        });
      }
      progress.step();
    }
    console.log(`compiled random programs: seed ${SEED}, ${single} in f32 (largest error ${worst.toFixed(2)} of the bound), ${double} in f64, ${skipped} with a decision within rounding; ${operations.size} kinds of operations`);
    progress.tell(operations);
    if (PROGRAMS >= 500) {
      expect(skipped / PROGRAMS).toBeLessThan(0.1);
      expect(operations.size).toBeGreaterThan(60);
    }
  });
});

/** The compiled gradient of a weighted sum of the results is the eager one, whose derivatives are tested beside. */
function expectSameGradient(program: RandomProgram, results: readonly number[], inputs: readonly AnyTensor[], values: readonly Slow[], dice: Dice, label: () => string): void {
  const weights = results.map((k) => tensorOf(made(values[k]!.names, values[k]!.sizes, () => dice.next() * 2 - 1), false));
  const loss = (xs: AnyTensor[]): Scalar => {
    const all = perform(program, xs);
    return results.reduce<Scalar>((total, k, j) => add(total, asScalar(sum(mul(all[k]!, weights[j]!), values[k]!.names as never))), scalar(0));
  };
  const { value, gradient: bars } = valueAndGrad(loss)([...inputs]);
  const { value: seen, gradient: seenBars } = jit(valueAndGrad(loss))([...inputs]);
  const scale = Math.max(1, Math.abs(value.item()), ...bars.flatMap((bar) => [...bar.data].map(Math.abs)));
  if (!(Math.abs(seen.item() - value.item()) <= 1e-11 * scale)) expect.fail(`value ${seen.item()} instead of ${value.item()}\n${label()}`);
  bars.forEach((bar, k) => {
    expect(seenBars[k]!.sizes, label()).toEqual(bar.sizes);
    const own = seenBars[k]!.data;
    bar.data.forEach((slope, i) => {
      if (!(Math.abs(own[i]! - slope) <= 1e-10 * scale)) expect.fail(`slope ${i} of input ${k} is ${own[i]} instead of ${slope}\n${label()}`);
    });
  });
}
