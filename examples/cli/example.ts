/** @file What an example is: a name, a sentence, options and a function to run. Parsing, checks and help follow from the options. */

import type { OutputFolder } from './output-folder.ts';
import type { OptionSpecs, OptionValues } from './option-specs.ts';
import type { StartProgress } from './progress.ts';

/** What an example returns: flat but for lists of numbers, so that `--json` prints one plain JSON object. Numbers that are not finite print as null. */
export type Summary = Readonly<Record<string, number | string | boolean | null | readonly number[]>>;

/** What an example is given besides its options. */
export interface Context {
  /** Where results go; nothing is made or changed there before `prepare` or `write` is called. */
  readonly out: OutputFolder;
  /** Whether standard output belongs to the JSON summary; `log` then writes to standard error. */
  readonly json: boolean;
  /** Starts a progress bar: silent when standard error is not a terminal. */
  readonly progress: StartProgress;
  /** Aborted by Ctrl-C: finish the step at hand, write valid results and return. Call `nextTurn` once per step, or it is never seen. */
  readonly signal: AbortSignal;
  /** Tells the user something, one line at a time. */
  log(line: string): void;
}

/** One example. Its module exports it as `example`. */
export interface Example<Specs extends OptionSpecs = OptionSpecs> {
  /** The word that runs it: `npm start -- NAME`. */
  readonly name: string;
  /** One sentence for the list of examples. */
  readonly summary: string;
  /** Options beyond those every example has (`--out`, `--json`, `--help`). */
  readonly options: Specs;
  /** Does the work. Checks all of its input before it calls `context.out.prepare()`, so that earlier results outlive a mistake. */
  run(options: OptionValues<Specs>, context: Context): Promise<Summary>;
}

/** A line of the catalogue: the example's module is loaded only when it is asked for. */
export interface CatalogueEntry {
  readonly name: string;
  readonly summary: string;
  readonly load: () => Promise<{ readonly example: Example }>;
}

/** Lets waiting events (Ctrl-C above all) be handled between two steps of a long synchronous computation. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
