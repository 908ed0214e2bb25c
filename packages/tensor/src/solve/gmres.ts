/**
 * @file GMRES(m) [Saad1986]: the residual is as small as the last m directions allow, so it never grows. Preconditioned from the right, so
 * residuals are true ones.
 *
 * The basis is one array of m + 1 rows. A new direction is orthogonalised against all rows at once, twice, which keeps the basis orthogonal
 * to rounding where one modified sweep does not [Giraud2005], and is four products with a matrix instead of a loop.
 */
import type { Value } from '@tapeflow/autodiff/extend';
import { unitRoundoff, type FloatDType } from '../array/dtype.ts';
import { arrayTypeOf, broadcast, full, pad, reduceSum, reshape, slice, sliceAxis } from '../array/ndarray.ts';
import { triangularSolve } from '../primitives/dense.ts';
import { abs, add, and, constantLike, equal, hypot, indicator, less, lessEqual, max, mul, neg, or, select, sub } from '../primitives/elementwise.ts';
import { iota } from '../primitives/structure.ts';
import type { IterationState, IterativeMethod, StepTools } from './iterate.ts';
import { diagonalOf } from './pivots.ts';
import { safeDivide, type Vector } from './vectors.ts';

const SINGULAR = 6;
/** What is left of a direction after taking out all others counts as nothing below this many roundings. */
const ROUNDINGS = 10;

/** Own state by name. V spans the directions, G is the product of all rotations, R = G H is triangular, H holds A V = V H. */
interface Own {
  /** The last direction. */
  readonly v: Value;
  readonly V: Value;
  readonly G: Value;
  readonly R: Value;
  readonly beta: Value;
  /** How many directions have been multiplied with A (rank 0). */
  readonly count: Value;
}

const pack = ({ v, V, G, R, beta, count }: Own): Vector => [v, V, G, R, beta, count];
function unpack({ own }: IterationState): Own {
  const [v, V, G, R, beta, count] = own;
  return { v, V, G, R, beta, count };
}

/** 1 at a position (rank-0 i32) of a row of some length, else 0. */
function unit(length: number, at: Value, like: Value): Value {
  return indicator(equal(iota([length], 0, 'i32'), at), like);
}

/** The directions that a restart allows: no more than there are unknowns. */
const sizeFor = (restart: number, unknowns: number): number => Math.max(1, Math.min(restart, unknowns));

/** GMRES that starts anew after `restart` directions, which bounds its memory. */
export function gmres(restart: number): IterativeMethod {
  return {
    latestIsBest: true,
    start({ arithmetic }, r) {
      const axis = arithmetic.batchAxes;
      const beta = arithmetic.norm(r);
      const v = arithmetic.join(r.map((x) => safeDivide(x, arithmetic.spread(beta, x))));
      const { shape, dtype } = arrayTypeOf(v);
      const systems = shape.slice(0, axis);
      const m = sizeFor(restart, shape[axis]!);
      const row = reshape(v, [...systems, 1, shape[axis]!]);
      const V = pad(row, systems.map(() => 0).concat(0, 0), systems.map(() => 0).concat(m, 0));
      const eye = indicator(equal(iota([m + 1, m + 1], 0, 'i32'), iota([m + 1, m + 1], 1, 'i32')), beta);
      const G = broadcast(eye, [...systems, m + 1, m + 1], [axis, axis + 1]);
      return pack({ v, V, G, R: full(0, [...systems, m, m], dtype), beta, count: full(0, [], 'i32') });
    },

    step(tools, state, running) {
      const { arithmetic, apply, precondition = (u) => u } = tools;
      const axis = arithmetic.batchAxes;
      const { v, V, G, R, beta, count } = unpack(state);
      const length = arrayTypeOf(V).shape[axis]!;
      const [here, next] = [unit(length, count, beta), unit(length, add(count, full(1, [], 'i32')), beta)];
      const direction = precondition(arithmetic.split(v, state.x));
      const image = arithmetic.join(apply(direction));

      // Orthogonalised twice; coefficients of rows that are still empty are 0.
      const coefficients = (w: Value): Value => timesColumn(V, w, axis);
      const without = (w: Value, h: Value): Value => sub(w, rowTimes(h, V, axis));
      const first = coefficients(image);
      const once = without(image, first);
      const second = coefficients(once);
      const rest = without(once, second);
      const size = arithmetic.norm([image]);
      const nothing = mul(size, constantLike(ROUNDINGS * unitRoundoff(arrayTypeOf(size).dtype as FloatDType), size));
      const left = arithmetic.norm([rest]);
      const height = select(lessEqual(left, nothing), constantLike(0, left), left);
      const orZero = (x: Value): Value => select(arithmetic.everywhere(running, x), x, constantLike(0, x));
      const column = orZero(add(add(first, second), spreadRow(height, next, axis)));

      // A rotation of entries `here` and `next` of the column makes the second one 0.
      const rotated = timesColumn(G, column, axis);
      const entry = (x: Value, at: Value): Value => reduceSum(mul(x, broadcast(at, arrayTypeOf(x).shape, [axis])), [axis]);
      const [a, b] = [entry(rotated, here), entry(rotated, next)];
      const length2 = hypot(a, b);
      // Neither is left: A maps a combination of the directions to 0. The rotation by a right angle leaves the residual as it is.
      const vanished = and(running, lessEqual(length2, nothing));
      const still = or(vanished, lessEqual(length2, constantLike(0, length2)));
      const c = select(vanished, constantLike(0, a), select(still, constantLike(1, a), safeDivide(a, length2)));
      const s = select(vanished, constantLike(1, a), select(still, constantLike(0, a), safeDivide(b, length2)));
      const [rowHere, rowNext] = [here, next].map((at) => rowTimes(broadcast(at, arrayTypeOf(column).shape, [axis]), G, axis));
      const turn = (x: Value, f: Value, y: Value, g: Value): Value => add(mul(arithmetic.spread(f, x), x), mul(arithmetic.spread(g, y), y));
      const newHere = turn(rowHere, c, rowNext, s);
      const newNext = turn(rowHere, neg(s), rowNext, c);
      const turnedG = add(G, add(outer(here, sub(newHere, rowHere), axis), outer(next, sub(newNext, rowNext), axis)));
      const diagonal = select(still, constantLike(0, length2), length2);
      const turnedColumn = add(rotated, sub(spreadRow(sub(diagonal, a), here, axis), spreadRow(b, next, axis)));
      const inR = sliceAxis(turnedColumn, axis, 0, length - 1, 1);
      const firstOf = (x: Value): Value => reshape(sliceAxis(x, axis, 0, 1, 1), arrayTypeOf(beta).shape);
      const following = orZero(safeDivide(rest, arithmetic.spread(height, rest)));
      return {
        ...state,
        // x changes when the directions are used up.
        moved: constantLike(0, state.residual),
        residual: select(running, mul(beta, abs(firstOf(newNext))), state.residual),
        operatorNorm: select(running, max(state.operatorNorm, safeDivide(size, arithmetic.norm(direction))), state.operatorNorm),
        status: select(vanished, full(SINGULAR, arrayTypeOf(state.status).shape, 'i32'), state.status),
        own: pack({
          v: following,
          V: add(V, outer(next, following, axis)),
          G: turnedG,
          R: add(R, transposedOuter(inR, sliceAxis(here, 0, 0, length - 1, 1), axis)),
          beta,
          count: add(count, full(1, [], 'i32')),
        }),
      };
    },

    hasRoom(state) {
      const { R, count } = unpack(state);
      return less(count, full(arrayTypeOf(R).shape.at(-1)!, [], 'i32'));
    },

    finish: ({ arithmetic, precondition = (u) => u }: StepTools, state) => {
      const axis = arithmetic.batchAxes;
      const { V, G, R, beta } = unpack(state);
      const { shape, dtype } = arrayTypeOf(R);
      const m = shape[axis]!;
      const systems = shape.slice(0, axis);
      // Directions that were not taken have nothing on the diagonal, and get no share.
      const unused = equal(diagonalOf(R), full(0, [], dtype));
      const ones = indicator(unused, R);
      const onDiagonal = broadcast(equal(iota([m, m], 0, 'i32'), iota([m, m], 1, 'i32')), shape, [axis, axis + 1]);
      const regular = select(onDiagonal, add(R, broadcast(ones, shape, shape.slice(0, -1).map((_, k) => k))), R);
      const column = slice(G, shape.map(() => 0), [...systems, m, 1]);
      const right = mul(column, broadcast(beta, [...systems, m, 1], systems.map((_, k) => k)));
      const masked = select(reshape(unused, [...systems, m, 1]), full(0, [], dtype), right);
      const shares = reshape(triangularSolve(regular, masked, { lower: false, transposed: false, unit: false }), [...systems, m]);
      const step = rowTimes(shares, sliceAxis(V, axis, 0, m, 1), axis);
      return arithmetic.axpy(state.x, full(1, systems, dtype), precondition(arithmetic.split(step, state.x)));
    },
  };
}

/** M x for the matrix and column of each system: written as sums, which programs compute without copies. */
function timesColumn(M: Value, x: Value, axis: number): Value {
  const { shape } = arrayTypeOf(M);
  return reduceSum(mul(M, broadcast(x, shape, shape.flatMap((_, k) => (k === axis ? [] : [k])))), [axis + 1]);
}

/** y M for the row and matrix of each system. */
function rowTimes(y: Value, M: Value, axis: number): Value {
  const { shape } = arrayTypeOf(M);
  return reduceSum(mul(M, broadcast(y, shape, shape.slice(0, -1).map((_, k) => k))), [axis]);
}

/** A number per system at one place of a row. */
function spreadRow(value: Value, at: Value, axis: number): Value {
  const shape = [...arrayTypeOf(value).shape, arrayTypeOf(at).shape[0]!];
  return mul(broadcast(value, shape, shape.slice(0, -1).map((_, k) => k)), broadcast(at, shape, [axis]));
}

/** A row per system in one row of a matrix. */
function outer(at: Value, row: Value, axis: number): Value {
  const { shape } = arrayTypeOf(row);
  const whole = [...shape.slice(0, axis), arrayTypeOf(at).shape[0]!, shape[axis]!];
  return mul(broadcast(at, whole, [axis]), broadcast(row, whole, whole.flatMap((_, k) => (k === axis ? [] : [k]))));
}

/** A column per system in one column of a matrix. */
function transposedOuter(column: Value, at: Value, axis: number): Value {
  const { shape } = arrayTypeOf(column);
  const whole = [...shape, arrayTypeOf(at).shape[0]!];
  return mul(broadcast(column, whole, shape.map((_, k) => k)), broadcast(at, whole, [axis + 1]));
}
