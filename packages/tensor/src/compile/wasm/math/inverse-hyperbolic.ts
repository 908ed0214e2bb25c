/**
 * @file Inverse hyperbolic functions: near their zeros a simple function and a correction, elsewhere logarithms.
 */
import { signOf } from './format.ts';
import { correction, type Fraction } from './fraction.ts';
import type { Precision, Vector } from './vector.ts';

/** arsinh x = x + x³ P(x²) up to 1¼, by the Remez algorithm [Remez1934]; relative error 2⁻²⁷ and 2⁻⁵⁶. */
const SINE: Readonly<Record<Precision, Fraction>> = {
  f32: { n: [10.153552055358887, 8.009937286376953], d: [-60.921409606933594, -75.47240447998047, -23.656503677368164, -1.4945634603500366] },
  f64: {
    n: [145999.51144903572, 336970.1217740153, 277261.7850157244, 98051.63876850023, 14123.209661113026, 613.1745391273752],
    d: [-875997.0686942291, -2416019.4115553363, -2516137.3733544033, -1233110.5591584323, -288506.17596228357, -28776.61058781685, -863.0641618000336],
  },
};
/** arcosh (1 + t) = √(2 t) (1 + t P(t)) up to 1; relative error 2⁻³⁰ and 2⁻⁵⁷. */
const COSINE: Readonly<Record<Precision, Fraction>> = {
  f32: { n: [226.29522705078125, 68.6421890258789], d: [-2715.543701171875, -1434.6868896484375, -153.05287170410156] },
  f64: {
    n: [1371.4123735364908, 1270.2256667017116, 376.9311042747321, 39.11017026483291],
    d: [-16456.948482438052, -18945.521408959572, -7683.887768341675, -1304.5190513721798, -84.60552515402418, -1.3690604764899188],
  },
};
/** artanh x = x + x³ P(x²) up to ½; relative error 2⁻²⁷ and 2⁻⁵⁶. */
const TANGENT: Readonly<Record<Precision, Fraction>> = {
  f32: { n: [-1.7989493608474731], d: [-5.396859169006348, 6.23850154876709, -1.4341320991516113] },
  f64: {
    n: [970.3200894584361, -1747.9499731343892, 954.690198232716, -152.52199636945392],
    d: [2910.960268375255, -6990.42608042077, 5810.771841850167, -1918.45228333959, 199.9842376890208],
  },
};
/** From here on x² ± 1 is x². */
const HUGE: Readonly<Record<Precision, number>> = { f32: 2 ** 13, f64: 2 ** 28 };

/** ln (x + √(x² + one)) of a positive x. */
function logarithm(x: Vector, one: 1 | -1): Vector {
  const isHuge = x.greater(HUGE[x.precision]);
  const sum = x.add(x.mul(x).add(one).sqrt());
  // 2 x could overflow.
  return isHuge.choose(x, sum).call('log').add(isHuge.and(x.constant(Math.LN2)));
}

/** arsinh x. */
export function asinh(x: Vector): Vector {
  const size = x.abs();
  const value = size.add(correction(size, x.mul(x), SINE));
  return value.replaceWhere(size.greater(1.25), logarithm(size, 1)).or(signOf(x));
}

/** arcosh x. */
export function acosh(x: Vector): Vector {
  const t = x.sub(1);
  const root = t.add(t).sqrt();
  return root.add(correction(root, t, COSINE)).replaceWhere(t.greater(1), logarithm(x, -1));
}

/** artanh x; beyond ½, where 1 − x is exact, ½ ln (1 + 2 x / (1 − x)). */
export function atanh(x: Vector): Vector {
  const size = x.abs();
  const value = size.add(correction(size, x.mul(x), TANGENT));
  const ratio = size.add(size).div(x.constant(1).sub(size));
  return value.replaceWhere(size.greater(0.5), ratio.call('log1p').mul(0.5)).or(signOf(x));
}
