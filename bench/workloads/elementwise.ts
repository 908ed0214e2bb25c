/** @file W1, W2 and W10: chains of elementwise operations, stencils, sums, gathers and transforms. */
import { gather, rfft, roll, sum, tanh, tensor, type Complex, type Scalar, type Tensor } from '@tapeflow/tensor';
import { indices, l2, rndf } from '../peers/common/harness.mjs';
import { COPIES, rounded, type Group, type Workload } from './workload.ts';

const MILLION = 1_000_000;
type Line = Tensor<'i'>;
type Plane = Tensor<'x' | 'y'>;

const norm = (t: Tensor<never>): number => rounded(t.view(l2));

/** W1: tanh(0.7 x + 0.1) x − y. */
export const chain: Group = (jit) => {
  const [x, y] = [1, 2].map((seed) => tensor({ i: MILLION }, rndf(MILLION, seed)));
  const formula = (a: Line, b: Line): Line => tanh(a.mul(0.7).add(0.1)).mul(a).sub(b);
  const f = jit(formula);
  const fresh = [1, 2].map((seed) => rndf(MILLION, seed));
  return [
    { task: 'W1 chain', params: '1M', run: () => f(x!, y!), check: norm },
    { task: 'W1 chain', params: `1M, ${COPIES}`, run: () => f(tensor({ i: MILLION }, fresh[0]!), tensor({ i: MILLION }, fresh[1]!)).data, check: (data: ArrayLike<number>) => rounded(l2(data)) },
  ];
};

/** W2: the five-point Laplacian on a periodic grid. */
export const stencil: Group = (jit) =>
  [512, 64].flatMap((n): Workload[] => {
    const values = rndf(n * n, 5);
    const q = tensor({ y: n, x: n }, values);
    const formula = (p: Plane): Plane => roll(p, 'y', 1).add(roll(p, 'y', -1)).add(roll(p, 'x', 1)).add(roll(p, 'x', -1)).sub(p.mul(4));
    const f = jit(formula);
    return [
      { task: `W2 lap${n}`, params: '', run: () => f(q), check: norm },
      { task: `W2 lap${n}`, params: COPIES, run: () => f(tensor({ y: n, x: n }, values)).data, check: (data: ArrayLike<number>) => rounded(l2(data)) },
    ];
  });

/** W10: a sum, a gather at random places, a real Fourier transform in two dimensions. */
export const memory: Group = (jit) => {
  const x = tensor({ i: MILLION }, rndf(MILLION, 1));
  const places = tensor({ j: MILLION }, indices(MILLION));
  const plane = tensor({ y: 256, x: 256 }, rndf(256 * 256, 9));
  const total = jit((a: Line): Scalar => sum(a) as Scalar);
  const formula = (a: Line, at: Tensor<'j'>): Tensor<'j'> => gather(a, { i: at });
  const taken = jit(formula);
  const transformed = jit((a: Plane) => rfft(a, ['y', 'x']));
  return [
    { task: 'W10 sum1M', params: '', run: () => total(x), check: (s: Scalar) => rounded(s.item()) },
    { task: 'W10 gather1M', params: '', run: () => taken(x, places), check: norm },
    { task: 'W10 rfft2 256', params: '', run: () => transformed(plane), check: (c: Complex<'x' | 'y'>) => rounded(Math.hypot(c.re.view(l2), c.im.view(l2))) },
  ];
};
