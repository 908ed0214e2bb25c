/** @file solveLinear: linear systems given by functions, with implicit derivatives and a report that explains itself. */
import { implicitLinearSolve, stopGradient } from '@tapeflow/autodiff';
import { ArgumentError, checkInteger } from '../errors.ts';
import { countElements } from '../named/dims.ts';
import { boxPreconditioner, knownOf, systemsSideBySide } from './box-system.ts';
import { chooseMethod, type SolveMethod } from './choose.ts';
import { LinearSolution } from './solution.ts';
import { infoTypes, makeSolver, type SolverOptions } from './solver.ts';
import { isLogging, type SolveSite } from './solve-log.ts';
import { STATUS } from './errors.ts';
import { alignLike, commonBatch, guessLike, requireReal, tensorsOf } from './systems.ts';
import { compiledSolve } from '../compile/eager/compiled-solve.ts';
import { textOf } from '../compile/eager/fingerprint.ts';
import { performHeavyOperations } from '../compile/eager/heavy-runner.ts';
import { demand } from '../compile/demands.ts';
import { compileOrders, compileProducts, compileTransforms } from '../compile/on-demand.ts';

performHeavyOperations();
demand(compileOrders, compileProducts, compileTransforms);

/** A linear function of trees like b that nearly undoes the operator. */
export type Preconditioner<T> = { apply(residual: T): T }['apply'];

/** How a linear system is solved; every member has a default. */
export interface SolveOptions<T = never> {
  /**
   * `auto` chooses and says why (`reason`): what `boxOperator` has made is inverted by fast transforms or multigrid; systems of up to 16
   * unknowns are solved directly, operators that are declared symmetric by conjugate gradients, those with a preconditioner that is a
   * function by GMRES, others by BiCGstab.
   */
  readonly method?: 'auto' | SolveMethod;
  /** Where to start from: a tree like b, default 0. A good guess saves steps; neither solution nor derivatives depend on it. */
  readonly x0?: T;
  /** The operator is symmetric (its eigenvalues may have either sign, but one only). Conjugate gradients imply it. */
  readonly symmetric?: boolean;
  /**
   * What makes the steps of an iterative method fewer: `jacobi` divides by the diagonal of the operator, which is found by applying it (2·3ᵈ
   * products for stencils on d-dimensional grids, up to one per unknown for other operators). A function is a linear map that nearly undoes the
   * operator, symmetric and definite for conjugate gradients; adjoint solves use its transpose. Solution and derivatives do not depend on it.
   */
  readonly preconditioner?: 'jacobi' | Preconditioner<T>;
  /** Directions that GMRES keeps before it starts anew. Default 30. */
  readonly restart?: number;
  /** Stop at ‖b − A x‖ ≤ max(relative · ‖b‖, absolute), for each batch entry. Default 1e-5 in f32, 1e-10 in f64. */
  readonly relative?: number;
  readonly absolute?: number;
  /** Default 10 per unknown, at least 1000 and at most 100 000. */
  readonly maxSteps?: number;
  /**
   * Whether constants are mapped to zero, as in closed and periodic boxes. `constant`: they are; the constant part of the
   * right-hand side is removed and the solution has mean 0. `auto` finds out, and refuses right-hand sides without solution.
   */
  readonly nullSpace?: 'auto' | 'constant' | 'none';
  /** What happens when a system is not solved: throw `NotConverged`, or return what there is. */
  readonly onFailure?: 'throw' | 'return';
  /** What a `SolveLog` calls this solve. */
  readonly name?: string;
}

/**
 * Solves `operator(x) = b`, where x and b are tensors or trees of tensors of the same dimensions.
 *
 * The operator must be linear; it is traced once. Batch entries are independent systems, each with its own tolerance. The derivative
 * is one adjoint solve; gradients reach b and all that the operator closes over, to any order.
 *
 * Error     ‖b − A x‖ ≤ max(relative·‖b‖, absolute), recomputed before it is claimed; or the limit of the precision, which is said
 * Throws    `NotConverged` with the partial solution (unless `onFailure: 'return'`), `InconsistentSystem`, `DimensionError`, `ArgumentError`
 * Source    [Hestenes1952], [vanDerVorst1992], [Saad1986], [Higham2002]
 */
export function solveLinear<T>(operator: (x: T) => T, given: T, options: SolveOptions<NoInfer<T>> = {}): LinearSolution<T> {
  const { asBatch, asGiven } = systemsSideBySide(operator, tensorsOf(given)[0]);
  const { preconditioner, restart } = options;
  const [b, x0] = [asBatch(given), asBatch(options.x0)];
  const tensors = tensorsOf(b);
  requireReal('solveLinear', tensors);
  const batchDims = commonBatch('solveLinear', 'the right-hand side', tensors);
  const systems = countElements(batchDims);
  const unknowns = tensors.reduce((total, { size }) => total + size, 0) / Math.max(systems, 1);
  const { method, reason } = chooseMethod(options.method, {
    operator, unknowns, systems, symmetric: options.symmetric === true || knownOf(operator) !== undefined, guessed: x0 !== undefined, restarted: restart !== undefined,
    preconditioner: preconditioner === undefined ? 'none' : typeof preconditioner === 'function' ? 'function' : 'jacobi',
  });
  if (restart !== undefined) checkInteger('solveLinear', 'restart', restart, 1);
  if (preconditioner !== undefined && (method === 'transform' || method === 'multigrid')) throw new ArgumentError('solveLinear', 'preconditioner', preconditioner, "The method brings its own: leave the preconditioner out, or take method: 'cg'.");
  if (preconditioner !== undefined && method === 'direct') throw new ArgumentError('solveLinear', 'preconditioner', preconditioner, "A direct solve has no steps to save: leave the preconditioner out, or take method: 'gmres'.");
  if (typeof preconditioner === 'string' && preconditioner !== 'jacobi') throw new ArgumentError('solveLinear', 'preconditioner', preconditioner, "Use 'jacobi', or give a function.");
  const { x0: _guess, preconditioner: _preconditioner, method: _method, name = 'solveLinear', ...limits } = options;
  const isSymmetric = knownOf(operator) !== undefined || (options.symmetric ?? method === 'cg');
  const solverOptions: SolverOptions = { ...limits, ...knownOf(operator), symmetric: isSymmetric, jacobi: preconditioner === 'jacobi' };
  const undo = typeof preconditioner === 'function' ? preconditioner : (boxPreconditioner(method, operator, tensors[0]!) as Preconditioner<unknown> | undefined);
  const site: SolveSite | undefined = isLogging() ? { operation: 'solveLinear', name, method, reason, adjoint: false, statuses: STATUS } : undefined;
  const solved = implicitLinearSolve((x: T) => alignLike('solveLinear', 'the result of the operator', operator(x), b, 'b'), b, {
    ...(x0 !== undefined && { guess: guessLike('solveLinear', 'x0', x0, b, 'b') }),
    ...(undo !== undefined && { preconditioner: (r: T) => alignLike('solveLinear', 'the result of the preconditioner', undo(r) as T, b, 'b') }),
    solver: makeSolver(method, solverOptions, batchDims.length, site),
    silentSolver: site && makeSolver(method, solverOptions, batchDims.length),
    symmetric: isSymmetric,
    info: infoTypes(solverOptions, batchDims.length),
    perform: compiledSolve(method, `${textOf(solverOptions)} ${batchDims.length}`),
  });
  const [steps, residual, status, history, removed, singular] = stopGradient([...solved.info]);
  return new LinearSolution(asGiven(solved.x), { steps, residual, status, history, removed, singular }, { method, reason }, batchDims);
}
