/**
 * @file A smoke simulation in a closed box, written with tensor functions alone: semi-Lagrangian advection by gather, buoyancy, projection by
 * conjugate gradients.
 */
import { clip, convert, floor, gather, mul, padConstant, range, solveLinear, sub, tensor, type LinearSolution, type Scalar, type Tensor } from '../../src/index.ts';

export type Grid = Tensor<'x' | 'y'>;
/** Density in the middle of the cells, velocity on the faces between them, in cell widths per second. */
export interface Smoke {
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
export const divergence = (u: Grid, v: Grid): Grid => difference(padConstant(u, { x: [1, 1] }), 'x').add(difference(padConstant(v, { y: [1, 1] }), 'y'));

/** The pressure that takes the divergence away, and how it was found. */
export function pressure(u: Grid, v: Grid): LinearSolution<Grid> {
  const laplacian = (p: Grid): Grid => divergence(difference(p, 'x'), difference(p, 'y'));
  return solveLinear(laplacian, divergence(u, v), { method: 'cg', nullSpace: 'constant' });
}

function project({ d, u, v }: Smoke): Smoke {
  const p = pressure(u, v).value;
  return { d, u: u.sub(difference(p, 'x')), v: v.sub(difference(p, 'y')) };
}

/** One step: advection, buoyancy b d in the direction of y, projection. */
export function step(smoke: Smoke, dt: Scalar): Smoke {
  const d = advect(smoke.d, CENTRE, smoke, dt);
  const lift = d.slice({ y: [0, N - 1] }).add(d.slice({ y: [1, N] })).mul(0.5 * 0.4).mul(dt);
  return project({ d, u: advect(smoke.u, X_FACES, smoke, dt), v: advect(smoke.v, Y_FACES, smoke, dt).add(lift) });
}

export function start(): Smoke {
  const wave = (columns: number, rows: number, f: (x: number, y: number) => number): Grid =>
    tensor({ y: rows, x: columns }, Array.from({ length: rows * columns }, (_, k) => f((k % columns) / N, Math.floor(k / columns) / N)));
  return {
    d: wave(N, N, (x, y) => Math.exp(-30 * ((x - 0.45) ** 2 + (y - 0.2) ** 2))),
    u: wave(N - 1, N, (x, y) => 0.8 * Math.sin(5 * y) * Math.sin(3 * x + 0.3)),
    v: wave(N, N - 1, (x, y) => 0.6 * Math.cos(4 * x) * Math.sin(3 * y + 0.2)),
  };
}
