/** @file Runs an example in this process, as the command line would, into a folder of its own. */

import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Context, Example, Summary } from '../cli/example.ts';
import type { OptionSpecs, OptionValues } from '../cli/option-specs.ts';
import { OutputFolder } from '../cli/output-folder.ts';
import { parseOptions } from '../cli/parse.ts';

/** What a run left behind. */
export interface Left {
  readonly summary: Summary;
  /** Files of the output folder, by name. */
  readonly files: Readonly<Record<string, string>>;
  readonly log: readonly string[];
}

/**
 * Runs an example with these options, and the defaults for the rest.
 *
 * @param abortAt the search is stopped, as by Ctrl-C, after so many updates of its progress.
 */
export async function runExample<Specs extends OptionSpecs>(example: Example<Specs>, given: Partial<OptionValues<Specs>>, abortAt: number = Infinity): Promise<Left> {
  const folder = mkdtempSync(join(tmpdir(), `tapeflow-${example.name}-`));
  try {
    const controller = new AbortController();
    const log: string[] = [];
    let updates = 0;
    const context: Context = {
      out: new OutputFolder(join(folder, 'out')),
      json: true,
      progress: () => ({
        update: () => {
          updates++;
          if (updates >= abortAt) controller.abort();
        },
        note: (line) => log.push(line),
        finish: () => undefined,
      }),
      signal: controller.signal,
      log: (line) => log.push(line),
    };
    const args = Object.entries(given).map(([name, value]) => `--${name}=${String(value)}`);
    const options = parseOptions(args, example.options, folder) as OptionValues<Specs>;
    const summary = await example.run(options, context);
    const names = readdirSync(join(folder, 'out'));
    const files = Object.fromEntries(names.map((name) => [name, readFileSync(join(folder, 'out', name), 'utf8')]));
    return { summary, files, log };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
