/** @file W3, W4 and W5: a matrix product, a convolution with its gradients, and a training step of a small network. */
import { valueAndGrad, vjp } from '@tapeflow/autodiff';
import { channel, convolve, dot, mean, rename, sqrt, square, tanh, tensor, zeros, zerosLike, type Scalar, type Tensor } from '@tapeflow/tensor';
import { l2, rndf } from '../peers/common/harness.mjs';
import { rounded, workload, type Group } from './workload.ts';

const norm = (t: Tensor<never>): number => rounded(t.view(l2));

/** W3: the product of two matrices of 512 × 512. */
export const matrixProduct: Group = (jit) => {
  const n = 512;
  const a = tensor({ i: n, k: n }, rndf(n * n, 1));
  const b = tensor({ k: n, j: n }, rndf(n * n, 2));
  const f = jit((x: Tensor<'i' | 'k'>, y: Tensor<'k' | 'j'>) => dot(x, y, 'k'));
  return [workload({ task: 'W3 matmul512', params: '', inputs: () => ({ a, b }), run: (given) => f(given.a, given.b), check: norm })];
};

type Image = Tensor<'in' | 'y' | 'x'>;
type Kernel = Tensor<'out' | 'in' | 'y' | 'x'>;

/** W4: 32 → 32 channels, 3 × 3, on 64 × 64. */
export const convolution: Group = (jit) => {
  const [channels, n] = [32, 64];
  const x: Image = tensor({ in: channel(channels), y: n, x: n }, rndf(channels * n * n, 1));
  const g = tensor({ out: channel(channels), y: n, x: n }, rndf(channels * n * n, 3));
  const w: Kernel = tensor({ out: channel(channels), in: channel(channels), y: 3, x: 3 }, rndf(channels * channels * 9, 2));
  const forward = ([image, kernel]: readonly [Image, Kernel]): Tensor<'out' | 'y' | 'x'> => convolve(image, kernel, ['y', 'x'], { contract: 'in', padding: 'same' });
  const compiled = jit((image: Image, kernel: Kernel) => forward([image, kernel]));
  const both = jit((image: Image, kernel: Kernel, yBar: Tensor<'out' | 'y' | 'x'>) => {
    const { value, pullback } = vjp(forward, [image, kernel] as const);
    return [value, ...pullback(yBar)] as const;
  });
  return [
    workload({ task: 'W4 conv fwd', params: '', inputs: () => ({ x, w }), run: (given) => compiled(given.x, given.w), check: norm }),
    workload({ task: 'W4 conv fwd+bwd', params: '', inputs: () => ({ x, w, g }), run: (given) => both(given.x, given.w, given.g), check: ([, xBar, wBar]) => [norm(xBar), norm(wBar)] }),
  ];
};

interface Layer {
  readonly w: Tensor<'i' | 'o'>;
  readonly b: Tensor<'o'>;
}
interface Training {
  readonly layers: readonly Layer[];
  readonly first: readonly Layer[];
  readonly second: readonly Layer[];
}

/** W5: 2-64-64-1 with tanh, batch 1024, squared error, Adam. */
export const training: Group = (jit) => {
  const sizes = [2, 64, 64, 1];
  const rows = 1024;
  const x = tensor({ row: rows, i: 2 }, rndf(2 * rows, 20));
  const y = tensor({ row: rows, i: 1 }, rndf(rows, 21));
  const layers = sizes.slice(1).map((size, k): Layer => ({ w: tensor({ i: sizes[k]!, o: size }, rndf(sizes[k]! * size, 10 + k, -0.3, 0.3)), b: zeros({ o: size }) }));
  const none = layers.map(({ w, b }): Layer => ({ w: zerosLike(w), b: zerosLike(b) }));
  const loss = (all: readonly Layer[]): Scalar => {
    let h: Tensor<'row' | 'i'> = x;
    all.forEach(({ w, b }, k) => {
      const z = dot(h, w, 'i').add(b);
      h = rename(k < all.length - 1 ? tanh(z) : z, 'o', 'i');
    });
    return mean(square(h.sub(y))) as Scalar;
  };
  const combine = <T extends Tensor<never>>(a: T, b: T, f: (a: Tensor, b: Tensor) => Tensor): T => f(a as unknown as Tensor, b as unknown as Tensor) as unknown as T;
  const both = (a: readonly Layer[], b: readonly Layer[], f: (a: Tensor, b: Tensor) => Tensor): Layer[] => a.map(({ w, b: bias }, k) => ({ w: combine(w, b[k]!.w, f), b: combine(bias, b[k]!.b, f) }));
  const step = jit((state: Training, c1: number | Scalar, c2: number | Scalar) => {
    const { value, gradient } = valueAndGrad(loss)(state.layers);
    const first = both(state.first, gradient, (m, g) => m.mul(0.9).add(g.mul(0.1)));
    const second = both(state.second, gradient, (v, g) => v.mul(0.999).add(square(g).mul(0.001)));
    const change = both(first, second, (m, v) => m.mul(c1).div(sqrt(v.mul(c2)).add(1e-8)).mul(1e-3));
    return [value, { layers: both(state.layers, change, (p, d) => p.sub(d)), first, second }] as const;
  });
  let state: Training = { layers, first: none, second: none };
  let t = 0;
  let firstLoss: number | undefined;
  const run = (before: Training): readonly [Scalar, Training] => {
    t++;
    const result = step(before, 1 / (1 - 0.9 ** t), 1 / (1 - 0.999 ** t));
    const own = result[0].item();
    firstLoss ??= own;
    state = result[1];
    return result;
  };
  return [workload({ task: 'W5 mlp step', params: '', inputs: () => state, run, check: () => ({ first_loss: rounded(firstLoss!) }) })];
};
