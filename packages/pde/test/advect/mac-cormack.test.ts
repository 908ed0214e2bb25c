/** @file MacCormack advection: the laws of all schemes, second order of accuracy on centres and faces, and its limiter. */
import { describe, expect, test } from 'vitest';
import { checkGradients } from '@tapeflow/autodiff';
import { scalar, type Scalar } from '@tapeflow/tensor';
import { advect, centered, constant, grid, periodic, staggered, wall, zeroGradient, type StaggeredField } from '../../src/index.ts';
import { expectClose, flat, inDouble, randomCentered, randomStaggered } from '../support.ts';
import { lawsOfAdvection } from './both.ts';
import { errorsAfterOneTurn, oneMode, twoModes } from './flows.ts';

lawsOfAdvection(advect.macCormack, 1);

describe('second order at centres and on faces, with steps as long as a cell is wide', () => {
  test('on three grids', inDouble(() => {
    const errors = [20, 40, 80].map((cells) => errorsAfterOneTurn(advect.macCormack, cells, twoModes));
    for (let place = 0; place < 3; place++) {
      for (let k = 1; k < errors.length; k++) {
        const order = Math.log2(errors[k - 1]![place]! / errors[k]![place]!);
        expect(Math.abs(order - 2), `order ${order}`).toBeLessThanOrEqual(0.15);
      }
    }
  }));

  // PhiFlow 3.4 has these errors at centres in a comparable flow, and on faces 4.8e-2, 2.0e-1, 5.3e-2.
  test('with small errors', inDouble(() => {
    for (const [cells, bound] of [[16, 3.9e-2], [32, 9.9e-3], [64, 2.5e-3]] as const) {
      for (const error of errorsAfterOneTurn(advect.macCormack, cells, oneMode)) expect(error).toBeLessThan(bound);
    }
  }));
});

test.each([2, 3])('strength 0 is semi-Lagrangian, bit for bit, in %i dimensions', (rank) => {
  const domain = grid(Object.fromEntries([['x', 6], ['y', 5], ['z', 4]].slice(0, rank)));
  const velocity = randomStaggered(domain, wall, { seed: 4 });
  const smoke = randomCentered(domain, zeroGradient, { seed: 5 });
  expect(flat(advect.macCormack(smoke, velocity, 0.7, { strength: 0 }))).toEqual(flat(advect.semiLagrangian(smoke, velocity, 0.7)));
  expect(flat(advect.macCormack(velocity, velocity, 0.7, { strength: 0 }))).toEqual(flat(advect.semiLagrangian(velocity, velocity, 0.7)));
});

test('the strength may be a scalar, with a derivative', inDouble(() => {
  const domain = grid({ x: 6, y: 5 });
  const velocity: StaggeredField = randomStaggered(domain, periodic, { seed: 4 });
  expectClose(advect.macCormack(velocity, velocity, 0.4, { strength: scalar(0.6) }), advect.macCormack(velocity, velocity, 0.4, { strength: 0.6 }), 1e-15);
  checkGradients((strength: Scalar) => advect.macCormack(velocity, velocity, 0.4, { strength }), scalar(0.61), { step: 1e-4 });
}));

describe('the limiter', () => {
  test('keeps smoke between 0 and 1, and a jump sharp', inDouble(() => {
    const n = 40;
    const domain = grid({ x: n });
    const jump = centered(domain, ({ x }) => x.sub(20).mul(1e6).pow(3).div(x.sub(20).mul(1e6).pow(2).pow(1.5)).mul(0.5).add(0.5), { boundary: zeroGradient });
    expect(new Set(flat(jump))).toEqual(new Set([0, 1]));
    const velocity = staggered(domain, 1, { boundary: constant(1) });
    const run = (scheme: typeof advect.semiLagrangian): number[] => {
      let field = jump;
      for (let k = 0; k < 20; k++) field = scheme(field, velocity, 0.5);
      return flat(field);
    };
    const corrected = run(advect.macCormack);
    expect(Math.max(...corrected)).toBeLessThanOrEqual(1);
    expect(Math.min(...corrected)).toBeGreaterThanOrEqual(0);
    const width = (values: readonly number[]): number => values.filter((value) => value > 0.05 && value < 0.95).length;
    expect(width(corrected)).toBeLessThan(width(run(advect.semiLagrangian)));
  }));

  test('knows the value on a wall, not its ghost: beside a cold wall nothing gets colder than it', inDouble(() => {
    // Hot fluid beside a wall at 0 has ghosts at −1.
    const domain = grid({ x: 8 });
    const hot = centered(domain, 1, { boundary: constant(0) });
    for (const dt of [0.1, 0.3, 0.6, 0.9]) {
      const values = flat(advect.macCormack(hot, staggered(domain, 1, { boundary: constant(1) }), dt));
      expect(Math.min(...values)).toBeGreaterThanOrEqual(0);
      expect(Math.max(...values)).toBeLessThanOrEqual(1);
    }
  }));
});
