/** @file The gradient against differences of the loss, along random directions from a random velocity. */

import { valueAndGrad } from '@tapeflow/autodiff';
import { batch, foldKey, jit, mul, randomKey, randomNormal, sum, tensor, type Key, type Scalar, type Tensor } from '@tapeflow/tensor';
import { shapeOf, type StaggeredField } from '@tapeflow/pde';
import { atRest, INFLOWS, lossOf, MEMBER, type Problem } from './simulation.ts';

/** Speed of the random velocity. At rest the interpolation has a kink at every sample, where differences mean nothing. */
const SPEED = 0.1;
const DIRECTIONS = 3;
/** Interpolation and limiters have kinks, some 10⁻⁶ apart along a direction: differences must be taken between two of them. */
const STEP = 1e-8;

/**
 * The largest relative error of ⟨∇L, d⟩ against (L(v + h d) − L(v − h d)) / 2h. Directions leave the reference alone: the loss takes
 * its smoke as given, whatever its velocity does to it. Needs double precision, and pressure solves so tight that differences do not
 * show them.
 */
export function gradientError(problem: Problem, seed: number): number {
  const key = randomKey(seed);
  const loss = jit((velocity: StaggeredField) => lossOf(problem, velocity));
  const at = randomVelocity(problem, foldKey(key, 0)).mul(SPEED);
  const { gradient } = jit(valueAndGrad((velocity: StaggeredField) => lossOf(problem, velocity)))(at);
  const errors = Array.from({ length: DIRECTIONS }, (_, k) => {
    const direction = randomVelocity(problem, foldKey(key, k + 1)).mapSamples((d) => mul(d, isOther()) as Tensor);
    const slope = product(gradient, direction).item();
    const difference = (loss(at.add(direction.mul(STEP))).item() - loss(at.sub(direction.mul(STEP))).item()) / (2 * STEP);
    return Math.abs(difference / slope - 1);
  });
  return Math.max(...errors);
}

function randomVelocity(problem: Problem, key: Key): StaggeredField {
  return atRest(problem).mapSamples((_u, layout, name) => randomNormal({ [MEMBER]: batch(INFLOWS.length), ...shapeOf(layout) }, foldKey(key, name === 'x' ? 0 : 1)) as Tensor);
}

/** 1 for each simulation but the reference. */
function isOther(): Tensor {
  return tensor({ [MEMBER]: batch(INFLOWS.length) }, INFLOWS.map((_, k) => Number(k < INFLOWS.length - 1))) as Tensor;
}

function product(a: StaggeredField, b: StaggeredField): Scalar {
  return a.grid.names
    .map((name) => sum(mul(a.component(name), b.component(name)) as Tensor<typeof MEMBER | 'x' | 'y'>, [MEMBER, 'y', 'x']))
    .reduce((total, part) => total.add(part));
}
