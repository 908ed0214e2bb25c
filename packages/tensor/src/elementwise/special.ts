/** @file Special functions of the scalar language that the engine does not have. */

/**
 * sin(πx) / (πx), which is 1 at 0 and 0 at all other whole numbers and at ±Infinity. The argument of the sine is reduced to |r| ≤ ½ without
 * rounding, so that the zeros are exact and large arguments lose no digits.
 */
export function sinc(x: number): number {
  if (x === 0) return 1;
  if (Math.abs(x) === Infinity) return 0;
  const whole = Math.round(x);
  const sine = Math.sin(Math.PI * (x - whole));
  return (whole % 2 === 0 ? sine : -sine) / (Math.PI * x);
}
