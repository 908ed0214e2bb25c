/** @file Errors of grids, fields and boundaries: each says what, where, what was seen and what to do, and carries it as fields. */
import { TapeflowError } from '@tapeflow/autodiff';

/** A grid cannot be made like this, or has no such axis. */
export class GridError extends TapeflowError {
  readonly axis: string;
  readonly seen: unknown;
  constructor(operation: string, axis: string, seen: unknown, what: string, advice: string) {
    super(operation, what, advice);
    this.axis = axis;
    this.seen = seen;
  }
}

/** Fields of different grids, or with different stored samples, were combined. */
export class FieldMismatchError extends TapeflowError {
  readonly first: string;
  readonly second: string;
  constructor(operation: string, first: string, second: string, advice: string) {
    super(operation, `the fields do not fit together.\n  first:  ${first}\n  second: ${second}`, advice);
    this.first = first;
    this.second = second;
  }
}

/** A vector has the wrong components, or none where some are needed. */
export class ComponentError extends TapeflowError {
  readonly expected: readonly string[];
  readonly seen: readonly string[];
  constructor(operation: string, expected: readonly string[], seen: readonly string[], advice: string) {
    const list = (names: readonly string[]): string => (names.length === 0 ? 'none' : names.join(', '));
    super(operation, `the components are ${list(seen)}; expected ${list(expected)}.`, advice);
    this.expected = expected;
    this.seen = seen;
  }
}

/** The values given do not fill the samples of a field. */
export class FieldShapeError extends TapeflowError {
  readonly axis: string;
  /** Samples that are stored along the axis; undefined where the grid has no such axis. */
  readonly expected: number | undefined;
  readonly seen: number | undefined;
  constructor(operation: string, axis: string, expected: number | undefined, seen: number | undefined, where: string) {
    const [what, advice] = expected === undefined
      ? [`${where} has no axis '${axis}', but the values have ${seen} along it.`, 'Name dimensions that are not directions of the grid in another type: batch(…), instance(…).']
      : [`${where} has ${expected} samples along '${axis}', but the values have ${seen ?? 'no such dimension'}.`, 'Faces on walls are not stored (N − 1 along the normal), faces on open sides are (N + 1), periodic axes store N.'];
    super(operation, what, advice);
    this.axis = axis;
    this.expected = expected;
    this.seen = seen;
  }
}

/** Boundaries that contradict each other, or cannot be used here. */
export class BoundaryError extends TapeflowError {
  readonly axis: string;
  readonly seen: string;
  constructor(operation: string, axis: string, seen: string, what: string, advice: string) {
    super(operation, what, advice);
    this.axis = axis;
    this.seen = seen;
  }
}

/** More fluid flows into a closed box than out of it, or less. */
export class NetInflowError extends TapeflowError {
  /** What flows in minus what flows out: velocity times area. */
  readonly net: number;
  /** What flows through the sides altogether. */
  readonly gross: number;
  constructor(net: number, gross: number) {
    super(
      'project',
      `the sides let ${Math.abs(net).toPrecision(3)} more flow ${net > 0 ? 'in than out' : 'out than in'}, of ${gross.toPrecision(3)} altogether, and no side is open: no velocity without divergence does that.`,
      'Make the inflow equal to the outflow, or open a side.',
    );
    this.net = net;
    this.gross = gross;
  }
}

/** A step is so long that errors would grow without bound. */
export class UnstableError extends TapeflowError {
  /** The quantity that decides, as a formula. */
  readonly quantity: string;
  readonly limit: number;
  readonly seen: number;
  constructor(operation: string, quantity: string, limit: number, seen: number, advice: string) {
    super(operation, `the step is unstable: ${quantity} is ${formatted(seen)} and must lie between 0 and ${limit}.`, advice);
    this.quantity = quantity;
    this.limit = limit;
    this.seen = seen;
  }
}

const formatted = (value: number): string => (Number.isFinite(value) ? String(Number(value.toPrecision(4))) : String(value));
