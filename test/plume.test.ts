/** @file A plume of smoke: the step of the README as a whole, eager and compiled, alone and in batches, with its derivatives. */
import { describe, expect, test } from 'vitest';
import { checkGradients, grad } from '@tapeflow/autodiff';
import { batch, expand, jit, l2, precision, scalar, sum, tensor, type Scalar, type Tensor } from '@tapeflow/tensor';
import { advect, box, buoyancy, centered, constant, grid, largestDivergence, open, project, sides, sphere, staggered, wall, zeroGradient, type Boundary, type CenteredField, type Grid, type StaggeredField } from '@tapeflow/pde';

interface Plume {
  readonly smoke: CenteredField;
  readonly velocity: StaggeredField;
}

type Step = (plume: Plume, dt: number | Scalar, lift: number | Scalar) => Plume;

/** −(u·∇)s + q, −(u·∇)u, f, −∇p. */
function stepIn(inflow: CenteredField): Step {
  return ({ smoke, velocity }, dt, lift) => {
    const fed = advect.macCormack(smoke, velocity, dt).add(inflow.mul(dt));
    const carried = advect.macCormack(velocity, velocity, dt);
    return { smoke: fed, velocity: project(carried.add(buoyancy(fed, velocity, { y: lift }).mul(dt))).velocity };
  };
}

function room<A extends 'x' | 'y' | 'z'>(cells: Readonly<Record<A, number>>, boundary: Boundary): { readonly domain: Grid<A>; readonly start: Plume; readonly step: Step } {
  const names = Object.keys(cells) as A[];
  const domain = grid(cells, box(Object.fromEntries(names.map((name) => [name, [0, 10]]))));
  const at = Object.fromEntries(names.map((name) => [name, name === 'y' ? 2.3 : 4.7]));
  const start = { smoke: centered(domain, sphere(at, 1.6), { boundary: zeroGradient }), velocity: staggered(domain, 0, { boundary }) };
  return { domain, start, step: stepIn(centered(domain, sphere(at, 1.6)).mul(0.3)) };
}

function run(step: Step, start: Plume, steps: number, dt: number | Scalar = 0.5, lift: number | Scalar = 0.4): Plume {
  let plume = start;
  for (let k = 0; k < steps; k++) plume = step(plume, dt, lift);
  return plume;
}

const valuesOf = ({ smoke, velocity }: Plume): number[] => [...smoke.values.data, ...velocity.grid.names.flatMap((name) => Array.from(velocity.component(name).data))];
const largest = (values: readonly number[]): number => values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
const difference = (a: Plume, b: Plume): number => largest(valuesOf(a).map((value, k) => value - valuesOf(b)[k]!));

const chimney = (): Boundary => sides({ x: wall, y: [wall, open], z: wall });
const wind = (): Boundary => sides({ x: [constant({ x: 0.4, y: 0 }), open], y: wall });

describe.each([['closed', wall], ['open above', chimney()], ['wind from the left', wind()]] as const)('%s', (_name, boundary) => {
  test('compiled it is what it is step by step', () => precision(64, () => {
    const { start, step } = room({ x: 12, y: 10 }, boundary);
    expect(difference(run(jit(step), start, 6), run(step, start, 6))).toBeLessThan(1e-8);
  }));

  test('smoke rises, stays between nothing and what was fed, and the flow has no divergence', () => {
    const { start, step } = room({ x: 16, y: 16 }, boundary);
    const { smoke, velocity } = run(jit(step), start, 12);
    const height = ({ values }: CenteredField): number => sum(values.mul(smoke.grid.centers()['y']!)).div(sum(values)).item();
    expect(height(smoke)).toBeGreaterThan(height(start.smoke) + 0.3);
    const values = Array.from(smoke.values.data);
    expect(Math.min(...values)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...values)).toBeLessThanOrEqual(1 + 12 * 0.5 * 0.3 + 1e-5);
    expect(largestDivergence(velocity)).toBeLessThan(1e-4);
  });
});

test('a room that is the same on both sides stays so', () => precision(64, () => {
  const domain = grid({ x: 11, y: 10 });
  const step = stepIn(centered(domain, sphere({ x: 5.5, y: 2 }, 1.9)).mul(0.3));
  const { smoke } = run(jit(step), { smoke: centered(domain, 0), velocity: staggered(domain, 0, { boundary: chimney() }) }, 8);
  const rows = Array.from({ length: 10 }, (_, j) => Array.from(smoke.values.at({ y: j }).data));
  for (const row of rows) row.forEach((value, i) => expect(value).toBeCloseTo(row[10 - i]!, 7));
  expect(largest(rows.flat())).toBeGreaterThan(0.5);
}));

test('in three dimensions a layer that does not change along the third is the same as in two', () => precision(64, () => {
  const flat = room({ x: 8, y: 8 }, wall);
  const deep = grid({ x: 8, y: 8, z: 3 }, box({ x: [0, 10], y: [0, 10], z: [0, 1] }));
  const step = stepIn(centered(deep, sphere({ x: 4.7, y: 2.3 }, 1.6)).mul(0.3));
  const start: Plume = { smoke: centered(deep, sphere({ x: 4.7, y: 2.3 }, 1.6)), velocity: staggered(deep, 0, { boundary: wall }) };
  // One step from rest: friction at the walls across z would act from the second on.
  const solid = run(step, start, 1);
  const plane = run(flat.step, flat.start, 1);
  const layer = (t: Tensor): number[] => Array.from(t.at({ z: 1 }).data);
  for (const [a, b] of [[layer(solid.smoke.values), plane.smoke.values], [layer(solid.velocity.component('y')), plane.velocity.component('y')]] as const) {
    expect(largest(a.map((value, k) => value - b.data[k]!))).toBeLessThan(1e-9);
  }
  expect(largest(Array.from(solid.velocity.component('z').data))).toBeLessThan(1e-9);
}));

test('in double precision it stays in double precision, also outside of precision(64)', () => {
  const { start, step } = precision(64, () => room({ x: 10, y: 10 }, wind()));
  const outside = run(step, start, 3);
  expect([outside.smoke.values.dtype, outside.velocity.component('x').dtype]).toEqual(['f64', 'f64']);
  expect(difference(outside, precision(64, () => run(step, start, 3)))).toBeLessThan(1e-12);
});

test('a batch of plumes is each of them', () => precision(64, () => {
  const { start, step } = room({ x: 10, y: 8 }, chimney());
  const lifts = [0.2, 0.9];
  const many = mapTensors(start, (t) => expand(t, 'batch', batch(2)));
  const lift = tensor({ batch: batch(2) }, lifts) as Tensor<never> as Scalar;
  const all = run(step, many, 4, 0.5, lift);
  lifts.forEach((own, k) => {
    const one = mapTensors(all, (t) => t.at({ batch: k }));
    expect(difference(one, run(step, start, 4, 0.5, own))).toBeLessThan(1e-8);
  });
}));

describe('derivatives of several steps', () => {
  test('with respect to lift, time step, inflow speed and the velocity at the start', () => precision(64, () => {
    const { start, step } = room({ x: 6, y: 6 }, wall);
    const inflow = (speed: Scalar): Boundary => sides({ x: [constant({ x: speed, y: 0 }), open], y: wall });
    interface Unknowns { readonly lift: Scalar; readonly dt: Scalar; readonly speed: Scalar; readonly push: Scalar }
    const loss = ({ lift, dt, speed, push }: Unknowns): Scalar => {
      const velocity = staggered(start.smoke.grid, ({ x, y }) => ({ x: y!.mul(0.1).mul(push), y: x!.mul(0.07).mul(push) }), { boundary: inflow(speed) });
      const { smoke } = run(step, { smoke: start.smoke, velocity: project(velocity, { relative: 1e-15 }).velocity }, 2, dt, lift);
      return l2(smoke.values);
    };
    const unknowns: Unknowns = { lift: scalar(0.37), dt: scalar(0.41), speed: scalar(0.29), push: scalar(0.83) };
    checkGradients(loss, unknowns, { adjointTolerance: 1e-8, step: 1e-4 });
  }));

  test('compiled they are what they are step by step', () => precision(64, () => {
    const { start, step } = room({ x: 8, y: 8 }, chimney());
    const loss = (velocity: StaggeredField): Scalar => l2(run(step, { ...start, velocity }, 3).smoke.values);
    const eager = grad(loss)(start.velocity);
    const compiled = jit(grad(loss))(start.velocity);
    for (const name of ['x', 'y']) {
      expect(largest(Array.from(eager.component(name).data))).toBeGreaterThan(0);
      expect(largest(Array.from(eager.component(name).sub(compiled.component(name)).data))).toBeLessThan(1e-8);
    }
  }));
});

function mapTensors(plume: Plume, f: (t: Tensor) => Tensor): Plume {
  return { smoke: plume.smoke.with(f(plume.smoke.values)), velocity: plume.velocity.mapSamples(f) };
}
