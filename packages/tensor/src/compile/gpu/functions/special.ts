/** @file Special functions and exact choices in the JavaScript that gpu.js translates. Polynomials of the error functions after [Moshier1992]. */
import { polynomial } from './elementary.ts';
import { gpuFunction as of, type GpuFunction } from './native.ts';

export const SPECIAL_FUNCTIONS: readonly GpuFunction[] = [
  /** erfc of x ≥ 1. */
  of('errorTailOf', 'x', `
  if (x > 10.1) { return 0; }
  const q = 1 / x;
  const z = q * q;
  let p = num(0);
  if (x < 2) {
    p = ${polynomial('z', [5.638259427386472e-1, -2.741127028184656e-1, 3.404879937665872e-1, -4.944515323274145e-1, 6.210004621745983e-1, -5.824733027278666e-1, 3.687424674597105e-1, -1.387039388740657e-1, 2.326819970068386e-2])};
  } else {
    p = ${polynomial('z', [5.641895067754075e-1, -2.820767439740514e-1, 4.218463358204948e-1, -1.0152652792027, 2.921019019210786, -7.495518717768503, 12.97719955372516, -10.47766399936249])};
  }
  return expOf(0 - x * x) * q * p;`),
  /** erf of |x| ≤ 1. */
  of('errorCoreOf', 'x', `
  const z = x * x;
  return x * ${polynomial('z', [1.128379165726710, -3.761262582423300e-1, 1.128358514861418e-1, -2.685381193529856e-2, 5.188327685732524e-3, -8.010193625184903e-4, 7.853861353153693e-5])};`),
  of('errorOf', 'x', `
  if (isNaNOf(x) === 1) { return x; }
  const a = Math.abs(x);
  if (a > 1) { return withSignOf(1 - errorTailOf(a), x); }
  return errorCoreOf(x);`),
  of('errorComplementOf', 'x', `
  if (isNaNOf(x) === 1) { return x; }
  if (x > 1) { return errorTailOf(x); }
  if (x < -1) { return 2 - errorTailOf(0 - x); }
  return 1 - errorCoreOf(x);`),
  of('sincOf', 'x', `
  if (x === 0) { return 1; }
  if (isNaNOf(x) === 1) { return x; }
  if (isFiniteOf(x) === 0) { return 0; }
  const whole = roundOf(x);
  const sine = sineOf(3.141592653589793 * (x - whole));
  const half = whole * 0.5;
  if (floorOf(half) === half) { return sine / (3.141592653589793 * x); }
  return -sine / (3.141592653589793 * x);`),
  of('signOf', 'x', `
  if (x > 0) { return 1; }
  if (x < 0) { return -1; }
  return x;`),
  // NaN wins, and −0 is below 0.
  of('smallerOf', 'x, y', `
  if (isNaNOf(x) === 1) { return x; }
  if (isNaNOf(y) === 1) { return y; }
  if (x === y) {
    if (isNegativeOf(x) === 1) { return x; }
    return y;
  }
  if (x < y) { return x; }
  return y;`),
  of('largerOf', 'x, y', `
  if (isNaNOf(x) === 1) { return x; }
  if (isNaNOf(y) === 1) { return y; }
  if (x === y) {
    if (isNegativeOf(x) === 1) { return y; }
    return x;
  }
  if (x > y) { return x; }
  return y;`),
  /** x − y ⌊x / y⌋; where the quotient was rounded up to a whole number, the remainder gets the sign of y back. */
  of('remainderOf', 'x, y', `
  const rest = x - y * floorOf(x / y);
  if ((rest < 0 && y > 0) || (rest > 0 && y < 0)) { return rest + y; }
  return rest;`),
  of('integerRemainderOf', 'x, y', `
  if (y === 0) { return 0; }
  const rest = x - y * floorOf(x / y);
  if ((rest < 0 && y > 0) || (rest > 0 && y < 0)) { return rest + y; }
  if ((rest >= y && y > 0) || (rest <= y && y < 0)) { return rest - y; }
  return rest;`),
  /** A real number as an integer: towards zero, NaN as 0, within 32 bits. */
  of('integerOf', 'x', `
  if (isNaNOf(x) === 1) { return 0; }
  if (x > 2147483647) { return 2147483647; }
  if (x < -2147483648) { return -2147483648; }
  return truncOf(x);`),
  of('truthOf', 'x', `
  if (x === 0) { return 0; }
  return 1;`),
  of('lessOf', 'x, y', `
  if (x < y) { return 1; }
  return 0;`),
  of('lessEqualOf', 'x, y', `
  if (x <= y) { return 1; }
  return 0;`),
  of('equalOf', 'x, y', `
  if (x === y) { return 1; }
  return 0;`),
  of('selectOf', 'condition, x, y', `
  if (condition === 0) { return y; }
  return x;`),
  /** An index within 0 … length − 1. */
  of('withinOf', 'index, length', `
  if (index < 0) { return 0; }
  if (index >= length) { return length - 1; }
  return index;`),
];
