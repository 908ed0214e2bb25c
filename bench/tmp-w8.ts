import { valueAndGrad } from '@tapeflow/autodiff';
import { jit, l2 as energy, maximum, minimum, roll, scan, tensor, type Scalar, type Tensor } from '@tapeflow/tensor';
import { BURGERS } from './peers/common/harness.mjs';
const { n, steps, c, k, u0, target } = BURGERS;
const [start, wanted] = [tensor({ x: n }, u0), tensor({ x: n }, target)];
type Line=Tensor<'x'>;
const step = (u: Line): Line => {
  const ahead = roll(u, 'x', -1).sub(u);
  const behind = roll(ahead, 'x', 1);
  const carried = maximum(u, 0).mul(behind).add(minimum(u, 0).mul(ahead));
  return u.sub(carried.mul(c)).add(ahead.sub(behind).mul(k));
};
const loss = (u: Line, end: Line): Scalar => { const [last] = scan((carry: Line) => [step(carry), undefined] as const, u, steps); return energy(last.sub(end)) as Scalar; };
const g = jit(valueAndGrad(loss));
g(start, wanted); console.log(g.report().programs[0].steps);
for (let r=0;r<5;r++){ const t=performance.now(); for (let q=0;q<5000;q++) g(start, wanted); console.log((performance.now()-t)/5000*1e3,'us'); }
