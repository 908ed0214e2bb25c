/** @file Dense linear algebra as the compiler sees it: what was a column is a row of the solution. */
import { cholesky, determinant, inverse, logDeterminant, solveDense, type Scalar, type Tensor } from '@tapeflow/tensor';
import { expectType } from './same.ts';

declare const square: Tensor<'x' | '~x'>;
declare const many: Tensor<'s' | 'x' | '~x'>;
declare const turned: Tensor<'i' | '~j'>;
declare const plain: Tensor<'i' | 'j'>;
declare const x: Tensor<'x'>;
declare const xc: Tensor<'x' | 'c'>;
declare const i: Tensor<'i'>;
declare const unknownNames: Tensor;

expectType<Tensor<'x'>>()(solveDense(square, x));
expectType<Tensor<'x' | 'c' | 's'>>()(solveDense(many, xc));
expectType<Tensor<'j'>>()(solveDense(turned, i, { rows: 'i', columns: '~j' }));
expectType<Tensor<'j'>>()(solveDense(plain, i, { rows: 'i', columns: 'j' }));
expectType<Tensor<'i' | 'x'>>()(solveDense(turned, x, { rows: 'i', columns: '~j', transposed: true }));
// @ts-expect-error there is no dimension k
solveDense(turned, i, { rows: 'k', columns: '~j' });

expectType<Tensor<'x' | '~x'>>()(cholesky(square));
expectType<Tensor<'j' | '~i'>>()(inverse(turned, { rows: 'i', columns: '~j' }));
expectType<Tensor<'i' | 'j'>>()(inverse(plain, { rows: 'i', columns: 'j' }));
expectType<Scalar>()(determinant(square));
expectType<Tensor<'s'>>()(determinant(many));
expectType<Scalar>()(determinant(plain, { rows: 'i', columns: 'j' }));
expectType<Scalar>()(logDeterminant(square).logarithm);
expectType<Tensor>()(determinant(unknownNames));
