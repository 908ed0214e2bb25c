/** @file A flow that is free on the left and wanted on the right; between the two stands the pressure, which makes it incompressible. */

import { exp, foldKey, hypot, l2, randomKey, randomNormal, sub, type Scalar, type Tensor } from '@tapeflow/tensor';
import { box, diffuse, grid, project, shapeOf, sphere, staggered, union, type Geometry, type Grid, type StaggeredField } from '@tapeflow/pde';

/** Size of the closed box. */
export const BOX = { x: 80, y: 64 };

/** Speed of the random flow at the start: standard deviation over all faces. */
const START_SPEED = 0.1;
/** Diffusivity times time by which white noise becomes the start: it leaves swirls some 8 across. */
const SMOOTHING = 8;

/** Which velocities are free, and what is wanted of the flow. Masks are 1 or 0 on each face. */
export interface Problem {
  readonly domain: Grid;
  /** 1 where the velocity before projection is free; it is 0 elsewhere. */
  readonly free: StaggeredField;
  /** 1 where the flow is compared with the wanted one. */
  readonly seen: StaggeredField;
  readonly wanted: StaggeredField;
}

const regions: Readonly<Record<'left' | 'discs', Geometry>> = {
  left: box({ x: [0, BOX.x / 2], y: [0, BOX.y] }),
  discs: union(sphere({ x: 20, y: 15 }, 10), sphere({ x: 20, y: 50 }, 10)),
};

/** The problem on so many cells along x. */
export function makeProblem(cells: number, control: 'left' | 'discs'): Problem {
  const domain = grid({ x: cells, y: (cells * BOX.y) / BOX.x }, box({ x: [0, BOX.x], y: [0, BOX.y] }));
  return {
    domain,
    free: staggered(domain, regions[control]),
    seen: staggered(domain, box({ x: [BOX.x / 2, BOX.x], y: [0, BOX.y] })),
    // An upward stream, 2 at the most and 32 wide.
    wanted: staggered(domain, ({ x, y }) => {
      const distance = hypot(sub(x as Tensor, 50), sub(y as Tensor, 10));
      return { x: 0, y: exp(distance.mul(distance).mul(-0.5 / 32 ** 2)).mul(2) };
    }),
  };
}

/** A smooth random flow, from which the search begins. */
export function randomStart({ domain }: Problem, seed: number): StaggeredField {
  const key = randomKey(seed);
  const white = staggered(domain, 0).mapSamples((_u, layout, name) => randomNormal(shapeOf(layout), foldKey(key, domain.names.indexOf(name))));
  const perArea = domain.axes.reduce((total, { width }) => total + width ** -2, 0);
  const smooth = diffuse.explicit(white, 1, SMOOTHING, { substeps: Math.ceil(2 * SMOOTHING * perArea) });
  const faces = Object.values(smooth.components).reduce((total, { size }) => total + size, 0);
  return smooth.mul(START_SPEED / Math.sqrt((2 * energy(smooth).item()) / faces));
}

/** The flow that comes of a free velocity: what lies outside the region of control is 0, and the pressure makes it incompressible. */
export function flowFrom({ free }: Problem, velocity: StaggeredField, tolerance: number): StaggeredField {
  return project(velocity.mul(free), { relative: tolerance }).velocity;
}

/** Half the sum of squared differences from the wanted flow, where it is seen. */
export function lossOf(problem: Problem, velocity: StaggeredField, tolerance: number): Scalar {
  return energy(flowFrom(problem, velocity, tolerance).sub(problem.wanted).mul(problem.seen));
}

function energy(velocity: StaggeredField): Scalar {
  return Object.values(velocity.components)
    .map((u) => l2(u as Tensor<never>))
    .reduce((a, b) => a.add(b));
}
