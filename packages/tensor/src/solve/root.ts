/** @file root: where functions of trees of tensors vanish, with implicit derivatives and a report that explains itself. */
import { checkChoice } from '../errors.ts';
import { newton } from './newton.ts';
import type { RootSolution } from './root-report.ts';
import { MOST_DENSE, searchFrom, systemsOfGuess, unknownsOf } from './search.ts';

/** How a root is searched; every member has a default. */
export interface RootOptions {
  /**
   * `newton` forms the Jacobian of each system and eliminates; `newtonKrylov` solves for its steps by BiCGstab, with products alone.
   * `auto` takes `newton` for up to 64 unknowns per system.
   */
  readonly method?: 'auto' | 'newton' | 'newtonKrylov';
  /** Stop at ‖f(x)‖ ≤ max(relative · ‖f(guess)‖, absolute), for each batch entry. Default 1e-5 in f32, 1e-10 in f64, and 0. */
  readonly relative?: number;
  readonly absolute?: number;
  /** Default 50. */
  readonly maxSteps?: number;
  /** What happens when no root is found: throw `RootNotFound`, or return where the search ended. */
  readonly onFailure?: 'throw' | 'return';
  /** What a `SolveLog` calls this search. */
  readonly name?: string;
}

/**
 * An x near the guess with `f(x) = 0`, where x and f(x) are tensors or trees of tensors of the same dimensions; numbers in the guess become
 * scalars. As many equations as unknowns.
 *
 * Newton's method; a step that does not make the residual smaller is halved until it does, so the search never moves away. Batch entries
 * are independent systems, which end by themselves. `f` is traced once. Gradients reach all that `f` closes over, to any order, by the
 * implicit function theorem: one linear solve with the Jacobian at the root. The guess has no influence on them.
 *
 * Error     ‖f(x)‖ ≤ max(relative·‖f(guess)‖, absolute), or a Newton step below the rounding of x, which is said
 * Throws    `RootNotFound` with where the search ended (unless `onFailure: 'return'`), `DimensionError`, `DTypeError`, `ArgumentError`;
 *           `SingularJacobian` for derivatives at a root that is not a single one
 * Source    [Dennis1996, ch. 6], [Eisenstat1996]
 */
export function root<X>(f: (x: X) => X, guess: X, options: RootOptions = {}): RootSolution<X> {
  const { method = 'auto' } = options;
  checkChoice('root', 'method', method, ['auto', 'newton', 'newtonKrylov']);
  const systems = systemsOfGuess('root', guess);
  const chosen = method !== 'auto' ? method : unknownsOf(systems.leaves, systems.batch.length) <= MOST_DENSE ? 'newton' : 'newtonKrylov';
  return searchFrom(f, systems, { operation: 'root', method: chosen, search: newton(chosen), maxSteps: 50 }, options);
}
