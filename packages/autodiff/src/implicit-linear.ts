/** @file Derivatives of linear solves: one solve with the operator or its transpose, never the steps of the solver. */
import { closeOver } from './close-over.ts';
import { TapeflowError } from './errors.ts';
import { apply, applyOne } from './level.ts';
import { transposeProgram } from './linear-function.ts';
import { primitive, type Abstract, type MaybeValue, type Primitive } from './primitive.ts';
import { evaluateProgram, type Program } from './program.ts';
import { batchProgram, materialize, programCotangents, programTangents } from './program-rules.ts';
import { requireSame } from './matching.ts';
import { refusePromise } from './result.ts';
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
  const { xs, info } = refusePromise('linearSolve', solver((x) => evaluateProgram(operator, [...fixed, ...x]), inputs.slice(captured), context));
  return [...detachedSolution('linearSolve', xs, operator.results), ...info.map(detached)];
}

/** The solution that a solver returned, checked, without derivative. */
export function detachedSolution(operation: string, xs: readonly Value[], types: readonly Abstract[]): Value[] {
  if (xs.length !== types.length) {
    throw new TapeflowError(operation, `the solver returned ${xs.length} values where ${types.length} were expected.`, 'A solver takes and returns the leaves of the solution, in their order.');
  }
  return xs.map(detached);
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
  /**
   * Solves the system and, for derivatives, the transposed one; it is not differentiated itself. It also runs in the backward pass,
   * so what it closes over (a preconditioner) must be plain: pass it through `stopGradient`.
   */
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
  const like = { structure: flat.structure, types: flat.leaves.map(abstractOf) };
  requireSame('linearSolve', 'the result of the operator', { structure: closed.result, types: closed.program.results }, like, 'The operator must return a tree like b.');
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
