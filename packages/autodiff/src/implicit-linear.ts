/** @file Derivatives of linear solves: one solve with the operator or its transpose, never the steps of the solver. */
import { closeOver } from './close-over.ts';
import { TapeflowError } from './errors.ts';
import { aloud, withoutHostCalls } from './inner-programs.ts';
import { apply, applyOne } from './level.ts';
import { transposeProgram } from './linear-function.ts';
import { addDerivatives, primitive, type Abstract, type MaybeValue, type Primitive } from './primitive.ts';
import { evaluateProgram, type Program } from './program.ts';
import { allStacked, areZero, batchProgram, materialize, noDerivatives, programCotangents, programTangents } from './program-rules.ts';
import { requireSame, resultType, treeType, type TreeType } from './matching.ts';
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

/**
 * Solves `matvec(x) = b` on leaves. Whatever it returns after the solution (steps, residuals) has no derivative. A first guess is
 * given for the system itself only, not for those of derivatives; a preconditioner for all, transposed where the operator is.
 */
export type LinearSolver = (
  matvec: (xs: readonly Value[]) => Value[],
  bs: readonly Value[],
  context: SolveContext,
  guess?: readonly Value[],
  precondition?: (xs: readonly Value[]) => Value[],
) => { xs: readonly Value[]; info: readonly Value[] };

/** Parameters of the solve equation: inputs are `[...captured, ...captured by the preconditioner, ...b, ...guess]`. */
export interface LinearSolveParams {
  /** `[...captured, ...xs] → matvec(xs)`. */
  readonly operator: Program;
  readonly captured: number;
  /** `[...captured, ...xs] → about the solution of matvec(y) = xs`; it has no influence on derivatives. */
  readonly preconditioner?: Program;
  readonly preconditionerCaptured: number;
  readonly symmetric: boolean;
  /** Whether there is a guess, which has no influence on derivatives. */
  readonly guessed: boolean;
  readonly solver: LinearSolver;
  readonly context: SolveContext;
  /** Types of what the solver reports. */
  readonly info: (bs: readonly Abstract[], context: SolveContext) => readonly Abstract[];
  /** Present where the solver calls the host; such a solve is never left out. */
  readonly silent?: { readonly solver: LinearSolver } | undefined;
  /** Asked first where all inputs are plain: performs the whole solve in another way, or returns undefined. */
  readonly perform?: (inputs: readonly Value[], params: LinearSolveParams) => readonly Value[] | undefined;
}

/** Inputs of one kind each. */
function parts<T>(inputs: readonly T[], { operator, captured, preconditionerCaptured }: LinearSolveParams): { fixed: readonly T[]; beside: readonly T[]; bs: readonly T[]; guess: readonly T[] } {
  const start = captured + preconditionerCaptured;
  const end = start + operator.results.length;
  return { fixed: inputs.slice(0, captured), beside: inputs.slice(captured, start), bs: inputs.slice(start, end), guess: inputs.slice(end) };
}

function runSolver(inputs: readonly Value[], params: LinearSolveParams): Value[] {
  const { operator, preconditioner, solver, context, guessed } = params;
  const { fixed, beside, bs, guess } = parts(inputs, params);
  const matvec = (x: readonly Value[]): Value[] => evaluateProgram(operator, [...fixed, ...x]);
  const precondition = preconditioner && ((x: readonly Value[]): Value[] => evaluateProgram(preconditioner, [...beside, ...x]));
  const { xs, info } = refusePromise('linearSolve', solver(matvec, bs, context, guessed ? guess : undefined, precondition));
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
export function detached(value: Value): Value {
  return value instanceof Box && !(value instanceof TraceBox) ? applyOne(stopGradientPrimitive, [value], spaceOf(value)) : value;
}

function solveOutputs(inputs: readonly Abstract[], params: LinearSolveParams): readonly Abstract[] {
  const { bs } = parts(inputs, params);
  return [...bs, ...params.info(bs, params.context)];
}

/** The solve as one equation. Exported for compilers, which expand it by tracing its solver. */
export const linearSolvePrimitive: Primitive = /* @__PURE__ */ primitive({
  name: 'linearSolve',
  composite: true,
  evaluate(inputs, params) {
    const { perform } = params as LinearSolveParams;
    return (inputs.some((input) => input instanceof Box) ? undefined : perform?.(inputs, params as LinearSolveParams)) ?? runSolver(inputs, params as LinearSolveParams);
  },
  abstract: (inputs, params) => solveOutputs(inputs, params as LinearSolveParams),
  outputSpace: (params, k) => {
    const { operator, captured, info, context } = params as LinearSolveParams;
    const bs = operator.inputs.slice(captured);
    return (k < bs.length ? bs[k]! : info(bs, context)[k - bs.length]!).space;
  },
  // A x = b  ⇒  dA x + A dx = db  ⇒  dx = A⁻¹ (db − dA x)
  jvp(inputs, tangents, outputs, params) {
    const solve = params as LinearSolveParams;
    const { operator } = solve;
    const { fixed, beside, bs } = parts(inputs, solve);
    const dots = parts(tangents, solve);
    const xs = outputs.slice(0, bs.length);
    let right: readonly MaybeValue[] = dots.bs;
    if (!areZero(dots.fixed)) {
      const { tangents: dAx } = programTangents(withoutHostCalls(operator), [...fixed, ...xs], [...dots.fixed, ...noDerivatives(xs)]);
      right = right.map((db, k) => subtract(operator.results[k]!, db, dAx[k]));
    }
    if (areZero(right)) return noDerivatives(outputs);
    const dxs = apply(linearSolvePrimitive, [...fixed, ...beside, ...materialize(right, operator.results)], { ...solve, guessed: false } satisfies LinearSolveParams);
    return outputs.map((_, k) => (k < xs.length ? dxs[k] : undefined));
  },
  // λ = A⁻ᵀ x̄  ⇒  b̄ = λ,  Ā = −λ xᵀ
  vjp(cotangents, inputs, outputs, params, needs) {
    // Adjoint solves of what is computed again are solved for the first time.
    const solve = aloud(params as LinearSolveParams);
    const { operator, captured, preconditioner, preconditionerCaptured } = solve;
    const { fixed, beside, bs, guess } = parts(inputs, solve);
    const xs = outputs.slice(0, bs.length);
    // What the solver reports has no derivative.
    const xBars = cotangents.slice(0, xs.length);
    if (areZero(xBars)) return noDerivatives(inputs);
    const adjoint: LinearSolveParams = {
      ...solve,
      guessed: false,
      operator: solve.symmetric ? operator : transposeProgram(operator, captured),
      ...(preconditioner !== undefined && !solve.symmetric && { preconditioner: transposeProgram(preconditioner, preconditionerCaptured) }),
      context: { ...solve.context, transposed: !solve.context.transposed },
    };
    const lambda = apply(linearSolvePrimitive, [...fixed, ...beside, ...materialize(xBars, operator.results)], adjoint).slice(0, xs.length);
    const needsFixed = operator.inputs.map((_, k) => k < captured && needs[k]!);
    const ofFixed = needsFixed.some(Boolean) ? programCotangents(operator, [...fixed, ...xs], negative(lambda, operator), needsFixed).slice(0, captured) : noDerivatives(fixed);
    return [...ofFixed, ...noDerivatives(beside), ...lambda, ...noDerivatives(guess)];
  },
  batch(inputs, batched, params, size) {
    const solve = params as LinearSolveParams;
    const { operator, captured, preconditioner, preconditionerCaptured, context } = solve;
    const count = operator.results.length;
    const start = captured + preconditionerCaptured;
    const stacked = inputs.map((input, k) => (batched[k] || k < start ? input : operator.results[(k - start) % count]!.space.batch.repeat(input, size)));
    const types = parts(stacked.map(abstractOf), solve);
    const flags = parts(batched, solve);
    const all = types.bs.map(() => true);
    const stackedParams: LinearSolveParams = {
      ...solve,
      operator: batchProgram(operator, [...flags.fixed, ...all], size, [...types.fixed, ...types.bs]),
      ...(preconditioner !== undefined && { preconditioner: batchProgram(preconditioner, [...flags.beside, ...all], size, [...types.beside, ...types.bs]) }),
      context: { ...context, batchAxes: context.batchAxes + 1 },
    };
    const outputs = apply(linearSolvePrimitive, stacked, stackedParams);
    return allStacked(outputs);
  },
});

/** Minus the results of a program. */
export const negative = (values: readonly Value[], { results }: Program): Value[] => values.map((value, k) => results[k]!.space.scale(value, -1));

function subtract({ space }: Abstract, a: MaybeValue, b: MaybeValue): MaybeValue {
  return addDerivatives(space, a, b === undefined ? undefined : space.scale(b, -1));
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
  /** Handed to the solver to start from: a tree like b. Derivatives pass it by. */
  readonly guess?: unknown;
  /**
   * Handed to the solver: a linear function of trees like b that nearly undoes the operator. It is recorded once. What it closes over gets no
   * gradient, and may depend on what is differentiated or batched. It must be symmetric where the operator is said to be.
   */
  readonly preconditioner?: (b: never) => unknown;
  /** Types of what the solver reports; needed when it reports anything. */
  readonly info?: LinearSolveParams['info'];
  /**
   * Where the solver calls the host: one that does the same without, for derivatives that compute again. Such a solve is performed though
   * nobody may read its result.
   */
  readonly silentSolver?: LinearSolver | undefined;
  /** Performs solves on plain values, also those of derivatives, in another way than by calling the solver, or returns undefined. */
  readonly perform?: LinearSolveParams['perform'];
}

/**
 * Solves `operator(x) = b` for trees. The derivative is one solve with the (transposed) operator; gradients reach `b` and
 * everything that `operator` closes over, to any order. The operator must be linear; it is recorded once.
 *
 * Returns the solution and what the solver reports (`info`, which has no derivative).
 */
export function implicitLinearSolve<X>(operator: (x: X) => X, b: X, options: ImplicitLinearSolveOptions): { x: X; info: readonly Value[] } {
  const { solver, symmetric = false, guess, preconditioner, info = () => [], silentSolver, perform } = options;
  const closed = closeOver('linearSolve', operator, [b]);
  const flat = flatten(b, 'linearSolve');
  const like = treeType(flat);
  const requireLike = (label: string, seen: TreeType, advice: string): void => requireSame('linearSolve', label, seen, like, `${advice} a tree like b.`);
  requireLike('the result of the operator', resultType(closed), 'The operator must return');
  const beside = preconditioner && closeOver('linearSolve', preconditioner as (b: X) => X, [b]);
  if (beside !== undefined) requireLike('the result of the preconditioner', resultType(beside), 'The preconditioner must return');
  const flatGuess = guess === undefined ? undefined : flatten(guess, 'linearSolve');
  if (flatGuess !== undefined) requireLike('the guess', treeType(flatGuess), 'The guess must be');
  const params: LinearSolveParams = {
    operator: closed.program,
    captured: closed.captured.length,
    ...(beside !== undefined && { preconditioner: beside.program }),
    preconditionerCaptured: beside?.captured.length ?? 0,
    symmetric,
    guessed: flatGuess !== undefined,
    solver,
    context: { batchAxes: 0, transposed: false },
    info,
    ...(silentSolver !== undefined && { silent: { solver: silentSolver } }),
    ...(perform !== undefined && { perform }),
  };
  const outputs = apply(linearSolvePrimitive, [...closed.captured, ...(beside?.captured ?? []), ...flat.leaves, ...(flatGuess?.leaves ?? [])], params);
  return { x: flat.structure.unflatten(outputs.slice(0, flat.leaves.length)) as X, info: outputs.slice(flat.leaves.length) };
}
