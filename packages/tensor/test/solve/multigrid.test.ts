/** @file Multigrid on boxes: solutions of elimination, the same few steps on any grid, a cycle that is symmetric and definite, and derivatives. */
import { describe, expect, test } from 'vitest';
import { InconsistentSystem, precision, solveLinear, type BoxSide } from '@tapeflow/tensor';
import { boxOf } from '../../src/solve/box.ts';
import { multigridCycle } from '../../src/solve/multigrid.ts';
import { cellsOf, isSingular, matrixByLoops, mixedBoxes, onCells, operatorOf, PAIRS, rightHandSide, solveByElimination, times, type LoopBox, type Pair } from './boxes.ts';

const SEED = 47;
const norm = (v: ArrayLike<number>): number => Math.hypot(...Array.from(v));
const distance = (a: ArrayLike<number>, b: ArrayLike<number>): number => norm(Array.from(a, (v, k) => v - b[k]!)) / Math.max(norm(b), 1e-300);

const mixed = Object.entries(mixedBoxes(SEED));
const lines = PAIRS.map((sides): [string, LoopBox] => [`a line, ${sides.join(' to ')}`, { axes: [{ name: 'x', cells: 11, width: 0.5, sides }] }]);

describe('solves what elimination solves, in few steps', () => {
  describe.each([32, 64] as const)('in %s bits', (bits) => {
    test.each([...mixed, ...lines])('%s', (_name, box) => precision(bits, () => {
      const b = rightHandSide(box, SEED);
      const solution = solveLinear(operatorOf(box), onCells(box, b), { method: 'multigrid' });
      expect(solution.status).toBe('converged');
      expect(solution.nullSpace).toBe(isSingular(box) ? 'constant' : undefined);
      expect(solution.steps).toBeLessThanOrEqual(16);
      expect(distance(solution.value.data, solveByElimination(box, b)), `seed ${SEED}`).toBeLessThanOrEqual(bits === 64 ? 1e-8 : 1e-3);
      const left = times(matrixByLoops(box), solution.value.data).map((v, k) => b[k]! - v);
      expect(norm(left) / norm(b)).toBeLessThanOrEqual(bits === 64 ? 1.01e-10 : 1.2e-5);
    }));
  });

  test.each(mixed)('plain conjugate gradients agree: %s', (_name, box) => precision(64, () => {
    const b = onCells(box, rightHandSide(box, SEED));
    const plain = solveLinear(operatorOf(box), b, { method: 'cg' });
    expect(plain.method).toBe('cg');
    expect(distance(solveLinear(operatorOf(box), b, { method: 'multigrid' }).value.data, plain.value.data)).toBeLessThanOrEqual(1e-8);
  }));
});

test('chosen where there are coefficients or a mask, and says why', () => {
  for (const [, box] of mixed) {
    const { method, reason } = solveLinear(operatorOf(box), onCells(box, rightHandSide(box, SEED)));
    expect([method, reason.includes('multigrid')]).toEqual(box.coefficients === undefined && box.open === undefined ? ['transform', false] : ['multigrid', true]);
  }
});

test.each(mixed)('one cycle is symmetric and positive definite: %s', (_name, box) => precision(64, () => {
  const n = cellsOf(box);
  const like = onCells(box, new Array<number>(n).fill(0));
  const cycle = multigridCycle(boxOf(operatorOf(box))!, like);
  const columns = Array.from({ length: n }, (_, k) => [...cycle(onCells(box, Array.from({ length: n }, (_unused, j) => Number(j === k)))).data]);
  const largest = Math.max(...columns.flat().map(Math.abs));
  for (let i = 0; i < n; i++) for (let j = 0; j < i; j++) expect(Math.abs(columns[i]![j]! - columns[j]![i]!)).toBeLessThanOrEqual(1e-14 * largest);
  // Pivots of elimination without exchanges are positive if and only if the matrix is definite.
  const a = columns.map((column) => [...column]);
  for (let k = 0; k < n; k++) {
    expect(a[k]![k]!).toBeGreaterThan(0);
    for (let i = k + 1; i < n; i++) for (let j = n - 1; j >= k; j--) a[i]![j]! -= (a[i]![k]! / a[k]![k]!) * a[k]![j]!;
  }
}));

/** A disc and a thin wall with a gap, in any number of cells. */
function obstacles(n: number): number[] {
  return Array.from({ length: n * n }, (_, k) => {
    const [y, x] = [(Math.floor(k / n) + 0.5) / n, ((k % n) + 0.5) / n];
    return Math.hypot(x - 0.4, y - 0.5) < 0.15 || (Math.abs(x - 0.75) < 0.03 && y < 0.6) ? 0 : 1;
  });
}

const square = (n: number, sides: readonly [Pair, Pair], masked: boolean): LoopBox => ({ axes: [{ name: 'y', cells: n, sides: sides[0] }, { name: 'x', cells: n, sides: sides[1] }], ...(masked && { open: obstacles(n) }) });
const both = (side: BoxSide): readonly [Pair, Pair] => [[side, side], [side, side]];
const SQUARES: readonly (readonly [string, readonly [Pair, Pair]])[] = [
  ['neumann', both('neumann')], ['dirichlet', both('dirichlet')], ['periodic', both('periodic')], ['mixed', [['neumann', 'dirichlet'], ['neumann', 'ghost']]],
];

function stepsFor(box: LoopBox, relative: number): number {
  const { status, steps } = solveLinear(operatorOf(box), onCells(box, rightHandSide(box, SEED)), { method: 'multigrid', relative });
  expect(status).toBe('converged');
  return steps;
}

describe(`as many steps on any grid (seed ${SEED})`, () => {
  for (const [name, sides] of SQUARES) for (const masked of [false, true]) {
    // 256² only where multigrid has it hardest: the rest would take a minute.
    const sizes = masked && (name === 'neumann' || name === 'mixed') ? [32, 64, 128, 256] : [32, 64, 128];
    test(`${name}${masked ? ' with obstacles' : ''}, ${sizes.join('², ')}² cells`, () => precision(64, () => {
      const steps = sizes.map((n) => stepsFor(square(n, sides, masked), 1e-10));
      // Plain conjugate gradients double theirs with n: from 130 to 1000.
      expect(Math.max(...steps), `steps ${steps.join(', ')}`).toBeLessThanOrEqual(masked ? 15 : 13);
      expect(steps[steps.length - 1]! - steps[1]!, `steps ${steps.join(', ')}`).toBeLessThanOrEqual(2);
    }), 120_000);
  }

  test('odd and prime numbers of cells', () => precision(64, () => {
    for (const [, sides] of SQUARES) for (const n of [33, 61, 101]) expect(stepsFor(square(n, sides, n === 61), 1e-10)).toBeLessThanOrEqual(17);
  }), 60_000);

  test('cells much wider than high, and the other way round', () => precision(64, () => {
    for (const [masked, most, widths] of [[false, 18, [0.01, 0.1, 0.7, 1.4, 3, 100]], [true, 26, [0.1, 0.7, 1.4, 3, 10]]] as const) {
      for (const width of widths) {
        const steps = [32, 64].map((n) => stepsFor({ axes: [{ name: 'y', cells: n, sides: ['neumann', 'neumann'] }, { name: 'x', cells: n, width, sides: ['neumann', 'dirichlet'] }], ...(masked && { open: obstacles(n) }) }, 1e-10));
        expect(Math.max(...steps), `width ${width}: steps ${steps.join(', ')}`).toBeLessThanOrEqual(most);
      }
    }
  }), 60_000);

  test('three axes, with an obstacle', () => precision(64, () => {
    const box = (n: number): LoopBox => ({
      axes: [{ name: 'z', cells: n, sides: ['neumann', 'ghost'] }, { name: 'y', cells: n, sides: ['periodic', 'periodic'] }, { name: 'x', cells: n, sides: ['neumann', 'dirichlet'] }],
      open: Array.from({ length: n ** 3 }, (_, k) => Number(Math.hypot(Math.floor(k / n / n) / n - 0.5, (Math.floor(k / n) % n) / n - 0.4, (k % n) / n - 0.5) > 0.25)),
    });
    const steps = [8, 16, 32].map((n) => stepsFor(box(n), 1e-10));
    expect(Math.max(...steps), `steps ${steps.join(', ')}`).toBeLessThanOrEqual(17);
  }), 60_000);

  test('coefficients that jump by a thousand', () => precision(64, () => {
    const jumps = (n: number): LoopBox => {
      const faces = (wide: boolean): number[] => Array.from({ length: n * (n + 1) }, (_, k) => (Math.hypot(Math.floor(k / (wide ? n + 1 : n)) / n - 0.5, (k % (wide ? n + 1 : n)) / n - 0.5) < 0.3 ? 1000 : 1));
      return { axes: [{ name: 'y', cells: n, sides: ['neumann', 'neumann'] }, { name: 'x', cells: n, sides: ['dirichlet', 'neumann'] }], coefficients: { x: faces(true), y: faces(false) } };
    };
    const steps = [32, 64, 128].map((n) => stepsFor(jumps(n), 1e-10));
    expect(Math.max(...steps), `steps ${steps.join(', ')}`).toBeLessThanOrEqual(30);
  }), 60_000);
});

test('below rounding it says so instead of stepping on', () => {
  for (const [bits, relative] of [[32, 1e-8], [64, 1e-17]] as const) precision(bits, () => {
    for (const [, box] of mixed.filter(([, { open, coefficients }]) => open !== undefined || coefficients !== undefined)) {
      const { status, steps, residual } = solveLinear(operatorOf(box), onCells(box, rightHandSide(box, SEED)), { method: 'multigrid', relative });
      expect(status).toBe('precision');
      expect(residual).toBeLessThanOrEqual(16 * (bits === 32 ? 2 ** -24 : 2 ** -53));
      expect(steps).toBeLessThanOrEqual(60);
    }
  });
});

describe('closed cells', () => {
  const box: LoopBox = { ...mixedBoxes(SEED)['a mask in a closed plane']! };
  const b = rightHandSide(box, SEED);

  test('keep the right-hand side, and the mean over the open ones is 0', () => precision(64, () => {
    const inside = [11, 12, 16, 17];
    const given = b.map((v, k) => (inside.includes(k) ? k : v));
    const { value, nullSpace } = solveLinear(operatorOf(box), onCells(box, given));
    expect(nullSpace).toBe('constant');
    for (const k of inside) expect(value.data[k]).toBeCloseTo(k, 8);
    expect(Array.from(value.data).reduce((total, v, k) => total + (inside.includes(k) ? 0 : v), 0)).toBeCloseTo(0, 9);
  }));

  test('constants on the open ones are refused, or removed on request', () => precision(64, () => {
    const lifted = onCells(box, b.map((v, k) => v + 0.5 * box.open![k]!));
    expect(() => solveLinear(operatorOf(box), lifted)).toThrow(InconsistentSystem);
    const { value, removed } = solveLinear(operatorOf(box), lifted, { nullSpace: 'constant' });
    expect(removed).toBeCloseTo((0.5 * Math.sqrt(26)) / norm(lifted.data), 12);
    expect(distance(value.data, solveByElimination(box, b))).toBeLessThanOrEqual(1e-8);
  }));
});
