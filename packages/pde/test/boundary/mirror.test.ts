/** @file symmetric and antisymmetric: the outside mirrors the inside, with a sign. */
import { describe, expect, test } from 'vitest';
import { flatten } from '@tapeflow/autodiff';
import { antisymmetric, symmetric, type Position, type Side } from '../../src/index.ts';
import { Edge } from '../../src/boundary/edge.ts';
import { doubles, flat } from '../support.ts';

const inner = [1, 2, 4, 8];

function ghosts(side: Side, position: Position, end: 'lower' | 'upper', count: number): number[] {
  return flat(side.ghosts(new Edge(doubles({ x: 4 }, inner), 'x', end, position), count));
}

describe('ghosts, nearest to the edge last at the lower end and first at the upper one', () => {
  test.each([
    ['symmetric centres mirror in the side', symmetric, 'center', [4, 2, 1], [8, 4, 2]],
    // The outermost face is the side itself and has no image.
    ['symmetric faces mirror in the outermost one', symmetric, 'face', [8, 4, 2], [4, 2, 1]],
    ['antisymmetric centres', antisymmetric, 'center', [-4, -2, -1], [-8, -4, -2]],
    // The face on the side is 0 and not stored: it is the first ghost.
    ['antisymmetric faces', antisymmetric, 'face', [-2, -1, 0], [0, -8, -4]],
  ] as const)('%s', (_name, side, position, lower, upper) => {
    for (const count of [1, 2, 3]) {
      expect(ghosts(side, position, 'lower', count)).toEqual(lower.slice(3 - count));
      expect(ghosts(side, position, 'upper', count)).toEqual(upper.slice(0, count));
    }
  });

  test('an image longer than the field is refused', () => {
    expect(() => ghosts(symmetric, 'center', 'lower', 5)).toThrow(expect.objectContaining({ operation: 'pad', axis: 'x' }));
    expect(() => ghosts(symmetric, 'face', 'lower', 4)).toThrow("the lower end of 'x' needs more samples than the 4");
  });
});

test('the derivative across the side of a mirrored field is mirrored with the other sign, along it with the same', () => {
  for (const [side, other] of [[symmetric, antisymmetric], [antisymmetric, symmetric]] as const) {
    expect(side.derivative('normal')).toBe(other);
    expect(side.derivative('tangential')).toBe(side);
    expect(side.homogeneous()).toBe(side);
  }
});

test('the face on a mirror is stored where it is free, and not where it is 0', () => {
  expect(symmetric.storesFace).toBe(true);
  expect(antisymmetric.storesFace).toBe(false);
});

test('trees without leaves that come back as themselves', () => {
  for (const side of [symmetric, antisymmetric]) expect(flatten(side).structure.unflatten([])).toBe(side);
  expect(flatten(symmetric).structure.key).not.toBe(flatten(antisymmetric).structure.key);
  expect([symmetric, antisymmetric].map(String)).toEqual(['symmetric', 'antisymmetric']);
});
