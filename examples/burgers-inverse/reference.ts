/** @file The published state at t = 0.5 that the search shall hit, and the losses published with it. Source: `reference.json`. */

import { readFileSync } from 'node:fs';

interface Reference {
  readonly values: readonly number[];
  readonly losses: Readonly<Record<string, number>>;
}

const reference = JSON.parse(readFileSync(new URL('./reference.json', import.meta.url), 'utf8')) as Reference;

/** Published losses by the number of iterations done, to six digits. */
export const publishedLosses: readonly { readonly iteration: number; readonly loss: number }[] = Object.entries(reference.losses).map(([iteration, loss]) => ({
  iteration: Number(iteration),
  loss,
}));

/** The state at t = 0.5 on a number of cells that divides 128: averages over the published ones. */
export function referenceState(cells: number): number[] {
  const { values } = reference;
  const merged = values.length / cells;
  if (!Number.isInteger(merged)) throw new RangeError(`referenceState: ${cells} cells do not divide the ${values.length} of the reference.`);
  return Array.from({ length: cells }, (_, i) => values.slice(i * merged, (i + 1) * merged).reduce((sum, value) => sum + value / merged, 0));
}
