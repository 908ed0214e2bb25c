/** @file Errors of tensors: each says what, where, what was seen and what to do, and carries it as fields. */
import { TapeflowError } from '@tapeflow/autodiff';
import { staticAdvice } from './named/number-arguments.ts';

/** Dimensions are missing, doubled or do not fit together. */
export class DimensionError extends TapeflowError {
  readonly dimension: string;
  readonly inputs: readonly string[];
  constructor(operation: string, dimension: string, seen: string, inputs: readonly string[], advice: string) {
    const listed = inputs.map((input, k) => (inputs.length === 1 ? `\n  input: ${input}` : `\n  input ${k + 1}: ${input}`)).join('');
    super(operation, `${seen}${listed}`, advice);
    this.dimension = dimension;
    this.inputs = inputs;
  }
}

/** Positional shapes do not fit. Users of named tensors do not meet it. */
export class ShapeError extends TapeflowError {
  readonly shapes: readonly (readonly number[])[];
  constructor(operation: string, shapes: readonly (readonly number[])[], seen: string, advice = 'Give arrays whose shapes fit the operation.') {
    super(operation, `${seen} (shapes ${shapes.map((shape) => `[${shape.join(', ')}]`).join(' and ')})`, advice);
    this.shapes = shapes;
  }
}

/** An operation cannot work with this data type. */
export class DTypeError extends TapeflowError {
  readonly dtypes: readonly string[];
  constructor(operation: string, dtypes: readonly string[], seen: string, advice: string) {
    super(operation, `${seen} (${dtypes.join(' and ')})`, advice);
    this.dtypes = dtypes;
  }
}

/** An index or slice reaches outside. */
export class IndexError extends TapeflowError {
  readonly index: number;
  readonly length: number;
  constructor(operation: string, index: number, length: number, where: string) {
    super(operation, `index ${index} is outside ${where} of length ${length}.`, length === 0 ? 'There is nothing to pick from.' : `Use indices from 0 to ${length - 1}; negative indices count from the end in at() and slice() only.`);
    this.index = index;
    this.length = length;
  }
}

/** A result was read that its program had only lent. */
export class LentResultError extends TapeflowError {
  constructor() {
    super('jit', "a result was read after its program, which was compiled with { results: 'lent' }, had run again.", "Read results before the next call, or compile without results: 'lent'.");
  }
}

/** An argument was read after it had been given away. */
export class DonatedArgumentError extends TapeflowError {
  constructor() {
    super('jit', 'an argument was read whose memory had been given away by { donate }.', 'Read it before the call, or leave it out of donate.');
  }
}

/** A result was read after the scope in which a device made it. */
export class ReleasedResultError extends TapeflowError {
  constructor() {
    super('gpu.scope', 'a result was read after the scope in which it was made; it is no longer on the device.', 'Return the result from the scope, or read it inside.');
  }
}

/** An argument or option has a value that makes no sense. */
export class ArgumentError extends TapeflowError {
  readonly argument: string;
  readonly seen: unknown;
  constructor(operation: string, argument: string, seen: unknown, advice: string, text: string = typeof seen === 'string' ? `'${seen}'` : String(seen)) {
    super(operation, `'${argument}' is ${text}.`, advice);
    this.argument = argument;
    this.seen = seen;
  }
}

/** A number among the arguments of a compiled function, which is a scalar inside the program, was used as a JavaScript number. */
export class NumberArgumentError extends TapeflowError {
  /** Where the number is among the arguments: `1`, `1.dt`. */
  readonly path: string;
  constructor(path: string) {
    super(
      'jit',
      `argument ${path} is a number, which is a Scalar inside the program so that other values need no other program, and was used as a JavaScript number.`,
      `Compute with functions: mul(dt, 0.5), pow(dt, 2), select(greater(dt, 3), x, y); or make it part of the program: ${staticAdvice(path)}.`,
    );
    this.path = path;
  }
}

/** Refuses a value that is none of the choices, with the closest one as advice. */
export function checkChoice(operation: string, argument: string, seen: unknown, choices: readonly (string | number)[]): void {
  if (choices.includes(seen as string)) return;
  const close = typeof seen === 'string' ? closestName(seen, choices.map(String)) : undefined;
  throw new ArgumentError(operation, argument, seen, close === undefined ? `Use one of ${choices.join(', ')}.` : `Did you mean '${close}'?`);
}

/** Refuses what is no integer, or is less than `least`. */
export function checkInteger(operation: string, argument: string, seen: unknown, least: number): void {
  if (!Number.isInteger(seen) || (seen as number) < least) throw new ArgumentError(operation, argument, seen, `Give an integer ≥ ${least}.`);
}

/** The data given do not fill the shape. */
export class DataError extends TapeflowError {
  readonly expected: number;
  readonly seen: number;
  constructor(operation: string, expected: number, seen: number, shape: string) {
    super(operation, `${seen} values were given for ${shape}, which has ${expected}.`, 'Give exactly one value per element, the last dimension fastest.');
    this.expected = expected;
    this.seen = seen;
  }
}

/** More memory than an array can have. */
export class AllocationError extends TapeflowError {
  readonly bytes: number;
  constructor(operation: string, bytes: number, shape: string) {
    super(operation, `${shape} would need ${bytes} bytes.`, 'Use a smaller grid, f32 instead of f64, or checkpoint(...) for long rollouts.');
    this.bytes = bytes;
  }
}

/** The closest of some names, for "did you mean": one wrong letter in three, whatever the case. */
export function closestName(name: string, candidates: readonly string[]): string | undefined {
  let best: string | undefined;
  let bestDistance = Infinity;
  for (const candidate of candidates) {
    const distance = editDistance(name.toLowerCase(), candidate.toLowerCase());
    if (distance <= Math.max(name.length, candidate.length) / 3 && distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

/** Letters inserted, left out, replaced, or exchanged with their neighbour [Damerau1964]. */
function editDistance(a: string, b: string): number {
  let before: number[] = [];
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      next[j] = Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) next[j] = Math.min(next[j]!, before[j - 2]! + 1);
    }
    before = row;
    row = next;
  }
  return row[b.length]!;
}

/** A call of the host stands where `vmap` computes something for members that do not take part in it. */
export class BatchedHostCallError extends TapeflowError {
  readonly place: string;
  constructor(place: string) {
    super('vmap', `hostCall (or printGradient) stands in ${place}.`, 'Call outside of it, with what it returns, or take the members one by one.');
    this.place = place;
  }
}
