/** @file Explicit diffusion: forward Euler steps of the heat equation. */
import { TapeflowError } from '@tapeflow/autodiff';
import { mul, type Scalar } from '@tapeflow/tensor';
import type { CenteredField } from '../centered-field.ts';
import { laplacianOf } from '../operators/laplacian.ts';
import { requireStable } from '../stability.ts';
import type { StaggeredField } from '../staggered-field.ts';

/** Settings of explicit diffusion. */
export interface ExplicitDiffusionOptions {
  /** Equal parts into which the step is cut; each must be stable. Default 1. */
  readonly substeps?: number;
}

/** Beyond it the shortest wave grows at every step. */
const LIMIT = 1 / 2;

/**
 * Diffusion for the time dt, ∂u/∂t = κ∇²u, by forward Euler: u ← u + κ·dt·∇²u, component by component. The boundary of the field
 * decides what passes the edges: heat flows through a wall of a given value, and not where there is no gradient.
 *
 * Shapes    field → same
 * Units     diffusivity κ [length² / time], dt [time]
 * Error     O(dt) + O(h²)
 * Stable    Σ κ·dt / h² over the axes ≤ 1/2 for each substep (checked)
 * Throws    `UnstableError`, also for a negative diffusivity or dt; `TapeflowError` for substeps that are no integer ≥ 1
 * Source    [LeVeque2007]
 */
export function explicit<F extends CenteredField | StaggeredField>(field: F, diffusivity: number | Scalar, dt: number | Scalar, { substeps = 1 }: ExplicitDiffusionOptions = {}): F {
  if (!Number.isInteger(substeps) || substeps < 1) throw new TapeflowError('diffuse.explicit', `the number of substeps is ${substeps}.`, 'Give an integer ≥ 1.');
  const spread = typeof diffusivity === 'number' && typeof dt === 'number' ? (diffusivity * dt) / substeps : mul(mul(diffusivity, dt), 1 / substeps);
  const perArea = field.grid.axes.reduce((total, { width }) => total + width ** -2, 0);
  requireStable(
    { operation: 'diffuse.explicit', quantity: 'Σ κ·dt / h² per substep', limit: LIMIT, advice: (seen) => adviceFor(seen, substeps) },
    typeof spread === 'number' ? spread * perArea : mul(spread, perArea),
  );
  let current = field;
  for (let k = 0; k < substeps; k++) current = current.mapSamples((u, layout) => u.add(laplacianOf(u, layout).mul(spread as Scalar))) as F;
  return current;
}

function adviceFor(seen: number, substeps: number): string {
  if (!(seen >= 0 && seen < Infinity)) return 'Give a diffusivity and a dt that are finite and not negative.';
  return `Give { substeps: ${Math.ceil((seen * substeps) / LIMIT)} }, a shorter dt or wider cells.`;
}
