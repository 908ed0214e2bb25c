/** @file Rounding as IEEE 754 does it: ties to the even neighbour, so that every backend agrees. */

/** The nearest integer; ties go to the even one. Keeps −0, NaN and infinities; what is rounded to zero keeps its sign. */
export function roundHalfEven(x: number): number {
  const down = Math.floor(x);
  const rest = x - down;
  const isDown = rest < 0.5 || (rest === 0.5 && down % 2 === 0);
  const nearest = isDown ? down : down + 1;
  // An infinity leaves no rest to compare.
  if (Number.isNaN(rest)) return x;
  return nearest === 0 && (x < 0 || Object.is(x, -0)) ? -0 : nearest;
}
