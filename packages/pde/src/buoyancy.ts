/** @file buoyancy: the force on fluid that is lighter or heavier than what surrounds it. */
import { zerosLike, type Scalar, type Tensor } from '@tapeflow/tensor';
import { homogeneous } from './boundary/derived.ts';
import type { CenteredField } from './centered-field.ts';
import { ComponentError, FieldMismatchError } from './errors.ts';
import { centerLayout } from './layout.ts';
import { resample } from './resample.ts';
import { StaggeredField } from './staggered-field.ts';
import { componentNames } from './vector.ts';

/**
 * The acceleration that a density (of smoke, of heat) gives to fluid, on the faces of a velocity: density times `lift`, the
 * acceleration per unit of density along each axis; axes that are left out have none. `velocity.add(buoyancy(smoke, velocity,
 * { y: 0.1 }).mul(dt))`.
 *
 * Units     [lift] · [density]
 * Error     O(h²), from the centres to the faces
 */
export function buoyancy(density: CenteredField, velocity: StaggeredField, lift: Readonly<Record<string, number | Scalar>>): StaggeredField {
  const { grid, boundary } = velocity;
  if (density.grid.key !== grid.key) throw new FieldMismatchError('buoyancy', String(density), String(velocity), 'Resample the density to the grid of the velocity.');
  for (const name of Object.keys(lift)) if (!grid.names.includes(name)) throw new ComponentError('buoyancy', grid.names, [name], 'Give the lift along axes of the grid.');
  const components = componentNames(density.values);
  if (components !== undefined) throw new ComponentError('buoyancy', [], components, 'Give a scalar density.');
  const centers = centerLayout(grid, density.boundary);
  const parts = grid.names.map((name): [string, Tensor] => {
    const own = lift[name];
    if (own === undefined || own === 0) return [name, zerosLike(velocity.component(name))];
    return [name, resample(density.values, centers, velocity.layout(name)).mul(own as Scalar)];
  });
  return new StaggeredField(grid, Object.fromEntries(parts), homogeneous(boundary));
}
