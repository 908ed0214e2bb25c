/** @file Derivatives of roots and fixed points: by the implicit function theorem, never the steps of the solver. */
import { closeOver, traceProgram, type Closed } from './close-over.ts';
import { forwardLeaves } from './forward.ts';
import { detachedSolution, implicitLinearSolve, type LinearSolver } from './implicit-linear.ts';
import { apply } from './level.ts';
import { requireSame } from './matching.ts';
import { primitive, type Primitive } from './primitive.ts';
import { evaluateProgram, type Program } from './program.ts';
import { materialize, programCotangents, programTangents } from './program-rules.ts';
import { refusePromise } from './result.ts';
import { abstractOf } from './spaces.ts';
import { flatten } from './tree.ts';
import type { Value } from './value.ts';

/** Finds x with residual(x) = 0 (or x = map(x)) on leaves, starting from a guess. */
export type RootSolver = (residual: (xs: readonly Value[]) => Value[], guess: readonly Value[]) => readonly Value[];

interface RootParams {
  /** What the solver gets, `[...captured, ...xs] → values`: the residual or the map. */
  readonly given: Program;
  /** `[...captured, ...xs] → residuals`, for the derivative. */
  readonly residual: Program;
  readonly captured: number;
  readonly solver: RootSolver;
  readonly linearSolver: LinearSolver;
}

/** Solution of J d = r with J = ∂residual/∂x at (fixed, xs), or Jᵀ d = r. */
function solveJacobian(params: RootParams, fixed: readonly Value[], xs: readonly Value[], right: readonly Value[], transposed: boolean): readonly Value[] {
  const { residual, captured, linearSolver } = params;
  const needs = residual.inputs.map((_, k) => k >= captured);
  const product = (d: readonly Value[]): readonly Value[] =>
    transposed
      ? materialize(programCotangents(residual, [...fixed, ...xs], d, needs).slice(captured), residual.results)
      : materialize(programTangents(residual, [...fixed, ...xs], [...fixed.map(() => undefined), ...d]).tangents, residual.results);
  return implicitLinearSolve(product, right, { solver: linearSolver }).x;
}

const negative = (values: readonly Value[], { results }: Program): Value[] => values.map((value, k) => results[k]!.space.scale(value, -1));

const rootPrimitive: Primitive = /* @__PURE__ */ primitive({
  name: 'root',
  composite: true,
  evaluate(inputs, params) {
    const { given, captured, solver } = params as RootParams;
    const fixed = inputs.slice(0, captured);
    return detachedSolution('root', refusePromise('root', solver((xs) => evaluateProgram(given, [...fixed, ...xs]), inputs.slice(captured))), given.results);
  },
  abstract: (inputs, params) => inputs.slice((params as RootParams).captured),
  outputSpace: (params, k) => (params as RootParams).residual.results[k]!.space,
  // f(x, θ) = 0  ⇒  ∂f/∂x dx = −∂f/∂θ dθ. The guess has no influence.
  jvp(inputs, tangents, xs, params) {
    const root = params as RootParams;
    const fixed = inputs.slice(0, root.captured);
    const dFixed = tangents.slice(0, root.captured);
    if (dFixed.every((dx) => dx === undefined)) return xs.map(() => undefined);
    const { dys } = forwardLeaves(
      (inner) => evaluateProgram(root.residual, [...inner, ...xs]),
      fixed,
      dFixed,
      root.residual.inputs.map(({ space }) => space),
    );
    return solveJacobian(root, fixed, xs, negative(materialize(dys, root.residual.results), root.residual), false);
  },
  // λ = (∂f/∂x)⁻ᵀ x̄  ⇒  θ̄ = −(∂f/∂θ)ᵀ λ
  vjp(cotangents, inputs, xs, params, needs) {
    const root = params as RootParams;
    const needsFixed = needs.map((need, k) => need && k < root.captured);
    if (!needsFixed.some(Boolean)) return inputs.map(() => undefined);
    const fixed = inputs.slice(0, root.captured);
    const lambda = solveJacobian(root, fixed, xs, materialize(cotangents, root.residual.results), true);
    return programCotangents(root.residual, [...fixed, ...xs], negative(lambda, root.residual), needsFixed);
  },
});

/** How a root and its derivative are found. */
export interface ImplicitRootOptions {
  /** Finds the root from the guess; it is not differentiated. */
  readonly solver: RootSolver;
  /** Solves the linear systems of the derivative (the Jacobian of the residual is not symmetric in general), also in the backward pass. */
  readonly linearSolver: LinearSolver;
}

/**
 * The x near `guess` with `residual(x) = 0`; gradients reach everything that `residual` closes over, to any order, by the
 * implicit function theorem: one linear solve with the Jacobian of the residual at the root. The guess has no influence on them.
 */
export function implicitRoot<X>(residual: (x: X) => X, guess: X, options: ImplicitRootOptions): X {
  const closed = closeLike('the residual', residual, guess);
  return applyRoot(closed, closed.program, guess, options);
}

/** The fixed point x = map(x) near `guess`; the solver gets the map itself. Derivatives as for `implicitRoot`. */
export function implicitFixedPoint<X>(map: (x: X) => X, guess: X, options: ImplicitRootOptions): X {
  const closed = closeLike('the result of the map', map, guess);
  const { program, captured } = closed;
  const residual = traceProgram(
    'root',
    (inputs) => {
      const minus = negative(evaluateProgram(program, inputs), program);
      return inputs.slice(captured.length).map((x, k) => program.results[k]!.space.add(x, minus[k]));
    },
    program.inputs,
  );
  return applyRoot(closed, residual.program, guess, options);
}

function closeLike<X>(label: string, f: (x: X) => X, guess: X): Closed {
  const closed = closeOver('root', f, [guess]);
  const { structure, leaves } = flatten(guess, 'root');
  requireSame('root', label, { structure: closed.result, types: closed.program.results }, { structure, types: leaves.map(abstractOf) }, 'Return a tree like the guess.');
  return closed;
}

function applyRoot<X>({ program, captured }: Closed, residual: Program, guess: X, { solver, linearSolver }: ImplicitRootOptions): X {
  const { structure, leaves } = flatten(guess, 'root');
  const params: RootParams = { given: program, residual, captured: captured.length, solver, linearSolver };
  return structure.unflatten(apply(rootPrimitive, [...captured, ...leaves], params)) as X;
}
