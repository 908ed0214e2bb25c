/** @file Reverse mode: record, then sweep the tape backwards without recursion. */
import { CotangentError, RecordingFreedError } from './errors.ts';
import { withLevel } from './level.ts';
import { timesSlope, type MaybeValue, type Primitive, type Slope } from './primitive.ts';
import type { VectorSpace } from './space.ts';
import { CONSTANT, ReverseLevel, ValueRow, type RecordedOperation } from './tape.ts';
import { typeIn, type Value } from './value.ts';

/**
 * Performs every backward step; used by `debugNaN`. `pull` gives the cotangents of the inputs, the operation stands in a row of the
 * tape. Steps may nest: a rule can pull back a program.
 */
export type BackwardObserver = (primitive: Primitive, tape: ReverseLevel, row: number, pull: () => readonly MaybeValue[]) => void;

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

/** One backward sweep. The cotangents belong to it alone, so a tape can be swept again, also after an error. */
class Sweep {
  private readonly level: ReverseLevel;
  /** Cotangents by row. Holes count as zero, and keep an array of numbers unboxed. */
  private readonly bars: MaybeValue[];

  constructor(level: ReverseLevel) {
    this.level = level;
    this.bars = new Array<MaybeValue>(level.rows.length);
  }

  accumulate(row: number, space: VectorSpace, contribution: Value): void {
    const before = this.bars[row];
    this.bars[row] = before === undefined ? contribution : space.add(before, contribution);
  }

  /** The cotangent of a row, which is not needed any more. */
  take(row: number): MaybeValue {
    const bar = this.bars[row];
    if (typeof bar === 'object') this.bars[row] = undefined;
    return bar;
  }

  /** Pulls the operation whose first output is in `row`. */
  pull(row: number): void {
    const made = this.level.rows[row];
    if (made === undefined) return;
    if (!(made instanceof ValueRow)) {
      const yBar = this.take(row);
      if (yBar === undefined) return;
      if (observer === undefined) this.pullNumbers(row, made, yBar);
      else this.pullObserved(row, made, yBar);
    } else if (made.operation !== undefined) {
      const yBars = made.operation.outputs.map((_, k) => this.take(row + k));
      if (yBars.some((yBar) => yBar !== undefined)) this.pullOperation(row, made.operation, yBars);
    }
  }

  /** Slopes times the cotangent, into the inputs. Almost every row of a tape of numbers comes here. */
  private pullNumbers(row: number, primitive: Primitive, yBar: Value): void {
    const { numbers, sources } = this.level;
    const a = numbers[3 * row]!;
    const b = numbers[3 * row + 1]!;
    const y = numbers[3 * row + 2]!;
    const first = sources[2 * row]!;
    const second = sources[2 * row + 1]!;
    if (first !== CONSTANT) this.pullSlope(primitive.slopes![0], first, yBar, a, b, y);
    if (second !== CONSTANT) this.pullSlope(primitive.slopes![1], second, yBar, a, b, y);
  }

  private pullSlope(slopeFunction: Slope | undefined, row: number, yBar: Value, a: number, b: number, y: number): void {
    if (slopeFunction === undefined) return;
    const space = this.level.spaceAt(row);
    this.accumulate(row, space, timesSlope(space, yBar, slopeFunction(a, b, undefined, y)));
  }

  /** The same through the general rule, so that contributions can be shown. */
  private pullObserved(row: number, primitive: Primitive, yBar: Value): void {
    const { level } = this;
    const inputs = primitive.slopes!.map((_, k) => level.numbers[3 * row + k]);
    const rows = inputs.map((_, k) => level.sources[2 * row + k]!);
    this.pullRule(row, primitive, rows, () => primitive.vjp([yBar], inputs, [level.valueAt(row)], undefined, rows.map((source) => source !== CONSTANT)));
  }

  private pullOperation(row: number, operation: RecordedOperation, yBars: readonly MaybeValue[]): void {
    const { level } = this;
    const { primitive, inputs, outputs, params, linearized } = operation;
    const rows = inputs.map((input) => (level.isMine(input) ? input.row : CONSTANT));
    this.pullRule(row, primitive, rows, () =>
      linearized === undefined
        ? primitive.vjp(yBars, inputs.map((input) => level.primal(input)), outputs, params, rows.map((source) => source !== CONSTANT))
        : linearized.pullback(yBars),
    );
  }

  /** Adds what a rule gives to the cotangents of the inputs in `rows`. */
  private pullRule(row: number, primitive: Primitive, rows: readonly number[], rule: () => readonly MaybeValue[]): void {
    if (observer === undefined) this.distribute(primitive, rows, rule());
    else observer(primitive, this.level, row, () => this.distribute(primitive, rows, rule()));
  }

  private distribute(primitive: Primitive, rows: readonly number[], contributions: readonly MaybeValue[]): readonly MaybeValue[] {
    for (let k = 0; k < rows.length; k++) {
      const xBar = contributions[k];
      if (xBar !== undefined && rows[k] !== CONSTANT) this.accept(primitive, k, rows[k]!, xBar);
    }
    return contributions;
  }

  /** Adds what a rule returned for input `k`, if it fits. */
  private accept(primitive: Primitive, k: number, row: number, xBar: Value): void {
    const space = this.level.spaceAt(row);
    const type = typeIn(space, this.level.valueAt(row));
    const fitted = primitive.slopes === undefined ? xBar : space.unbroadcast(xBar, type);
    const seen = typeIn(space, fitted);
    if (!space.sameType(seen, type)) throw new CotangentError(primitive.name, k, space.describe(type), space.describe(seen));
    this.accumulate(row, space, fitted);
  }
}

/** A recorded function: its values, and the pullback. */
export interface Recording {
  readonly ys: Value[];
  readonly level: ReverseLevel;
  /**
   * Cotangents of the results to cotangents of the arguments; undefined where they are zero, on both sides.
   *
   * May be called many times, unless `free` lets the tape go on the way: then it is refused the next time by `RecordingFreedError`.
   */
  pull(yBars: readonly MaybeValue[], free?: boolean): MaybeValue[];
}

/** Records `f` at `xs`, leaf by leaf. `spaces` are those of `xs`. */
export function recordLeaves(
  f: (xs: readonly Value[]) => readonly Value[],
  xs: readonly Value[],
  spaces: readonly VectorSpace[],
  transformation = 'vjp',
): Recording {
  const level = new ReverseLevel(transformation);
  const roots = xs.map((x, k) => level.root(spaces[k]!, x));
  const outputs = withLevel(level, () => f(roots));
  let freed = false;
  const pull = (yBars: readonly MaybeValue[], free = false): MaybeValue[] => {
    if (freed) throw new RecordingFreedError(transformation);
    freed = free;
    const sweep = new Sweep(level);
    outputs.forEach((y, k) => {
      const yBar = yBars[k];
      if (yBar !== undefined && level.isMine(y)) sweep.accumulate(y.row, y.space, yBar);
    });
    for (let row = level.rows.length - 1; row >= roots.length; row--) {
      sweep.pull(row);
      if (free) level.forget(row);
    }
    if (free) level.clear();
    return roots.map((root) => sweep.take(root.row));
  };
  return { ys: outputs.map((y) => level.primal(y)), level, pull };
}
