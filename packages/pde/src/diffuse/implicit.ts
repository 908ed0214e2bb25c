/** @file Implicit diffusion: backward Euler steps of the heat equation, stable for any time step. */
import { boxOperator, mul, solveLinear, zerosLike, type Scalar, type SolveOptions, type Tensor } from '@tapeflow/tensor';
import { boxAxes } from '../box.ts';
import type { CenteredField } from '../centered-field.ts';
import { withoutValues } from '../layout.ts';
import { laplacianOf } from '../operators/laplacian.ts';
import { requireStable } from '../stability.ts';
import type { StaggeredField } from '../staggered-field.ts';

/** How the step is solved for. See `solveLinear`; by default fast transforms do it, unless a boundary is none that they know. */
export type ImplicitDiffusionOptions = Omit<SolveOptions, 'symmetric' | 'nullSpace' | 'x0' | 'preconditioner'>;

/** No step is too long, but it must be a number in single precision, too. */
const LARGEST = 3e38;

/**
 * Diffusion for the time dt, ∂u/∂t = κ∇²u, by backward Euler: the u′ with u′ − κ·dt·∇²u′ = u, component by component. The boundary of the
 * field decides what passes the edges, as in `diffuse.explicit`. No wave grows, however long the step is.
 *
 * Shapes    field → same
 * Units     diffusivity κ [length² / time], dt [time]
 * Error     O(dt) + O(h²), and the tolerance of the solve
 * Stable    always
 * Throws    `UnstableError` for a diffusivity or dt that is negative or not finite; `NotConverged` unless `onFailure: 'return'`
 * Source    [LeVeque2007]
 */
export function implicit<F extends CenteredField | StaggeredField>(field: F, diffusivity: number | Scalar, dt: number | Scalar, options: ImplicitDiffusionOptions = {}): F {
  const spread = typeof diffusivity === 'number' && typeof dt === 'number' ? diffusivity * dt : (mul(diffusivity, dt) as Scalar);
  requireStable({ operation: 'diffuse.implicit', quantity: 'κ·dt', limit: LARGEST, advice: () => 'Give a diffusivity and a dt that are finite and not negative.' }, spread);
  return field.mapSamples((u, layout) => {
    // Values that the boundary holds act like a source: the Laplacian is linear but for them.
    const source = laplacianOf(zerosLike(u), layout);
    const axes = boxAxes(layout);
    const differences = withoutValues(layout);
    const step = axes === undefined ? (v: Tensor): Tensor => v.sub(laplacianOf(v, differences).mul(spread as Scalar)) : boxOperator(axes, { shift: 1, scale: spread });
    return solveLinear(step, u.add(source.mul(spread as Scalar)), { name: 'diffusion', ...options, nullSpace: 'none' }).value;
  }) as F;
}
