/**
 * @file The Jacobi preconditioner: division by the diagonal of the operator, which is found by applying it.
 *
 * Positions are coloured, p colours along each dimension in turn [Curtis1974]. The image of all positions of one colour has the diagonal
 * at these positions, if none of them reaches another one; images of the same positions with other weights tell whether that is so. A
 * stencil needs p one larger than its radius on each side together: p = 3, 4 and 5 are tried, then every position has its own colour. That is
 * exact for every linear operator (with probability one), and costs 2·3ᵈ products with it for the usual stencils in d dimensions, up to one
 * per unknown for dense operators.
 */
import type { Value } from '@tapeflow/autodiff/extend';
import { unitRoundoff, type FloatDType } from '../array/dtype.ts';
import { arrayTypeOf, broadcast, full } from '../array/ndarray.ts';
import { whileLeaves } from '../control/while.ts';
import { abs, add, and, constantLike, div, equal, floor, less, lessEqual, max, mul, not, or, select, sub } from '../primitives/elementwise.ts';
import { reduceAny, reduceMax } from '../primitives/reduce.ts';
import { convert, iota } from '../primitives/structure.ts';
import type { StepTools } from './iterate.ts';
import type { Vector } from './vectors.ts';

/** Colours along each dimension; after these comes one for every position. */
const PERIODS = [3, 4, 5];
/** Two ways to one diagonal that differ by more than this many roundings of the largest image do not agree. */
const ROUNDINGS = 64;

/** i32 quotient and remainder: exact, because doubles are. */
function divided(k: Value, by: Value): { quotient: Value; rest: Value } {
  const quotient = convert(floor(div(convert(k, 'f64'), convert(by, 'f64'))), 'i32');
  return { quotient, rest: sub(k, mul(quotient, by)) };
}

/** Positions of one colour: along each axis those whose index leaves the digit of the colour in base min(period, length). */
function hasColour(member: readonly number[], colour: Value, period: Value): { inside: Value; colours: Value } {
  let rest = colour;
  let inside: Value = full(1, member, 'bool');
  let colours: Value = full(1, [], 'i32');
  member.forEach((length, axis) => {
    const base = select(less(period, full(length, [], 'i32')), period, full(Math.max(length, 1), [], 'i32'));
    const digit = divided(rest, base);
    rest = digit.quotient;
    colours = mul(colours, base);
    inside = and(inside, equal(divided(iota(member, axis, 'i32'), base).rest, broadcast(digit.rest, member, [])));
  });
  return { inside, colours };
}

/** The diagonal of one part of the vectors. */
function diagonalPart({ arithmetic, apply }: StepTools, like: Vector, part: number): Value {
  const { shape } = arrayTypeOf(like[part]);
  const dtype = arrayTypeOf(like[part]).dtype as FloatDType;
  const axes = arithmetic.batchAxes;
  const member = shape.slice(axes);
  const longest = Math.max(1, ...member);
  const periods = [...PERIODS.filter((period) => period < longest), longest];
  const spread = (x: Value): Value => broadcast(x, shape, member.map((_, k) => k + axes));
  // Weights between 1 and 2 without structure.
  const weights = add(mul(arithmetic.generic(like[part]), full(0.5, [], dtype)), full(1.5, [], dtype));
  const image = (v: Value): Value => apply(like.map((x, k) => (k === part ? v : full(0, arrayTypeOf(x).shape, dtype))))[part]!;
  const periodAt = (stage: Value): Value => periods.reduce<Value>((chosen, period, k) => select(equal(stage, full(k, [], 'i32')), full(period, [], 'i32'), chosen), full(longest, [], 'i32'));
  const zero = full(0, shape, dtype);
  const systems = shape.slice(0, axes);

  // Carried: stage, colour, the diagonal in two ways, the largest image per system, whether all is done.
  const [, , diagonal] = whileLeaves(
    ([, , , , , done]) => not(done!),
    ([stage, colour, plain, weighted, largest]) => {
      const { inside, colours } = hasColour(member, colour, periodAt(stage));
      const here = spread(inside);
      const [one, other] = [select(here, full(1, [], dtype), zero), select(here, weights, zero)].map((v) => image(v));
      const [nextPlain, nextWeighted] = [select(here, one, plain), select(here, div(other, weights), weighted)];
      const seen = reduceMax(abs(one), member.map((_, k) => k + axes));
      const scale = max(largest, seen);
      const next = add(colour, full(1, [], 'i32'));
      const isLast = lessEqual(colours, next);
      const differ = less(arithmetic.everywhere(mul(scale, constantLike(ROUNDINGS * unitRoundoff(dtype), scale)), zero), abs(sub(nextPlain, nextWeighted)));
      const isFinal = equal(stage, full(periods.length - 1, [], 'i32'));
      const done = and(isLast, or(isFinal, not(reduceAny(differ))));
      const again = and(isLast, not(done));
      return [
        add(stage, convert(again, 'i32')), select(isLast, full(0, [], 'i32'), next), nextPlain, nextWeighted, scale, done,
      ];
    },
    [full(0, [], 'i32'), full(0, [], 'i32'), zero, zero, full(0, systems, dtype), full(0, [], 'bool')],
  );
  return diagonal!;
}

/**
 * Division by the diagonal, by 1 where that is 0. With `definite` by its size: conjugate gradients need a positive definite
 * preconditioner for operators of either sign.
 */
export function jacobi(tools: StepTools, like: Vector, definite: boolean): (v: Vector) => Vector {
  const divisors = like.map((x, part) => {
    if (arrayTypeOf(x).shape.includes(0)) return x;
    const diagonal = diagonalPart(tools, like, part);
    const regular = select(equal(diagonal, constantLike(0, diagonal)), constantLike(1, diagonal), diagonal);
    return definite ? abs(regular) : regular;
  });
  return (v) => v.map((x, k) => div(x, divisors[k]));
}
