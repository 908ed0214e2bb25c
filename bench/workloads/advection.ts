/** @file W6 and W9: semi-Lagrangian advection on a periodic grid, and a smoke simulation with its gradient. */
import { valueAndGrad, vjp } from '@tapeflow/autodiff';
import { convert, floor, gather, l2 as energy, pad, range, scan, solveLinear, tensor, type Scalar, type Tensor } from '@tapeflow/tensor';
import { l2, rndf, smokeInputs, velocity } from '../peers/common/harness.mjs';
import { rounded, workload, type Group } from './workload.ts';

type Plane = Tensor<'x' | 'y'>;
const norm = (t: Tensor<never>): number => rounded(t.view(l2));

/** Values of fields at x − (u, v), bilinear, on a periodic grid of n × n. */
function advect(fields: readonly Plane[], u: Plane, v: Plane, n: number): Plane[] {
  const [px, py] = [convert(range({ x: n }), 'float').sub(u), convert(range({ y: n }), 'float').sub(v)];
  const [x0, y0] = [floor(px), floor(py)];
  const [fx, fy] = [px.sub(x0), py.sub(y0)];
  const wrap = (k: Plane): Plane => convert(k.sub(floor(k.mul(1 / n)).mul(n)), 'i32');
  const [ix, iy, jx, jy] = [wrap(x0), wrap(y0), wrap(x0.add(1)), wrap(y0.add(1))];
  return fields.map((q) => {
    const at = (x: Plane, y: Plane): Plane => gather(q, { x, y });
    const [a, b, c, d] = [at(ix, iy), at(jx, iy), at(ix, jy), at(jx, jy)];
    const lower = a.add(b.sub(a).mul(fx));
    const upper = c.add(d.sub(c).mul(fx));
    return lower.add(upper.sub(lower).mul(fy));
  });
}

/** W6: 256 × 256, up to 2.5 cells; backwards to the field and both velocities. */
export const advection: Group = (jit) => {
  const n = 256;
  const plane = (values: Float32Array): Plane => tensor({ y: n, x: n }, values);
  const [u, v] = velocity(n).map(plane) as [Plane, Plane];
  const [q, g] = [plane(rndf(n * n, 5)), plane(rndf(n * n, 6))];
  const one = ([field, x, y]: readonly [Plane, Plane, Plane]): Plane => advect([field], x, y, n)[0]!;
  const forward = jit((field: Plane, x: Plane, y: Plane) => one([field, x, y]));
  const both = jit((field: Plane, x: Plane, y: Plane, yBar: Plane) => {
    const { value, pullback } = vjp(one, [field, x, y] as const);
    return [value, ...pullback(yBar)] as const;
  });
  return [
    workload({ task: 'W6 advect fwd', params: '', inputs: () => ({ q, u, v }), run: (given) => forward(given.q, given.u, given.v), check: norm }),
    workload({ task: 'W6 advect fwd+bwd', params: '', inputs: () => ({ q, u, v, g }), run: (given) => both(given.q, given.u, given.v, given.g), check: ([, ...bars]) => bars.map(norm) }),
  ];
};

export interface Smoke {
  readonly d: Plane;
  readonly u: Plane;
  readonly v: Plane;
}

/** Half the difference of the neighbours, zero outside. */
function slope(p: Plane, name: 'x' | 'y', n: number): Plane {
  const wide = pad(p, { [name]: [1, 1] } as { x: [number, number] });
  return wide.slice({ [name]: [2, n + 2] } as { x: [number, number] }).sub(wide.slice({ [name]: [0, n] } as { x: [number, number] })).mul(0.5);
}

/** The negative five-point Laplacian, zero outside. */
export function negativeLaplacian(p: Plane, n: number): Plane {
  const wide = pad(p, { x: [1, 1], y: [1, 1] });
  const at = (dx: number, dy: number): Plane => wide.slice({ x: [1 + dx, n + 1 + dx], y: [1 + dy, n + 1 + dy] });
  return p.mul(4).sub(at(-1, 0)).sub(at(1, 0)).sub(at(0, -1)).sub(at(0, 1));
}

/** Advection, buoyancy, projection by conjugate gradients to 1e-3. */
export function smokeStep({ d, u, v }: Smoke, n: number): Smoke {
  const [d1, u1, moved] = advect([d, u, v], u, v, n) as [Plane, Plane, Plane];
  const v1 = moved.add(d1.mul(0.1));
  const p = solveLinear((x: Plane) => negativeLaplacian(x, n), slope(u1, 'x', n).add(slope(v1, 'y', n)).neg(), { method: 'cg', relative: 1e-3, nullSpace: 'none' }).value;
  return { d: d1, u: u1.sub(slope(p, 'x', n)), v: v1.sub(slope(p, 'y', n)) };
}

/** W9: 64 × 64, pressure by conjugate gradients to 1e-3; the gradient to the initial smoke through 8 steps. */
export const smoke: Group = (jit) => {
  const n = 64;
  const [u, v, d, target] = smokeInputs(n).map((values): Plane => tensor({ y: n, x: n }, values)) as [Plane, Plane, Plane, Plane];
  const forward = jit((first: Smoke) => smokeStep(first, n));
  const loss = (start: Plane): Scalar => {
    const [end] = scan((carry: Smoke) => [smokeStep(carry, n), undefined] as const, { d: start, u, v }, 8);
    return energy(end.d.sub(target)) as Scalar;
  };
  const gradient = jit(valueAndGrad(loss));
  return [
    workload({ task: 'W9 smoke fwd 1 step', params: 'CG 1e-3', inputs: () => ({ d, u, v }), run: forward, check: (s) => ({ d: norm(s.d), u: norm(s.u) }) }),
    workload({ task: 'W9 smoke grad 8 steps', params: 'CG 1e-3, scan', inputs: () => d, run: gradient, check: ({ value, gradient: g }) => ({ loss: rounded(value.item()), g: norm(g) }) }),
  ];
};
