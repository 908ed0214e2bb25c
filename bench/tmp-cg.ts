import { poisson } from './workloads/poisson.ts';
import { jit, solveLinear, tensor } from '@tapeflow/tensor';
import { negativeLaplacian } from './workloads/advection.ts';
import { rhs } from './peers/common/harness.mjs';
const n=128; const b = tensor({ y: n, x: n }, rhs(n));
const f = jit((r: any) => solveLinear((p: any) => negativeLaplacian(p, n), r, { method: 'cg', relative:1e-5, nullSpace: 'none' }).value);
f(b);
if (process.argv[2]) console.log(f.report().programs[0].steps);
let m=1e9; for (let k=0;k<150;k++) { const t=performance.now(); f(b); m=Math.min(m,performance.now()-t);} console.log(m);
