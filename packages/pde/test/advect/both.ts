/** @file Laws that every advection scheme obeys. */
import { describe, expect, test } from 'vitest';
import { checkGradients } from '@tapeflow/autodiff';
import { roll, scalar, sum, tensor, type Scalar, type Tensor } from '@tapeflow/tensor';
import { antisymmetric, box, centered, ComponentError, constant, FieldMismatchError, freeSlip, grid, open, periodic, sides, staggered, symmetric, toCenters, wall, zeroGradient, type Boundary, type CenteredField, type Field, type Grid, type Positions, type StaggeredField, type Velocity } from '../../src/index.ts';
import { expectClose, flat, inDouble, randomCentered, randomStaggered } from '../support.ts';
import { slowAdvection } from './slow-advection.ts';

type Scheme = <F extends CenteredField | StaggeredField>(field: F, velocity: Velocity, dt: number | Scalar) => F;

const SEED = 23;
const domains: readonly Grid[] = [
  grid({ x: 6 }, box({ x: [-1, 1] })),
  grid({ x: 6, y: 5 }, box({ x: [-1, 1], y: [0, 3] })),
  grid({ x: 4, y: 3, z: 5 }, box({ x: [-1, 1], y: [0, 3], z: [2, 2.5] })),
];

/** Registers the laws. `strength` is that of the correction, for the slow loop; without it there is none. */
export function lawsOfAdvection(scheme: Scheme, strength?: number): void {
  describe.each([1, 2, 3])('in %i dimensions', (rank) => {
    const domain = domains[rank - 1]!;

    test.each([
      ['walls and walls', wall, constant(0.7)],
      ['walls and free sides', freeSlip, zeroGradient],
      ['open sides', open, constant(-0.4, { at: 'ghost' })],
      ['circles', periodic, periodic],
      ['mirrors', antisymmetric, symmetric],
      ['different sides', sides({ x: periodic, y: [wall, open], z: [symmetric, constant(0.3)] }), sides({ x: periodic, y: [constant(2), zeroGradient], z: symmetric })],
    ] as const)('agrees with a slow loop: %s', inDoubleFor((_name: string, flow: Boundary, boundary: Boundary) => {
      const velocity = randomStaggered(domain, flow, { seed: SEED });
      for (const field of [randomCentered(domain, boundary, { seed: SEED + 1 }), randomStaggered(domain, boundary, { seed: SEED + 2 }), velocity]) {
        expectClose(scheme(field as Field, velocity, 0.37), slowAdvection(field, velocity, 0.37, strength), 1e-12, `seed ${SEED}, ${String(field)}`);
      }
    }));

    test('constants stay constant', inDouble(() => {
      for (const [flow, boundary] of [[wall, constant(3)], [open, zeroGradient], [periodic, periodic], [symmetric, symmetric], [constant(1.3), constant(3, { at: 'ghost' })]] as const) {
        const velocity = randomStaggered(domain, flow, { seed: SEED });
        for (const field of [centered(domain, 3, { boundary }), staggered(domain, 3, { boundary })]) {
          expectClose(scheme(field as Field, velocity, 0.8), flat(field).map(() => 3), 1e-14);
        }
      }
    }));

    test('on a circle whole cells are shifted exactly, and no mass is lost', inDouble(() => {
      const cells = [2, -1, 3];
      const velocity = staggered(domain, Object.fromEntries(domain.axes.map(({ name, width }, k) => [name, cells[k]! * width])), { boundary: periodic });
      const field = randomCentered(domain, periodic, { seed: SEED });
      const shifted = domain.names.reduce((values: Tensor, name, k) => roll(values, name, cells[k]!), field.values);
      const moved = scheme(field, velocity, 1);
      expectClose(moved, shifted, 1e-14);
      expect(sum(moved.values, domain.names).item()).toBeCloseTo(sum(field.values, domain.names).item(), 13);
      const faces = randomStaggered(domain, periodic, { seed: SEED });
      expectClose(scheme(faces, velocity, 1), faces.mapSamples((values) => domain.names.reduce((all: Tensor, name, k) => roll(all, name, cells[k]!), values)), 1e-14);
    }));

    test('a linear function is carried exactly', inDouble(() => {
      const linear = centered(domain, (points) => Object.values(points).reduce((a, b) => a.add(b)).mul(0.5));
      const velocity = staggered(domain, Object.fromEntries(domain.axes.map(({ name, width }) => [name, 0.4 * width])), { boundary: open });
      const inside = Object.fromEntries(domain.axes.map(({ name, cells }) => [name, [1, cells - 1] as const]));
      const carried = domain.axes.reduce((total, { width }) => total + 0.2 * width, 0);
      expectClose(scheme(linear, velocity, 1).values.slice(inside), linear.values.sub(carried).slice(inside), 1e-14);
    }));

    test('nothing overshoots: new values lie between old ones and those on the sides', inDouble(() => {
      for (const boundary of [constant(0.2), constant(5), periodic, zeroGradient, symmetric, sides({ x: [constant(-3), zeroGradient], y: symmetric, z: wall })]) {
        for (const dt of [0.05, 0.7, 5]) {
          const velocity = randomStaggered(domain, boundary === periodic ? periodic : open, { seed: SEED });
          const field = randomCentered(domain, boundary, { seed: SEED + 1 });
          const onSides = boundary === periodic || boundary === zeroGradient || boundary === symmetric ? [] : boundary instanceof Object && String(boundary).startsWith('sides') ? [-3, 0] : [Number(/[\d.]+/.exec(String(boundary))![0])];
          const bounds = [...flat(field), ...onSides];
          const values = flat(scheme(field, velocity, dt));
          expect(Math.max(...values)).toBeLessThanOrEqual(Math.max(...bounds) + 1e-14);
          expect(Math.min(...values)).toBeGreaterThanOrEqual(Math.min(...bounds) - 1e-14);
        }
      }
    }));

    test('derivatives with respect to field, velocity and time', inDouble(() => {
      const at = { field: randomCentered(domain, constant(scalar(0.3)), { seed: SEED }), velocity: randomStaggered(domain, wall, { seed: SEED + 1 }), dt: scalar(0.43) };
      checkGradients(({ field, velocity, dt }: typeof at) => scheme(field, velocity, dt), at, { order: rank < 3 ? 2 : 1, seed: SEED, step: 1e-5 });
    }));

    test('derivatives of a flow that carries itself', inDouble(() => {
      const at = { velocity: randomStaggered(domain, sides({ x: periodic, y: wall, z: open }), { seed: SEED }), dt: scalar(0.31) };
      checkGradients(({ velocity, dt }: typeof at) => scheme(velocity, velocity, dt), at, { seed: SEED, step: 1e-5 });
    }));

    test('a velocity at the centres', inDouble(() => {
      const velocity = randomStaggered(domain, periodic, { seed: SEED });
      const atCenters = toCenters(velocity);
      const field = randomCentered(domain, periodic, { seed: SEED + 1 });
      // Centred samples take their velocity from the same averages.
      expectClose(scheme(field, atCenters, 0.4), scheme(field, velocity, 0.4), 1e-14);
    }));
  });

  describe('a velocity on another grid', () => {
    const coarse = grid({ x: 3, y: 4 }, box({ x: [-1, 1], y: [0, 3] }));
    const fine = domains[1]!;

    test('is sampled where it is needed: linear ones exactly', inDouble(() => {
      const linear = ({ x, y }: Positions<'x' | 'y'>): Record<string, Tensor<never>> => ({ x: x.mul(0.3).add(y.mul(0.1)), y: x.mul(0.2).sub(y.mul(0.3)).add(0.1) });
      const finer = grid({ x: 12, y: 15 }, box({ x: [-1, 1], y: [0, 3] }));
      const field = randomCentered(finer, zeroGradient, { seed: SEED });
      const other = scheme(field, staggered(coarse, linear, { boundary: open }), 0.2);
      expect(other.values.dims.map(({ name }) => name)).toEqual(['y', 'x']);
      // Near the sides the coarse one has no samples to interpolate along them.
      const inside = { x: [4, 8], y: [4, 11] } as const;
      expectClose(other.values.slice(inside), scheme(field, staggered(finer, linear, { boundary: open }), 0.2).values.slice(inside), 1e-13);
    }));

    test('may name its axes in another order', inDouble(() => {
      const turned = grid({ y: 5, x: 6 }, box({ x: [-1, 1], y: [0, 3] }));
      const velocity = randomStaggered(fine, wall, { seed: SEED });
      const field = randomStaggered(fine, zeroGradient, { seed: SEED + 1 });
      const moved = scheme(field, staggered(turned, velocity.components, { boundary: wall }), 0.4);
      expect(moved.component('x').dims.map(({ name }) => name)).toEqual(['y', 'x']);
      // Interpolation finds the same velocity on the same samples as averages do.
      expectClose(moved, scheme(field, velocity, 0.4), 1e-14);
    }));

    test('has derivatives', inDouble(() => {
      const at = { field: randomCentered(fine, wall, { seed: SEED }), velocity: randomStaggered(coarse, wall, { seed: SEED + 1 }), dt: scalar(0.43) };
      checkGradients(({ field, velocity, dt }: typeof at) => scheme(field, velocity, dt), at, { seed: SEED, step: 1e-5 });
    }));

    test('keeps double precision outside of precision(64)', () => {
      const field = randomCentered(fine, periodic, { seed: SEED, dtype: 'f64' });
      const velocity = randomStaggered(coarse, periodic, { seed: SEED + 1, dtype: 'f64' });
      const outside = scheme(field, velocity, 0.3);
      expect(outside.values.dtype).toBe('f64');
      expectClose(outside, inDouble(() => scheme(field, velocity, 0.3))(), 0);
    });

    test('with other axes is refused', () => {
      const field = randomCentered(fine, periodic);
      const others: readonly Grid[] = [grid({ x: 4 }), grid({ x: 4, y: 4, z: 4 }), grid({ x: 4, z: 4 })];
      for (const other of others) {
        expect(() => scheme(field, staggered(other, 1, { boundary: periodic }), 1)).toThrow(FieldMismatchError);
        expect(() => scheme(field, staggered(other, 1, { boundary: periodic }), 1)).toThrow(String(other));
      }
    });
  });

  test('a scalar is no velocity', () => {
    expect(() => scheme(randomCentered(domains[1]!, wall), randomCentered(domains[1]!, wall), 1)).toThrow(ComponentError);
  });

  test('no time, no change', inDouble(() => {
    const velocity = randomStaggered(domains[1]!, wall, { seed: SEED });
    expectClose(scheme(velocity, velocity, 0), velocity, 1e-15);
    expectClose(scheme(velocity, velocity, scalar(0)), velocity, 1e-15);
  }));

  test('the order of the axes does not matter', inDouble(() => {
    const turned = grid({ y: 5, x: 6 }, box({ x: [-1, 1], y: [0, 3] }));
    const domain = domains[1]!;
    const velocity = randomStaggered(domain, periodic, { seed: SEED });
    const field = randomCentered(domain, zeroGradient, { seed: SEED + 1 });
    const elsewhere = scheme(centered(turned, field.values), staggered(turned, velocity.components, { boundary: periodic }), 0.4);
    expect(elsewhere.values.dims.map(({ name }) => name)).toEqual(['x', 'y']);
    expectClose(centered(domain, elsewhere.values), scheme(field, velocity, 0.4), 1e-14);
  }));

  test('batches: of fields, of velocities, of times', inDouble(() => {
    const domain = domains[1]!;
    const fields = randomCentered(domain, wall, { seed: SEED, batch: 2 });
    const velocities = randomStaggered(domain, wall, { seed: SEED + 1, batch: 2 });
    const times = tensor({ batch: 2 }, [0.2, 0.5]);
    const all = scheme(fields, velocities, times as Tensor<never> as Scalar);
    expect(all.values.dims.map(({ name }) => name)).toEqual(['batch', 'y', 'x']);
    for (let k = 0; k < 2; k++) {
      const pick = (t: Tensor): Tensor => t.at({ batch: k });
      const one = scheme(fields.with(pick(fields.values)), velocities.mapSamples(pick), [0.2, 0.5][k]!);
      expectClose(pick(all.values), one, 1e-15);
    }
    expect(scheme(fields.with(fields.values.at({ batch: 0 })), velocities, 0.2).values.dims.map(({ name }) => name)).toEqual(['batch', 'y', 'x']);
    expect(scheme(fields, velocities.mapSamples((values) => values.at({ batch: 0 })), 0.2).values.dims.map(({ name }) => name)).toEqual(['batch', 'y', 'x']);
  }));

  test('one cell between walls', inDouble(() => {
    const slab = grid({ x: 1, y: 5 });
    const velocity = randomStaggered(slab, wall, { seed: SEED });
    const moved = scheme(velocity, velocity, 0.5);
    expect(moved.component('x').size).toBe(0);
    expectClose(moved, slowAdvection(velocity, velocity, 0.5, strength), 1e-13);
  }));
}

function inDoubleFor<A extends unknown[]>(body: (...args: A) => void): (...args: A) => void {
  return (...args) => inDouble(() => body(...args))();
}
