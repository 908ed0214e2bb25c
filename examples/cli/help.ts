/** @file Help texts, made from the catalogue and the option descriptions. */

import type { CatalogueEntry, Example } from './example.ts';
import type { OptionSpec, OptionSpecs } from './option-specs.ts';
import { kindOf } from './parse.ts';

/** Every example with its sentence, one per line. */
export function listExamples(catalogue: readonly CatalogueEntry[]): string {
  return columns(catalogue.map(({ name, summary }) => [name, summary]));
}

/** Help for the program as a whole. */
export function programHelp(catalogue: readonly CatalogueEntry[], main: Example, common: OptionSpecs): string {
  return [
    `Usage: npm start -- [NAME] [options]      runs an example (${main.name} if no name is given)`,
    '       npm start -- NAME --help           shows its options',
    '       npm start -- list                  lists the examples',
    '',
    'Examples',
    listExamples(catalogue),
    '',
    `Options of ${main.name}`,
    optionLines({ ...main.options, ...common }),
    ...notes,
  ].join('\n');
}

/** Help for one example. */
export function exampleHelp(example: Example, common: OptionSpecs): string {
  const specs = { ...example.options, ...common };
  return [`Usage: npm start -- ${example.name} [options]`, '', example.summary, '', 'Options', optionLines(specs), ...notes].join('\n');
}

const notes = [
  '',
  'Ctrl-C stops after the step at hand and still writes the results; a second Ctrl-C stops at once.',
  'For --json without the lines of npm itself: npm start --silent -- --json',
];

function optionLines(specs: OptionSpecs): string {
  return columns(Object.entries(specs).map(([name, spec]) => [`--${name}${placeholder(spec)}`, describe(spec)]));
}

function placeholder(spec: OptionSpec): string {
  switch (spec.kind) {
    case 'flag':
      return '';
    case 'choice':
      return ` ${spec.choices.join('|')}`;
    case 'integer':
    case 'number':
      return ' N';
    default:
      return ` ${spec.kind.toUpperCase()}`;
  }
}

function describe(spec: OptionSpec): string {
  const unit = spec.unit === undefined ? '' : ` [${spec.unit}]`;
  const details: string[] = [];
  if (spec.kind === 'integer' || spec.kind === 'number') details.push(kindOf(spec));
  if (spec.kind !== 'flag') {
    const standard = spec.kind === 'file' ? (spec.defaultName ?? spec.default) : spec.default;
    if (standard !== undefined) details.push(`default ${standard}`);
  }
  return `${spec.description}${unit}${details.length === 0 ? '' : ` (${details.join('; ')})`}`;
}

function columns(rows: readonly (readonly [string, string])[]): string {
  const width = Math.max(...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`).join('\n');
}
