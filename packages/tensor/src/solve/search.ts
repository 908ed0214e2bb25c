/** @file What the searches for roots and for fixed points share: the guess as systems, the implicit derivative, the report. */
import { flatten, stopGradient, TapeflowError, type LinearSolver } from '@tapeflow/autodiff';
import { implicitSystems, type Abstract, type SystemsOptions, type Value } from '@tapeflow/autodiff/extend';
import { isFloat, type DType } from '../array/dtype.ts';
import { arrayAbstract, arrayTypeOf, full } from '../array/ndarray.ts';
import { sizeOf } from '../array/strides.ts';
import type { ArrayType } from '../array/type.ts';
import { checkLeaves } from '../control/check.ts';
import { withScalars } from '../control/tensors.ts';
import { ArgumentError, checkChoice, checkInteger, DTypeError } from '../errors.ts';
import { constantLike, equal, not, or, select } from '../primitives/elementwise.ts';
import { reduceAll } from '../primitives/reduce.ts';
import { solveDense } from './dense.ts';
import { STATUS } from './errors.ts';
import { CONVERGED, PRECISION, ROOT_STATUS, RootNotFound, RootSolution, SINGULAR, type RootMethod } from './root-report.ts';
import { isLogging, reportBegin, reportEnd, type SolveOutcome, type SolveSite } from './solve-log.ts';
import { makeSolver } from './solver.ts';
import { alignLike, commonBatch, tensorsOf } from './systems.ts';
import type { Vector } from './vectors.ts';

/** When a search ends. */
export interface SearchLimits {
  readonly relative: number;
  readonly absolute: number;
  readonly maxSteps: number;
}

/** What a search gives per system, beside the values. */
export interface SearchResult {
  readonly xs: Vector;
  readonly steps: Value;
  readonly residual: Value;
  readonly tolerance: Value;
  readonly status: Value;
}

/** Searches in all systems at once: `batchAxes` leading axes of the arrays hold them. */
export type Search = (f: (xs: Vector) => Vector, guess: Vector, batchAxes: number, limits: SearchLimits) => SearchResult;

/** What the user may say about any search. */
export interface SearchOptions {
  readonly relative?: number;
  readonly absolute?: number;
  readonly maxSteps?: number;
  readonly onFailure?: 'throw' | 'return';
  readonly name?: string;
}

/** A kind of search: of which function, in which ways. */
export interface SearchKind {
  readonly operation: 'root' | 'fixedPoint';
  readonly method: RootMethod;
  readonly search: Search;
  /** Default of `maxSteps`. */
  readonly maxSteps: number;
}

/** Up to this many unknowns of a system its Jacobian is formed. */
export const MOST_DENSE = 64;

function limitsOf(operation: string, { relative, absolute = 0, maxSteps }: SearchOptions, dtype: DType, steps: number): SearchLimits {
  const limits = { relative: relative ?? (dtype === 'f64' ? 1e-10 : 1e-5), absolute, maxSteps: maxSteps ?? steps };
  for (const [name, value] of [['relative', limits.relative], ['absolute', absolute]] as const) {
    if (!(value >= 0 && value < Infinity)) throw new ArgumentError(operation, name, value, 'Give a number ≥ 0.');
  }
  checkInteger(operation, 'maxSteps', limits.maxSteps, 0);
  return limits;
}

/** The number of unknowns of one system. */
export function unknownsOf(leaves: Vector, batchAxes: number): number {
  return leaves.reduce((total: number, leaf) => total + sizeOf(arrayTypeOf(leaf).shape.slice(batchAxes)), 0);
}

/** The guess with scalars for its numbers, its leaves, and the batch that its tensors share. */
export function systemsOfGuess<X>(operation: string, guess: X): { readonly guess: X; readonly leaves: Vector; readonly batch: ReturnType<typeof commonBatch> } {
  const given = withScalars(guess);
  const tensors = tensorsOf(given);
  const batch = commonBatch(operation, 'the guess', tensors);
  const dtypes = [...new Set(tensors.map(({ dtype }) => dtype))];
  if (dtypes.length > 1 || !isFloat(dtypes[0]!)) throw new DTypeError(operation, dtypes, 'the unknowns are not real numbers of one dtype.', "Convert the guess: convert(x, 'float').");
  return { guess: given, leaves: flatten(given, operation).leaves, batch };
}

/** Searches from the guess. Derivatives reach what `f` closes over, by the implicit function theorem. */
export function searchFrom<X>(f: (x: X) => X, { guess, leaves, batch }: ReturnType<typeof systemsOfGuess<X>>, { operation, method, search, maxSteps }: SearchKind, options: SearchOptions): RootSolution<X> {
  const { onFailure = 'throw', name = operation } = options;
  checkChoice(operation, 'onFailure', onFailure, ['throw', 'return']);
  const { dtype } = arrayTypeOf(leaves[0]);
  const limits = limitsOf(operation, options, dtype, maxSteps);
  const own = batch.length;
  const what = operation === 'root' ? 'the residual' : 'the result of the map';
  const aligned = (x: X): X => alignLike(operation, what, withScalars(f(x)), guess, 'the guess');
  const { structure } = flatten(guess, operation);
  const site: SolveSite | undefined = isLogging() ? { operation, name, method, reason: '', adjoint: false, statuses: ROOT_STATUS } : undefined;
  const solvers = (reportsTo: SolveSite | undefined): Pick<SystemsOptions, 'solver' | 'linearSolver'> => ({
    solver(values, start, context) {
      if (reportsTo !== undefined) reportBegin();
      const { xs, steps, residual, tolerance, status } = search(values, start, context.batchAxes + own, limits);
      if (reportsTo !== undefined) reportEnd(reportsTo, { steps, residual, tolerance, status });
      if (onFailure === 'throw') {
        const found = or(equal(status, constantLike(CONVERGED, status)), equal(status, constantLike(PRECISION, status)));
        checkLeaves(reduceAll(found), [steps, residual, tolerance, status, ...xs], ([stepsSeen, residualSeen, toleranceSeen, statusSeen, ...seen]) =>
          new RootNotFound(operation, method, { steps: stepsSeen!, residual: residualSeen!, tolerance: toleranceSeen!, status: statusSeen! }, context.batchAxes === 0 ? structure.unflatten(seen) : seen));
      }
      return { xs, info: [steps, residual, tolerance, status] };
    },
    linearSolver: linearSolverFor(operation, unknownsOf(leaves, own), own, reportsTo && { ...reportsTo, adjoint: true, reason: '' }),
  });
  const { x, info } = implicitSystems(operation, aligned, guess, { ...solvers(site), silent: site && solvers(undefined), info: (xs, context) => infoTypes(xs, context.batchAxes + own) });
  const [steps, residual, tolerance, status] = stopGradient([...info]);
  return new RootSolution(x, { steps, residual, tolerance, status }, method, batch);
}

function infoTypes(xs: readonly Abstract[], batchAxes: number): Abstract[] {
  const { shape, dtype } = xs[0]!.type as ArrayType;
  const perSystem = (type: DType): Abstract => arrayAbstract({ shape: shape.slice(0, batchAxes), dtype: type });
  return [perSystem('i32'), perSystem(dtype), perSystem(dtype), perSystem('i32')];
}

/** A root has no derivative: the Jacobian there is singular, as at a double root. */
export class SingularJacobian extends TapeflowError {
  constructor(operation: string) {
    super(`${operation}, derivative`, 'the Jacobian at the solution is singular, so the solution has no derivative.', 'Check that the solution is a single one; take derivatives where it is not elsewhere, or stop them with stopGradient(...).');
  }
}

/** What there is to report of an elimination: one step, and whether the matrix was singular. */
function directOutcome(singular: Value, dtype: DType): SolveOutcome {
  const per = (value: number, type: DType): Value => full(value, arrayTypeOf(singular).shape, type);
  return { steps: per(1, 'i32'), residual: per(NaN, dtype), tolerance: per(0, dtype), status: select(singular, per(SINGULAR, 'i32'), per(CONVERGED, 'i32')) };
}

/** Solves the linear systems of derivatives: by elimination where the Jacobian is small, else by BiCGstab. */
function linearSolverFor(operation: string, unknowns: number, ownBatchAxes: number, site: SolveSite | undefined): LinearSolver {
  if (unknowns > MOST_DENSE) {
    const iterative = makeSolver('bicgstab', { nullSpace: 'none' }, ownBatchAxes, site && { ...site, method: 'bicgstab', statuses: STATUS });
    return (matvec, bs, context) => ({ xs: iterative(matvec, bs, context).xs, info: [] });
  }
  return (matvec, bs, context) => {
    if (site !== undefined) reportBegin();
    const { xs, singular } = solveDense(matvec as (v: Vector) => Vector, bs, context.batchAxes + ownBatchAxes);
    if (site !== undefined) reportEnd({ ...site, method: 'direct' }, directOutcome(singular, arrayTypeOf(bs[0]).dtype));
    checkLeaves(reduceAll(not(singular)), [], () => new SingularJacobian(operation));
    return { xs, info: [] };
  };
}
