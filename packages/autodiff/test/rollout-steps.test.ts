/** @file The steps of a rollout: where their inputs stand, running them, recording them, and what they take. */
import { describe, expect, test } from 'vitest';
import { rollout } from '../src/index.ts';
import { closeOver, type Program } from '../src/extend.ts';
import { bytesOfState, bytesOfTape, recordStep, Stretch, type RolloutParams } from '../src/rollout-steps.ts';
import { add, mul, sin, type Scalar } from '../src/scalar.ts';
import { bytesOn } from '../src/tape-entries.ts';

/** (k; x, v; c, d) → (x + c, v + k x d), with inputs k (captured), the state (x, v) and the control (c, d). */
const program: Program = closeOver('test', (k: Scalar, x: Scalar, v: Scalar, c: Scalar, d: Scalar) => [add(x, c), add(v, mul(mul(k, x), d))], [1, 1, 1, 1, 1]).program;
const params: RolloutParams = { program, captured: 1, state: 2, control: 2, steps: 3, members: 1 };
const inputs = [7, 10, 20, 1, 2, 3, 4, 5, 6];
const stretch = new Stretch(inputs, params);

test('inputs of a step: captured values, the state, and the controls of that step', () => {
  expect(stretch.initial).toEqual([10, 20]);
  expect(stretch.inputsAt([10, 20], 0)).toEqual([7, 10, 20, 1, 2]);
  expect(stretch.inputsAt([-1, -2], 2)).toEqual([7, -1, -2, 5, 6]);
  for (let step = 0; step < 3; step++) {
    const at = stretch.inputsAt([10, 20], step);
    at.forEach((value, k) => expect(inputs[stretch.position(k, step)]).toBe(value));
  }
});

test('advance runs steps', () => {
  const step = ([x, v]: readonly number[], [c, d]: readonly number[]): number[] => [x! + c!, v! + 7 * x! * d!];
  const states = [[10, 20]];
  for (const control of [[1, 2], [3, 4], [5, 6]]) states.push(step(states.at(-1)!, control));
  for (let from = 0; from <= 3; from++) for (let to = from; to <= 3; to++) expect(stretch.advance(states[from]!, from, to)).toEqual(states[to]);
});

describe('recordStep', () => {
  test('records what is needed; the state always after the first step', () => {
    const needs = (...positions: number[]): boolean[] => inputs.map((_, k) => positions.includes(k));
    expect(recordStep(stretch, [10, 20], 0, needs(0)).wanted).toEqual([0]);
    expect(recordStep(stretch, [10, 20], 1, needs(0)).wanted).toEqual([0, 1, 2]);
    expect(recordStep(stretch, [10, 20], 0, needs(1, 4)).wanted).toEqual([1, 4]);
    // The second control belongs to another step.
    expect(recordStep(stretch, [10, 20], 1, needs(4)).wanted).toEqual([1, 2]);
    expect(recordStep(stretch, [10, 20], 1, needs(6)).wanted).toEqual([1, 2, 4]);
  });

  test('pulls back', () => {
    const { recording, wanted } = recordStep(stretch, [10, 20], 1, inputs.map(() => true));
    expect(wanted).toEqual([0, 1, 2, 3, 4]);
    expect(recording.ys).toEqual([13, 20 + 7 * 10 * 4]);
    expect(recording.pull([1, 100])).toEqual([100 * 10 * 4, 1 + 100 * 7 * 4, 100, 1, 100 * 7 * 10]);
  });
});

describe('bytes', () => {
  test('of a state and of the tape of a step, for one member', () => {
    expect(bytesOfState(params)).toBe(16);
    expect(bytesOfTape(stretch, [])).toBe(4 * 8);
    expect(bytesOfState({ ...params, members: 2 })).toBe(8);
    expect(bytesOfTape(new Stretch(inputs, { ...params, members: 4 }), [])).toBe(8);
  });

  test('of the tape are those of a recorded step', () => {
    expect(bytesOn(recordStep(stretch, [10, 20], 0, inputs.map(() => true)).recording.level)).toBe(bytesOfTape(stretch, []));
    const nested = closeOver('test', (x: Scalar) => sin(rollout((s: Scalar) => sin(s), x, 10)), [1]).program;
    const within = new Stretch([1], { program: nested, captured: 0, state: 1, control: 0, steps: 5, members: 1 });
    // Ten steps inside, the result of the inner rollout, and the sine of it.
    expect(bytesOfTape(within, [true])).toBe(8 * 12);
  });
});
