/** @file Special functions against 50-digit references, the identities they satisfy, and their limits. */
import { describe, expect, test } from 'vitest';
import {
  digamma, erf, erfc, erfcx, gamma, lgamma, polygamma, sigmoid, softplus, trigamma,
} from '../../src/scalar/special.ts';
import * as reference from './special.fixture.ts';

/** Park–Miller generator: enough for spreading test points, and independent of the library. */
function randomPoints(seed: number, count: number, low: number, high: number): number[] {
  let state = seed;
  return Array.from({ length: count }, () => {
    state = (state * 48271) % 2147483647;
    return low + ((high - low) * state) / 2147483647;
  });
}

const SEED = 20260;
const points = (low: number, high: number): number[] => randomPoints(SEED, 300, low, high);

function expectRelative(seen: number, expected: number, bound: number, label: string, scale: number = Math.abs(expected)): void {
  const error = Math.abs(seen - expected) / scale;
  expect(error <= bound || seen === expected, `${label} = ${seen}, expected ${expected}: relative error ${error}`).toBe(true);
}

describe('agreement with 50-digit references', () => {
  // The reference itself is rounded to a double: half a unit, 1.1e-16, comes on top of the documented errors.
  const cases: [string, (x: number) => number, readonly (readonly [number, number])[], number][] = [
    ['erf', erf, reference.erf, 4e-16],
    ['erfc', erfc, reference.erfc, 8e-16],
    ['erfcx', erfcx, reference.erfcx, 6e-16],
    ['lgamma', lgamma, reference.lgamma, 8e-16],
    ['gamma', gamma, reference.gamma, 9e-16],
    ['digamma', digamma, reference.digamma, 6e-16],
  ];
  test.each(cases)('%s', (name, f, rows, bound) => {
    for (const [x, value] of rows) expectRelative(f(x), value, bound, `${name}(${x})`);
  });

  test('lgamma and digamma left of 0, where zeros lie between the poles', () => {
    for (const [x, value] of reference.lgammaNegative) {
      expectRelative(lgamma(x), value, 1e-15, `lgamma(${x})`, Math.max(1, Math.abs(value)));
    }
    for (const [x, value] of reference.digammaNegative) {
      expectRelative(digamma(x), value, 2e-15, `digamma(${x})`, Math.max(1, Math.abs(value)));
    }
  });

  test('polygamma', () => {
    for (const [n, x, value] of reference.polygamma) {
      const bound = n <= 20 ? 1e-15 : n <= 60 ? 3e-15 : 3e-14;
      const scale = x < 0 && n % 2 === 0 ? oneSidedScale(n, x) : Math.abs(value);
      expectRelative(polygamma(n, x), value, bound, `polygamma(${n}, ${x})`, scale);
    }
  });

  /** The size of the two sums that cancel in even orders left of 0: n! over the distance to the nearer pole, to the power n + 1. */
  function oneSidedScale(n: number, x: number): number {
    const distance = Math.abs(x - Math.round(x));
    return gamma(n + 1) / distance ** (n + 1);
  }
});

describe('closed forms', () => {
  const eulerConstant = 0.5772156649015329;
  const zeta3 = 1.2020569031595942;
  test('whole and half arguments', () => {
    let factorial = 1;
    for (let n = 1; n <= 22; n++) {
      factorial *= n;
      expect(gamma(n + 1)).toBe(factorial);
    }
    expectRelative(gamma(0.5), Math.sqrt(Math.PI), 4e-16, 'Γ(1/2)');
    expectRelative(digamma(1), -eulerConstant, 4e-16, 'ψ(1)');
    expectRelative(digamma(0.5), -eulerConstant - 2 * Math.LN2, 4e-16, 'ψ(1/2)');
    expectRelative(trigamma(1), Math.PI ** 2 / 6, 4e-16, "ψ'(1)");
    expectRelative(trigamma(0.5), Math.PI ** 2 / 2, 4e-16, "ψ'(1/2)");
    expectRelative(polygamma(2, 1), -2 * zeta3, 4e-16, "ψ''(1)");
    expectRelative(polygamma(3, 1), Math.PI ** 4 / 15, 6e-16, "ψ'''(1)");
    expect(lgamma(1)).toBe(0);
    expect(lgamma(2)).toBe(0);
    expect(erf(0)).toBe(0);
    expect(erfc(0)).toBe(1);
  });
});

describe(`identities (seed ${SEED})`, () => {
  test('erf is odd, erf + erfc = 1, erfc = exp(−x²) erfcx', () => {
    for (const x of points(-6, 6)) {
      expect(erf(-x)).toBe(-erf(x));
      expectRelative(erf(x) + erfc(x), 1, 3e-16, `erf + erfc at ${x}`);
      expectRelative(erfc(x), Math.exp(-x * x) * erfcx(x), 1e-14, `erfc(${x})`);
    }
  });

  test('Γ(x + 1) = x Γ(x), on both sides of 0', () => {
    for (const x of points(-20, 100)) expectRelative(gamma(x + 1), x * gamma(x), 1e-12, `Γ(${x} + 1)`); // x + 1 rounds
  });

  test('ln Γ agrees with Γ', () => {
    for (const x of points(-20, 100)) {
      const expected = Math.log(Math.abs(gamma(x)));
      expectRelative(lgamma(x), expected, 2e-15, `lgamma(${x})`, Math.max(1, Math.abs(expected)));
    }
  });

  test('duplication: 2 ψ(2x) = ψ(x) + ψ(x + ½) + 2 ln 2', () => {
    for (const x of points(0.01, 30)) {
      const expected = digamma(x) + digamma(x + 0.5) + 2 * Math.LN2;
      expectRelative(2 * digamma(2 * x), expected, 3e-15, `ψ(2 · ${x})`, Math.max(1, Math.abs(expected)));
    }
  });

  test.each([1, 2, 3, 6, 11])('recurrence of order %i: ψ⁽ⁿ⁾(x + 1) − ψ⁽ⁿ⁾(x) = (−1)ⁿ n! / xⁿ⁺¹', (n) => {
    for (const x of points(-8, 20)) {
      const step = ((-1) ** n * gamma(n + 1)) / x ** (n + 1);
      const scale = Math.abs(step) + Math.abs(polygamma(n, x)) + Math.abs(polygamma(n, x + 1));
      // x + 1 rounds, and the poles magnify that by (n + 1)/distance
      const distance = Math.min(Math.abs(x - Math.round(x)), 1);
      const bound = (x < 0 ? 3e-15 / distance : 3e-15) * (n + 1);
      expectRelative(polygamma(n, x + 1) - polygamma(n, x), step, bound, `step of order ${n} at ${x}`, scale);
    }
  });

  test.each([0, 1, 2, 3, 4])('ψ⁽ⁿ⁺¹⁾ is the derivative of ψ⁽ⁿ⁾: central differences converge at second order (n = %i)', (n) => {
    for (const x of [0.7, 1.9, 6.3, 14.2, -0.45, -2.6]) {
      const error = (h: number): number => Math.abs((polygamma(n, x + h) - polygamma(n, x - h)) / (2 * h) - polygamma(n + 1, x));
      const rate = Math.log2(error(0.02) / error(0.01));
      expect(Math.abs(rate - 2), `rate ${rate} at x = ${x}`).toBeLessThan(0.1);
    }
  });

  test('softplus(x) − softplus(−x) = x and sigmoid(x) + sigmoid(−x) = 1', () => {
    for (const x of points(-40, 40)) {
      expectRelative(softplus(x) - softplus(-x), x, 3e-16, `softplus at ${x}`);
      expectRelative(sigmoid(x) + sigmoid(-x), 1, 3e-16, `sigmoid at ${x}`);
      expectRelative(sigmoid(x), 0.5 * (1 + Math.tanh(x / 2)), 3e-16, `sigmoid(${x})`, 1);
    }
  });
});

describe('limits, poles and values that are not numbers', () => {
  test('error functions', () => {
    expect([erf(Infinity), erf(-Infinity), erfc(Infinity), erfc(-Infinity)]).toEqual([1, -1, 0, 2]);
    expect([erfcx(Infinity), erfcx(-Infinity), erfcx(-30)]).toEqual([0, Infinity, Infinity]);
    expect(erfc(27)).toBeGreaterThan(0); // a subnormal number
    expect(erf(-0)).toBe(-0);
  });

  test('poles of the gamma functions', () => {
    for (const pole of [0, -0, -1, -2, -3, -100, -1e17]) expect(lgamma(pole)).toBe(Infinity);
    expect([gamma(0), gamma(-0), digamma(0), digamma(-0)]).toEqual([Infinity, -Infinity, -Infinity, Infinity]);
    for (const pole of [-1, -2, -50]) expect([gamma(pole), digamma(pole), polygamma(2, pole)]).toEqual([NaN, NaN, NaN]);
    for (const pole of [0, -1, -2, -50]) expect([trigamma(pole), polygamma(3, pole)]).toEqual([Infinity, Infinity]);
    expect([polygamma(2, 0), polygamma(2, -0)]).toEqual([-Infinity, Infinity]);
  });

  test('infinite arguments, overflow and underflow', () => {
    expect([lgamma(Infinity), lgamma(-Infinity), lgamma(1e306)]).toEqual([Infinity, Infinity, Infinity]);
    expect([gamma(Infinity), gamma(172), gamma(-Infinity)]).toEqual([Infinity, Infinity, NaN]);
    expect([digamma(Infinity), trigamma(Infinity), polygamma(4, Infinity)]).toEqual([Infinity, 0, -0]);
    expect(gamma(-170.5)).toBeLessThan(0); // floor −171 is odd
    expect(gamma(-171.5) / (gamma(-170.5) / -171.5)).toBeCloseTo(1, 10);
    expect([gamma(-200.5), gamma(-201.5)]).toEqual([-0, 0]);
  });

  test('softplus and sigmoid', () => {
    expect([softplus(1000), softplus(-1000), softplus(Infinity), softplus(-Infinity)]).toEqual([1000, 0, Infinity, 0]);
    expect([sigmoid(1000), sigmoid(-1000), sigmoid(Infinity), sigmoid(-Infinity)]).toEqual([1, 0, 1, 0]);
    expectRelative(sigmoid(-700), Math.exp(-700), 3e-16, 'sigmoid(−700)');
    expectRelative(softplus(-700), Math.exp(-700), 3e-16, 'softplus(−700)');
  });

  test('NaN in, NaN out; orders that are not whole give NaN', () => {
    const functions = { erf, erfc, erfcx, lgamma, gamma, digamma, trigamma, softplus, sigmoid };
    for (const [name, f] of Object.entries(functions)) expect(f(NaN), name).toBeNaN();
    expect(polygamma(3, NaN)).toBeNaN();
    for (const order of [-1, 0.5, NaN, Infinity]) expect(polygamma(order, 1)).toBeNaN();
  });
});
