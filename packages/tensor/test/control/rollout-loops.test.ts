/** @file rollout inside compiled programs: the bits of one long loop however the loops are nested, and memory that a budget bounds. */
import { describe, expect, test } from 'vitest';
import { BudgetError, checkGradients, grad, jvp, rollout, valueAndGrad, vmap, type RolloutReport } from '@tapeflow/autodiff';
import { add, jit, l2, mul, precision, roll, scalar, sin, sum, Tensor, tensor, type Scalar } from '@tapeflow/tensor';
import { expectSame, numbersOf, randomNumbers } from '../compile/support.ts';

const SEED = 20268;
type Field = Tensor<'x'>;

/** A wave with friction on a ring; `speed` is captured, the push is a control. The count shows that integers travel, too. */
interface Wave {
  readonly u: Field;
  readonly v: Field;
  readonly count: Scalar;
}
const step = (speed: Field) => ({ u, v, count }: Wave, push: Scalar): Wave => {
  const faster = v.add(mul(0.1, roll(u, 'x', 1).add(roll(u, 'x', -1)).sub(mul(2, u)).mul(speed).add(mul(push, sin(u))))).mul(0.99);
  return { u: u.add(mul(0.1, faster)), v: faster, count: count.add(1) };
};

interface Parameters {
  readonly u: Field;
  readonly speed: Field;
  readonly pushes: readonly Scalar[];
}
const parameters = (n: number, steps: number): Parameters => ({
  u: tensor({ x: n }, randomNumbers(SEED, n, -1, 1)),
  speed: tensor({ x: n }, randomNumbers(SEED + 1, n, 0.5, 1)),
  pushes: randomNumbers(SEED + 2, steps, -1, 1).map((push) => scalar(push)),
});
const zero = (u: Field): Wave => ({ u, v: mul(u, 0), count: scalar(0, { dtype: 'i32' }) });
const loss = (options: { readonly budget?: number; readonly onReport?: (report: RolloutReport) => void } = {}) => ({ u, speed, pushes }: Parameters): Scalar => {
  const end = rollout(step(speed), zero(u), pushes, options);
  return add(l2(end.u), sum(end.v, 'x'));
};
const looped = ({ u, speed, pushes }: Parameters): Scalar => {
  const end = pushes.reduce<Wave>((state, push) => step(speed)(state, push), zero(u));
  return add(l2(end.u), sum(end.v, 'x'));
};

const N = 512;
/** Two fields in f64, and the count: one state. */
const STATE = 2 * N * 8 + 4;
/** What a gradient needs at least, seen from the error of a budget of one byte: for one step, its tape and two states. */
const tapeBytes = (steps: number): number => {
  try {
    jit(grad(loss({ budget: 1 })))(parameters(N, steps));
  } catch (error) {
    return (error as BudgetError).needed;
  }
  throw new Error('a budget of one byte was accepted');
};

describe(`rollout in programs, seed ${SEED}`, () => {
  for (const backend of ['js', 'wasm'] as const) {
    test(`values and gradients are those of a loop, on ${backend}`, () => precision(64, () => {
      const at = parameters(9, 23);
      const expected = valueAndGrad(looped)(at);
      expectSame(jit(loss(), { backend })(at), expected.value, 1e-14);
      expectSame(jit(valueAndGrad(loss()), { backend })(at), expected, 1e-13);
      expectSame(grad(jit(loss(), { backend }))(at), expected.gradient, 1e-13);
      expectSame(grad(jit(loss({ budget: 8000 }), { backend }))(at), expected.gradient, 1e-13);
    }));
  }

  test('a budget changes no bit of a gradient, and the memory of the program stays within it', () => precision(64, () => {
    const at = parameters(N, 200);
    const whole = jit(grad(loss()));
    const expected = numbersOf(whole(at));
    const bytesOf = (f: { report(): { readonly programs: readonly { readonly bytes: number | undefined }[] } }): number => f.report().programs[0]!.bytes!;
    // The program of one step has everything but the kept states: inputs, results, what a step computes.
    const one = jit(grad(loss()));
    one({ ...at, pushes: at.pushes.slice(0, 1) });
    // Controls and their cotangents, alone and stacked, belong to the arguments and results.
    const controls = 4 * 200 * 16;
    const seen: number[] = [];
    for (const budget of [45, 28, 22].map((states) => tapeBytes(1) + states * STATE)) {
      let report: RolloutReport | undefined;
      const within = jit(grad(loss({ budget, onReport: (each) => (report = each) })));
      expect(numbersOf(within(at)).every((value, k) => Object.is(value, expected[k]))).toBe(true);
      expect(report!.peakBytes).toBeLessThanOrEqual(budget);
      expect(report!.steps).toBe(200);
      seen.push(report!.recomputedSteps);
      // Memory comes in pages of 64 KiB.
      expect(bytesOf(within)).toBeLessThanOrEqual(bytesOf(one) + budget + controls + 65_536);
      expect(bytesOf(within)).toBeLessThan(bytesOf(whole) / 2);
    }
    // The displacements of all steps; the velocities are not needed again.
    expect(bytesOf(whole)).toBeGreaterThan(200 * N * 8);
    // Less memory costs more steps, less than once more for each level.
    expect(seen).toEqual([...seen].sort((a, b) => a - b));
    expect(seen[0]).toBeLessThanOrEqual(200);
  }));

  test('a budget that no nesting keeps is refused with what is needed, which is enough', () => precision(64, () => {
    const at = parameters(N, 50);
    const refused = tapeBytes(50);
    expect(() => jit(grad(loss({ budget: refused - 1 })))(at)).toThrow(BudgetError);
    expectSame(jit(grad(loss({ budget: refused })))(at), jit(grad(loss()))(at), 0);
  }));

  test('a program of many steps is as large as one of few', () => precision(64, () => {
    const equations = (steps: number): number => {
      const f = jit((u: Field) => rollout((state: Field): Field => sin(state.mul(1.1)), u, steps));
      f(parameters(9, 1).u);
      return f.report().programs[0]!.equations!;
    };
    expect(equations(1000)).toBe(equations(10));
  }));

  test('the laws of derivatives to second order, forward mode, and vmap, within a budget', () => precision(64, () => {
    const at = parameters(4, 7);
    const within = jit(loss({ budget: 3000 }));
    checkGradients(within, at, { order: 2 });
    expectSame(jvp(within, at, at), jvp(looped, at, at), 1e-13);
    const stack = new Tensor(tensor({ members: 3, x: 4 }, randomNumbers(SEED + 5, 12, -1, 1)).value, at.u.dims) as Field;
    const slopes = (f: (p: Parameters) => Scalar) => (u: Field): Field => grad(f)({ ...at, u }).u;
    expectSame(jit(vmap(slopes(loss({ budget: 3000 }))))(stack), vmap(slopes(looped))(stack), 1e-13);
  }));
});
