/** @file Complex numbers and transforms as the compiler sees them: names are those of the samples. */
import { grad } from '@tapeflow/autodiff';
import { complex, dct, fft, fftFrequencies, idst, ifft, irfft, polar, rfft, rfftFrequencies, sum, type Complex, type Scalar, type Tensor } from '@tapeflow/tensor';
import { expectType } from './same.ts';

declare const x: Tensor<'x'>;
declare const y: Tensor<'y'>;
declare const xy: Tensor<'x' | 'y'>;
declare const s: Scalar;
declare const z: Complex<'x'>;
declare const w: Complex<'y'>;

expectType<Complex<'x'>>()(complex(x));
expectType<Complex<'x' | 'y'>>()(complex(x, y));
expectType<Complex<'x'>>()(polar(1, x));
expectType<Complex<'x'>>()(polar(s, x));
expectType<Complex<'x' | 'y'>>()(z.mul(w));
expectType<Complex<'x' | 'y'>>()(z.add(y));
expectType<Complex<'x'>>()(z.div(2).neg().conjugate().exp());
expectType<Tensor<'x'>>()(z.abs());
expectType<Tensor<'x'>>()(z.re);
expectType<Complex<'y'>>()(complex(xy).map((part) => sum(part, 'x') as Tensor<'y'>));

expectType<Complex<'x' | 'y'>>()(fft(xy, 'x'));
expectType<Complex<'x'>>()(ifft(z, 'x'));
expectType<Complex<'x' | 'y'>>()(rfft(xy, ['x', 'y']));
expectType<Tensor<'x'>>()(irfft(z, 'x', { size: 5 }));
expectType<Tensor<'x' | 'y'>>()(dct(xy, 'y', 4));
expectType<Tensor<'x'>>()(idst(x, 'x'));
expectType<Tensor<'x'>>()(fftFrequencies({ x: 4 }));
expectType<Tensor<'x'>>()(rfftFrequencies({ x: 4 }, 0.1));
expectType<Complex<'x'>>()(grad((u: Complex<'x'>) => sum(u.abs()))(z));

// @ts-expect-error there is no dimension y
fft(x, 'y');
// @ts-expect-error there is no dimension y
ifft(z, 'y');
// @ts-expect-error the samples must be real
rfft(z, 'x');
// @ts-expect-error there is no type 5
dct(x, 'x', 5);
// @ts-expect-error a complex number is no tensor
sum(z);
// A complex tensor with more dimensions may be given where fewer are wanted.
((t: Complex<'x'>) => t)(complex(xy));
// @ts-expect-error y lacks the dimension x
((t: Complex<'x'>) => t)(w);
