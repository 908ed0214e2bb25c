/** @file Functions with known minima, for the tests of several files. */
import { type Scalar, sub, mul, square, sum, type Tensor } from '@tapeflow/tensor';

/** Σ 100 (x_{i+1} − x_i²)² + (1 − x_i)², 0 at x = 1. */
export function rosenbrock(x: Tensor<'i'>): Scalar {
  const n = x.sizes['i']!;
  const low = x.slice({ i: [0, n - 1] });
  const high = x.slice({ i: [1, n] });
  return sum(mul(100, square(sub(high, square(low)))).add(square(sub(1, low))), 'i') as Scalar;
}

/** ½ Σ λᵢ xᵢ². */
export function quadratic(eigenvalues: Tensor<'i'>): (x: Tensor<'i'>) => Scalar {
  return (x) => sum(mul(mul(0.5, eigenvalues), square(x)), 'i') as Scalar;
}
