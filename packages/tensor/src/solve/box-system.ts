/** @file What a solve on a box needs beside the operator: what (nearly) undoes it, and what is known of it. */
import { batch, type Dim } from '../named/dims.ts';
import { rename } from '../named/restructure.ts';
import { Tensor } from '../named/tensor.ts';
import { boxOf, mapsConstantsToZero } from './box.ts';
import { inverseByTransforms } from './box-transform.ts';
import type { SolveMethod } from './choose.ts';
import { multigridCycle } from './multigrid.ts';
import type { SolverOptions } from './solver.ts';

/** Undefined for methods that do not look into the operator. */
export function boxPreconditioner(method: SolveMethod, operator: unknown, like: Tensor): ((b: Tensor) => Tensor) | undefined {
  const box = boxOf(operator);
  if (box === undefined) return undefined;
  return method === 'transform' ? inverseByTransforms(box, like) : method === 'multigrid' ? multigridCycle(box, like) : undefined;
}

/** What the solver need not find out. */
export function knownOf(operator: unknown): Pick<SolverOptions, 'mapsConstantsToZero' | 'masked' | 'symmetric'> | undefined {
  const box = boxOf(operator);
  if (box === undefined) return undefined;
  const known = mapsConstantsToZero(box);
  return { ...(known !== undefined && { mapsConstantsToZero: known }), masked: box.open !== undefined, symmetric: true };
}

/** Dimensions that are no axes of the box are independent systems, as batch dimensions are: there and back. */
export function systemsSideBySide(operator: unknown, like: Tensor | undefined): { readonly asBatch: <T>(t: T) => T; readonly asGiven: <T>(t: T) => T } {
  const box = boxOf(operator);
  const others = box === undefined || like === undefined ? [] : like.dims.filter(({ name, type }) => type !== 'batch' && !box.axes.some((axis) => axis.name === name));
  const retyped = (type: (dim: Dim) => Dim['type']) => <T>(t: T): T => (t instanceof Tensor ? (others.reduce((u: Tensor, dim) => rename(u, dim.name, dim.name, () => ({ type: type(dim) })), t) as T) : t);
  return { asBatch: retyped(() => batch(0).type), asGiven: retyped(({ type }) => type) };
}
