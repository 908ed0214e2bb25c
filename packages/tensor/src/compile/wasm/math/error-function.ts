/** @file The error function: x + x A(x²) up to 1, beyond it 1 − e^(−x²) B(1 / (|x| + 2)), where B is the scaled complement, which is smooth; and its complement. */
import { exactProduct } from './exact.ts';
import { signOf } from './format.ts';
import { polynomial, toSingle, type Precision, type Vector } from './vector.ts';

/** By the Remez algorithm [Remez1934]; relative errors of erf 2⁻³⁰ and 2⁻⁶³. */
const A: Readonly<Record<Precision, readonly number[]>> = {
  f32: [0.12837916612625122, -0.3761262595653534, 0.1128358542919159, -0.026853812858462334, 0.005188327748328447, -0.0008010194287635386, 7.85386364441365e-5],
  f64: [
    0.1283791670955126, -0.3761263890318375, 0.11283791670954857, -0.026866170645072896, 0.005223977624780867, -0.0008548326978742102,
    0.00012055331036893216, -1.4925593506693883e-5, 1.6460972813412228e-6, -1.635002518096844e-7, 1.4657879545912433e-8, -1.1365664772465907e-9, 5.945259682192275e-11,
  ],
};
const B: Readonly<Record<Precision, readonly number[]>> = {
  f32: [0.001817992888391018, 0.5194788575172424, 1.5866732597351074, -0.5138474702835083, 10.183734893798828, -7.383506774902344],
  f64: [
    -7.329866335193755e-6, 0.5645842400827777, 1.1185783766842172, 2.123197340652391, 1.2903101413648685, 13.977887649119694, -61.46643405116494,
    236.93620272077231, -721.497022596139, 1427.8250556803864, -1792.1627962572466, 1389.4728405598264, -604.531276964971, 110.50431909458737,
  ],
};
interface Scaled {
  readonly n: readonly number[];
  readonly d: readonly number[];
}

/** (x + ½) e^(x²) erfc x lies between 0.56 and 0.65. */
const CENTRE = 0.60400390625;
/** CENTRE + N(x) / D(x) up to 10 (f32) and 27 (f64), by the Remez algorithm; relative error 2⁻³¹ and 2⁻⁵⁹. */
const SCALED: Readonly<Record<Precision, Scaled>> = {
  f32: {
    n: [-0.104011170566082, 0.17707239091396332, 0.17764784395694733, 0.06134198606014252, 0.004738351795822382, -0.0036685767117887735],
    d: [1.0, 2.4885647296905518, 2.6738455295562744, 1.5903089046478271, 0.5337443947792053, 0.09214475750923157],
  },
  f64: {
    n: [-0.10400390622847937, 0.0799712640129399, 0.295469026259136, 0.29437496273544966, 0.16346151778596366, 0.05641994164300217, 0.011466821838246892, 0.0007749211412567524, -0.00025066856239885845, -7.601385006835709e-5, -7.700834413842318e-6],
    d: [1.0, 3.4214018001045967, 5.453971620516939, 5.35036309723375, 3.590152497749755, 1.729539834295708, 0.6092775104931567, 0.15615333130354614, 0.028162547827355812, 0.0032796302493534007, 0.00019341869686955425],
  },
};
/** From here on erfc is less than half of the smallest number. */
const VANISHES: Readonly<Record<Precision, number>> = { f32: 10.1, f64: 27.3 };
/** Up to here 1 − erf x loses less than what else there is. */
const MIDDLE = 0.81;
/** From here on the result is 1. */
const MOST: Readonly<Record<Precision, number>> = { f32: 4, f64: 6 };

/** erf x. */
export function erf(x: Vector): Vector {
  const size = x.abs();
  const square = x.mul(x);
  const inner = x.add(x.mul(polynomial(square, A[x.precision])));
  const bounded = size.atMost(MOST[x.precision]);
  const tail = bounded.mul(bounded).neg().call('exp').mul(polynomial(x.constant(1).div(bounded.add(2)), B[x.precision]));
  return inner.replaceWhere(size.greater(1), x.constant(1).sub(tail).or(signOf(x)));
}

/** erfc x = 1 − erf x up to 0.81; beyond it e^(−x²) times its scaled form. */
export function erfc(x: Vector): Vector {
  const square = x.mul(x);
  // 1 − (x + …), or ½ − (x − ½ + …), whose sum in brackets is smaller.
  const half = x.greater(0.25).and(x.constant(0.5));
  const inner = half.constant(1).sub(half).sub(x.sub(half).add(x.mul(polynomial(square, A[x.precision]))));
  const bounded = x.abs().atMost(VANISHES[x.precision]);
  const high = bounded.mul(bounded);
  const tail = high.neg().call('exp').mul(scaledComplement(bounded, high));
  const outer = x.less(0).choose(x.constant(2).sub(tail), tail);
  return inner.replaceWhere(x.abs().greater(MIDDLE), outer);
}

/** e^h erfc x, where h is x² rounded; of singles in doubles, since many roundings would meet. */
function scaledComplement(x: Vector, h: Vector): Vector {
  if (x.precision === 'f64') return scaledFrom(x, exactProduct(x, x).low, SCALED.f64);
  const [first, last] = ([0, 1] as const).map((half) => {
    const own = x.toDouble(half);
    return scaledFrom(own, own.mul(own).sub(h.toDouble(half)), SCALED.f32);
  });
  return toSingle(first!, last!);
}

/** (0.6 + N(x) / D(x)) (1 − lost) / (x + ½), where x² = h + lost. */
function scaledFrom(x: Vector, lost: Vector, { n, d }: Scaled): Vector {
  const rest = polynomial(x, n).div(polynomial(x, d));
  return rest.sub(lost.mul(rest.add(CENTRE))).add(CENTRE).div(x.add(0.5));
}
