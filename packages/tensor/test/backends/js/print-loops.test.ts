/** @file The printed loops are current, complete and readable. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import * as loops from '../../../src/backends/js/loops.ts';
import { printJavaScript, printLoopsFile } from '../../../src/backends/js/print-loops.ts';
import { e, operands, OPERATORS, type Operator } from '../../../src/elementwise/expression.ts';
import { ELEMENTWISE } from '../../../src/elementwise/table.ts';

test('loops.ts is what the table prints (else: npm run generate -w packages/tensor)', () => {
  expect(readFileSync(new URL('../../../src/backends/js/loops.ts', import.meta.url), 'utf8')).toBe(printLoopsFile());
});

test('there is a loop for every operation of the table, and one more where integers differ', () => {
  const wanted = Object.entries(ELEMENTWISE).flatMap(([name, { integer }]) => [`${name}Loop`, ...(integer === undefined ? [] : [`${name}I32Loop`])]);
  expect(Object.keys(loops).sort()).toEqual(wanted.sort());
});

test('every operation of the scalar language can be printed, with all its operands', () => {
  for (const [operator, arity] of Object.entries(OPERATORS) as [Operator, number][]) {
    const text = printJavaScript(e[operator](...operands(arity)), (k) => `x${k}`);
    for (let k = 0; k < arity; k++) expect(text, `${operator} as ${text}`).toContain(`x${k}`);
  }
});

test('expressions print as one would write them', () => {
  const [x, y] = operands(2);
  expect(printJavaScript(e.add(x!, e.mul(2, e.exp(y!))), (k) => 'ab'[k]!)).toBe('(a + (2 * Math.exp(b)))');
  expect(printJavaScript(e.select(e.less(x!, 0), e.neg(x!), e.erf(x!)), () => 'x')).toBe('((x < 0 ? 1 : 0) ? (-x) : erf(x))');
});
