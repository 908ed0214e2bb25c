/** @file Masks: which cells a shape covers, sharply or softly. */
import { describe, expect, test } from 'vitest';
import { checkGradients } from '@tapeflow/autodiff';
import { scalar, sum, type Scalar } from '@tapeflow/tensor';
import { box, complement, grid, hardMask, softMask, sphere } from '../src/index.ts';
import { expectClose, flat, inDouble } from './support.ts';

const domain = grid({ x: 6, y: 4 }, box({ x: [0, 3], y: [0, 4] }));

describe('hard masks', () => {
  test('are 1 in the cells whose centre lies in the shape', () => {
    const mask = hardMask(box({ x: [0.5, 1.5], y: [1, 3] }), domain);
    expect(mask.dims.map(({ name, size, type }) => [name, size, type])).toEqual([['y', 4, 'spatial'], ['x', 6, 'spatial']]);
    // Centres: x 0.25, 0.75, …; y 0.5, 1.5, ….
    const row = [0, 1, 1, 0, 0, 0];
    expect(flat(mask)).toEqual([...new Array<number>(6).fill(0), ...row, ...row, ...new Array<number>(6).fill(0)]);
  });

  test('repeat along axes on which the shape does not depend', () => {
    expect(flat(hardMask(box({ y: [0, 1] }), domain))).toEqual([...new Array<number>(6).fill(1), ...new Array<number>(18).fill(0)]);
  });

  test('of a shape and of its complement add up to 1', () => {
    const shape = sphere({ x: 1.3, y: 2.1 }, 1);
    expect(flat(hardMask(shape, domain).add(hardMask(complement(shape), domain)))).toEqual(new Array(24).fill(1));
  });
});

describe('soft masks', () => {
  test('fall linearly with the distance over the size of a cell, through the balance on the surface', inDouble(() => {
    const shape = sphere({ x: 1.4, y: 2.2 }, 0.9);
    const radius = Math.hypot(0.25, 0.5);
    for (const balance of [0, 0.5, 1]) {
      const expected = flat(shape.distance(domain.centers())).map((d) => Math.min(Math.max(balance - d / radius, 0), 1));
      // Distances come as (x, y); the mask is stored as (y, x).
      const [nx, ny] = [6, 4];
      const stored = Array.from({ length: nx * ny }, (_, k) => expected[(k % nx) * ny + Math.floor(k / nx)]!);
      expectClose(softMask(shape, domain, { balance }), stored, 1e-14);
      if (balance === 0.5) expect(flat(softMask(shape, domain))).toEqual(flat(softMask(shape, domain, { balance })));
    }
  }));

  test('have the area of the shape, which hard ones approach too', inDouble(() => {
    const fine = grid({ x: 60, y: 60 }, box({ x: [0, 3], y: [0, 3] }));
    const shape = sphere({ x: 1.5, y: 1.4 }, 1);
    for (const mask of [softMask(shape, fine), hardMask(shape, fine)]) {
      expect(flat(mask).reduce((a, b) => a + b) * fine.cellVolume).toBeCloseTo(Math.PI, 1);
    }
  }));

  test('have derivatives with respect to the shape', inDouble(() => {
    const area = ({ x, radius }: { x: Scalar; radius: Scalar }): Scalar => sum(softMask(sphere({ x, y: 2.1 }, radius), domain).pow(2));
    checkGradients(area, { x: scalar(1.37), radius: scalar(0.83) }, { step: 1e-4 });
  }));
});
