/** @file rollout: the same as a loop, in any nesting; what it takes and refuses. */
import { describe, expect, test } from 'vitest';
import { AsyncFunctionError, checkGradients, grad, jvp, rollout, TapeflowError, TreeError, vmap, type RolloutOptions } from '../src/index.ts';
import { closeOver, countEquations, evaluateProgram } from '../src/extend.ts';
import { add, cos, floor, mul, NumberList, sin, stack, sub, tanh, unstack, type Scalar } from '../src/scalar.ts';
import { derivativeModes, expectClose, randomNumbers, type ScalarFunction } from './support.ts';

interface Pendulum {
  readonly angle: Scalar;
  readonly speed: Scalar;
}

/** A damped, driven pendulum; `gravity` is captured, the push is a control. */
const swing = (gravity: Scalar) => ({ angle, speed }: Pendulum, push: Scalar): Pendulum => {
  const faster = add(speed, mul(0.1, add(push, sub(mul(-1, mul(gravity, sin(angle))), mul(0.1, speed)))));
  return { angle: add(angle, mul(0.1, faster)), speed: faster };
};

type Parameters = readonly [start: Pendulum, pushes: readonly Scalar[], gravity: Scalar];
const pushes = randomNumbers(3, 12, -1, 1);
const at: Parameters = [{ angle: 0.5, speed: -0.2 }, pushes, 1.7];

const rolled = (options?: RolloutOptions) => ([start, controls, gravity]: Parameters): Pendulum => rollout(swing(gravity), start, controls, options);
const looped = ([start, controls, gravity]: Parameters): Pendulum => controls.reduce<Pendulum>((state, push) => swing(gravity)(state, push), start);
const angleOf = (f: (p: Parameters) => Pendulum) => (p: Parameters): Scalar => f(p).angle;

/** Budgets from the least possible one to more than enough. One state takes 16 bytes, the tape of a step 88. */
const budgets = [120, 136, 152, 200, 400, 10_000];

describe('values and derivatives (seed 3)', () => {
  test('have the bits of a loop', () => {
    expect(rolled()(at)).toEqual(looped(at));
    for (const budget of budgets) expect(rolled({ budget })(at)).toEqual(looped(at));
  });

  test('reach the initial state, every control, and what the step closes over', () => {
    const expected = grad(angleOf(looped))(at);
    const seen = grad(angleOf(rolled()))(at);
    expectClose(seen[0].angle, expected[0].angle as number, 1e-14);
    expectClose(seen[0].speed, expected[0].speed as number, 1e-14);
    seen[1].forEach((bar, k) => expectClose(bar, expected[1][k] as number, 1e-14, `control ${k}`));
    expectClose(seen[2], expected[2] as number, 1e-14);
  });

  test.each(budgets)('a budget of %i bytes changes no bit of the gradient', (budget) => {
    expect(grad(angleOf(rolled({ budget })))(at)).toEqual(grad(angleOf(rolled()))(at));
  });

  test.each([undefined, 136])('obey the laws to third order (budget %s)', (budget) => {
    const options = budget === undefined ? {} : { budget };
    const short: Parameters = [at[0], pushes.slice(0, 4), at[2]];
    checkGradients(rolled(options), short, { order: 3 });
  });

  test('in all orders of nesting, with and without budget', () => {
    const f = (options: RolloutOptions): ScalarFunction => (x) => rollout((s: Scalar) => sin(add(s, mul(x, s))), x, 6, options);
    const plain: ScalarFunction = (x) => Array.from({ length: 6 }).reduce<Scalar>((s) => sin(add(s, mul(x, s))), x);
    for (const [, outer] of derivativeModes) {
      for (const [, inner] of derivativeModes) {
        for (const [, innermost] of derivativeModes) {
          const expected = outer(inner(innermost(plain)))(0.4) as number;
          expectClose(outer(inner(innermost(f({}))))(0.4), expected, 1e-11);
          expectClose(outer(inner(innermost(f({ budget: 64 }))))(0.4), expected, 1e-11);
        }
      }
    }
  });

  test('of two levels at the very same value: d/dx [x · d/dy (x + y)] at y = x', () => {
    for (const [, outer] of derivativeModes) for (const [, inner] of derivativeModes) expect(outer((x) => mul(x, inner((y) => rollout((s: Scalar) => mul(1, s), add(x, y), 3))(x)))(3)).toBe(1);
  });

  test('of some inputs only', () => {
    const full = grad(angleOf(rolled()))(at);
    const f = (p: Parameters) => angleOf(rolled({ budget: 136 }))(p);
    expect(grad((gravity: Scalar) => f([at[0], at[1], gravity]))(at[2])).toEqual(full[2]);
    expect(grad((last: Scalar) => f([at[0], [...at[1].slice(0, -1), last], at[2]]))(pushes[11]!)).toEqual(full[1][11]);
    expect(grad((first: Scalar) => f([at[0], [first, ...at[1].slice(1)], at[2]]))(pushes[0]!)).toEqual(full[1][0]);
    expect(grad((speed: Scalar) => f([{ ...at[0], speed }, at[1], at[2]]))(at[0].speed)).toEqual(full[0].speed);
  });
});

describe('members', () => {
  const members = new NumberList([1.2, 1.7, 2.9]);
  const f = (options: RolloutOptions) => (gravity: Scalar): Scalar => angleOf(rolled(options))([at[0], at[1], gravity]);

  test('get what they would get alone, also within a budget', () => {
    for (const options of [{}, { budget: 136 }]) {
      expect(vmap(f(options))(members)).toEqual(new NumberList(members.values.map((x) => f({})(x as number) as number)));
      expect(vmap(grad(f(options)))(members)).toEqual(new NumberList(members.values.map((x) => grad(f({}))(x as number) as number)));
    }
  });

  test('inside of what is differentiated', () => {
    const summed = (budget: number) => (gravity: Scalar): Scalar => unstack(vmap(f({ budget }))(stack([gravity, mul(2, gravity)]))).reduce((sum, y) => add(sum, y));
    expectClose(grad(summed(400))(1.2), (grad(f({}))(1.2) as number) + 2 * (grad(f({}))(2.4) as number), 1e-14);
    // Numbers are batched one by one, which takes its lists on the tape as well; bytes are those of one member.
    expect(() => grad(summed(200))(1.2)).toThrow('the budget of 200 bytes is too small: one step needs 304 bytes');
    expectClose(grad(summed(304))(1.2), grad(summed(400))(1.2) as number, 0);
  });

  test('with shared and with own controls', () => {
    const own = vmap((push: Scalar) => angleOf(rolled())([at[0], [push, 0.5, mul(push, push)], 1.7]))(members);
    expect(own).toEqual(new NumberList(members.values.map((push) => angleOf(looped)([at[0], [push as number, 0.5, (push as number) ** 2], 1.7]) as number)));
  });
});

describe('what it takes', () => {
  test('a number of steps, and none at all', () => {
    expect(rollout((s: Scalar) => mul(2, s), 1 as Scalar, 10)).toBe(1024);
    expect(rollout((s: Scalar) => mul(2, s), 1 as Scalar, 0)).toBe(1);
    const start = { angle: 1, speed: 2 };
    expect(rollout(swing(1), start, [])).toBe(start);
  });

  test('states with parts that have no derivative', () => {
    const step = ({ x, count, name }: { x: Scalar; count: Scalar; name: string }) => ({ x: mul(x, add(1, floor(count))), count: add(count, 1), name });
    const f = (options: RolloutOptions) => (x: Scalar): Scalar => rollout(step, { x, count: 0, name: 'counter' }, 4, options).x;
    expect(f({})(1)).toBe(24);
    expect(grad(f({}))(1)).toBe(24);
    expect(grad(f({ budget: 200 }))(1)).toBe(24);
  });

  test('steps that ignore their state, their control, or both', () => {
    expect(grad((x: Scalar) => rollout((_s: Scalar) => mul(3, x), 1 as Scalar, 5))(2)).toBe(3);
    expect(grad((c: Scalar) => rollout((s: Scalar, _c: Scalar) => tanh(s), 1 as Scalar, [c, c]))(2)).toBe(0);
    expect(grad((s: Scalar) => rollout((_s: Scalar) => 7 as Scalar, s, 5, { budget: 40 }))(2)).toBe(0);
    expect(jvp((x: Scalar) => rollout((_s: Scalar) => 7 as Scalar, x, 5), 2, 1)).toEqual({ value: 7, tangent: 0 });
  });

  test('stays one equation of a program', () => {
    const { program } = closeOver('test', (x: Scalar) => rollout((s: Scalar) => cos(mul(s, x)), x, 1000), [1]);
    expect(program.equations.map(({ primitive }) => primitive.name)).toEqual(['rollout']);
    expect(countEquations(program)).toBe(3);
    let expected = 0.7;
    for (let k = 0; k < 1000; k++) expected = Math.cos(expected * 0.7);
    expect(evaluateProgram(program, [0.7])).toEqual([expected]);
  });
});

describe('refusals', () => {
  const run = (step: unknown, controls: unknown = 3, options: RolloutOptions = {}, start: unknown = 1) => (): unknown =>
    rollout(step as (s: Scalar) => Scalar, start as Scalar, controls as number, options);
  const keep = (s: Scalar): Scalar => mul(1, s);

  test.each([-1, 0.5, NaN, Infinity])('%d steps', (steps) => {
    expect(run(keep, steps)).toThrow(TapeflowError);
    expect(run(keep, steps)).toThrow(`rollout: the number of steps is ${steps}`);
  });

  test.each([0, -5, NaN])('a budget of %d', (budget) => {
    expect(run(keep, 3, { budget })).toThrow(`rollout: the budget is ${budget}`);
  });

  test('a step that returns something else than a state', () => {
    expect(run((s: Scalar) => [s])).toThrow(TreeError);
    expect(run((s: Scalar) => [s])).toThrow('rollout: the result of the step of structure [*] where * was expected');
    expect(run((s: Scalar) => stack([s, s]))).toThrow('at the result of the step: a list of 2 numbers where a number was expected');
    expect(run(({ x }: { x: Scalar }) => ({ x: stack([x]) }), 3, {}, { x: 1 })).toThrow('at x of the result of the step: a list of 1 numbers where a number was expected');
    expect(run(async (s: Scalar) => s)).toThrow(AsyncFunctionError);
  });

  test('controls that differ', () => {
    expect(run((s: Scalar, _c: unknown) => s, [1, [2]])).toThrow('rollout: control 1 of structure [*] where * was expected');
    expect(run((s: Scalar, _c: unknown) => s, [{ f: 1 }, { f: new NumberList([1]) }])).toThrow('at f of control 1: a list of 1 numbers where a number was expected');
  });

  test('steps that look at values', () => {
    expect(run((s: Scalar) => ((s as number) > 0 ? s : 0))).toThrow('a value inside rollout was used as a JavaScript number');
  });
});
