/**
 * @file Parts of the compiler that come with the operations they are for: modules that offer such operations demand them, so that a bundle in
 * which nobody multiplies matrices does not know how that is done. Without a part its operations are performed by JavaScript, also inside programs.
 */
import { lineLayout } from './kernels/lines/layout.ts';
import { convolution, convolutionInput, convolutionKernel } from './lower/convolution.ts';
import { matrixProduct } from './lower/dense.ts';
import { fourierTransform, realFourierTransform, realLineTransform } from './lower/lines.ts';
import { lineOrder, lineWalk } from './lower/walks.ts';
import { addRules } from './lower/operations.ts';
import { hasMultiplyAdd } from './wasm/features.ts';
import { addForm } from './wasm/fixed/forms.ts';
import { emitLineOrder } from './wasm/fixed/lines/order.ts';
import { emitLineTransform } from './wasm/fixed/lines/index.ts';
import { emitLineWalk } from './wasm/fixed/lines/walk.ts';
import { emitMatrixProduct } from './wasm/fixed/matrix-product.ts';
import { cutProduct } from './wasm/threads/product-chunks.ts';

/** Products of matrices are kernels. */
export function compileProducts(): void {
  addForm('matrixProduct', { emit: emitMatrixProduct, cut: cutProduct, canFuse: hasMultiplyAdd });
  addRules({ dot: matrixProduct });
}

/** Convolutions are products of matrices. */
export function compileConvolutions(): void {
  compileProducts();
  addRules({ conv: convolution, convInput: convolutionInput, convKernel: convolutionKernel });
}

/** Transforms of lines are kernels. */
export function compileTransforms(): void {
  addForm('lineTransform', { emit: emitLineTransform, scratchBytes: (kernel) => lineLayout(kernel).scratchBytes });
  addRules({ fourier: fourierTransform, realFourier: realFourierTransform, realFourierTransposed: realFourierTransform, realTransform: realLineTransform });
}

/** Running sums, recurrences and positions of extremes are kernels. */
export function compileWalks(): void {
  addForm('lineWalk', { emit: emitLineWalk });
  addRules({ argMax: lineWalk, argMin: lineWalk, cumulativeArgMax: lineWalk, cumulativeArgMin: lineWalk, cumulativeSum: lineWalk, linearRecurrence: lineWalk });
}

/** Orders of lines are kernels. */
export function compileOrders(): void {
  addForm('lineOrder', { emit: emitLineOrder });
  addRules({ argsort: lineOrder });
}
