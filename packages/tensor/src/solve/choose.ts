/** @file Which method solves a system when none is named, and why. Rules in order; the first that has an answer decides. */
import { ArgumentError, checkChoice } from '../errors.ts';
import { boxOf, isUniform } from './box.ts';

/** Names of the methods. */
export type SolveMethod = 'cg' | 'bicgstab' | 'gmres' | 'direct' | 'transform' | 'multigrid';

/** All methods. */
export const METHODS: readonly SolveMethod[] = ['cg', 'bicgstab', 'gmres', 'direct', 'transform', 'multigrid'];

/** What is known before the solve. */
export interface SystemFacts {
  /** The operator as it was given: a rule may know it. */
  readonly operator: unknown;
  /** Unknowns of one system. */
  readonly unknowns: number;
  /** Independent systems. */
  readonly systems: number;
  /** The operator is declared symmetric. */
  readonly symmetric: boolean;
  /** There is a first guess. */
  readonly guessed: boolean;
  readonly preconditioner: 'none' | 'jacobi' | 'function';
  /** How many directions GMRES may keep was said. */
  readonly restarted: boolean;
}

/** A method, and why it was taken. */
export interface Choice {
  readonly method: SolveMethod;
  readonly reason: string;
}

/** Up to here a matrix costs next to nothing, and no choice can fail. */
const SMALL = 16;
/** Numbers that all matrices together may have. */
const MATRIX_NUMBERS = 2 ** 22;

type Rule = (facts: SystemFacts) => Choice | undefined;

const onBox: Rule = ({ operator, preconditioner }) => {
  const box = boxOf(operator);
  if (box === undefined || preconditioner !== 'none') return undefined;
  return isUniform(box)
    ? { method: 'transform', reason: 'the operator is the same everywhere on a box: its eigenvectors are products of waves, and fast transforms invert it' }
    : { method: 'multigrid', reason: 'the operator lives on a box, with a mask or coefficients of its own: conjugate gradients with a multigrid cycle need few steps on any grid' };
};

/** Methods that look into the operator. */
function requireBox(named: SolveMethod, operator: unknown): void {
  const box = boxOf(operator);
  if (box === undefined) throw new ArgumentError('solveLinear', 'method', named, 'It needs an operator that boxOperator has made.');
  if (named === 'transform' && !isUniform(box)) throw new ArgumentError('solveLinear', 'method', named, "The operator has a mask or coefficients: use method: 'multigrid'.");
}

const small: Rule = ({ unknowns, systems, guessed, preconditioner }) =>
  unknowns <= SMALL && systems * unknowns ** 2 <= MATRIX_NUMBERS && !guessed && preconditioner === 'none'
    ? { method: 'direct', reason: `a system of ${unknowns} unknowns is small (at most ${SMALL}): its matrix is made and solved at once` }
    : undefined;

const symmetric: Rule = ({ symmetric: declared }) => (declared ? { method: 'cg', reason: 'the operator is declared symmetric: conjugate gradients need the least work' } : undefined);

const dear: Rule = ({ preconditioner, restarted }) => {
  const why = 'the operator is not declared symmetric, and';
  if (preconditioner === 'function') return { method: 'gmres', reason: `${why} with a preconditioner steps are few and dear: GMRES needs one product for each` };
  return restarted ? { method: 'gmres', reason: `${why} restart speaks of GMRES` } : undefined;
};

const general: Rule = () => ({ method: 'bicgstab', reason: 'the operator is not declared symmetric: BiCGstab keeps few vectors, however many steps it takes' });

/** The rules. One that knows an operator by its kind belongs to the front. */
const RULES: readonly Rule[] = [onBox, small, symmetric, dear, general];

/** The method for a system: the one that is named, or what the rules say. */
export function chooseMethod(named: SolveMethod | 'auto' | undefined, facts: SystemFacts): Choice {
  if (named === undefined || named === 'auto') return RULES.map((rule) => rule(facts)).find((choice) => choice !== undefined)!;
  checkChoice('solveLinear', 'method', named, ['auto', ...METHODS]);
  if (named === 'transform' || named === 'multigrid') requireBox(named, facts.operator);
  return { method: named, reason: `method: '${named}' was asked for` };
}
