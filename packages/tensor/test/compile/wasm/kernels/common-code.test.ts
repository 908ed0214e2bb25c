/** @file Expressions of several parts as one: the same numbers, with little computed twice. */
import { expect, test } from 'vitest';
import { CommonCode } from '../../../../src/compile/wasm/kernels/common-code.ts';
import { NodeTable, inputsOf, type Node } from '../../../../src/compile/kernels/node.ts';

const table = new NodeTable();
const load = (offset: number): Node => table.load(0, 'f32', { coefficients: [1], offset });
const operation = (operator: 'add' | 'mul' | 'sin', ...inputs: Node[]): Node => table.operation(operator, inputs, 'f32');

/** What an expression is for the lanes of one part: blends are what that part has in their place. */
function textOf(node: Node, blends: ReadonlyMap<Node, Node>): string {
  const own = blends.get(node);
  if (own !== undefined) return textOf(own, new Map());
  if (node.kind === 'load') return `x${node.access.offset}`;
  return `${node.kind === 'operation' ? node.operator : node.kind}(${inputsOf(node).map((input) => textOf(input, blends)).join(' ')})`;
}

function check(parts: readonly Node[], count: number, known: readonly Node[] = []): void {
  const common = new CommonCode((node) => known.includes(node));
  const merged = common.merge(parts);
  const blends = common.blendsOf([merged]);
  expect(blends).toHaveLength(count);
  parts.forEach((part, k) => expect(textOf(merged, new Map(blends.map((blend) => [blend.node, blend.parts[k]!])))).toBe(textOf(part, new Map())));
}

test('equal expressions are computed once, without a blend', () => check([operation('add', load(0), load(1)), operation('add', load(0), load(1))], 0));

test('where one operand differs, only that one is blended', () => {
  const stencil = (left: number): Node => operation('mul', operation('add', operation('add', load(0), load(1)), load(left)), operation('sin', load(left)));
  check([stencil(-1), stencil(63)], 1);
  check([stencil(-1), stencil(63), stencil(7)], 1);
});

test('an operation of which all operands differ is blended itself', () => {
  check([operation('add', load(0), load(1)), operation('add', load(2), load(3))], 1);
  check([operation('mul', load(9), operation('add', load(0), load(1))), operation('mul', load(9), operation('add', load(2), load(3)))], 1);
});

test('other operations, and a value in place of an operation, are blended', () => {
  check([operation('add', load(0), load(1)), operation('mul', load(0), load(1))], 1);
  check([operation('sin', operation('add', load(0), load(1))), operation('sin', load(1))], 1);
  check([table.convert(load(0), 'f64'), table.convert(load(1), 'f64')], 1);
  check([table.convert(load(0), 'f64'), table.convert(table.load(1, 'i32', { coefficients: [1], offset: 0 }), 'f64')], 1);
});

test('a blend that is used twice is made once', () => {
  const square = (x: Node): Node => operation('mul', operation('sin', x), operation('add', operation('sin', x), load(5)));
  check([square(load(1)), square(load(2))], 1);
});

test('values that are known in all parts are blended, and not computed again from a blend', () => {
  const [one, other] = [operation('sin', load(0)), operation('sin', load(1))];
  check([operation('add', one, load(5)), operation('add', other, load(5))], 1, [one, other]);
  const blends = (known: readonly Node[]): readonly Node[] => {
    const common = new CommonCode((node) => known.includes(node));
    return common.blendsOf([common.merge([one, other])])[0]!.parts;
  };
  expect(blends([one, other])).toEqual([one, other]);
  expect(blends([one])).toEqual([load(0), load(1)]);
});
