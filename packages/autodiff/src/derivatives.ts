/** @file grad, valueAndGrad, vjp, jvp: derivatives of functions over trees. */
import { NotScalarError, TreeError } from './errors.ts';
import { forwardLeaves } from './forward.ts';
import { matching } from './matching.ts';
import type { MaybeValue } from './primitive.ts';
import { flattenResult, leafFunction, refusePromise, withAt } from './result.ts';
import { recordLeaves, type Recording } from './reverse.ts';
import type { DifferentiableScalar, Widened } from './scalar-type.ts';
import { abstractOf, isDifferentiable, orZeros, spaceOf } from './spaces.ts';
import { flatten, TREE, type Flattened, type TreeNode, type TreeStructure } from './tree.ts';
import type { Value } from './value.ts';

/** The positions of the arguments of a function. */
type Position<Args extends readonly unknown[]> = number extends Args['length'] ? number : Exclude<Partial<Args>['length'], Required<Args>['length']>;

/** Which argument is differentiated (0: the first), or which ones. */
export type Wrt<Args extends readonly unknown[]> = Position<Args> | readonly Position<Args>[];

/** The gradient to the argument `K`, or the tuple of the gradients to the arguments in `K`. */
export type GradientsOf<Args extends readonly unknown[], K> = K extends number ? Args[K] : { [I in keyof K]: K[I] extends number ? Args[K[I]] : never };

interface Leaves {
  readonly flat: Flattened;
  /** Positions of the leaves that have derivatives. */
  readonly active: readonly number[];
}

function differentiableLeaves(operation: string, tree: unknown, path = ''): Leaves {
  const flat = flatten(tree, operation);
  const active = flat.leaves.flatMap((leaf, k) => (isDifferentiable(leaf) ? [k] : []));
  if (active.length === 0) {
    throw new TreeError(operation, path, 'no real-valued leaf to differentiate.', 'Give numbers or floating-point tensors, or choose another argument with { wrt }.');
  }
  return { flat, active };
}

/** A tree like `flat` with derivatives in the active leaves and zeros in the others. */
function withDerivatives({ flat, active }: Leaves, derivatives: readonly MaybeValue[]): unknown {
  const leaves = withAt<MaybeValue>(flat.leaves.map(() => undefined), active, derivatives);
  return flat.structure.unflatten(orZeros(leaves, flat.leaves));
}

function insert({ flat, active }: Leaves, values: readonly Value[]): unknown {
  return flat.structure.unflatten(withAt(flat.leaves, active, values));
}

interface TreeRecording {
  readonly leaves: Leaves;
  readonly recording: Recording;
  readonly output: TreeStructure;
}

function record(operation: string, f: (x: never) => unknown, leaves: Leaves): TreeRecording {
  const active = leaves.active.map((k) => leaves.flat.leaves[k]);
  const { call, structure } = leafFunction(operation, (xs) => f(insert(leaves, xs) as never));
  const recording = recordLeaves(call, active, active.map(spaceOf), operation);
  return { leaves, recording, output: structure() };
}

/** Refuses a result that is not one real number. A class that declares its leaves tells best what it is, such as its dimensions. */
function requireScalar(result: unknown, leaf: Value): void {
  const { space, type } = abstractOf(leaf);
  if (space.isScalar(type) && space.isDifferentiable(type)) return;
  throw new NotScalarError('grad', (result as Partial<TreeNode>)[TREE] === undefined ? space.describe(type) : String(result));
}

/** The cotangent 1 of a result. */
function seed(y: Value): Value {
  const { space, type } = abstractOf(y);
  return space.one(type);
}

/**
 * The function with value and gradient of a scalar function.
 *
 * The gradient is a tree like the argument; leaves without derivative (integers) get zeros, and strings, booleans and
 * functions in it are carried along. It is taken to the first argument; `wrt: 1` chooses another one, `wrt: [0, 2]` several,
 * whose gradients then come as a tuple. The other arguments are constants. With `aux: true` the function returns
 * `[scalar, aux]`, and `aux`, any tree, is passed out without derivative.
 *
 * Throws `NotScalarError` when the result is not one real number, `TreeError` when there is nothing to differentiate,
 * `AsyncFunctionError` when `f` returns a promise.
 */
export function valueAndGrad<X, Rest extends readonly unknown[], Y extends DifferentiableScalar>(
  f: (x: X, ...rest: Rest) => Y,
): (x: X, ...rest: Rest) => { value: Y; gradient: X };
export function valueAndGrad<X, Rest extends readonly unknown[], Y extends DifferentiableScalar, Aux>(
  f: (x: X, ...rest: Rest) => readonly [Y, Aux],
  options: { readonly aux: true; readonly wrt?: undefined },
): (x: X, ...rest: Rest) => { value: Y; aux: Aux; gradient: X };
export function valueAndGrad<Args extends readonly unknown[], Y extends DifferentiableScalar, const K extends Wrt<Args>>(
  f: (...args: Args) => Y,
  options: { readonly wrt: K; readonly aux?: false },
): (...args: Args) => { value: Y; gradient: GradientsOf<Args, K> };
export function valueAndGrad<Args extends readonly unknown[], Y extends DifferentiableScalar, Aux, const K extends Wrt<Args>>(
  f: (...args: Args) => readonly [Y, Aux],
  options: { readonly aux: true; readonly wrt: K },
): (...args: Args) => { value: Y; aux: Aux; gradient: GradientsOf<Args, K> };
export function valueAndGrad(f: (...args: never[]) => unknown, { wrt = 0, aux = false }: GradOptions = {}): (...args: unknown[]) => unknown {
  return (...args) => {
    const several = Array.isArray(wrt);
    const positions = argumentsIn(args, several ? wrt : [wrt]);
    const leaves = differentiableLeaves('grad', positions.map((position) => args[position]));
    const { recording, output } = record(
      'grad',
      (xs: readonly unknown[]) => {
        const result = refusePromise('grad', f(...(withAt(args, positions, xs) as never[])));
        const scalar = aux ? firstOfPair(result) : result;
        const { leaves: [leaf], structure: { size } } = flattenResult('grad', scalar);
        if (size !== 1) throw new NotScalarError('grad', `a tree with ${size} leaves${aux ? ' before aux' : ''}`);
        requireScalar(scalar, leaf);
        return result;
      },
      leaves,
    );
    const gradients = withDerivatives(leaves, recording.pull([seed(recording.ys[0])], true)) as unknown[];
    const gradient = several ? gradients : gradients[0];
    const result = output.unflatten(recording.ys);
    if (!aux) return { value: result, gradient };
    const [value, passedOut] = result as [unknown, unknown];
    return { value, aux: passedOut, gradient };
  };
}

interface GradOptions {
  readonly wrt?: unknown;
  readonly aux?: boolean;
}

/** The given positions, checked. */
function argumentsIn(args: readonly unknown[], positions: readonly unknown[]): readonly number[] {
  return positions.map((position, k) => {
    const path = `wrt ${String(position)}`;
    if (typeof position !== 'number' || !(position in args)) throw new TreeError('grad', path, `no such argument in a call with ${args.length}.`, 'wrt counts the arguments from 0.');
    if (positions.indexOf(position) < k) throw new TreeError('grad', path, 'an argument that is named twice.', 'Name every argument once.');
    differentiableLeaves('grad', args[position], `argument ${position}`);
    return position;
  });
}

function firstOfPair(result: unknown): unknown {
  if (Array.isArray(result) && result.length === 2) return result[0];
  throw new NotScalarError('grad', 'no pair [scalar, aux]');
}

/**
 * The gradient of a scalar function, as a function of the same arguments. Nests in any order: `grad(grad(f))`.
 *
 * To the first argument, unless `wrt` chooses another one or several; details and errors as for `valueAndGrad`.
 */
export function grad<X, Rest extends readonly unknown[]>(f: (x: X, ...rest: Rest) => DifferentiableScalar): (x: X, ...rest: Rest) => X;
export function grad<Args extends readonly unknown[], const K extends Wrt<Args>>(
  f: (...args: Args) => DifferentiableScalar,
  options: { readonly wrt: K },
): (...args: Args) => GradientsOf<Args, K>;
export function grad(f: (...args: never[]) => DifferentiableScalar, { wrt = 0 }: GradOptions = {}): (...args: unknown[]) => unknown {
  const both = valueAndGrad(f as (...args: readonly unknown[]) => DifferentiableScalar, { wrt: wrt as number });
  return (...args) => both(...args).gradient;
}

/**
 * Value of `f` at `x`, and the pullback yBar ↦ Jᵀ yBar from cotangents of the value to cotangents of `x` (reverse mode).
 * The pullback may be called many times. Throws `TreeError` when `yBar` is not like the value.
 */
export function vjp<X, Y>(f: (x: X) => Y, x: X): { value: Y; pullback: (yBar: Y) => Widened<X> } {
  const { leaves, recording, output } = record('vjp', f, differentiableLeaves('vjp', x));
  const types = recording.ys.map(abstractOf);
  return {
    value: output.unflatten(recording.ys) as Y,
    pullback: (yBar) => withDerivatives(leaves, recording.pull(matching('vjp', yBar, output, types))) as Widened<X>,
  };
}

/**
 * Value of `f` at `x`, and its derivative J dx in the direction `dx` (forward mode).
 * Throws `TreeError` when `dx` is not like `x`.
 */
export function jvp<X, Y>(f: (x: X) => Y, x: X, dx: X): { value: Y; tangent: Y } {
  const leaves = differentiableLeaves('jvp', x);
  const { flat, active } = leaves;
  const directions = matching('jvp', dx, flat.structure, flat.leaves.map(abstractOf));
  const xs = active.map((k) => flat.leaves[k]);
  const { call, structure } = leafFunction('jvp', (inner) => f(insert(leaves, inner) as X));
  const { ys, dys } = forwardLeaves(call, xs, active.map((k) => directions[k]), xs.map(spaceOf));
  return { value: structure().unflatten(ys) as Y, tangent: structure().unflatten(orZeros(dys, ys)) as Y };
}
