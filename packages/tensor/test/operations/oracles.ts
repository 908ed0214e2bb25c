/** @file Special functions and random bits by other means than the sources use: quadrature, sums, bisection, exact integers. */

/** erf by Simpson's rule. */
export function erfBySimpson(x: number): number {
  const steps = 2000;
  const h = x / steps;
  let total = 0;
  for (let k = 0; k <= steps; k++) total += (k === 0 || k === steps ? 1 : k % 2 === 1 ? 4 : 2) * Math.exp(-((k * h) ** 2));
  return ((2 / Math.sqrt(Math.PI)) * total * h) / 3;
}

/** sin(πx) / (πx) by Viète's product of cosines. */
export function sincByProduct(x: number): number {
  let product = 1;
  for (let k = 1; k <= 30; k++) product *= Math.cos((Math.PI * x) / 2 ** k);
  return product;
}

const SHIFT = 200;

/** ln Γ(x) for x > 0: recurrence up to large arguments, Stirling's series there. */
export function lgammaByStirling(x: number): number {
  // A short way up, because what is added on it is taken off again: the digits of large sums are lost.
  const shift = 20;
  const y = x + shift;
  let total = (y - 0.5) * Math.log(y) - y + 0.5 * Math.log(2 * Math.PI) + 1 / (12 * y) - 1 / (360 * y ** 3) + 1 / (1260 * y ** 5) - 1 / (1680 * y ** 7);
  for (let k = 0; k < shift; k++) total -= Math.log(x + k);
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

/** Φ(x) − ½ by its Taylor series, for |x| ≤ 1.5. */
function centralMass(x: number): number {
  let term = x;
  let sum = x;
  for (let k = 1; k < 60; k++) sum += term *= (x * x) / (2 * k + 1);
  return (Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI)) * sum;
}

/** Φ(x) by its Taylor series in the centre and the continued fraction of Mills' ratio outside: an oracle that shares nothing with the quantile. */
export function normalDistribution(x: number): number {
  if (Math.abs(x) <= 1.5) return 0.5 + centralMass(x);
  let fraction = 0;
  for (let k = 300; k > 0; k--) fraction = k / (Math.abs(x) + fraction);
  const tail = Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI) / (Math.abs(x) + fraction);
  return x > 0 ? 1 - tail : tail;
}

/** The z that a standard normal variable exceeds with probability p ≤ ½, by bisection. In the centre ½ − p, which is exact, is compared. */
export function normalQuantile(p: number): number {
  const isCentral = 0.5 - p < centralMass(1.5);
  let [low, high] = isCentral ? [0, 1.5] : [1.5, 10];
  for (let k = 0; k < 100; k++) {
    const middle = (low + high) / 2;
    if (isCentral ? centralMass(middle) < 0.5 - p : normalDistribution(-middle) > p) low = middle;
    else high = middle;
  }
  return low;
}

/** Threefry-2x32 with 20 rounds in exact integer arithmetic, as [Salmon2011] defines it. */
export function threefryByDefinition(key: readonly [number, number], counter: readonly [number, number]): [number, number] {
  const mask = 0xffff_ffffn;
  const word = (x: number): bigint => BigInt(x) & mask;
  const keys = [word(key[0]), word(key[1]), 0x1bd1_1bdan ^ word(key[0]) ^ word(key[1])];
  const rotations = [13n, 15n, 26n, 6n, 17n, 29n, 16n, 24n];
  let x = (word(counter[0]) + keys[0]!) & mask;
  let y = (word(counter[1]) + keys[1]!) & mask;
  for (let round = 0; round < 20; round++) {
    const by = rotations[round % 8]!;
    x = (x + y) & mask;
    y = (((y << by) | (y >> (32n - by))) & mask) ^ x;
    if (round % 4 !== 3) continue;
    const added = (round + 1) / 4;
    x = (x + keys[added % 3]!) & mask;
    y = (y + keys[(added + 1) % 3]! + BigInt(added)) & mask;
  }
  return [Number(x), Number(y)];
}

/** Solution of a linear system by Gaussian elimination with row exchange. */
export function eliminate(A: readonly (readonly number[])[], b: readonly number[]): number[] {
  const rows = A.map((row, i) => [...row, b[i]!]);
  const n = rows.length;
  for (let k = 0; k < n; k++) {
    const pivot = rows.slice(k).reduce((best, row, i) => (Math.abs(row[k]!) > Math.abs(rows[best]![k]!) ? k + i : best), k);
    [rows[k], rows[pivot]] = [rows[pivot]!, rows[k]!];
    for (let i = k + 1; i < n; i++) {
      const factor = rows[i]![k]! / rows[k]![k]!;
      for (let j = k; j <= n; j++) rows[i]![j]! -= factor * rows[k]![j]!;
    }
  }
  const x: number[] = Array.from({ length: n }, () => 0);
  for (let i = n - 1; i >= 0; i--) x[i] = (rows[i]![n]! - rows[i]!.slice(i + 1, n).reduce((total, a, j) => total + a * x[i + 1 + j]!, 0)) / rows[i]![i]!;
  return x;
}
