/** @file W7: a Poisson equation on 128 × 128 with zeros around, by conjugate gradients. */
import { solveLinear, tensor, type LinearSolution, type Tensor } from '@tapeflow/tensor';
import { l2, rhs } from '../peers/common/harness.mjs';
import { negativeLaplacian } from './advection.ts';
import { rounded, type Group, type Workload } from './workload.ts';

type Plane = Tensor<'x' | 'y'>;

export const poisson: Group = (jit) =>
  ([['W7 cg f32 1e-5', 'f32', 1e-5], ['W7 cg f64 1e-8', 'f64', 1e-8]] as const).map(([task, dtype, relative]): Workload => {
    const n = 128;
    const b = tensor({ y: n, x: n }, dtype === 'f32' ? rhs(n) : rhs(n, Float64Array), { dtype });
    const solved = (right: Plane): LinearSolution<Plane> => solveLinear((p: Plane) => negativeLaplacian(p, n), right, { method: 'cg', relative, nullSpace: 'none' });
    const solve = jit((right: Plane) => solved(right).value);
    return { task, params: 'cg', run: () => solve(b), check: (x: Plane) => ({ iters: solved(b).steps, norm: rounded(x.view(l2)) }) };
  });
