/** @file Upwind advection: first-order differences, taken from the side the flow comes from. */
import { stopGradient } from '@tapeflow/autodiff';
import { abs, add, max, mul, sub, type Scalar, type Tensor } from '@tapeflow/tensor';
import type { CenteredField } from '../centered-field.ts';
import type { Layout, Line } from '../layout.ts';
import { samplesBetween } from '../resample.ts';
import { requireStable } from '../stability.ts';
import type { StaggeredField } from '../staggered-field.ts';
import { velocityAt, type Velocity } from './trace.ts';

/**
 * Carries a field along with a velocity for the time dt, ∂d/∂t = −(u·∇)d, by one explicit step with one-sided differences:
 * d ← d − dt Σ [max(u, 0)(dᵢ − dᵢ₋₁) + min(u, 0)(dᵢ₊₁ − dᵢ)] / h over the axes. New values are averages of old ones, so nothing
 * overshoots; what is sharp is smeared as by a diffusivity of |u|·h·(1 − |u|·dt/h) / 2.
 *
 * The derivative to the velocity at u = 0, where the two sides differ, is the mean of both: the central difference.
 *
 * Shapes    field → same
 * Units     dt [time], velocity [length / time]
 * Error     O(dt) + O(h)
 * Stable    Σ |u|·dt / h over the axes ≤ 1 at every sample (checked)
 * Throws    `UnstableError`, also for a negative dt
 * Source    [Courant1952]
 */
export function upwind<F extends CenteredField | StaggeredField>(field: F, velocity: Velocity, dt: number | Scalar): F {
  const carry = (d: Tensor, layout: Layout): Tensor => {
    const u = velocityAt(velocity, field.grid, layout);
    requireCourant(Object.values(u), dt);
    const terms = layout.map((line) => upwindDifference(d, u[line.axis.name]!, line));
    return d.sub(terms.reduce((a, b) => add(a, b)).mul(dt as Scalar));
  };
  return field.mapSamples(carry) as F;
}

/** u ∂d/∂x along a line, with u in cells per time: the central difference less |u|/2 times the second one. */
function upwindDifference(d: Tensor, u: Tensor, line: Line): Tensor {
  const { first, count } = line;
  const { name } = line.axis;
  const around = samplesBetween(d, line, first - 1, first + count + 1);
  const below = sub(d, around.slice({ [name]: [0, count] }));
  const above = sub(around.slice({ [name]: [2, count + 2] }), d);
  return sub(mul(u, add(below, above)), mul(abs(u), sub(above, below))).mul(0.5);
}

function requireCourant(velocities: readonly Tensor[], dt: number | Scalar): void {
  const speed = velocities.map((u) => abs(stopGradient(u))).reduce((a, b) => add(a, b));
  const advice = (seen: number): string =>
    seen > 1 && seen < Infinity ? `Take ${Math.ceil(seen)} or more steps that are as much shorter, or advect.semiLagrangian, which has no limit.` : 'Give a dt that is not negative, and a velocity that is finite.';
  requireStable({ operation: 'advect.upwind', quantity: 'Σ |u|·dt / h', limit: 1, advice }, mul(max(speed), stopGradient(dt)));
}
