/** @file Prints the loops of the js backend from the table of elementwise operations: one monomorphic loop per operation, without eval. */
import { operands, type Expression, type Operator } from '../../elementwise/expression.ts';
import { ELEMENTWISE, type ElementwiseEntry } from '../../elementwise/table.ts';

const LETTERS = ['a', 'b', 'c'] as const;

const INFIX: Partial<Record<Operator, string>> = { add: '+', sub: '-', mul: '*', div: '/', pow: '**' };
const COMPARISON: Partial<Record<Operator, string>> = { less: '<', lessEqual: '<=', equal: '===' };
/** Special functions that the printed file imports, from the engine and from here. */
export const SPECIAL: readonly Operator[] = ['erf', 'erfc', 'gamma', 'lgamma', 'digamma', 'polygamma'];
const OWN: readonly Operator[] = ['sinc'];

/** An expression as JavaScript text, `operand(i)` being the text of operand i. */
export function printJavaScript(expression: Expression, operand: (index: number) => string): string {
  if (expression.kind === 'operand') return operand(expression.index);
  if (expression.kind === 'constant') return String(expression.value);
  return printOperator(expression.operator, expression.inputs.map((input) => printJavaScript(input, operand)));
}

/** An operator on operands that are JavaScript text. The text of the operands of `mod` appears twice. */
export function printOperator(operator: Operator, inputs: readonly string[]): string {
  const [x = '', y = '', z = ''] = inputs;
  const infix = INFIX[operator];
  if (infix !== undefined) return `(${x} ${infix} ${y})`;
  const comparison = COMPARISON[operator];
  if (comparison !== undefined) return `(${x} ${comparison} ${y} ? 1 : 0)`;
  switch (operator) {
    case 'mulI32':
      return `Math.imul(${x}, ${y})`;
    case 'neg':
      return `(-${x})`;
    case 'mod':
      return `(${x} - ${y} * Math.floor(${x} / ${y}))`;
    case 'and':
      return `(${x} & ${y})`;
    case 'or':
      return `(${x} | ${y})`;
    case 'not':
      return `(1 - ${x})`;
    case 'select':
      return `(${x} ? ${y} : ${z})`;
    case 'isFinite':
      return `(Number.isFinite(${x}) ? 1 : 0)`;
    case 'round':
      return `roundHalfEven(${x})`;
    default:
      return `${[...SPECIAL, ...OWN].includes(operator) ? '' : 'Math.'}${operator}(${inputs.join(', ')})`;
  }
}

/** One loop: walks every operand with its own offset and stride, and fills `out` from `at` on. */
function printLoop(name: string, arity: number, value: ElementwiseEntry['value']): string {
  const letters = LETTERS.slice(0, arity);
  const parameters = letters.map((x) => `${x}: Numbers, ${x}At: number, ${x}Step: number`).join(', ');
  const text = printJavaScript(value(...operands(arity)), (index) => `x${LETTERS[index]!}`);
  return [
    `export function ${name}Loop(out: Numbers, at: number, length: number, ${parameters}): void {`,
    '  for (let i = 0; i < length; i++) {',
    ...letters.map((x) => `    const x${x} = ${x}[${x}At]!;`),
    `    out[at + i] = ${text};`,
    ...letters.map((x) => `    ${x}At += ${x}Step;`),
    '  }',
    '}',
    '',
  ].join('\n');
}

/** The whole file: a loop per operation, and a second one where integers wrap around differently. */
export function printLoopsFile(): string {
  const entries: [string, ElementwiseEntry][] = Object.entries(ELEMENTWISE);
  return [
    '/** @file Loops of the js backend. Printed from elementwise/table.ts by `npm run generate`; do not edit. */',
    `import { ${SPECIAL.join(', ')} } from '@tapeflow/autodiff/extend';`,
    `import { ${OWN.join(', ')} } from '../../elementwise/special.ts';`,
    "import { roundHalfEven } from './round.ts';",
    '',
    'type Numbers = Float32Array | Float64Array | Int32Array | Uint8Array;',
    '',
    ...entries.flatMap(([name, { arity, value, integer }]) => [
      printLoop(name, arity, value),
      ...(integer === undefined ? [] : [printLoop(`${name}I32`, arity, integer)]),
    ]),
  ].join('\n');
}
