/** @file A smoke simulation on the gpu backend, forward: gathers, a solve that reads its condition once per block. */
import { expect, test } from 'vitest';
import { abs, jit, loadGpu, max, precision, scalar, type Scalar } from '../../../src/index.ts';
import { BLOCK } from '../../../src/compile/gpu/rewrite.ts';
import { divergence, pressure, start, step, type Smoke } from '../smoke.ts';
import { expectSame } from '../support.ts';

test('steps agree with eager ones, keep the fluid incompressible and are fed with their own results', { timeout: 60_000 }, async () => {
  const gpu = await loadGpu({ mode: 'cpu' });
  precision(32, () => {
    const fast = jit(step as (smoke: Smoke, dt: number | Scalar) => Smoke, { backend: 'gpu' });
    let [eager, smoke] = [start(), start()];
    for (const dt of [0.7, -0.5]) {
      eager = step(eager, scalar(dt));
      smoke = fast(smoke, dt);
    }
    // The end of a solve in f32 may turn on one rounding.
    expectSame(smoke, eager, 2e-4);
    expect(max(abs(divergence(smoke.u, smoke.v))).item()).toBeLessThan(1e-4 * max(abs(smoke.u)).item());
    expect(fast.report()).toMatchObject({ backend: 'gpu', traces: 1, calls: 2 });
  });
  await gpu.close();
});

test('a solve of n steps reads about n / block times', async () => {
  const gpu = await loadGpu({ mode: 'cpu' });
  precision(32, () => {
    const { u, v } = start();
    const { steps, value } = pressure(u, v);
    // Enough for blocks to tell.
    expect(steps).toBeGreaterThan(4 * BLOCK);
    const seen = jit((own: Smoke) => pressure(own.u, own.v).value, { backend: 'gpu' })(start());
    // Rounding may cost a block more. Each of at most two rounds reads the end of its loop and whether another one follows; then comes one
    // flag for all checks.
    expect(gpu.reads).toBeLessThanOrEqual(Math.ceil(steps / BLOCK) + 1 + 2 * 3 + 2);
    expectSame(seen, value, 2e-4);
  });
  await gpu.close();
});
