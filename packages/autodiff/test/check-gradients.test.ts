/** @file checkGradients: right derivatives pass, every kind of wrong one is found at its order. */
import { describe, expect, test } from 'vitest';
import { checkGradients, customGradient, customTangent, GradientCheckError } from '../src/index.ts';
import { applyOne, directionGenerator, primitive, spaceOf } from '../src/extend.ts';
import { abs, add, cos, exp, floor, max, mul, NumberList, sin, square, stack, sub, unary, unstack, type Scalar } from '../src/scalar.ts';

describe('passes', () => {
  test('functions of trees, and reports what it measured', () => {
    const reports = checkGradients(({ x, ys }: { x: Scalar; ys: readonly Scalar[] }) => [mul(sin(x), ys[0]!), exp(ys[1]!)], { x: 0.3, ys: [0.7, -0.2] }, { order: 3 });
    expect(reports.map(({ order }) => order)).toEqual([1, 2, 3]);
    for (const { adjointError, taylorRates, exact } of reports) {
      expect(adjointError).toBeLessThan(1e-12);
      expect(exact).toBe(false);
      expect(taylorRates.length).toBeGreaterThanOrEqual(3);
      for (const rate of taylorRates.slice(-3)) expect(Math.abs(rate - 2)).toBeLessThan(0.1);
    }
  });

  test('linear functions, whose remainder is rounding from the start', () => {
    expect(checkGradients(([x, y]: readonly Scalar[]) => add(mul(3, x!), mul(-2, y!)), [0.3, 0.7], { order: 2 }).map(({ exact }) => exact)).toEqual([true, true]);
    expect(checkGradients((x: Scalar) => add(mul(0, x), 5), 0.3)[0]).toMatchObject({ exact: true, adjointError: 0 });
  });

  test('a derivative that is nothing but rounding', () => {
    // x (1 + x²)/(1 + x²), whose second and third derivatives vanish but for rounding.
    const f = (x: Scalar): Scalar => mul(mul(x, add(1, square(x))), exp(mul(-1, log1pSquare(x))));
    const log1pSquare = unary('log1pSquare', (x) => Math.log1p(x * x), (x) => mul(mul(2, x), exp(mul(-1, log1pSquare(x)))));
    checkGradients(f, 0.7, { order: 3 });
  });

  test('lists, strings beside them, and parts that have no derivative', () => {
    checkGradients(({ list, name }: { list: unknown; name: string }) => ({ name, product: unstack(list).reduce((a, b) => mul(a, b)), steps: floor(unstack(list)[0]!) }), { list: new NumberList([1.3, 2.4]) as unknown, name: 'x' });
    checkGradients((list: unknown) => stack(unstack(list).map((x) => sin(x))), new NumberList([0.2, 0.3]) as unknown, { order: 2 });
  });

  test('next to a kink that the larger steps reach', () => {
    for (const distance of [0.002, 0.0007, 0.0003]) {
      for (const seed of [1, 2, 3]) {
        checkGradients((x: Scalar) => max(x, 0), distance, { seed });
        checkGradients((x: Scalar) => mul(1e6, max(x, 0)), -distance, { seed });
      }
    }
  });

  test('where the step is chosen to fit the scale', () => {
    const f = (x: Scalar): Scalar => sin(mul(1e5, x));
    expect(() => checkGradients(f, 0.3)).toThrow('Taylor');
    checkGradients(f, 0.3, { step: 1e-7 });
  });
});

/** The number with both rules given. */
const withRules = (slope: (x: number) => number, transposedSlope: (x: number) => number) =>
  primitive({
    name: 'sine',
    evaluate: ([x]) => [Math.sin(x as number)],
    abstract: (xs) => xs,
    outputSpace: () => spaceOf(0),
    jvp: ([x], [dx]) => [mul(slope(x as number), dx as Scalar)],
    vjp: ([yBar], [x]) => [mul(transposedSlope(x as number), yBar as Scalar)],
  });

describe('finds', () => {
  const failure = (run: () => unknown): GradientCheckError => {
    try {
      run();
    } catch (error) {
      expect(error).toBeInstanceOf(GradientCheckError);
      return error as GradientCheckError;
    }
    throw new Error('nothing was found');
  };

  test('a forward and a reverse rule that disagree: the adjoint law', () => {
    const wrong = withRules(Math.cos, (x) => Math.cos(x) * (1 + 1e-9));
    const error = failure(() => checkGradients((x: Scalar) => applyOne(wrong, [x]) as Scalar, 0.3));
    expect(error).toMatchObject({ name: 'GradientCheckError', operation: 'checkGradients', law: 'adjoint', order: 1 });
    expect(error.report.adjointError).toBeCloseTo(1e-9, 12);
    expect(error.message).toContain('the adjoint law fails at order 1: relative error 1.00e-9 (seed 1)');
  });

  test('rules that agree on a wrong slope: the Taylor law', () => {
    for (const factor of [1.001, 0, -1, 2]) {
      const wrong = withRules((x) => factor * Math.cos(x), (x) => factor * Math.cos(x));
      // Also beside a large value, whose rounding the remainder reaches in the end.
      expect(failure(() => checkGradients((x: Scalar) => add(1e6, applyOne(wrong, [x]) as Scalar), 0.3)).law).toBe('Taylor');
      const error = failure(() => checkGradients((x: Scalar) => applyOne(wrong, [x]) as Scalar, 0.3, { seed: 5 }));
      expect(error).toMatchObject({ law: 'Taylor', order: 1 });
      expect(error.message).toContain('(seed 5)');
      expect(error.report.taylorRates.at(-1)).toBeLessThan(1.5);
    }
  });

  test('a wrong second derivative of a right first one', () => {
    const sine: (x: Scalar) => Scalar = customGradient((x: Scalar) => ({ value: sin(x), pullback: (bar: Scalar): [Scalar] => [mul(bar, lazyCosine(x))] }));
    const lazyCosine = customTangent((x: Scalar) => ({ value: cos(x), pushforward: (dx: Scalar) => mul(dx, sin(x)) }));
    expect(checkGradients((x: Scalar) => sine(x), 0.3)).toHaveLength(1);
    expect(failure(() => checkGradients((x: Scalar) => sine(x), 0.3, { order: 2 }))).toMatchObject({ law: 'Taylor', order: 2 });
  });

  test('kinks', () => {
    expect(failure(() => checkGradients((x: Scalar) => abs(x), 0)).message).toContain('at a kink (|x|, max, floor) no rule can pass');
    // Smooth on one side: whatever the direction, the other side is looked at too.
    for (const seed of [1, 2, 3, 4]) {
      expect(failure(() => checkGradients((x: Scalar) => sub(x, floor(x)), 1, { seed }))).toMatchObject({ law: 'Taylor' });
      expect(failure(() => checkGradients((x: Scalar) => max(x, 0), 0, { seed }))).toMatchObject({ law: 'Taylor' });
    }
  });

  test('NaN, in the derivative and in the value', () => {
    expect(failure(() => checkGradients((x: Scalar) => applyOne(withRules(() => NaN, Math.cos), [x]) as Scalar, 0.3)).law).toBe('adjoint');
    expect(failure(() => checkGradients((x: Scalar) => applyOne(withRules(Math.cos, () => NaN), [x]) as Scalar, 0.3)).law).toBe('adjoint');
    const undefinedRight = unary('undefinedRight', (x) => (x > 0.3 ? NaN : 2 * x), () => 2);
    for (const seed of [1, 2, 3, 4]) expect(failure(() => checkGradients((x: Scalar) => undefinedRight(x), 0.3, { seed })).law).toBe('Taylor');
  });
});

test('directions are spread over (−1, 1), and the same for the same seed', () => {
  const draw = (seed: number): number[] => Array.from({ length: 4000 }, directionGenerator(seed));
  expect(draw(7)).toEqual(draw(7));
  expect(draw(7)).not.toEqual(draw(8));
  const numbers = draw(7);
  expect(Math.max(...numbers.map(Math.abs))).toBeLessThan(1);
  // Mean and variance of the uniform distribution, within four standard errors.
  const mean = numbers.reduce((a, b) => a + b) / numbers.length;
  const variance = numbers.reduce((a, b) => a + b * b, 0) / numbers.length;
  expect(Math.abs(mean)).toBeLessThan(4 * Math.sqrt(1 / 3 / numbers.length));
  expect(Math.abs(variance - 1 / 3)).toBeLessThan(4 * Math.sqrt(4 / 45 / numbers.length));
});
