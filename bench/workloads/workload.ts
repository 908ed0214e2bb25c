/** @file What a workload is: a task that every peer performs on equal inputs, in one or more ways. */
import { jit } from '@tapeflow/tensor';

/** One way of performing a task. */
export interface Workload {
  /** Number and name that all peers share, such as `W7 cg f32 1e-5`. */
  readonly task: string;
  readonly params: string;
  /** Performs the task; the result is readable when it returns. */
  readonly run: () => unknown;
  /** What all peers must agree on, from the result. */
  readonly check: (result: never) => unknown;
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

/** Params of a workload whose inputs are fresh and whose results leave the tensors. */
export const COPIES = 'copies in and out';

/** A group, and its tasks once more with results that are lost in the next call, which needs no memory on the heap. */
export function withLent(group: Group): Group {
  return (compile) => {
    const lent: Compile = (f, options) => compile(f, { results: 'lent', ...options });
    const again = group(lent).filter(({ params }) => !params.endsWith(COPIES));
    return [...group(compile), ...again.map((one): Workload => ({ ...one, params: [one.params, 'lent'].filter((word) => word !== '').join(', ') }))];
  };
}

/** Five decimals, as all peers print their checks. */
export const rounded = (x: number): number => Math.round(x * 1e5) / 1e5;
