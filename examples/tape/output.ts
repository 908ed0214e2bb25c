/** @file The files that the tape example leaves: pictures, texts and the report. */

import { tapeToGraphviz } from '@tapeflow/autodiff';
import { printProgram } from '@tapeflow/autodiff/extend';
import { formatNumber, htmlReport, toSvg, type Plot } from '@tapeflow/vis';
import type { Summary } from '../cli/example.ts';
import { draw, gradientGraph, tapeGraph } from './drawing.ts';
import type { TapeOptions } from './options.ts';
import type { Recorded } from './recording.ts';

/** Everything that is written, by file name; `summary.json` last. */
export function outputFiles(recorded: Recorded, options: TapeOptions, summary: Summary): Record<string, string> {
  const tape = draw(tapeGraph(recorded), `Tape of ${options.formula}`, options.direction);
  const gradient = draw(gradientGraph(recorded), `Gradient of ${options.formula}`, options.direction);
  return {
    'tape.svg': toSvg(tape),
    'gradient.svg': toSvg(gradient),
    'tape.txt': `${tapeText(recorded)}\n`,
    'gradient.txt': `${gradientText(recorded)}\n`,
    'tape.json': `${JSON.stringify(recorded.tape, null, 2)}\n`,
    'tape.dot': `${tapeToGraphviz(recorded.tape)}\n`,
    'report.html': htmlReport(reportOn(recorded, options, tape, gradient)),
    'summary.json': `${JSON.stringify(summary, null, 2)}\n`,
  };
}

/** The tape as a table: what was computed, what came out, and the derivative of the result to it. */
export function tapeText({ tape, variables, lines }: Recorded): string {
  const rows = [
    ['', 'value', 'derivative'],
    ...[...variables].map(([name, { value, derivative }]) => [name, formatNumber(value), formatNumber(derivative)]),
    ...tape.lines.map(({ operation, inputs }, k) => [`%${k} = ${operation}(${inputs.join(', ')})`, formatNumber(lines[k]!.value), formatNumber(lines[k]!.derivative)]),
  ];
  const widths = [0, 1, 2].map((column) => Math.max(...rows.map((row) => row[column]!.length)));
  const text = rows.map(([what, ...numbers]) => [what!.padEnd(widths[0]!), ...numbers.map((number, k) => number.padStart(widths[k + 1]!))].join('   '));
  return [...text, `return ${tape.results.join(', ')}`].join('\n');
}

/** The program of the gradient as text; its inputs and outputs are in the order of the variables. */
export function gradientText({ gradient, tape }: Recorded): string {
  const names = tape.arguments.map(({ name }) => name).join(', ');
  return `${printProgram(gradient).replaceAll(': a number', '')}\n  (arguments ${names}; results: the derivatives to them)`;
}

function reportOn(recorded: Recorded, { formula }: TapeOptions, tape: Plot, gradient: Plot): Parameters<typeof htmlReport>[0] {
  const { value, variables, lines, gradient: program } = recorded;
  const point = [...variables].map(([name, each]) => `${name} = ${formatNumber(each.value)}`).join(', ');
  return {
    title: `The tape of ${formula}`,
    lead: `Recorded at ${point}: ${lines.length} operations, each with its value and with the derivative of the result to it.`,
    facts: [
      { label: 'Value', value },
      ...[...variables].map(([name, { derivative }]) => ({ label: `Derivative to ${name}`, value: derivative })),
      { label: 'Operations', value: lines.length, note: 'on the tape' },
      { label: 'Equations', value: program.equations.length, note: 'in the gradient as a program' },
    ],
    sections: [
      {
        title: 'The tape',
        text: [
          'Values come from the left (or top): each box is an operation, and its arrows lead to where its result is used. Derivatives come from the other ' +
            'end: the result has 1, and every box hands its own on to its inputs, times the slope. Where several arrows leave, the shares are added.',
        ],
        blocks: [{ kind: 'plot', plot: tape }, { kind: 'code', text: tapeText(recorded) }],
      },
      {
        title: 'The gradient as a program',
        text: 'The backward sweep, written down as well: first what is needed of the formula, then the way back. It computes all derivatives from any arguments, without a tape.',
        blocks: [{ kind: 'plot', plot: gradient }, { kind: 'code', text: gradientText(recorded) }],
      },
    ],
  };
}
