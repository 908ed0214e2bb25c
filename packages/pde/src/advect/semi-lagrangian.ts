/** @file Semi-Lagrangian advection: every sample takes the value from where it came. */
import type { Scalar, Tensor } from '@tapeflow/tensor';
import type { CenteredField } from '../centered-field.ts';
import type { Layout } from '../layout.ts';
import { sampleComponent } from '../sampling.ts';
import type { StaggeredField } from '../staggered-field.ts';
import { displaced, velocityAt, type Velocity } from './trace.ts';

/**
 * Carries a field along with a velocity for the time dt: the new value at x is the old one at x − dt·u(x), linear between
 * samples. Every component of a staggered field starts from its own faces.
 *
 * Shapes    field → same
 * Units     dt [time], velocity [length / time]
 * Error     O(dt) + O(h² / dt)
 * Stable    for every dt
 * Source    [Stam1999]
 */
export function semiLagrangian<F extends CenteredField | StaggeredField>(field: F, velocity: Velocity, dt: number | Scalar): F {
  const carry = (values: Tensor, layout: Layout): Tensor => {
    const from = displaced(layout, velocityAt(velocity, field.grid, layout), dt, -1);
    return sampleComponent(values, layout, from);
  };
  return field.mapSamples(carry) as F;
}
