/** @file The tape as a list, as text, as JSON and as a graph. */
import { describe, expect, test } from 'vitest';
import { AsyncFunctionError, checkpoint, describeTape, grad, tapeToGraphviz, tapeToText } from '../src/index.ts';
import { add, less, mul, NumberList, sin, stack, unstack, type Scalar } from '../src/scalar.ts';
import { Pair, pairSum, pairMultiply } from './pairs.ts';

const f = (x: Scalar, { k, name }: { k: readonly Scalar[]; name: string }): unknown => [mul(sin(x), add(k[0]!, 0.5)), name, x, 7];
const tape = describeTape(f, 2, { k: [3], name: 'f' });

test('a tape as plain data', () => {
  expect(tape).toEqual({
    arguments: [
      { name: 'x0', type: 'a number' },
      { name: 'x1.k[0]', type: 'a number' },
    ],
    lines: [
      { operation: 'sin', inputs: ['x0'], outputs: ['a number'], bytes: 8 },
      { operation: 'add', inputs: ['x1.k[0]', '0.5'], outputs: ['a number'], bytes: 8 },
      { operation: 'mul', inputs: ['%0', '%1'], outputs: ['a number'], bytes: 8 },
    ],
    results: ['%2', 'x0', '7'],
  });
  expect(JSON.parse(JSON.stringify(tape))).toEqual(tape);
});

test('as text', () => {
  expect(tapeToText(tape)).toBe(
    ['x0: a number', 'x1.k[0]: a number', '%0 = sin(x0)    a number', '%1 = add(x1.k[0], 0.5)    a number', '%2 = mul(%0, %1)    a number', 'return %2, x0, 7'].join('\n'),
  );
});

test('as a graph', () => {
  expect(tapeToGraphviz(tape).split('\n')).toEqual([
    'digraph tape {',
    '  rankdir=LR;',
    '  node [shape=box, fontname="sans-serif"];',
    '  "x0" [shape=ellipse];',
    '  "x1.k[0]" [shape=ellipse];',
    '  "%0" [label="sin\\na number"];',
    '  "x0" -> "%0";',
    '  "%1" [label="add\\na number"];',
    '  "x1.k[0]" -> "%1";',
    '  "0.5" -> "%1";',
    '  "%2" [label="mul\\na number"];',
    '  "%0" -> "%2";',
    '  "%1" -> "%2";',
    '  "result 0" [shape=ellipse];',
    '  "%2" -> "result 0";',
    '  "result 1" [shape=ellipse];',
    '  "x0" -> "result 1";',
    '  "result 2" [shape=ellipse];',
    '  "7" -> "result 2";',
    '}',
  ]);
});

/** Reads a quoted identifier of the DOT language, and what is left. */
function quoted(text: string): [string, string] {
  const match = /^"((?:[^"\\]|\\.)*)"(.*)$/.exec(text);
  if (match === null) throw new Error(`no quoted name: ${text}`);
  return [match[1]!.replace(/\\(["\\])/g, '$1'), match[2]!];
}

test('a graph with names of every kind is well formed, and each edge starts at something that exists', () => {
  const strange = describeTape((t: Record<string, Scalar>) => mul(t['a "b" \\']!, unstack(stack([t['%0']!, 2]))[1]!), { 'a "b" \\': 1, '%0': 2 });
  const lines = tapeToGraphviz(strange).split('\n').slice(3, -1);
  const nodes = new Set<string>();
  const edges: [string, string][] = [];
  for (const line of lines) {
    const [name, rest] = quoted(line.trim());
    if (rest.startsWith(' -> ')) edges.push([name, quoted(rest.slice(4).replace(/;$/, ''))[0]]);
    else nodes.add(name);
  }
  expect(edges.length).toBeGreaterThan(3);
  for (const [from, to] of edges) {
    expect(nodes.has(to), to).toBe(true);
    expect(nodes.has(from) || !Number.isNaN(Number(from)), from).toBe(true);
  }
});

describe('what is on the tape', () => {
  test('operations with several results, of which each has a name', () => {
    const listed = describeTape((list: unknown) => unstack(list).reduce((a, b) => mul(a, b)), new NumberList([1, 2, 3]) as unknown);
    expect(listed.lines.map(({ operation, inputs, outputs, bytes }) => [operation, inputs.join(), outputs.length, bytes])).toEqual([
      ['unstack', 'x0', 3, 24],
      ['mul', '%0,%0.1', 1, 8],
      ['mul', '%1,%0.2', 1, 8],
    ]);
    // In a graph all results leave from the one node of their line.
    expect(tapeToGraphviz(listed)).toContain('  "%0" -> "%2";');
  });

  test('only what depends on the arguments; constants as text', () => {
    const constants = describeTape((x: Scalar) => mul(mul(sin(2), 3), add(pairSum(new Pair(1, 2)), mul(x, less(x, 3)))), 0.5);
    expect(constants.lines.map(({ operation, inputs }) => `${operation}(${inputs.join()})`)).toEqual(['mul(x0,1)', 'add(3,%0)', `mul(${3 * Math.sin(2)},%1)`]);
    const paired = describeTape((a: Pair) => pairMultiply(a, new Pair(1, 2)), new Pair(3, 4));
    expect(paired).toMatchObject({ arguments: [{ name: 'x0', type: 'a pair' }], lines: [{ operation: 'pairMultiply', inputs: ['x0', 'constant a pair'], bytes: 16 }] });
  });

  test('programs as one line', () => {
    expect(describeTape((x: Scalar) => checkpoint((y: Scalar) => sin(sin(y)))(x), 1).lines).toEqual([{ operation: 'checkpoint', inputs: ['x0'], outputs: ['a number'], bytes: 8 }]);
  });

  test('outer values by their transformation', () => {
    let seen = '';
    grad((k: Scalar) => {
      seen = tapeToText(describeTape((x: Scalar) => mul(x, k), 2));
      return k;
    })(3);
    expect(seen).toContain('%0 = mul(x0, grad box of a number)');
  });

  test('nothing, where the function returns its argument', () => {
    expect(describeTape((x: Scalar) => x, 1)).toEqual({ arguments: [{ name: 'x0', type: 'a number' }], lines: [], results: ['x0'] });
  });
});

test('a promise is refused', () => {
  expect(() => describeTape(async (x: Scalar) => x, 1)).toThrow(AsyncFunctionError);
});
