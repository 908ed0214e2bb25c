/** @file The table of operations on numbers: value, slopes in both modes and to third order, members, kinks, extremes. */
import { describe, expect, test } from 'vitest';
import { checkGradients, grad, jvp, vmap } from '../../src/index.ts';
import { closeOver, evaluateProgram } from '../../src/extend.ts';
import * as scalar from '../../src/scalar.ts';
import { NumberList, select, stack, unstack, type Scalar } from '../../src/scalar.ts';
import { difference, expectClose, plain, randomNumbers } from '../support.ts';

const SEED = 31;
type Unary = (x: Scalar) => Scalar;
type Binary = (x: Scalar, y: Scalar) => Scalar;

/** Operations of one number: what plain JavaScript gives, and an interval of generic points. */
const unaries: readonly (readonly [name: string, f: Unary, value: (x: number) => number, low: number, high: number])[] = [
  ['neg', scalar.neg, (x) => -x, -3, 3],
  ['reciprocal', scalar.reciprocal, (x) => 1 / x, 0.3, 3],
  ['square', scalar.square, (x) => x * x, -3, 3],
  ['abs right', scalar.abs, (x) => (x < 0 ? -x : x), 0.3, 3],
  ['abs left', scalar.abs, (x) => (x < 0 ? -x : x), -3, -0.3],
  ['sqrt', scalar.sqrt, (x) => x ** 0.5, 0.3, 3],
  ['cbrt', scalar.cbrt, (x) => Math.sign(x) * Math.abs(x) ** (1 / 3), -3, -0.3],
  ['exp', scalar.exp, (x) => Math.E ** x, -3, 3],
  ['expm1', scalar.expm1, (x) => Math.exp(x) - 1, -3, 3],
  ['log', scalar.log, (x) => Math.log2(x) * Math.LN2, 0.3, 3],
  ['log1p', scalar.log1p, (x) => Math.log(1 + x), -0.7, 3],
  ['sin', scalar.sin, (x) => Math.cos(x - Math.PI / 2), -3, 3],
  ['cos', scalar.cos, (x) => Math.sin(x + Math.PI / 2), -3, 3],
  ['tan', scalar.tan, (x) => Math.sin(x) / Math.cos(x), -1.2, 1.2],
  ['asin', scalar.asin, (x) => Math.atan2(x, Math.sqrt(1 - x * x)), -0.8, 0.8],
  ['acos', scalar.acos, (x) => Math.atan2(Math.sqrt(1 - x * x), x), -0.8, 0.8],
  ['atan', scalar.atan, (x) => Math.asin(x / Math.sqrt(1 + x * x)), -3, 3],
  ['sinh', scalar.sinh, (x) => (Math.exp(x) - Math.exp(-x)) / 2, -3, 3],
  ['cosh', scalar.cosh, (x) => (Math.exp(x) + Math.exp(-x)) / 2, -3, 3],
  ['tanh', scalar.tanh, (x) => 1 - 2 / (Math.exp(2 * x) + 1), -3, 3],
  ['asinh', scalar.asinh, (x) => Math.log(x + Math.sqrt(x * x + 1)), -3, 3],
  ['acosh', scalar.acosh, (x) => Math.log(x + Math.sqrt(x * x - 1)), 1.3, 4],
  ['atanh', scalar.atanh, (x) => Math.log((1 + x) / (1 - x)) / 2, -0.8, 0.8],
  ['sigmoid', scalar.sigmoid, (x) => 1 / (1 + Math.exp(-x)), -3, 3],
  ['softplus', scalar.softplus, (x) => Math.log(1 + Math.exp(x)), -3, 3],
  ['erf', scalar.erf, (x) => integrate((t) => (2 / Math.sqrt(Math.PI)) * Math.exp(-t * t), x), -2, 2],
  ['erfc', scalar.erfc, (x) => 1 - integrate((t) => (2 / Math.sqrt(Math.PI)) * Math.exp(-t * t), x), -2, 2],
  ['lgamma', scalar.lgamma, stirling, 0.3, 5],
  ['digamma', scalar.digamma, (x) => difference(stirling, x, 0.05), 0.5, 5],
  ['polygamma 2', (x) => scalar.polygamma(2, x), (x) => -2 * hurwitz(3, x), 0.5, 5],
  ['polygamma 3', (x) => scalar.polygamma(3, x), (x) => 6 * hurwitz(4, x), 0.5, 5],
];

/** Operations of two numbers, and a box of generic points. */
const binaries: readonly (readonly [name: string, f: Binary, value: (x: number, y: number) => number, low: number, high: number])[] = [
  ['add', scalar.add, (x, y) => x + y, -3, 3],
  ['sub', scalar.sub, (x, y) => x - y, -3, 3],
  ['mul', scalar.mul, (x, y) => x * y, -3, 3],
  ['div', scalar.div, (x, y) => x / y, 0.3, 3],
  ['pow', scalar.pow, (x, y) => Math.exp(y * Math.log(x)), 0.3, 3],
  ['hypot', scalar.hypot, (x, y) => Math.sqrt(x * x + y * y), 0.3, 3],
  ['atan2', scalar.atan2, (y, x) => Math.atan(y / x), 0.3, 3],
  ['atan2 on the left', (y, x) => scalar.atan2(y, scalar.neg(x)), (y, x) => Math.PI - Math.atan(y / x), 0.3, 3],
  ['max', scalar.max, (x, y) => (x > y ? x : y), -3, 3],
  ['min', scalar.min, (x, y) => (x < y ? x : y), -3, 3],
  ['clip', (x, y) => scalar.clip(scalar.mul(x, y), -1, 1), (x, y) => Math.max(-1, Math.min(1, x * y)), -3, 3],
  ['select', (x, y) => select(scalar.less(x, y), scalar.sin(x), scalar.mul(x, y)), (x, y) => (x < y ? Math.sin(x) : x * y), -3, 3],
];

/** Simpson's rule from 0. */
function integrate(f: (t: number) => number, x: number): number {
  const parts = 2000;
  let sum = f(0) + f(x);
  for (let k = 1; k < parts; k++) sum += (k % 2 === 1 ? 4 : 2) * f((x * k) / parts);
  return (sum * x) / (3 * parts);
}

/** ln Γ by Stirling's series, shifted to where it converges. */
function stirling(x: number): number {
  let shifted = x;
  let correction = 0;
  for (; shifted < 20; shifted++) correction -= Math.log(shifted);
  const square = shifted ** -2;
  const tail = (1 / 12 - square * (1 / 360 - square * (1 / 1260 - square / 1680))) / shifted;
  return correction + (shifted - 0.5) * Math.log(shifted) - shifted + 0.5 * Math.log(2 * Math.PI) + tail;
}

/** Hurwitz zeta by Euler and Maclaurin. */
function hurwitz(s: number, x: number): number {
  let sum = 0;
  let at = x;
  for (; at < x + 30; at++) sum += at ** -s;
  return sum + at ** (1 - s) / (s - 1) + at ** -s / 2 + (s * at ** (-s - 1)) / 12 - (s * (s + 1) * (s + 2) * at ** (-s - 3)) / 720;
}

const tangent = (f: Unary): Unary => (x) => jvp(f, x, 1 as Scalar).tangent;

/** Fails unless the derivative of f is that of `value`, in both modes, and the same holds up to third order. */
function expectDerivatives(f: Unary, value: (x: number) => number, x: number, label: string): void {
  const slope = grad(f);
  const derived = plain(slope(x));
  expectClose(derived, difference(value, x), 1e-7, `slope of ${label}`);
  expectClose(tangent(f)(x), derived, 1e-14, `tangent of ${label}`);
  // The slope was compared with an oracle; from here on each derivative is compared with differences of the one before.
  expectClose(grad(slope)(x), difference((z) => plain(slope(z)), x), 1e-7, `second derivative of ${label}`);
  expectClose(tangent(tangent(tangent(f)))(x), difference((z) => plain(grad(slope)(z)), x), 1e-6, `third derivative of ${label}`);
}

describe(`operations of one number (seed ${SEED})`, () => {
  test.each(unaries)('%s', (name, f, value, low, high) => {
    const points = randomNumbers(SEED, 4, low, high);
    for (const x of points) {
      expectClose(f(x), value(x), 1e-11, `${name}(${x})`);
      expectDerivatives(f, value, x, `${name}(${x})`);
      checkGradients((z: Scalar) => f(z), x, { order: 3, seed: SEED });
    }
    const members = (vmap(f)(new NumberList(points)) as unknown as NumberList).values;
    expect(members).toEqual(points.map((x) => f(x)));
    const { program } = closeOver('test', f, [1]);
    for (const x of points) expect(evaluateProgram(program, [x])[0]).toBe(f(x));
  });
});

describe(`operations of two numbers (seed ${SEED})`, () => {
  test.each(binaries)('%s', (name, f, value, low, high) => {
    const points = randomNumbers(SEED, 8, low, high);
    for (let k = 0; k < points.length; k += 2) {
      const [x, y] = [points[k]!, points[k + 1]!];
      const label = `${name}(${x}, ${y})`;
      expectClose(f(x, y), value(x, y), 1e-13, label);
      expectDerivatives((z) => f(z, y), (z) => value(z, y), x, `${label} to the first`);
      expectDerivatives((z) => f(x, z), (z) => value(x, z), y, `${label} to the second`);
      // One value in both places: the sum of both slopes.
      expectDerivatives((z) => f(z, scalar.add(z, y - x)), (z) => value(z, z + (y - x)), x, `${label} along the diagonal`);
      checkGradients(([a, b]: readonly [Scalar, Scalar]) => f(a, b), [x, y], { order: 3, seed: SEED });
    }
    const xs = new NumberList(points.slice(0, 4));
    const ys = new NumberList(points.slice(4));
    expect(unstack(vmap(f)(xs, ys))).toEqual(points.slice(0, 4).map((x, k) => f(x, points[k + 4]!)));
    const { program } = closeOver('test', f, [1, 2]);
    expect(evaluateProgram(program, [points[0], points[1]])[0]).toBe(f(points[0]!, points[1]!));
  });
});

test('the table covers every operation', () => {
  const covered = new Set([...unaries, ...binaries].map(([name]) => name.split(' ')[0]));
  const elsewhere = ['sign', 'floor', 'ceil', 'round', 'equal', 'greater', 'greaterEqual', 'less', 'lessEqual', 'NumberList', 'stack', 'unstack', 'unary', 'binary'];
  expect(Object.keys(scalar).sort()).toEqual([...new Set([...covered, ...elsewhere, 'polygamma'])].sort());
});

describe('kinks and singular points: the documented subgradient, in both modes', () => {
  // −0 and 0 are one slope.
  const both = (f: Unary, x: number): number[] => [grad(f)(x), tangent(f)(x)].map((slope) => plain(slope) + 0);
  test('min and max give the whole derivative to the first argument on a tie', () => {
    expect(both((x) => scalar.max(x, 2), 2)).toEqual([1, 1]);
    expect(both((x) => scalar.max(2, x), 2)).toEqual([0, 0]);
    expect(both((x) => scalar.min(x, 2), 2)).toEqual([1, 1]);
    expect(both((x) => scalar.min(2, x), 2)).toEqual([0, 0]);
    expect(both((x) => scalar.max(x, x), 2)).toEqual([1, 1]);
    expect(both((x) => scalar.min(x, x), 2)).toEqual([1, 1]);
  });

  test('clip gives the derivative to its argument at the bounds', () => {
    expect([-2, -1, 0, 1, 2].map((x) => grad((z: Scalar) => scalar.clip(z, -1, 1))(x))).toEqual([0, 1, 1, 1, 0]);
  });

  test('abs, hypot and atan2 have slope 0 at the origin', () => {
    expect(both(scalar.abs, 0)).toEqual([0, 0]);
    expect(both((x) => scalar.hypot(x, 0), 0)).toEqual([0, 0]);
    expect(both((x) => scalar.hypot(0, x), 0)).toEqual([0, 0]);
    expect(both((x) => scalar.atan2(x, 0), 0)).toEqual([0, 0]);
    expect(both((x) => scalar.atan2(0, x), 0)).toEqual([0, 0]);
    const inBatch = vmap(grad((x: Scalar) => scalar.hypot(x, 0)))(new NumberList([0, 3]));
    expect(inBatch).toEqual(new NumberList([0, 1]));
  });

  test('roots have an infinite slope at 0', () => {
    expect(both(scalar.sqrt, 0)).toEqual([Infinity, Infinity]);
    expect(both(scalar.cbrt, 0)).toEqual([Infinity, Infinity]);
  });

  test('powers at base 0', () => {
    const power = (n: number): Unary => (x) => scalar.pow(x, n);
    expect([0, 1, 2, 3].map((n) => grad(power(n))(0))).toEqual([0, 1, 0, 0]);
    expect([0, 1, 2, 3].map((n) => grad(grad(power(n)))(0))).toEqual([0, 0, 2, 0]);
    expect(grad(grad(grad(power(3))))(0)).toBe(6);
    expect(both((y) => scalar.pow(0, y), 2)).toEqual([0, 0]);
  });

  test('powers of negative numbers to constant exponents', () => {
    expect(both((x) => scalar.pow(x, 3), -2)).toEqual([12, 12]);
    expect(both((x) => scalar.pow(x, -1), -2)).toEqual([-0.25, -0.25]);
    expect(grad((y: Scalar) => scalar.pow(-2, y))(3)).toBeNaN();
  });

  test('lgamma falls to its left pole with slope −∞', () => {
    expect(both(scalar.lgamma, 0)).toEqual([-Infinity, -Infinity]);
  });
});

describe('operations without derivative', () => {
  const stepwise: readonly (readonly [string, Unary, number, number])[] = [
    ['floor', scalar.floor, 1.5, 1],
    ['floor of a negative number', scalar.floor, -1.5, -2],
    ['ceil', scalar.ceil, 1.5, 2],
    ['round', scalar.round, 1.5, 2],
    ['round of a negative half', scalar.round, -1.5, -1],
    ['sign', scalar.sign, -1.5, -1],
    ['sign of 0', scalar.sign, 0, 0],
  ];
  test.each(stepwise)('%s', (_name, f, x, expected) => {
    expect(f(x)).toBe(expected);
    expect(grad((z: Scalar) => scalar.mul(f(z), z))(x)).toBe(expected);
    expect(tangent((z) => scalar.mul(f(z), z))(x)).toBe(expected);
    expect(vmap(f)(new NumberList([x]))).toEqual(new NumberList([expected]));
  });

  const comparisons: readonly (readonly [string, Binary, readonly [number, number, number]])[] = [
    ['less', scalar.less, [1, 0, 0]],
    ['lessEqual', scalar.lessEqual, [1, 1, 0]],
    ['greater', scalar.greater, [0, 0, 1]],
    ['greaterEqual', scalar.greaterEqual, [0, 1, 1]],
    ['equal', scalar.equal, [0, 1, 0]],
  ];
  test.each(comparisons)('%s of smaller, same, larger, NaN', (_name, f, expected) => {
    expect([1, 2, 3].map((x) => f(x, 2))).toEqual(expected);
    expect(f(NaN, 2)).toBe(0);
    expect(unstack(vmap((x: Scalar) => f(x, 2))(new NumberList([1, 2, 3])))).toEqual(expected);
    expect(grad((x: Scalar) => scalar.add(x, f(x, 2)))(2)).toBe(1);
    expect(tangent((x) => scalar.add(x, f(2, x)))(2)).toBe(1);
  });

  test('comparisons take plain numbers inside a derivative, so JavaScript may branch on them', () => {
    const f = (x: Scalar): Scalar => (scalar.less(x, 0) === 1 ? scalar.neg(x) : scalar.square(x));
    expect([grad(f)(-2), grad(f)(3)]).toEqual([-1, 6]);
  });
});

describe('extreme arguments', () => {
  test('sigmoid and softplus, values and slopes', () => {
    expect([-800, 800].map((x) => scalar.sigmoid(x))).toEqual([0, 1]);
    expect([-800, 800].map((x) => scalar.softplus(x))).toEqual([0, 800]);
    expect([-800, 800].map((x) => grad(scalar.softplus)(x))).toEqual([0, 1]);
    expect([-800, 800].map((x) => grad(grad(scalar.softplus))(x))).toEqual([0, 0]);
    expect([-800, 800].map((x) => grad(grad(grad(scalar.softplus)))(x))).toEqual([0, 0]);
    for (const x of [-700, -100, -40]) {
      const expected = Math.exp(x);
      for (const f of [scalar.sigmoid, scalar.softplus, grad(scalar.sigmoid), grad(scalar.softplus), grad(grad(scalar.sigmoid))]) {
        expectClose(plain(f(x)) / expected, 1, 1e-14, `tail at ${x}`);
      }
      expectClose(plain(grad(scalar.sigmoid)(-x)) / expected, 1, 1e-14, `right tail at ${-x}`);
    }
  });

  test('the slope of tanh has full precision in the tails, and no order of it overflows', () => {
    for (const x of [10, 40, 300]) {
      for (const sign of [-1, 1]) {
        expectClose(plain(grad(scalar.tanh)(sign * x)) / (4 * Math.exp(-2 * x)), 1, 1e-8, `slope at ${sign * x}`);
        expectClose(plain(grad(grad(scalar.tanh))(sign * x)) / (-8 * sign * Math.exp(-2 * x)), 1, 1e-8, `second at ${sign * x}`);
      }
    }
    expect([-1e6, 1e6].map((x) => [grad(scalar.tanh)(x), grad(grad(scalar.tanh))(x), grad(grad(grad(scalar.tanh)))(x)].map(Math.abs as (x: unknown) => number))).toEqual([[0, 0, 0], [0, 0, 0]]);
  });

  test('small arguments of expm1 and log1p', () => {
    for (const x of [1e-20, -1e-20]) {
      expect(scalar.expm1(x)).toBe(x);
      expect(scalar.log1p(x)).toBe(x);
      expect(grad(scalar.expm1)(x)).toBe(1);
      expect(grad(scalar.log1p)(x)).toBe(1);
    }
  });

  test('hypot, atan2, atan and asinh where squares overflow or vanish', () => {
    for (const size of [1e200, 1e-200]) {
      expectClose(plain(scalar.hypot(3 * size, 4 * size)) / size, 5, 1e-15, 'hypot');
      expectClose(grad((x: Scalar) => scalar.hypot(x, 4 * size))(3 * size), 0.6, 1e-15, 'slope of hypot');
      expectClose(plain(grad((y: Scalar) => scalar.atan2(y, 4 * size))(3 * size)) * size, 4 / 25, 1e-14, 'slope of atan2');
    }
    expectClose(plain(grad(scalar.asinh)(1e200)) * 1e200, 1, 1e-14, 'slope of asinh');
    expect(Math.abs(plain(grad(grad(scalar.atan))(1e200)))).toBe(0);
  });

  test('erfc keeps its slope where erf is flat', () => {
    const x = 20;
    expectClose(plain(grad(scalar.erfc)(x)) / ((-2 / Math.sqrt(Math.PI)) * Math.exp(-x * x)), 1, 1e-14, 'slope of erfc');
  });

  test('asin and acos near the ends of their interval', () => {
    const gap = 2 ** -40;
    // 1 − x² = gap (2 − gap)
    const expected = 1 / Math.sqrt(gap * (2 - gap));
    expectClose(plain(grad(scalar.asin)(1 - gap)) / expected, 1, 1e-14, 'asin');
    expectClose(plain(grad(scalar.acos)(gap - 1)) / -expected, 1, 1e-14, 'acos');
  });

  test('NaN in, NaN out', () => {
    const step = ['less', 'lessEqual', 'greater', 'greaterEqual', 'equal'];
    for (const [name, f] of unaries) expect(f(NaN), name).toBeNaN();
    for (const [name, f] of binaries) if (!step.includes(name)) expect(f(NaN, 1), name).toBeNaN();
  });
});

describe('select', () => {
  const positiveRoot: Unary = (x) => select(scalar.less(0, x), scalar.sqrt(select(scalar.less(0, x), x, 1)), 0);
  const members = new NumberList([-1, 0, 4]);

  test('the branch that is not taken gets the derivative 0', () => {
    const f = (c: number) => ([x, y]: readonly Scalar[]): Scalar => select(c, scalar.square(x!), scalar.mul(3, y!));
    expect(grad(f(1))([2, 5])).toEqual([4, 0]);
    expect(grad(f(0))([2, 5])).toEqual([0, 3]);
    // Any number but 0 counts as true.
    expect([-1, 0.5, NaN, 0, -0].map((c) => select(c, 'x' as never, 'y' as never))).toEqual(['x', 'x', 'x', 'y', 'y']);
  });

  test('with a safe argument the derivative is never NaN: alone, recorded, and of members, to second order', () => {
    expect([-1, 0, 4].map((x) => grad(positiveRoot)(x))).toEqual([0, 0, 0.25]);
    expect([-1, 0, 4].map((x) => tangent(positiveRoot)(x))).toEqual([0, 0, 0.25]);
    expect(vmap(grad(positiveRoot))(members)).toEqual(new NumberList([0, 0, 0.25]));
    expect(vmap(tangent(positiveRoot))(members)).toEqual(new NumberList([0, 0, 0.25]));
    expect(vmap(grad(grad(positiveRoot)))(members)).toEqual(new NumberList([0, 0, -1 / 32]));
    const { program } = closeOver('test', positiveRoot, [1]);
    const recorded: Unary = (x) => evaluateProgram(program, [x])[0] as Scalar;
    expect([-1, 0, 4].map((x) => grad(recorded)(x))).toEqual([0, 0, 0.25]);
    const { program: gradient } = closeOver('test', grad(positiveRoot), [1]);
    expect([-1, 0, 4].map((x) => evaluateProgram(gradient, [x])[0])).toEqual([0, 0, 0.25]);
  });

  test('without it, the derivative of members is the documented NaN', () => {
    const unsafe: Unary = (x) => select(scalar.less(0, x), scalar.sqrt(x), 0);
    expect(grad(unsafe)(0)).toBe(0);
    expect(unstack(vmap(grad(unsafe))(members))[1]).toBeNaN();
  });

  test('conditions that are members', () => {
    const f = (c: Scalar, x: Scalar): Scalar => select(c, scalar.square(x), scalar.neg(x));
    expect(vmap(f)(new NumberList([1, 0]), new NumberList([3, 3]))).toEqual(new NumberList([9, -3]));
    expect(vmap(grad(f, { wrt: 1 }))(new NumberList([1, 0]), new NumberList([3, 3]))).toEqual(new NumberList([6, -1]));
    expect(grad((x: Scalar) => unstack(vmap(f)(stack([1, 0]), stack([x, x]))).reduce((sum, y) => scalar.add(sum, y)))(3)).toBe(5);
  });

  test('a condition that is no number is refused', () => {
    expect(() => select(new NumberList([1, 0]) as never, 1, 2)).toThrow('select: a list of 2 numbers where a number is expected');
  });
});

describe('refusals', () => {
  test.each<[string, unknown, string]>([
    ['a text', '1', 'no number (string)'],
    ['undefined', undefined, 'no number (undefined)'],
    ['null', null, 'no number (null)'],
    ['a list', new NumberList([1, 2]), 'a list of 2 numbers'],
  ])('%s instead of a number', (_name, wrong, seen) => {
    for (const f of [() => scalar.sin(wrong as Scalar), () => scalar.add(1, wrong as Scalar), () => scalar.add(wrong as Scalar, 1)]) {
      expect(f).toThrow(`${seen} where a number is expected`);
    }
    expect(() => grad((x: Scalar) => scalar.mul(x, wrong as Scalar))(1)).toThrow(`mul: ${seen} where a number is expected`);
  });

  test('polygamma of an order that is not whole', () => {
    for (const order of [-1, 0.5, NaN]) expect(() => scalar.polygamma(order, 1)).toThrow(RangeError);
    expect(scalar.polygamma(0, 2)).toBe(scalar.digamma(2));
  });
});
