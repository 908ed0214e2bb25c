/** @file The solver that an implicit solve runs, forwards and for adjoints: scaling, null space, method, claims and refusals around one method. */
import type { LinearSolver, SolveContext } from '@tapeflow/autodiff';
import type { Abstract } from '@tapeflow/autodiff/extend';
import type { DType } from '../array/dtype.ts';
import { arrayAbstract, arrayTypeOf, full } from '../array/ndarray.ts';
import { sizeOf } from '../array/strides.ts';
import type { ArrayType } from '../array/type.ts';
import { checkLeaves } from '../control/check.ts';
import { constantLike, div, equal, isFinite, lessEqual, not, or } from '../primitives/elementwise.ts';
import { reduceAll } from '../primitives/reduce.ts';
import { biCGstab } from './bicgstab.ts';
import { conjugateGradients } from './cg.ts';
import type { SolveMethod } from './choose.ts';
import { direct } from './direct.ts';
import { InconsistentSystem } from './errors.ts';
import { gmres } from './gmres.ts';
import { HISTORY, iterate, type IterationResult, type IterativeMethod, type SystemProblem } from './iterate.ts';
import { jacobi } from './jacobi.ts';
import { withNearInverse } from './near-inverse.ts';
import { constantNullSpace, constantsOnOpenCells } from './null-space.ts';
import { refinement } from './refinement.ts';
import { notConverged } from './solution.ts';
import { reportBegin, reportEnd, type SolveSite } from './solve-log.ts';
import { safeDivide, VectorArithmetic, type Vector } from './vectors.ts';

/** What the solver needs to know of the options of a solve. */
export interface SolverOptions {
  readonly symmetric?: boolean;
  readonly relative?: number;
  readonly absolute?: number;
  readonly maxSteps?: number;
  readonly restart?: number;
  readonly nullSpace?: 'auto' | 'constant' | 'none';
  readonly onFailure?: 'throw' | 'return';
  /** Divide by the diagonal. */
  readonly jacobi?: boolean;
  /** Whether the operator is known to map constants to zero. */
  readonly mapsConstantsToZero?: boolean;
  /** Some rows are those of the identity; constants on the others may be mapped to zero. */
  readonly masked?: boolean;
}

/** A constant part of this size, relative to the norm of the right-hand side, is more than rounding. */
const INCONSISTENT = { f32: 1e-4, f64: 1e-10 };
const RESTART = 30;

const iterative = (method: IterativeMethod) => (problem: SystemProblem): IterationResult => iterate(method, problem);

/** How each method solves a system. */
const SOLVES: Readonly<Record<SolveMethod, (problem: SystemProblem, options: SolverOptions) => IterationResult>> = {
  cg: iterative(conjugateGradients),
  bicgstab: iterative(biCGstab),
  gmres: (problem, { restart = RESTART }) => iterate(gmres(restart), problem),
  direct,
  transform: (problem) => iterate(withNearInverse(refinement, problem), problem),
  multigrid: (problem) => iterate(withNearInverse(conjugateGradients, problem), problem),
};

const maxStepsFor = (options: SolverOptions, unknowns: number): number => options.maxSteps ?? Math.min(Math.max(10 * unknowns, 1000), 100_000);

/** The solver of a method. With a site it reports its solves to the logs of the moment. */
export function makeSolver(method: SolveMethod, options: SolverOptions, ownBatchAxes: number, site?: SolveSite): LinearSolver {
  const { nullSpace = 'auto', onFailure = 'throw', absolute = 0 } = options;
  return (matvec, given, context, guess, precondition) => {
    if (site !== undefined) reportBegin();
    const batchAxes = context.batchAxes + ownBatchAxes;
    const arithmetic = new VectorArithmetic(batchAxes);
    const { shape, dtype } = arrayTypeOf(given[0]);
    const systems = shape.slice(0, batchAxes);
    const relative = options.relative ?? (dtype === 'f64' ? 1e-10 : 1e-5);
    const size = arithmetic.magnitude(given);
    const bs = arithmetic.divide(given, size);
    const known = nullSpace === 'auto' ? options.mapsConstantsToZero : nullSpace === 'constant';
    const singular = known === undefined ? constantNullSpace(arithmetic, matvec, bs) : full(known ? 1 : 0, systems, dtype);
    const constants = options.masked === true && known !== false ? constantsOnOpenCells(matvec, bs) : undefined;
    const project = (v: Vector): Vector => (known === false ? v : arithmetic.withoutMean(v, singular, constants));
    // Once more: beside a large mean the first one leaves its rounding.
    const reachable = project(project(bs));
    const removed = safeDivide(arithmetic.norm(arithmetic.minus(bs, reachable)), arithmetic.norm(bs));
    // The right-hand side of an adjoint solve is a cotangent: its constant part has no influence and may be dropped.
    if (nullSpace === 'auto' && onFailure === 'throw' && !context.transposed) {
      const limit = constantLike(dtype === 'f64' ? INCONSISTENT.f64 : INCONSISTENT.f32, removed);
      // A share that is not a number is no proof: the solve itself reports it.
      checkLeaves(reduceAll(or(lessEqual(removed, limit), not(isFinite(removed)))), [removed], ([part]) => new InconsistentSystem(Math.max(...part!.contiguous())));
    }
    const preconditioned = options.jacobi === true ? jacobi({ arithmetic, apply: matvec }, bs, method === 'cg') : precondition;
    const problem: SystemProblem = {
      arithmetic,
      apply: matvec,
      ...(preconditioned !== undefined && { precondition: preconditioned }),
      b: reachable,
      ...(guess !== undefined && { guess: project(arithmetic.divide(guess, size)) }),
      tolerances: { relative, maxSteps: maxStepsFor(options, arithmetic.count(given)), absolute: div(full(absolute, systems, dtype), size) },
      singular,
      symmetric: options.symmetric ?? false,
      project,
      transposed: context.transposed,
    };
    const result = SOLVES[method](problem, options);
    if (site !== undefined) reportEnd({ ...site, adjoint: site.adjoint || context.transposed }, { ...result, tolerance: full(relative, [], dtype) });
    const xs = arithmetic.multiply(project(result.x), size);
    if (onFailure === 'throw') {
      const good = or(equal(result.status, constantLike(1, result.status)), equal(result.status, constantLike(2, result.status)));
      checkLeaves(reduceAll(good), [result.steps, result.residual, result.status, result.history, ...xs], ([steps, residual, status, history, ...solution]) =>
        notConverged(method, relative, { steps: steps!, residual: residual!, status: status!, history: history! }, solution),
      );
    }
    return { xs, info: [result.steps, result.residual, result.status, result.history, removed, singular] };
  };
}

/** Types of what the solver reports. */
export function infoTypes(options: SolverOptions, ownBatchAxes: number): (bs: readonly Abstract[], context: SolveContext) => Abstract[] {
  return (bs, context) => {
    const { shape, dtype } = bs[0]!.type as ArrayType;
    const systems = shape.slice(0, context.batchAxes + ownBatchAxes);
    const unknowns = bs.reduce((total, { type }) => total + sizeOf((type as ArrayType).shape.slice(systems.length)), 0);
    const capacity = Math.min(maxStepsFor(options, unknowns) + 1, HISTORY);
    const perSystem = (type: DType): Abstract => arrayAbstract({ shape: systems, dtype: type });
    return [perSystem('i32'), perSystem(dtype), perSystem('i32'), arrayAbstract({ shape: [capacity], dtype }), perSystem(dtype), perSystem(dtype)];
  };
}
