/** @file Dimensions that come, go and change their names, as the compiler sees them. */
import { concat, expand, flip, gather, interpolate, padConstant, rename, roll, stack, sum, type Tensor } from '@tapeflow/tensor';
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
