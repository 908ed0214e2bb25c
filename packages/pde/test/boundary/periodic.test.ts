/** @file periodic: beyond one end lies the other. */
import { expect, test } from 'vitest';
import { flatten } from '@tapeflow/autodiff';
import { periodic, type End } from '../../src/index.ts';
import { Edge } from '../../src/boundary/edge.ts';
import { doubles, flat } from '../support.ts';

const ghosts = (end: End, count: number): number[] => flat(periodic.ghosts(new Edge(doubles({ x: 4 }, [1, 2, 4, 8]), 'x', end, 'center'), count));

test('ghosts come from the other end, in order', () => {
  expect([1, 2, 3, 4].map((count) => ghosts('lower', count))).toEqual([[8], [4, 8], [2, 4, 8], [1, 2, 4, 8]]);
  expect([1, 2, 3, 4].map((count) => ghosts('upper', count))).toEqual([[1], [1, 2], [1, 2, 4], [1, 2, 4, 8]]);
});

test('more ghosts than samples are refused', () => {
  expect(() => ghosts('lower', 5)).toThrow(expect.objectContaining({ operation: 'pad', axis: 'x', seen: '5' }));
});

test('derivatives, differences and pressures of periodic fields are periodic', () => {
  for (const rule of [periodic.derivative('normal'), periodic.derivative('tangential'), periodic.homogeneous(), periodic.pressure()]) expect(rule).toBe(periodic);
  expect(flatten(periodic).structure.unflatten([])).toBe(periodic);
  expect(String(periodic)).toBe('periodic');
});
