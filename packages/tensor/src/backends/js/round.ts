/** @file Rounding as IEEE 754 does it: ties to the even neighbour, so that every backend agrees. */

/** The nearest integer; ties go to the even one. Keeps −0, NaN and infinities. */
export function roundHalfEven(x: number): number {
  const down = Math.floor(x);
  const rest = x - down;
  if (rest < 0.5) return down === 0 && (x < 0 || Object.is(x, -0)) ? -0 : down;
  if (rest > 0.5) return down + 1;
  return down % 2 === 0 ? down : down + 1;
}
