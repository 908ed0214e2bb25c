/** @file Instructions of the stages of a transform of lines. */
import type { CopyStage, MultiplyStage, PassStage, ProjectStage, Stage, TurnStage, ZeroStage } from '../../../kernels/lines/stage.ts';
import type { Local } from '../../assembler.ts';
import { butterfly } from './butterfly.ts';
import type { Complex } from './lanes.ts';
import { finish, tangle, unfold, untangle } from './real-stages.ts';
import type { Cursor, RowWriter } from './rows.ts';

/** Writes the instructions of a stage. */
export function emitStage(w: RowWriter, stage: Stage): void {
  w.stage(() => {
    switch (stage.kind) {
      case 'pass':
        return pass(w, stage);
      case 'copy':
        return copy(w, stage);
      case 'zero':
        return zero(w, stage);
      case 'multiply':
        return multiply(w, stage);
      case 'turn':
        return turn(w, stage);
      case 'project':
        return project(w, stage);
      case 'untangle':
        return untangle(w, stage);
      case 'finish':
        return finish(w, stage);
      case 'tangle':
        return tangle(w, stage);
      case 'unfold':
        return unfold(w, stage);
    }
  });
}

function pass(w: RowWriter, { radix, groups, stride, from, to, table }: PassStage): void {
  const x = w.cursors(from);
  const y = w.cursors(to);
  const roots = w.tableCursor(table, 2 * (radix - 1));
  /** Groups from one on multiply by roots, which are the same for all rows of the group. */
  const group = (turns: readonly Complex[]): void => {
    w.repeat(stride, [x, y], () => {
      w.eachVector((vector) => {
        const sums = butterfly(w.v, Array.from({ length: radix }, (_, j) => w.loadComplex(x, vector, j * groups * stride)));
        sums.forEach((sum, j) => w.storeComplex(y, vector, j === 0 || turns.length === 0 ? sum : turnedBack(w, sum, turns[j - 1]!), j * stride));
      });
    });
    for (const cursor of [y.re, y.im]) w.advance(cursor, (radix - 1) * stride);
  };
  group([]);
  w.repeat(groups - 1, [roots], () => {
    w.v.scope(() => group(Array.from({ length: radix - 1 }, (_, j): Complex => ({ re: w.number(roots, 2 * j), im: w.number(roots, 2 * j + 1) }))));
  });
}

/** x (c − i s) */
function turnedBack({ v }: RowWriter, { re, im }: Complex, { re: c, im: s }: Complex): Complex {
  return { re: v.dot(re, c, im, s), im: v.cross(im, c, re, s) };
}

function copy(w: RowWriter, { from, to, count, negate }: CopyStage): void {
  const [x, y] = [w.cursor(from), w.cursor(to)];
  w.repeat(count, [x, y], () => {
    w.eachVector((vector) => {
      const value = w.load(x, vector);
      w.store(y, vector, negate ? w.v.neg(value) : value);
    });
  });
}

function zero(w: RowWriter, { to, count }: ZeroStage): void {
  const y = w.cursor(to);
  w.v.scope(() => {
    const nothing = w.v.constant(0);
    w.repeat(count, [y], () => w.eachVector((vector) => w.store(y, vector, nothing)));
  });
}

function numbers(w: RowWriter, table: Cursor): readonly [c: Local, s: Local] {
  return [w.number(table, 0), w.number(table, 1)];
}

function multiply(w: RowWriter, { from, to, count, table }: MultiplyStage): void {
  const x = w.cursor(from.re);
  const xi = from.im === undefined ? undefined : w.cursor(from.im);
  const y = w.cursors(to);
  const factors = w.tableCursor(table, 2);
  w.repeat(count, [x, ...(xi === undefined ? [] : [xi]), y, factors], () => {
    w.v.scope(() => {
      const [c, s] = numbers(w, factors);
      w.eachVector((vector) => {
        const re = w.load(x, vector);
        if (xi === undefined) return w.storeComplex(y, vector, { re: w.v.mul(re, c), im: w.v.mul(re, s) });
        const im = w.load(xi, vector);
        w.storeComplex(y, vector, { re: w.v.cross(re, c, im, s), im: w.v.dot(re, s, im, c) });
      });
    });
  });
}

function turn(w: RowWriter, { from, turns, to, count }: TurnStage): void {
  const [x, t, y] = [w.cursors(from), w.cursors(turns), w.cursors(to)];
  w.repeat(count, [x, t, y], () => {
    w.eachVector((vector) => {
      const [{ re, im }, { re: c, im: s }] = [w.loadComplex(x, vector), w.loadComplex(t, vector)];
      w.storeComplex(y, vector, { re: w.v.cross(re, c, im, s), im: w.v.dot(re, s, im, c) });
    });
  });
}

function project(w: RowWriter, { from, to, count, table }: ProjectStage): void {
  const x = w.cursors(from);
  const y = w.cursor(to);
  const factors = w.tableCursor(table, 2);
  w.repeat(count, [x, y, factors], () => {
    w.v.scope(() => {
      const [c, s] = numbers(w, factors);
      w.eachVector((vector) => {
        const { re, im } = w.loadComplex(x, vector);
        w.store(y, vector, w.v.dot(re, c, im, s));
      });
    });
  });
}
