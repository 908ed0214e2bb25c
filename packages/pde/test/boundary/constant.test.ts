/** @file constant and zeroGradient: what lies beyond the edge, and that gradients reach the value there. */
import { describe, expect, test } from 'vitest';
import { checkGradients, flatten } from '@tapeflow/autodiff';
import { scalar, type Scalar, type Tensor } from '@tapeflow/tensor';
import { BoundaryError, centered, constant, grid, pad, zeroGradient, type Boundary } from '../../src/index.ts';
import { Edge } from '../../src/boundary/edge.ts';
import { doubles, flat, inDouble } from '../support.ts';

const inner = [1, 2, 4, 8];

/** `count` samples beyond both ends of 1, 2, 4, 8, around them. */
function padded(boundary: Boundary, position: 'center' | 'face', count: number): number[] {
  const values = doubles({ x: 4 }, inner);
  const ghosts = (end: 'lower' | 'upper'): number[] => flat(boundary.side('x', end).ghosts(new Edge(values, 'x', end, position), count));
  return [...ghosts('lower'), ...inner, ...ghosts('upper')];
}

describe('ghosts', () => {
  test.each([
    ['constant at the face, centres', constant(10), 'center', [[19, 12], [18, 19, 12, 16], [16, 18, 19, 12, 16, 18]]],
    ['constant at the face, faces', constant(10), 'face', [[10, 10], [19, 10, 10, 12], [18, 19, 10, 10, 12, 16]]],
    ['zero at the face, centres', constant(0), 'center', [[-1, -8], [-2, -1, -8, -4], [-4, -2, -1, -8, -4, -2]]],
    ['constant at the ghost, centres', constant(10, { at: 'ghost' }), 'center', [[10, 10], [10, 10, 10, 10], [10, 10, 10, 10, 10, 10]]],
    ['constant at the ghost, faces', constant(10, { at: 'ghost' }), 'face', [[10, 10], [10, 10, 10, 10], [10, 10, 10, 10, 10, 10]]],
    ['zero gradient, centres', zeroGradient, 'center', [[1, 8], [1, 1, 8, 8], [1, 1, 1, 8, 8, 8]]],
    ['zero gradient, faces', zeroGradient, 'face', [[1, 8], [1, 1, 8, 8], [1, 1, 1, 8, 8, 8]]],
  ] as const)('%s, one to three deep', (_name, boundary, position, expected) => {
    expected.forEach((around, k) => {
      const half = around.length / 2;
      expect(padded(boundary, position, k + 1)).toEqual([...around.slice(0, half), ...inner, ...around.slice(half)]);
    });
  });

  test('a scalar of the same value gives the same ghosts', inDouble(() => {
    for (const at of ['face', 'ghost'] as const) {
      for (const position of ['center', 'face'] as const) {
        for (const value of [0, -2.5]) expect(padded(constant(scalar(value), { at }), position, 3)).toEqual(padded(constant(value, { at }), position, 3));
      }
    }
  }));

  test('the wall lies in the middle between a sample and its ghost', () => {
    const [first, second] = padded(constant(3), 'center', 1);
    expect((first! + second!) / 2).toBe(3);
  });
});

test.each(['face', 'ghost'] as const)('gradients reach the value at the %s', inDoubleFor((at) => {
  const domain = grid({ x: 3, y: 2 });
  const f = ({ value, values }: { value: Scalar; values: Tensor }): Tensor => pad(centered(domain, values, { boundary: constant(value, { at }) }), 2);
  const [report] = checkGradients(f, { value: scalar(0.7), values: doubles({ y: 2, x: 3 }, [1, 2, 3, 4, 5, 6]) });
  expect(report!.exact).toBe(true);
}));

test('the value is a leaf of the boundary: a boundary is a tree, and comes back from its leaves', inDouble(() => {
  const boundary = constant({ x: scalar(3), y: 4 });
  const { leaves, structure } = flatten(boundary);
  expect(leaves).toHaveLength(1);
  const rebuilt = structure.unflatten(leaves) as Boundary;
  for (const component of ['x', 'y']) {
    const ghost = (of: Boundary): number[] => flat(of.side('x', 'lower', component).ghosts(new Edge(doubles({ x: 2 }, [1, 2]), 'x', 'lower', 'center'), 1));
    expect(ghost(rebuilt)).toEqual(ghost(boundary));
  }
  expect(flatten(constant(1)).structure.key).not.toBe(flatten(constant(2)).structure.key);
  expect(flatten(constant(1)).structure.key).not.toBe(flatten(constant(1, { at: 'ghost' })).structure.key);
  expect(flatten(zeroGradient).structure.unflatten([])).toBe(zeroGradient);
}));

test('derivatives: along the side nothing changes, across it the slope is free; of a field without slope it is 0', () => {
  const wall = constant(5).side('x', 'lower');
  expect(wall.derivative('normal')).toBe(zeroGradient);
  expect(String(wall.derivative('tangential'))).toBe('constant(0)');
  expect(String(zeroGradient.derivative('normal'))).toBe('constant(0)');
  expect(zeroGradient.derivative('tangential')).toBe(zeroGradient);
});

test('a value that is not a number is refused', () => {
  expect(() => constant(NaN)).toThrow(BoundaryError);
  expect(() => constant({ x: 1, y: Infinity })).toThrow('Infinity');
});

test('boundaries are told as text', () => {
  expect([constant(2), constant(2, { at: 'ghost' }), constant(scalar(2)), zeroGradient].map(String)).toEqual(['constant(2)', 'constant(2 at the ghost)', 'constant(scalar)', 'zeroGradient']);
});

function inDoubleFor<A>(body: (argument: A) => void): (argument: A) => void {
  return (argument) => inDouble(() => body(argument))();
}
