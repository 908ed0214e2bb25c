/** @file A marker on a circle of cells, carried by a velocity that does not change: ∂d/∂t = −u ∂d/∂x, and the loss of a velocity. */

import { exp, scan, sin, square, sub, sum, type Tensor, type Scalar } from '@tapeflow/tensor';
import { advect, centered, grid, periodic, type CenteredField, type Grid } from '@tapeflow/pde';

/** Time step; cells are 1 wide, so velocities up to 2 are stable. */
export const DT = 0.5;

/** Largest velocity of the wanted motion: towards the middle from both sides. */
const SPEED = 0.5;

/** A marker, and where it shall be after some steps. */
export interface Problem {
  readonly domain: Grid;
  readonly steps: number;
  readonly marker: CenteredField;
  readonly target: CenteredField;
}

/** The problem on so many cells: the target is where the wanted velocity carries the marker, so it can be reached. */
export function makeProblem(cells: number, steps: number): Problem {
  const domain = grid({ x: cells });
  const width = (10 * cells) / 64;
  // A little off the middle, so that left and right differ.
  const marker = centered(domain, ({ x }) => exp(square(sub(x as Tensor, 0.45 * cells)).mul(-0.5 / width ** 2)), { boundary: periodic });
  return { domain, steps, marker, target: carried(marker, wantedVelocity(domain), steps) };
}

/** u = ½ sin 2πx/L. */
export function wantedVelocity(domain: Grid): CenteredField {
  return centered(domain, ({ x }) => sin((x as Tensor).mul((2 * Math.PI) / domain.size)).mul(SPEED), { boundary: periodic });
}

/** No velocity: where the search begins. */
export function atRest({ domain }: Problem): CenteredField {
  return centered(domain, 0, { boundary: periodic });
}

/** The marker after some steps: d ← d − dt [max(u, 0)(dᵢ − dᵢ₋₁) + min(u, 0)(dᵢ₊₁ − dᵢ)]. */
export function carried(marker: CenteredField, velocity: CenteredField, steps: number): CenteredField {
  const [end] = scan((d: CenteredField) => [advect.upwind(d, velocity, DT), undefined], marker, steps);
  return end;
}

/** The sum of squared differences from the target. */
export function lossOf({ marker, target, steps }: Problem, velocity: CenteredField): Scalar {
  return sum(square(carried(marker, velocity, steps).values.sub(target.values)) as Tensor<'x'>, 'x');
}
