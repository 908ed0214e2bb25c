/** @file solveLinear: linear systems given by functions, with implicit derivatives and a report that explains itself. */
import { flatten, implicitLinearSolve, stopGradient, TREE, type LinearSolver, type SolveContext, type TreeNode } from '@tapeflow/autodiff';
import type { Abstract } from '@tapeflow/autodiff/extend';
import type { DType } from '../array/dtype.ts';
import { arrayAbstract, arrayTypeOf, full } from '../array/ndarray.ts';
import { sizeOf } from '../array/strides.ts';
import type { ArrayType } from '../array/type.ts';
import { checkLeaves } from '../control/check.ts';
import { DimensionError, DTypeError } from '../errors.ts';
import { alignValue } from '../named/align.ts';
import { describeDims, sameDim, sameDims, type Dim } from '../named/dims.ts';
import { Tensor } from '../named/tensor.ts';
import { div, equal, isFinite, lessEqual, not, or } from '../primitives/elementwise.ts';
import { reduceAll } from '../primitives/reduce.ts';
import { convert } from '../primitives/structure.ts';
import { biCGstab } from './bicgstab.ts';
import { conjugateGradients } from './cg.ts';
import { InconsistentSystem } from './errors.ts';
import { HISTORY, iterate } from './iterate.ts';
import { constantNullSpace } from './null-space.ts';
import { LinearSolution, notConverged } from './solution.ts';
import { constant, safeDivide, VectorArithmetic, type Vector } from './vectors.ts';

/** How a linear system is solved; every member has a default. */
export interface SolveOptions<T = never> {
  /** `auto` takes conjugate gradients for operators declared symmetric, else BiCGstab. */
  readonly method?: 'auto' | 'cg' | 'bicgstab';
  /** Where to start from: a tree like b, default 0. A good guess saves steps; neither solution nor derivatives depend on it. */
  readonly x0?: T;
  /** The operator is symmetric (its eigenvalues may have either sign, but one only). Conjugate gradients imply it. */
  readonly symmetric?: boolean;
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
}

const METHODS = { cg: conjugateGradients, bicgstab: biCGstab };
/** A constant part of this size, relative to the norm of the right-hand side, is more than rounding. */
const INCONSISTENT = { f32: 1e-4, f64: 1e-10 };

/** What the solver itself needs to know. */
type Limits = Omit<SolveOptions, 'x0'>;

const maxStepsFor = (options: Limits, unknowns: number): number => options.maxSteps ?? Math.min(Math.max(10 * unknowns, 1000), 100_000);

/** The solver that the implicit solve runs, forwards and for adjoints. */
export function makeSolver(chosen: 'cg' | 'bicgstab', options: Limits, ownBatchAxes: number): LinearSolver {
  const { nullSpace = 'auto', onFailure = 'throw', absolute = 0 } = options;
  return (matvec, given, context, guess) => {
    const batchAxes = context.batchAxes + ownBatchAxes;
    const arithmetic = new VectorArithmetic(batchAxes);
    const { shape, dtype } = arrayTypeOf(given[0]);
    const systems = shape.slice(0, batchAxes);
    const relative = options.relative ?? (dtype === 'f64' ? 1e-10 : 1e-5);
    const maxSteps = maxStepsFor(options, arithmetic.count(given));
    const size = arithmetic.magnitude(given);
    const bs = arithmetic.divide(given, size);
    const singular = nullSpace === 'auto' ? constantNullSpace(arithmetic, matvec, bs) : full(nullSpace === 'constant' ? 1 : 0, systems, dtype);
    const project = (v: Vector): Vector => (nullSpace === 'none' ? v : arithmetic.withoutMean(v, singular));
    const reachable = project(bs);
    const removed = safeDivide(arithmetic.norm(arithmetic.minus(bs, reachable)), arithmetic.norm(bs));
    // The right-hand side of an adjoint solve is a cotangent: its constant part has no influence and may be dropped.
    if (nullSpace === 'auto' && onFailure === 'throw' && !context.transposed) {
      const limit = constant(dtype === 'f64' ? INCONSISTENT.f64 : INCONSISTENT.f32, removed);
      // A share that is not a number is no proof: the solve itself reports it.
      checkLeaves(reduceAll(or(lessEqual(removed, limit), not(isFinite(removed)))), [removed], ([part]) => new InconsistentSystem(Math.max(...part!.contiguous())));
    }
    const tolerances = { relative, maxSteps, absolute: div(full(absolute, systems, dtype), size) };
    const result = iterate(METHODS[chosen], matvec, reachable, batchAxes, tolerances, guess && project(arithmetic.divide(guess, size)));
    const xs = arithmetic.multiply(project(result.x), size);
    if (onFailure === 'throw') {
      const good = or(equal(result.status, constant(1, result.status)), equal(result.status, constant(2, result.status)));
      checkLeaves(reduceAll(good), [result.steps, result.residual, result.status, result.history, ...xs], ([steps, residual, status, history, ...solution]) =>
        notConverged(chosen, relative, { steps: steps!, residual: residual!, status: status!, history: history! }, solution),
      );
    }
    return { xs, info: [result.steps, result.residual, result.status, result.history, removed, singular] };
  };
}

/** Types of what the solver reports. */
function infoTypes(options: Limits, ownBatchAxes: number): (bs: readonly Abstract[], context: SolveContext) => Abstract[] {
  return (bs, context) => {
    const { shape, dtype } = bs[0]!.type as ArrayType;
    const systems = shape.slice(0, context.batchAxes + ownBatchAxes);
    const unknowns = bs.reduce((total, { type }) => total + sizeOf((type as ArrayType).shape.slice(systems.length)), 0);
    const capacity = Math.min(maxStepsFor(options, unknowns) + 1, HISTORY);
    const perSystem = (type: DType): Abstract => arrayAbstract({ shape: systems, dtype: type });
    return [perSystem('i32'), perSystem(dtype), perSystem('i32'), arrayAbstract({ shape: [capacity], dtype }), perSystem(dtype), perSystem(dtype)];
  };
}

/**
 * Solves `operator(x) = b`, where x and b are tensors or trees of tensors of the same dimensions.
 *
 * The operator must be linear; it is traced once. Batch entries are independent systems, each with its own tolerance. The derivative
 * is one adjoint solve; gradients reach b and all that the operator closes over, to any order.
 *
 * Error     ‖b − A x‖ ≤ max(relative·‖b‖, absolute), recomputed before it is claimed; or the limit of the precision, which is said
 * Throws    `NotConverged` with the partial solution (unless `onFailure: 'return'`), `InconsistentSystem`, `DimensionError`
 * Source    [Hestenes1952], [vanDerVorst1992]
 */
export function solveLinear<T>(operator: (x: T) => T, b: T, options: SolveOptions<NoInfer<T>> = {}): LinearSolution<T> {
  const method = options.method ?? 'auto';
  const chosen = method === 'auto' ? (options.symmetric === true ? 'cg' : 'bicgstab') : method;
  const batchDims = commonBatch(tensorsOf(b));
  const solved = implicitLinearSolve((x: T) => alignLike('the operator', operator(x), b), b, {
    ...(options.x0 === undefined ? {} : { guess: alignLike('x0', options.x0, b) }),
    solver: makeSolver(chosen, options, batchDims.length),
    symmetric: options.symmetric ?? chosen === 'cg',
    info: infoTypes(options, batchDims.length),
  });
  const [steps, residual, status, history, removed, singular] = stopGradient([...solved.info]);
  return new LinearSolution(solved.x, { steps, residual, status, history, removed, singular }, chosen, batchDims);
}

/** All tensors of a tree. */
function tensorsOf(tree: unknown): Tensor[] {
  if (tree instanceof Tensor) return [tree];
  if (typeof tree !== 'object' || tree === null) return [];
  if (TREE in tree) return (tree as TreeNode)[TREE]().children.flatMap(tensorsOf);
  return Object.values(tree).flatMap(tensorsOf);
}

/** The batch dimensions, which all tensors of a system must share. */
function commonBatch(tensors: readonly Tensor[]): readonly Dim[] {
  const first = tensors[0];
  if (first === undefined) throw new DimensionError('solveLinear', '', 'the right-hand side holds no tensor.', [], 'Give a tensor or a tree of tensors.');
  const own = (t: Tensor): Dim[] => t.dims.filter(({ type }) => type === 'batch');
  for (const other of tensors) {
    if (!sameDims(own(first), own(other))) {
      throw new DimensionError('solveLinear', own(first)[0]?.name ?? own(other)[0]!.name, 'the tensors of one system differ in their batch dimensions.', [describeDims(first.dims), describeDims(other.dims)], 'Expand the smaller ones along the batch.');
    }
  }
  return own(first);
}

/** A tree like b with its dimensions in the order of b. */
function alignLike<T>(what: string, y: T, b: T): T {
  const seen = tensorsOf(y);
  const wanted = tensorsOf(b);
  if (seen.length !== wanted.length) throw new DimensionError('solveLinear', '', `${what} has ${seen.length} tensors where b has ${wanted.length}.`, [], `Make ${what} a tree like b.`);
  const leaves = seen.map((t, k) => {
    const { dims } = wanted[k]!;
    const fits = t.dims.length === dims.length && dims.every((dim) => t.dims.some((own) => sameDim(own, dim)));
    if (!fits) {
      throw new DimensionError('solveLinear', dims[0]?.name ?? '', `${what} has other dimensions than b.`, [describeDims(t.dims), describeDims(dims)], `Give ${what} the dimensions of b; expand b where the operator adds a batch.`);
    }
    const aligned = alignValue(t, dims);
    const { dtype } = wanted[k]!;
    if (what === 'x0') return convert(aligned, dtype);
    if (t.dtype !== dtype) throw new DTypeError('solveLinear', [t.dtype, dtype], `the operator returns ${t.dtype} where b is ${dtype}.`, `Convert b to ${t.dtype}, or what the operator uses to ${dtype}: convert(x, '${dtype}').`);
    return aligned;
  });
  return flatten(b, 'solveLinear').structure.unflatten(leaves) as T;
}
