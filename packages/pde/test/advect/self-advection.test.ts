/** @file Advection of a velocity by itself along a line, as a scalar or as a vector of one component. */
import { checkGradients } from '@tapeflow/autodiff';
import { precision, sin, stack, type Tensor } from '@tapeflow/tensor';
import { expect, test } from 'vitest';
import { advect, box, CenteredField, centered, ComponentError, constant, divergence, grid, periodic, staggered, toFaces, zeroGradient } from '../../src/index.ts';

const N = 16;
const domain = grid({ x: N }, box({ x: [-1, 1] }));
const wave = (boundary = periodic): CenteredField => centered(domain, ({ x }) => sin((x as Tensor).mul(Math.PI)).mul(-1).add(0.2), { boundary });

test('semi-Lagrangian: the value from where each cell came, by hand', () => {
  precision(64, () => {
    const u = wave();
    const dt = 0.3;
    const values = u.values.data;
    const seen = advect.semiLagrangian(u, u, dt).values.data;
    values.forEach((velocity, i) => {
      const from = i - (velocity * dt * N) / 2;
      const lower = Math.floor(from);
      const at = (k: number): number => values[((k % N) + N) % N]!;
      expect(seen[i]).toBeCloseTo(at(lower) + (from - lower) * (at(lower + 1) - at(lower)), 13);
    });
  });
});

test.each([
  ['semiLagrangian', (field: CenteredField, velocity: CenteredField) => advect.semiLagrangian(field, velocity, 0.05)],
  ['macCormack', (field: CenteredField, velocity: CenteredField) => advect.macCormack(field, velocity, 0.05)],
  ['upwind', (field: CenteredField, velocity: CenteredField) => advect.upwind(field, velocity, 0.05)],
])('%s: a scalar along a line is its own only component', (_, carry) => {
  precision(64, () => {
    for (const boundary of [periodic, zeroGradient, constant(0) as typeof periodic]) {
      const u = wave(boundary);
      const vector = new CenteredField(domain, stack({ x: u.values }, 'vector') as Tensor, boundary);
      const expected = carry(u, u).values.data;
      expect(carry(vector, vector).values.at({ vector: 0 } as Record<string, number>).data).toEqual(expected);
      expect(carry(u, vector).values.data).toEqual(expected);
      expect(divergence(u).values.data).toEqual(divergence(vector).values.data);
    }
  });
});

test('derivatives of repeated self-advection obey the laws', () => {
  precision(64, () => {
    const steps = (u: Tensor): Tensor => {
      let field = new CenteredField(domain, u, periodic);
      for (let k = 0; k < 3; k++) field = advect.semiLagrangian(field, field, 0.05);
      return field.values;
    };
    checkGradients(steps, wave().values, { step: 1e-4, seed: 3 });
  });
});

test('a staggered velocity along a line carries the same way, to second order', () => {
  precision(64, () => {
    const difference = (n: number): number => {
      const line = grid({ x: n }, box({ x: [0, 1] }));
      const u = centered(line, ({ x }) => sin((x as Tensor).mul(2 * Math.PI)).mul(0.1), { boundary: periodic });
      const d = centered(line, ({ x }) => sin((x as Tensor).mul(2 * Math.PI)), { boundary: periodic });
      const [a, b] = [u, toFaces(u)].map((velocity) => advect.semiLagrangian(d, velocity, 1).values.data);
      return Math.max(...a!.map((value, i) => Math.abs(value - b![i]!)));
    };
    expect(Math.log2(difference(32) / difference(64))).toBeGreaterThan(1.5);
  });
});

test('in two dimensions a scalar is no velocity', () => {
  const plane = grid({ x: 4, y: 4 });
  const scalarField = centered(plane, 1);
  expect(() => advect.semiLagrangian(scalarField, scalarField, 1)).toThrow(ComponentError);
  expect(() => advect.upwind(scalarField, scalarField, 1)).toThrow(ComponentError);
  expect(() => advect.semiLagrangian(scalarField, staggered(plane, 0), 1)).not.toThrow();
});
