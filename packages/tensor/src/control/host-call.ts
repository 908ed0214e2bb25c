/** @file hostCall: a JavaScript function that is called with values, now or each time a program gets there. */
import { AsyncFunctionError, flatten } from '@tapeflow/autodiff';
import { apply, discrete, spaceOf, type Primitive, type Value } from '@tapeflow/autodiff/extend';
import { arraySpace } from '../array/ndarray.ts';

/** What is called with the plain values of the inputs. */
export interface HostCallParams {
  readonly call: (values: readonly Value[]) => unknown;
}

/** Calls for one member after the other, with the values that all share. */
export function memberByMember<R>(call: (values: readonly Value[]) => R, batched: readonly boolean[], size: number): (values: readonly Value[]) => void {
  return (values) => {
    const members = values.map((value, k) => (batched[k] ? spaceOf(value).batch.split(value, size) : undefined));
    for (let member = 0; member < size; member++) call(values.map((value, k) => (members[k] === undefined ? value : members[k][member])));
  };
}

/** Leaves without the numbers among them, which are constants, and how to put others in their places. */
export function apartFromNumbers(leaves: readonly Value[]): { readonly given: Value[]; readonly filled: (values: readonly Value[]) => Value[] } {
  const isNumber = (leaf: Value): boolean => typeof leaf === 'number';
  const filled = (values: readonly Value[]): Value[] => {
    let at = 0;
    return leaves.map((leaf) => (isNumber(leaf) ? leaf : values[at++]));
  };
  return { given: leaves.filter((leaf) => !isNumber(leaf)), filled };
}

/** Declares a call of the host. */
export function declareHostCall(name: string): Primitive {
  const declared: Primitive = discrete({
    name,
    effect: true,
    host: true,
    evaluate(values, params) {
      const result = (params as HostCallParams).call(values);
      if (typeof result === 'object' && result !== null && 'then' in result) throw new AsyncFunctionError(name);
      return [];
    },
    abstract: () => [],
    outputSpace: () => arraySpace as never,
    batch: (inputs, batched, params, size) => ({ outputs: apply(declared, inputs, { call: memberByMember((params as HostCallParams).call, batched, size) } satisfies HostCallParams), batched: [] }),
  });
  return declared;
}

export const hostCallPrimitive: Primitive = declareHostCall('hostCall');

/**
 * Calls `call(...values)` with the values of tensors and trees of tensors: at once, or, while a program is recorded, each time the program
 * gets there, in the order of the program and of what the calls before have done. For progress, pictures, measurements; it has no result
 * and no influence on derivatives.
 *
 * A call in a loop or a branch belongs to it. It is never left out because nothing is computed from it, and not made again where a derivative
 * computes something again. Under `vmap` it is made for each member, one after the other, as far as its values differ between them.
 *
 * Throws `AsyncFunctionError` when the function returns a promise, `BatchedHostCallError` in a branch that members of a `vmap` take
 * differently or a loop that they leave at different times. What the function throws ends the program.
 */
export function hostCall<Args extends readonly unknown[]>(call: (...values: Args) => void, ...args: Args): void {
  const { leaves, structure } = flatten([...args], 'hostCall');
  const { given, filled } = apartFromNumbers(leaves);
  // The structure is that of the arguments.
  apply(hostCallPrimitive, given, { call: (values) => call(...(structure.unflatten(filled(values)) as unknown as Args)) } satisfies HostCallParams);
}
