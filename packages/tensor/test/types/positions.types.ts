/** @file Sorting, taking, scattering and counting, as the compiler sees them. */
import { argsort, gather, histogram, less, scatter, sort, spatial, take, takeMask, type Scalar, type Tensor } from '@tapeflow/tensor';
import { expectType } from './same.ts';

declare const x: Tensor<'x'>;
declare const xy: Tensor<'x' | 'y'>;
declare const unknownNames: Tensor;
declare const particles: Tensor<'p'>;
declare const isOut: Tensor<'p'>;
declare const s: Scalar;

expectType<Tensor<'x' | 'y'>>()(sort(xy, 'x', { descending: true }));
expectType<Tensor<'x' | 'y'>>()(argsort(xy, 'y'));
expectType<Tensor<'x'>>()(gather(x, { x: argsort(x, 'x') }));
// @ts-expect-error there is no dimension z
sort(xy, 'z');
// @ts-expect-error a list is sorted along one dimension
argsort(xy, ['x', 'y']);

expectType<Tensor<'x' | 'y'>>()(take(xy, { x: [0, 'name'] }));
// @ts-expect-error there is no dimension z
take(xy, { z: [0] });
// @ts-expect-error entries are a list; at() takes one and drops the dimension
take(xy, { x: 0 });

expectType<Tensor<'x' | 'y'>>()(takeMask(xy, 'x', less(x, 0)));
// @ts-expect-error the mask is along another dimension
takeMask(xy, 'x', isOut);
// @ts-expect-error there is no dimension z
takeMask(xy, 'z', unknownNames);

expectType<Tensor<'x' | 'y'>>()(scatter(xy, { x: particles, y: particles }, particles, { mode: 'max' }));
expectType<Tensor<'x' | 'y'>>()(scatter(xy, { x: s }, 1));
// @ts-expect-error there is no dimension z
scatter(xy, { z: particles }, 1);
// @ts-expect-error there is no such mode
scatter(xy, { x: particles }, 1, { mode: 'update' });

expectType<Tensor<'bin'>>()(histogram(xy, 10).counts);
expectType<Tensor<'y' | 'bin'>>()(histogram(xy, 10, 'x', { low: 0, high: s, weights: x }).counts);
expectType<Tensor>()(histogram(xy, 10, spatial).counts);
expectType<Tensor<'edge'>>()(histogram(xy, 10, 'x').edges);
// @ts-expect-error there is no dimension z
histogram(xy, 10, 'z');
