/**
 * @file Passes of a Fourier transform whose length is a product of small numbers. Each pass reads one pair of planes and writes another
 * one in the order that the next pass wants (Stockham), so nothing has to be sorted. Several lines lie side by side: element k of line
 * q at k · width + q, so the innermost loops are long.
 */

/** Real and imaginary part. */
export interface Planes {
  readonly re: Float64Array;
  readonly im: Float64Array;
}

/** One pass: `length` is what is left to be transformed, `stride` the distance of neighbours, roots are those of the whole length. */
export interface Pass {
  readonly radix: number;
  readonly length: number;
  /** Index into the table of roots for each step. */
  readonly step: number;
  readonly cos: Float64Array;
  readonly sin: Float64Array;
}

const SIN3 = Math.sqrt(3) / 2;
const COS5A = (Math.sqrt(5) - 1) / 4;
const COS5B = (-Math.sqrt(5) - 1) / 4;
const SIN5A = Math.sqrt((5 + Math.sqrt(5)) / 8);
const SIN5B = Math.sqrt((5 - Math.sqrt(5)) / 8);

/** Runs a pass. */
export function runPass(pass: Pass, from: Planes, to: Planes, stride: number): void {
  switch (pass.radix) {
    case 2:
      return pass2(pass, from.re, from.im, to.re, to.im, stride);
    case 3:
      return pass3(pass, from.re, from.im, to.re, to.im, stride);
    case 4:
      return pass4(pass, from.re, from.im, to.re, to.im, stride);
    case 5:
      return pass5(pass, from.re, from.im, to.re, to.im, stride);
    default:
      return passAny(pass, from.re, from.im, to.re, to.im, stride);
  }
}

function pass2({ length, step, cos, sin }: Pass, xr: Float64Array, xi: Float64Array, yr: Float64Array, yi: Float64Array, s: number): void {
  const m = length / 2;
  for (let p = 0; p < m; p++) {
    const c = cos[p * step]!;
    const d = sin[p * step]!;
    for (let a = p * s, b = (p + m) * s, at = 2 * p * s, end = a + s; a < end; a++, b++, at++) {
      const ar = xr[a]!;
      const ai = xi[a]!;
      const br = xr[b]!;
      const bi = xi[b]!;
      const r = ar - br;
      const i = ai - bi;
      yr[at] = ar + br;
      yi[at] = ai + bi;
      yr[at + s] = r * c + i * d;
      yi[at + s] = i * c - r * d;
    }
  }
}

function pass3({ length, step, cos, sin }: Pass, xr: Float64Array, xi: Float64Array, yr: Float64Array, yi: Float64Array, s: number): void {
  const m = length / 3;
  for (let p = 0; p < m; p++) {
    const c1 = cos[p * step]!;
    const d1 = sin[p * step]!;
    const c2 = cos[2 * p * step]!;
    const d2 = sin[2 * p * step]!;
    for (let a = p * s, at = 3 * p * s, end = a + s; a < end; a++, at++) {
      const b = a + m * s;
      const c = a + 2 * m * s;
      const sr = xr[b]! + xr[c]!;
      const si = xi[b]! + xi[c]!;
      const tr = SIN3 * (xr[b]! - xr[c]!);
      const ti = SIN3 * (xi[b]! - xi[c]!);
      const mr = xr[a]! - 0.5 * sr;
      const mi = xi[a]! - 0.5 * si;
      const ur = mr + ti;
      const ui = mi - tr;
      const vr = mr - ti;
      const vi = mi + tr;
      yr[at] = xr[a]! + sr;
      yi[at] = xi[a]! + si;
      yr[at + s] = ur * c1 + ui * d1;
      yi[at + s] = ui * c1 - ur * d1;
      yr[at + 2 * s] = vr * c2 + vi * d2;
      yi[at + 2 * s] = vi * c2 - vr * d2;
    }
  }
}

function pass4({ length, step, cos, sin }: Pass, xr: Float64Array, xi: Float64Array, yr: Float64Array, yi: Float64Array, s: number): void {
  const m = length / 4;
  for (let p = 0; p < m; p++) {
    const c1 = cos[p * step]!;
    const d1 = sin[p * step]!;
    const c2 = cos[2 * p * step]!;
    const d2 = sin[2 * p * step]!;
    const c3 = cos[3 * p * step]!;
    const d3 = sin[3 * p * step]!;
    for (let a = p * s, at = 4 * p * s, end = a + s; a < end; a++, at++) {
      const b = a + m * s;
      const c = a + 2 * m * s;
      const d = a + 3 * m * s;
      const er = xr[a]! + xr[c]!;
      const ei = xi[a]! + xi[c]!;
      const fr = xr[a]! - xr[c]!;
      const fi = xi[a]! - xi[c]!;
      const gr = xr[b]! + xr[d]!;
      const gi = xi[b]! + xi[d]!;
      const hr = xr[b]! - xr[d]!;
      const hi = xi[b]! - xi[d]!;
      const ur = fr + hi;
      const ui = fi - hr;
      const vr = er - gr;
      const vi = ei - gi;
      const wr = fr - hi;
      const wi = fi + hr;
      yr[at] = er + gr;
      yi[at] = ei + gi;
      yr[at + s] = ur * c1 + ui * d1;
      yi[at + s] = ui * c1 - ur * d1;
      yr[at + 2 * s] = vr * c2 + vi * d2;
      yi[at + 2 * s] = vi * c2 - vr * d2;
      yr[at + 3 * s] = wr * c3 + wi * d3;
      yi[at + 3 * s] = wi * c3 - wr * d3;
    }
  }
}

function pass5({ length, step, cos, sin }: Pass, xr: Float64Array, xi: Float64Array, yr: Float64Array, yi: Float64Array, s: number): void {
  const m = length / 5;
  for (let p = 0; p < m; p++) {
    const c1 = cos[p * step]!;
    const d1 = sin[p * step]!;
    const c2 = cos[2 * p * step]!;
    const d2 = sin[2 * p * step]!;
    const c3 = cos[3 * p * step]!;
    const d3 = sin[3 * p * step]!;
    const c4 = cos[4 * p * step]!;
    const d4 = sin[4 * p * step]!;
    for (let a = p * s, at = 5 * p * s, end = a + s; a < end; a++, at++) {
      const b = a + m * s;
      const c = a + 2 * m * s;
      const d = a + 3 * m * s;
      const e = a + 4 * m * s;
      const pr = xr[b]! + xr[e]!;
      const pi = xi[b]! + xi[e]!;
      const qr = xr[b]! - xr[e]!;
      const qi = xi[b]! - xi[e]!;
      const rr = xr[c]! + xr[d]!;
      const ri = xi[c]! + xi[d]!;
      const tr = xr[c]! - xr[d]!;
      const ti = xi[c]! - xi[d]!;
      const er = xr[a]! + COS5A * pr + COS5B * rr;
      const ei = xi[a]! + COS5A * pi + COS5B * ri;
      const fr = xr[a]! + COS5B * pr + COS5A * rr;
      const fi = xi[a]! + COS5B * pi + COS5A * ri;
      const gr = SIN5A * qr + SIN5B * tr;
      const gi = SIN5A * qi + SIN5B * ti;
      const hr = SIN5B * qr - SIN5A * tr;
      const hi = SIN5B * qi - SIN5A * ti;
      const ur = er + gi;
      const ui = ei - gr;
      const zr = er - gi;
      const zi = ei + gr;
      const vr = fr + hi;
      const vi = fi - hr;
      const wr = fr - hi;
      const wi = fi + hr;
      yr[at] = xr[a]! + pr + rr;
      yi[at] = xi[a]! + pi + ri;
      yr[at + s] = ur * c1 + ui * d1;
      yi[at + s] = ui * c1 - ur * d1;
      yr[at + 2 * s] = vr * c2 + vi * d2;
      yi[at + 2 * s] = vi * c2 - vr * d2;
      yr[at + 3 * s] = wr * c3 + wi * d3;
      yi[at + 3 * s] = wi * c3 - wr * d3;
      yr[at + 4 * s] = zr * c4 + zi * d4;
      yi[at + 4 * s] = zi * c4 - zr * d4;
    }
  }
}

/** Other small primes: the sums as they are written. */
function passAny({ radix, length, step, cos, sin }: Pass, xr: Float64Array, xi: Float64Array, yr: Float64Array, yi: Float64Array, s: number): void {
  const m = length / radix;
  // The roots of the prime, times those of the pass, are among those of the whole length.
  const size = cos.length;
  for (let p = 0; p < m; p++) {
    for (let j = 0; j < radix; j++) {
      const at = s * (radix * p + j);
      yr.fill(0, at, at + s);
      yi.fill(0, at, at + s);
      for (let k = 0; k < radix; k++) {
        const root = (j * (p * step + (k * size) / radix)) % size;
        addTimes(yr, yi, at, xr, xi, s * (p + m * k), cos[root]!, sin[root]!, s);
      }
    }
  }
}

/** y += x · (c − i d) */
function addTimes(yr: Float64Array, yi: Float64Array, at: number, xr: Float64Array, xi: Float64Array, from: number, c: number, d: number, count: number): void {
  for (let q = 0; q < count; q++) {
    const r = xr[from + q]!;
    const i = xi[from + q]!;
    yr[at + q]! += r * c + i * d;
    yi[at + q]! += i * c - r * d;
  }
}
