/** @file Where fluid comes from: positions in cells, displaced by velocities in cells per time. */
import { expect, test } from 'vitest';
import { scalar } from '@tapeflow/tensor';
import { box, grid, open, staggered, type StaggeredField } from '../../src/index.ts';
import { displaced, velocityAt } from '../../src/advect/trace.ts';
import { faceLayout } from '../../src/layout.ts';
import { expectClose, flat, inDouble } from '../support.ts';

const domain = grid({ x: 2, y: 3 }, box({ x: [10, 11], y: [0, 6] }));
const steady = (): StaggeredField => staggered(domain, { x: 3, y: 5 }, { boundary: open });

test('velocities are in cells per time', inDouble(() => {
  const layout = faceLayout(domain, open, 'x');
  const { x, y } = velocityAt(steady(), domain, layout);
  expect(flat(x!)).toEqual(new Array(9).fill(6));
  expect(flat(y!)).toEqual(new Array(9).fill(2.5));
}));

test('positions begin at the lower side, and move forth or back', inDouble(() => {
  const layout = faceLayout(domain, open, 'x');
  const cells = velocityAt(steady(), domain, layout);
  for (const dt of [0.1, scalar(0.1)]) {
    const { x, y } = displaced(layout, cells, dt, -1);
    expect(x!.dims.map(({ name }) => name)).toEqual(['y', 'x']);
    expectClose(x!, [-0.6, 0.4, 1.4, -0.6, 0.4, 1.4, -0.6, 0.4, 1.4], 1e-15);
    expectClose(y!, [0.25, 0.25, 0.25, 1.25, 1.25, 1.25, 2.25, 2.25, 2.25], 1e-15);
    expectClose(displaced(layout, cells, dt, 1)['x']!, [0.6, 1.6, 2.6, 0.6, 1.6, 2.6, 0.6, 1.6, 2.6], 1e-15);
  }
  expectClose(displaced(layout, cells, 1, -1)['x']!, [-6, -5, -4, -6, -5, -4, -6, -5, -4], 1e-15);
}));
