/** @file Explicit diffusion: discrete decay rates, conservation, steady states, its stability limit, and derivatives. */
import { checkGradients, grad, TapeflowError } from '@tapeflow/autodiff';
import { cos, jit, precision, scalar, sin, spatial, sum, tensor, type Scalar, type Tensor } from '@tapeflow/tensor';
import { describe, expect, test } from 'vitest';
import { box, CenteredField, centered, constant, diffuse, grid, periodic, sides, staggered, UnstableError, wall, zeroGradient, type Grid } from '../../src/index.ts';
import { generator, inDouble, periodicBoundary } from '../support.ts';


const SEED = 11;
const noise = (seed: number, count: number): Float64Array => Float64Array.from({ length: count }, generator(seed));
const largest = (values: ArrayLike<number>): number => Array.from(values).reduce((most, value) => Math.max(most, Math.abs(value)), 0);

test('a wave on a circle decays by the factor of the difference equation at every substep', inDouble(() => {
  const n = 20;
  const domain = grid({ x: n }, box({ x: [0, 3] }));
  const h = 3 / n;
  for (const mode of [1, 3, 10]) {
    const k = (2 * Math.PI * mode) / 3;
    const start = centered(domain, ({ x }) => cos((x as Tensor).mul(k)), { boundary: periodic });
    const kappa = 0.02;
    const dt = 0.4;
    for (const substeps of [1, 4]) {
      const factor = (1 - ((kappa * dt) / substeps) * (2 - 2 * Math.cos(k * h)) / h ** 2) ** substeps;
      const after = diffuse.explicit(start, kappa, dt, { substeps }).values.data;
      start.values.data.forEach((value, i) => expect(after[i]).toBeCloseTo(value * factor, 13));
    }
  }
}));

test('smooth data converge at second order in space when dt falls with h²', inDouble(() => {
  // exp(−κ(k² + l²)t) sin kx cos ly between walls of value 0 (in x) and without gradient (in y).
  const error = (n: number): number => {
    const domain = grid({ x: n, y: n }, box({ x: [0, 1], y: [0, 1] }));
    const boundary = sides({ x: constant(0), y: zeroGradient });
    const start = centered(domain, ({ x, y }) => sin((x as Tensor).mul(Math.PI)).mul(cos((y as Tensor).mul(2 * Math.PI))), { boundary });
    const time = 0.02;
    const after = diffuse.explicit(start, 1, time, { substeps: Math.round((time * 2 * n * n) / 0.4) });
    const decay = Math.exp(-5 * Math.PI ** 2 * time);
    const before = start.values.data;
    return Math.sqrt(Array.from(after.values.data).reduce((total, value, i) => total + (value - decay * before[i]!) ** 2, 0) / n ** 2);
  };
  const errors = [10, 20, 40].map(error);
  for (let k = 1; k < errors.length; k++) expect(Math.abs(Math.log2(errors[k - 1]! / errors[k]!) - 2)).toBeLessThan(0.15);
}));

describe('what is conserved', () => {
  test.each([
    ['on a circle', periodicBoundary],
    ['without gradient at the edges', () => zeroGradient],
  ])('the total, %s', (_, boundaryOf) => {
    precision(64, () => {
      for (const domain of [grid({ x: 7 }), grid({ x: 4, y: 5 }, box({ x: [0, 2], y: [0, 5] })), grid({ x: 3, y: 4, z: 5 })]) {
        const values = tensor(domain.shape, noise(SEED, domain.size));
        const after = diffuse.explicit(new CenteredField(domain, values, boundaryOf(domain)), 0.01, 1, { substeps: 3 });
        expect(sum(after.values as Tensor<never>).item()).toBeCloseTo(sum(values as Tensor<never>).item(), 13);
        expect(largest(after.values.data)).toBeLessThan(largest(values.data));
      }
    });
  });

  test('a line between two walls, which is the steady state', inDouble(() => {
    const domain = grid({ x: 9 }, box({ x: [0, 1] }));
    const boundary = sides({ x: [constant(2), constant(-1)] });
    const line = centered(domain, ({ x }) => (x as Tensor).mul(-3).add(2), { boundary });
    diffuse.explicit(line, 1, 1e-3).values.data.forEach((value, i) => expect(value).toBeCloseTo(line.values.data[i]!, 14));
  }));
});

test('every component of a vector goes by its own samples and boundary', inDouble(() => {
  const domain = grid({ x: 6, y: 5 });
  const flow = staggered(domain, ({ x, y }) => ({ x: sin((x as Tensor).mul(0.7)).mul(y as Tensor), y: cos((x as Tensor).mul((y as Tensor).mul(0.1))) }), { boundary: wall });
  const after = diffuse.explicit(flow, 0.2, 0.9);
  // Component x on the inner faces: 0 on the walls at its ends, mirrored with the other sign below and above.
  const u = flow.component('x').data;
  const at = (i: number, j: number): number => (i < 0 || i > 4 ? 0 : j < 0 ? -u[i]! : j > 4 ? -u[4 * 5 + i]! : u[j * 5 + i]!);
  const expected = Array.from(u, (value, k) => {
    const [i, j] = [k % 5, Math.floor(k / 5)];
    return value + 0.18 * (at(i - 1, j) + at(i + 1, j) + at(i, j - 1) + at(i, j + 1) - 4 * value);
  });
  after.component('x').data.forEach((value, k) => expect(value).toBeCloseTo(expected[k]!, 14));
}));

describe('the stability limit', () => {
  const checkerboard = (domain: Grid): CenteredField => {
    const names = domain.names;
    const cells = domain.axes.map(({ cells: count }) => count);
    const values = Float64Array.from({ length: domain.size }, (_, index) => {
      let [rest, parity] = [index, 0];
      for (const count of cells) {
        parity += rest % count;
        rest = Math.floor(rest / count);
      }
      return parity % 2 === 0 ? 1 : -1;
    });
    return new CenteredField(domain, tensor(Object.fromEntries([...names].reverse().map((name) => [name, spatial(domain.axis(name).cells)])), values), periodicBoundary(domain));
  };

  test('is 1/2 for the sum over the axes: at it the shortest wave keeps its size, beyond it is refused', inDouble(() => {
    for (const domain of [grid({ x: 8 }), grid({ x: 4, y: 6 }), grid({ x: 4, y: 2, z: 6 }, box({ x: [0, 4], y: [0, 1], z: [0, 12] }))]) {
      const perArea = domain.axes.reduce((total, { width }) => total + width ** -2, 0);
      const start = checkerboard(domain);
      let field = start;
      for (let k = 0; k < 20; k++) field = diffuse.explicit(field, 0.5, 1 / perArea);
      field.values.data.forEach((value, i) => expect(value).toBeCloseTo(start.values.data[i]!, 10));
      expect(() => diffuse.explicit(start, 0.5001, 1 / perArea)).toThrow(UnstableError);
      expect(() => diffuse.explicit(start, scalar(0.5001), 1 / perArea)).toThrow(UnstableError);
    }
  }));

  test('the error says what, where, what was seen and what to do; the advice works', inDouble(() => {
    const start = checkerboard(grid({ x: 4, y: 4 }));
    let error: unknown;
    try {
      diffuse.explicit(start, 0.32, 3, { substeps: 2 });
    } catch (caught) {
      error = caught;
    }
    expect(error).toBeInstanceOf(UnstableError);
    expect(error).toMatchObject({ operation: 'diffuse.explicit', quantity: 'Σ κ·dt / h² per substep', limit: 0.5 });
    expect((error as UnstableError).seen).toBeCloseTo(0.96, 12);
    expect((error as UnstableError).message).toMatch(/is 0\.96 .*between 0 and 0\.5.*substeps: 4/s);
    expect(largest(diffuse.explicit(start, 0.32, 3, { substeps: 4 }).values.data)).toBeLessThanOrEqual(1);
  }));

  test.each([-0.1, NaN, Infinity])('a diffusivity of %s is refused, as a number and as a scalar', (kappa) => {
    const start = checkerboard(grid({ x: 4 }));
    expect(() => diffuse.explicit(start, kappa, 1)).toThrow(/finite and not negative/);
    expect(() => diffuse.explicit(start, scalar(kappa), 1)).toThrow(/finite and not negative/);
  });

  test('a limit that is met exactly is not failed by rounding in single precision', () => {
    const domain = grid({ x: 16 }, box({ x: [0, 0.7] }));
    const h = domain.axes[0]!.width;
    for (let k = 1; k < 50; k++) diffuse.explicit(checkerboard(domain), scalar(k), (0.5 * h * h) / k);
  });

  test('holds inside programs and derivatives', inDouble(() => {
    const start = checkerboard(grid({ x: 4 }));
    const program = jit((kappa: Scalar) => diffuse.explicit(start, kappa, 1).values);
    expect(largest(program(scalar(0.25)).data)).toBeCloseTo(0, 14);
    expect(() => program(scalar(0.75))).toThrow(UnstableError);
    expect(() => grad((kappa: Scalar) => sum(diffuse.explicit(start, kappa, 1).values as Tensor<never>))(scalar(0.75))).toThrow(UnstableError);
  }));

  test.each([0, -1, 1.5, NaN])('%s substeps are refused', (substeps) => {
    expect(() => diffuse.explicit(checkerboard(grid({ x: 4 })), 0.1, 1, { substeps })).toThrow(TapeflowError);
  });
});

test('derivatives to the field, the diffusivity and dt obey the laws', inDouble(() => {
  const domain = grid({ x: 4, y: 3 }, box({ x: [0, 2], y: [0, 3] }));
  const values = tensor(domain.shape, noise(SEED, 12));
  for (const boundary of [periodicBoundary(domain), constant(0.3), zeroGradient]) {
    checkGradients(
      ({ u, kappa, dt }: { u: Tensor; kappa: Scalar; dt: Scalar }) => diffuse.explicit(new CenteredField(domain, u, boundary), kappa, dt, { substeps: 2 }).values,
      { u: values, kappa: scalar(0.1), dt: scalar(0.4) },
      { order: 2, seed: SEED },
    );
  }
}));
