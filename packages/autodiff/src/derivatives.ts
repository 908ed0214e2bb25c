/** @file grad, valueAndGrad, vjp, jvp, linearize: derivatives of functions over trees. */
import { NotScalarError, TreeError } from './errors.ts';
import { forwardLeaves } from './forward.ts';
import type { MaybeValue } from './primitive.ts';
import { refusePromise } from './promise.ts';
import { recordLeaves, type Recording } from './reverse.ts';
import type { DifferentiableScalar } from './scalar-type.ts';
import { abstractOf, spaceOf } from './spaces.ts';
import { flatten, type Flattened, type TreeStructure } from './tree.ts';
import { typeIn, type Value } from './value.ts';

/** Which argument (0: the first) is differentiated. */
export interface GradOptions {
  readonly wrt?: number;
}

interface Leaves {
  readonly flat: Flattened;
  /** Positions of the leaves that have derivatives. */
  readonly active: readonly number[];
}

function differentiableLeaves(operation: string, tree: unknown): Leaves {
  const flat = flatten(tree, operation);
  const active = flat.leaves.flatMap((leaf, k) => {
    const { space, type } = abstractOf(leaf);
    return space.isDifferentiable(type) ? [k] : [];
  });
  if (active.length === 0) {
    throw new TreeError(operation, '', 'the argument has no real-valued leaf to differentiate.', 'Give numbers or floating-point tensors, or choose another argument with { wrt }.');
  }
  return { flat, active };
}

/** A tree like `flat` with cotangents in the active leaves and zeros in the others. */
function withDerivatives({ flat, active }: Leaves, derivatives: readonly MaybeValue[]): unknown {
  const leaves = flat.leaves.map((leaf): Value => {
    const { space, type } = abstractOf(leaf);
    return space.zeros(type);
  });
  active.forEach((position, k) => {
    if (derivatives[k] !== undefined) leaves[position] = derivatives[k];
  });
  return flat.structure.unflatten(leaves);
}

function insert(flat: Flattened, active: readonly number[], values: readonly Value[]): unknown {
  const leaves = flat.leaves.slice();
  active.forEach((position, k) => {
    leaves[position] = values[k];
  });
  return flat.structure.unflatten(leaves);
}

interface TreeRecording {
  readonly leaves: Leaves;
  readonly recording: Recording;
  readonly output: TreeStructure;
}

function record(operation: string, f: (x: never) => unknown, x: unknown): TreeRecording {
  const leaves = differentiableLeaves(operation, x);
  const { flat, active } = leaves;
  let output: TreeStructure | undefined;
  const recording = recordLeaves(
    (xs) => {
      const y = f(insert(flat, active, xs) as never);
      refusePromise(operation, y);
      const flatY = flatten(y, operation);
      output = flatY.structure;
      return flatY.leaves;
    },
    active.map((k) => flat.leaves[k]),
    active.map((k) => spaceOf(flat.leaves[k])),
    operation,
  );
  return { leaves, recording, output: output! };
}

function seed(operation: string, recording: Recording, position = 0): Value {
  const y = recording.ys[position];
  const { space, type } = abstractOf(y);
  if (!space.isScalar(type) || !space.isDifferentiable(type)) throw new NotScalarError(operation, space.describe(type));
  return space.one(type);
}

/** Value and gradient of a scalar function, to its first argument unless `wrt` says otherwise. */
export function valueAndGrad<X, Rest extends readonly unknown[], Y extends DifferentiableScalar>(
  f: (x: X, ...rest: Rest) => Y,
): (x: X, ...rest: Rest) => { value: Y; gradient: X };
export function valueAndGrad<Args extends readonly unknown[], Y extends DifferentiableScalar, const K extends number>(
  f: (...args: Args) => Y,
  options: { readonly wrt: K },
): (...args: Args) => { value: Y; gradient: Args[K] };
export function valueAndGrad(f: (...args: never[]) => unknown, { wrt = 0 }: GradOptions = {}): (...args: unknown[]) => { value: unknown; gradient: unknown } {
  return (...args) => {
    const { leaves, recording, output } = record('grad', (x) => f(...(replaceAt(args, wrt, x) as never[])), args[wrt]);
    if (output.size !== 1) throw new NotScalarError('grad', `a tree with ${output.size} leaves`);
    const gradients = recording.pull([seed('grad', recording)], true);
    return { value: output.unflatten(recording.ys), gradient: withDerivatives(leaves, gradients) };
  };
}

/** Like `valueAndGrad` for a function that returns `[scalar, aux]`; `aux` is passed out without derivative. */
export function valueAuxAndGrad<X, Rest extends readonly unknown[], Y extends DifferentiableScalar, Aux>(
  f: (x: X, ...rest: Rest) => readonly [Y, Aux],
): (x: X, ...rest: Rest) => { value: Y; aux: Aux; gradient: X } {
  return (x, ...rest) => {
    const { leaves, recording, output } = record('grad', (inner: X) => f(inner, ...rest), x);
    const gradients = recording.pull([seed('grad', recording)], true);
    const [value, aux] = output.unflatten(recording.ys) as [Y, Aux];
    return { value, aux, gradient: withDerivatives(leaves, gradients) as X };
  };
}

/** Gradient of a scalar function, to its first argument unless `wrt` says otherwise. */
export function grad<X, Rest extends readonly unknown[]>(f: (x: X, ...rest: Rest) => DifferentiableScalar): (x: X, ...rest: Rest) => X;
export function grad<Args extends readonly unknown[], const K extends number>(
  f: (...args: Args) => DifferentiableScalar,
  options: { readonly wrt: K },
): (...args: Args) => Args[K];
export function grad(f: (...args: never[]) => DifferentiableScalar, { wrt = 0 }: GradOptions = {}): (...args: unknown[]) => unknown {
  const both = valueAndGrad(f as (...args: readonly unknown[]) => DifferentiableScalar, { wrt });
  return (...args) => both(...args).gradient;
}

function replaceAt(args: readonly unknown[], position: number, value: unknown): unknown[] {
  const copy = args.slice();
  copy[position] = value;
  return copy;
}

/** Value of `f` at `x` and the pullback: a cotangent of the value to the cotangent of `x`. The pullback may be called many times. */
export function vjp<X, Y>(f: (x: X) => Y, x: X): { value: Y; pullback: (yBar: Y) => X } {
  const { leaves, recording, output } = record('vjp', f, x);
  return {
    value: output.unflatten(recording.ys) as Y,
    pullback(yBar) {
      const flat = matching('vjp', yBar, output);
      return withDerivatives(leaves, recording.pull(flat)) as X;
    },
  };
}

/** Value of `f` at `x` and its derivative in the direction `dx`. */
export function jvp<X, Y>(f: (x: X) => Y, x: X, dx: X): { value: Y; tangent: Y } {
  const { flat, active } = differentiableLeaves('jvp', x);
  const directions = matching('jvp', dx, flat.structure);
  let output: TreeStructure | undefined;
  const { ys, dys } = forwardLeaves(
    (xs) => {
      const y = f(insert(flat, active, xs) as X);
      refusePromise('jvp', y);
      const flatY = flatten(y, 'jvp');
      output = flatY.structure;
      return flatY.leaves;
    },
    active.map((k) => flat.leaves[k]),
    active.map((k) => directions[k]),
    active.map((k) => spaceOf(flat.leaves[k])),
  );
  const tangents = dys.map((dy, k) => dy ?? zerosLike(ys[k]));
  return { value: output!.unflatten(ys) as Y, tangent: output!.unflatten(tangents) as Y };
}

function zerosLike(value: Value): Value {
  const { space, type } = abstractOf(value);
  return space.zeros(type);
}

function matching(operation: string, tree: unknown, structure: TreeStructure): Value[] {
  const flat = flatten(tree, operation);
  if (flat.structure.key !== structure.key) {
    throw new TreeError(operation, '', `a tree of structure ${flat.structure.key} where ${structure.key} was expected.`, 'Give a tree like the value that it belongs to.');
  }
  return flat.leaves;
}

/** Value of a leaf of a tree as a vector of the same space, checked. */
export function sameTypes(a: Value, b: Value): boolean {
  const x = abstractOf(a);
  return x.space === spaceOf(b) && x.space.sameType(x.type, typeIn(x.space, b));
}
