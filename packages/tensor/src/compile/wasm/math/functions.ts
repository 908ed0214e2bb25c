/** @file The functions of the scalar language that are computed in vectors, by name. */
import type { Operator } from '../../../elementwise/expression.ts';
import { acos, asin } from './arcsine.ts';
import { erf, erfc } from './error-function.ts';
import { cosh, exp, expm1, sinh } from './exponential.ts';
import { tanh } from './hyperbolic-tangent.ts';
import { acosh, asinh, atanh } from './inverse-hyperbolic.ts';
import { atan, atan2 } from './inverse-trigonometric.ts';
import { log, log1p } from './logarithm.ts';
import { pow, powOfSingles } from './power.ts';
import { cbrt, hypot } from './roots.ts';
import { sinc } from './sinc.ts';
import { cos, sin, tan } from './trigonometric.ts';
import { toSingle, type Precision, type Vector } from './vector.ts';

/** The value of a function of one or two vectors, of the precision of its inputs. */
export type VectorFunction = (...inputs: Vector[]) => Vector;

/** A function of vectors, and the function of JavaScript that it asks for what is rare. */
export interface VectorEntry {
  readonly arity: 1 | 2;
  readonly value: VectorFunction;
  /** Largest error in units in the last place. */
  readonly error: Readonly<Record<Precision, number>>;
  readonly host?: 'sin' | 'cos' | 'tan';
  /** Whether vectors in loops contain its code, two side by side, instead of a call, which there takes a third to half of the time. It has no branches. */
  readonly isShort?: true;
}

/** Largest error in units in the last place: of singles, of doubles. */
type Errors = readonly [f32: number, f64: number];

const unary = ([f32, f64]: Errors, value: (x: Vector) => Vector, more: Pick<VectorEntry, 'host' | 'isShort'> = {}): VectorEntry => ({ arity: 1, value: value as VectorFunction, error: { f32, f64 }, ...more });
const binary = ([f32, f64]: Errors, value: (x: Vector, y: Vector) => Vector): VectorEntry => ({ arity: 2, value: value as VectorFunction, error: { f32, f64 } });

/** Singles computed as doubles, by another function. */
const inDoubles = (value: (x: Vector, y: Vector) => Vector, name: string) => (x: Vector, y: Vector): Vector => {
  if (x.precision === 'f64') return value(x, y);
  const [low, high] = ([0, 1] as const).map((half) => x.toDouble(half).call(name, y.toDouble(half)));
  return toSingle(low!, high!);
};

/** Functions that kernels ask for. The errors are those of docs/accuracy.md. */
export const VECTOR_FUNCTIONS: Readonly<Partial<Record<Operator, VectorEntry>>> = {
  exp: unary([1, 1], exp, { isShort: true }),
  expm1: unary([1.5, 1.5], expm1),
  log: unary([1, 1], log, { isShort: true }),
  log1p: unary([1, 1], log1p),
  cbrt: unary([1, 1], cbrt),
  hypot: binary([1, 1.5], hypot),
  pow: binary([1, 1], inDoubles(pow, 'powOfSingles')),
  sin: unary([2, 1], sin, { host: 'sin' }),
  cos: unary([2, 1], cos, { host: 'cos' }),
  tan: unary([1, 2], tan, { host: 'tan' }),
  asin: unary([1, 1], asin, { isShort: true }),
  acos: unary([1.5, 1.5], acos, { isShort: true }),
  atan: unary([2, 2], atan, { isShort: true }),
  atan2: binary([2, 2], atan2),
  sinh: unary([2, 2], sinh, { isShort: true }),
  cosh: unary([2, 2], cosh, { isShort: true }),
  tanh: unary([1.5, 1.5], tanh, { isShort: true }),
  asinh: unary([2, 2], asinh),
  acosh: unary([2, 2], acosh),
  atanh: unary([1.5, 1.5], atanh),
  erf: unary([1.5, 1.5], erf),
  erfc: unary([2.5, 3], erfc),
  sinc: unary([3, 2.5], sinc),
};

/** Functions that other functions ask for. */
const INNER: Readonly<Record<string, VectorEntry>> = { powOfSingles: binary([1, 1], powOfSingles) };

/** A function by its name. */
export function vectorEntry(name: string): VectorEntry {
  return VECTOR_FUNCTIONS[name as Operator] ?? INNER[name]!;
}
