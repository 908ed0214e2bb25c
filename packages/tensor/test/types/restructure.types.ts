/** @file Dimensions that come, go and change their names, as the compiler sees them. */
import { concat, expand, flip, gather, interpolate, iterate, pad, packDims, padConstant, rename, repeat, roll, spatial, split, squeeze, stack, sum, tile, unpackDim, unstack, type Scalar, type Tensor } from '@tapeflow/tensor';
import { expectType } from './same.ts';

declare const x: Tensor<'x'>;
declare const y: Tensor<'y'>;
declare const xy: Tensor<'x' | 'y'>;
declare const unknownNames: Tensor;

// Reductions name dimensions that are there.
// @ts-expect-error there is no dimension z
sum(xy, 'z');
// @ts-expect-error one of the names is missing
sum(xy, ['x', 'z']);
sum(unknownNames, 'z');

expectType<Tensor<'a' | 'y'>>()(rename(xy, 'x', 'a'));
// @ts-expect-error there is no dimension z
rename(xy, 'z', 'a');
// @ts-expect-error y exists
rename(xy, 'x', 'y');

expectType<Tensor<'x' | 'batch'>>()(expand(x, 'batch', 3));
// @ts-expect-error x exists
expand(x, 'x', 3);

expectType<Tensor<'x' | 'vector'>>()(stack({ x, y: x }, 'vector'));
expectType<Tensor<'x' | 'member'>>()(stack([x, x], 'member'));
// @ts-expect-error x exists
stack([x, x], 'x');

expectType<Tensor<'x'>>()(concat([x, x], 'x'));
// @ts-expect-error there is no dimension y
concat([x, x], 'y');

expectType<Tensor<'x' | 'y'>>()(flip(xy, 'x'));
expectType<Tensor<'x' | 'y'>>()(flip(xy, ['x', 'y']));
// @ts-expect-error there is no dimension z
flip(xy, 'z');

expectType<Tensor<'x' | 'y'>>()(roll(xy, 'y', 1));
// @ts-expect-error there is no dimension z
roll(xy, 'z', 1);

expectType<Tensor<'x' | 'y'>>()(padConstant(xy, { x: [1, 1] }, 2));
// @ts-expect-error there is no dimension z
padConstant(xy, { z: [1, 1] });

// Entries and ranges
// @ts-expect-error there is no dimension z
xy.at({ z: 0 });
// @ts-expect-error there is no dimension z
xy.slice({ z: [0, 1] });
// @ts-expect-error a range has two ends
xy.slice({ x: [0] });
// @ts-expect-error a position is a number or an item name
xy.at({ x: true });

// Positions
// @ts-expect-error there is no dimension z
gather(xy, { z: x });
expectType<Tensor<'x' | 'y'>>()(interpolate(x, { x: y.add(x) }));
// @ts-expect-error there is no dimension z
interpolate(xy, { z: x });

// Several dimensions as one, and back
expectType<Tensor<'cell'>>()(packDims(xy, ['y', 'x'], 'cell'));
expectType<Tensor<'y' | 'cell'>>()(packDims(xy, ['x'], 'cell'));
expectType<Tensor<'x'>>()(packDims(xy, ['y', 'x'], 'x'));
expectType<Tensor>()(packDims(xy, spatial, 'cell'));
expectType<Tensor>()(packDims(unknownNames, ['x'], 'cell'));
// @ts-expect-error there is no dimension z
packDims(xy, ['x', 'z'], 'cell');
// @ts-expect-error y exists
packDims(xy, ['x'], 'y');
expectType<Tensor<'y' | 'i' | 'j'>>()(unpackDim(xy, 'x', { i: 2, j: 3 }));
expectType<Tensor<'y' | 'x' | 'z'>>()(unpackDim(xy, 'x', { x: 2, z: spatial(3) }));
expectType<Scalar>()(unpackDim(x, 'x', {}));
// @ts-expect-error there is no dimension z
unpackDim(xy, 'z', { i: 2, j: 3 });
// @ts-expect-error y exists
unpackDim(xy, 'x', { y: 2, z: 3 });
expectType<Tensor<'y'>>()(squeeze(xy, 'x'));
expectType<Scalar>()(squeeze(xy, ['x', 'y']));
expectType<Tensor>()(squeeze(xy));
// @ts-expect-error there is no dimension z
squeeze(xy, 'z');

// Taking apart
expectType<Tensor<'y'>[]>()(unstack(xy, 'x'));
expectType<Scalar[]>()(unstack(x, 'x'));
expectType<Tensor<'x' | 'y'>[]>()(split(xy, 'x', [1, 2]));
// @ts-expect-error there is no dimension z
unstack(xy, 'z');
// @ts-expect-error there is no dimension z
split(xy, 'z', 2);

// Continuing and repeating
expectType<Tensor<'x' | 'y'>>()(pad(xy, { x: [1, 1] }, 'edge'));
expectType<Tensor<'x' | 'y'>>()(pad(xy, { x: [1, 1], y: [0, 1] }, { x: ['periodic', 2], y: 'symmetric' }));
// @ts-expect-error there is no dimension z
pad(xy, { z: [1, 1] }, 'edge');
// @ts-expect-error there is no such continuation
pad(xy, { x: [1, 1] }, 'wrap');
// @ts-expect-error x is padded, y is not
pad(xy, { x: [1, 1] }, { y: 'edge' });
// @ts-expect-error a value is a scalar
pad(xy, { x: [1, 1] }, x);
expectType<Tensor<'x' | 'y'>>()(tile(xy, { x: 2 }));
expectType<Tensor<'x' | 'y'>>()(repeat(xy, { x: 2, y: 3 }));
// @ts-expect-error there is no dimension z
tile(xy, { z: 2 });

// Iterating
expectType<Tensor<'x' | 'step'>>()(iterate((u: Tensor<'x'>) => u.mul(2), x, 3));
expectType<{ u: Tensor<'x' | 't'> }>()(iterate(({ u }: { u: Tensor<'x'> }) => ({ u: u.mul(2) }), { u: x }, 3, { along: 't' }));
// @ts-expect-error a step returns the state that it takes
iterate((u: Tensor<'x'>) => sum(u), x, 3);
