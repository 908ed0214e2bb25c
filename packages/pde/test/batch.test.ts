/** @file Members of a batch are simulated each as if it were alone: values, solves and gradients. */
import { grad } from '@tapeflow/autodiff';
import { batch, square, stack, sum, tensor, type Scalar, type Tensor } from '@tapeflow/tensor';
import { describe, expect, test } from 'vitest';
import { advect, buoyancy, centered, CenteredField, constant, diffuse, grid, normalTangential, periodic, project, sides, staggered, wall, zeroGradient, type Boundary, type StaggeredField } from '../src/index.ts';
import { generator, inDouble } from './support.ts';

const SEED = 21;
const noise = (seed: number, count: number): Float64Array => Float64Array.from({ length: count }, generator(seed));
const MEMBERS = 2;
const domain = grid({ x: 5, y: 6 });

const noiseLike = (t: Tensor, seed: number): Tensor => tensor(Object.fromEntries(t.dims.map(({ name, size, type }) => [name, { type, extent: size }])), noise(seed, t.size));
const smokes = (): CenteredField[] => Array.from({ length: MEMBERS }, (_, k) => centered(domain, tensor(domain.shape, noise(SEED + k, domain.size)), { boundary: zeroGradient }));
const flows = (boundary: Boundary): StaggeredField[] =>
  Array.from({ length: MEMBERS }, (_, k) => staggered(domain, 0, { boundary }).mapSamples((u, _layout, name) => noiseLike(u, SEED + 10 * k + (domain.names as readonly string[]).indexOf(name))));

const side = (parts: readonly Tensor[]): Tensor => stack(parts, 'batch', batch);
const together = (fields: readonly StaggeredField[]): StaggeredField => fields[0]!.mapSamples((_, __, name) => side(fields.map((field) => field.component(name))));
const allSmoke = (fields: readonly CenteredField[]): CenteredField => fields[0]!.with(side(fields.map(({ values }) => values)));

const tensorsOf = (field: CenteredField | StaggeredField): Tensor[] => (field instanceof CenteredField ? [field.values] : Object.values(field.components));
const member = (t: Tensor, k: number): number[] => Array.from((t.sizes['batch'] === undefined ? t : (t.at({ batch: k }) as Tensor)).data);

function expectMembers(seen: CenteredField | StaggeredField, alone: readonly (CenteredField | StaggeredField)[], digits = 14): void {
  alone.forEach((field, k) =>
    tensorsOf(field).forEach((values, j) => member(tensorsOf(seen)[j]!, k).forEach((value, i) => expect(value).toBeCloseTo(values.data[i]!, digits))),
  );
}

const boundaries: readonly (readonly [string, Boundary])[] = [
  ['walls', wall],
  ['a channel', sides({ x: periodic, y: normalTangential(constant(0), zeroGradient) })],
  ['an open top', sides({ x: wall, y: [wall, zeroGradient] })],
];

describe.each(boundaries)('in a box with %s', (_, boundary) => {
  test('advection, buoyancy and diffusion', inDouble(() => {
    const [d, u] = [smokes(), flows(boundary)];
    const [D, U] = [allSmoke(d), together(u)];
    expectMembers(advect.semiLagrangian(U, U, 0.7), u.map((flow) => advect.semiLagrangian(flow, flow, 0.7)));
    expectMembers(advect.macCormack(U, U, 0.7), u.map((flow) => advect.macCormack(flow, flow, 0.7)));
    expectMembers(advect.macCormack(D, U, 0.7), d.map((smoke, k) => advect.macCormack(smoke, u[k]!, 0.7)));
    expectMembers(advect.macCormack(d[0]!, U, 0.7), u.map((flow) => advect.macCormack(d[0]!, flow, 0.7)));
    expectMembers(advect.macCormack(D, u[0]!, 0.7), d.map((smoke) => advect.macCormack(smoke, u[0]!, 0.7)));
    expectMembers(buoyancy(D, U, { y: 2 }), d.map((smoke, k) => buoyancy(smoke, u[k]!, { y: 2 })));
    expectMembers(diffuse.explicit(U, 0.2, 1), u.map((flow) => diffuse.explicit(flow, 0.2, 1)));
  }));

  test('projection: every system to its own tolerance', inDouble(() => {
    // Members of very different size: a tolerance for all together would leave the small one unsolved.
    const u = flows(boundary).map((flow, k) => flow.mul(1000 ** k));
    const { velocity, solution } = project(together(u), { relative: 1e-12 });
    const alone = u.map((flow) => project(flow, { relative: 1e-12 }));
    velocity.grid.names.forEach((name) =>
      alone.forEach((own, k) => {
        const expected = own.velocity.component(name).data;
        member(velocity.component(name), k).forEach((value, i) => expect(value / 1000 ** k).toBeCloseTo(expected[i]! / 1000 ** k, 10));
      }),
    );
    solution.perSystem.forEach(({ status, residual }) => {
      expect(status).toBe('converged');
      expect(residual).toBeLessThanOrEqual(1e-12);
    });
  }));

  test('a component without batch takes part', inDouble(() => {
    // Buoyancy of many smokes on one velocity: only the component along y differs between the members.
    const [d, u] = [smokes(), flows(boundary)[0]!];
    const mixed = u.add(buoyancy(allSmoke(d), u, { y: 1 }));
    expect(mixed.component('x').sizes['batch']).toBeUndefined();
    expectMembers(project(mixed, { relative: 1e-12 }).velocity, d.map((smoke) => project(u.add(buoyancy(smoke, u, { y: 1 })), { relative: 1e-12 }).velocity), 10);
  }));

  test('gradients of a simulation', inDouble(() => {
    const run = (smoke: CenteredField, flow: StaggeredField): Tensor => {
      const s = advect.macCormack(smoke, flow, 0.8);
      const v = project(advect.semiLagrangian(flow, flow, 0.8).add(buoyancy(s, flow, { y: 0.3 })), { relative: 1e-12 }).velocity;
      return square(advect.semiLagrangian(s, v, 0.8).values);
    };
    const [d, u] = [smokes(), flows(boundary)];
    const whole = (flow: StaggeredField): Scalar => sum(run(allSmoke(d), flow) as Tensor<'batch' | 'x' | 'y'>, ['batch', 'y', 'x']);
    const alone = u.map((flow, k) => grad((own: StaggeredField): Scalar => sum(run(d[k]!, own) as Tensor<never>))(flow));
    expectMembers(grad(whole)(together(u)), alone, 9);
  }));
});
