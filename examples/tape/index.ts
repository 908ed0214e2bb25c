/** @file tape: draws what the engine records of a formula, and the program of its gradient. */

import type { Context, Example, Summary } from '../cli/example.ts';
import { UsageError } from '../cli/errors.ts';
import { parseFormula } from './formula.ts';
import { pointFrom, tapeOptions, type TapeOptions } from './options.ts';
import { gradientText, outputFiles, tapeText } from './output.ts';
import { record } from './recording.ts';

/** The example, as the catalogue loads it. */
export const example: Example<typeof tapeOptions> = {
  name: 'tape',
  summary: 'Draws the tape of a formula, with value and derivative at every operation, and its gradient as a program.',
  options: tapeOptions,
  run,
};

async function run(options: TapeOptions, context: Context): Promise<Summary> {
  const formula = parseFormula(options.formula);
  if (formula.variables.length === 0) throw new UsageError({ subject: '--formula', seen: 'has no variable', advice: "write one, as in 'x*sin(x)'" });
  const recorded = record(formula, pointFrom(options.at, formula.variables));
  const summary = {
    formula: options.formula,
    value: recorded.value,
    ...Object.fromEntries([...recorded.variables].flatMap(([name, { value, derivative }]) => [[`at ${name}`, value], [`derivative to ${name}`, derivative]])),
    operations: recorded.lines.length,
    gradientEquations: recorded.gradient.equations.length,
  };
  const files = outputFiles(recorded, options, summary);
  context.out.prepare();
  for (const [name, content] of Object.entries(files)) context.out.write(name, content);
  for (const text of [tapeText(recorded), '', gradientText(recorded), '']) context.log(text);
  if (!Number.isFinite(recorded.value)) context.log('The value is not a finite number at this point; choose another one with --at.');
  context.log(`${Object.keys(files).length} files in ${context.out.path}`);
  context.log(`report: ${context.out.file('report.html')}`);
  return summary;
}
