/** @file What is recorded is right: values by plain arithmetic, derivatives by differences, the program by running it. */
import { evaluateProgram } from '@tapeflow/autodiff/extend';
import { describe, expect, test } from 'vitest';
import { evaluateFormula, parseFormula } from '../../tape/formula.ts';
import { record } from '../../tape/recording.ts';

const FORMULAS = ['x*sin(x*y) + exp(-y^2)', 'x', 'y - x', 'x*x*x + 2*pi', 'sqrt(x^2 + y^2)/max(x, 2*y)', 'log(x)^y', 'softplus(-x)*erf(y)/3 + 1/x', 'x*0 + y'];
const point = new Map([['x', 1.4], ['y', 0.6]]);

describe.each(FORMULAS)('%s', (text) => {
  const formula = parseFormula(text);
  const at = new Map([...point].filter(([name]) => formula.variables.includes(name)));
  const recorded = record(formula, at);
  const plain = (values: ReadonlyMap<string, number>): number => evaluateFormula(formula.root, values) as number;

  test('value', () => {
    expect(recorded.value).toBe(plain(at));
    const { results, lines } = recorded.tape;
    expect(results).toHaveLength(1);
    if (lines.length > 0) expect(recorded.lines[Number(results[0]!.slice(1))]!.value).toBe(recorded.value);
  });

  test('derivatives to the variables', () => {
    const h = 1e-5;
    for (const [name, { value, derivative }] of recorded.variables) {
      expect(value).toBe(at.get(name));
      const difference = (plain(new Map(at).set(name, value + h)) - plain(new Map(at).set(name, value - h))) / (2 * h);
      expect(Math.abs(derivative - difference)).toBeLessThan(1e-8);
    }
  });

  test('the program of the gradient gives the same bits', () => {
    const names = recorded.tape.arguments.map(({ name }) => name);
    expect(names).toEqual([...at.keys()].sort());
    const seen = evaluateProgram(recorded.gradient, names.map((name) => at.get(name)));
    expect(seen).toEqual(names.map((name) => recorded.variables.get(name)!.derivative));
  });
});

// Without operations on constants alone, those of the formula and the lines of the tape go side by side.
test.each(FORMULAS.filter((text) => !text.includes('pi')))('derivatives to the operations of %s', (text) => {
  const formula = parseFormula(text);
  const at = new Map([...point].filter(([name]) => formula.variables.includes(name)));
  const { lines } = record(formula, at);
  const shifted = (line: number, by: number): number => {
    let count = 0;
    return evaluateFormula(formula.root, at, (y) => (count++ === line ? (y as number) + by : y)) as number;
  };
  const h = 1e-5;
  lines.forEach(({ derivative }, line) => {
    expect(Math.abs(derivative - (shifted(line, h) - shifted(line, -h)) / (2 * h))).toBeLessThan(1e-8);
  });
});

test('a constant takes no line of the tape', () => {
  const { tape, lines } = record(parseFormula('x*sin(2*pi)'), new Map([['x', 2]]));
  expect(tape.lines.map(({ operation }) => operation)).toEqual(['mul']);
  expect(lines).toEqual([{ value: 2 * Math.sin(2 * Math.PI), derivative: 1 }]);
});

test('a variable that is used twice has one node with the sum of both shares', () => {
  const { tape, variables } = record(parseFormula('x*x'), new Map([['x', 3]]));
  expect(tape.lines[0]!.inputs).toEqual(['x', 'x']);
  expect(variables.get('x')!.derivative).toBe(6);
});
