/** @file W7: a Poisson equation on 128 × 128 with zeros around, by conjugate gradients, and by the method that is chosen by itself. */
import { boxOperator, solveLinear, tensor, type LinearSolution, type Tensor } from '@tapeflow/tensor';
import { l2, rhs } from '../peers/common/harness.mjs';
import { negativeLaplacian } from './advection.ts';
import { rounded, workload, type Group, type Workload } from './workload.ts';

type Plane = Tensor<'x' | 'y'>;

export const poisson: Group = (jit) =>
  ([['f32', 1e-5], ['f64', 1e-8]] as const).flatMap(([dtype, relative]): Workload[] => {
    const n = 128;
    const b = tensor({ y: n, x: n }, dtype === 'f32' ? rhs(n) : rhs(n, Float64Array), { dtype });
    const solving = (name: string, solved: (right: Plane) => LinearSolution<Plane>): Workload => {
      const solve = jit((right: Plane) => solved(right).value);
      return workload({ task: `W7 ${name} ${dtype} ${relative.toExponential()}`, params: name, inputs: () => b, run: solve, check: (x) => ({ iters: solved(b).steps, norm: rounded(x.view(l2)) }) });
    };
    return [
      solving('cg', (right) => solveLinear((p: Plane) => negativeLaplacian(p, n), right, { method: 'cg', relative, nullSpace: 'none' })),
      solving('auto', (right) => solveLinear(boxOperator({ y: { sides: 'ghost' }, x: { sides: 'ghost' } }), right, { relative })),
    ];
  });
