/** @file W1, W2 and W10: chains of elementwise operations, stencils, sums, gathers and transforms. */
import { gather, rfft, roll, sum, tanh, tensor, type Complex, type Scalar, type Tensor } from '@tapeflow/tensor';
import { indices, l2, rndf } from '../peers/common/harness.mjs';
import { rounded, workload, type Group, type Workload } from './workload.ts';

const MILLION = 1_000_000;
type Line = Tensor<'i'>;
type Plane = Tensor<'x' | 'y'>;

const norm = (t: Tensor<never>): number => rounded(t.view(l2));

/** W1: tanh(0.7 x + 0.1) x − y. */
export const chain: Group = (jit) => {
  const inputs = [1, 2].map((seed) => tensor({ i: MILLION }, rndf(MILLION, seed))) as [Line, Line];
  const f = jit((x: Line, y: Line): Line => tanh(x.mul(0.7).add(0.1)).mul(x).sub(y));
  return [workload({ task: 'W1 chain', params: '1M', inputs: () => inputs, run: ([x, y]) => f(x, y), check: norm })];
};

/** W2: the five-point Laplacian on a periodic grid. */
export const stencil: Group = (jit) =>
  [512, 64].map((n): Workload => {
    const q: Plane = tensor({ y: n, x: n }, rndf(n * n, 5));
    const f = jit((p: Plane): Plane => roll(p, 'y', 1).add(roll(p, 'y', -1)).add(roll(p, 'x', 1)).add(roll(p, 'x', -1)).sub(p.mul(4)));
    return workload({ task: `W2 lap${n}`, params: '', inputs: () => q, run: f, check: norm });
  });

/** W10: a sum, a gather at random places, a real Fourier transform in two dimensions. */
export const memory: Group = (jit) => {
  const x: Line = tensor({ i: MILLION }, rndf(MILLION, 1));
  const at: Tensor<'j'> = tensor({ j: MILLION }, indices(MILLION));
  const plane: Plane = tensor({ y: 256, x: 256 }, rndf(256 * 256, 9));
  const total = jit((a: Line): Scalar => sum(a) as Scalar);
  const taken = jit((a: Line, places: Tensor<'j'>): Tensor<'j'> => gather(a, { i: places }));
  const transformed = jit((a: Plane) => rfft(a, ['y', 'x']));
  return [
    workload({ task: 'W10 sum1M', params: '', inputs: () => x, run: total, check: (s) => rounded(s.item()) }),
    workload({ task: 'W10 gather1M', params: '', inputs: () => ({ x, at }), run: (given) => taken(given.x, given.at), check: norm }),
    workload({ task: 'W10 rfft2 256', params: '', inputs: () => plane, run: transformed, check: (c: Complex<'x' | 'y'>) => rounded(Math.hypot(c.re.view(l2), c.im.view(l2))) }),
  ];
};
