/** @file Checks of options, made when an optimizer is built, so that a bad one is told of where it was written. */
import { OptionError } from './errors.ts';

/** A finite number within [low, high] (`above`: without low itself, `below`: without high itself). */
export interface Interval {
  readonly low: number;
  readonly high?: number;
  readonly above?: boolean;
  readonly below?: boolean;
}

/** Returns the number if it lies in the interval. Throws `OptionError`. */
export function checkedNumber(operation: string, option: string, value: unknown, { low, high = Infinity, above = false, below = false }: Interval): number {
  const inside = typeof value === 'number' && Number.isFinite(value) && (above ? value > low : value >= low) && (below ? value < high : value <= high);
  if (inside) return value;
  const upper = Number.isFinite(high) ? ` and ${below ? '<' : '≤'} ${high}` : '';
  throw new OptionError(operation, option, value, `Give a finite number ${above ? '>' : '≥'} ${low}${upper}.`);
}

/** Returns the number if it is an integer ≥ low. Throws `OptionError`. */
export function checkedInteger(operation: string, option: string, value: unknown, low: number): number {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= low) return value;
  throw new OptionError(operation, option, value, `Give an integer ≥ ${low}.`);
}

/** Returns the value if it is one of the choices. Throws `OptionError`. */
export function checkedChoice<const T extends string>(operation: string, option: string, value: T, choices: readonly T[]): T {
  if (choices.includes(value)) return value;
  throw new OptionError(operation, option, value, `Give one of ${choices.map((choice) => `'${choice}'`).join(', ')}.`);
}

/** Returns the value if it is true or false. Throws `OptionError`. */
export function checkedFlag(operation: string, option: string, value: unknown): boolean {
  if (typeof value === 'boolean') return value;
  throw new OptionError(operation, option, value, 'Give true or false.');
}

/** Returns the options if all their names are known: programs without types would go on with a default. Throws `OptionError`. */
export function checkedNames<T extends object>(operation: string, options: T, known: readonly string[]): T {
  if (typeof options !== 'object' || options === null) throw new OptionError(operation, 'options', options, `Give a record with some of ${known.join(', ')}.`);
  for (const [name, value] of Object.entries(options)) {
    if (!known.includes(name)) throw new OptionError(operation, name, value, `There is no such option; use some of ${known.join(', ')}.`);
  }
  return options;
}
