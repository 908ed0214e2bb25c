/** @file Solves that diverge: success is not claimed where there is none. */
import { expect, test } from 'vitest';
import { padConstant, precision, solveLinear, tensor, type Tensor } from '../../src/index.ts';

type Grid = Tensor<'x' | 'y'>;

/** Diffusion and a strong wind along x with upwind differences: far from symmetric, so conjugate gradients diverge on it. */
function windy(u: Grid): Grid {
  const { x: n, y: m } = u.sizes as { x: number; y: number };
  const padded = padConstant(u, { x: [1, 1], y: [1, 1] });
  const shifted = (dx: number, dy: number): Grid => padded.slice({ x: [1 + dx, 1 + dx + n], y: [1 + dy, 1 + dy + m] });
  const neighbours = shifted(1, 0).add(shifted(-1, 0)).add(shifted(0, 1)).add(shifted(0, -1));
  return u.mul(4).sub(neighbours).add(u.sub(shifted(-1, 0)).mul(10));
}

function noise(n: number, seed: number): Grid {
  let state = seed;
  return tensor({ y: n, x: n }, Array.from({ length: n * n }, () => (state = (state * 48271) % 2147483647) / 1073741824 - 1)) as Grid;
}

// A solution that grows without bound has a large rounding error too; that is no reason to call it solved.
test('a solve that diverges does not count as limited by the precision', () =>
  precision(32, () => {
    const b = noise(16, 1);
    const tried = solveLinear(windy, b, { method: 'cg', maxSteps: 3000, onFailure: 'return' });
    expect([tried.status, tried.converged, tried.limitedBy]).toEqual(['maxSteps', false, undefined]);
    expect(solveLinear(windy, b, { method: 'bicgstab' }).converged).toBe(true);
  }));
