/**
 * @file The layers together: a smoke simulation in a closed box, written with tensor functions alone (semi-Lagrangian advection by
 * gather, buoyancy, projection by conjugate gradients), and the gradient of a loss through its steps, as programs on every backend.
 */
import { describe, expect, test } from 'vitest';
import { grad, valueAndGrad } from '@tapeflow/autodiff';
import { abs, jit, l2, max, precision, scalar, scan, type Scalar } from '../../src/index.ts';
import { divergence, start, step, type Smoke } from './smoke.ts';
import { BACKENDS, expectSame } from './support.ts';

/** Half the squared distance of the smoke after four steps from a target, with `dt` as a number or a value. */
function loss(first: Smoke, dt: number | Scalar): Scalar {
  const [end] = scan((smoke: Smoke) => [step(smoke, dt as Scalar), undefined] as const, first, 4);
  return l2(end.d.sub(0.1)).add(l2(end.u).mul(0.01));
}

for (const bits of [64, 32] as const) {
  // Compiled and eager perform the same operations in the same order. In f32 the end of a solve may still turn on one rounding.
  const tolerance = bits === 64 ? 1e-12 : 2e-4;
  const at = (name: string, body: () => void): void => test(name, () => precision(bits, body), 60_000);
  describe(`f${bits}`, () => {
    at('the step keeps the fluid incompressible', () => {
      const { u, v } = step(start(), scalar(0.7));
      expect(max(abs(divergence(u, v))).item()).toBeLessThan((bits === 64 ? 1e-10 : 1e-4) * max(abs(u)).item());
    });
    for (const backend of BACKENDS) {
      describe(backend, () => {
        at('one step, and another dt without another trace', () => {
          const fast = jit(step as (smoke: Smoke, dt: number | Scalar) => Smoke, { backend });
          for (const dt of [0.7, 0.3, -0.5]) expectSame(fast(start(), dt), step(start(), scalar(dt)), tolerance, `dt = ${dt}`);
          expect(fast.report()).toMatchObject({ traces: 1, calls: 3 });
        });
        at('the gradient through four steps', () => {
          const fast = jit(valueAndGrad(loss), { backend });
          for (const dt of [0.7, 0.3]) expectSame(fast(start(), dt), valueAndGrad(loss)(start(), scalar(dt)), tolerance, `dt = ${dt}`);
          expect(fast.report().traces).toBe(1);
        });
        at('grad of jit, jit of grad, and the gradient to dt', () => {
          const both = (p: { first: Smoke; dt: Scalar }): Scalar => loss(p.first, p.dt);
          const at07 = { first: start(), dt: scalar(0.7) };
          const eager = grad(both)(at07);
          expect(Math.abs(eager.dt.item())).toBeGreaterThan(0.01);
          expectSame(grad(jit(both, { backend }))(at07), eager, tolerance);
          expectSame(jit(grad(both), { backend })(at07), eager, tolerance);
          expectSame(jit(grad(jit(both, { backend })), { backend })(at07), eager, tolerance);
        });
      });
    }
  });
}
