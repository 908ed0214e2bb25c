/** @file Special functions by other means than the sources use: quadrature, and sums with an asymptotic tail. */

/** erf by Simpson's rule. */
export function erfBySimpson(x: number): number {
  const steps = 400;
  const h = x / steps;
  let total = 0;
  for (let k = 0; k <= steps; k++) total += (k === 0 || k === steps ? 1 : k % 2 === 1 ? 4 : 2) * Math.exp(-((k * h) ** 2));
  return ((2 / Math.sqrt(Math.PI)) * total * h) / 3;
}

const SHIFT = 200;

/** ln Γ(x) for x > 0: recurrence up to large arguments, Stirling's series there. */
export function lgammaByStirling(x: number): number {
  const y = x + SHIFT;
  let total = (y - 0.5) * Math.log(y) - y + 0.5 * Math.log(2 * Math.PI) + 1 / (12 * y) - 1 / (360 * y ** 3);
  for (let k = 0; k < SHIFT; k++) total -= Math.log(x + k);
  return total;
}

/** The derivative of ln Γ for x > 0. */
export function digammaBySum(x: number): number {
  const y = x + SHIFT;
  let total = Math.log(y) - 1 / (2 * y) - 1 / (12 * y ** 2) + 1 / (120 * y ** 4);
  for (let k = 0; k < SHIFT; k++) total -= 1 / (x + k);
  return total;
}

/** (−1)ⁿ⁺¹ n! Σ 1/(x + k)ⁿ⁺¹, the tail by Euler and Maclaurin. */
export function polygammaBySum(n: number, x: number): number {
  const y = x + SHIFT;
  let total = 1 / (n * y ** n) + 1 / (2 * y ** (n + 1)) + (n + 1) / (12 * y ** (n + 2)) - ((n + 1) * (n + 2) * (n + 3)) / (720 * y ** (n + 4));
  for (let k = 0; k < SHIFT; k++) total += 1 / (x + k) ** (n + 1);
  let factorial = 1;
  for (let k = 2; k <= n; k++) factorial *= k;
  return (n % 2 === 1 ? 1 : -1) * factorial * total;
}
