/** @file The search for the forces: Adam on the gradient through the whole simulation; its state as plain arrays. */

import { valueAndGrad } from '@tapeflow/autodiff';
import { adam, minimizeAsync, type MinimizeResult, type MinimizeState, type StepReport } from '@tapeflow/optim';
import { instance, jit, precision, tensor, type DimOf } from '@tapeflow/tensor';
import type { StaggeredField } from '@tapeflow/pde';
import { lossOf, noForces, STEP, type Problem } from './simulation.ts';
import type { State } from './state.ts';

/** Memory of Adam's mean squared gradient. Shorter than its usual 0.999: within 120 iterations the gradient falls a hundredfold. */
const SQUARE_MEMORY = 0.99;

/** Settings of a search. */
export interface SearchOptions {
  readonly steps: number;
  readonly iterations: number;
  readonly rate: number;
  readonly precision: 32 | 64;
  /** `wasm`: as a compiled program; `js`: operation by operation. */
  readonly backend: 'js' | 'wasm';
  readonly signal: AbortSignal;
  readonly onStep: (report: StepReport<StaggeredField>) => void;
}

/** Where a search stands. */
export interface SearchState {
  readonly forces: StaggeredField;
  readonly state: MinimizeState<StaggeredField>;
}

/** Looks for the forces, from none or from where an earlier search stopped. */
export function search(problem: Problem, options: SearchOptions, before?: SearchState): Promise<MinimizeResult<StaggeredField>> {
  const inPrecision = <T>(f: () => T): T => precision(options.precision, f);
  const eager = valueAndGrad((forces: StaggeredField) => lossOf(problem, forces));
  // Adam is done with a gradient before it asks for the next.
  const gradient = options.backend === 'js' ? eager : jit(eager, { results: 'lent' });
  const start = before?.forces ?? inPrecision(() => noForces(problem, options.steps));
  return minimizeAsync((forces: StaggeredField) => inPrecision(() => gradient(forces)), start, {
    method: adam({ rate: options.rate, beta2: SQUARE_MEMORY }),
    maxSteps: options.iterations,
    signal: options.signal,
    onStep: options.onStep,
    ...(before === undefined ? {} : { resume: before.state }),
  });
}

type Arrays = State['arrays'];

/** Forces and moments as the arrays of a state file. */
export function arraysOf({ forces, state }: SearchState): Arrays {
  const fields = { forces, ...state.memory.moments };
  return Object.fromEntries(Object.entries(fields).flatMap(([name, field]) => Object.entries(field.components).map(([axis, values]) => [`${name}.${axis}`, values.data as Float32Array])));
}

/** The search that `arraysOf` wrote out after so many iterations. */
export function searchFrom(problem: Problem, steps: number, iteration: number, arrays: Arrays): SearchState {
  const field = (name: string): StaggeredField =>
    problem.start.velocity.mapSamples((values, _layout, axis) => {
      const shape: Record<string, DimOf> = { [STEP]: instance(steps), ...Object.fromEntries(values.dims.map(({ name: own, type, size }) => [own, { type, extent: size }])) };
      return tensor(shape, arrays[`${name}.${axis}`]!, { dtype: arrays[`${name}.${axis}`] instanceof Float64Array ? 'f64' : 'f32' });
    });
  const moments = { mean: field('mean'), square: field('square') };
  const state = { method: 'adam', steps: iteration, evaluations: iteration + 1, memory: { step: iteration, moments } };
  return { forces: field('forces'), state };
}
