/** @file Transforms of real lines: for even lengths as a complex transform of half the length. Lines lie side by side, as in passes.ts. */
import type { Planes } from './passes.ts';
import { exchanged, planes, planFor, type Plan } from './plan.ts';
import { rootTable } from './roots.ts';

/** Transforms between n real numbers and the first ⌊n/2⌋ + 1 of their Fourier coefficients; the others are their conjugates. */
export interface RealPlan {
  /** X[k] = Σ x[j] e^(−2πi jk/n) for k ≤ n/2. */
  forward(x: Float64Array, width: number): Planes;
  /** x[j] = Σ X[k] e^(+2πi jk/n) over all k, those above n/2 being conjugates. X is overwritten. */
  backward(spectrum: Planes, width: number): Float64Array;
}

/** The plan of a length ≥ 1. */
export function realPlanFor(n: number): RealPlan {
  return n % 2 === 0 ? evenPlan(n, planFor(n / 2)) : oddPlan(n, planFor(n));
}

function oddPlan(n: number, plan: Plan): RealPlan {
  return {
    forward(x, width) {
      const y = plan.run({ re: x.slice(), im: new Float64Array(n * width) }, planes(n * width), width);
      const size = ((n >> 1) + 1) * width;
      return { re: y.re.subarray(0, size), im: y.im.subarray(0, size) };
    },
    backward({ re, im }, width) {
      const all = planes(n * width);
      all.re.set(re);
      all.im.set(im);
      all.im.fill(0, 0, width);
      for (let k = 1; 2 * k < n; k++) {
        for (let q = 0; q < width; q++) {
          all.re[(n - k) * width + q] = re[k * width + q]!;
          all.im[(n - k) * width + q] = -im[k * width + q]!;
        }
      }
      return plan.run(exchanged(all), exchanged(planes(n * width)), width).im;
    },
  };
}

function evenPlan(n: number, plan: Plan): RealPlan {
  const half = n / 2;
  const { cos, sin } = rootTable(half + 1, n);
  return {
    forward(x, width) {
      // Even elements are the real part, odd ones the imaginary part of one transform.
      const z = planes(half * width);
      for (let k = 0; k < half; k++) {
        z.re.set(x.subarray(2 * k * width, (2 * k + 1) * width), k * width);
        z.im.set(x.subarray((2 * k + 1) * width, (2 * k + 2) * width), k * width);
      }
      const y = plan.run(z, planes(half * width), width);
      const out = planes((half + 1) * width);
      for (let k = 0; k <= half; k++) untangle(y, out, k, (k % half) * width, ((half - k) % half) * width, width, cos[k]!, sin[k]!);
      return out;
    },
    backward(spectrum, width) {
      const z = planes(half * width);
      spectrum.im.fill(0, 0, width);
      spectrum.im.fill(0, half * width);
      for (let k = 0; k < half; k++) tangle(spectrum, z, k * width, (half - k) * width, width, cos[k]!, sin[k]!);
      const y = exchanged(plan.run(exchanged(z), exchanged(planes(half * width)), width));
      const x = new Float64Array(n * width);
      for (let k = 0; k < half; k++) {
        x.set(y.re.subarray(k * width, (k + 1) * width), 2 * k * width);
        x.set(y.im.subarray(k * width, (k + 1) * width), (2 * k + 1) * width);
      }
      return x;
    },
  };
}

/** X[k] = E + e^(−2πi k/n) O, where E = (Z[k] + Z̄[−k])/2 and O = (Z[k] − Z̄[−k])/2i. */
function untangle(z: Planes, out: Planes, k: number, a: number, b: number, width: number, c: number, s: number): void {
  for (let at = k * width, end = at + width; at < end; at++, a++, b++) {
    const er = (z.re[a]! + z.re[b]!) / 2;
    const ei = (z.im[a]! - z.im[b]!) / 2;
    const or = (z.im[a]! + z.im[b]!) / 2;
    const oi = (z.re[b]! - z.re[a]!) / 2;
    out.re[at] = er + c * or + s * oi;
    out.im[at] = ei + c * oi - s * or;
  }
}

/** Z[k] = (X[k] + X̄[n/2 − k]) + i e^(+2πi k/n) (X[k] − X̄[n/2 − k]) */
function tangle(x: Planes, z: Planes, a: number, b: number, width: number, c: number, s: number): void {
  const end = a + width;
  for (; a < end; a++, b++) {
    const dr = x.re[a]! - x.re[b]!;
    const di = x.im[a]! + x.im[b]!;
    z.re[a] = x.re[a]! + x.re[b]! - s * dr - c * di;
    z.im[a] = x.im[a]! - x.im[b]! + c * dr - s * di;
  }
}
