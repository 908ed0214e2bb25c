/** @file The functions of kernels as plain JavaScript: accuracy against Math and the engine over whole ranges, and what becomes of special values. */
import vm from 'node:vm';
import { describe, expect, test } from 'vitest';
import { erf, erfc } from '@tapeflow/autodiff/extend';
import { functionsIn, GPU_FUNCTIONS } from '../../../src/compile/gpu/functions/index.ts';
import { sinc } from '../../../src/elementwise/special.ts';

/** A function of the table with all that it calls. */
function load(name: string): (...xs: number[]) => number {
  const sources = functionsIn(`${name}(`).map(({ source }) => source);
  return vm.runInThisContext(`(function () { ${sources.join('\n')}\nreturn ${name}; })()`) as (...xs: number[]) => number;
}

type Row = readonly [name: string, expected: (x: number) => number, low: number, high: number, bound?: number];

/** Largest errors, as multiples of 2⁻²⁴ (half a unit in the last place of f32), relative to values or to 2⁻¹⁰, whichever is larger. */
const ROWS: readonly Row[] = [
  ['expOf', Math.exp, -87, 88], ['expm1Of', Math.expm1, -3, 3], ['logOf', Math.log, 1e-30, 5], ['logOf', Math.log, 0.9, 1.1], ['log1pOf', Math.log1p, -0.99, 4],
  ['sineOf', Math.sin, -40, 40], ['cosineOf', Math.cos, -40, 40], ['tangentOf', Math.tan, -1.5, 1.5, 4], ['sineOf', Math.sin, -45_000, 45_000],
  ['arcsineOf', Math.asin, -1, 1], ['arccosineOf', Math.acos, -1, 1], ['arctangentOf', Math.atan, -30, 30],
  ['hyperbolicSineOf', Math.sinh, -5, 5], ['hyperbolicCosineOf', Math.cosh, -5, 5], ['hyperbolicTangentOf', Math.tanh, -12, 12],
  ['areaSineOf', Math.asinh, -40, 40], ['areaCosineOf', Math.acosh, 1, 50], ['areaTangentOf', Math.atanh, -0.999, 0.999], ['cubeRootOf', Math.cbrt, -30, 30],
  ['errorOf', erf, -5, 5], ['errorComplementOf', erfc, -3, 3], ['errorComplementOf', erfc, 3, 9, 20], ['sincOf', sinc, -9, 9],
];

describe('accuracy', () => {
  for (const [name, expected, low, high, bound = 2] of ROWS) {
    test(`${name} from ${low} to ${high}`, () => {
      const f = load(name);
      let worst = 0;
      for (let k = 0; k <= 4000; k++) {
        const x = low + ((high - low) * k) / 4000;
        const y = expected(x);
        const floor = bound === 20 ? 0 : 2 ** -10;
        worst = Math.max(worst, (Math.abs(f(x) - y) / Math.max(Math.abs(y), floor)) * 2 ** 24);
      }
      expect(worst).toBeLessThan(bound);
    });
  }
});

describe('special values', () => {
  const SPECIAL = [0, -0, 1, -1, 2, -2, 0.5, -0.5, 3, 1e30, -1e30, Infinity, -Infinity, NaN];
  const close = (x: number, y: number): boolean => Object.is(x, y) || (Number.isFinite(y) && y !== 0 && Math.abs(x - y) <= 1e-6 * Math.abs(y));
  const unary: Readonly<Record<string, (x: number) => number>> = {
    expOf: Math.exp, expm1Of: Math.expm1, logOf: Math.log, log1pOf: Math.log1p, sineOf: Math.sin, cosineOf: Math.cos, arcsineOf: Math.asin, arctangentOf: Math.atan,
    hyperbolicTangentOf: Math.tanh, areaSineOf: Math.asinh, areaTangentOf: Math.atanh, cubeRootOf: Math.cbrt, errorOf: erf, sincOf: sinc, signOf: Math.sign,
    floorOf: Math.floor, ceilOf: Math.ceil, truncOf: Math.trunc,
  };
  for (const [name, expected] of Object.entries(unary)) {
    test(name, () => {
      const f = load(name);
      // Beyond f32, where e³⁰ and more overflow, doubles know better.
      for (const x of SPECIAL) if (!(Math.abs(x) === 1e30 && name === 'errorOf')) expect([x, close(f(x), expected(x))]).toEqual([x, true]);
    });
  }
  const binary: Readonly<Record<string, (x: number, y: number) => number>> = { powerOf: (x, y) => x ** y, arctangentOfTwo: Math.atan2, smallerOf: Math.min, largerOf: Math.max, hypotenuseOf: Math.hypot };
  for (const [name, expected] of Object.entries(binary)) {
    test(`${name} of pairs`, () => {
      const f = load(name);
      const operands = SPECIAL.filter((x) => Math.abs(x) !== 1e30);
      for (const x of operands) for (const y of operands) expect([x, y, close(f(x, y), expected(x, y))]).toEqual([x, y, true]);
    });
  }
  test('whole numbers: half to even, towards zero, remainders', () => {
    const [round, whole, remainder] = [load('roundOf'), load('integerOf'), load('integerRemainderOf')];
    expect([0.5, 1.5, 2.5, -0.5, -1.5, 2.51, NaN, -Infinity].map((x) => round(x))).toEqual([0, 2, 2, -0, -2, 3, NaN, -Infinity]);
    expect([2.9, -2.9, NaN, 1e30, -1e30].map((x) => whole(x))).toEqual([2, -2, 0, 2 ** 31 - 1, -(2 ** 31)]);
    expect([[7, 3], [-7, 3], [7, -3], [-7, -3], [5, 0]].map(([x, y]) => remainder(x!, y!))).toEqual([1, 2, -2, -1, 0]);
  });
});

test('every function calls only functions of the table, and none calls itself', () => {
  for (const { name, source } of GPU_FUNCTIONS.values()) {
    const called = [...source.slice(source.indexOf('{')).matchAll(/(?<![.\w])(\w+)\(/g)].map(([, other]) => other!).filter((other) => !['if', 'for'].includes(other));
    expect([name, called.filter((other) => !GPU_FUNCTIONS.has(other) || other === name)]).toEqual([name, []]);
  }
});
test('what gpu.js takes for integers appears only where it does not translate', () => {
  for (const { name, source, glsl } of GPU_FUNCTIONS.values()) if (glsl === undefined) expect([name, /Math\.(floor|ceil|round|trunc)|%|=>|while/.test(source)]).toEqual([name, false]);
});
