/** @file Fourier transforms of a few numbers in variables. */
import { rootOfUnity } from '../../../../backends/js/fft/roots.ts';
import type { Complex, Lanes } from './lanes.ts';
import type { Local } from '../../assembler.ts';

/** y[k] = Σ x[j] e^(−2πi jk/r) for r = 2, 4 or an odd number. */
export function butterfly(v: Lanes, x: readonly Complex[]): Complex[] {
  switch (x.length) {
    case 2:
      return [plus(v, x[0]!, x[1]!), minus(v, x[0]!, x[1]!)];
    case 4:
      return four(v, x as [Complex, Complex, Complex, Complex]);
    default:
      return odd(v, x);
  }
}

const plus = (v: Lanes, a: Complex, b: Complex): Complex => ({ re: v.add(a.re, b.re), im: v.add(a.im, b.im) });
const minus = (v: Lanes, a: Complex, b: Complex): Complex => ({ re: v.sub(a.re, b.re), im: v.sub(a.im, b.im) });
/** a − i b */
const minusTurned = (v: Lanes, a: Complex, b: Complex): Complex => ({ re: v.add(a.re, b.im), im: v.sub(a.im, b.re) });
/** a + i b */
const plusTurned = (v: Lanes, a: Complex, b: Complex): Complex => ({ re: v.sub(a.re, b.im), im: v.add(a.im, b.re) });

function four(v: Lanes, [a, b, c, d]: readonly [Complex, Complex, Complex, Complex]): Complex[] {
  const [e, f] = [plus(v, a, c), minus(v, a, c)];
  const [g, h] = [plus(v, b, d), minus(v, b, d)];
  return [plus(v, e, g), minusTurned(v, f, h), minus(v, e, g), plusTurned(v, f, h)];
}

/** Elements j and r − j have the same cosines and opposite sines. */
function odd(v: Lanes, x: readonly Complex[]): Complex[] {
  const r = x.length;
  const pairs = Array.from({ length: (r - 1) / 2 }, (_, k) => k + 1);
  const sums = pairs.map((j) => plus(v, x[j]!, x[r - j]!));
  const differences = pairs.map((j) => minus(v, x[j]!, x[r - j]!));
  const roots = pairs.map((k) => rootOfUnity(k, r).map((part) => v.constant(part))) as [cos: Local, sin: Local][];
  const y: Complex[] = [sums.reduce((total, s) => plus(v, total, s), x[0]!)];
  for (const k of pairs) {
    let even = x[0]!;
    let turned: Complex | undefined;
    pairs.forEach((j, at) => {
      const m = (j * k) % r;
      const [cos, sin] = roots[Math.min(m, r - m) - 1]!;
      const [s, d] = [sums[at]!, differences[at]!];
      even = plus(v, even, { re: v.mul(cos, s.re), im: v.mul(cos, s.im) });
      const term = { re: v.mul(sin, d.re), im: v.mul(sin, d.im) };
      if (turned === undefined) turned = 2 * m < r ? term : { re: v.neg(term.re), im: v.neg(term.im) };
      else turned = 2 * m < r ? plus(v, turned, term) : minus(v, turned, term);
    });
    y[k] = minusTurned(v, even, turned!);
    y[r - k] = plusTurned(v, even, turned!);
  }
  return y;
}
