/** @file Plans Fourier transforms of lines: products of small primes in passes, all other lengths as a convolution of such a length. */
import { factorsOf, smoothLength } from '../../../backends/js/fft/factors.ts';
import { planes, planFor } from '../../../backends/js/fft/plan.ts';
import { rootOfUnity } from '../../../backends/js/fft/roots.ts';
import type { LinePlan, Plane, Planes, RowMemory, Stage } from './stage.ts';

/** Sums of this many terms are formed as they are; for larger primes a convolution takes less time. */
const LARGEST_PRIME = 13;

/** Rows of a memory in their order. */
export function planeOf(memory: RowMemory, start: number = 0, step: number = 1): Plane {
  return { memory, start, step };
}

/** Rows first, first + by, … of a plane. */
export function part({ memory, start, step }: Plane, first: number, by: number = 1): Plane {
  return { memory, start: start + first * step, step: by * step };
}

/** Real and imaginary part exchanged: transforms between such planes go backwards. */
export function exchanged({ re, im }: Planes): Planes {
  return { re: im, im: re };
}

/**
 * Two factors of a length as close to each other as they can be, the smaller one first, whose transforms are passes; undefined where
 * one would be less than `least`.
 */
export function splitLength(n: number, least: number): readonly [number, number] | undefined {
  if (factorsOf(n).some((factor) => factor > LARGEST_PRIME)) return undefined;
  for (let first = Math.floor(Math.sqrt(n)); first >= least; first--) if (n % first === 0) return [first, n / first];
  return undefined;
}

/** Collects the stages of a plan, its memory and its table. */
export class Planner {
  private readonly stages: Stage[] = [];
  private readonly table: number[] = [];
  private rows = 0;

  add(stage: Stage): void {
    this.stages.push(stage);
  }

  finish(): LinePlan {
    return { stages: this.stages, rows: this.rows, table: this.table };
  }

  /** Scratch rows. */
  plane(rows: number): Plane {
    const plane = planeOf('scratch', this.rows);
    this.rows += rows;
    return plane;
  }

  planes(rows: number): Planes {
    return { re: this.plane(rows), im: this.plane(rows) };
  }

  /** Puts factor · e^(2πi index(k)/n) for k = 0, …, count − 1 into the table, and says where. */
  roots(count: number, n: number, index: (k: number) => number = (k) => k, factor: number = 1): number {
    const at = this.table.length;
    for (let k = 0; k < count; k++) {
      const [c, s] = rootOfUnity(index(k), n);
      this.table.push(factor * c, factor * s);
    }
    return at;
  }

  /** to[k] = Σ from[j] e^(−2πi jk/n). The rows of `from` are not changed. */
  fourier(n: number, from: Planes, to: Planes): void {
    const factors = factorsOf(n);
    if (n === 1) {
      for (const part of ['re', 'im'] as const) this.add({ kind: 'copy', from: from[part], to: to[part], count: 1, negate: false });
    } else if (factors.every((factor) => factor <= LARGEST_PRIME)) {
      const between = Array.from({ length: Math.min(2, factors.length - 1) }, () => this.planes(n));
      this.passes(n, factors, from, to, between);
    } else {
      this.convolution(n, from, to);
    }
  }

  /** Passes with one or two pairs of planes in between; from the second pass on they may be those of `from`. */
  private passes(n: number, factors: readonly number[], from: Planes, to: Planes, between: readonly Planes[]): void {
    let stride = 1;
    let source = from;
    factors.forEach((radix, k) => {
      const groups = n / stride / radix;
      const target = k === factors.length - 1 ? to : between[k % 2]!;
      const table = this.roots((groups - 1) * (radix - 1), n, (at) => stride * (1 + Math.floor(at / (radix - 1))) * (1 + (at % (radix - 1))));
      this.add({ kind: 'pass', radix, groups, stride, from: source, to: target, table });
      source = target;
      stride *= radix;
    });
  }

  /** [Bluestein1970]: with jk = (j² + k² − (k − j)²)/2 the transform is a convolution with e^(iπ j²/n). */
  private convolution(n: number, from: Planes, to: Planes): void {
    const m = smoothLength(2 * n - 1);
    const [a, b, c] = [this.planes(m), this.planes(m), this.planes(m)];
    const chirp = this.roots(n, 2 * n, (k) => -((k * k) % (2 * n)));
    this.add({ kind: 'multiply', from, to: a, count: n, table: chirp });
    for (const plane of [a.re, a.im]) this.add({ kind: 'zero', to: part(plane, n), count: m - n });
    const factors = factorsOf(m);
    this.passes(m, factors, a, b, [c, a]);
    const spectrum = this.table.length;
    for (const [re, im] of chirpSpectrum(n, m)) this.table.push(re, im);
    this.add({ kind: 'multiply', from: b, to: c, count: m, table: spectrum });
    this.passes(m, factors, exchanged(c), exchanged(a), [exchanged(b), exchanged(c)]);
    this.add({ kind: 'multiply', from: a, to, count: n, table: chirp });
  }
}

/** The Fourier transform of length m of e^(iπ k²/n) / m for |k| < n. */
function chirpSpectrum(n: number, m: number): [re: number, im: number][] {
  const spread = planes(m);
  for (let k = 0; k < n; k++) {
    const [c, s] = rootOfUnity((k * k) % (2 * n), 2 * n);
    for (const at of [k, (m - k) % m]) {
      spread.re[at] = c / m;
      spread.im[at] = s / m;
    }
  }
  const { re, im } = planFor(m).run(spread, planes(m), 1);
  return Array.from(re, (x, k) => [x, im[k]!]);
}
