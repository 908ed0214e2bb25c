/**
 * @file Elementary functions in the JavaScript that gpu.js translates. Graphics hardware has most of them, but may be wrong from the fourth digit
 * on (sines) or near zeros (logarithms); these are within a few roundings of f32 everywhere, as long as hardware multiplies and adds correctly.
 * Polynomials and the reductions of arguments after [Moshier1992].
 */
import { gpuFunction as of, type GpuFunction } from './native.ts';

/** c₀ + x (c₁ + x (c₂ + …)), as text. */
export function polynomial(x: string, coefficients: readonly number[]): string {
  return coefficients.map((c) => `(${c < 0 ? `0 - ${-c}` : c})`).reduceRight((inner, c) => `(${c} + ${x} * ${inner})`);
}

/** What follows the first term of log((1 + f) / (1 − f)) = 2 f (1 + f²/3 + f⁴/5 + …). */
const ATANH_SERIES = polynomial('s', [1 / 3, 1 / 5, 1 / 7, 1 / 9, 1 / 11, 1 / 13]);
/** (eˣ − 1 − x) / x². */
const EXP_SERIES = polynomial('r', [1 / 2, 1 / 6, 1 / 24, 1 / 120, 1 / 720, 1 / 5040, 1 / 40320]);

export const ELEMENTARY_FUNCTIONS: readonly GpuFunction[] = [
  of('expOf', 'x', `
  if (isNaNOf(x) === 1) { return x; }
  if (x > 88.8) { return infinity(); }
  if (x < -104) { return 0; }
  const n = roundOf(x * 1.4426950408889634);
  const r = (x - n * 0.693359375) + n * 0.00021219444005469057;
  const half = floorOf(n * 0.5);
  return (1 + r + r * r * ${EXP_SERIES}) * powerOfTwoOf(half) * powerOfTwoOf(n - half);`),
  of('expm1Of', 'x', `
  if (isNaNOf(x) === 1 || x === 0) { return x; }
  if (Math.abs(x) > 0.5) { return expOf(x) - 1; }
  const r = x;
  return x + r * r * ${EXP_SERIES};`),
  of('logOf', 'x', `
  if (isNaNOf(x) === 1 || x < 0) { return notANumber(); }
  if (x === 0) { return -infinity(); }
  if (isFiniteOf(x) === 0) { return x; }
  let y = x;
  let e = num(0);
  if (x < 1.1754943508222875e-38) { y = x * 16777216; e = num(-24); }
  const own = exponentOf(y);
  e = e + own;
  const half = floorOf(own * 0.5);
  let m = y * powerOfTwoOf(0 - half) * powerOfTwoOf(half - own);
  if (m > 1.4142135623730951) { m = m * 0.5; e = e + 1; }
  const f = (m - 1) / (m + 1);
  const s = f * f;
  return e * 0.693359375 + (2 * f * (1 + s * ${ATANH_SERIES}) - e * 0.00021219444005469057);`),
  of('log1pOf', 'x', `
  if (isNaNOf(x) === 1 || x === 0) { return x; }
  if (x < -0.4 || x > 0.5) { return logOf(1 + x); }
  const f = x / (2 + x);
  const s = f * f;
  return 2 * f * (1 + s * ${ATANH_SERIES});`),
  of('sineOfReduced', 'r', `
  const z = r * r;
  return r + r * z * ${polynomial('z', [-1.6666654611e-1, 8.3321608736e-3, -1.9515295891e-4])};`),
  of('cosineOfReduced', 'r', `
  const z = r * r;
  return 1 - 0.5 * z + z * z * ${polynomial('z', [4.166664568298827e-2, -1.388731625493765e-3, 2.443315711809948e-5])};`),
  /** sin(x + turns π/2). */
  of('sineOfTurned', 'x, turns', `
  if (isFiniteOf(x) === 0) { return notANumber(); }
  if (Math.abs(x) > 50000) {
    if (turns === 0) { return Math.sin(x); }
    return Math.cos(x);
  }
  const n = roundOf(x * 0.6366197723675814);
  const r = ((x - n * 1.5703125) - n * 0.0004837512969970703) - n * 7.549789948768648e-8;
  const k = n + turns;
  const quarter = k - 4 * floorOf(k * 0.25);
  if (quarter === 0) { return sineOfReduced(r); }
  if (quarter === 1) { return cosineOfReduced(r); }
  if (quarter === 2) { return 0 - sineOfReduced(r); }
  return 0 - cosineOfReduced(r);`),
  of('sineOf', 'x', `
  if (x === 0) { return x; }
  return sineOfTurned(x, num(0));`),
  of('cosineOf', 'x', 'return sineOfTurned(x, num(1));'),
  of('tangentOf', 'x', `
  if (x === 0) { return x; }
  return sineOfTurned(x, num(0)) / sineOfTurned(x, num(1));`),
  of('withSignOf', 'size, x', `
  if (isNegativeOf(x) === 1) { return -size; }
  return size;`),
  of('arctangentOf', 'x', `
  if (isNaNOf(x) === 1 || x === 0) { return x; }
  let a = Math.abs(x);
  let y = num(0);
  if (a > 2.414213562373095) {
    y = num(1.5707963267948966);
    if (isFiniteOf(a) === 0) { a = num(0); } else { a = (0 - 1) / a; }
  } else if (a > 0.41421356237309503) {
    y = num(0.7853981633974483);
    a = (a - 1) / (a + 1);
  }
  const z = a * a;
  y = y + (a + a * z * ${polynomial('z', [-3.33329491539e-1, 1.99777106478e-1, -1.38776856032e-1, 8.05374449538e-2])});
  return withSignOf(y, x);`),
  of('arctangentOfTwo', 'y, x', `
  if (isNaNOf(x) === 1 || isNaNOf(y) === 1) { return notANumber(); }
  const up = Math.abs(y);
  const across = Math.abs(x);
  let angle = num(0);
  if (up === 0) {
    angle = num(0);
  } else if (across === 0) {
    angle = num(1.5707963267948966);
  } else if (isFiniteOf(up) === 0 && isFiniteOf(across) === 0) {
    angle = num(0.7853981633974483);
  } else if (isFiniteOf(across) === 0) {
    angle = num(0);
  } else {
    angle = arctangentOf(up / across);
  }
  if (isNegativeOf(x) === 1) { angle = 3.141592653589793 - angle; }
  return withSignOf(angle, y);`),
  of('arcsineOf', 'x', `
  const a = Math.abs(x);
  if (isNaNOf(x) === 1 || a > 1) { return notANumber(); }
  if (x === 0) { return x; }
  let z = a * a;
  let s = a;
  if (a > 0.5) { z = 0.5 * (1 - a); s = Math.sqrt(z); }
  let y = s + s * z * ${polynomial('z', [1.6666752422e-1, 7.4953002686e-2, 4.5470025998e-2, 2.4181311049e-2, 4.2163199048e-2])};
  if (a > 0.5) { y = 1.5707963267948966 - 2 * y; }
  return withSignOf(y, x);`),
  of('arccosineOf', 'x', `
  if (isNaNOf(x) === 1 || Math.abs(x) > 1) { return notANumber(); }
  if (x > 0.5) { return 2 * arcsineOf(Math.sqrt(0.5 * (1 - x))); }
  if (x < -0.5) { return 3.141592653589793 - 2 * arcsineOf(Math.sqrt(0.5 * (1 + x))); }
  return 1.5707963267948966 - arcsineOf(x);`),
  of('hyperbolicSineOf', 'x', `
  if (isNaNOf(x) === 1 || x === 0) { return x; }
  const a = Math.abs(x);
  if (a > 80) {
    const root = expOf(0.5 * a);
    return withSignOf(0.5 * root * root, x);
  }
  if (a > 1) {
    const e = expOf(a);
    return withSignOf(0.5 * e - 0.5 / e, x);
  }
  const z = x * x;
  return x + x * z * ${polynomial('z', [1.66667160211e-1, 8.33028376239e-3, 2.03721912945e-4])};`),
  of('hyperbolicCosineOf', 'x', `
  const a = Math.abs(x);
  if (a > 80) {
    const root = expOf(0.5 * a);
    return 0.5 * root * root;
  }
  const e = expOf(a);
  return 0.5 * e + 0.5 / e;`),
  of('hyperbolicTangentOf', 'x', `
  if (isNaNOf(x) === 1 || x === 0) { return x; }
  const a = Math.abs(x);
  if (a > 9.2) { return withSignOf(num(1), x); }
  if (a > 0.625) { return withSignOf(1 - 2 / (expOf(2 * a) + 1), x); }
  const z = x * x;
  return x + x * z * ${polynomial('z', [-3.33332819422e-1, 1.33314422036e-1, -5.37397155531e-2, 2.06390887954e-2, -5.70498872745e-3])};`),
  of('areaSineOf', 'x', `
  if (isFiniteOf(x) === 0 || x === 0) { return x; }
  const a = Math.abs(x);
  if (a > 1000000000) { return withSignOf(logOf(a) + 0.6931471805599453, x); }
  return withSignOf(log1pOf(a + a * a / (1 + Math.sqrt(1 + a * a))), x);`),
  of('areaCosineOf', 'x', `
  if (isNaNOf(x) === 1 || x < 1) { return notANumber(); }
  if (x > 1000000000) { return logOf(x) + 0.6931471805599453; }
  const t = x - 1;
  return log1pOf(t + Math.sqrt(2 * t + t * t));`),
  of('areaTangentOf', 'x', `
  const a = Math.abs(x);
  if (isNaNOf(x) === 1 || a > 1) { return notANumber(); }
  if (x === 0) { return x; }
  if (a === 1) { return withSignOf(infinity(), x); }
  return withSignOf(0.5 * log1pOf(2 * a / (1 - a)), x);`),
  of('cubeRootOf', 'x', `
  if (isFiniteOf(x) === 0 || x === 0) { return x; }
  const a = Math.abs(x);
  const y = expOf(logOf(a) / 3);
  return withSignOf(y - (y - a / (y * y)) / 3, x);`),
  of('hypotenuseOf', 'x, y', `
  const a = Math.abs(x);
  const b = Math.abs(y);
  if (isNaNOf(x) === 0 && isFiniteOf(x) === 0) { return a; }
  if (isNaNOf(y) === 0 && isFiniteOf(y) === 0) { return b; }
  if (isNaNOf(x) === 1 || isNaNOf(y) === 1) { return notANumber(); }
  let long = a;
  let short = b;
  if (b > a) { long = b; short = a; }
  if (long === 0) { return long; }
  const ratio = short / long;
  return long * Math.sqrt(1 + ratio * ratio);`),
  /** Of a positive finite number. Small whole exponents are products. */
  of('sizeOfPower', 'a, y', `
  const n = Math.abs(y);
  if (n <= 8 && floorOf(n) === n) {
    let product = num(1);
    for (let k = 0; k < 8; k++) {
      if (num(k) < n) { product = product * a; }
    }
    if (y < 0) { return 1 / product; }
    return product;
  }
  if (y === 0.5) { return Math.sqrt(a); }
  return expOf(y * logOf(a));`),
  of('powerOf', 'x, y', `
  if (y === 0) { return 1; }
  if (isNaNOf(x) === 1 || isNaNOf(y) === 1) { return notANumber(); }
  const a = Math.abs(x);
  let size = num(0);
  let isOdd = num(0);
  if (isFiniteOf(y) === 0) {
    if (a === 1) { return notANumber(); }
    if ((a > 1 && y > 0) || (a < 1 && y < 0)) { size = infinity(); }
    return size;
  }
  const half = y * 0.5;
  if (floorOf(y) === y && floorOf(half) !== half) { isOdd = num(1); }
  if (a === 0 || isFiniteOf(a) === 0) {
    if ((a === 0 && y < 0) || (a > 0 && y > 0)) { size = infinity(); }
  } else {
    if (x < 0 && floorOf(y) !== y) { return notANumber(); }
    size = sizeOfPower(a, y);
  }
  if (isOdd === 1 && isNegativeOf(x) === 1) { return -size; }
  return size;`),
];
