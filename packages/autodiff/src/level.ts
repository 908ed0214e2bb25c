/** @file Levels: every running transformation is one. An operation is interpreted by the highest level among its inputs. */
import { ClosedLevelError } from './errors.ts';
import type { Primitive } from './primitive.ts';
import { Box, type Value } from './value.ts';

let lastId = 0;

/**
 * A running transformation. The id grows for ever (it is no depth), so a box of a finished level can always be told from
 * one of a running level, and nested derivatives taken at the very same value do not mix.
 */
export abstract class Level {
  readonly id: number = ++lastId;
  /** What the user called, for messages: `grad`, `vmap`, `jit` … */
  readonly transformation: string;
  open = true;

  constructor(transformation: string) {
    this.transformation = transformation;
  }

  /** Interprets one operation; at least one input is a box of this level (or the operation has no inputs and this is a trace). */
  abstract process(primitive: Primitive, inputs: readonly Value[], params: unknown): readonly Value[];

  /** The same for a primitive with one output. */
  processOne(primitive: Primitive, inputs: readonly Value[], params: unknown): Value {
    return this.process(primitive, inputs, params)[0];
  }

  /** The same for an elementwise operation without parameters, on `a` and (unless it has one input) `b`. */
  processPair(primitive: Primitive, a: Value, b: Value): Value {
    return this.processOne(primitive, inputList(primitive, a, b), undefined);
  }
}

/** The inputs of an operation on one or two values as a list. */
export function inputList(primitive: Primitive, a: Value, b: Value): readonly Value[] {
  return primitive.slopes?.length === 1 ? [a] : [a, b];
}

/** Runs `body` with the level open, and closes it whatever happens. */
export function withLevel<R>(level: Level, body: () => R): R {
  try {
    return body();
  } finally {
    level.open = false;
  }
}

/** A level that records a program. Operations without inputs belong to the innermost one. */
export interface Trace extends Level {
  /** Performs an operation that belongs to a level below (or is on plain values), while this is the innermost trace. */
  processBelow(primitive: Primitive, inputs: readonly Value[], params: unknown): readonly Value[];
}

let innermostTrace: Trace | undefined;

/** Makes a trace the innermost one, and returns the one before. */
export function enterTrace(trace: Trace | undefined): Trace | undefined {
  const before = innermostTrace;
  innermostTrace = trace;
  return before;
}

/** Whether the innermost trace is above the level that an operation belongs to. */
function isTracedAbove(level: Level | undefined): boolean {
  return innermostTrace !== undefined && (level === undefined || innermostTrace.id > level.id);
}

/** The higher one of a level and that of an input. */
function higher(primitive: Primitive, top: Level | undefined, input: Value): Level | undefined {
  if (typeof input !== 'object' || !(input instanceof Box)) return top;
  const { level } = input;
  if (!level.open) throw new ClosedLevelError(primitive.name, level.transformation);
  return top === undefined || level.id > top.id ? level : top;
}

function levelOf(primitive: Primitive, inputs: readonly Value[]): Level | undefined {
  let top: Level | undefined;
  for (let i = 0; i < inputs.length; i++) top = higher(primitive, top, inputs[i]);
  return top === undefined && inputs.length === 0 ? innermostTrace : top;
}

/** Sees every operation on plain values; used by `debugNaN`. */
export type EvaluationObserver = (primitive: Primitive, outputs: readonly Value[], params: unknown) => void;

let observer: EvaluationObserver | undefined;

/** Whether plain evaluation is observed, so that shortcuts past `apply` must not be taken. */
export function isObserved(): boolean {
  return observer !== undefined;
}

/** Whether operations on plain values are nobody's business: neither observed nor performed while a program is recorded. */
export function isUnwatched(): boolean {
  return observer === undefined && innermostTrace === undefined;
}

/** Runs `body` while `watch` sees every operation on plain values. */
export function observeEvaluation<R>(watch: EvaluationObserver, body: () => R): R {
  const before = observer;
  observer = watch;
  try {
    return body();
  } finally {
    observer = before;
  }
}

function evaluatePlain(primitive: Primitive, inputs: readonly Value[], params: unknown): readonly Value[] {
  const outputs = primitive.evaluate(inputs, params);
  observer?.(primitive, outputs, params);
  return outputs;
}

/** Performs an operation: at the highest level among its inputs, or on plain values when there is none. */
export function apply(primitive: Primitive, inputs: readonly Value[], params?: unknown): readonly Value[] {
  const level = levelOf(primitive, inputs);
  if (isTracedAbove(level)) return innermostTrace!.processBelow(primitive, inputs, params);
  return level === undefined ? evaluatePlain(primitive, inputs, params) : level.process(primitive, inputs, params);
}

/** `apply` for primitives with one output. */
export function applyOne(primitive: Primitive, inputs: readonly Value[], params?: unknown): Value {
  const level = levelOf(primitive, inputs);
  if (isTracedAbove(level)) return apply(primitive, inputs, params)[0];
  if (level !== undefined) return level.processOne(primitive, inputs, params);
  return observer === undefined ? primitive.evaluateOne(inputs, params) : evaluatePlain(primitive, inputs, params)[0];
}

/**
 * `applyOne` for an elementwise operation without parameters, on `a` and (unless it has one input) `b`.
 * No list is made on the way: for numbers, lists cost more than the arithmetic.
 */
export function applyPair(primitive: Primitive, a: Value, b: Value): Value {
  const level = higher(primitive, higher(primitive, undefined, a), b);
  if (isTracedAbove(level)) return apply(primitive, inputList(primitive, a, b))[0];
  if (level !== undefined) return level.processPair(primitive, a, b);
  if (observer !== undefined || primitive.evaluatePair === undefined) return evaluatePlain(primitive, inputList(primitive, a, b), undefined)[0];
  return primitive.evaluatePair(a, b);
}
