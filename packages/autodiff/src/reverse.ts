/** @file Reverse mode: record, then sweep the tape backwards without recursion. */
import { CotangentError } from './errors.ts';
import { withLevel } from './level.ts';
import { timesSlope, type MaybeValue } from './primitive.ts';
import type { VectorSpace } from './space.ts';
import { RecordedOperation, ReverseBox, ReverseLevel, type TapeEntry } from './tape.ts';
import { typeIn, type Value } from './value.ts';

/** Sees every backward step; used by `debugNaN` and by inspection. */
export interface BackwardObserver {
  enter(entry: TapeEntry, step: number): void;
  leave(entry: TapeEntry, step: number, contributions: readonly MaybeValue[]): void;
}

let observer: BackwardObserver | undefined;

/** Runs `body` while `watch` sees every backward step. */
export function observeBackward<R>(watch: BackwardObserver, body: () => R): R {
  const before = observer;
  observer = watch;
  try {
    return body();
  } finally {
    observer = before;
  }
}

function accumulate(parent: ReverseBox, contribution: Value): void {
  parent.cotangent = parent.cotangent === undefined ? contribution : parent.space.add(parent.cotangent, contribution);
}

/** One slope times the cotangent, into the parent; inlined by hand because almost every tape entry comes here. */
function pullSlope(level: ReverseLevel, node: ReverseBox, k: number, input: Value, yBar: Value, a: Value, b: Value, c: Value): void {
  if (!level.isMine(input)) return;
  const slopeFunction = node.primitive!.slopes![k];
  if (slopeFunction === undefined) return;
  const slope = slopeFunction(a, b, c, node.primal);
  if (slope === 0) return;
  accumulate(input, input.space.unbroadcast(timesSlope(input.space, yBar, slope), input.type));
}

function pullGeneral(level: ReverseLevel, entry: TapeEntry, cotangents: readonly MaybeValue[]): readonly MaybeValue[] {
  const inputs = entry.inputs;
  const needs = inputs.map((input) => level.isMine(input));
  const primals = inputs.map((input) => level.primal(input));
  const contributions =
    entry instanceof RecordedOperation && entry.pullback !== undefined
      ? entry.pullback(cotangents)
      : entry.primitive!.vjp(cotangents, primals, entry instanceof ReverseBox ? [entry.primal] : entry.boxes.map((box) => box.primal), entry.params, needs);
  inputs.forEach((input, k) => {
    const contribution = contributions[k];
    if (contribution === undefined || !level.isMine(input)) return;
    const fitted = entry.primitive!.slopes === undefined ? contribution : input.space.unbroadcast(contribution, input.type);
    const seen = typeIn(input.space, fitted);
    if (!input.space.sameType(seen, input.type)) {
      throw new CotangentError(entry.primitive!.name, k, input.space.describe(input.type), input.space.describe(seen));
    }
    accumulate(input, fitted);
  });
  return contributions;
}

function pullObserved(level: ReverseLevel, entry: TapeEntry, step: number, cotangents: readonly MaybeValue[]): void {
  observer?.enter(entry, step);
  const contributions = pullGeneral(level, entry, cotangents);
  observer?.leave(entry, step, contributions);
}

function pullEntry(level: ReverseLevel, entry: TapeEntry, step: number): void {
  if (entry instanceof ReverseBox) {
    const yBar = entry.cotangent;
    if (yBar === undefined) return;
    entry.cotangent = undefined;
    if (entry.primitive!.slopes === undefined || observer !== undefined) {
      pullObserved(level, entry, step, [yBar]);
      return;
    }
    const { a, b, c } = entry;
    const pa = level.primal(a);
    const pb = level.primal(b);
    const pc = level.primal(c);
    pullSlope(level, entry, 0, a, yBar, pa, pb, pc);
    if (entry.count > 1) pullSlope(level, entry, 1, b, yBar, pa, pb, pc);
    if (entry.count > 2) pullSlope(level, entry, 2, c, yBar, pa, pb, pc);
    return;
  }
  const cotangents = entry.boxes.map((box) => box.cotangent);
  if (cotangents.every((yBar) => yBar === undefined)) return;
  for (const box of entry.boxes) box.cotangent = undefined;
  pullObserved(level, entry, step, cotangents);
}

/** A recorded function: its values, and the pullback. */
export interface Recording {
  readonly ys: Value[];
  readonly level: ReverseLevel;
  /** Cotangents of the results to cotangents of the arguments. With `free`, the tape is let go on the way and can be swept once only. */
  pull(yBars: readonly MaybeValue[], free?: boolean): MaybeValue[];
}

/** Records `f` at `xs`. */
export function recordLeaves(
  f: (xs: readonly Value[]) => readonly Value[],
  xs: readonly Value[],
  spaces: readonly VectorSpace[],
  transformation = 'vjp',
): Recording {
  const level = new ReverseLevel(transformation);
  const roots = xs.map((x, k) => level.root(spaces[k]!, x));
  const outputs = withLevel(level, false, () => f(roots));
  const pull = (yBars: readonly MaybeValue[], free = false): MaybeValue[] => {
    outputs.forEach((y, k) => {
      const yBar = yBars[k];
      if (yBar !== undefined && level.isMine(y)) accumulate(y, yBar);
    });
    const { entries } = level;
    for (let step = entries.length - 1; step >= 0; step--) {
      const entry = entries[step]!;
      pullEntry(level, entry, step);
      if (free) {
        entry.forget();
        entries.pop();
      }
    }
    return roots.map((root) => {
      const xBar = root.cotangent;
      root.cotangent = undefined;
      return xBar;
    });
  };
  return { ys: outputs.map((y) => level.primal(y)), level, pull };
}
