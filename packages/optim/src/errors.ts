/** @file Errors of optimizers: each says what, where, what was seen and what to do, and carries it as fields. */
import { TapeflowError } from '@tapeflow/autodiff';
import { ArgumentError } from '@tapeflow/tensor';

/** An option of an optimizer or of a minimisation has a value that makes no sense: the `ArgumentError` of this package. */
export class OptionError extends ArgumentError {
  /** The same as `argument`. */
  readonly option: string;
  constructor(operation: string, option: string, seen: unknown, advice: string) {
    super(operation, option, seen, advice, shown(seen));
    this.option = option;
  }
}

/** What is to be minimised does not give a value with its gradient. */
export class ObjectiveError extends TapeflowError {
  readonly seen: string;
  constructor(operation: string, seen: string) {
    super(operation, `the function returned ${seen} instead of { value, gradient }.`, 'Give valueAndGrad(f), or a function that returns both.');
    this.seen = seen;
  }
}

/** A state belongs to another method than the one that shall continue from it, or is incomplete. */
export class ResumeError extends TapeflowError {
  readonly expected: string;
  readonly seen: string;
  constructor(operation: string, expected: string, seen: string) {
    super(operation, `the state is ${seen}, but ${expected} was expected.`, 'Continue with the method that made the state, or start anew without a state.');
    this.expected = expected;
    this.seen = seen;
  }
}

/** Where a value that is not finite was met. */
export interface NonFinite {
  readonly what: 'value' | 'gradient';
  /** The number itself: NaN, Infinity or -Infinity. */
  readonly seen: number;
  /** Path of the leaf of the gradient, empty for the value. */
  readonly path: string;
  /** Flat index in that leaf. */
  readonly index: number;
}

/** A function that is being minimised gave a value or gradient that is not finite. `result` holds the last good point. */
export class NonFiniteObjective<Result = unknown> extends TapeflowError {
  readonly trouble: NonFinite;
  /** Steps that went well. */
  readonly steps: number;
  readonly result: Result;
  constructor(operation: string, trouble: NonFinite, steps: number, result: Result) {
    super(
      operation,
      `${describeNonFinite(trouble)} after ${steps} good step${steps === 1 ? '' : 's'}.`,
      'Take a smaller rate, or find the operation with debugNaN of @tapeflow/autodiff. The field `result` holds the last good point.',
    );
    this.trouble = trouble;
    this.steps = steps;
    this.result = result;
  }
}

/** `the gradient at velocity.x[17] is NaN`. */
export function describeNonFinite({ what, seen, path, index }: NonFinite): string {
  return what === 'value' ? `the value is ${seen}` : `the gradient is ${seen} at ${path === '' ? '' : `${path}, `}flat index ${index}`;
}

/** Any value in a few words. */
export function shown(value: unknown): string {
  if (typeof value === 'string') return `'${value}'`;
  if (typeof value === 'function') return 'a function';
  if (typeof value !== 'object' || value === null) return String(value);
  return Array.isArray(value) ? 'a list' : `an object of class ${(value.constructor as { name?: string } | undefined)?.name ?? 'unknown'}`;
}
