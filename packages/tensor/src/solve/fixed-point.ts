/** @file fixedPoint: where maps of trees of tensors stand still, with implicit derivatives and a report that explains itself. */
import { ArgumentError, checkChoice } from '../errors.ts';
import { anderson } from './anderson.ts';
import type { RootSolution } from './root-report.ts';
import { searchFrom, systemsOfGuess } from './search.ts';

/** How a fixed point is searched; every member has a default. */
export interface FixedPointOptions {
  /** `anderson`, the default, mixes the results of the last steps; `plain` applies the map again and again. */
  readonly method?: 'anderson' | 'plain';
  /** How many differences of earlier steps Anderson's method mixes. Default 5. */
  readonly depth?: number;
  /** Stop at ‖map(x) − x‖ ≤ max(relative · ‖map(x)‖, absolute), for each batch entry. Default 1e-5 in f32, 1e-10 in f64, and 0. */
  readonly relative?: number;
  readonly absolute?: number;
  /** Default 1000. */
  readonly maxSteps?: number;
  /** What happens when no fixed point is found: throw `RootNotFound`, or return where the search ended. */
  readonly onFailure?: 'throw' | 'return';
  /** What a `SolveLog` calls this search. */
  readonly name?: string;
}

/**
 * An x near the guess with `x = map(x)`, where x is a tensor or a tree of tensors; numbers in the guess become scalars.
 *
 * Anderson's method takes back steps that make the residual much larger, so it converges where plain iteration does, mostly in far fewer
 * steps. Batch entries are independent systems, which end by themselves. `map` is traced once. Gradients reach all that `map` closes over, to
 * any order, by the implicit function theorem; the guess has no influence on them.
 *
 * Error     ‖map(x) − x‖ ≤ max(relative·‖map(x)‖, absolute); the error of x is up to 1/(1 − L) times that, for a map with contraction L
 * Throws    `RootNotFound` with where the search ended (unless `onFailure: 'return'`), `DimensionError`, `DTypeError`, `ArgumentError`;
 *           `SingularJacobian` for derivatives where the fixed point is not an isolated one
 * Source    [Walker2011]
 */
export function fixedPoint<X>(map: (x: X) => X, guess: X, options: FixedPointOptions = {}): RootSolution<X> {
  const { method = 'anderson', depth = 5 } = options;
  checkChoice('fixedPoint', 'method', method, ['anderson', 'plain']);
  if (!Number.isInteger(depth) || depth < 1) throw new ArgumentError('fixedPoint', 'depth', depth, "Give an integer ≥ 1, or method: 'plain'.");
  return searchFrom(map, systemsOfGuess('fixedPoint', guess), { operation: 'fixedPoint', method, search: anderson(method === 'plain' ? 0 : depth), maxSteps: 1000 }, options);
}
