/** @file The options of the tape example. */

import { UsageError } from '../cli/errors.ts';
import type { OptionSpecs, OptionValues } from '../cli/option-specs.ts';

/** What can be chosen on the command line. */
export const tapeOptions = {
  formula: {
    kind: 'text',
    description: "a formula of any variables, with + - * / ^ and functions such as sin, exp, sqrt, max: 'sqrt(x^2 + y^2)'",
    default: 'x*sin(x*y) + exp(-y^2)',
  },
  at: { kind: 'text', description: "where to take the derivative: 'x=0.5, y=1.2' (variables that are not named are 1)", default: '' },
  direction: { kind: 'choice', description: 'where the arrows of the pictures lead; auto goes down where that is not too wide to read', choices: ['auto', 'right', 'down'], default: 'auto' },
} as const satisfies OptionSpecs;

/** The checked values of the options. */
export type TapeOptions = OptionValues<typeof tapeOptions>;

const ASSIGNMENT = /^\s*([a-z]\w*)\s*=\s*([+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?)\s*$/i;

/**
 * The values of all variables, as `--at` gives them.
 *
 * @throws UsageError for something that is no assignment, and for a variable that the formula does not have.
 */
export function pointFrom(text: string, variables: readonly string[]): Map<string, number> {
  const point = new Map(variables.map((name) => [name, 1]));
  for (const part of text.trim() === '' ? [] : text.split(',')) {
    const match = ASSIGNMENT.exec(part.replace('−', '-'));
    const subject = '--at';
    if (match === null) throw new UsageError({ subject, seen: `'${part.trim()}' is no assignment`, advice: "write 'x=0.5, y=1.2'" });
    const [, name = '', value] = match;
    if (!point.has(name)) throw new UsageError({ subject, seen: `the formula has no variable '${name}'`, advice: `its variables are ${variables.join(', ')}` });
    point.set(name, Number(value));
  }
  return point;
}
