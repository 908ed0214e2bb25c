/**
 * @file The layers together: a smoke simulation in a closed box, written with tensor functions alone (semi-Lagrangian advection by
 * gather, buoyancy, projection by conjugate gradients), and the gradient of a loss through its steps, as programs on every backend.
 */
import { describe, expect, test } from 'vitest';
import { grad, valueAndGrad } from '@tapeflow/autodiff';
import { clip, convert, floor, gather, jit, l2, max, mul, abs, padConstant, precision, range, scalar, scan, solveLinear, sub, tensor, type Scalar, type Tensor } from '../../src/index.ts';
import { BACKENDS, expectSame } from './support.ts';

type Grid = Tensor<'x' | 'y'>;
/** Density in the middle of the cells, velocity on the faces between them, in cell widths per second. */
interface Smoke {
  readonly d: Grid;
  readonly u: Grid;
  readonly v: Grid;
}
/** Where the values of a field lie: the position of its first one, in cells. */
interface Place {
  readonly x: number;
  readonly y: number;
}

const N = 16;
const CENTRE: Place = { x: 0.5, y: 0.5 };
const X_FACES: Place = { x: 1, y: 0.5 };
const Y_FACES: Place = { x: 0.5, y: 1 };

/** Bilinear interpolation of a field at positions in cells; outside, the value at the edge. */
function sample(q: Grid, place: Place, x: Grid, y: Grid): Grid {
  const [columns, rows] = [q.sizes.x!, q.sizes.y!];
  const [i, j] = [clip(sub(x, place.x), 0, columns - 1), clip(sub(y, place.y), 0, rows - 1)];
  const [i0, j0] = [clip(floor(i), 0, columns - 2), clip(floor(j), 0, rows - 2)];
  const [fx, fy] = [i.sub(i0), j.sub(j0)];
  const corner = (di: number, dj: number): Grid => gather(q, { x: convert(i0.add(di), 'i32'), y: convert(j0.add(dj), 'i32') });
  const along = (dj: number): Grid => corner(0, dj).add(corner(1, dj).sub(corner(0, dj)).mul(fx));
  return along(0).add(along(1).sub(along(0)).mul(fy));
}

/** What a fluid particle that arrives at each value of a field carried with it a time dt ago. */
function advect(q: Grid, place: Place, { u, v }: Smoke, dt: Scalar): Grid {
  const x = convert(range({ x: q.sizes.x! }), 'float').add(place.x).add(mul(q, 0));
  const y = convert(range({ y: q.sizes.y! }), 'float').add(place.y).add(mul(q, 0));
  return sample(q, place, x.sub(sample(u, X_FACES, x, y).mul(dt)), y.sub(sample(v, Y_FACES, x, y).mul(dt)));
}

const difference = (q: Grid, name: 'x' | 'y'): Grid => q.slice({ [name]: [1, q.sizes[name]!] } as never).sub(q.slice({ [name]: [0, q.sizes[name]! - 1] } as never)) as Grid;
/** Outflow of each cell; nothing flows through the walls. */
const divergence = (u: Grid, v: Grid): Grid => difference(padConstant(u, { x: [1, 1] }), 'x').add(difference(padConstant(v, { y: [1, 1] }), 'y'));

function project({ d, u, v }: Smoke): Smoke {
  const laplacian = (p: Grid): Grid => divergence(difference(p, 'x'), difference(p, 'y'));
  const p = solveLinear(laplacian, divergence(u, v), { method: 'cg', nullSpace: 'constant' }).value;
  return { d, u: u.sub(difference(p, 'x')), v: v.sub(difference(p, 'y')) };
}

/** One step: advection, buoyancy b d in the direction of y, projection. */
function step(smoke: Smoke, dt: Scalar): Smoke {
  const d = advect(smoke.d, CENTRE, smoke, dt);
  const lift = d.slice({ y: [0, N - 1] }).add(d.slice({ y: [1, N] })).mul(0.5 * 0.4).mul(dt);
  return project({ d, u: advect(smoke.u, X_FACES, smoke, dt), v: advect(smoke.v, Y_FACES, smoke, dt).add(lift) });
}

function start(): Smoke {
  const wave = (columns: number, rows: number, f: (x: number, y: number) => number): Grid =>
    tensor({ y: rows, x: columns }, Array.from({ length: rows * columns }, (_, k) => f((k % columns) / N, Math.floor(k / columns) / N)));
  return {
    d: wave(N, N, (x, y) => Math.exp(-30 * ((x - 0.45) ** 2 + (y - 0.2) ** 2))),
    u: wave(N - 1, N, (x, y) => 0.8 * Math.sin(5 * y) * Math.sin(3 * x + 0.3)),
    v: wave(N, N - 1, (x, y) => 0.6 * Math.cos(4 * x) * Math.sin(3 * y + 0.2)),
  };
}

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
