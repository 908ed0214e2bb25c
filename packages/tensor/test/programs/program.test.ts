/** @file Random programs give what slow loops give, and their derivatives are those of differences of the slow loops. */
import { describe, expect, test } from 'vitest';
import { jvp, vjp } from '@tapeflow/autodiff';
import { add, mul, precision, scalar, sum, type Scalar } from '@tapeflow/tensor';
import { Dice } from '../compile/random-programs.ts';
import { asScalar, type AnyTensor } from './instruction.ts';
import { perform, performSlowly, randomProgram, tensorOf, textOf, type RandomProgram } from './program.ts';
import { at, count, indicesOver, largest, made, type Slow } from './slow.ts';

const SEED = Number(process.env['TAPEFLOW_SEED'] ?? 20266);
const PROGRAMS = Number(process.env['TAPEFLOW_PROGRAMS'] ?? 500);
const MOST_STEPS = 20;
/** Differences of the fourth order over this step: truncation and rounding are about alike. */
const STEP = 1e-3;

function expectSame(seen: AnyTensor, expected: Slow, label: () => string): void {
  if (JSON.stringify(Object.entries(seen.sizes).sort()) !== JSON.stringify(Object.entries(expected.sizes).sort())) expect(seen.sizes, label()).toEqual(expected.sizes);
  const data = seen.data;
  const limit = 1e-11 * Math.max(1, largest(expected));
  indicesOver(seen.dims.map(({ name }) => name), expected.sizes).forEach((index, k) => {
    if (!(Math.abs(data[k]! - at(expected, index)) <= limit)) expect.fail(`${data[k]} instead of ${at(expected, index)} at ${JSON.stringify(index)}\n${label()}`);
  });
}

/** Σ of the last values times weights, which makes a scalar of a program. */
interface Question {
  readonly program: RandomProgram;
  readonly weights: readonly { readonly k: number; readonly w: Slow }[];
}

function ask(program: RandomProgram, values: readonly Slow[], dice: Dice): Question {
  const last = [values.length - 1, values.length - 2, program.inputs.length + dice.below(program.steps.length)];
  return { program, weights: [...new Set(last)].filter((k) => k >= 0).map((k) => ({ k, w: made(values[k]!.names, values[k]!.sizes, () => dice.next() * 2 - 1) })) };
}

const slowAnswer = ({ weights }: Question, values: readonly Slow[]): number => weights.reduce((sumOfAll, { k, w }) => sumOfAll + w.values.reduce((own, weight, i) => own + weight * values[k]!.values[i]!, 0), 0);

function fastAnswer({ program, weights }: Question, inputs: readonly AnyTensor[]): Scalar {
  const values = perform(program, inputs);
  return weights.reduce<Scalar>((all, { k, w }) => add(all, asScalar(sum(mul(values[k]!, tensorOf(w, false)), w.names as never))), scalar(0));
}

const moved = (x: Slow, direction: Slow, h: number): Slow => ({ ...x, values: x.values.map((value, i) => value + h * direction.values[i]!) });

/** The slope in a direction by differences; undefined where a decision changes on the way. */
function slopeByDifferences(question: Question, directions: readonly Slow[], decisions: readonly number[]): number | undefined {
  const answers = [-2, -1, 1, 2].map((n) => {
    const { values, decisions: own } = performSlowly(question.program, question.program.inputs.map((x, k) => moved(x, directions[k]!, n * STEP)));
    return own.length === decisions.length && own.every((decision, k) => decision === decisions[k]) ? slowAnswer(question, values) : undefined;
  });
  if (answers.includes(undefined)) return undefined;
  const [a, b, c, d] = answers as [number, number, number, number];
  return (8 * (c - b) - (d - a)) / (12 * STEP);
}

describe(`random programs of up to ${MOST_STEPS} operations, seed ${SEED}`, () => {
  test(`${PROGRAMS} programs: values, forward and reverse derivatives`, { timeout: 600_000 }, () => precision(64, () => {
    const kinds = new Map<string, number>();
    let [compared, changed, steps] = [0, 0, 0];
    for (let n = 0; n < PROGRAMS; n++) {
      const seed = SEED + 7919 * n;
      const program = randomProgram(seed, MOST_STEPS);
      const label = (): string => `program ${n} (seed ${seed}):\n${textOf(program)}`;
      for (const { text } of program.steps) kinds.set(text.split(/[ ,=]/)[0]!, (kinds.get(text.split(/[ ,=]/)[0]!) ?? 0) + 1);
      steps += program.steps.length;
      const { values, decisions } = performSlowly(program, program.inputs);
      const dice = new Dice(seed + 1);
      const inputs = program.inputs.map((x) => tensorOf(x, dice.next() < 0.5));
      perform(program, inputs).forEach((seen, k) => expectSame(seen, values[k]!, () => `value ${k}, ${label()}`));
      if (program.steps.length === 0) continue;

      const question = ask(program, values, dice);
      const directions = program.inputs.map((x) => made(x.names, x.sizes, () => dice.next() * 2 - 1));
      const tangents = directions.map((direction) => tensorOf(direction, false));
      const f = (xs: AnyTensor[]): Scalar => fastAnswer(question, xs);
      const { value, tangent } = jvp(f, inputs, tangents);
      const pulled = vjp(f, inputs).pullback(scalar(1)) as readonly AnyTensor[];
      const scale = question.weights.reduce((most, { k, w }) => most + largest(values[k]!) * count(w), 1);
      expect(Math.abs(value.item() - slowAnswer(question, values)), label()).toBeLessThan(1e-10 * scale);
      const forward = tangent.item();
      const reverse = pulled.reduce((all, xBar, k) => all + asScalar(sum(mul(xBar, tangents[k]!), program.inputs[k]!.names as never)).item(), 0);
      const slope = slopeByDifferences(question, directions, decisions);
      const size = Math.max(1, Math.abs(forward), scale);
      if (!(Math.abs(forward - reverse) <= 1e-10 * size)) expect.fail(`forward ${forward}, reverse ${reverse}\n${label()}`);
      if (slope === undefined) changed++;
      else {
        compared++;
        if (!(Math.abs(forward - slope) <= 1e-6 * size)) expect.fail(`derivative ${forward}, differences ${slope}\n${label()}`);
      }
    }
    console.log(`random programs: seed ${SEED}, ${PROGRAMS} programs, ${(steps / PROGRAMS).toFixed(1)} operations each; ${compared} compared with differences, ${changed} with a decision too near`);
    if (PROGRAMS >= 500) {
      expect(steps / PROGRAMS).toBeGreaterThan(6);
      expect(compared / PROGRAMS).toBeGreaterThan(0.75);
      expect(kinds.size).toBeGreaterThan(60);
    }
  }));
});
