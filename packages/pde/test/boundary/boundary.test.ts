/** @file Side: a rule that this package does not have, made by extending it, works everywhere. */
import { describe, expect, test } from 'vitest';
import { checkGradients } from '@tapeflow/autodiff';
import { mul, sub, type Tensor } from '@tapeflow/tensor';
import { box, centered, CenteredField, divergence, faceGradient, gradient, grid, laplacian, largestDivergence, pad, project, sample, Side, sides, staggered, toFaces, zeroGradient, type Edge, type Points, type Positions } from '../../src/index.ts';
import { expectClose, flat, inDouble, randomCentered, randomStaggered } from '../support.ts';

/** The field goes on along the straight line through its last two samples. */
class LinearSide extends Side {
  readonly name = 'linear';
  readonly storesFace = true;

  ghosts(edge: Edge, count: number): Tensor {
    return sub(mul(2, edge.repeated(count)), edge.mirrored(count, 1)) as Tensor;
  }

  reach(): number {
    return 1;
  }

  derivative(): Side {
    return zeroGradient;
  }

  homogeneous(): Side {
    return this;
  }

  pressure(): Side {
    return zeroGradient.pressure();
  }

  '~tapeflow.tree'(): ReturnType<Side['~tapeflow.tree']> {
    return { children: [], rebuild: () => this, key: this.name };
  }
}

const linear = new LinearSide();
const domain = grid({ x: 5, y: 4 }, box({ x: [-1, 1], y: [0, 3] }));
const ramp = ({ x, y }: Positions<'x' | 'y'>): Tensor<never> => x.mul(2).sub(y).add(0.5);

describe('a rule of one\'s own', () => {
  test('is a boundary with this rule on every side', () => {
    expect(linear.side()).toBe(linear);
    expect(String(sides({ x: linear, y: zeroGradient }))).toBe('sides(x: linear, y: zeroGradient)');
  });

  test('mirrors nothing and knows no zeros unless it says so', () => {
    expect([linear.mirror, linear.isZero('face'), linear.isZero('center'), linear.limit()]).toEqual([0, false, false, linear]);
  });

  test('linear fields are linear all over: in ghosts, gradients, Laplacians, samples outside and faces', inDouble(() => {
    const field = centered(domain, ramp, { boundary: linear });
    const wide = grid({ x: 9, y: 8 }, box({ x: [-1.8, 1.8], y: [-1.5, 4.5] }));
    expectClose(pad(field, 2), centered(wide, ramp), 1e-12);
    expectClose(gradient(field).component('x'), new Array<number>(20).fill(2), 1e-12);
    expectClose(faceGradient(field).component('y'), flat(faceGradient(field).component('y')).map(() => -1), 1e-12);
    expectClose(laplacian(field), new Array<number>(20).fill(0), 1e-12);
    // As far out as interpolation reaches: a cell beyond the outermost centres.
    const around = { x: centered(wide, ({ x }) => x.mul(0.7)).values, y: centered(wide, ({ y }) => y.mul(0.65).add(0.5)).values };
    expectClose(sample(field, around), ramp(around), 1e-12);
    expectClose(toFaces(field), staggered(domain, ramp as (points: Points) => never, { boundary: linear }), 1e-12);
  }));

  test('fluid flows through it as its pressure says', inDouble(() => {
    const u = randomStaggered(domain, linear, { seed: 3 });
    expect(u.component('x').sizes).toEqual({ y: 4, x: 6 });
    expect(largestDivergence(project(u).velocity)).toBeLessThan(1e-9);
    expect(divergence(u).values.sizes).toEqual({ y: 4, x: 5 });
  }));

  test('and has derivatives', inDouble(() => {
    checkGradients((values: Tensor) => [pad(new CenteredField(domain, values, linear), 2), laplacian(new CenteredField(domain, values, linear)).values], randomCentered(domain, linear, { seed: 4 }).values, { seed: 4 });
  }));
});
