/** @file Semi-Lagrangian advection: the laws of all schemes, and first order of accuracy. */
import { expect, test } from 'vitest';
import { advect } from '../../src/index.ts';
import { inDouble } from '../support.ts';
import { lawsOfAdvection } from './both.ts';
import { errorsAfterOneTurn, twoModes } from './flows.ts';

lawsOfAdvection(advect.semiLagrangian);

test('first order at centres and on faces, with steps as long as a cell is wide', inDouble(() => {
  const errors = [16, 32, 64].map((cells) => errorsAfterOneTurn(advect.semiLagrangian, cells, twoModes));
  for (let place = 0; place < 3; place++) {
    for (let k = 1; k < errors.length; k++) {
      const order = Math.log2(errors[k - 1]![place]! / errors[k]![place]!);
      expect(Math.abs(order - 1), `order ${order}`).toBeLessThanOrEqual(0.15);
    }
  }
}));
