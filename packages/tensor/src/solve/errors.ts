/** @file How a solve can fail, with everything that is known at that point. */
import { TapeflowError } from '@tapeflow/autodiff';

/** Outcome of one system. */
export type SolveStatus = 'converged' | 'precision' | 'maxSteps' | 'indefinite' | 'nonFinite' | 'breakdown' | 'singular' | 'inconsistent';

/** Codes of the outcomes inside programs. */
export const STATUS: readonly SolveStatus[] = ['maxSteps', 'converged', 'precision', 'indefinite', 'nonFinite', 'breakdown', 'singular', 'inconsistent'];

/** A linear solve did not reach its tolerance. Carries the partial solution. */
export class NotConverged extends TapeflowError {
  readonly status: SolveStatus;
  readonly steps: number;
  /** ‖b − A x‖ / ‖b‖ of the worst system, computed anew. */
  readonly residual: number;
  readonly tolerance: number;
  /** Relative residual after each step, as far as it was kept. */
  readonly history: readonly number[];
  /** The solution as far as it got. */
  readonly value: unknown;
  constructor(method: string, status: SolveStatus, facts: { steps: number; residual: number; tolerance: number; history: readonly number[]; value: unknown; batchEntry: number }) {
    const entry = facts.batchEntry >= 0 ? ` (batch entry ${facts.batchEntry})` : '';
    super(`solveLinear (${method})`, `${REASONS[status]}${entry}: relative residual ${facts.residual.toExponential(2)} after ${facts.steps} steps, wanted ${facts.tolerance.toExponential(2)}.`, adviceFor(status, method));
    this.status = status;
    this.steps = facts.steps;
    this.residual = facts.residual;
    this.tolerance = facts.tolerance;
    this.history = facts.history;
    this.value = facts.value;
  }
}

/** A singular system whose right-hand side no solution can reach. */
export class InconsistentSystem extends TapeflowError {
  /** Part of the right-hand side that lies in the null space, relative to its norm. */
  readonly removed: number;
  constructor(removed: number) {
    super(
      'solveLinear',
      `the operator maps constants to zero, but the right-hand side has a constant part (${removed.toExponential(2)} of its norm), so there is no solution.`,
      "Make the right-hand side sum to zero, or pass nullSpace: 'constant' to solve for the part that can be reached.",
    );
    this.removed = removed;
  }
}

const REASONS: Readonly<Record<SolveStatus, string>> = {
  converged: 'converged',
  precision: 'stopped at the limit of the precision',
  maxSteps: 'did not converge',
  indefinite: 'the operator is not definite',
  nonFinite: 'met a value that is not finite',
  breakdown: 'broke down',
  singular: 'the operator is singular',
  inconsistent: 'the operator is singular, and no solution exists',
};

/** What to try after each outcome. */
export function adviceFor(status: SolveStatus, method: string): string {
  switch (status) {
    case 'converged':
      return '';
    case 'precision':
      return 'Rounding allows no smaller residual: use precision(64, …), or accept it.';
    case 'maxSteps':
      return method === 'gmres' ? "Raise restart or maxSteps, give a preconditioner, or return the partial solution with onFailure: 'return'." : "Raise maxSteps or the tolerance, use precision(64, …), or return the partial solution with onFailure: 'return'.";
    case 'indefinite':
      return "Conjugate gradients need a symmetric operator with eigenvalues of one sign: use method: 'gmres' or 'bicgstab', or check the boundary conditions.";
    case 'nonFinite':
      return 'Look for NaN or infinity in the right-hand side and in what the operator uses (debugNaN helps).';
    case 'breakdown':
      return "BiCGstab met an orthogonal direction, as operators do that turn vectors by a right angle: use method: 'gmres', or 'cg' for a symmetric operator.";
    case 'singular':
      return "The operator maps something but 0 to 0: hold a value, or use method: 'direct', which says whether there is a solution.";
    case 'inconsistent':
      return 'Take the part out of the right-hand side that no solution reaches, or remove the null space from the operator.';
  }
}
