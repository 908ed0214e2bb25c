/** @file How near a density comes to the target. */

import { massOf } from './density.ts';

/** Σ|density − target| / Σ target: the share of smoke that is out of place, counted once where it lacks and once where it is. */
export function relativeError(density: ArrayLike<number>, target: ArrayLike<number>): number {
  let difference = 0;
  for (let i = 0; i < target.length; i++) difference += Math.abs(density[i]! - target[i]!);
  return difference / massOf(target);
}

/** Cells above half density in both, divided by cells above half density in either: 1 where the shapes agree, 0 where they are apart. */
export function overlap(density: ArrayLike<number>, target: ArrayLike<number>): number {
  let [both, either] = [0, 0];
  for (let i = 0; i < target.length; i++) {
    const inDensity = density[i]! > 0.5;
    const inTarget = target[i]! > 0.5;
    if (inDensity && inTarget) both++;
    if (inDensity || inTarget) either++;
  }
  return either === 0 ? 0 : both / either;
}

/** Mass gained (or, negative, lost) relative to the start. */
export function massChange(start: ArrayLike<number>, end: ArrayLike<number>): number {
  const before = massOf(start);
  return (massOf(end) - before) / before;
}
