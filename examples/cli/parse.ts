/** @file Turns command-line arguments into checked option values. */

import { accessSync, constants, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs, type ParseArgsConfig } from 'node:util';
import { isSystemError, UsageError, UserError } from './errors.ts';
import type { ChoiceOption, IntegerOption, NumberOption, OptionSpec, OptionSpecs } from './option-specs.ts';
import { nearest } from './suggest.ts';

/** A checked value of any option; undefined where an optional text or path was not given. */
export type Value = string | number | boolean | undefined;

/** Options every example has. */
export const commonOptions = {
  out: { kind: 'folder', description: 'folder for the results' },
  json: { kind: 'flag', description: 'print the summary as one JSON object on standard output, and nothing else there' },
  debug: { kind: 'flag', description: 'show where an error was thrown' },
  help: { kind: 'flag', description: 'show this help' },
} as const;

/**
 * Reads arguments such as `--size 64`, `--size=64` and `--json`. The last of several equal options counts.
 *
 * @param base folder that relative paths start from.
 * @throws UsageError for an unknown option, a missing or superfluous value, or a value of the wrong kind or out of bounds.
 * @throws UserError for a file that is missing or is not a file.
 */
export function parseOptions(args: readonly string[], specs: OptionSpecs, base: string): Record<string, Value> {
  const given = rawOptions(args, specs);
  const values: Record<string, Value> = {};
  for (const [name, spec] of Object.entries(specs)) values[name] = valueOf(name, spec, given.get(name), base);
  return values;
}

/** The options as typed: name → text, or true for a flag. */
function rawOptions(args: readonly string[], specs: OptionSpecs): Map<string, string | true> {
  const options: NonNullable<ParseArgsConfig['options']> = { help: { type: 'boolean', short: 'h' } };
  for (const [name, spec] of Object.entries(specs)) options[name] ??= { type: spec.kind === 'flag' ? 'boolean' : 'string' };
  // Node's own strict messages have several lines and no suggestion, so only its tokens are used.
  const { tokens } = parseArgs({ args: [...args], options, strict: false, allowPositionals: true, tokens: true });
  const given = new Map<string, string | true>();
  for (const token of tokens) {
    if (token.kind === 'option-terminator') continue;
    if (token.kind === 'positional') throw unexpected(token.value);
    const spec = Object.hasOwn(specs, token.name) ? specs[token.name] : undefined;
    if (spec === undefined) throw unknownOption(token.rawName, Object.keys(specs));
    given.set(token.name, rawValue(token, spec));
  }
  return given;
}

interface OptionToken {
  readonly rawName: string;
  readonly value: string | undefined;
  readonly inlineValue: boolean | undefined;
}

function rawValue({ rawName, value, inlineValue }: OptionToken, spec: OptionSpec): string | true {
  if (spec.kind === 'flag') {
    if (value === undefined) return true;
    throw new UsageError({ subject: rawName, seen: `takes no value, got '${value}'`, advice: `write ${rawName} alone` });
  }
  // `--picture --json` forgot the picture; `--rate -1` is a (wrong) number and `--picture=-x.png` is meant.
  const swallowed = inlineValue !== true && value !== undefined && value.startsWith('-') && !NUMBER.test(value);
  if (value === undefined || value === '' || swallowed) {
    throw new UsageError({ subject: rawName, seen: 'needs a value', advice: `give ${kindOf(spec)}` });
  }
  return value;
}

function unexpected(text: string): UsageError {
  return new UsageError({ subject: `'${text}'`, seen: 'not expected here', advice: 'options begin with --; see --help' });
}

function unknownOption(rawName: string, names: readonly string[]): UsageError {
  const match = nearest(rawName.replace(/^-+/, ''), names);
  const advice = match === undefined ? 'see --help for the options there are' : `did you mean --${match}?`;
  return new UsageError({ subject: rawName, seen: 'unknown option', advice });
}

function valueOf(name: string, spec: OptionSpec, raw: string | true | undefined, base: string): Value {
  const subject = `--${name}`;
  if (spec.kind === 'flag') return raw === true;
  if (raw === undefined || raw === true) return defaultOf(spec, base);
  switch (spec.kind) {
    case 'text':
      return raw;
    case 'integer':
      return integer(subject, spec, raw);
    case 'number':
      return number(subject, spec, raw);
    case 'choice':
      return choice(subject, spec, raw);
    case 'file':
      return existingFile(subject, resolve(base, raw), raw);
    case 'folder':
      return resolve(base, raw);
  }
}

function defaultOf(spec: Exclude<OptionSpec, { kind: 'flag' }>, base: string): Value {
  const isPath = spec.kind === 'file' || spec.kind === 'folder';
  return isPath && spec.default !== undefined ? resolve(base, spec.default) : spec.default;
}

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/** The text as a finite number, or NaN: stricter than `Number`, which accepts '', '0x10' and 'Infinity'. */
function finiteNumber(text: string): number {
  const value = NUMBER.test(text) ? Number(text) : NaN;
  return Number.isFinite(value) ? value : NaN;
}

function integer(subject: string, spec: IntegerOption, raw: string): number {
  const value = finiteNumber(raw);
  const { minimum, maximum, multipleOf = 1 } = spec;
  const advice = `give ${kindOf(spec)}`;
  if (!Number.isInteger(value)) throw new UsageError({ subject, seen: `'${raw}' is not a whole number`, advice });
  if (value < minimum) throw new UsageError({ subject, seen: `${raw} is too small`, advice });
  if (value > maximum) throw new UsageError({ subject, seen: `${raw} is too large`, advice });
  if (value % multipleOf !== 0) throw new UsageError({ subject, seen: `${raw} is not a multiple of ${multipleOf}`, advice });
  return value;
}

function number(subject: string, spec: NumberOption, raw: string): number {
  const value = finiteNumber(raw);
  const { minimum = -Infinity, above = -Infinity, maximum = Infinity } = spec;
  const advice = `give ${kindOf(spec)}`;
  if (Number.isNaN(value)) throw new UsageError({ subject, seen: `'${raw}' is not a finite number`, advice });
  if (value < minimum || value <= above) throw new UsageError({ subject, seen: `${raw} is too small`, advice });
  if (value > maximum) throw new UsageError({ subject, seen: `${raw} is too large`, advice });
  return value;
}

function choice(subject: string, spec: ChoiceOption, raw: string): string | number {
  const found = spec.choices.find((candidate) => String(candidate) === raw);
  if (found !== undefined) return found;
  const match = nearest(raw, spec.choices.filter((candidate) => typeof candidate === 'string'));
  const advice = match === undefined ? `give ${kindOf(spec)}` : `did you mean ${match}?`;
  throw new UsageError({ subject, seen: `'${raw}' is not one of the choices`, advice });
}

function existingFile(subject: string, path: string, raw: string): string {
  try {
    const status = statSync(path);
    if (status.isDirectory()) throw new UserError({ subject, seen: `'${raw}' is a folder`, advice: 'give a file' });
    if (!status.isFile()) throw new UserError({ subject, seen: `'${raw}' is not an ordinary file`, advice: 'give a file' });
    accessSync(path, constants.R_OK);
    return path;
  } catch (cause) {
    if (!isSystemError(cause)) throw cause;
    const missing = cause.code === 'ENOENT' || cause.code === 'ENOTDIR';
    const seen = missing ? `there is no file '${raw}'` : `'${raw}' cannot be read (${cause.code})`;
    throw new UserError({ subject, seen, advice: missing ? `looked for ${path}` : 'check its permissions', cause });
  }
}

/** What an option takes, as a phrase: "a whole number from 8 to 512". */
export function kindOf(spec: OptionSpec): string {
  switch (spec.kind) {
    case 'text':
      return 'a text';
    case 'integer': {
      const { minimum, maximum, multipleOf = 1 } = spec;
      return `a ${multipleOf === 1 ? 'whole number' : `multiple of ${multipleOf}`} from ${minimum} to ${maximum}`;
    }
    case 'number': {
      const { minimum, above, maximum } = spec;
      const low = above !== undefined ? ` above ${above}` : minimum !== undefined ? ` from ${minimum}` : '';
      const high = maximum === undefined ? '' : low === '' ? ` up to ${maximum}` : `${above !== undefined ? ' and up' : ''} to ${maximum}`;
      return `a number${low}${high}`;
    }
    case 'choice':
      return spec.choices.join(' or ');
    case 'flag':
      return 'nothing';
    case 'file':
      return 'a file';
    case 'folder':
      return 'a folder';
  }
}
