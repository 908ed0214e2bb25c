/** @file MacCormack advection: semi-Lagrangian, corrected by the error that going there and back makes. */
import { interpolateStencil, maximum, minimum, mul, sub, type Scalar, type Tensor } from '@tapeflow/tensor';
import type { CenteredField } from '../centered-field.ts';
import type { Layout } from '../layout.ts';
import { sampleComponent, stencilOf } from '../sampling.ts';
import type { StaggeredField } from '../staggered-field.ts';
import { displaced, velocityAt, type Velocity } from './trace.ts';

/** Settings of MacCormack advection. */
export interface MacCormackOptions {
  /** Share of the correction; 0 is semi-Lagrangian. Default 1. */
  readonly strength?: number | Scalar;
}

/**
 * Carries a field along with a velocity for the time dt, second order in space: the semi-Lagrangian result plus half of what is
 * missing after a step forth and back. Where that would exceed the samples around the origin, it is limited to their range, so
 * nothing overshoots. Every component of a staggered field starts from, and is limited by, its own faces.
 *
 * Shapes    field → same
 * Units     dt [time], velocity [length / time]
 * Error     O(dt²) + O(h²) where the limiter is not active and the velocity does not change over dt·u
 * Stable    for every dt
 * Source    [Selle2008]
 */
export function macCormack<F extends CenteredField | StaggeredField>(field: F, velocity: Velocity, dt: number | Scalar, { strength = 1 }: MacCormackOptions = {}): F {
  const carry = (values: Tensor, layout: Layout): Tensor => {
    const u = velocityAt(velocity, field.grid, layout);
    const origin = stencilOf(values, layout, displaced(layout, u, dt, -1));
    const there = interpolateStencil(origin);
    const back = sampleComponent(there, layout, displaced(layout, u, dt, 1));
    const missing = sub(values, back);
    const corrected = there.add(typeof strength === 'number' ? mul(missing, 0.5 * strength) : missing.mul(mul(strength, 0.5)));
    const lowest = origin.values.reduce((a, b) => minimum(a, b));
    const highest = origin.values.reduce((a, b) => maximum(a, b));
    return maximum(minimum(corrected, highest), lowest);
  };
  return field.mapSamples(carry) as F;
}
