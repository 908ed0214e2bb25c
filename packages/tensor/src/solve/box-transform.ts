/** @file Uniform operators on boxes inverted by fast transforms: products of waves along the axes are their eigenvectors. */
import { stopGradient } from '@tapeflow/autodiff';
import type { Value } from '@tapeflow/autodiff/extend';
import { isFloat, type DType } from '../array/dtype.ts';
import { arrayTypeOf, pad, sliceAxis } from '../array/ndarray.ts';
import { DTypeError } from '../errors.ts';
import { add, mul } from '../named/arithmetic.ts';
import { positionOf, type Dim } from '../named/dims.ts';
import { wrap, type Tensor } from '../named/tensor.ts';
import { realTransform, type RealTransform } from '../primitives/fourier.ts';
import { reverse } from '../primitives/structure.ts';
import type { BoxDescription, FullAxis } from './box.ts';
import { along } from './box-level.ts';
import { reciprocal } from './reciprocal.ts';

/** The waves that fit an axis of n cells. Wave k at cell j is `kind` at (j, k), or at (j, 2k + 1) of a transform of length 2n + 1. */
interface Waves {
  readonly kind: RealTransform;
  readonly inverse: RealTransform;
  /** Whether the transform is one of length 2n + 1, in which every second wave fits. */
  readonly longer: boolean;
  /** Whether cells are counted from the upper end. */
  readonly flipped: boolean;
  /** Phase from one cell to the next. */
  readonly phase: (k: number) => number;
  /** Sum of squares over the cells. */
  readonly square: (k: number) => number;
}

/** Waves for each pair of sides [Strang1999], [Martucci1994]. */
function wavesOf({ lower, upper }: FullAxis, n: number): Waves {
  const uniform = { longer: false, flipped: false, square: () => n / 2 };
  const long = { longer: true, square: () => (2 * n + 1) / 4 };
  switch (`${lower}-${upper}`) {
    case 'periodic-periodic':
      return { ...uniform, kind: 'hartley', inverse: 'hartley', phase: (k) => (2 * Math.PI * k) / n, square: () => n };
    case 'neumann-neumann':
      return { ...uniform, kind: 'cosine2', inverse: 'cosine3', phase: (k) => (Math.PI * k) / n, square: (k) => (k === 0 ? n : n / 2) };
    case 'dirichlet-dirichlet':
      return { ...uniform, kind: 'sine2', inverse: 'sine3', phase: (k) => (Math.PI * (k + 1)) / n, square: (k) => (k === n - 1 ? n : n / 2) };
    case 'neumann-dirichlet':
      return { ...uniform, kind: 'cosine4', inverse: 'cosine4', phase: (k) => (Math.PI * (k + 0.5)) / n };
    case 'dirichlet-neumann':
      return { ...uniform, kind: 'sine4', inverse: 'sine4', phase: (k) => (Math.PI * (k + 0.5)) / n };
    case 'ghost-ghost':
      return { ...uniform, kind: 'sine1', inverse: 'sine1', phase: (k) => (Math.PI * (k + 1)) / (n + 1), square: () => (n + 1) / 2 };
    case 'neumann-ghost':
    case 'ghost-neumann':
      return { ...long, kind: 'cosine2', inverse: 'cosine3', flipped: lower === 'ghost', phase: (k) => (Math.PI * (k + 0.5)) / (n + 0.5) };
    default: // dirichlet-ghost, ghost-dirichlet
      return { ...long, kind: 'sine2', inverse: 'sine3', flipped: lower === 'ghost', phase: (k) => (Math.PI * (k + 1)) / (n + 0.5) };
  }
}

const at = (rank: number, axis: number, value: number): number[] => Array.from({ length: rank }, (_, k) => (k === axis ? value : 0));

/** Amplitudes of the waves along an axis, times the sum of their squares. */
function analysed(x: Value, axis: number, { kind, longer, flipped }: Waves): Value {
  const { shape: { length: rank, [axis]: n } } = arrayTypeOf(x);
  const own = flipped ? reverse(x, [axis]) : x;
  if (!longer) return realTransform(own, { axis, kind });
  return sliceAxis(realTransform(pad(own, at(rank, axis, 0), at(rank, axis, n! + 1)), { axis, kind }), axis, 1, n!, 2);
}

/** The transpose: a sum of waves. */
function synthesised(y: Value, axis: number, { inverse, longer, flipped }: Waves): Value {
  const { shape: { length: rank, [axis]: n } } = arrayTypeOf(y);
  const sum = longer ? sliceAxis(realTransform(pad(y, at(rank, axis, 1), at(rank, axis, 1), at(rank, axis, 1)), { axis, kind: inverse }), axis, 0, n!, 1) : realTransform(y, { axis, kind: inverse });
  return flipped ? reverse(sum, [axis]) : sum;
}

/** Σ τ λ + σ per product of waves, as far as it is known in numbers: the λ, and 1 / the sums of squares. */
function spectrum({ axes }: BoxDescription, dims: readonly Dim[], waves: readonly Waves[], dtype: DType): { eigenvalues: Tensor; inverseSquares: Tensor } {
  const lines = axes.map(({ name, width }, k) => {
    const dim = dims[positionOf('boxOperator', dims, name)]!;
    const { phase, square } = waves[k]!;
    const numbers = Array.from({ length: dim.size }, (_, j) => j);
    return {
      // 2 − 2 cos φ without cancellation.
      eigenvalues: along(dim, numbers.map((j) => (2 * Math.sin(phase(j) / 2)) ** 2 / width ** 2), dtype),
      inverseSquares: along(dim, numbers.map((j) => 1 / square(j)), dtype),
    };
  });
  return { eigenvalues: lines.map(({ eigenvalues }) => eigenvalues).reduce((a, b) => add(a, b)), inverseSquares: lines.map((line) => line.inverseSquares).reduce((a, b) => mul(a, b)) };
}

/**
 * b ↦ x with A x = b for a uniform operator: analysis into waves, division by eigenvalues, synthesis. Waves whose eigenvalue is 0
 * are left out. Symmetric to rounding.
 */
export function inverseByTransforms(box: BoxDescription, { dims, dtype }: Pick<Tensor, 'dims' | 'dtype'>): (b: Tensor) => Tensor {
  if (!isFloat(dtype)) throw new DTypeError('solveLinear', [dtype], 'the right-hand side is not real.', "Convert it with convert(b, 'float').");
  const waves = box.axes.map((axis) => wavesOf(axis, dims[positionOf('boxOperator', dims, axis.name)]!.size));
  const { eigenvalues, inverseSquares } = spectrum(box, dims, waves, dtype);
  const [shift, scale] = [box.shift, box.scale].map((factor) => (typeof factor === 'number' ? factor : stopGradient(factor)));
  const weights = reciprocal(eigenvalues.mul(scale!).add(shift!)).mul(inverseSquares);
  return (b) => {
    const axes = box.axes.map(({ name }) => positionOf('boxOperator', b.dims, name));
    const amplitudes = axes.reduce((x, axis, k) => analysed(x, axis, waves[k]!), b.value);
    const divided = mul(wrap({ value: amplitudes, dims: b.dims }), weights);
    return wrap({ value: axes.reduce((x, axis, k) => synthesised(x, axis, waves[k]!), divided.value), dims: divided.dims });
  };
}
