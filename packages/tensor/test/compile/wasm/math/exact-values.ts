/**
 * @file Values of elementary functions to any number of digits, by series over whole numbers (BigInt): what the accuracy of doubles is
 * measured against. Slow, and shares nothing with the code under test.
 */

/** The number mantissa · 2^exponent. */
export interface Exact {
  readonly mantissa: bigint;
  readonly exponent: number;
}

/** A double, exactly. */
export function exactly(x: number): Exact {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, x);
  const bits = view.getBigUint64(0);
  const field = Number((bits >> 52n) & 0x7ffn);
  const fraction = bits & 0xf_ffff_ffff_ffffn;
  const size = field === 0 ? fraction : fraction | (1n << 52n);
  return { mantissa: x < 0 ? -size : size, exponent: Math.max(field, 1) - 1075 };
}

const shift = (a: bigint, by: number): bigint => (by >= 0 ? a << BigInt(by) : a >> BigInt(-by));
const bitLength = (a: bigint): number => (a < 0n ? -a : a).toString(16).length * 4;

/** A number as a multiple of 2^−digits. */
function toFixed({ mantissa, exponent }: Exact, digits: number): bigint {
  return shift(mantissa, exponent + digits);
}

/** Numbers as multiples of 2^−digits. */
class Fixed {
  readonly digits: number;
  readonly one: bigint;
  readonly pi: bigint;
  readonly ln2: bigint;

  constructor(digits: number) {
    this.digits = digits;
    this.one = 1n << BigInt(digits);
    // π = 16 arctan 1/5 − 4 arctan 1/239 [Machin, 1706]; ln 2 = 2 artanh 1/3.
    this.pi = 16n * this.inverseArctan(5n, -1n) - 4n * this.inverseArctan(239n, -1n);
    this.ln2 = 2n * this.inverseArctan(3n, 1n);
  }

  mul(a: bigint, b: bigint): bigint {
    return (a * b) >> BigInt(this.digits);
  }

  div(a: bigint, b: bigint): bigint {
    return (a << BigInt(this.digits)) / b;
  }

  of(x: number): bigint {
    return toFixed(exactly(x), this.digits);
  }

  result(value: bigint): Exact {
    return { mantissa: value, exponent: -this.digits };
  }

  /** arctan 1/n, or artanh 1/n where the sign is 1. */
  private inverseArctan(n: bigint, sign: bigint): bigint {
    let power = this.one / n;
    let total = 0n;
    for (let k = 1n; power !== 0n; k += 2n) {
      total += (k % 4n === 1n ? 1n : sign) * (power / k);
      power /= n * n;
    }
    return total;
  }

  /** eˣ − 1 of |x| ≤ 1. */
  expm1(x: bigint): bigint {
    let term = x;
    let total = 0n;
    for (let k = 2n; term !== 0n && term !== -1n; k++) {
      total += term;
      term = this.mul(term, x) / k;
    }
    return total;
  }

  /** sin x and cos x of |x| ≤ 1. */
  private circle(x: bigint): [sine: bigint, cosine: bigint] {
    const sums: [bigint, bigint] = [0n, 0n];
    let term = this.one;
    for (let k = 0n; term !== 0n && term !== -1n; k++) {
      sums[k % 2n === 0n ? 1 : 0] += k % 4n < 2n ? term : -term;
      term = this.mul(term, x) / (k + 1n);
    }
    return sums;
  }

  sineAndCosine(x: bigint): [sine: bigint, cosine: bigint] {
    const half = this.pi / 2n;
    const q = roundedQuotient(x, half);
    const [sine, cosine] = this.circle(x - q * half);
    switch (((q % 4n) + 4n) % 4n) {
      case 0n: return [sine, cosine];
      case 1n: return [cosine, -sine];
      case 2n: return [-sine, -cosine];
      default: return [-cosine, sine];
    }
  }

  /** eˣ = 2ᵏ eʳ. */
  exp(x: bigint): Exact {
    const k = roundedQuotient(x, this.ln2);
    return { mantissa: this.one + this.expm1(x - k * this.ln2), exponent: Number(k) - this.digits };
  }

  /** ln of a positive number: Halley's iteration of e^y = x from a double, whose digits it triples. */
  log(x: Exact, guess: number): bigint {
    let y = this.of(guess);
    for (let round = 0; round < 3; round++) {
      const power = this.exp(y);
      const digits = bitLength(power.mantissa) + this.digits;
      const [a, b] = [x, power].map(({ mantissa, exponent }) => shift(mantissa, exponent - power.exponent + digits));
      y += 2n * this.div(a! - b!, a! + b!);
    }
    return y;
  }

  /** The angle of (x, y): turned back by a double, what is left is small. */
  angle(y: bigint, x: bigint, guess: number): bigint {
    const theta = this.of(guess);
    const [s, c] = this.sineAndCosine(theta);
    const d = this.div(y * c - x * s, x * c + y * s);
    const square = this.mul(d, d);
    return theta + d - this.mul(d, square) / 3n + this.mul(d, this.mul(square, square)) / 5n;
  }

  /** 2/√π Σ (−1)ⁿ x²ⁿ⁺¹ / (n! (2n + 1)). */
  erf(x: bigint): bigint {
    const square = this.mul(x, x);
    let power = x;
    let total = 0n;
    for (let n = 0n; power !== 0n && power !== -1n; n++) {
      total += power / (2n * n + 1n);
      power = -this.mul(power, square) / (n + 1n);
    }
    return this.div(2n * total, root(this.pi << BigInt(this.digits)));
  }
}

function roundedQuotient(a: bigint, b: bigint): bigint {
  const doubled = 2n * a + b;
  const quotient = doubled / (2n * b);
  return doubled < 0n && quotient * 2n * b !== doubled ? quotient - 1n : quotient;
}

/** ⌊√a⌋ by Newton's iteration. */
function root(a: bigint): bigint {
  if (a === 0n) return 0n;
  let x = 1n << BigInt(Math.ceil(bitLength(a) / 2) + 1);
  for (;;) {
    const next = (x + a / x) / 2n;
    if (next >= x) return x;
    x = next;
  }
}

/** ⌊∛a⌋ by Newton's iteration. */
function cubeRoot(a: bigint): bigint {
  let x = 1n << BigInt(Math.ceil(bitLength(a) / 3) + 1);
  for (;;) {
    const next = (2n * x + a / (x * x)) / 3n;
    if (next >= x) return x;
    x = next;
  }
}

const tables = new Map<number, Fixed>();
/** Enough digits for results as small as 2^−bits, in steps so that constants are computed seldom. */
function digitsFor(bits: number): Fixed {
  const digits = 192 + 128 * Math.ceil(Math.max(0, bits) / 128);
  const known = tables.get(digits) ?? new Fixed(digits);
  tables.set(digits, known);
  return known;
}

const exponentOf = (x: number): number => (x === 0 ? 0 : Math.floor(Math.log2(Math.abs(x))));
/** Digits for a result about as small, or as large, as x. */
const near = (x: number): Fixed => digitsFor(Math.abs(exponentOf(x)) * 2);
const ratio = (t: Fixed, a: bigint, b: bigint): Exact => t.result(t.div(a, b));

/** e²ˣ − 1 of |x| ≤ 50, with digits for small x. */
function doubledExpm1(t: Fixed, x: number): bigint {
  if (Math.abs(x) < 0.5) return t.expm1(2n * t.of(x));
  return toFixed(t.exp(2n * t.of(x)), t.digits) - t.one;
}

/** Values at ordinary arguments: finite, not 0, where the function is. */
export const EXACT: Readonly<Record<string, (x: number, y: number) => Exact>> = {
  exp: (x) => digitsFor(64).exp(digitsFor(64).of(x)),
  expm1: (x) => {
    const t = near(Math.min(1, Math.abs(x)));
    if (Math.abs(x) < 1) return t.result(t.expm1(t.of(x)));
    // Below −200 the power is far less than any digit of 1.
    const { mantissa, exponent } = t.exp(t.of(Math.max(x, -200)));
    return exponent > 0 ? { mantissa, exponent } : { mantissa: mantissa - shift(1n, -exponent), exponent };
  },
  log: (x) => {
    const t = digitsFor(128);
    return t.result(t.log(exactly(x), Math.log(x)));
  },
  log1p: (x) => {
    const t = near(x);
    return t.result(t.log(t.result(t.one + t.of(x)), Math.log1p(x)));
  },
  sin: (x) => {
    const t = near(x);
    return t.result(t.sineAndCosine(t.of(x))[0]);
  },
  cos: (x) => {
    const t = near(x);
    return t.result(t.sineAndCosine(t.of(x))[1]);
  },
  tan: (x) => {
    const t = near(x);
    return ratio(t, ...t.sineAndCosine(t.of(x)));
  },
  tanh: (x) => {
    const t = near(x);
    const m = doubledExpm1(t, Math.min(50, Math.max(-50, x)));
    return ratio(t, m, m + 2n * t.one);
  },
  sinh: (x) => {
    const t = near(x);
    if (Math.abs(x) < 0.5) {
      const m = t.expm1(t.of(x));
      return t.result((m + t.div(m, m + t.one)) / 2n);
    }
    return halfSum(t, x, -1n);
  },
  cosh: (x) => halfSum(digitsFor(64), x, 1n),
  atan: (x) => {
    const t = near(x);
    return t.result(t.angle(t.of(x), t.one, Math.atan(x)));
  },
  atan2: (y, x) => {
    const t = digitsFor(2 * Math.max(Math.abs(exponentOf(y)), Math.abs(exponentOf(x))));
    return t.result(t.angle(t.of(y), t.of(x), Math.atan2(y, x)));
  },
  erf: (x) => {
    // 1 − erf 7 is less than 2⁻⁷³.
    if (Math.abs(x) > 7) return exactly(Math.sign(x));
    const t = near(x);
    return t.result(t.erf(t.of(x)));
  },
  erfc: (x) => {
    // erfc −7 is 2 up to 2⁻⁷³.
    if (x < -7) return exactly(2);
    // Terms as large as e^(x²), and a result as small as e^(−x²).
    const t = digitsFor(64 + 3 * x * x);
    return t.result(t.one - t.erf(t.of(x)));
  },
  sinc: (x) => {
    const t = near(x);
    const angle = t.mul(t.pi, t.of(x));
    return ratio(t, t.sineAndCosine(angle)[0], angle);
  },
  asin: (x) => {
    const t = near(x);
    return t.result(t.angle(t.of(x), leg(t, x), Math.asin(x)));
  },
  acos: (x) => {
    const t = near(x);
    return t.result(t.angle(leg(t, x), t.of(x), Math.acos(x)));
  },
  asinh: (x) => {
    const t = near(x);
    const size = t.of(Math.abs(x));
    const value = t.log(t.result(size + root(size * size + t.one * t.one)), Math.asinh(Math.abs(x)));
    return t.result(x < 0 ? -value : value);
  },
  acosh: (x) => {
    const t = near(x);
    const size = t.of(x);
    return t.result(t.log(t.result(size + root(size * size - t.one * t.one)), Math.acosh(x)));
  },
  atanh: (x) => {
    const t = near(x);
    return { mantissa: t.log(t.result(t.div(t.one + t.of(x), t.one - t.of(x))), 2 * Math.atanh(x)), exponent: -t.digits - 1 };
  },
  cbrt: (x) => {
    const { mantissa, exponent } = exactly(Math.abs(x));
    // So that the exponent is a multiple of 3.
    const up = 600 + ((exponent % 3) + 3) % 3;
    const value = cubeRoot(mantissa << BigInt(up));
    return { mantissa: x < 0 ? -value : value, exponent: (exponent - up) / 3 };
  },
  hypot: (x, y) => {
    const [a, b] = [exactly(x), exactly(y)];
    const exponent = Math.min(a.exponent, b.exponent);
    const [u, v] = [a, b].map((own) => shift(own.mantissa, own.exponent - exponent));
    return { mantissa: root((u! * u! + v! * v!) << 256n), exponent: exponent - 128 };
  },
  pow: (x, y) => {
    const t = digitsFor(256);
    return t.exp(t.mul(t.of(y), t.log(exactly(x), Math.log(x))));
  },
};

/** √(1 − x²). */
function leg(t: Fixed, x: number): bigint {
  return root(t.one * t.one - t.of(x) * t.of(x));
}

/** ½ (eˣ ± e⁻ˣ). */
function halfSum(t: Fixed, x: number, sign: bigint): Exact {
  const [up, down] = [x, -x].map((value) => t.exp(t.of(value)));
  const exponent = Math.min(up!.exponent, down!.exponent);
  const [a, b] = [up!, down!].map((part) => shift(part.mantissa, part.exponent - exponent));
  return { mantissa: a! + sign * b!, exponent: exponent - 1 };
}

/** Distance of y from the exact value, in units of the last place that the exact value has in a format. */
export function unitsInLastPlace(y: number, value: Exact, fraction: 23 | 52): number {
  const magnitude = value.mantissa < 0n ? -value.mantissa : value.mantissa;
  const top = magnitude.toString(2).length - 1 + value.exponent;
  const last = Math.max(top, fraction === 23 ? -126 : -1022) - fraction;
  const own = exactly(y);
  const exponent = Math.min(own.exponent, value.exponent);
  const difference = shift(own.mantissa, own.exponent - exponent) - shift(value.mantissa, value.exponent - exponent);
  // Three more digits than a double shows, so that the ratio is one of ordinary numbers.
  return Number(shift(difference < 0n ? -difference : difference, exponent - last + 64)) / 2 ** 64;
}
