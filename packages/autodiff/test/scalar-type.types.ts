/** @file What the compiler refuses of grad and its relatives: each wrong line carries @ts-expect-error. */
import { customGradient, grad, hessian, hvp, jacobian, jvp, linearize, rollout, valueAndGrad, vjp, vmap } from '../src/index.ts';
import type { Box } from '../src/extend.ts';
import type { NumberList, Scalar } from '../src/scalar.ts';
import { mul } from '../src/scalar.ts';

/** Compiles where the types are the same. */
declare function same<A, B>(...equal: (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? [] : ['not the same']): void;

const wave = (x: Scalar, y: { a: Scalar; b: Scalar }, name: string): Scalar => mul(x, mul(y.a, name.length));
const pair = (x: Scalar): readonly [Scalar, string] => [x, 'aux'];

// The gradient is like the argument that it is taken to.
const first = grad(wave);
same<typeof first, (x: Scalar, y: { a: Scalar; b: Scalar }, name: string) => Scalar>();
const second = grad(wave, { wrt: 1 });
same<ReturnType<typeof second>, { a: Scalar; b: Scalar }>();
const both = grad(wave, { wrt: [1, 0] });
same<ReturnType<typeof both>, readonly [{ a: Scalar; b: Scalar }, Scalar]>();
const valued = valueAndGrad(wave, { wrt: 1 });
same<ReturnType<typeof valued>, { value: Scalar; gradient: { a: Scalar; b: Scalar } }>();
const helped = valueAndGrad(pair, { aux: true });
same<ReturnType<typeof helped>, { value: Scalar; aux: string; gradient: Scalar }>();

// A result that is no scalar.
// @ts-expect-error -- an array
grad((x: Scalar) => [x]);
// @ts-expect-error -- a record
valueAndGrad((x: Scalar) => ({ x }));
// @ts-expect-error -- a text
grad((x: Scalar) => `${String(x)}`);
// @ts-expect-error -- a promise
grad(async (x: Scalar) => x);
// @ts-expect-error -- a pair without saying so
valueAndGrad(pair);
// @ts-expect-error -- no pair
valueAndGrad((x: Scalar) => x, { aux: true });
// @ts-expect-error -- an array
hessian((x: readonly Scalar[]) => x);
// @ts-expect-error -- an array
hvp((x: readonly Scalar[]) => x, [1], [1]);

// Arguments that do not exist.
// @ts-expect-error -- there are three
grad(wave, { wrt: 3 });
// @ts-expect-error -- a name
grad(wave, { wrt: 'x' });
// @ts-expect-error -- one of two
grad(wave, { wrt: [0, 3] });
// @ts-expect-error -- below 0
grad(wave, { wrt: -1 });
// A position that is known at run time only, or of a function of any number of arguments, is checked there.
grad((...xs: Scalar[]) => xs[0]!, { wrt: 7 });
grad((x: Scalar, y?: Scalar) => mul(x, y ?? 1), { wrt: 1 });

// Arguments of the wrong kind.
// @ts-expect-error -- a text for a number
first('text', { a: 1, b: 2 }, 'name');
// @ts-expect-error -- an entry is missing
first(1, { a: 1 }, 'name');

// Derivatives are like values; a literal stands for any number.
vjp((x: Scalar) => x, 2).pullback(0.5);
linearize((x: Scalar) => x, 2).pushforward(0.5);
jvp((x: Scalar) => x, 2, 0.5);
// @ts-expect-error -- a record for a number
vjp((x: Scalar) => x, 2).pullback({ x: 1 });
// @ts-expect-error -- an entry is missing
jvp((s: { a: Scalar; b: Scalar }) => s.a, { a: 1, b: 2 }, { a: 1 });

const rows = jacobian(({ x }: { x: Scalar }) => [x, { y: x }] as const)({ x: 1 });
same<(typeof rows)[1]['y'], { x: Scalar }>();

// Rules and steps.
// @ts-expect-error -- a bare cotangent instead of a tuple
customGradient((x: Scalar) => ({ value: x, pullback: (bar: Scalar) => bar }));
// @ts-expect-error -- another state than the one taken
rollout((x: Scalar) => [x], 1, 3);
// @ts-expect-error -- a control of another type
rollout((x: Scalar, c: { push: Scalar }) => mul(x, c.push), 1 as Scalar, [1, 2]);

// Many results together: lists for numbers, also inside trees.
const members = vmap((x: Scalar) => ({ x, parts: [x, 'text'] as const }));
same<ReturnType<typeof members>, { x: NumberList | Box; parts: readonly [NumberList | Box, 'text'] }>();
