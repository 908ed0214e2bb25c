/** @file Implicit derivatives: of linear solves, roots and fixed points, from the residual and one adjoint solve, never by unrolling. */
import { closeOver } from './close-over.ts';
import { apply, applyOne } from './level.ts';
import { transposeProgram } from './linear-function.ts';
import { primitive, type Abstract, type MaybeValue, type Primitive } from './primitive.ts';
import { evaluateProgram, type Program } from './program.ts';
import { batchProgram, materialize, programCotangents, programTangents } from './program-rules.ts';
import { forwardLeaves } from './forward.ts';
import { flattenResult } from './result.ts';
import { requireStructure } from './matching.ts';
import { abstractOf, spaceOf } from './spaces.ts';
import { stopGradientPrimitive } from './stop-gradient.ts';
import { TraceBox } from './trace.ts';
import { flatten } from './tree.ts';
import { Box, type Value } from './value.ts';

/** What a linear solver gets besides the operator and the right-hand side. */
export interface SolveContext {
  /** How many leading axes hold independent systems (0 unless the solve is inside `vmap`). */
  readonly batchAxes: number;
  /** Whether this is the adjoint solve of a derivative. */
  readonly transposed: boolean;
}

/** Solves `matvec(x) = b` on leaves. Whatever it returns after the solution (steps, residuals) has no derivative. */
export type LinearSolver = (matvec: (xs: readonly Value[]) => Value[], bs: readonly Value[], context: SolveContext) => { xs: readonly Value[]; info: readonly Value[] };

/** Parameters of the solve equation. */
export interface LinearSolveParams {
  /** `[...captured, ...xs] → matvec(xs)`. */
  readonly operator: Program;
  readonly captured: number;
  readonly symmetric: boolean;
  readonly solver: LinearSolver;
  readonly context: SolveContext;
  /** Types of what the solver reports. */
  readonly info: (bs: readonly Abstract[], context: SolveContext) => readonly Abstract[];
}

function runSolver(inputs: readonly Value[], { operator, captured, solver, context }: LinearSolveParams): Value[] {
  const fixed = inputs.slice(0, captured);
  const { xs, info } = solver((x) => evaluateProgram(operator, [...fixed, ...x]), inputs.slice(captured), context);
  return [...xs, ...info].map(detached);
}

/**
 * What a solver returns, without the derivative it may have from what it closes over (a preconditioner): the solution does not
 * depend on how it was found.
 */
function detached(value: Value): Value {
  return value instanceof Box && !(value instanceof TraceBox) ? applyOne(stopGradientPrimitive, [value], spaceOf(value)) : value;
}

function solveOutputs(inputs: readonly Abstract[], { captured, info, context }: LinearSolveParams): readonly Abstract[] {
  const bs = inputs.slice(captured);
  return [...bs, ...info(bs, context)];
}

/** The solve as one equation. Exported for compilers, which expand it by tracing its solver. */
export const linearSolvePrimitive: Primitive = /* @__PURE__ */ primitive({
  name: 'linearSolve',
  composite: true,
  evaluate: (inputs, params) => runSolver(inputs, params as LinearSolveParams),
  abstract: (inputs, params) => solveOutputs(inputs, params as LinearSolveParams),
  outputSpace: (params, k) => {
    const { operator, captured, info, context } = params as LinearSolveParams;
    const bs = operator.inputs.slice(captured);
    return (k < bs.length ? bs[k]! : info(bs, context)[k - bs.length]!).space;
  },
  // A x = b  ⇒  dA x + A dx = db  ⇒  dx = A⁻¹ (db − dA x)
  jvp(inputs, tangents, outputs, params) {
    const { operator, captured } = params as LinearSolveParams;
    const fixed = inputs.slice(0, captured);
    const xs = outputs.slice(0, inputs.length - captured);
    let right: readonly MaybeValue[] = tangents.slice(captured);
    if (tangents.slice(0, captured).some((dx) => dx !== undefined)) {
      const { tangents: dAx } = programTangents(operator, [...fixed, ...xs], tangents.map((dx, k) => (k < captured ? dx : undefined)));
      right = right.map((db, k) => subtract(operator.results[k]!, db, dAx[k]));
    }
    if (right.every((db) => db === undefined)) return outputs.map(() => undefined);
    const dxs = apply(linearSolvePrimitive, [...fixed, ...materialize(right, operator.results)], params);
    return outputs.map((_, k) => (k < xs.length ? dxs[k] : undefined));
  },
  // λ = A⁻ᵀ x̄  ⇒  b̄ = λ,  Ā = −λ xᵀ
  vjp(cotangents, inputs, outputs, params, needs) {
    const solve = params as LinearSolveParams;
    const { operator, captured } = solve;
    const fixed = inputs.slice(0, captured);
    const xs = outputs.slice(0, inputs.length - captured);
    // What the solver reports has no derivative.
    if (cotangents.slice(0, xs.length).every((xBar) => xBar === undefined)) return inputs.map(() => undefined);
    const adjoint: LinearSolveParams = {
      ...solve,
      operator: solve.symmetric ? operator : transposeProgram(operator, captured),
      context: { ...solve.context, transposed: !solve.context.transposed },
    };
    const lambda = apply(linearSolvePrimitive, [...fixed, ...materialize(cotangents.slice(0, xs.length), operator.results)], adjoint).slice(0, xs.length);
    const result: MaybeValue[] = [...fixed.map(() => undefined), ...lambda];
    const needsFixed = needs.map((need, k) => need && k < captured);
    if (needsFixed.some(Boolean)) {
      const minusLambda = lambda.map((value, k) => operator.results[k]!.space.scale(value, -1));
      programCotangents(operator, [...fixed, ...xs], minusLambda, needsFixed).forEach((bar, k) => {
        if (k < captured) result[k] = bar;
      });
    }
    return result;
  },
  batch(inputs, batched, params, size) {
    const solve = params as LinearSolveParams;
    const { operator, captured, context } = solve;
    const stacked = inputs.map((input, k) => (batched[k] || k < captured ? input : operator.inputs[k]!.space.batch.repeat(input, size)));
    const flags = inputs.map((_, k) => k >= captured || batched[k]!);
    const stackedParams: LinearSolveParams = {
      ...solve,
      operator: batchProgram(operator, flags, size, stacked.map(abstractOf)),
      context: { ...context, batchAxes: context.batchAxes + 1 },
    };
    const outputs = apply(linearSolvePrimitive, stacked, stackedParams);
    return { outputs, batched: outputs.map(() => true) };
  },
});

function subtract({ space }: Abstract, a: MaybeValue, b: MaybeValue): MaybeValue {
  if (b === undefined) return a;
  const minusB = space.scale(b, -1);
  return a === undefined ? minusB : space.add(a, minusB);
}

/** How a linear system is solved. */
export interface ImplicitLinearSolveOptions {
  /** Solves the system and, for derivatives, the transposed one; it is not differentiated itself. */
  readonly solver: LinearSolver;
  /** Aᵀ = A: the adjoint solve then uses the operator itself. */
  readonly symmetric?: boolean;
  /** Types of what the solver reports; needed when it reports anything. */
  readonly info?: LinearSolveParams['info'];
}

/**
 * Solves `operator(x) = b` for trees. The derivative is one solve with the (transposed) operator; gradients reach `b` and
 * everything that `operator` closes over, to any order. The operator must be linear; it is recorded once.
 *
 * Returns the solution and what the solver reports (`info`, which has no derivative).
 */
export function implicitLinearSolve<X>(operator: (x: X) => X, b: X, options: ImplicitLinearSolveOptions): { x: X; info: readonly Value[] } {
  const { solver, symmetric = false, info = () => [] } = options;
  const closed = closeOver('linearSolve', operator, [b]);
  const flat = flatten(b, 'linearSolve');
  requireStructure('linearSolve', closed.result, flat.structure, 'an operator that returns a tree', 'The operator must return a tree like b.');
  const params: LinearSolveParams = {
    operator: closed.program,
    captured: closed.captured.length,
    symmetric,
    solver,
    context: { batchAxes: 0, transposed: false },
    info,
  };
  const outputs = apply(linearSolvePrimitive, [...closed.captured, ...flat.leaves], params);
  return { x: flat.structure.unflatten(outputs.slice(0, flat.leaves.length)) as X, info: outputs.slice(flat.leaves.length) };
}

/** Finds x with residual(x) = 0 on leaves, starting from a guess. */
export type RootSolver = (residual: (xs: readonly Value[]) => Value[], guess: readonly Value[]) => readonly Value[];

interface RootParams {
  /** `[...captured, ...xs] → residuals`. */
  readonly residual: Program;
  readonly captured: number;
  readonly solver: RootSolver;
  readonly linearSolver: LinearSolver;
}

/** Solution of J d = r with J = ∂residual/∂x at (fixed, xs), or Jᵀ d = r. */
function solveJacobian(params: RootParams, fixed: readonly Value[], xs: readonly Value[], right: readonly Value[], transposed: boolean): readonly Value[] {
  const { residual, captured, linearSolver } = params;
  const needs = residual.inputs.map((_, k) => k >= captured);
  const types = residual.inputs.slice(captured);
  const apply = (d: readonly Value[]): Value[] =>
    transposed
      ? materialize(programCotangents(residual, [...fixed, ...xs], d, needs).slice(captured), types)
      : materialize(programTangents(residual, [...fixed, ...xs], [...fixed.map(() => undefined), ...d]).tangents, residual.results);
  return implicitLinearSolve((d: readonly Value[]): readonly Value[] => apply(d), right, { solver: linearSolver }).x;
}

const rootPrimitive: Primitive = /* @__PURE__ */ primitive({
  name: 'root',
  composite: true,
  evaluate(inputs, params) {
    const { residual, captured, solver } = params as RootParams;
    const fixed = inputs.slice(0, captured);
    return solver((xs) => evaluateProgram(residual, [...fixed, ...xs]), inputs.slice(captured)).map(detached);
  },
  abstract: (inputs, params) => inputs.slice((params as RootParams).captured),
  outputSpace: (params, k) => (params as RootParams).residual.results[k]!.space,
  // f(x, θ) = 0  ⇒  ∂f/∂x dx = −∂f/∂θ dθ. The guess has no influence.
  jvp(inputs, tangents, xs, params) {
    const root = params as RootParams;
    const fixed = inputs.slice(0, root.captured);
    if (tangents.slice(0, root.captured).every((dx) => dx === undefined)) return xs.map(() => undefined);
    const { dys } = forwardLeaves(
      (inner) => evaluateProgram(root.residual, [...inner, ...xs]),
      fixed,
      tangents.slice(0, root.captured),
      root.residual.inputs.map(({ space }) => space),
    );
    const right = materialize(dys, root.residual.results).map((dy, k) => root.residual.results[k]!.space.scale(dy, -1));
    return solveJacobian(root, fixed, xs, right, false);
  },
  vjp(cotangents, inputs, xs, params, needs) {
    const root = params as RootParams;
    const fixed = inputs.slice(0, root.captured);
    const lambda = solveJacobian(root, fixed, xs, materialize(cotangents, root.residual.results), true);
    const minusLambda = lambda.map((value, k) => root.residual.results[k]!.space.scale(value, -1));
    return programCotangents(root.residual, [...fixed, ...xs], minusLambda, needs.map((need, k) => need && k < root.captured));
  },
});

/** How a root and its derivative are found. */
export interface ImplicitRootOptions {
  /** Finds the root from the guess; it is not differentiated. */
  readonly solver: RootSolver;
  /** Solves the linear systems of the derivative (the Jacobian of the residual is not symmetric in general). */
  readonly linearSolver: LinearSolver;
}

/**
 * The x near `guess` with `residual(x) = 0`; gradients reach everything that `residual` closes over, to any order, by the
 * implicit function theorem: one linear solve with the Jacobian of the residual at the root. The guess has no influence on them.
 */
export function implicitRoot<X>(residual: (x: X) => X, guess: X, { solver, linearSolver }: ImplicitRootOptions): X {
  const closed = closeOver('root', residual, [guess]);
  const flat = flatten(guess, 'root');
  requireStructure('root', closed.result, flat.structure, 'a residual', 'The residual must be a tree like the guess.');
  const params: RootParams = { residual: closed.program, captured: closed.captured.length, solver, linearSolver };
  return flat.structure.unflatten(apply(rootPrimitive, [...closed.captured, ...flat.leaves], params)) as X;
}

/** The fixed point x = map(x) near `guess`; the solver gets the map itself. Derivatives as for `implicitRoot`. */
export function implicitFixedPoint<X>(map: (x: X) => X, guess: X, { solver, linearSolver }: ImplicitRootOptions): X {
  const difference = (x: X): X => {
    const mapped = flattenResult('fixedPoint', map(x));
    const flat = flatten(x, 'fixedPoint');
    requireStructure('fixedPoint', mapped.structure, flat.structure, 'a map that returns a tree', 'The map must return a tree like the guess.');
    return flat.structure.unflatten(
      flat.leaves.map((leaf, k) => {
        const space = spaceOf(leaf);
        return space.add(leaf, space.scale(mapped.leaves[k], -1));
      }),
    ) as X;
  };
  const rootSolver: RootSolver = (residual, start) =>
    solver((xs) => {
      const values = residual(xs);
      return xs.map((x, k) => {
        const space = spaceOf(x);
        return space.add(x, space.scale(values[k], -1));
      });
    }, start);
  return implicitRoot(difference, guess, { solver: rootSolver, linearSolver });
}
