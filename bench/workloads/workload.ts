/** @file What a workload is: a task that every peer performs on equal inputs, in one or more ways. */
import { flatten } from '@tapeflow/autodiff';
import type { Value } from '@tapeflow/autodiff/extend';
import { jit } from '@tapeflow/tensor';
import { NDArray } from '@tapeflow/tensor/extend';

/** One way of performing a task. */
export interface Workload {
  /** Number and name that all peers share, such as `W7 cg f32 1e-5`. */
  readonly task: string;
  readonly params: string;
  /** Performs the task; the result is readable when it returns. */
  readonly run: () => unknown;
  /** The same on arrays that are new to the program; all of the result is copied out. */
  readonly runOnCopies: () => unknown;
  /** What all peers must agree on, from the result. */
  readonly check: (result: never) => unknown;
}

/** What a task is made of. */
interface Task<Inputs, Result> {
  readonly task: string;
  readonly params: string;
  /** What the next call takes: a tree of tensors. */
  readonly inputs: () => Inputs;
  readonly run: (inputs: Inputs) => Result;
  readonly check: (result: Result) => unknown;
}

export function workload<Inputs, Result>({ task, params, inputs, run, check }: Task<Inputs, Result>): Workload {
  const runOnCopies = (): Result => {
    const { leaves, structure } = flatten(inputs());
    const result = run(structure.unflatten(leaves.map(copyOf)) as Inputs);
    flatten(result).leaves.forEach(copyOf);
    return result;
  };
  return { task, params, run: () => run(inputs()), runOnCopies, check };
}

/** The same numbers in memory of their own. */
function copyOf(leaf: Value): Value {
  return leaf instanceof NDArray ? NDArray.of(leaf.copyData(), leaf.shape, leaf.dtype) : leaf;
}

/** Compiles a function for the threads of this benchmark. */
export type Compile = typeof jit;

/** Makes the inputs and the programs of a group of tasks; nothing of that is timed. */
export type Group = (jit: Compile) => Workload[];

/** Whether the engine has what `fusedMultiplyAdd` needs. */
export const canFuse = (): boolean => jit((x: number) => x, { fusedMultiplyAdd: true }).report().fusedMultiplyAdd;

/** A group, and its tasks once more with `fusedMultiplyAdd`, where the engine can: tasks of their own, since their last bits differ between machines. */
export function withFused(group: Group): Group {
  return (compile) => {
    const fused: Compile = (f, options) => compile(f, { ...options, fusedMultiplyAdd: true });
    return [...group(compile), ...(canFuse() ? group(fused).map((one): Workload => ({ ...one, task: `${one.task} fused` })) : [])];
  };
}

/** A group, its tasks once more with copies in and out, and once more with results that are lost in the next call, which needs no memory on the heap. */
export function inAllWays(group: Group): Group {
  const named = (one: Workload, name: string): Workload => ({ ...one, params: [one.params, name].filter((word) => word !== '').join(', ') });
  return (compile) => {
    const lent: Compile = (f, options) => compile(f, { results: 'lent', ...options });
    const plain = group(compile);
    return [...plain, ...plain.map((one) => named({ ...one, run: one.runOnCopies }, 'copies in and out')), ...group(lent).map((one) => named(one, 'lent'))];
  };
}

/** Five decimals, as all peers print their checks. */
export const rounded = (x: number): number => Math.round(x * 1e5) / 1e5;
