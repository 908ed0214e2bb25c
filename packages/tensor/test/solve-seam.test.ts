/** @file Linear solves end to end: closed boxes in both precisions, gradients to second order, batches of different scale. */
import { expect, test } from 'vitest';
import { checkGradients, grad } from '@tapeflow/autodiff';
import { l2, mul, padConstant, precision, solveLinear, sum, tensor, batch, sin, concat, type Scalar, type Tensor } from '../src/index.ts';

const closed = (p: Tensor<'x' | 'y'>): Tensor<'x' | 'y'> => {
  const n = p.sizes.x!; const m = p.sizes.y!;
  const gx = p.slice({ x: [1, n] }).sub(p.slice({ x: [0, n - 1] })); const gy = p.slice({ y: [1, m] }).sub(p.slice({ y: [0, m - 1] }));
  const fx = padConstant(gx, { x: [1, 1] }); const fy = padConstant(gy, { y: [1, 1] });
  return fx.slice({ x: [1, n + 1] }).sub(fx.slice({ x: [0, n] })).add(fy.slice({ y: [1, m + 1] }).sub(fy.slice({ y: [0, m] })));
};
function noise(n: number) { let s = 1; return Array.from({ length: n }, () => { s = (s * 1103515245 + 12345) % 2147483648; return s / 1073741824 - 1; }); }
for (const bits of [32, 64] as const) for (const n of [32, 64]) test(`closed ${n} f${bits}`, () => precision(bits, () => {
  const raw = noise(n * n); const mean = raw.reduce((a, b) => a + b) / raw.length;
  const b = tensor({ y: n, x: n }, raw.map((v) => v - mean));
  const t0 = performance.now();
  const s = solveLinear(closed, b, { method: 'cg', nullSpace: 'constant' });
  console.log(n, bits, s.status, s.steps, s.residual, (performance.now() - t0).toFixed(0) + 'ms');
  const low = tensor({ y: n, x: n }, Array.from({ length: n * n }, (_, i) => Math.cos(Math.PI * (i % n + 0.5) / n)));
  const s2 = solveLinear(closed, low, { method: 'cg', symmetric: true, onFailure: 'return' });
  console.log('low', s2.status, s2.steps, s2.residual, s2.nullSpace, s2.removed);
  expect(s2.converged).toBe(true);
}));
test('gradients', () => precision(64, () => {
  const b = tensor({ y: 3, x: 4 }, noise(12));
  const k = tensor({ y: 3, x: 4 }, noise(12).map((v) => 2 + v * 0.1));
  const f = ({ b, k }: { b: Tensor<'x' | 'y'>; k: Tensor<'x' | 'y'> }) => solveLinear((x: Tensor<'x' | 'y'>) => closed(x).sub(k.mul(x)), b, { method: 'cg', relative: 1e-14, absolute: 1e-15 }).value;
  checkGradients(f, { b, k }, { order: 2, adjointTolerance: 1e-11 });
  const g = ({ b, k }: { b: Tensor<'x' | 'y'>; k: Tensor<'x' | 'y'> }) => solveLinear((x: Tensor<'x' | 'y'>) => x.mul(k).add(concat([x.slice({ x: [1, 4] }), x.slice({ x: [0, 1] })], 'x')), b, { method: 'bicgstab', relative: 1e-14 }).value;
  checkGradients(g, { b, k }, { order: 2, adjointTolerance: 1e-11 });
  void grad; void l2; void mul; void sum; void sin; void batch;
}));
test('batch', () => precision(64, () => {
  const b = tensor({ batch: 2, y: 4, x: 4 }, noise(32).map((v, i) => (i < 16 ? v * 1e-8 : v * 1e8)));
  const s = solveLinear((x: Tensor<'x' | 'y'>) => closed(x).sub(x), b as Tensor<'x' | 'y'>, { method: 'cg' });
  console.log(s.perSystem);
}));
export type { Scalar };
