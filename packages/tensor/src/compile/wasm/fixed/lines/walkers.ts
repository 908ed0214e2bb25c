/** @file What walks along lines keep in variables. The numbers are those of backends/js/lines.ts: sums in double precision, integers wrap. */
import type { LineWalk, LineWalkName } from '../../../kernels/lines/walk.ts';
import type { Local } from '../../assembler.ts';
import type { Lanes } from './lanes.ts';

/** The state of one vector of lines. A row of each operand gives a row of results. */
export interface Walker {
  first(rows: readonly Local[]): Local;
  next(rows: readonly Local[]): Local;
  /** The result so far. */
  result(): Local;
}

/** A walker at the beginning of its lines. */
export function walkerOf(v: Lanes, walk: LineWalkName, dtype: LineWalk['dtype']): Walker {
  switch (walk) {
    case 'cumulativeSum':
    case 'linearRecurrence':
      return dtype === 'f32' ? wideSums(v) : sums(v);
    case 'argMax':
    case 'cumulativeArgMax':
      return positions(v, 1, dtype);
    case 'argMin':
    case 'cumulativeArgMin':
      return positions(v, -1, dtype);
  }
}

/** y = a y + b, or y + b without factors. */
function sums(v: Lanes): Walker {
  const state = v.take();
  const become = (value: Local): Local => {
    v.copy(value, state);
    return state;
  };
  return {
    first: (rows) => become(rows.length === 1 ? withoutSign(v, rows[0]!) : rows[1]!),
    next: (rows) => become(rows.length === 1 ? v.add(state, rows[0]!) : v.add(v.mul(rows[0]!, state), rows[1]!)),
    result: () => state,
  };
}

/** 0 + x, which is 0 for −0. */
function withoutSign(v: Lanes, x: Local): Local {
  const zero = v.take();
  v.f.i32x4Const(0).localSet(zero);
  return v.add(zero, x);
}

/** The same for f32, with the state as two vectors of doubles. */
function wideSums(v: Lanes): Walker {
  const [low, high] = [v.take(), v.take()];
  const wide = (x: Local): readonly [Local, Local] => [v.apply('f64x2.promote_low_f32x4', x), v.apply('f64x2.promote_low_f32x4', v.shuffled(x, x, 2, 3, 2, 3))];
  const result = (): Local => v.shuffled(v.apply('f32x4.demote_f64x2_zero', low), v.apply('f32x4.demote_f64x2_zero', high), 0, 1, 4, 5);
  const update = (rows: readonly Local[], change: (state: Local, ...xs: readonly Local[]) => Local): Local => {
    const halves = rows.map(wide);
    for (const [half, state] of [low, high].entries()) v.copy(change(state, ...halves.map((both) => both[half as 0 | 1])), state);
    return result();
  };
  const add = (a: Local, b: Local): Local => v.apply('f64x2.add', a, b);
  return {
    first: (rows) => update(rows, (_state, x, b) => {
      if (b !== undefined) return b;
      const zero = v.take();
      v.f.f64x2Const(0).localSet(zero);
      return add(zero, x!);
    }),
    next: (rows) => update(rows, (state, x, b) => (b === undefined ? add(state, x!) : add(v.apply('f64x2.mul', x!, state), b))),
    result,
  };
}

/** The first of the largest or smallest elements, or the first NaN. */
function positions(v: Lanes, direction: 1 | -1, dtype: LineWalk['dtype']): Walker {
  const [best, at, now] = [v.take(), v.take(), v.take()];
  return {
    first([x]) {
      v.copy(x!, best);
      v.f.i32x4Const(0).localSet(at).i32x4Const(0).localSet(now);
      return at;
    },
    next([x]) {
      v.f.localGet(now).i32x4Const(1).op('i32x4.add').localSet(now);
      let better = v.compare(x!, best, direction);
      if (dtype !== 'i32') better = v.apply('v128.andnot', v.apply('v128.or', better, v.isNaN(x!)), v.isNaN(best));
      v.copy(v.apply('v128.bitselect', x!, best, better), best);
      // Comparisons of doubles fill 64 bits; positions of two lines stand in the first two lanes.
      const lanes = dtype === 'f64' ? v.shuffled(better, better, 0, 2, 0, 2) : better;
      v.copy(v.apply('v128.bitselect', now, at, lanes), at);
      return at;
    },
    result: () => at,
  };
}
