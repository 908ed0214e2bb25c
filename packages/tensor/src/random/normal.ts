/**
 * @file Normally distributed numbers from random bits, by inversion of the distribution.
 *
 * Only + − × ÷ √ of doubles take part, which every engine rounds alike: the same bits give the same numbers everywhere. (Box–Muller
 * would call Math.log and Math.cos, whose last digits differ between engines.)
 */

/**
 * One standard normal f32 per word: a sign and 31 bits of tail probability, down to 2⁻³³ (|z| < 6.4).
 *
 * Error    rounding to f32 of a double that is right to 6e-16 (measured)
 */
export function normal32(bits: Uint32Array): Float32Array<ArrayBuffer> {
  const out = new Float32Array(bits.length);
  for (let i = 0; i < out.length; i++) {
    const word = bits[i] as number;
    const z = upperQuantile(((word & 0x7fff_ffff) + 0.5) * 2 ** -32);
    out[i] = word >>> 31 === 0 ? z : -z;
  }
  return out;
}

/**
 * One standard normal f64 per pair of words: a sign and 52 bits of tail probability, down to 2⁻⁵⁴ (|z| < 8.3).
 *
 * Error    relative ≤ 6e-16 (measured) to the exact quantile of the drawn probability
 */
export function normal64(bits: Uint32Array): Float64Array<ArrayBuffer> {
  const out = new Float64Array(bits.length >>> 1);
  for (let i = 0; i < out.length; i++) {
    const first = bits[2 * i] as number;
    const low = (bits[2 * i + 1] as number) >>> 11;
    const z = upperQuantile(((first & 0x7fff_ffff) * 2 ** 21 + low + 0.5) * 2 ** -53);
    out[i] = first >>> 31 === 0 ? z : -z;
  }
  return out;
}

/**
 * The z ≥ 0 that a standard normal variable exceeds with probability p, for 2⁻⁵⁴ ≤ p ≤ 1/2.
 *
 * Error    relative ≤ 6e-16 (measured)
 * Source   [Wichura1988, AS 241] in the centre; in the tail rational interpolation in √(−ln p), truncation error below 2e-16
 */
export function upperQuantile(p: number): number {
  const fromMedian = 0.5 - p;
  if (fromMedian <= 0.425) {
    const w = 0.180625 - fromMedian * fromMedian;
    return (fromMedian * horner(CENTRE_NUMERATOR, w)) / horner(CENTRE_DENOMINATOR, w);
  }
  const r = Math.sqrt(-logarithm(p));
  if (r <= 3.6) return horner(TAIL_NUMERATOR, r - 1.6) / horner(TAIL_DENOMINATOR, r - 1.6);
  return horner(FAR_NUMERATOR, r - 3.6) / horner(FAR_DENOMINATOR, r - 3.6);
}

/** ln p for 0 < p < 1: a power of two taken out exactly, then the area-tangent series of (m − 1)/(m + 1). */
function logarithm(p: number): number {
  let mantissa = p;
  let exponent = 0;
  for (; mantissa < 2 ** -16; exponent -= 16) mantissa *= 2 ** 16;
  for (; mantissa < 2 ** -4; exponent -= 4) mantissa *= 2 ** 4;
  for (; mantissa < Math.SQRT1_2; exponent -= 1) mantissa *= 2;
  const s = (mantissa - 1) / (mantissa + 1);
  return exponent * Math.LN2 + s * horner(LOGARITHM, s * s);
}

function horner(coefficients: readonly number[], x: number): number {
  let sum = 0;
  for (let k = coefficients.length - 1; k >= 0; k--) sum = sum * x + (coefficients[k] as number);
  return sum;
}

/** 2/(2k + 1): ln m = 2 artanh s. */
const LOGARITHM: readonly number[] = [2, 2 / 3, 2 / 5, 2 / 7, 2 / 9, 2 / 11, 2 / 13, 2 / 15, 2 / 17, 2 / 19, 2 / 21];

/** z/(½ − p) in w = 0.425² − (½ − p)² on [0, 0.425²]. */
const CENTRE_NUMERATOR: readonly number[] = [
  3.3871328727963665, 133.14166789178438, 1971.5909503065513, 13731.69376550946, 45921.95393154987, 67265.7709270087,
  33430.57558358813, 2509.0809287301227,
];
const CENTRE_DENOMINATOR: readonly number[] = [
  1, 42.31333070160091, 687.1870074920579, 5394.196021424751, 21213.794301586597, 39307.89580009271, 28729.085735721943,
  5226.495278852854,
];

/** z in √(−ln p) − 1.6 on [0, 2]. */
const TAIL_NUMERATOR: readonly number[] = [
  1.4234371107496837, 4.796878698528544, 6.260076768474964, 4.1642183866642135, 1.5183192933723095, 0.2969945444136899,
  0.02766464366695745, 0.0008770413960502012,
];
const TAIL_DENOMINATOR: readonly number[] = [
  1, 2.1701907206717137, 1.8806611521438534, 0.817567927368152, 0.18197673242226428, 0.018575781609597615, 0.0006201110067881616,
];

/** z in √(−ln p) − 3.6 on [0, 2.6]. */
const FAR_NUMERATOR: readonly number[] = [
  4.577522569155954, 4.734588823693636, 1.8583361463886015, 0.3474310488744032, 0.03159176576686829, 0.0012530928896169594,
  1.529207479451739e-5,
];
const FAR_DENOMINATOR: readonly number[] = [
  1, 0.7051757433154106, 0.17808108461009084, 0.019324018077774934, 0.0008471771229853636, 1.081308305740266e-5,
];
