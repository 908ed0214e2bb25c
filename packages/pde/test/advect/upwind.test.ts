/** @file Upwind advection against plain loops; exact shifts, bounds, order, its stability limit, and derivatives. */
import { checkGradients, grad } from '@tapeflow/autodiff';
import { cos, expand, batch, jit, precision, scalar, sin, stack, sum, tensor, type Scalar, type Tensor } from '@tapeflow/tensor';
import { describe, expect, test } from 'vitest';
import { advect, box, CenteredField, centered, constant, grid, periodic, staggered, UnstableError, zeroGradient, type Boundary, type Grid } from '../../src/index.ts';
import { generator, inDouble, periodicBoundary } from '../support.ts';


const SEED = 5;
const noise = (seed: number, count: number): Float64Array => Float64Array.from({ length: count }, generator(seed));

/** A vector at the centres with random components. */
function randomVelocity(domain: Grid, boundary: Boundary, size: number, seed = SEED): CenteredField {
  const parts = domain.names.map((name, k): [string, Tensor] => [name, tensor(domain.shape, noise(seed + 17 * k, domain.size).map((value) => value * size))]);
  return new CenteredField(domain, stack(Object.fromEntries(parts), 'vector') as Tensor, boundary);
}

describe('the step', () => {
  const domains = [grid({ x: 7 }), grid({ x: 5, y: 4 }, box({ x: [0, 10], y: [1, 3] })), grid({ x: 3, y: 4, z: 2 })];

  test.each([
    ['on a circle', periodicBoundary, 'wrap'],
    ['without gradient at the edges', () => zeroGradient, 'clamp'],
    ['with 3 half a cell outside', () => constant(3, { at: 'ghost' }), 'three'],
  ] as const)('is that of plain loops in one to three dimensions, %s', (_, boundaryOf, beyond) => {
    precision(64, () => {
      for (const domain of domains) {
        const d = noise(SEED, domain.size);
        const u = randomVelocity(domain, zeroGradient, 0.2);
        const dt = 0.7;
        const field = new CenteredField(domain, tensor(domain.shape, d), boundaryOf(domain));
        const seen = advect.upwind(field, u, dt).values.data;
        const strides = domain.axes.map((__, k) => domain.axes.slice(0, k).reduce((size, { cells }) => size * cells, 1));
        const velocities = domain.names.map((name) => u.values.at({ vector: name } as Record<string, string>).data);
        d.forEach((value, index) => {
          let expected = value;
          domain.axes.forEach(({ cells, width }, k) => {
            const i = Math.floor(index / strides[k]!) % cells;
            const neighbour = (offset: number): number => {
              const j = i + offset;
              if (j >= 0 && j < cells) return d[index + offset * strides[k]!]!;
              if (beyond === 'three') return 3;
              return beyond === 'clamp' ? value : d[index + (((j + cells) % cells) - i) * strides[k]!]!;
            };
            const v = velocities[k]![index]!;
            expected -= (dt / width) * (Math.min(v, 0) * (neighbour(1) - value) + Math.max(v, 0) * (value - neighbour(-1)));
          });
          expect(seen[index]).toBeCloseTo(expected, 14);
        });
      }
    });
  });

  test('moves by exactly one cell at the Courant number 1, either way', inDouble(() => {
    const domain = grid({ x: 9 }, box({ x: [0, 3] }));
    const values = noise(SEED, 9);
    const field = centered(domain, tensor({ x: 9 }, values), { boundary: periodic });
    for (const way of [1, -1]) {
      const u = centered(domain, way * 2, { boundary: periodic });
      const after = advect.upwind(field, u, 1 / 6).values.data;
      values.forEach((value, i) => expect(after[(i + way + 9) % 9]).toBeCloseTo(value, 14));
    }
  }));

  test('takes staggered velocities, and carries members of a batch each for itself', inDouble(() => {
    const domain = grid({ x: 5, y: 6 });
    const flow = staggered(domain, ({ x, y }) => ({ x: sin((x as Tensor).add(y as Tensor)).mul(0.4), y: cos((x as Tensor).mul(y as Tensor)).mul(0.4) }), { boundary: periodicBoundary(domain) });
    const one = new CenteredField(domain, tensor(domain.shape, noise(1, 30)), zeroGradient);
    const two = new CenteredField(domain, tensor(domain.shape, noise(2, 30)), zeroGradient);
    const both = new CenteredField(domain, stack([one.values, two.values], 'batch', batch) as Tensor, zeroGradient);
    const expected = [one, two].map((field) => advect.upwind(field, flow, 1).values.data);
    const seen = advect.upwind(both, flow, 1).values;
    expected.forEach((values, k) => expect(seen.at({ batch: k } as Record<string, number>).data).toEqual(values));
    const flows = flow.mapSamples((u) => expand(u, 'batch', batch(2)));
    expect(advect.upwind(both, flows, 1).values.data).toEqual(seen.data);
  }));
});

test('new values are averages of old ones, so none leaves their range', inDouble(() => {
  const domain = grid({ x: 6, y: 7, z: 3 });
  const u = randomVelocity(domain, periodicBoundary(domain), 0.33);
  let field = new CenteredField(domain, tensor(domain.shape, noise(SEED, domain.size)), periodicBoundary(domain));
  const [low, high] = [Math.min(...field.values.data), Math.max(...field.values.data)];
  for (let k = 0; k < 10; k++) field = advect.upwind(field, u, 1);
  expect(Math.min(...field.values.data)).toBeGreaterThanOrEqual(low - 1e-14);
  expect(Math.max(...field.values.data)).toBeLessThanOrEqual(high + 1e-14);
}));

test('keeps the total where the velocity is the same everywhere', inDouble(() => {
  const domain = grid({ x: 8, y: 5 });
  const values = tensor(domain.shape, noise(SEED, 40));
  const after = advect.upwind(new CenteredField(domain, values, periodicBoundary(domain)), centered(domain, { x: 0.4, y: -0.5 }), 1);
  expect(sum(after.values as Tensor<never>).item()).toBeCloseTo(sum(values as Tensor<never>).item(), 13);
}));

test('is first order, and smears as the docstring says', inDouble(() => {
  // A wave on a circle: the scheme solves the equation with a diffusivity of |u| h (1 − |u| dt/h) / 2 to higher order.
  const solve = (n: number, diffusivity: (h: number, dt: number) => number): number => {
    const domain = grid({ x: n }, box({ x: [0, 1] }));
    const [h, dt] = [1 / n, 0.4 / n]; // at 0.5 the next term of the error would vanish, too
    const u = centered(domain, -1, { boundary: periodic });
    const wave = (t: number, decay: number): CenteredField => centered(domain, ({ x }) => sin((x as Tensor).add(t).mul(2 * Math.PI)).mul(decay), { boundary: periodic });
    let field = wave(0, 1);
    for (let k = 0; k < n / 4; k++) field = advect.upwind(field, u, dt);
    const exact = wave(0.1, Math.exp(-((2 * Math.PI) ** 2) * diffusivity(h, dt) * 0.1));
    return Math.sqrt(Array.from(field.values.sub(exact.values).data).reduce((total, error) => total + error ** 2, 0) / n);
  };
  const order = (errors: readonly number[]): number[] => errors.slice(1).map((error, k) => Math.log2(errors[k]! / error));
  for (const seen of order([40, 80, 160].map((n) => solve(n, () => 0)))) expect(Math.abs(seen - 1)).toBeLessThan(0.15);
  for (const seen of order([20, 40, 80].map((n) => solve(n, (h, dt) => (h - dt) / 2)))) expect(Math.abs(seen - 2)).toBeLessThan(0.15);
}));

describe('the stability limit', () => {
  const domain = grid({ x: 4, y: 4 }, box({ x: [0, 4], y: [0, 2] }));
  const field = (): CenteredField => new CenteredField(domain, tensor(domain.shape, noise(SEED, 16)), periodicBoundary(domain));

  test('is 1 for the sum over the axes, at the fastest sample', inDouble(() => {
    const u = (x: number): CenteredField => centered(domain, { x, y: -0.25 }, { boundary: periodicBoundary(domain) });
    advect.upwind(field(), u(0.5), 1);
    expect(() => advect.upwind(field(), u(0.51), 1)).toThrow(UnstableError);
    expect(() => advect.upwind(field(), u(0.51), scalar(1))).toThrow(UnstableError);
    const values = new Float64Array(16);
    values[5] = -1.01;
    const spike = new CenteredField(domain, stack({ x: tensor(domain.shape, values), y: tensor(domain.shape, 0) }, 'vector') as Tensor, periodicBoundary(domain));
    expect(() => advect.upwind(field(), spike, 1)).toThrow(UnstableError);
  }));

  test('the error says what, where, what was seen and what to do', inDouble(() => {
    let error: unknown;
    try {
      advect.upwind(field(), centered(domain, { x: 1, y: -1 }), 0.75);
    } catch (caught) {
      error = caught;
    }
    expect(error).toMatchObject({ operation: 'advect.upwind', quantity: 'Σ |u|·dt / h', limit: 1, seen: 2.25 });
    expect((error as UnstableError).message).toMatch(/2\.25 .*between 0 and 1.*3 or more steps/s);
  }));

  test('NaN and a negative dt are refused, also by programs and derivatives', inDouble(() => {
    const u = centered(domain, { x: 0.1, y: 0.2 });
    expect(() => advect.upwind(field(), u, -1)).toThrow(/not negative/);
    expect(() => advect.upwind(field(), u, scalar(-1))).toThrow(/not negative/);
    expect(() => advect.upwind(field(), centered(domain, { x: NaN, y: 0 }), 1)).toThrow(/finite/);
    const total = (dt: Scalar): Scalar => sum(advect.upwind(field(), u, dt).values as Tensor<never>);
    const program = jit(total);
    program(scalar(1));
    expect(() => program(scalar(8))).toThrow(UnstableError);
    expect(() => grad(total)(scalar(8))).toThrow(UnstableError);
  }));
});

describe('derivatives', () => {
  test('to the field, the velocity and dt obey the laws', inDouble(() => {
    for (const domain of [grid({ x: 5 }, box({ x: [0, 2] })), grid({ x: 4, y: 3 })]) {
      for (const boundary of [periodicBoundary(domain), zeroGradient, constant(0.5)]) {
        const u = randomVelocity(domain, boundary, 0.3);
        checkGradients(
          ({ d, v, dt }: { d: Tensor; v: Tensor; dt: Scalar }) => advect.upwind(new CenteredField(domain, d, boundary), new CenteredField(domain, v, boundary), dt).values,
          { d: tensor(domain.shape, noise(SEED + 1, domain.size)), v: u.values, dt: scalar(0.4) },
          { order: 2, seed: SEED, step: 1e-3 },
        );
      }
    }
  }));

  test('at rest the derivative to the velocity is the central difference, the mean of both sides', inDouble(() => {
    const domain = grid({ x: 6 });
    const d = noise(SEED, 6);
    const field = centered(domain, tensor({ x: 6 }, d), { boundary: periodic });
    const weights = noise(SEED + 2, 6);
    const gradient = grad((u: Tensor): Scalar => sum(advect.upwind(field, new CenteredField(domain, u, periodic), 0.3).values.mul(tensor({ x: 6 }, weights)) as Tensor<never>))(tensor({ x: 6 }, 0) as Tensor);
    gradient.data.forEach((value, i) => expect(value).toBeCloseTo((-0.3 * weights[i]! * (d[(i + 1) % 6]! - d[(i + 5) % 6]!)) / 2, 14));
  }));

  test('there is none where the field is flat', inDouble(() => {
    const domain = grid({ x: 12 });
    const bump = centered(domain, tensor({ x: 12 }, [0, 0, 0, 0, 1, 2, 1, 0, 0, 0, 0, 0]), { boundary: periodic });
    const loss = (u: Tensor): Scalar => {
      const moved = advect.upwind(bump, new CenteredField(domain, u, periodic), 0.5);
      return sum(moved.values.mul(moved.values) as Tensor<never>);
    };
    const gradient = grad(loss)(tensor({ x: 12 }, noise(SEED, 12)) as Tensor).data;
    [0, 1, 2, 8, 9, 10, 11].forEach((i) => expect(Math.abs(gradient[i]!)).toBe(0));
    [4, 6].forEach((i) => expect(gradient[i]).not.toBe(0));
  }));
});
