/** @file The files a finished run leaves: figures, pictures, an animation and the report. */

import { animation, encodePng, htmlReport, ink, pictureOf } from '@tapeflow/vis';
import type { OutputFolder } from '../cli/output-folder.ts';
import type { FinishedRun } from './finished-run.ts';
import { rasterOf, reportOn } from './output-report.ts';

/**
 * Writes the results, each file whole or not at all, `summary.json` last. Everything is drawn before the first file is written,
 * so that a run that cannot be drawn leaves earlier results as they are.
 *
 * @returns the names of the files.
 * @throws OutputError if a file cannot be written.
 */
export function writeOutput(out: OutputFolder, run: FinishedRun): string[] {
  const files = outputFiles(run);
  for (const [name, content] of Object.entries(files)) out.write(name, content);
  return Object.keys(files);
}

/** The files by name, in the order in which they are written. */
export function outputFiles(run: FinishedRun): Record<string, string | Uint8Array> {
  const { options, target, frames, losses, summary } = run;
  const n = options.size;
  const result = frames.at(-1) ?? [];
  return {
    'loss.csv': lossTable(losses),
    'target.png': densityPng(target, n),
    'result.png': densityPng(result, n),
    'animation.gif': animation(frames.map((frame) => [rasterOf(frame, n), rasterOf(target, n)]), { colormap: ink, range: [0, 1] }),
    'report.html': htmlReport(reportOn(run)),
    'summary.json': `${JSON.stringify(summary, null, 2)}\n`,
  };
}

function lossTable(losses: ArrayLike<number>): string {
  return ['iteration,loss', ...Array.from(losses, (loss, iteration) => `${iteration},${loss}`)].join('\n') + '\n';
}

/** Smoke as ink on paper, as in the pictures that are read: density 1 is black. About 256 pixels wide, whole pixels per cell. */
function densityPng(density: ArrayLike<number>, n: number): Uint8Array {
  return encodePng(pictureOf(rasterOf(density, n), { colormap: ink, range: [0, 1], scale: Math.max(1, Math.round(256 / n)) }));
}
