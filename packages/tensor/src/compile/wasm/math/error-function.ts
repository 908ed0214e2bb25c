/** @file The error function: x + x A(x²) up to 1, beyond it 1 − e^(−x²) B(1 / (|x| + 2)), where B is the scaled complement, which is smooth. */
import { signOf } from './format.ts';
import { polynomial, type Precision, type Vector } from './vector.ts';

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
