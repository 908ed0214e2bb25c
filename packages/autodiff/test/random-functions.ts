/** @file Random functions of one number, each with its Taylor series, and operations that must not change a function they are put around. */
import { checkpoint, customGradient, customTangent, grad, implicitFixedPoint, implicitLinearSolve, jvp, linearize, rollout, vjp, vmap } from '../src/index.ts';
import { closeOver, evaluateProgram } from '../src/extend.ts';
import { add, cos, div, exp, mul, select, sin, stack, sub, unstack, type Scalar } from '../src/scalar.ts';
import { denseSolver, taylor, type ScalarFunction, type Series } from './support.ts';

/** A function in three forms. */
export interface RandomFunction {
  readonly f: ScalarFunction;
  readonly series: (x: Series) => Series;
  readonly text: string;
}

const unaries = [
  ['sin', sin, taylor.sin],
  ['cos', cos, taylor.cos],
  ['exp', (x: Scalar) => exp(sin(x)), (x: Series) => taylor.exp(taylor.sin(x))],
] as const;
const binaries = [
  ['add', add, taylor.add],
  ['mul', mul, taylor.mul],
  // The denominator 2 + sin b stays away from 0.
  ['div', (a: Scalar, b: Scalar) => div(a, add(2, sin(b))), (a: Series, b: Series) => taylor.div(a, taylor.add(taylor.constant(2, a.length - 1), taylor.sin(b)))],
] as const;

/** What leaves the value of a function and all its derivatives as they are. */
const wrappings: readonly (readonly [string, (f: ScalarFunction) => ScalarFunction])[] = [
  ['checkpoint', (f) => checkpoint(f)],
  ['recorded', (f) => (x) => {
    const { program, captured } = closeOver('test', f, [x]);
    return evaluateProgram(program, [...captured, x])[0] as Scalar;
  }],
  ['customGradient', (f) => customGradient((x: Scalar) => ({ value: f(x), pullback: (bar: Scalar): [Scalar] => [mul(bar, grad(f)(x))] }))],
  ['customTangent', (f) => customTangent((x: Scalar) => ({ value: f(x), pushforward: (dx: Scalar) => mul(dx, jvp(f, x, 1).tangent) }))],
  ['member', (f) => (x) => unstack(vmap(f)(stack([add(x, 1), x])))[1]!],
  ['captured', (f) => (x) => checkpoint(() => f(x))()],
  ['rollout', (f) => (x) => rollout((s: Scalar) => add(mul(0, s), f(x)), x, 2, { budget: 10_000 })],
  ['rolled', (f) => (x) => rollout(f, x, 1)],
  ['fixed point', (f) => (x) => implicitFixedPoint((y: Scalar) => add(mul(0, y), f(x)), 0 as Scalar, { solver: (map, guess) => map(guess), linearSolver: denseSolver })],
  ['linear solve', (f) => (x) => implicitLinearSolve((y: Scalar) => mul(add(2, mul(0, x)), y), mul(2, f(x)), { solver: denseSolver }).x],
  ['value of linearize', (f) => (x) => linearize(f, x).value],
  ['value of vjp', (f) => (x) => vjp(f, x).value],
  // ∂/∂y [y f(x)], by one derivative inside.
  ['inner grad', (f) => (x) => grad((y: Scalar) => mul(y, f(x)))(x)],
  ['inner jvp', (f) => (x) => jvp((y: Scalar) => mul(y, f(x)), x, 1).tangent],
  ['chosen', (f) => (x) => select(1, f(x), sub(0, x))],
];

/** Draws from [0, 1) decide everything. With `wrapped`, operations stand around some of the parts. */
export function randomFunction(random: () => number, depth: number, wrapped = false): RandomFunction {
  const pick = <T>(choices: readonly T[]): T => choices[Math.floor(random() * choices.length)]!;
  const wrap = (inner: RandomFunction): RandomFunction => {
    if (!wrapped || random() < 0.5) return inner;
    const [name, wrapping] = pick(wrappings);
    return { ...inner, f: wrapping(inner.f), text: `${name}<${inner.text}>` };
  };
  if (depth === 0) {
    const constant = Math.round(random() * 8) / 4 - 1;
    if (random() < 0.3) return { f: () => constant, series: (x) => taylor.constant(constant, x.length - 1), text: String(constant) };
    return { f: (x) => x, series: (x) => x, text: 'x' };
  }
  const a = randomFunction(random, depth - 1, wrapped);
  if (random() < 0.4) {
    const [name, f, series] = pick(unaries);
    return wrap({ f: (x) => f(a.f(x)), series: (x) => series(a.series(x)), text: `${name}(${a.text})` });
  }
  const b = randomFunction(random, depth - 1, wrapped);
  const [name, f, series] = pick(binaries);
  return wrap({ f: (x) => f(a.f(x), b.f(x)), series: (x) => series(a.series(x), b.series(x)), text: `${name}(${a.text}, ${b.text})` });
}
