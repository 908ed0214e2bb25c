/** @file Derivatives of roots and fixed points: by the implicit function theorem, never the steps of the solver. */
import { closeOver, traceProgram, type Closed } from './close-over.ts';
import { detached, detachedSolution, implicitLinearSolve, negative, type LinearSolver, type SolveContext } from './implicit-linear.ts';
import { aloud, withoutHostCalls } from './inner-programs.ts';
import { apply } from './level.ts';
import { requireSame, resultType, treeType } from './matching.ts';
import { primitive, type Abstract, type GeneralRule, type Primitive } from './primitive.ts';
import { evaluateProgram, type Program } from './program.ts';
import { allStacked, areZero, batchProgram, materialize, noDerivatives, programCotangents, programTangents } from './program-rules.ts';
import { refusePromise } from './result.ts';
import { abstractOf } from './spaces.ts';
import { flatten } from './tree.ts';
import type { Value } from './value.ts';

/** Finds x with residual(x) = 0 (or x = map(x)) on leaves, starting from a guess. */
export type RootSolver = (residual: (xs: readonly Value[]) => Value[], guess: readonly Value[]) => readonly Value[];

/** Finds the roots of many systems at once: leading axes of the leaves hold systems. What it returns after the roots has no derivative. */
export type SystemsSolver = (residual: (xs: readonly Value[]) => Value[], guess: readonly Value[], context: Pick<SolveContext, 'batchAxes'>) => { xs: readonly Value[]; info: readonly Value[] };

interface RootParams {
  /** What the solver gets, `[...captured, ...xs] → values`: the residual or the map. */
  readonly given: Program;
  /** `[...captured, ...xs] → residuals`, for the derivative. */
  readonly residual: Program;
  readonly captured: number;
  readonly solver: SystemsSolver;
  readonly linearSolver: LinearSolver;
  /** Types of what the solver reports. */
  readonly info: (xs: readonly Abstract[], context: Pick<SolveContext, 'batchAxes'>) => readonly Abstract[];
  /** How many leading axes hold independent systems (0 unless the roots are inside `vmap`). */
  readonly batchAxes: number;
  /** Present where the solvers call the host: solvers that do the same without. */
  readonly silent?: Pick<RootParams, 'solver' | 'linearSolver'> | undefined;
}

/** Solution of J d = r with J = ∂residual/∂x at (fixed, xs), or Jᵀ d = r. */
function solveJacobian(params: RootParams, fixed: readonly Value[], xs: readonly Value[], right: readonly Value[], transposed: boolean): readonly Value[] {
  const { residual, captured, linearSolver, silent, batchAxes } = transposed ? aloud(params) : params;
  const needs = residual.inputs.map((_, k) => k >= captured);
  const product = (d: readonly Value[]): readonly Value[] =>
    transposed
      ? materialize(programCotangents(residual, [...fixed, ...xs], d, needs).slice(captured), residual.results)
      : materialize(programTangents(withoutHostCalls(residual), [...fixed, ...xs], [...noDerivatives(fixed), ...d]).tangents, residual.results);
  const within = (solve: LinearSolver): LinearSolver => (matvec, bs, context, guess) => solve(matvec, bs, { ...context, batchAxes: context.batchAxes + batchAxes }, guess);
  return implicitLinearSolve(product, right, { solver: within(linearSolver), silentSolver: silent && within(silent.linearSolver) }).x;
}

function rootOutputs(xs: readonly Abstract[], { info, batchAxes }: RootParams): readonly Abstract[] {
  return [...xs, ...info(xs, { batchAxes })];
}

const rootRule: GeneralRule = {
  name: 'root',
  composite: true,
  evaluate(inputs, params) {
    const { given, captured, solver, batchAxes } = params as RootParams;
    const fixed = inputs.slice(0, captured);
    const { xs, info } = solver((all) => evaluateProgram(given, [...fixed, ...all]), inputs.slice(captured), { batchAxes });
    return [...detachedSolution('root', xs, given.results), ...info.map(detached)];
  },
  abstract: (inputs, params) => rootOutputs(inputs.slice((params as RootParams).captured), params as RootParams),
  outputSpace: (params, k) => rootOutputs((params as RootParams).residual.results, params as RootParams)[k]!.space,
  // f(x, θ) = 0  ⇒  ∂f/∂x dx = −∂f/∂θ dθ. The guess has no influence.
  jvp(inputs, tangents, outputs, params) {
    const root = params as RootParams;
    const fixed = inputs.slice(0, root.captured);
    const xs = outputs.slice(0, root.residual.results.length);
    const dFixed = tangents.slice(0, root.captured);
    if (areZero(dFixed)) return noDerivatives(outputs);
    const { tangents: dys } = programTangents(withoutHostCalls(root.residual), [...fixed, ...xs], [...dFixed, ...noDerivatives(xs)]);
    const dxs = solveJacobian(root, fixed, xs, negative(materialize(dys, root.residual.results), root.residual), false);
    return outputs.map((_, k) => dxs[k]);
  },
  // λ = (∂f/∂x)⁻ᵀ x̄  ⇒  θ̄ = −(∂f/∂θ)ᵀ λ
  vjp(cotangents, inputs, outputs, params, needs) {
    const root = params as RootParams;
    const needsFixed = needs.map((need, k) => need && k < root.captured);
    const xs = outputs.slice(0, root.residual.results.length);
    const xBars = cotangents.slice(0, xs.length);
    // What the solver reports has no derivative.
    if (!needsFixed.some(Boolean) || areZero(xBars)) return noDerivatives(inputs);
    const fixed = inputs.slice(0, root.captured);
    const lambda = solveJacobian(root, fixed, xs, materialize(xBars, root.residual.results), true);
    return programCotangents(root.residual, [...fixed, ...xs], negative(lambda, root.residual), needsFixed);
  },
};

/** Solvers that know of one system only get the members of a batch one by one. */
const rootPrimitive: Primitive = /* @__PURE__ */ primitive(rootRule);

const systemsPrimitive: Primitive = /* @__PURE__ */ primitive({
  ...rootRule,
  batch(inputs, batched, params, size) {
    const root = params as RootParams;
    const { given, residual, captured, batchAxes } = root;
    const stacked = inputs.map((input, k) => (batched[k] || k < captured ? input : given.inputs[k]!.space.batch.repeat(input, size)));
    const flags = inputs.map((_, k) => k >= captured || batched[k]!);
    const types = stacked.map(abstractOf);
    const members: RootParams = { ...root, given: batchProgram(given, flags, size, types), residual: batchProgram(residual, flags, size, types), batchAxes: batchAxes + 1 };
    const outputs = apply(systemsPrimitive, stacked, members);
    return allStacked(outputs);
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
  return applyRoot(rootPrimitive, closed, closed.program, guess, ofOne(options)).x;
}

/** The fixed point x = map(x) near `guess`; the solver gets the map itself. Derivatives as for `implicitRoot`. */
export function implicitFixedPoint<X>(map: (x: X) => X, guess: X, options: ImplicitRootOptions): X {
  const closed = closeLike('the result of the map', map, guess);
  return applyRoot(rootPrimitive, closed, residualOfMap(closed), guess, ofOne(options)).x;
}

/** A solver of many systems, and what it reports. */
export interface SystemsOptions {
  readonly solver: SystemsSolver;
  /** As in `ImplicitRootOptions`; `batchAxes` counts the systems. */
  readonly linearSolver: LinearSolver;
  /** Types of what the solver reports beside the roots. */
  readonly info: RootParams['info'];
  /** Where the solvers call the host: some that do the same without. The search is then performed though nobody may read its result. */
  readonly silent?: RootParams['silent'];
}

/**
 * As `implicitRoot` (or, with `kind` `fixedPoint`, `implicitFixedPoint`), for a solver that takes many systems at once: inside `vmap` it gets
 * all members, and what it reports is passed out.
 */
export function implicitSystems<X>(kind: 'root' | 'fixedPoint', f: (x: X) => X, guess: X, options: SystemsOptions): { x: X; info: readonly Value[] } {
  const closed = closeLike(kind === 'root' ? 'the residual' : 'the result of the map', f, guess);
  return applyRoot(systemsPrimitive, closed, kind === 'root' ? closed.program : residualOfMap(closed), guess, options);
}

function ofOne({ solver, linearSolver }: ImplicitRootOptions): SystemsOptions {
  return { solver: (residual, guess) => ({ xs: refusePromise('root', solver(residual, guess)), info: [] }), linearSolver, info: () => [] };
}

/** x − map(x) */
function residualOfMap({ program, captured }: Closed): Program {
  return traceProgram(
    'root',
    (inputs) => {
      const minus = negative(evaluateProgram(program, inputs), program);
      return inputs.slice(captured.length).map((x, k) => program.results[k]!.space.add(x, minus[k]));
    },
    program.inputs,
  ).program;
}

function closeLike<X>(label: string, f: (x: X) => X, guess: X): Closed {
  const closed = closeOver('root', f, [guess]);
  requireSame('root', label, resultType(closed), treeType(flatten(guess, 'root')), 'Return a tree like the guess.');
  return closed;
}

function applyRoot<X>(declared: Primitive, { program, captured }: Closed, residual: Program, guess: X, options: SystemsOptions): { x: X; info: readonly Value[] } {
  const { structure, leaves } = flatten(guess, 'root');
  const params: RootParams = { ...options, given: program, residual, captured: captured.length, batchAxes: 0 };
  const outputs = apply(declared, [...captured, ...leaves], params);
  return { x: structure.unflatten(outputs.slice(0, leaves.length)) as X, info: outputs.slice(leaves.length) };
}
