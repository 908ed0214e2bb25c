/**
 * @file Real transforms of real lines: sums with cosines, sines, or both (Hartley), all without weights, so that the transpose of each is
 * one of them. Lines lie side by side, as in passes.ts.
 */
import { planes, planFor } from './plan.ts';
import { realPlanFor } from './real.ts';
import { rootTable } from './roots.ts';

/**
 * What y[k] = Σ x[j] f(j, k) sums, for j, k = 0, …, n − 1. The numbers are the types of DCT and DST.
 *
 * cosine1 cos(π jk/(n−1)), cosine2 cos(π (j+½) k/n), cosine3 cos(π j (k+½)/n), cosine4 cos(π (j+½)(k+½)/n),
 * sine1 sin(π (j+1)(k+1)/(n+1)), sine2 sin(π (j+½)(k+1)/n), sine3 sin(π (j+1)(k+½)/n), sine4 sin(π (j+½)(k+½)/n),
 * hartley cos(2π jk/n) + sin(2π jk/n)
 */
export type RealTransform = 'cosine1' | 'cosine2' | 'cosine3' | 'cosine4' | 'sine1' | 'sine2' | 'sine3' | 'sine4' | 'hartley';

/** Transforms `width` lines side by side. The argument may be overwritten. */
type Lines = (x: Float64Array, width: number) => Float64Array;

/** The transpose of each transform. */
export const TRANSPOSES: Readonly<Record<RealTransform, RealTransform>> = {
  cosine1: 'cosine1', cosine2: 'cosine3', cosine3: 'cosine2', cosine4: 'cosine4', sine1: 'sine1', sine2: 'sine3', sine3: 'sine2', sine4: 'sine4', hartley: 'hartley',
};

/** The transform of lines of length n ≥ 1. */
export function linesTransform(kind: RealTransform, n: number): Lines {
  switch (kind) {
    case 'hartley':
      return hartley(n);
    case 'cosine1':
      return cosine1(n);
    case 'sine1':
      return sine1(n);
    case 'cosine2':
      return cosine2(n);
    case 'cosine3':
      return cosine3(n);
    case 'cosine4':
      return cosine4(n);
    case 'sine2':
      return alternating(n, cosine2(n), 'before');
    case 'sine3':
      return alternating(n, cosine3(n), 'after');
    case 'sine4':
      return alternating(n, cosine4(n), 'before');
  }
}

/** Row k of lines side by side. */
const row = (x: Float64Array, k: number, width: number): Float64Array => x.subarray(k * width, (k + 1) * width);

/** sin(π (j+½) m/n) = (−1)ʲ cos(π (j+½)(n−m)/n): signs on one side of a sum with cosines, the reverse order on the other. */
function alternating(n: number, inner: Lines, signs: 'before' | 'after'): Lines {
  const alternate = (x: Float64Array, width: number): Float64Array => {
    for (let k = 1; k < n; k += 2) for (let at = k * width; at < (k + 1) * width; at++) x[at] = -x[at]!;
    return x;
  };
  const reversed = (x: Float64Array, width: number): Float64Array => {
    const y = new Float64Array(x.length);
    for (let k = 0; k < n; k++) y.set(row(x, n - 1 - k, width), k * width);
    return y;
  };
  return signs === 'before' ? (x, width) => reversed(inner(alternate(x, width), width), width) : (x, width) => alternate(inner(reversed(x, width), width), width);
}

function hartley(n: number): Lines {
  const plan = realPlanFor(n);
  return (x, width) => {
    const { re, im } = plan.forward(x, width);
    for (let k = 0; 2 * k <= n; k++) {
      const other = ((n - k) % n) * width;
      for (let q = 0, at = k * width; q < width; q++, at++) {
        x[other + q] = re[at]! + im[at]!;
        x[at] = re[at]! - im[at]!;
      }
    }
    return x;
  };
}

function cosine1(n: number): Lines {
  if (n === 1) return (x) => x;
  const plan = realPlanFor(2 * (n - 1));
  return (x, width) => {
    const long = new Float64Array(2 * (n - 1) * width);
    // For n = 2 nothing is added.
    long.set(x);
    return plan.forward(long, width).re;
  };
}

function sine1(n: number): Lines {
  const plan = realPlanFor(2 * (n + 1));
  return (x, width) => {
    const long = new Float64Array(2 * (n + 1) * width);
    long.set(x, width);
    return plan.forward(long, width).im.slice(width, (n + 1) * width).map((value) => -value);
  };
}

/** [Makhoul1980]: even elements forwards, then odd ones backwards. */
const makhoul = (k: number, n: number): number => (2 * k < n ? 2 * k : 2 * (n - k) - 1);

function cosine2(n: number): Lines {
  const plan = realPlanFor(n);
  const { cos, sin } = rootTable((n >> 1) + 1, 4 * n);
  return (x, width) => {
    const sorted = new Float64Array(n * width);
    for (let k = 0; k < n; k++) sorted.set(row(x, makhoul(k, n), width), k * width);
    const { re, im } = plan.forward(sorted, width);
    for (let k = 0; 2 * k <= n; k++) {
      const c = cos[k]!;
      const s = sin[k]!;
      for (let q = 0, at = k * width; q < width; q++, at++) {
        if (k > 0) x[(n - k) * width + q] = s * re[at]! - c * im[at]!;
        x[at] = c * re[at]! + s * im[at]!;
      }
    }
    return x;
  };
}

function cosine3(n: number): Lines {
  const plan = realPlanFor(n);
  const { cos, sin } = rootTable((n >> 1) + 1, 4 * n);
  return (x, width) => {
    const v = planes(((n >> 1) + 1) * width);
    v.re.set(row(x, 0, width));
    for (let k = 1; 2 * k <= n; k++) {
      const c = cos[k]! / 2;
      const s = sin[k]! / 2;
      for (let q = 0, at = k * width; q < width; q++, at++) {
        const a = x[at]!;
        const b = x[(n - k) * width + q]!;
        v.re[at] = c * a + s * b;
        v.im[at] = s * a - c * b;
      }
    }
    const sorted = plan.backward(v, width);
    for (let k = 0; k < n; k++) x.set(row(sorted, k, width), makhoul(k, n) * width);
    return x;
  };
}

function cosine4(n: number): Lines {
  const plan = planFor(n);
  const before = rootTable(n, 4 * n);
  const after = rootTable(n, 8 * n, (k) => 2 * k + 1);
  return (x, width) => {
    const t = planes(n * width);
    for (let k = 0, at = 0; k < n; k++) {
      for (let q = 0; q < width; q++, at++) {
        t.re[at] = x[at]! * before.cos[k]!;
        t.im[at] = -x[at]! * before.sin[k]!;
      }
    }
    const { re, im } = plan.run(t, planes(n * width), width);
    for (let k = 0; k < n; k++) {
      // Coefficient number j is that of the even number 2j; those of odd numbers k are conjugates of those of 2n − 1 − k.
      const from = (k % 2 === 0 ? k / 2 : (2 * n - 1 - k) / 2) * width;
      const c = after.cos[k]!;
      const s = k % 2 === 0 ? after.sin[k]! : -after.sin[k]!;
      for (let q = 0; q < width; q++) x[k * width + q] = c * re[from + q]! + s * im[from + q]!;
    }
    return x;
  };
}
