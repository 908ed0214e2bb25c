/** @file Implicit diffusion: discrete decay rates, conservation, steady states, no limit of the time step, and derivatives. */
import { checkGradients } from '@tapeflow/autodiff';
import { cos, jit, scalar, sin, tensor, type Scalar, type Tensor } from '@tapeflow/tensor';
import { describe, expect, test } from 'vitest';
import { antisymmetric, box, CenteredField, centered, constant, diffuse, grid, laplacian, periodic, sides, symmetric, UnstableError, wall, zeroGradient, type Boundary } from '../../src/index.ts';
import { expectClose, flat, generator, inDouble, randomStaggered } from '../support.ts';

const SEED = 13;
const noise = (seed: number, count: number): Float64Array => Float64Array.from({ length: count }, generator(seed));
const domain = grid({ x: 6, y: 5 }, box({ x: [-1, 1], y: [0, 3] }));
const boundaries: Readonly<Record<string, Boundary>> = {
  'warm walls': sides({ x: [constant(2), constant(-1)], y: zeroGradient }),
  'values at the ghost': sides({ x: constant(0.5, { at: 'ghost' }), y: periodic }),
  mirrors: sides({ x: antisymmetric, y: symmetric }),
  'a circle': periodic,
};

test('a wave on a circle decays by the factor of the difference equation, however long the step', inDouble(() => {
  const n = 20;
  const h = 3 / n;
  for (const mode of [1, 3, 10]) for (const dt of [0.4, 1e6]) {
    const k = (2 * Math.PI * mode) / 3;
    const start = centered(grid({ x: n }, box({ x: [0, 3] })), ({ x }) => cos((x as Tensor).mul(k)), { boundary: periodic });
    const factor = 1 / (1 + (0.02 * dt * (2 - 2 * Math.cos(k * h))) / h ** 2);
    const after = diffuse.implicit(start, 0.02, dt).values.data;
    start.values.data.forEach((value, i) => expect(after[i]).toBeCloseTo(value * factor, 11));
  }
}));

test('smooth data converge at first order in time and second in space', inDouble(() => {
  const error = (n: number): number => {
    const boundary = sides({ x: constant(0), y: zeroGradient });
    let field = centered(grid({ x: n, y: n }, box({ x: [0, 1], y: [0, 1] })), ({ x, y }) => sin((x as Tensor).mul(Math.PI)).mul(cos((y as Tensor).mul(2 * Math.PI))), { boundary });
    const before = field.values.data;
    const time = 0.02;
    const steps = n ** 2 / 25;
    for (let k = 0; k < steps; k++) field = diffuse.implicit(field, 1, time / steps);
    const decay = Math.exp(-5 * Math.PI ** 2 * time);
    return Math.sqrt(Array.from(field.values.data).reduce((total, value, i) => total + (value - decay * before[i]!) ** 2, 0) / n ** 2);
  };
  const errors = [10, 20, 40].map(error);
  for (let k = 1; k < errors.length; k++) expect(Math.abs(Math.log2(errors[k - 1]! / errors[k]!) - 2)).toBeLessThan(0.15);
}));

describe.each(Object.entries(boundaries))('%s', (_name, boundary) => {
  const start = (): CenteredField => new CenteredField(domain, tensor(domain.shape, noise(SEED, domain.size)), boundary);

  test('the Laplacian of the new field leads back to the old one', inDouble(() => {
    for (const before of [start(), randomStaggered(domain, boundary, { seed: SEED })]) {
      const after = diffuse.implicit(before, 0.3, 2) as CenteredField;
      const change = laplacian(after).mul(0.6);
      const [old, now, back] = [flat(before), flat(after), flat(change)];
      old.forEach((value, k) => expect(now[k]! - back[k]!, `seed ${SEED}`).toBeCloseTo(value, 8));
    }
  }));

  test('any method gives the same', inDouble(() => {
    const fast = diffuse.implicit(start(), 0.3, 2);
    for (const method of ['cg', 'bicgstab', 'multigrid'] as const) expectClose(diffuse.implicit(start(), 0.3, 2, { method }), fast, 1e-8);
  }));

  test('derivatives with respect to field, diffusivity and dt, twice', inDouble(() => {
    const f = ({ u, kappa, dt }: { u: Tensor; kappa: Scalar; dt: Scalar }): Tensor => diffuse.implicit(new CenteredField(domain, u, boundary), kappa, dt, { relative: 1e-17 }).values;
    checkGradients(f, { u: start().values, kappa: scalar(0.3), dt: scalar(0.7) }, { seed: SEED, order: 2 });
  }), 60_000);

  test('inside a program it gives what it gives outside', inDouble(() => {
    const step = (field: CenteredField, dt: Scalar): CenteredField => diffuse.implicit(field, 0.3, dt);
    expectClose(jit(step)(start(), scalar(2)), step(start(), scalar(2)), 1e-11);
  }));
});

test('the total stays where nothing passes the edges, and a field that is in balance with its walls', inDouble(() => {
  const insulated = centered(domain, tensor(domain.shape, noise(SEED, domain.size)), { boundary: zeroGradient });
  const total = (field: CenteredField): number => flat(field).reduce((a, b) => a + b);
  expect(total(diffuse.implicit(insulated, 0.3, 1e3))).toBeCloseTo(total(insulated), 9);
  // From 2 on the left wall to −1 on the right one, in a straight line.
  const line = centered(domain, ({ x }) => (x as Tensor).mul(-1.5).add(0.5).add(tensor(domain.shape, 0)), { boundary: boundaries['warm walls']! });
  expectClose(diffuse.implicit(line, 0.3, 1e3), line, 1e-9);
}));

test('a step of any length forgets the start between walls', inDouble(() => {
  const start = centered(domain, tensor(domain.shape, noise(SEED, domain.size)), { boundary: constant(2) });
  for (const value of flat(diffuse.implicit(start, 1, 1e12))) expect(value).toBeCloseTo(2, 8);
}));

test('refuses what is negative or not finite', inDouble(() => {
  const start = centered(domain, 1, { boundary: wall });
  for (const [kappa, dt] of [[-1, 1], [1, -1], [NaN, 1], [1, Infinity]] as const) {
    expect(() => diffuse.implicit(start, kappa, dt)).toThrow(UnstableError);
    expect(() => diffuse.implicit(start, scalar(kappa), dt)).toThrow(UnstableError);
  }
}));
