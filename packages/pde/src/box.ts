/** @file The boxes on which solvers know what to do: the samples of a layout with sides that have a name. */
import type { BoxAxis } from '@tapeflow/tensor';
import type { Layout } from './layout.ts';

/** The axes of a layout for `boxOperator`; undefined where a boundary is none of those it knows. */
export function boxAxes(layout: Layout): Readonly<Record<string, BoxAxis>> | undefined {
  const axes: Record<string, BoxAxis> = {};
  for (const { axis: { name, width }, position, lower, upper } of layout) {
    const [below, above] = [lower.boxSide(position), upper.boxSide(position)];
    if (below === undefined || above === undefined) return undefined;
    axes[name] = { width, sides: [below, above] };
  }
  return axes;
}
