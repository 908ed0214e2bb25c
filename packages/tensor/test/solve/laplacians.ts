/** @file Laplacians on unit cells with closed, periodic and open borders, as operators on tensors and as plain loops. */
import { directionGenerator } from '@tapeflow/autodiff/extend';
import { concat, padConstant, tensor, type Tensor } from '@tapeflow/tensor';

/** How a grid continues past its border: mirrored, repeated, or by zeros. */
export type Border = 'closed' | 'periodic' | 'open';
export type Grid = Tensor<'x' | 'y'>;

/** The grid with one more cell on each side along a dimension. */
function continued(u: Grid, name: 'x' | 'y', border: Border): Grid {
  const size = u.sizes[name]!;
  const cells = (from: number, to: number): Grid => u.slice({ [name]: [from, to] } as Record<'x' | 'y', [number, number]>);
  if (border === 'open') return padConstant(u, { [name]: [1, 1] } as Record<'x' | 'y', [number, number]>);
  const [before, after] = border === 'periodic' ? [cells(size - 1, size), cells(0, 1)] : [cells(0, 1), cells(size - 1, size)];
  return concat([before, u, after], name);
}

/** Sum over the four neighbours minus four times the cell. */
export const laplacian = (border: Border) => (u: Grid): Grid => {
  const along = (name: 'x' | 'y'): Grid => {
    const wide = continued(u, name, border);
    const part = (from: number): Grid => wide.slice({ [name]: [from, from + u.sizes[name]!] } as Record<'x' | 'y', [number, number]>);
    return part(0).add(part(2)).sub(u.mul(2));
  };
  return along('x').add(along('y'));
};

/** The same by loops over a list of numbers, in double precision. */
export function laplacianByLoops(u: ArrayLike<number>, n: number, border: Border): number[] {
  const value = (y: number, x: number): number => {
    if (border === 'periodic') return u[((y + n) % n) * n + ((x + n) % n)]!;
    if (border === 'open' && (y < 0 || x < 0 || y >= n || x >= n)) return 0;
    return u[Math.min(Math.max(y, 0), n - 1) * n + Math.min(Math.max(x, 0), n - 1)]!;
  };
  return Array.from({ length: n * n }, (_, k) => {
    const [y, x] = [Math.floor(k / n), k % n];
    return value(y - 1, x) + value(y + 1, x) + value(y, x - 1) + value(y, x + 1) - 4 * value(y, x);
  });
}

/** A right-hand side: noise, or the longest wave that fits. On closed and periodic borders its mean is 0. */
export function rightHandSide(kind: 'noise' | 'smooth', n: number, border: Border, seed: number): number[] {
  const random = directionGenerator(seed);
  const wave = (k: number): number => (border === 'closed' ? Math.cos((Math.PI * (k + 0.5)) / n) : border === 'periodic' ? Math.cos((2 * Math.PI * k) / n) : Math.sin((Math.PI * (k + 1)) / (n + 1)));
  const raw = Array.from({ length: n * n }, (_, k) => (kind === 'noise' ? random() : wave(k % n) * (border === 'open' ? wave(Math.floor(k / n)) : 1)));
  const mean = border === 'open' ? 0 : raw.reduce((a, b) => a + b) / raw.length;
  return raw.map((v) => v - mean);
}

export const onGrid = (values: ArrayLike<number>, n: number): Grid => tensor({ y: n, x: n }, values);
const norm = (v: readonly number[]): number => Math.hypot(...v);

/** ‖b − A u‖ / ‖b‖ by loops in double precision. */
export function relativeResidual(u: Grid, b: Grid, border: Border): number {
  const n = u.sizes['x']!;
  const [right, left] = [[...b.data], laplacianByLoops(u.data, n, border)];
  return norm(right.map((v, k) => v - left[k]!)) / norm(right);
}
