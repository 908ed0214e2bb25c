/** @file Contractions as the compiler sees them: what is summed is gone, what is not shared is combined. */
import { contract, dot, outer, type Scalar, type Tensor } from '@tapeflow/tensor';
import { expectType } from './same.ts';

declare const x: Tensor<'x'>;
declare const xy: Tensor<'x' | 'y'>;
declare const yz: Tensor<'y' | 'z'>;
declare const matrix: Tensor<'i' | '~x'>;
declare const square: Tensor<'x' | '~x'>;
declare const unknownNames: Tensor;

expectType<Tensor<'x' | 'z'>>()(dot(xy, yz, 'y'));
expectType<Tensor<'y'>>()(dot(x, xy, ['x']));
expectType<Scalar>()(dot(xy, xy, ['x', 'y']));
// @ts-expect-error z has no dimension x
dot(xy, yz, 'x');
// @ts-expect-error one of the names is missing
dot(xy, yz, ['y', 'z']);

// Pairs
expectType<Tensor<'y' | 'z'>>()(dot(xy, yz, { x: 'y' }));
expectType<Scalar>()(dot(x, yz.at({ z: 0 }), { x: 'y' }));
// @ts-expect-error the first tensor has no dimension z
dot(xy, yz, { z: 'y' });
// @ts-expect-error the second tensor has no dimension x
dot(xy, yz, { y: 'x' });

// Matrices
expectType<Tensor<'i'>>()(dot(matrix, x));
expectType<Tensor<'i' | 'y'>>()(dot(matrix, xy));
expectType<Tensor<'x'>>()(dot(square, x));
expectType<Tensor>()(dot(unknownNames, x));

// Several
expectType<Tensor<'x' | 'z'>>()(contract([xy, yz], 'y'));
expectType<Scalar>()(contract([x, xy, yz], ['x', 'y', 'z']));
expectType<Tensor>()(contract([unknownNames, x], 'x'));
// @ts-expect-error none has a dimension w
contract([xy, yz], 'w');

expectType<Tensor<'x' | '~x'>>()(outer(x, x, 'x'));
expectType<Tensor<'x' | 'y' | '~y' | '~z'>>()(outer(xy, yz, ['y', 'z']));
// @ts-expect-error the second tensor has no dimension z
outer(x, xy, 'z');
