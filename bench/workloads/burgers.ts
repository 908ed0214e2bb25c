/** @file W8: 32 steps of the Burgers equation on 128 periodic cells, and the gradient of a squared loss to the initial state. */
import { valueAndGrad } from '@tapeflow/autodiff';
import { l2 as energy, maximum, minimum, roll, scan, tensor, type Scalar, type Tensor } from '@tapeflow/tensor';
import { BURGERS, l2 } from '../peers/common/harness.mjs';
import { rounded, workload, type Group } from './workload.ts';

type Line = Tensor<'x'>;

export const burgers: Group = (jit) => {
  const { n, steps, c, k, u0, target } = BURGERS;
  const [start, wanted] = [tensor({ x: n }, u0), tensor({ x: n }, target)];
  const step = (u: Line): Line => {
    const ahead = roll(u, 'x', -1).sub(u);
    const behind = roll(ahead, 'x', 1);
    const carried = maximum(u, 0).mul(behind).add(minimum(u, 0).mul(ahead));
    return u.sub(carried.mul(c)).add(ahead.sub(behind).mul(k));
  };
  const loss = (u: Line, end: Line): Scalar => {
    const [last] = scan((carry: Line) => [step(carry), undefined] as const, u, steps);
    return energy(last.sub(end)) as Scalar;
  };
  const gradient = jit(valueAndGrad(loss));
  return [workload({ task: 'W8 burgers grad', params: '32 steps, scan', inputs: () => ({ start, wanted }), run: (given) => gradient(given.start, given.wanted), check: ({ value, gradient: g }) => ({ loss: rounded(value.item()), g: rounded(g.view(l2)) }) })];
};
