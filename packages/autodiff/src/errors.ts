/** @file What can go wrong in the engine: every error says what, where, what was seen and what to do, and carries it as fields. */

/** Base of all errors of tapeflow. `operation` is where it happened, `advice` what to do about it. */
export class TapeflowError extends Error {
  readonly operation: string;
  readonly advice: string;
  constructor(operation: string, seen: string, advice: string) {
    super(`${operation}: ${seen}\n  ${advice}`);
    this.name = new.target.name;
    this.operation = operation;
    this.advice = advice;
  }
}

/** A value of a finished transformation was used again. */
export class ClosedLevelError extends TapeflowError {
  readonly transformation: string;
  constructor(operation: string, transformation: string) {
    super(
      operation,
      `a value of a ${transformation} that has already finished was used.`,
      `Return the value from the function that was given to ${transformation} instead of keeping it in a variable outside.`,
    );
    this.transformation = transformation;
  }
}

/** A differentiated, batched or traced value was used as a JavaScript number, string or condition. */
export class CoercionError extends TapeflowError {
  readonly transformation: string;
  constructor(transformation: string, hint: string) {
    super(
      'coercion',
      `a value inside ${transformation} was used as a JavaScript ${hint === 'string' ? 'string' : 'number'}.`,
      `JavaScript operators cannot be differentiated: write mul(0.2, x) or x.mul(0.2) for 0.2 * x, select(...) for a condition, and use stopGradient or the aux output to look at values.`,
    );
    this.transformation = transformation;
  }
}

/** The value of a traced program was asked for while the program was being recorded. */
export class TracedValueError extends TapeflowError {
  constructor(operation: string, advice = 'Values do not exist while a program is recorded: use select, cond or whileLoop, or compute the value outside.') {
    super(operation, 'the value of a traced quantity was asked for.', advice);
  }
}

/** A function given to a transformation returned a promise. */
export class AsyncFunctionError extends TapeflowError {
  constructor(operation: string) {
    super(operation, 'the function returned a promise.', 'Give a synchronous function; await data before the call and pass it in as an argument.');
  }
}

/** `grad` was given a function whose result is not one scalar. */
export class NotScalarError extends TapeflowError {
  readonly seen: string;
  constructor(operation: string, seen: string) {
    super(operation, `the function must return one scalar, but returned ${seen}.`, "Reduce it to a scalar (name batch dimensions: sum(loss, 'batch')), or use vjp or jacobian.");
    this.seen = seen;
  }
}

/** A rule that a transformation needs is missing. */
export class MissingRuleError extends TapeflowError {
  readonly rule: string;
  constructor(operation: string, rule: string, advice: string) {
    super(operation, `there is no ${rule} for this operation.`, advice);
    this.rule = rule;
  }
}

/** A tree has a leaf or a structure that the operation cannot take. */
export class TreeError extends TapeflowError {
  readonly path: string;
  constructor(operation: string, path: string, seen: string, advice: string) {
    super(operation, path === '' ? seen : `at ${path}: ${seen}`, advice);
    this.path = path;
  }
}

/** A derivative rule returned something that does not fit its input. */
export class CotangentError extends TapeflowError {
  readonly expected: string;
  readonly seen: string;
  constructor(operation: string, input: number, expected: string, seen: string) {
    super(operation, `the cotangent of input ${input} is ${seen}, but the input is ${expected}.`, 'Mend the derivative rule of this operation.');
    this.expected = expected;
    this.seen = seen;
  }
}

/** Two copies of @tapeflow/autodiff met. */
export class TwoCopiesError extends TapeflowError {
  constructor(operation: string) {
    super(
      operation,
      'a value was made by another copy of @tapeflow/autodiff.',
      'Install one version only (npm ls @tapeflow/autodiff shows them; npm dedupe removes the second).',
    );
  }
}

/** A tape that was let go during its sweep was swept again. */
export class RecordingFreedError extends TapeflowError {
  constructor(operation: string) {
    super(operation, 'the tape of this recording was let go by an earlier pull.', 'Call pull without `free` when it is needed more than once.');
  }
}

/** `debugNaN` found a value that is not finite. */
export class NonFiniteError extends TapeflowError {
  readonly direction: 'forward' | 'backward';
  readonly step: number;
  readonly index: number;
  constructor(operation: string, direction: 'forward' | 'backward', step: number, index: number, value: string) {
    super(
      operation,
      `${direction} step ${step} gave a value that is not finite (${value} at flat index ${index}).`,
      direction === 'forward'
        ? 'Look at the inputs of this operation: a division by zero, a logarithm or root of a negative number, or a time step that is too large.'
        : 'The forward value is finite but its derivative is not: keep the argument away from the singular point with a select before (not only after) the operation.',
    );
    this.direction = direction;
    this.step = step;
    this.index = index;
  }
}
