/** @file A smoke simulation on the gpu backend, forward: gathers, a solve that reads its condition once per block, results that stay. */
import { expect, test } from 'vitest';
import { abs, jit, loadGpu, max, precision, scalar, type Scalar } from '../../../src/index.ts';
import { divergence, start, step, type Smoke } from '../smoke.ts';
import { expectSame } from '../support.ts';

test('steps agree with eager ones, keep the fluid incompressible and upload nothing again', { timeout: 60_000 }, async () => {
  const gpu = await loadGpu({ mode: 'cpu' });
  precision(32, () => {
    const fast = jit(step as (smoke: Smoke, dt: number | Scalar) => Smoke, { backend: 'gpu' });
    let [eager, smoke] = [start(), start()];
    for (const dt of [0.7, -0.5]) {
      eager = step(eager, scalar(dt));
      smoke = fast(smoke, dt);
    }
    // Nobody has looked yet. A solve of about forty steps reads its condition every eighth step, and a check at its end.
    expect(gpu.reads).toBeLessThan(2 * 12);
    // The end of a solve in f32 may turn on one rounding.
    expectSame(smoke, eager, 2e-4);
    expect(max(abs(divergence(smoke.u, smoke.v))).item()).toBeLessThan(1e-4 * max(abs(smoke.u)).item());
    expect(fast.report()).toMatchObject({ backend: 'gpu', traces: 1, calls: 2 });
  });
  await gpu.close();
});
