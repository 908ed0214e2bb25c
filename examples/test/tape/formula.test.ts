/** @file Formulas mean what they mean on paper; what is not one is refused with the place of the mistake. */
import { checkGradients } from '@tapeflow/autodiff';
import type { Scalar } from '@tapeflow/autodiff/scalar';
import { describe, expect, test } from 'vitest';
import { UsageError } from '../../cli/errors.ts';
import { evaluateFormula, LONGEST_FORMULA, parseFormula } from '../../tape/formula.ts';
import { FUNCTIONS } from '../../tape/functions.ts';

const x = 0.7;
const y = 1.3;
const at = new Map<string, Scalar>([['x', x], ['y', y]]);
const value = (text: string): number => evaluateFormula(parseFormula(text).root, at) as number;

test.each<[string, number]>([
  ['x + y*2', x + y * 2],
  ['(x + y)*2', (x + y) * 2],
  ['x - y - 1', x - y - 1],
  ['x / y / 2', x / y / 2],
  ['-x^2', -(x ** 2)],
  ['(-x)^2', x ** 2],
  ['2^3^x', 2 ** (3 ** x)],
  ['x^-y', x ** -y],
  ['x--y', x - -y],
  ['2·x × 3 − y', 2 * x * 3 - y],
  ['1.5e-1*x + .5 + 2.', 1.5e-1 * x + 0.5 + 2],
  ['sin(x)*cos(y)', Math.sin(x) * Math.cos(y)],
  ['hypot(x, min(x, y))', Math.hypot(x, x)],
  ['atan2(y, x) + pi*e', Math.atan2(y, x) + Math.PI * Math.E],
  ['  exp ( -x ^ 2 )  ', Math.exp(-(x ** 2))],
])('%s', (text, wanted) => {
  expect(value(text)).toBeCloseTo(wanted, 14);
});

test('variables come in the order in which they appear, once each', () => {
  expect(parseFormula('b*a + sin(b) - c1 + pi').variables).toEqual(['b', 'a', 'c1']);
});

test('a formula of everything has the right derivatives', () => {
  const calls = Object.keys(FUNCTIONS).map((name) => {
    const two = ['pow', 'hypot', 'atan2', 'min', 'max'].includes(name);
    return two ? `${name}(x, y)` : `${name}(x*0.9)`;
  });
  const { root } = parseFormula(`(${calls.join(' + ')})/(x - 2*y)^3`);
  const f = ([a, b]: [Scalar, Scalar]): Scalar => evaluateFormula(root, new Map([['x', a], ['y', b]]));
  for (const { taylorRates, exact } of checkGradients(f, [x, y], { seed: 4 })) expect(exact || taylorRates.length >= 3).toBe(true);
});

describe('refused, with the place', () => {
  test.each([
    ['x + sinn(y)', "there is no function 'sinn' (character 5)", 'did you mean sin?'],
    ['x +', 'ends too early', 'write a number, a name or ('],
    ['', 'ends too early', 'write a number'],
    ['(x', 'ends too early', 'write )'],
    ['x)', "')' (character 2)", 'an operator or the end'],
    ['x y', "'y' (character 3)", 'an operator or the end'],
    ['2x', "'x' (character 2)", 'an operator or the end'],
    ['x § y', "'§' (character 3)", 'use names'],
    ['sin(x, y)', 'sin (character 1) has 2 arguments', 'give 1'],
    ['atan2(x)', 'atan2 (character 1) has 1 arguments', 'give 2'],
    ['sin()', "')' (character 5)", 'a number'],
    ['x ** 2', "'*' (character 4)", 'a number'],
    ['constructor(x)', "there is no function 'constructor'", 'use one of'],
    [`x${'+x'.repeat(LONGEST_FORMULA)}`, `has ${2 * LONGEST_FORMULA + 1} characters`, `give ${LONGEST_FORMULA}`],
  ])('%s', (text, seen, advice) => {
    expect(() => parseFormula(text)).toThrow(UsageError);
    expect(() => parseFormula(text)).toThrow(expect.objectContaining({ subject: '--formula', seen: expect.stringContaining(seen), advice: expect.stringContaining(advice) }));
  });

  test('names of what every object has are variables like others', () => {
    expect(parseFormula('toString + x').variables).toEqual(['toString', 'x']);
  });
});
