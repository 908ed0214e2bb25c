/** @file A flow for tests of advection, whose characteristics are followed point by point, and errors after some time in it. */
import { cos, mul, sin, type Tensor } from '@tapeflow/tensor';
import { box, centered, grid, periodic, positionsOf, staggered, type CenteredField, type Grid, type Points, type Positions, type StaggeredField } from '../../src/index.ts';
import { flat, rootMeanSquare } from '../support.ts';

/** [0, 2π]², with half as many cells more along y. */
export const square = (cells: number): Grid<'x' | 'y'> => grid({ x: cells, y: 1.5 * cells }, box({ x: [0, 2 * Math.PI], y: [0, 2 * Math.PI] }));

/** Eddies on a current: free of divergence, steady, periodic. */
export const eddies = ({ x, y }: Positions<'x' | 'y'>): Record<string, Tensor<never>> => ({ x: sin(x).mul(cos(y)).add(0.5), y: cos(x).mul(sin(y)).neg().add(0.3) });

/** The same on all faces of a circle. */
export const eddyVelocity = (domain: Grid): StaggeredField => staggered(domain, eddies, { boundary: periodic });

/** Where what is at (x, y) was a time ago, by many small steps of the classical Runge-Kutta method. */
export function origin(x: number, y: number, time: number): readonly [number, number] {
  const steps = 24;
  const h = -time / steps;
  const u = (px: number, py: number): readonly [number, number] => [Math.sin(px) * Math.cos(py) + 0.5, -Math.cos(px) * Math.sin(py) + 0.3];
  let [px, py] = [x, y];
  for (let k = 0; k < steps; k++) {
    const a = u(px, py);
    const b = u(px + 0.5 * h * a[0], py + 0.5 * h * a[1]);
    const c = u(px + 0.5 * h * b[0], py + 0.5 * h * b[1]);
    const d = u(px + h * c[0], py + h * c[1]);
    px += (h * (a[0] + 2 * b[0] + 2 * c[0] + d[0])) / 6;
    py += (h * (a[1] + 2 * b[1] + 2 * c[1] + d[1])) / 6;
  }
  return [px, py];
}

/** A scheme under test. */
export type Scheme = <F extends CenteredField | StaggeredField>(field: F, velocity: StaggeredField, dt: number) => F;

/** √ mean error² at the centres and on the faces of each axis, after advecting a field with the eddies for a time of 1, with steps as long as a cell is wide. */
export function errorsAfterOneTurn(scheme: Scheme, cells: number, wave: Wave): readonly number[] {
  const domain = square(cells);
  const velocity = eddyVelocity(domain);
  const steps = cells / 4;
  let center = centered(domain, wave.field, { boundary: periodic });
  let faces = staggered(domain, (points) => ({ x: wave.field(points), y: wave.field(points) }), { boundary: periodic });
  for (let k = 0; k < steps; k++) {
    center = scheme(center, velocity, 1 / steps);
    faces = scheme(faces, velocity, 1 / steps);
  }
  const errorOf = (values: Tensor, points: Points): number => {
    const [xs, ys] = [flat(points['x']!), flat(points['y']!)];
    const seen = flat(values);
    return rootMeanSquare(ys.flatMap((y, j) => xs.map((x, i) => seen[j * xs.length + i]! - wave.value(...origin(x, y, 1)))));
  };
  return [errorOf(center.values, domain.centers()), ...domain.names.map((name) => errorOf(faces.component(name), positionsOf(faces.layout(name))))];
}

/** A field as a function of tensors and of numbers. */
export interface Wave {
  readonly field: (points: Positions<'x' | 'y'>) => Tensor<never>;
  readonly value: (x: number, y: number) => number;
}

/** One mode. */
export const oneMode: Wave = { field: ({ x, y }) => sin(x).mul(cos(y)), value: (x, y) => Math.sin(x) * Math.cos(y) };

/** Two modes, one of them oblique. */
export const twoModes: Wave = { field: ({ x, y }) => sin(x).add(cos(x.add(mul(2, y))).mul(0.5)), value: (x, y) => Math.sin(x) + 0.5 * Math.cos(x + 2 * y) };
