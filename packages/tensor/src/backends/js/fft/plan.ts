/** @file Fourier transforms of any length: products of small primes in passes, all others as a convolution of such a length. */
import { factorsOf, smoothLength } from './factors.ts';
import { runPass, type Pass, type Planes } from './passes.ts';
import { rootTable } from './roots.ts';

/** A transform of one length. Plans hold tables only and serve any number of lines. */
export interface Plan {
  readonly length: number;
  /**
   * y[k] = Σ x[j] e^(−2πi jk/n) for `width` lines side by side. Both pairs of planes are overwritten; returned is the one that holds the
   * result. Real and imaginary part exchanged, before and after, give the same sum with e^(+2πi jk/n).
   */
  run(x: Planes, scratch: Planes, width: number): Planes;
}

/** Sums of this many terms are formed as they are; for larger primes a convolution is faster. */
const LARGEST_PRIME = 23;

/** New planes of zeros. */
export function planes(size: number): Planes {
  return { re: new Float64Array(size), im: new Float64Array(size) };
}

/** Real and imaginary part exchanged. */
export function exchanged({ re, im }: Planes): Planes {
  return { re: im, im: re };
}

function passesPlan(length: number, factors: readonly number[]): Plan {
  const { cos, sin } = rootTable(length, length);
  let left = length;
  const passes = factors.map((radix): Pass => {
    const pass: Pass = { radix, length: left, step: length / left, cos, sin };
    left /= radix;
    return pass;
  });
  return {
    length,
    run(x, scratch, width) {
      let [from, to] = [x, scratch];
      let stride = width;
      for (const pass of passes) {
        runPass(pass, from, to, stride);
        stride *= pass.radix;
        [from, to] = [to, from];
      }
      return from;
    },
  };
}

/** [Bluestein1970]: with jk = (j² + k² − (k − j)²)/2 the transform is a convolution with e^(iπ j²/n). */
function convolutionPlan(n: number): Plan {
  const chirp = rootTable(n, 2 * n, (k) => (k * k) % (2 * n));
  const inner = smoothPlan(smoothLength(2 * n - 1));
  const m = inner.length;
  const spread = planes(m);
  for (let k = 0; k < n; k++) {
    for (const at of k === 0 ? [0] : [k, m - k]) {
      spread.re[at] = chirp.cos[k]! / m;
      spread.im[at] = chirp.sin[k]! / m;
    }
  }
  const kernel = inner.run(spread, planes(m), 1);
  return {
    length: n,
    run(x, _scratch, width) {
      const a = planes(m * width);
      const b = planes(m * width);
      multiply(x, chirp.cos, chirp.sin, -1, n, width, a);
      const spectrum = inner.run(a, b, width);
      multiply(spectrum, kernel.re, kernel.im, 1, m, width, spectrum);
      const back = exchanged(inner.run(exchanged(spectrum), exchanged(spectrum === a ? b : a), width));
      multiply(back, chirp.cos, chirp.sin, -1, n, width, x);
      return x;
    },
  };
}

/** out = x · (cos + i·sign·sin), row by row. */
function multiply(x: Planes, cos: Float64Array, sin: Float64Array, sign: number, rows: number, width: number, out: Planes): void {
  for (let k = 0, at = 0; k < rows; k++) {
    const c = cos[k]!;
    const s = sign * sin[k]!;
    for (let q = 0; q < width; q++, at++) {
      const re = x.re[at]!;
      const im = x.im[at]!;
      out.re[at] = re * c - im * s;
      out.im[at] = re * s + im * c;
    }
  }
}

const smoothPlan = (length: number): Plan => passesPlan(length, factorsOf(length));

/** Plans of recent lengths: making the tables takes as long as a few transforms. */
const recent = new Map<number, Plan>();
const MOST_PLANS = 32;

/** The plan of a length ≥ 1. */
export function planFor(length: number): Plan {
  let plan = recent.get(length);
  if (plan === undefined) {
    const factors = factorsOf(length);
    plan = factors.every((factor) => factor <= LARGEST_PRIME) ? passesPlan(length, factors) : convolutionPlan(length);
    if (recent.size >= MOST_PLANS) recent.delete(recent.keys().next().value!);
    recent.set(length, plan);
  }
  return plan;
}
