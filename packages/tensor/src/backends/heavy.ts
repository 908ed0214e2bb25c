/**
 * @file Heavy single operations: where a compiler is part of the program, a compiled program performs them. The js backend asks here first
 * whenever an operation is large enough, and knows nothing of the compiler, which itself stands on the operations.
 */
import { apply, isUnwatched, type GeneralRule, type Primitive, type Value } from '@tapeflow/autodiff/extend';
import type { TypedArray } from '../array/dtype.ts';
import type { NDArray } from '../array/ndarray.ts';

/** An operation, and how it is applied to values of any level. Name and params, as JSON, tell what it computes of arrays of given types. */
export interface HeavyOperation {
  readonly name: string;
  readonly params: unknown;
  perform(inputs: readonly Value[]): readonly Value[];
}

/** Who performs heavy operations. */
export interface HeavyRunner {
  /** The results; undefined where there is no code for the operation, or no WebAssembly. */
  whole(operation: HeavyOperation, inputs: readonly NDArray[]): readonly Value[] | undefined;
  /** Fills `out` (row-major, of this shape) with an elementwise operation; false where nothing was done. Inputs have this shape or rank 0. */
  pointwise(operation: HeavyOperation, inputs: readonly NDArray[], out: TypedArray): boolean;
}

let installed: HeavyRunner | undefined;
let isAllowed = true;

/** From now on heavy operations are handed to this one. */
export function installHeavyRunner(runner: HeavyRunner): void {
  installed = runner;
}

/** Who performs heavy operations here and now. */
export function heavyRunner(): HeavyRunner | undefined {
  return isAllowed ? installed : undefined;
}

/** Runs `body` with heavy operations handed on, or all of them performed by the js backend. */
export function withHeavyRunner<R>(allowed: boolean, body: () => R): R {
  const before = isAllowed;
  isAllowed = allowed;
  try {
    return body();
  } finally {
    isAllowed = before;
  }
}

/**
 * Performs what its caller knows to be worth a compiled program, such as many small operations that come again and again: by one program where
 * there is a compiler, else one by one, as also while something looks at each of them. Both give the same bits.
 */
export function performHeavy(operation: HeavyOperation, inputs: readonly NDArray[]): readonly Value[] {
  const runner = isUnwatched() ? heavyRunner() : undefined;
  return runner?.whole(operation, inputs) ?? operation.perform(inputs);
}

/** An operation whose evaluation hands heavy work on. What is wrong with the inputs is left to the evaluation itself. */
export function orHeavy<Params>(rule: GeneralRule, heavy: (inputs: readonly NDArray[], params: Params) => boolean, self: () => Primitive): GeneralRule {
  return {
    ...rule,
    evaluate(inputs, params) {
      const runner = heavyRunner();
      if (runner !== undefined && inputs.every(isArray) && heavy(inputs, params as Params)) {
        const outputs = runner.whole({ name: rule.name, params, perform: (xs) => apply(self(), xs, params) }, inputs);
        if (outputs !== undefined) return outputs;
      }
      return rule.evaluate(inputs, params);
    },
  };
}

const isArray = (value: Value): value is NDArray => typeof value === 'object' && value !== null && 'storage' in value;

/** A kind of work that is counted. */
export type HeavyWork = 'products' | 'transformed' | 'reduced' | 'elements' | 'unknownsOfSteps' | 'unknownsOfTransforms' | 'unknownsOfMultigrid';

/**
 * Work from which on an operation is handed on: what JavaScript needs a quarter of a millisecond for, on the machine of docs/performance.md.
 * A program takes 3 to 10 ms to compile, once, and then some 5 to 20 times less than JavaScript, so it has paid after 10 to 40 calls;
 * for ten times this work after a few. Ratios: `npm run -s bench -- heavy`.
 */
export const LEAST_WORK: Readonly<Record<HeavyWork, number>> = {
  /** Products that are summed up, of contractions and convolutions. */
  products: 2 ** 16,
  /** Elements that are transformed, of fast transforms. */
  transformed: 2 ** 12,
  /** Elements that are reduced. */
  reduced: 2 ** 16,
  /** Elements that are computed one by one. */
  elements: 2 ** 14,
  /**
   * Unknowns of all systems that are solved by steps. A step is some twenty operations, so that the first solve, which includes compilation,
   * takes no longer than without, and later ones a hundredth of the time.
   */
  unknownsOfSteps: 2 ** 10,
  /** The same of solves by fast transforms and by multigrid: fewer and larger operations in larger programs, which have paid after some ten solves. */
  unknownsOfTransforms: 2 ** 12,
  unknownsOfMultigrid: 2 ** 14,
};

let share = 1;

/** Whether so much of a kind of work is handed on. */
export function isHeavy(kind: HeavyWork, amount: number): boolean {
  return amount >= share * LEAST_WORK[kind];
}

/** Runs `body` with all operations counted as heavy, however small: for tests. */
export function withAllHeavy<R>(body: () => R): R {
  share = 0;
  try {
    return body();
  } finally {
    share = 1;
  }
}
