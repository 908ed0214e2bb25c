/** @file Random programs as lists of steps, performed by slow loops and by the library. */
import * as tf from '@tapeflow/tensor';
import type { FloatDType } from '@tapeflow/tensor';
import { Dice } from '../compile/random-programs.ts';
import { isTame, Pool, type AnyTensor, type Instruction, type Proposal } from './instruction.ts';
import { lineSteps } from './lines.ts';
import { loopSteps } from './loops.ts';
import { movingSteps } from './moves.ts';
import { pointwiseSteps } from './pointwise.ts';
import { count, made, type Slow } from './slow.ts';

/** Inputs, and what is done with them. */
export interface RandomProgram {
  readonly inputs: readonly Slow[];
  readonly steps: readonly Instruction[];
}

const FAMILIES: readonly (readonly Proposal[])[] = [pointwiseSteps, pointwiseSteps, movingSteps, movingSteps, lineSteps, lineSteps, loopSteps];

/** Odd sizes, a size of 1, now and then one of 0. */
function randomInput(dice: Dice, sizes: Readonly<Record<string, number>>): Slow {
  const names = Object.keys(sizes).filter(() => dice.next() < 0.5).sort(() => dice.next() - 0.5);
  return made(names, sizes, () => dice.next() * 3 - 1.5);
}

/** The program of a seed: up to `most` steps, none of whose results is huge. */
export function randomProgram(seed: number, most: number): RandomProgram {
  const dice = new Dice(seed);
  const sizes = { batch: dice.pick([2, 1]), y: dice.pick([3, 1, 2]), x: dice.pick([5, 4, 7]), ...(dice.below(10) === 0 ? { z: 0 } : { z: dice.pick([1, 2]) }) };
  const inputs = Array.from({ length: 1 + dice.below(3) }, () => randomInput(dice, sizes));
  const pool = new Pool(inputs, dice);
  const steps: Instruction[] = [];
  const length = 2 + dice.below(most - 1);
  for (let tries = 0; steps.length < length && tries < 10 * length; tries++) {
    const step = dice.pick(dice.pick(FAMILIES))(pool);
    if (step === undefined) continue;
    const result = step.slow(step.inputs.map((k) => pool.values[k]!), () => undefined);
    if (!isTame(result) || count(result) > 200) continue;
    steps.push(step);
    pool.values.push(result);
  }
  return { inputs, steps };
}

/** All values of a program in the slow world, and the decisions that were made. */
export function performSlowly({ steps }: RandomProgram, inputs: readonly Slow[]): { values: Slow[]; decisions: number[] } {
  const values = [...inputs];
  const decisions: number[] = [];
  for (const { inputs: numbers, slow } of steps) values.push(slow(numbers.map((k) => values[k]!), (decision) => decisions.push(decision)));
  return { values, decisions };
}

/** The same by the library. */
export function perform({ steps }: RandomProgram, inputs: readonly AnyTensor[]): AnyTensor[] {
  const values = [...inputs];
  for (const { inputs: numbers, fast } of steps) values.push(fast(numbers.map((k) => values[k]!)));
  return values;
}

/** A slow value as a tensor; behind strides that are no row-major ones, every other time. */
export function tensorOf(x: Slow, isView: boolean, dtype: FloatDType = 'f64'): AnyTensor {
  const t: AnyTensor = tf.tensor(x.sizes, [...x.values], { dtype });
  if (!isView) return t;
  // Written backwards, with gaps, and read so that it is the same.
  const [name] = x.names;
  if (name === undefined) return t;
  return tf.repeat(tf.flip(t, name), { [name]: 2 }).slice({ [name]: { step: -2 } });
}

/** Lines that tell a program. */
export function textOf({ inputs, steps }: RandomProgram): string {
  const lines = inputs.map((x, k) => `${k}: input ${JSON.stringify(x.sizes)}`);
  return [...lines, ...steps.map(({ text, inputs: numbers }, k) => `${inputs.length + k}: ${text} of ${numbers.join(', ')}`)].join('\n');
}
