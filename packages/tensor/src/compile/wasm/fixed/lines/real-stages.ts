/** @file Instructions of the stages between real lines and their coefficients. */
import type { Begin, Finish, FinishStage, TangleStage, UnfoldStage, UntangleStage } from '../../../kernels/lines/stage.ts';
import type { Complex } from './lanes.ts';
import type { ComplexCursor, Cursor, RowWriter } from './rows.ts';

/** Rows of coefficients that are walked along, ready for what is made of each. */
interface Coefficients<Action> {
  readonly cursors: readonly (Cursor | ComplexCursor)[];
  readonly perform: Action;
}

type Writing = Coefficients<(vector: number, value: Complex) => void>;
type Reading = Coefficients<(vector: number) => Complex>;

/** Writes what coefficient `first`, first + by, … becomes. The first one is real, so nothing is said of its imaginary part. */
function writing(w: RowWriter, finish: Finish, first: number, by: number): Writing {
  const { v } = w;
  switch (finish.kind) {
    case 'spectrum': {
      const to = w.cursors(finish.to, first, by);
      return { cursors: [to], perform: (vector, value) => w.storeComplex(to, vector, value) };
    }
    case 'real': {
      const to = w.cursor(finish.to, first, by);
      return { cursors: [to], perform: (vector, { re }) => w.store(to, vector, re) };
    }
    case 'minusImaginary': {
      const to = w.cursor(finish.to, first, by);
      return { cursors: [to], perform: (vector, { im }) => w.store(to, vector, v.neg(im)) };
    }
    case 'hartley': {
      const [low, high] = [w.cursor(finish.to, first, by), w.cursor(finish.to, finish.length - first, -by)];
      return {
        cursors: [low, high],
        perform(vector, { re, im }) {
          if (first > 0) w.store(high, vector, v.add(re, im));
          w.store(low, vector, v.sub(re, im));
        },
      };
    }
    case 'cosine': {
      const [low, high] = [w.cursor(finish.to, first, by), w.cursor(finish.to, finish.length - first, -by)];
      const table = w.tableCursor(finish.table + 2 * first, 2 * by);
      return {
        cursors: [low, high, table],
        perform(vector, { re, im }) {
          const [c, s] = [w.number(table, 0), w.number(table, 1)];
          if (first > 0) w.store(high, vector, v.cross(s, re, c, im));
          w.store(low, vector, v.dot(c, re, s, im));
        },
      };
    }
  }
}

/** Reads coefficient `first`, first + by, …; those that have a conjugate are halved. */
function reading(w: RowWriter, begin: Begin, first: number, by: number, isSingle: boolean): Reading {
  const { v } = w;
  if (begin.kind === 'spectrum') {
    const from = w.cursors(begin.from, first, by);
    return {
      cursors: [from],
      perform(vector) {
        const { re, im } = w.loadComplex(from, vector);
        if (isSingle) return { re, im };
        const half = v.constant(0.5);
        return { re: v.mul(half, re), im: v.mul(half, im) };
      },
    };
  }
  const [low, high] = [w.cursor(begin.from, first, by), w.cursor(begin.from, begin.length - first, -by)];
  const table = w.tableCursor(begin.table + 2 * first, 2 * by);
  return {
    cursors: [low, high, table],
    perform(vector) {
      const a = w.load(low, vector);
      // Number n does not exist, and would belong to a sine that is 0.
      if (first === 0) return { re: a, im: v.constant(0) };
      const b = w.load(high, vector);
      const [c, s] = [w.number(table, 0), w.number(table, 1)];
      return { re: v.dot(c, a, s, b), im: v.cross(s, a, c, b) };
    },
  };
}

/** One coefficient by itself. */
function writeOne(w: RowWriter, finish: Finish, k: number, value: (vector: number) => Complex): void {
  const { perform } = writing(w, finish, k, 1);
  w.eachVector((vector) => perform(vector, value(vector)));
}

/** X[k] = E + e^(−2πi k/n) O and X[n/2 − k] = conj(E − e^(−2πi k/n) O), where E = (Z[k] + Z̄[−k])/2 and O = (Z[k] − Z̄[−k])/2i. */
export function untangle(w: RowWriter, { half, from, table, finish }: UntangleStage): void {
  const { v } = w;
  const first = w.cursors(from);
  writeOne(w, finish, 0, (vector) => {
    const { re, im } = w.loadComplex(first, vector);
    return { re: v.add(re, im), im: v.constant(0) };
  });
  writeOne(w, finish, half, (vector) => {
    const { re, im } = w.loadComplex(first, vector);
    return { re: v.sub(re, im), im: v.constant(0) };
  });
  if (half % 2 === 0) {
    const middle = w.cursors(from, half / 2);
    writeOne(w, finish, half / 2, (vector) => {
      const { re, im } = w.loadComplex(middle, vector);
      return { re, im: v.neg(im) };
    });
  }
  const [low, high] = [w.cursors(from, 1), w.cursors(from, half - 1, -1)];
  const [lowResult, highResult] = [writing(w, finish, 1, 1), writing(w, finish, half - 1, -1)];
  const roots = w.tableCursor(table + 2, 2);
  w.repeat(Math.floor((half - 1) / 2), [low, high, roots, ...lowResult.cursors, ...highResult.cursors], () => {
    w.eachVector((vector) => {
      const [a, b] = [w.loadComplex(low, vector), w.loadComplex(high, vector)];
      const [c, s] = [w.number(roots, 0), w.number(roots, 1)];
      const half = v.constant(0.5);
      const [er, ei] = [v.mul(half, v.add(a.re, b.re)), v.mul(half, v.sub(a.im, b.im))];
      const [or, oi] = [v.mul(half, v.add(a.im, b.im)), v.mul(half, v.sub(b.re, a.re))];
      const [tr, ti] = [v.dot(c, or, s, oi), v.cross(c, oi, s, or)];
      lowResult.perform(vector, { re: v.add(er, tr), im: v.add(ei, ti) });
      highResult.perform(vector, { re: v.sub(er, tr), im: v.sub(ti, ei) });
    });
  });
}

/** Coefficients that are there already. */
export function finish(w: RowWriter, { count, from, finish }: FinishStage): void {
  const first = w.cursor(from.re);
  writeOne(w, finish, 0, (vector) => ({ re: w.load(first, vector), im: w.v.constant(0) }));
  const rest = w.cursors(from, 1);
  const result = writing(w, finish, 1, 1);
  w.repeat(count - 1, [rest, ...result.cursors], () => w.eachVector((vector) => result.perform(vector, w.loadComplex(rest, vector))));
}

/** Z[k] = S + D and Z[n/2 − k] = conj(S − D), where S = X[k] + X̄[n/2 − k] and D = i e^(+2πi k/n) (X[k] − X̄[n/2 − k]). */
export function tangle(w: RowWriter, { half, begin, table, to }: TangleStage): void {
  const { v } = w;
  const [first, last] = [reading(w, begin, 0, 1, true), reading(w, begin, half, 1, true)];
  const zeroth = w.cursors(to);
  w.eachVector((vector) => {
    const [a, b] = [first.perform(vector).re, last.perform(vector).re];
    w.storeComplex(zeroth, vector, { re: v.add(a, b), im: v.sub(a, b) });
  });
  if (half % 2 === 0) {
    const [middle, target] = [reading(w, begin, half / 2, 1, true), w.cursors(to, half / 2)];
    w.eachVector((vector) => {
      const { re, im } = middle.perform(vector);
      // Half of two conjugates where the coefficients count as they are, all of them where they were halved.
      const [x, y] = begin.kind === 'spectrum' ? [re, im] : [v.add(re, re), v.add(im, im)];
      w.storeComplex(target, vector, { re: x, im: v.neg(y) });
    });
  }
  const [low, high] = [reading(w, begin, 1, 1, false), reading(w, begin, half - 1, -1, false)];
  const [lowTarget, highTarget] = [w.cursors(to, 1), w.cursors(to, half - 1, -1)];
  const roots = w.tableCursor(table + 2, 2);
  w.repeat(Math.floor((half - 1) / 2), [...low.cursors, ...high.cursors, lowTarget, highTarget, roots], () => {
    w.eachVector((vector) => {
      const [a, b] = [low.perform(vector), high.perform(vector)];
      const [c, s] = [w.number(roots, 0), w.number(roots, 1)];
      const [sr, si] = [v.add(a.re, b.re), v.sub(a.im, b.im)];
      const [dr, di] = [v.sub(a.re, b.re), v.add(a.im, b.im)];
      const [tr, ti] = [v.neg(v.dot(s, dr, c, di)), v.cross(c, dr, s, di)];
      w.storeComplex(lowTarget, vector, { re: v.add(sr, tr), im: v.add(si, ti) });
      w.storeComplex(highTarget, vector, { re: v.sub(sr, tr), im: v.sub(ti, si) });
    });
  });
}

/** The given coefficients and their conjugates. */
export function unfold(w: RowWriter, { length, begin, to }: UnfoldStage): void {
  const { v } = w;
  const [first, zeroth] = [reading(w, begin, 0, 1, true), w.cursors(to)];
  w.eachVector((vector) => w.storeComplex(zeroth, vector, { re: first.perform(vector).re, im: v.constant(0) }));
  const rest = reading(w, begin, 1, 1, false);
  const [low, high] = [w.cursors(to, 1), w.cursors(to, length - 1, -1)];
  w.repeat((length - 1) / 2, [...rest.cursors, low, high], () => {
    w.eachVector((vector) => {
      const { re, im } = rest.perform(vector);
      w.storeComplex(low, vector, { re, im });
      w.storeComplex(high, vector, { re, im: v.neg(im) });
    });
  });
}
