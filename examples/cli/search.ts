/** @file Minimising as most examples do: in one precision, with a progress bar, until done or Ctrl-C. */

import { minimizeAsync, type MinimizeOptions, type MinimizeResult, type Objective } from '@tapeflow/optim';
import { precision } from '@tapeflow/tensor';
import type { Context } from './example.ts';

/** How an example searches. */
export interface SearchOptions<X> {
  /** What the progress bar says. */
  readonly label: string;
  readonly method: MinimizeOptions<X>['method'];
  readonly iterations: number;
  readonly precision: 32 | 64;
}

/** Minimises from a start. A search that ends otherwise than by its iterations or Ctrl-C is told to the user. */
export async function search<X>(context: Context, f: Objective<X>, start: NoInfer<X>, options: SearchOptions<NoInfer<X>>): Promise<MinimizeResult<X>> {
  const { label, method, iterations } = options;
  const bar = context.progress(label, iterations);
  const found = await minimizeAsync<X>((x) => precision(options.precision, () => f(x)), start, {
    method,
    maxSteps: iterations,
    signal: context.signal,
    onStep: ({ step, value }) => bar.update(step, { loss: value }),
  }).finally(() => bar.finish());
  if (found.reason !== 'maxSteps' && found.reason !== 'aborted') context.log(found.describe());
  return found;
}

/** The loss at the start and after each iteration. */
export function lossesOf({ history }: Pick<MinimizeResult<unknown>, 'history'>): number[] {
  return history.map(({ value }) => value);
}
