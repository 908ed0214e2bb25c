/** @file Optimizers as pure pairs of functions: state goes in and comes out. */
import { ResumeError } from './errors.ts';

/** What an optimizer remembers between updates: a plain tree, which can be written to a file and read again. */
export interface OptimizerState<P> {
  /** Updates done. */
  readonly step: number;
  /** Running averages and the like, by name; each is a tree like the parameters. */
  readonly moments: Readonly<Record<string, P>>;
}

/**
 * Turns gradients into better parameters. Pure: the same input gives the same output, and nothing is kept inside.
 *
 * ```ts
 * let state = optimizer.init(params);
 * [params, state] = optimizer.update(gradients, state, params);
 * ```
 *
 * Parameters are any tree (records, lists, classes that declare their leaves) of named tensors and numbers. Real tensors keep their
 * dtype; integer and boolean leaves are carried along. Updates are made of differentiable operations, so an optimizer can itself be
 * differentiated (to its rate, through several updates) and compiled by `jit`, from which the count of updates comes back as a scalar.
 */
export interface Optimizer {
  readonly name: string;
  /** Settings, as text. */
  describe(): string;
  init<P>(params: P): OptimizerState<P>;
  update<P>(gradients: P, state: OptimizerState<P>, params: P): [params: P, state: OptimizerState<P>];
}

/** A moment of a state by name. Throws `ResumeError` when the state is of another optimizer. */
export function momentOf<P>(operation: string, { moments }: OptimizerState<P>, name: string): P {
  if (!Object.hasOwn(moments, name)) {
    const names = Object.keys(moments);
    throw new ResumeError(operation, `one with '${name}'`, names.length === 0 ? 'one without moments' : `one with ${names.map((own) => `'${own}'`).join(' and ')}`);
  }
  return moments[name]!;
}

/** `adam(rate = 0.1, beta1 = 0.9)`. */
export function describeOptions(name: string, options: Readonly<Record<string, string | number | boolean | undefined>>): string {
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  return `${name}(${given.map(([key, value]) => `${key} = ${String(value)}`).join(', ')})`;
}
