/** @file Projection: what is left of the divergence, what is kept of the velocity, what is refused, and the derivatives. */
import { describe, expect, test } from 'vitest';
import { checkGradients, jvp, vjp } from '@tapeflow/autodiff';
import { batch, cos, expand, instance, jit, l2, mul, NotConverged, precision, scalar, sin, tensor, type Scalar, type Tensor } from '@tapeflow/tensor';
import { antisymmetric, box, centered, constant, divergence, faceGradient, freeSlip, grid, largestDivergence, NetInflowError, open, periodic, project, sides, staggered, symmetric, wall, type Boundary, type Grid, type Positions, type Projection, type StaggeredField } from '../src/index.ts';
import { difference, dot, expectClose, expectOrder, flat, inDouble, largest, randomStaggered, size } from './support.ts';

const SEED = 31;
const domains: readonly Grid[] = [
  grid({ x: 9 }, box({ x: [-1, 1] })),
  grid({ x: 8, y: 6 }, box({ x: [-1, 1], y: [0, 3] })),
  grid({ x: 4, y: 5, z: 6 }, box({ x: [-1, 1], y: [0, 3], z: [2, 2.5] })),
];
const boundaries: Readonly<Record<string, Boundary>> = {
  closed: wall,
  'free slip': freeSlip,
  periodic,
  open,
  mirrors: antisymmetric,
  'mirrors that let through': symmetric,
  mixed: sides({ x: [wall, open], y: periodic, z: freeSlip }),
  'inflow and open end': sides({ x: [constant({ x: 0.7, y: 0, z: 0 }), open], y: wall, z: periodic }),
  'inflow and outflow': sides({ x: constant({ x: 0.1, y: 0, z: 0 }), y: wall, z: wall }),
};

/** What a solve may leave of the divergence of a velocity u: its tolerance, or what rounding allows. */
function allowed(u: StaggeredField, relative: number, pressure: number): number {
  const roundoff = u.component('x').dtype === 'f64' ? 2 ** -53 : 2 ** -24;
  const norm = u.grid.axes.reduce((total, { width }) => total + 4 / width ** 2, 0);
  return Math.max(relative * size(divergence(u)), 4 * roundoff * (norm * pressure + size(divergence(u))));
}

describe.each([1, 2, 3])('in %i dimensions', (rank) => {
  const domain = domains[rank - 1]!;

  test.each(Object.keys(boundaries))('%s: no divergence is left, again nothing changes, and the difference is the gradient of the pressure', inDoubleFor((name: string) => {
    const u = randomStaggered(domain, boundaries[name]!, { seed: SEED });
    const { velocity, pressure, solution } = project(u);
    expect(solution.status).toBe('converged');
    expect(size(divergence(velocity))).toBeLessThanOrEqual(allowed(u, 1e-10, size(pressure)));
    expect(largestDivergence(velocity)).toBe(largest(divergence(velocity)));
    expect(velocity.boundary).toBe(u.boundary);
    expectClose(u.sub(velocity), faceGradient(pressure), 1e-14 * largest(u) + 1e-12);
    const again = project(velocity);
    expectClose(again.velocity, velocity, 1e-8 * largest(u));
  }));

  test.each(['closed', 'free slip', 'periodic', 'open', 'mixed'])('%s: what is taken away is orthogonal to what stays, so energy does not grow', inDoubleFor((name: string) => {
    const u = randomStaggered(domain, boundaries[name]!, { seed: SEED });
    const { velocity } = project(u);
    expect(Math.abs(dot(u.sub(velocity), velocity))).toBeLessThanOrEqual(1e-8 * size(u) ** 2);
    expect(size(velocity)).toBeLessThanOrEqual(size(u));
  }));

  test.each(['closed', 'free slip', 'periodic', 'mirrors', 'inflow and outflow'])('%s: the mean of the pressure is 0', inDoubleFor((name: string) => {
    const { pressure, solution } = project(randomStaggered(domain, boundaries[name]!, { seed: SEED }));
    expect(Math.abs(flat(pressure).reduce((a, b) => a + b, 0))).toBeLessThanOrEqual(1e-12 * domain.size * largest(pressure));
    expect(solution.nullSpace).toBe('constant');
  }));

  test('adjoint identity, to ten times the tolerance', inDouble(() => {
    for (const boundary of [wall, periodic, open, sides({ x: [constant(0.4), open], y: periodic, z: wall })]) {
      const [u, du, w] = [0, 1, 2].map((k) => randomStaggered(domain, boundary, { seed: SEED + k })) as [StaggeredField, StaggeredField, StaggeredField];
      const parts = (v: StaggeredField): Readonly<Record<string, Tensor>> => v.components;
      const f = (v: StaggeredField): Readonly<Record<string, Tensor>> => parts(project(v).velocity);
      const dv = jvp(f, u, du).tangent;
      const uBar = vjp(f, u).pullback(parts(w));
      const products = (a: Readonly<Record<string, Tensor>>, b: StaggeredField): number => domain.names.reduce((total, name) => total + dot(a[name]!, b.component(name)), 0);
      expect(Math.abs(products(dv, w) - products(parts(uBar), du)), `seed ${SEED}`).toBeLessThanOrEqual(1e-9 * size(w) * size(du));
    }
  }));

  test('derivatives of velocity and pressure, as far as rounding goes', inDouble(() => {
    for (const boundary of [wall, periodic, open, sides({ x: [constant(0.4), open], y: periodic, z: wall })]) {
      const f = (u: StaggeredField): unknown => {
        const { velocity, pressure } = project(u, exactly);
        return [velocity.components, pressure.values];
      };
      checkGradients(f, randomStaggered(domain, boundary, { seed: SEED }), { seed: SEED });
    }
  }));
});

/** A tolerance below rounding: the solve goes as far as it can. */
const exactly = { relative: 1e-16 };

test('second derivatives, and derivatives with respect to an inflow', inDouble(() => {
  const domain = domains[1]!;
  const squared = (u: StaggeredField): StaggeredField => u.mul(u);
  const options = { seed: SEED, order: 2 };
  checkGradients((u: StaggeredField): Scalar => l2(project(u.mul(u), exactly).pressure.values), randomStaggered(domain, wall, { seed: SEED }), options);
  checkGradients((u: StaggeredField) => squared(project(u.mul(u), exactly).velocity), randomStaggered(domain, sides({ x: open, y: wall }), { seed: SEED }), options);
  const values = randomStaggered(domain, wall, { seed: SEED });
  const inflow = (speed: Scalar): Boundary => sides({ x: constant({ x: speed, y: 0 }), y: wall });
  checkGradients((speed: Scalar) => squared(project(values.withBoundary(inflow(speed)), exactly).velocity), scalar(0.8), options);
}));

describe('large boxes', () => {
  const noise = (n: number, boundary: Boundary): StaggeredField => randomStaggered(grid({ x: n, y: n }), boundary, { seed: SEED });
  /** The slowest mode of the pressure. */
  const smooth = (n: number, boundary: Boundary): StaggeredField => {
    const k = ((boundary === wall ? 1 : 2) * Math.PI) / n;
    return staggered(grid({ x: n, y: n }), ({ x, y }) => ({ x: sin(mul(k, x)).mul(cos(mul(k, y))), y: 0 }), { boundary });
  };
  // Plain conjugate gradients take 206 steps at 64² and 342 at 128² to 1e-5; they double with the grid.
  const mostSteps = (n: number, bits: 32 | 64): number => (bits === 32 ? 1 : 2) * 3.3 * n;
  const relative = { 32: 1e-5, 64: 1e-10 };

  const check = (u: StaggeredField, n: number, bits: 32 | 64): Projection => {
    const projection = project(u);
    const { velocity, pressure, solution } = projection;
    expect(solution.residual * size(divergence(u))).toBeCloseTo(size(divergence(velocity)), 5);
    expect(size(divergence(velocity))).toBeLessThanOrEqual(1.5 * allowed(u, relative[bits], size(pressure)));
    if (solution.residual > relative[bits]) expect([solution.status, solution.limitedBy, solution.advice !== '']).toEqual(['precision', 'precision', true]);
    else expect([solution.status, solution.limitedBy]).toEqual(['converged', undefined]);
    expect(solution.steps).toBeLessThanOrEqual(mostSteps(n, bits));
    return projection;
  };

  test.each([
    [32, 32], [64, 32], [128, 32], [32, 64], [64, 64], [128, 64],
  ] as const)('%i² in %i bit: closed, periodic and open, with noise and with the slowest mode', (n, bits) => precision(bits, () => {
    for (const boundary of [wall, periodic, open]) for (const make of [noise, smooth]) check(make(n, boundary), n, bits);
  }), 120_000);

  test.each([32, 64] as const)('256² in %i bit, closed, with noise and with the slowest mode', (bits) => precision(bits, () => {
    expect(check(noise(256, wall), 256, bits).solution.status).toBe('converged');
    const { solution, velocity } = check(smooth(256, wall), 256, bits);
    // In 32 bit rounding allows no relative residual below 4e-4.
    expect(solution.limitedBy).toBe(bits === 32 ? 'precision' : undefined);
    expect(solution.converged).toBe(true);
    expect(solution.advice).toContain(bits === 32 ? 'precision(64' : '');
    expect(largestDivergence(velocity)).toBeLessThan(bits === 32 ? 1e-4 : 1e-11);
  }), 120_000);

  test.each([[32, 1e-8], [64, 1e-18]] as const)('a tolerance below rounding, in %i bit: what rounding allows is returned', (bits, wanted) => precision(bits, () => {
    for (const boundary of [wall, periodic, open]) {
      for (let seed = 1; seed <= 4; seed++) {
        const { solution } = project(randomStaggered(grid({ x: 12, y: 12 }), boundary, { seed }), { relative: wanted });
        expect(solution.status).toBe('precision');
        expect(solution.residual).toBeLessThanOrEqual(bits === 32 ? 4 * 2 ** -24 : 4 * 2 ** -53);
      }
    }
  }));
});

describe('batches', () => {
  test('entries of very different size are all solved', () => {
    for (const bits of [32, 64] as const) precision(bits, () => {
      const domain = grid({ x: 16, y: 16 });
      const one = randomStaggered(domain, wall, { seed: SEED });
      const scales = [1e-4, 1e4, 0];
      const many = one.mapSamples((values) => mul(tensor({ batch: batch(3) }, scales), values));
      const { velocity, pressure, solution } = project(many);
      const tolerance = bits === 32 ? 1e-5 : 1e-10;
      expect(solution.perSystem).toHaveLength(3);
      for (const { status, residual } of solution.perSystem) expect([status, residual <= tolerance]).toEqual(['converged', true]);
      scales.forEach((scale, k) => {
        const entry = velocity.mapSamples((values) => values.at({ batch: k }));
        expect(size(divergence(entry))).toBeLessThanOrEqual(2 * tolerance * scale * size(divergence(one)));
        expectClose(entry, project(one).velocity.mul(scale), 1e3 * tolerance * scale);
      });
      expect(pressure.values.dims.map(({ name, type }) => [name, type])).toEqual([['batch', 'batch'], ['y', 'spatial'], ['x', 'spatial']]);
    });
  });

  test('so are entries along dimensions of other types', inDouble(() => {
    const one = randomStaggered(grid({ x: 6, y: 5 }), wall, { seed: SEED });
    const many = one.mapSamples((values) => mul(expand(values, 'step', instance(2)) as Tensor, tensor({ step: instance(2) }, [1e-6, 1])));
    const { velocity, pressure, solution } = project(many);
    expect(solution.perSystem).toHaveLength(2);
    expect(pressure.values.dims.map(({ name, type }) => [name, type])).toEqual([['step', 'instance'], ['y', 'spatial'], ['x', 'spatial']]);
    const small = velocity.mapSamples((values) => values.at({ step: 0 }));
    expectClose(small, project(one).velocity.mul(1e-6), 1e-14);
    expect(size(divergence(small))).toBeLessThanOrEqual(1e-16 * size(divergence(one)));
  }));
});

describe('flow through the sides', () => {
  const domain = domains[1]!;
  const through = (inwards: number | Scalar, outwards: number | Scalar): Boundary => sides({ x: [constant({ x: inwards, y: 0 }), constant({ x: outwards, y: 0 })], y: wall });

  test('more in than out is refused, with both', () => {
    for (const bits of [32, 64] as const) precision(bits, () => {
      for (const make of [(v: number) => v, (v: number) => scalar(v)]) {
        const u = (): StaggeredField => randomStaggered(domain, through(make(1), make(0.9)), { seed: SEED });
        expect(() => project(u())).toThrow(NetInflowError);
        // 3 high: 0.1 · 3 more flow in than out, of 1.9 · 3.
        expect(() => project(u())).toThrow(expect.objectContaining({ net: expect.closeTo(0.3, 5) as number, gross: expect.closeTo(5.7, 5) as number }));
        expect(() => project(u())).toThrow('0.300 more flow in than out');
      }
      expect(() => project(randomStaggered(domain, through(0.5, 0.6)))).toThrow('more flow out than in');
    });
  });

  test('also while a program is recorded', () => {
    const run = jit((speed: Scalar) => project(randomStaggered(domain, through(speed, 1), { seed: SEED })).velocity);
    expect(size(run(scalar(1)))).toBeGreaterThan(0);
    expect(() => run(scalar(1.1))).toThrow(NetInflowError);
  });

  test('in over one side and out over another is fine, if it is the same', inDouble(() => {
    // 2 wide, 3 high: what comes in over the left leaves over the top.
    const bend = sides({ x: [constant({ x: 1, y: 0 }), wall], y: [wall, constant({ x: 0, y: 1.5 })] });
    const u = randomStaggered(domain, bend, { seed: SEED });
    expect(size(divergence(project(u).velocity))).toBeLessThanOrEqual(1e-9 * size(divergence(u)));
    expect(() => project(randomStaggered(domain, sides({ x: [constant({ x: 1, y: 0 }), wall], y: [wall, constant({ x: 0, y: 1.4 })] })))).toThrow(NetInflowError);
  }));

  test('a duct that flows steadily may be projected again and again, in any precision', () => {
    for (const bits of [32, 64] as const) precision(bits, () => {
      let u = randomStaggered(grid({ x: 16, y: 16 }), through(0.1, 0.1), { seed: SEED });
      for (let k = 0; k < 4; k++) u = project(u).velocity;
      expect(largestDivergence(u)).toBeLessThan(bits === 32 ? 1e-6 : 1e-12);
    });
  });
});

describe('convergence to the exact decomposition, in second order', () => {
  // On [0, π]²: u = curl + ∇q, both tangential to the sides.
  const make = (n: number): Grid<'x' | 'y'> => grid({ x: n, y: 1.5 * n }, box({ x: [0, Math.PI], y: [0, Math.PI] }));
  const curl = ({ x, y }: Positions<'x' | 'y'>): { readonly x: Tensor<never>; readonly y: Tensor<never> } => ({ x: sin(x).mul(cos(y)), y: cos(x).mul(sin(y)).neg() });
  const q = ({ x, y }: Positions<'x' | 'y'>): Tensor<never> => cos(x).mul(cos(mul(2, y)));
  const all = (points: Positions<'x' | 'y'>): Record<string, Tensor<never>> => {
    const { x, y } = points;
    const { x: u, y: v } = curl(points);
    return { x: u.sub(sin(x).mul(cos(mul(2, y)))), y: v.sub(cos(x).mul(sin(mul(2, y))).mul(2)) };
  };

  test.each([['closed', wall], ['mirrors', antisymmetric]] as const)('%s', inDoubleFor2((_name: string, boundary: Boundary) => {
    expectOrder((n) => difference(project(staggered(make(n), all, { boundary })).velocity, staggered(make(n), curl, { boundary })), [8, 16, 32], 2);
    expectOrder((n) => difference(project(staggered(make(n), all, { boundary })).pressure, centered(make(n), q)), [8, 16, 32], 2);
  }));
});

test('without divergence nothing is done', inDouble(() => {
  const u = staggered(grid({ x: 8, y: 8 }), { x: 0.3, y: -0.2 }, { boundary: periodic });
  const { velocity, solution, pressure } = project(u);
  expect(solution.steps).toBe(0);
  expect(flat(velocity)).toEqual(flat(u));
  expect(largest(pressure)).toBe(0);
}));

test('boxes of one cell: closed ones stand still, open ones balance', inDouble(() => {
  expect(flat(project(staggered(grid({ x: 1, y: 1 }), 0, { boundary: wall })).velocity)).toEqual([]);
  const slab = project(randomStaggered(grid({ x: 1, y: 5 }), wall, { seed: SEED })).velocity;
  expect(largest(slab.component('y'))).toBeLessThan(1e-12);
  const single = project(randomStaggered(grid({ x: 1 }), open, { seed: SEED })).velocity;
  expect(largestDivergence(single)).toBeLessThan(1e-12);
}));

describe('failure', () => {
  const u = randomStaggered(grid({ x: 16, y: 16 }), wall, { seed: SEED });

  test('is thrown, or returned when asked for, with what there is', () => {
    expect(() => project(u, { method: 'cg', maxSteps: 3 })).toThrow(NotConverged);
    expect(() => project(u, { method: 'cg', maxSteps: 3 })).toThrow(expect.objectContaining({ status: 'maxSteps', steps: 3 }));
    const { velocity, solution } = project(u, { method: 'cg', maxSteps: 3, onFailure: 'return' });
    expect([solution.converged, solution.status, solution.steps]).toEqual([false, 'maxSteps', 3]);
    expect(size(divergence(velocity))).toBeLessThan(size(divergence(u)));
    expect(size(divergence(velocity)) / size(divergence(u))).toBeCloseTo(solution.residual, 5);
  });

  test('of a velocity that is not finite is told', () => {
    const broken = u.mapSamples((values) => values.mul(NaN));
    expect(() => project(broken)).toThrow(expect.objectContaining({ status: 'nonFinite' }));
    expect(largestDivergence(broken)).toBeNaN();
  });

  test('the tolerance is the one asked for, where there are steps to save', () => {
    for (const relative of [1e-1, 1e-3]) {
      const { velocity } = project(u, { method: 'cg', relative });
      const left = size(divergence(velocity)) / size(divergence(u));
      expect(left).toBeLessThanOrEqual(relative);
      expect(left).toBeGreaterThan(relative / 100);
    }
  });
});

test('inside a program it gives what it gives outside', inDouble(() => {
  for (const boundary of [wall, periodic, sides({ x: [constant({ x: 0.3, y: 0 }), open], y: wall })]) {
    const u = randomStaggered(domains[1]!, boundary, { seed: SEED });
    expectClose(jit((v: StaggeredField) => project(v).velocity)(u), project(u).velocity, 1e-9);
  }
}));

function inDoubleFor<A>(body: (argument: A) => void): (argument: A) => void {
  return (argument) => inDouble(() => body(argument))();
}

function inDoubleFor2<A extends unknown[]>(body: (...args: A) => void): (...args: A) => void {
  return (...args) => inDouble(() => body(...args))();
}
