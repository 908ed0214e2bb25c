/** @file Poisson's equation in both precisions with every border: each solve reaches its tolerance, or says that rounding ended it. */
import { describe, expect, test } from 'vitest';
import { precision, solveLinear, type SolveOptions } from '@tapeflow/tensor';
import { laplacian, laplacianByLoops, onGrid, relativeResidual, rightHandSide, type Border } from './laplacians.ts';

const SEED = 71;
const borders: readonly Border[] = ['closed', 'periodic', 'open'];

test('the operators of these tests are what their loops say', () => precision(64, () => {
  for (const border of borders) {
    const u = rightHandSide('noise', 5, 'open', SEED);
    const seen = laplacian(border)(onGrid(u, 5)).data;
    laplacianByLoops(u, 5, border).forEach((v, k) => expect(seen[k]).toBeCloseTo(v, 13));
  }
}));

/** Solves, and checks the claim against a residual computed by loops. */
function solveAndCheck(bits: 32 | 64, border: Border, n: number, kind: 'noise' | 'smooth', options: SolveOptions): void {
  precision(bits, () => {
    const b = onGrid(rightHandSide(kind, n, border, SEED), n);
    const solution = solveLinear(laplacian(border), b, options);
    const tolerance = bits === 32 ? 1e-5 : 1e-10;
    const unit = bits === 32 ? 2 ** -24 : 2 ** -53;
    const trueResidual = relativeResidual(solution.value, b, border);
    const norms = Math.hypot(...solution.value.data) / Math.hypot(...b.data);
    // What rounding to the precision of x alone does to the residual, ‖A‖ = 8.
    const rounding = 8 * unit * norms;
    expect(solution.converged).toBe(true);
    expect(solution.nullSpace).toBe(border === 'open' ? undefined : 'constant');
    if (solution.status === 'converged') {
      expect(solution.limitedBy).toBeUndefined();
      expect(solution.residual).toBeLessThanOrEqual(tolerance);
      expect(trueResidual).toBeLessThanOrEqual(tolerance + rounding);
    } else {
      expect(solution.limitedBy).toBe('precision');
      expect(solution.advice).toContain('precision(64');
      // It gave up within a small multiple of what rounding allows, and only because the tolerance lies below that.
      expect(trueResidual).toBeLessThanOrEqual(4 * rounding);
      expect(tolerance).toBeLessThan(4 * rounding);
    }
    if (kind === 'smooth') expect(solution.steps).toBeLessThanOrEqual(60);
  });
}

describe(`converges or stops at the limit of the precision (seed ${SEED})`, () => {
  describe.each(['default', 'symmetric'])('%s method', (method) => {
    const options = method === 'symmetric' ? { symmetric: true } : {};
    describe.each([32, 64] as const)('%s bits', (bits) => {
      test.each(borders.flatMap((border) => [32, 64].flatMap((n) => [[border, n, 'noise'], [border, n, 'smooth']] as const)))('%s, %s² cells, %s', (border, n, kind) => {
        solveAndCheck(bits, border, n, kind, options);
      });
      test.each(borders)('%s, 128² cells, smooth', (border) => solveAndCheck(bits, border, 128, 'smooth', options));
    });
  });
  test('periodic, 128² cells, noise, 32 bits', () => solveAndCheck(32, 'periodic', 128, 'noise', { symmetric: true }));
  test.each(borders)('%s, 256² cells, smooth, 32 bits', (border) => solveAndCheck(32, border, 256, 'smooth', { symmetric: true }));
});

// A minute and a half: TAPEFLOW_SLOW=1 npx vitest run packages/tensor/test/solve/poisson.test.ts
describe.runIf(process.env['TAPEFLOW_SLOW'] !== undefined)('large grids of noise', () => {
  test.each(borders.flatMap((border) => ([32, 64] as const).map((bits) => [border, bits] as const)))('%s, 256² cells, %s bits', { timeout: 300_000 }, (border, bits) => {
    solveAndCheck(bits, border, 256, 'noise', { symmetric: true });
    solveAndCheck(bits, border, 128, 'noise', {});
  });
});
