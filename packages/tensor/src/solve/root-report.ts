/** @file How the search for a root or a fixed point went: the report, and the error of one that failed. */
import { TapeflowError, TracedValueError } from '@tapeflow/autodiff';
import { Box, type Value } from '@tapeflow/autodiff/extend';
import type { NDArray } from '../array/ndarray.ts';
import type { Dim } from '../named/dims.ts';

/** Outcome of one system. */
export type RootStatus = 'converged' | 'precision' | 'maxSteps' | 'stalled' | 'singular' | 'nonFinite' | 'diverged';

/** Codes of the outcomes inside programs; 0 also stands for a search that still runs. */
export const ROOT_STATUS: readonly RootStatus[] = ['maxSteps', 'converged', 'precision', 'stalled', 'singular', 'nonFinite', 'diverged'];
export const MAX_STEPS = 0;
export const CONVERGED = 1;
export const PRECISION = 2;
export const STALLED = 3;
export const SINGULAR = 4;
export const NON_FINITE = 5;
export const DIVERGED = 6;

/** The ways to a root or a fixed point. */
export type RootMethod = 'newton' | 'newtonKrylov' | 'anderson' | 'plain';

/** Reported arrays, one number per system. */
export interface RootFacts {
  readonly steps: Value;
  readonly residual: Value;
  readonly tolerance: Value;
  readonly status: Value;
}

/** One system, in numbers. */
export interface SystemReport {
  readonly status: RootStatus;
  readonly steps: number;
  /** Norm of the residual. */
  readonly residual: number;
  /** What the residual had to reach. */
  readonly tolerance: number;
}

const isFound = ({ status }: SystemReport): boolean => status === 'converged' || status === 'precision';
/** How far a system is from its tolerance. */
const distance = ({ residual, tolerance }: SystemReport): number => (Number.isNaN(residual) ? Infinity : residual / tolerance);

/** The worst system: one without a root before one with, then by distance. */
function worstOf(systems: readonly SystemReport[]): number {
  let worst = 0;
  systems.forEach((system, k) => {
    const other = systems[worst]!;
    if (isFound(other) === isFound(system) ? distance(system) > distance(other) : !isFound(system)) worst = k;
  });
  return worst;
}

function systemsOf(facts: { readonly [K in keyof RootFacts]: NDArray }): SystemReport[] {
  const [steps, residual, tolerance] = [facts.steps.contiguous(), facts.residual.contiguous(), facts.tolerance.contiguous()];
  return Array.from(facts.status.contiguous(), (code, k) => ({ status: ROOT_STATUS[code]!, steps: steps[k]!, residual: residual[k]!, tolerance: tolerance[k]! }));
}

const REASONS: Readonly<Record<RootStatus, string>> = {
  converged: 'reached its tolerance',
  precision: 'reached the limit of the precision',
  maxSteps: 'did not reach its tolerance',
  stalled: 'found no step that makes the residual smaller',
  singular: 'met a singular Jacobian',
  nonFinite: 'met a value that is not finite',
  diverged: 'moved away',
};

function adviceFor(status: RootStatus, method: RootMethod): string {
  switch (status) {
    case 'converged':
    case 'precision':
      return '';
    case 'maxSteps':
      return "Raise maxSteps or the tolerance, start from a better guess, or return what there is with onFailure: 'return'.";
    case 'stalled':
      return 'The norm of the residual has a minimum there that is no root: start from another guess, and check that the function is smooth and has a root.';
    case 'singular':
      return 'Start from another guess, and check that there is a root and that each unknown has an influence of its own on the residual.';
    case 'nonFinite':
      return 'Start from a guess where the function is finite (debugNaN finds out where it is not).';
    case 'diverged':
      return method === 'plain' ? "The map does not contract there: use method: 'anderson', or root((x) => sub(map(x), x), guess)." : 'The map does not contract there: use root((x) => sub(map(x), x), guess), or start from a better guess.';
  }
}

function sentence(method: RootMethod, { status, steps, residual, tolerance }: SystemReport, entry: number, count: number): string {
  const which = count > 1 ? ` (worst: batch entry ${entry} of ${count})` : '';
  return `${method} ${REASONS[status]}${which}: residual ${residual.toExponential(2)} after ${steps} ${steps === 1 ? 'step' : 'steps'}, wanted ${tolerance.toExponential(2)}`;
}

/** No root, or no fixed point, was found. Carries how far the search got. */
export class RootNotFound extends TapeflowError {
  readonly status: RootStatus;
  readonly method: RootMethod;
  readonly steps: number;
  /** Norm of the residual of the worst system. */
  readonly residual: number;
  readonly tolerance: number;
  /** Number of the worst system where there are several, else −1. */
  readonly batchEntry: number;
  /** Where the search ended: a tree like the guess. */
  readonly value: unknown;
  constructor(operation: string, method: RootMethod, facts: { readonly [K in keyof RootFacts]: NDArray }, value: unknown) {
    const systems = systemsOf(facts);
    const worst = worstOf(systems);
    const report = systems[worst]!;
    super(operation, `${sentence(method, report, worst, systems.length)}.`, adviceFor(report.status, method));
    this.status = report.status;
    this.method = method;
    this.steps = report.steps;
    this.residual = report.residual;
    this.tolerance = report.tolerance;
    this.batchEntry = systems.length > 1 ? worst : -1;
    this.value = value;
  }
}

/**
 * A root or fixed point, and how it was found. Of several systems (a batch) the report names the worst; `perSystem` has all.
 * Inside a program that is being recorded only `value` exists; reading the rest throws `TracedValueError`.
 */
export class RootSolution<X> {
  readonly value: X;
  readonly method: RootMethod;
  /** Batch dimensions of the systems, in the order of `perSystem`. */
  readonly batch: readonly Dim[];
  private readonly facts: RootFacts;

  constructor(value: X, facts: RootFacts, method: RootMethod, batch: readonly Dim[]) {
    this.value = value;
    this.facts = facts;
    this.method = method;
    this.batch = batch;
  }

  /** Outcome, steps, residual and tolerance of each system. */
  get perSystem(): readonly SystemReport[] {
    const { steps, residual, tolerance, status } = this.facts;
    if ([steps, residual, tolerance, status].some((fact) => fact instanceof Box)) {
      throw new TracedValueError('solution', 'The search is inside a transformation that is being recorded: only its value exists now. A search that fails still throws RootNotFound.');
    }
    return systemsOf(this.facts as { readonly [K in keyof RootFacts]: NDArray });
  }

  private get worst(): SystemReport {
    const systems = this.perSystem;
    return systems[worstOf(systems)]!;
  }

  get status(): RootStatus {
    return this.worst.status;
  }

  /** All systems reached their tolerance, or the limit of the precision. */
  get converged(): boolean {
    return isFound(this.worst);
  }

  /** Largest number of steps of any system. */
  get steps(): number {
    return Math.max(...this.perSystem.map(({ steps }) => steps));
  }

  /** Norm of the residual of the worst system. */
  get residual(): number {
    return this.worst.residual;
  }

  /** Why the search ended, in words. */
  get reason(): string {
    const systems = this.perSystem;
    const worst = worstOf(systems);
    return sentence(this.method, systems[worst]!, worst, systems.length);
  }

  /** What to do about it; empty when all is well. */
  get advice(): string {
    return adviceFor(this.status, this.method);
  }

  toString(): string {
    return [this.reason, this.advice].filter((part) => part !== '').join('. ');
  }
}
