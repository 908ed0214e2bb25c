/** @file Levels: every running transformation is one. An operation is interpreted by the highest level among its inputs. */
import { ClosedLevelError } from './errors.ts';
import { callsHost } from './inner-programs.ts';
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

/** Open traces, innermost last: operations without inputs are recorded in the last one. */
const openTraces: Level[] = [];

function innermostTrace(): Level | undefined {
  return openTraces[openTraces.length - 1];
}

/** Runs `body` with the level open, and closes it whatever happens. */
export function withLevel<R>(level: Level, isTrace: boolean, body: () => R): R {
  if (isTrace) openTraces.push(level);
  try {
    return body();
  } finally {
    if (isTrace) openTraces.pop();
    level.open = false;
  }
}

/** Whether a trace is open above the level that an operation belongs to (undefined: it is on plain values). */
function isTracedAbove(level: Level | undefined): boolean {
  const trace = innermostTrace();
  return trace !== undefined && (level === undefined || trace.id > level.id);
}

/**
 * Performs an operation out of sight of the traces above its level. It may be made of others without inputs (the body of a loop that
 * fills an array), and those must not be recorded by a function that merely uses the result.
 */
function outOfSight<R>(level: Level | undefined, perform: () => R): R {
  const above = openTraces.findIndex((trace) => level === undefined || trace.id > level.id);
  const hidden = openTraces.splice(above);
  try {
    return perform();
  } finally {
    openTraces.push(...hidden);
  }
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
  return top === undefined && inputs.length === 0 ? innermostTrace() : top;
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
  return observer === undefined && openTraces.length === 0;
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
  if (openTraces.length > 0 && isTracedAbove(level)) {
    // What the host is to see each time the program runs is recorded, though it may not depend on the inputs of the program.
    if (callsHost(primitive, params)) return performAt(innermostTrace(), primitive, inputs, params);
    return outOfSight(level, () => performAt(level, primitive, inputs, params));
  }
  return performAt(level, primitive, inputs, params);
}

function performAt(level: Level | undefined, primitive: Primitive, inputs: readonly Value[], params: unknown): readonly Value[] {
  return level === undefined ? evaluatePlain(primitive, inputs, params) : level.process(primitive, inputs, params);
}

/** `apply` for primitives with one output. */
export function applyOne(primitive: Primitive, inputs: readonly Value[], params?: unknown): Value {
  const level = levelOf(primitive, inputs);
  if (openTraces.length > 0 && isTracedAbove(level)) return apply(primitive, inputs, params)[0];
  if (level !== undefined) return level.processOne(primitive, inputs, params);
  return observer === undefined ? primitive.evaluateOne(inputs, params) : evaluatePlain(primitive, inputs, params)[0];
}

/**
 * `applyOne` for an elementwise operation without parameters, on `a` and (unless it has one input) `b`.
 * No list is made on the way: for numbers, lists cost more than the arithmetic.
 */
export function applyPair(primitive: Primitive, a: Value, b: Value): Value {
  const level = higher(primitive, higher(primitive, undefined, a), b);
  if (openTraces.length > 0 && isTracedAbove(level)) return apply(primitive, inputList(primitive, a, b))[0];
  if (level !== undefined) return level.processPair(primitive, a, b);
  if (observer !== undefined || primitive.evaluatePair === undefined) return evaluatePlain(primitive, inputList(primitive, a, b), undefined)[0];
  return primitive.evaluatePair(a, b);
}
