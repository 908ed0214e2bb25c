/** @file Roots of unity, rounded correctly up to one unit and with all their symmetries: the arguments of sin and cos stay below π/4. */

/** e^(2πi k/n) for integers. */
export function rootOfUnity(k: number, n: number): readonly [re: number, im: number] {
  const quarters = 4 * (((k % n) + n) % n);
  const quadrant = Math.floor(quarters / n);
  const rest = quarters - quadrant * n;
  const angle = (Math.min(rest, n - rest) * Math.PI) / (2 * n);
  const [c, s] = 2 * rest <= n ? [Math.cos(angle), Math.sin(angle)] : [Math.sin(angle), Math.cos(angle)];
  switch (quadrant) {
    case 0:
      return [c, s];
    case 1:
      return [-s, c];
    case 2:
      return [-c, -s];
    default:
      return [s, -c];
  }
}

/** cos and sin of 2π index(k)/n for k = 0, 1, …, count − 1. */
export function rootTable(count: number, n: number, index: (k: number) => number = (k) => k): { readonly cos: Float64Array; readonly sin: Float64Array } {
  const cos = new Float64Array(count);
  const sin = new Float64Array(count);
  for (let k = 0; k < count; k++) [cos[k], sin[k]] = rootOfUnity(index(k), n);
  return { cos, sin };
}
