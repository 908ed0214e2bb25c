/** @file The command line of the examples: finds the example, checks its options, runs it and ends with the right exit code. */

import { resolve } from 'node:path';
import { OutputError, PictureError } from '@tapeflow/vis';
import { oneLine, UsageError, UserError } from './errors.ts';
import type { CatalogueEntry, Context, Example } from './example.ts';
import { exampleHelp, listExamples, programHelp } from './help.ts';
import { onInterrupt } from './interrupt.ts';
import type { OptionSpecs } from './option-specs.ts';
import { OutputFolder } from './output-folder.ts';
import { commonOptions, parseOptions } from './parse.ts';
import { startProgress } from './progress.ts';
import { nearest } from './suggest.ts';

/** What the command line offers. */
export interface Program {
  readonly catalogue: readonly CatalogueEntry[];
  /** Name of the example that runs when none is given. */
  readonly mainJob: string;
}

/**
 * Runs the program with the arguments after `npm start --`.
 *
 * @returns the exit code: 0 done, 1 the user can mend it, or the library refuses, or a defect, told as such, 2 the command is wrong, 130 interrupted.
 */
export async function runProgram(program: Program, args: readonly string[]): Promise<number> {
  process.stdout.on('error', leaveOnClosedPipe);
  try {
    return await dispatch(program, args);
  } catch (error) {
    return await report(error, args.includes('--debug') || Boolean(process.env['DEBUG']));
  }
}

async function dispatch(program: Program, args: readonly string[]): Promise<number> {
  const { catalogue, mainJob } = program;
  const [first = ''] = args;
  const named = first !== '' && !first.startsWith('-');
  const wantsHelp = args.includes('--help') || args.includes('-h');
  if (named && first === 'list') return print(listExamples(catalogue));
  if (named && first === 'help') return print(programHelp(catalogue, await load(catalogue, mainJob), commonOf(mainJob)));
  const example = await load(catalogue, named ? first : mainJob);
  const common = commonOf(example.name);
  if (wantsHelp) return print(named ? exampleHelp(example, common) : programHelp(catalogue, example, common));
  return runExample(example, named ? args.slice(1) : args, common);
}

async function load(catalogue: readonly CatalogueEntry[], name: string): Promise<Example> {
  const entry = catalogue.find((candidate) => candidate.name === name);
  if (entry !== undefined) return (await entry.load()).example;
  const match = nearest(name, [...catalogue.map((candidate) => candidate.name), 'list', 'help']);
  const advice = match === undefined ? 'see npm start -- list (options go after --: npm start -- --size 64)' : `did you mean ${match}?`;
  throw new UsageError({ subject: `'${name}'`, seen: 'unknown example', advice });
}

function commonOf(name: string): OptionSpecs {
  return { ...commonOptions, out: { ...commonOptions.out, default: `out/${name}` } };
}

async function runExample(example: Example, args: readonly string[], common: OptionSpecs): Promise<number> {
  const { out, json, help: _, debug: __, ...options } = parseOptions(args, { ...example.options, ...common }, baseFolder());
  const folder = new OutputFolder(String(out));
  const controller = new AbortController();
  const stopListening = onInterrupt(controller);
  const context: Context = {
    out: folder,
    json: json === true,
    progress: startProgress,
    signal: controller.signal,
    log: (line) => (json === true ? process.stderr : process.stdout).write(`${line}\n`),
  };
  try {
    const summary = await example.run(options, context);
    return json === true ? print(JSON.stringify(summary)) : 0;
  } catch (error) {
    // Stopped before there was anything to write: what Ctrl-C asked for, not a failure.
    if (controller.signal.aborted && error instanceof Error && error.name === 'AbortError') return 130;
    throw error;
  } finally {
    stopListening();
  }
}

/** Where relative paths start: the folder the user typed the command in, which npm leaves before it runs a script. */
function baseFolder(): string {
  const { npm_lifecycle_event: script, INIT_CWD: typedIn } = process.env;
  return script === 'start' && typedIn !== undefined ? resolve(typedIn) : process.cwd();
}

function print(text: string): number {
  process.stdout.write(`${text}\n`);
  return 0;
}

/** Tells an error in one line on standard error, and where it was thrown if that is asked for. */
async function report(error: unknown, isDebugging: boolean): Promise<number> {
  process.stderr.write(`error: ${oneLine(await sentenceOf(error, isDebugging))}\n`);
  if (isDebugging && error instanceof Error) process.stderr.write(`${error.stack}\n`);
  return error instanceof UserError ? error.exitCode : 1;
}

/** What the user can mend is told as it is; what the library refuses with the kind of error, which its documents explain; the rest is a defect. */
async function sentenceOf(error: unknown, isDebugging: boolean): Promise<string> {
  if (error instanceof UserError || error instanceof PictureError || error instanceof OutputError) return error.message;
  const message = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  if (isDebugging) return message;
  // Loaded when it is needed: help and wrong options are there at once.
  const { TapeflowError } = await import('@tapeflow/autodiff');
  return error instanceof TapeflowError ? `${message} (--debug shows where)` : `${message} (this should not happen; --debug shows where)`;
}

/** `npm start -- list | head -1` closes the pipe early: that is no error. */
function leaveOnClosedPipe(error: NodeJS.ErrnoException): void {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
}
