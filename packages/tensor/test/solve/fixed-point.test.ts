/** @file fixedPoint: maps that stand still where closed forms and loops say, by both methods, with implicit derivatives. */
import { describe, expect, test } from 'vitest';
import { checkGradients, grad } from '@tapeflow/autodiff';
import { batch, cos, exp, fixedPoint, jit, precision, roll, scalar, sum, tanh, tensor, type FixedPointOptions, type Scalar, type Tensor } from '@tapeflow/tensor';
import { element, expectElements, random, thrown } from '../named/support.ts';

const at64 = (name: string, body: () => void): void => test(name, () => precision(64, body));
const METHODS = ['anderson', 'plain'] as const;
/** tanh(rolled x) / 2 + c, a contraction by one half. */
const contraction = (c: Tensor<'x'>) => (x: Tensor<'x'>): Tensor<'x'> => tanh(roll(x, 'x', 1)).mul(0.5).add(c);

describe.each(METHODS)('%s', (method) => {
  test(`${method}: closed forms`, () => precision(64, () => {
    // cos x = x [OEIS A003957], and √3 by Heron's map.
    expect(fixedPoint((x: Scalar) => cos(x), scalar(1), { method, relative: 1e-14 }).value.item()).toBeCloseTo(0.739_085_133_215_160_6, 13);
    expect(fixedPoint((x: Scalar) => scalar(3).div(x).add(x).mul(0.5), scalar(1), { method }).value.item()).toBeCloseTo(Math.sqrt(3), 10);
  }));

  test(`${method}: the map stands still, evaluated in loops (seed 311)`, () => precision(64, () => {
    const c = random({ x: 9 }, 311);
    const { value } = fixedPoint(contraction(c), tensor({ x: 9 }, 0), { method, relative: 1e-13 });
    expectElements(value, { x: 9 }, ({ x }) => Math.tanh(element(value, { x: (x! + 8) % 9 })) / 2 + element(c, { x: x! }), 12);
  }));

  test(`${method}: entries of a batch end by themselves`, () => precision(64, () => {
    const shares = [0, 0.5, 0.9];
    const share = tensor({ b: batch(3) }, shares);
    const found = fixedPoint((x: Tensor<'b'>) => x.mul(share).add(1), tensor({ b: batch(3) }, 0), { method, relative: 1e-12 });
    shares.forEach((s, k) => {
      // The bound that is documented, for a contraction by s.
      expect(Math.abs(element(found.value, { b: k }) - 1 / (1 - s))).toBeLessThanOrEqual(1.01e-12 / (1 - s) ** 2);
      const alone = fixedPoint((x: Scalar) => x.mul(s).add(1), scalar(0), { method, relative: 1e-12 });
      expect(found.perSystem[k]).toEqual(alone.perSystem[0]);
    });
  }));

  test(`${method}: derivatives, eager and in programs (seed 312)`, () => precision(64, () => {
    const f = (c: Tensor<'x'>): Tensor<'x'> => fixedPoint(contraction(c), tensor({ x: 3 }, 0), { method, relative: 1e-15 }).value;
    const c = random({ x: 3 }, 312);
    // The rule of the derivative does not know how the point was found, so its own derivative is checked once.
    checkGradients(f, c, { order: method === 'plain' ? 2 : 1 });
    const loss = (at: Tensor<'x'>): Scalar => sum(f(at).pow(2));
    const [eager, compiled] = [grad(loss)(c), jit(grad(loss))(c)];
    expectElements(compiled, { x: 3 }, (index) => element(eager, index), 13);
    const root = (a: Scalar): Scalar => fixedPoint((x: Scalar) => a.div(x).add(x).mul(0.5), scalar(1), { method, relative: 1e-15 }).value;
    expect(grad(root)(scalar(4)).item()).toBeCloseTo(0.25, 13);
    expect(grad(grad(root))(scalar(4)).item()).toBeCloseTo(-1 / 32, 13);
  }));

  test(`${method}: a map without a fixed point is refused`, () => precision(64, () => {
    const error = thrown(() => fixedPoint((x: Scalar) => exp(x).add(1), scalar(1), { method, maxSteps: 60 }));
    expect(error).toMatchObject({ name: 'RootNotFound', operation: 'fixedPoint', method });
    expect(['diverged', 'maxSteps', 'nonFinite']).toContain(error['status']);
    expect(thrown(() => fixedPoint((x: Scalar) => x.mul(NaN), scalar(1), { method }))).toMatchObject({ status: 'nonFinite', steps: 0 });
    const tried = fixedPoint((x: Scalar) => x.mul(0.999).add(1), scalar(0), { method, maxSteps: 1, onFailure: 'return' });
    expect([tried.value.item(), tried.steps, tried.converged]).toEqual([1, 1, false]);
  }));
});

describe('mixing', () => {
  at64('takes far fewer steps than plain iteration where the map contracts slowly (seed 313)', () => {
    const rates = tensor({ x: 5 }, [0.99, 0.9, -0.9, 0.5, 0.97]);
    const c = random({ x: 5 }, 313);
    const run = (options: FixedPointOptions): { steps: number; value: Tensor<'x'> } => fixedPoint((x: Tensor<'x'>) => x.mul(rates).add(c), tensor({ x: 5 }, 0), { relative: 1e-9, maxSteps: 5000, ...options });
    const [mixed, plain] = [run({}), run({ method: 'plain' })];
    // Five differences span all directions of a linear map of five unknowns.
    expect(mixed.steps).toBeLessThan(15);
    expect(plain.steps).toBeGreaterThan(40 * mixed.steps);
    expectElements(mixed.value, { x: 5 }, ({ x }) => element(c, { x: x! }) / (1 - element(rates, { x: x! })), 5);
  });

  at64('finds the fixed point of a linear map that plain iteration runs away from', () => {
    const map = (x: Scalar): Scalar => x.mul(3).add(1);
    expect(fixedPoint(map, scalar(1)).value.item()).toBeCloseTo(-0.5, 10);
    expect(thrown(() => fixedPoint(map, scalar(1), { method: 'plain' }))).toMatchObject({ status: 'diverged' });
  });
});

at64('wrong arguments of a fixed point are refused', () => {
  const x = tensor({ i: 3 }, 1);
  const f = (t: Tensor<'i'>): Tensor<'i'> => t;
  expect(thrown(() => fixedPoint(f, x, { method: 'andersen' as 'anderson' }))).toMatchObject({ name: 'ArgumentError', operation: 'fixedPoint', argument: 'method', advice: "Did you mean 'anderson'?" });
  for (const depth of [0, -1, 1.5]) expect(thrown(() => fixedPoint(f, x, { depth }))).toMatchObject({ name: 'ArgumentError', argument: 'depth', seen: depth });
  expect(thrown(() => fixedPoint(f, x, { relative: -1 }))).toMatchObject({ name: 'ArgumentError', argument: 'relative' });
  expect(thrown(() => fixedPoint((t: Tensor<'i'>) => sum(t) as Tensor<never> as Tensor<'i'>, x))).toMatchObject({ name: 'DimensionError', operation: 'fixedPoint' });
});
