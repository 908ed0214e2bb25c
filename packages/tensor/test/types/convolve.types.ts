/** @file Convolutions as the compiler sees them: channels are replaced, spatial dimensions stay. */
import { convolve, convolveTransposed, type Tensor } from '@tapeflow/tensor';
import { expectType } from './same.ts';

declare const image: Tensor<'batch' | 'in' | 'y' | 'x'>;
declare const kernel: Tensor<'out' | 'in' | 'y' | 'x'>;
declare const line: Tensor<'x'>;
declare const unknownNames: Tensor;

expectType<Tensor<'batch' | 'out' | 'y' | 'x'>>()(convolve(image, kernel, ['y', 'x'], { contract: 'in' }));
expectType<Tensor<'batch' | 'in' | 'y' | 'x'>>()(convolve(image, line, 'x'));
expectType<Tensor<'batch' | 'in' | 'y' | 'x'>>()(convolve(image, line, 'x', { padding: 'same', stride: 2 }));
expectType<Tensor<'batch' | 'out' | 'x'>>()(convolve(image, kernel, 'x', { contract: ['in', 'y'] }));
expectType<Tensor<'batch' | 'in' | 'y' | 'x'>>()(convolveTransposed(convolve(image, kernel, ['y', 'x'], { contract: 'in' }), kernel, ['y', 'x'], { contract: 'out' }));
expectType<Tensor>()(convolve(unknownNames, kernel, 'x', { contract: 'in' }));

// Names do not depend on where the result goes.
((t: Tensor<'batch' | 'in' | 'y' | 'x'>) => t)(convolve(image, line, 'x'));

// @ts-expect-error the kernel has no dimension y
convolve(image, line, 'y');
// @ts-expect-error the image has no dimension out
convolve(image, kernel, ['y', 'x'], { contract: 'out' });
// @ts-expect-error nothing slides along in
convolve(image, kernel, ['y', 'x'], { contract: 'in', stride: { in: 2 } });
// @ts-expect-error padding is a number, a pair, or a word
convolve(image, line, 'x', { padding: 'periodic' });
