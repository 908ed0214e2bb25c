/** @file stopGradient: a value without its derivative. */
import { applyOne } from './level.ts';
import { discrete, type Primitive } from './primitive.ts';
import type { VectorSpace } from './space.ts';
import { spaceOf } from './spaces.ts';
import { mapTree } from './tree.ts';

/** The operation of `stopGradient`; its parameter is the vector space. */
export const stopGradientPrimitive: Primitive = /* @__PURE__ */ discrete({
  name: 'stopGradient',
  composite: true,
  evaluate: (inputs) => inputs,
  abstract: (inputs) => inputs,
  outputSpace: (params) => params as VectorSpace,
  // Applied once more below: the members may be differentiated as well.
  batch: (inputs, _batched, space) => ({ outputs: [applyOne(stopGradientPrimitive, inputs, space)], batched: [true] }),
});

/** The same tree, whose leaves count as constants in every derivative. */
export function stopGradient<T>(tree: T): T {
  return mapTree((leaf) => applyOne(stopGradientPrimitive, [leaf], spaceOf(leaf)), tree);
}
