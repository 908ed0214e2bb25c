/** @file The files that a finished run of most examples leaves: pictures, a report and the summary. */

import { htmlReport, toSvg, type Plot, type Report } from '@tapeflow/vis';
import type { Summary } from './example.ts';
import type { OutputFolder } from './output-folder.ts';

/** What a finished run hands over. */
export interface Results {
  readonly summary: Summary;
  readonly report: Report;
  /** Pictures by the name of their file, without `.svg`. */
  readonly plots: Readonly<Record<string, Plot>>;
}

/**
 * Writes each picture as SVG, `report.html` and, last, `summary.json`, each whole or not at all. Everything is drawn before the first
 * file is written, so that a run that cannot be drawn leaves earlier results as they are.
 *
 * @returns the names of the files.
 * @throws OutputError if a file cannot be written.
 */
export function writeResults(out: OutputFolder, { summary, report, plots }: Results): string[] {
  const files: Record<string, string> = {
    ...Object.fromEntries(Object.entries(plots).map(([name, plot]) => [`${name}.svg`, toSvg(plot)])),
    'report.html': htmlReport(report),
    'summary.json': `${JSON.stringify(summary, null, 2)}\n`,
  };
  for (const [name, content] of Object.entries(files)) out.write(name, content);
  return Object.keys(files);
}
