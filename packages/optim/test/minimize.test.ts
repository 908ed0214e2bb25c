/** @file The loop: why it stops, what it reports, and that it goes on bit for bit where it was left. */
import { describe, expect, test, vi } from 'vitest';
import { valueAndGrad } from '@tapeflow/autodiff';
import { l2, scalar, square, sub, sum, tensor, type Scalar, type Tensor } from '@tapeflow/tensor';
import {
  adam, fromUpdate, gradientDescent, lbfgs, minimize, minimizeAsync, minimizeSteps, momentum, NonFiniteObjective, OptionError, ResumeError,
  type Method, type MinimizeOptions, type MinimizeState, type Objective, type Optimizer, type StepReport,
} from '../src/index.ts';
import { Body, fromJson, numbersIn, quadratic, rosenbrock, toJson, vector } from './functions.ts';

const square1: Objective<number> = (x) => ({ value: x * x, gradient: 2 * x });
const halving = gradientDescent({ rate: 0.25 });
const METHODS: readonly (readonly [string, () => Method | Optimizer])[] = [
  ['gradientDescent', () => gradientDescent({ rate: 1e-3 })],
  ['momentum', () => momentum({ rate: 1e-3, nesterov: true })],
  ['adam', () => adam({ rate: (step) => 0.1 / (1 + step) })],
  ['lbfgs', () => lbfgs({ memory: 4 })],
];

describe('why it stops', () => {
  const stopped = (options: Partial<MinimizeOptions<number>>, f = square1, start = 1) => minimize(f, start, { method: halving, ...options });

  test('the gradient is small enough, for which the start may do', () => {
    expect(stopped({ tolerances: { gradient: 0.3 } })).toMatchObject({ reason: 'gradient', converged: true, x: 0.125, gradientNorm: 0.25, steps: 3, evaluations: 4 });
    expect(stopped({ tolerances: { gradient: 2 } })).toMatchObject({ reason: 'gradient', steps: 0, evaluations: 1 });
    expect(stopped({}, square1, 0)).toMatchObject({ reason: 'gradient', steps: 0 });
  });

  test('the value changes little, relative to itself', () => {
    // x² falls to a quarter each step; x² + 1 changes by 0.75 · 4⁻ᵏ⁺¹ of about 1.
    expect(stopped({ tolerances: { value: 0.74 }, maxSteps: 50 }).reason).toBe('maxSteps');
    expect(stopped({ tolerances: { value: 0.75 } })).toMatchObject({ reason: 'value', steps: 1 });
    expect(stopped({ tolerances: { value: 0.01 } }, (x) => ({ value: x * x + 1, gradient: 2 * x }))).toMatchObject({ reason: 'value', steps: 5 });
  });

  test('x moves little, relative to itself', () => {
    // Around 1: Δx = 2⁻ᵏ⁻¹, x ≈ 1.
    const around1: Objective<number> = (x) => ({ value: (x - 1) ** 2, gradient: 2 * (x - 1) });
    expect(stopped({ tolerances: { step: 0.01 } }, around1, 2)).toMatchObject({ reason: 'step', steps: 7, converged: true });
  });

  test('steps are used up', () => {
    expect(stopped({ maxSteps: 0 })).toMatchObject({ reason: 'maxSteps', converged: false, steps: 0, x: 1, value: 1 });
    expect(stopped({ maxSteps: 3 })).toMatchObject({ reason: 'maxSteps', steps: 3, x: 0.125 });
    expect(stopped({}, (x) => ({ value: x, gradient: 1 }))).toMatchObject({ reason: 'maxSteps', steps: 1000 });
  });

  test('the signal is given: after the step that was under way', () => {
    const abort = new AbortController();
    const steps: number[] = [];
    const result = stopped({
      signal: abort.signal,
      onStep: ({ step }) => {
        steps.push(step);
        if (step === 4) abort.abort();
      },
    });
    expect(result).toMatchObject({ reason: 'aborted', steps: 4, x: 1 / 16, converged: false });
    expect(steps).toEqual([1, 2, 3, 4]);
    expect(stopped({ signal: AbortSignal.abort() })).toMatchObject({ reason: 'aborted', steps: 0, x: 1, evaluations: 1 });
  });

  test('a signal that comes with the last step does not hide that a tolerance was met', () => {
    const abort = new AbortController();
    expect(stopped({ signal: abort.signal, tolerances: { gradient: 1 }, onStep: () => abort.abort() })).toMatchObject({ reason: 'gradient', steps: 1 });
  });

  test("the caller's tolerances take the place of the method's", () => {
    const method: Method = { ...fromUpdate(halving), tolerances: { value: 0.76 } };
    expect(stopped({ method })).toMatchObject({ reason: 'value', steps: 1 });
    expect(stopped({ method, tolerances: { gradient: 0.3 } })).toMatchObject({ reason: 'gradient', steps: 3 });
    expect(stopped({ method, tolerances: {}, maxSteps: 3 })).toMatchObject({ reason: 'maxSteps' });
  });
});

describe('not finite', () => {
  // Gradient descent on −log doubles its way beyond 8, where the function ends.
  const f: Objective<{ x: number }> = ({ x }) => ({ value: x < 8 ? -x : NaN, gradient: { x: -x } });
  const options = { method: gradientDescent({ rate: 1 }) };

  test('keeps the last good point, with its value, state and history', () => {
    const result = minimize(f, { x: 1 }, options);
    expect(result).toMatchObject({ reason: 'nonFinite', converged: false, x: { x: 4 }, value: -4, gradientNorm: 4, steps: 2, evaluations: 4 });
    expect(result.nonFinite).toEqual({ what: 'value', seen: NaN, path: '', index: 0 });
    expect(result.history.map(({ value }) => value)).toEqual([-1, -2, -4]);
    expect(result.state.steps).toBe(2);
    expect(result.describe()).toContain('the value is NaN at the next point; x is the last good one');
  });

  test('a gradient is told with its place', () => {
    const result = minimize((x: { a: number; b: Tensor<'i'> }) => ({ value: 1, gradient: { a: 1, b: vector(x.a === 1 ? [1, 1] : [1, Infinity]) } }), { a: 1, b: vector([0, 0]) }, options);
    expect(result.nonFinite).toEqual({ what: 'gradient', seen: Infinity, path: 'b', index: 1 });
  });

  test('at the start', () => {
    expect(minimize(f, { x: 9 }, options)).toMatchObject({ reason: 'nonFinite', steps: 0, x: { x: 9 } });
  });

  test("'throw' throws, with the result", () => {
    const run = (): unknown => minimize(f, { x: 1 }, { ...options, onNonFinite: 'throw' });
    expect(run).toThrow(NonFiniteObjective);
    expect(run).toThrow(expect.objectContaining({ steps: 2, trouble: { what: 'value', seen: NaN, path: '', index: 0 }, result: expect.objectContaining({ x: { x: 4 } }) as unknown }));
  });
});

describe.each(METHODS)('%s goes on where it was left, bit for bit', (_name, make) => {
  const start = vector([-1.2, 1, 0.5]);
  const f = valueAndGrad(rosenbrock);
  const total = 14;
  const whole = minimize(f, start, { method: make(), maxSteps: total });

  test.each([0, 1, 2, 7, 13])('from a state written to JSON after step %i', (k) => {
    const first = minimize(f, start, { method: make(), maxSteps: k });
    const stored = toJson({ x: first.x, state: first.state });
    const { x, state } = fromJson(stored, { x: first.x, state: first.state });
    const rest = minimize(f, x, { method: make(), maxSteps: total, resume: state });
    expect(numbersIn([rest.x, rest.state])).toEqual(numbersIn([whole.x, whole.state]));
    expect([rest.steps, rest.evaluations, rest.value, rest.gradientNorm]).toEqual([whole.steps, whole.evaluations, whole.value, whole.gradientNorm]);
    expect(rest.history).toEqual(whole.history.slice(k));
  });

  test('from the state of any report', () => {
    for (const { step, x, state } of minimizeSteps(f, start, { method: make(), maxSteps: total })) {
      if (step % 5 !== 0) continue;
      expect(Array.from(minimize(f, x, { method: make(), maxSteps: total, resume: state }).x.data)).toEqual(Array.from(whole.x.data));
    }
  });

  test('twice the same input gives twice the same bits', () => {
    expect(numbersIn(minimize(f, start, { method: make(), maxSteps: total }).state)).toEqual(numbersIn(whole.state));
  });

  test('in single precision everything stays single', () => {
    const { x, state } = minimize(f, vector([-1.2, 1], 'f32'), { method: make(), maxSteps: 5 });
    const trees: readonly (Tensor<'i'> | undefined)[] = [x, ...Object.values(state.memory.moments), ...(state.memory.pairs ?? []).flatMap(({ dx, dGradient }) => [dx, dGradient])];
    for (const tree of trees) expect(tree?.dtype).toBe('f32');
  });
});

describe('parameters of any kind', () => {
  interface Model { readonly body: Body; readonly weights: readonly [Tensor<'i'>, number]; readonly counts: Tensor<'i'>; readonly none: Tensor<'i'>; readonly name: string }
  const model: Model = { body: new Body('sun', vector([1, 2]), 3), weights: [vector([4], 'f32'), 5], counts: tensor({ i: 2 }, Int32Array.of(6, 7)), none: vector([]), name: 'm' };
  const loss = ({ body, weights: [w, n], none }: Model): Scalar =>
    l2(body.position.sub(1)).add(square(sub(body.mass, 2))).add(l2(w)).add(square(sub(n, 1))).add(sum(none, 'i') as Scalar);
  // Numbers inside a derivative live in a space of their own, so the loss gets them as scalars.
  const f: Objective<Model> = (m) => {
    const { value, gradient } = valueAndGrad((t: { p: Tensor<'i'>; mass: Scalar; w: Tensor<'i'>; n: Scalar }): Scalar =>
      l2(t.p.sub(1)).add(square(t.mass.sub(2))).add(l2(t.w)).add(square(t.n.sub(1))))({ p: m.body.position, mass: scalar(m.body.mass, { dtype: 'f64' }), w: m.weights[0], n: scalar(m.weights[1], { dtype: 'f64' }) });
    return {
      value,
      gradient: { body: new Body('sun', gradient.p, gradient.mass.item()), weights: [gradient.w, gradient.n.item()], counts: m.counts.mul(0), none: m.none, name: 'm' },
    };
  };

  test.each<[string, Method | Optimizer]>([['gradientDescent', gradientDescent({ rate: 0.3 })], ['adam', adam({ rate: 0.2 })], ['lbfgs', lbfgs()]])('%s moves the real ones to the minimum and carries the others', (_name, method) => {
    const { x } = minimize(f, model, { method, maxSteps: 400 });
    expect(x.body).toBeInstanceOf(Body);
    expect(x.weights[0].dtype).toBe('f32');
    expect(x).toMatchObject({ name: 'm', counts: model.counts });
    const [position, mass, counts, none, w, n] = numbersIn(x);
    expect([counts, none]).toEqual([[6, 7], []]);
    for (const [seen, minimum] of [[position![0], 1], [position![1], 1], [mass![0], 2], [w![0], 0], [n![0], 1]]) expect(seen).toBeCloseTo(minimum!, 3);
    expect(loss(x).item()).toBeLessThan(1e-6);
  });

  test('without any component the start is the minimum', () => {
    expect(minimize(valueAndGrad((x: Tensor<'i'>): Scalar => l2(x)), vector([]), { method: lbfgs() })).toMatchObject({ reason: 'gradient', steps: 0 });
  });
});

describe('reports', () => {
  test('onStep, the generator and the history tell the same', () => {
    const reports: StepReport<number>[] = [];
    const options = { method: halving, maxSteps: 5 };
    const result = minimize(square1, 1, { ...options, onStep: (report) => reports.push(report) });
    expect([...minimizeSteps(square1, 1, options)]).toEqual(reports);
    expect(reports.map(({ step, value, gradientNorm, evaluations }) => ({ step, value, gradientNorm, evaluations }))).toEqual(result.history.slice(1));
    expect(result.history[0]).toEqual({ step: 0, value: 1, gradientNorm: 2, evaluations: 1 });
    expect(reports.map(({ x }) => x)).toEqual([1 / 2, 1 / 4, 1 / 8, 1 / 16, 1 / 32]);
    expect(result.describe()).toBe('gradientDescent(rate = 0.25): stopped at maxSteps, after 5 steps and 6 evaluations. Value 1 → 0.0009766, gradient norm 2 → 0.0625.');
  });

  test('the history can be left out', () => {
    expect(minimize(square1, 1, { method: halving, maxSteps: 5, history: false }).history).toEqual([]);
  });

  test('what onStep throws ends the run', () => {
    expect(() => minimize(square1, 1, { method: halving, onStep: () => { throw new RangeError('enough'); } })).toThrow('enough');
  });

  test('the generator does nothing until it is asked, and can be left', () => {
    let calls = 0;
    const steps = minimizeSteps((x: number) => (calls++, square1(x)), 1, { method: halving });
    expect(calls).toBe(0);
    for (const { step } of steps) if (step === 2) break;
    expect(calls).toBe(3);
  });
});

describe('minimizeAsync', () => {
  test('gives what minimize gives', async () => {
    const f = valueAndGrad(quadratic(vector([1, 5])));
    const options = { method: lbfgs() };
    const [now, later] = [minimize(f, vector([1, 2]), options), await minimizeAsync(f, vector([1, 2]), options)];
    expect(numbersIn([later.x, later.state])).toEqual(numbersIn([now.x, now.state]));
    expect(later.describe()).toBe(now.describe());
  });

  test('lets timers run between steps, so that one can stop it', async () => {
    const abort = new AbortController();
    setTimeout(() => abort.abort(), 5);
    const result = await minimizeAsync((x: number) => ({ value: x, gradient: 1 }), 0, { method: halving, maxSteps: 1e9, history: false, signal: abort.signal });
    expect(result.reason).toBe('aborted');
    expect(result.steps).toBeGreaterThan(0);
  });

  test('waits for onStep', async () => {
    const order: string[] = [];
    await minimizeAsync((x: number) => (order.push(`f(${x})`), square1(x)), 1, {
      method: halving,
      maxSteps: 2,
      onStep: async ({ step }) => {
        await new Promise((resolve) => setTimeout(resolve, 1));
        order.push(`step ${step}`);
      },
    });
    expect(order).toEqual(['f(1)', 'f(0.5)', 'step 1', 'f(0.25)', 'step 2']);
  });

  test('rejects with what goes wrong', async () => {
    const run = (options: Partial<MinimizeOptions<number>>): Promise<unknown> => minimizeAsync(() => ({ value: NaN, gradient: 1 }), 1, { method: halving, ...options });
    await expect(run({ onNonFinite: 'throw' })).rejects.toThrow(NonFiniteObjective);
    await expect(run({ maxSteps: -1 })).rejects.toThrow(OptionError);
  });
});

describe('bad input is refused before the first evaluation', () => {
  const never = vi.fn<Objective<number>>();
  const run = minimizeSteps as (f: Objective<number>, x: number, options: unknown) => unknown;

  test.each<[string, unknown, string]>([
    ['no options', undefined, 'options'],
    ['no method', {}, 'method'],
    ['a name instead of a method', { method: 'adam' }, 'method'],
    ['a function instead of a method', { method: adam }, 'method'],
    ['maxSteps', { method: halving, maxSteps: 1.5 }, 'maxSteps'],
    ['a tolerance', { method: halving, tolerances: { gradient: -1 } }, 'tolerances.gradient'],
    ['an unknown tolerance', { method: halving, tolerances: { grad: 1 } }, 'grad'],
    ['onNonFinite', { method: halving, onNonFinite: 'ignore' }, 'onNonFinite'],
    ['history', { method: halving, history: 'all' }, 'history'],
    ['an unknown option', { method: halving, steps: 10 }, 'steps'],
  ])('%s', (_what, options, option) => {
    expect(() => run(never, 1, options)).toThrow(OptionError);
    expect(() => run(never, 1, options)).toThrow(expect.objectContaining({ option, operation: 'minimize' }));
  });

  const state: MinimizeState<number> = { method: 'gradientDescent', steps: 3, evaluations: 4, memory: { step: 3, moments: {} } };
  test.each<[string, unknown]>([
    ['of another method', { ...state, method: 'adam' }],
    ['that is no state', 'state.json'],
    ['that is null', null],
    ['without counts', { ...state, steps: undefined }],
    ['with a count that is no integer', { ...state, evaluations: 2.5 }],
    ['without memory', { ...state, memory: undefined }],
  ])('a state %s', (_what, resume) => {
    expect(() => run(never, 1, { method: halving, resume })).toThrow(ResumeError);
  });

  test('without an evaluation', () => {
    expect(never).not.toHaveBeenCalled();
  });
});
