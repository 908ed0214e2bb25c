/** @file The table of docs/choose-a-solver.md is what the solvers do. */
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { measureSolvers, readSolverTable, solverTable, withSolverTable } from '../docs/solver-table.ts';

const page = readFileSync(join(dirname(dirname(dirname(fileURLToPath(import.meta.url)))), 'docs', 'choose-a-solver.md'), 'utf8');

// Not to the digit: another order of summation may cost a step. `npm run solver-table` writes the table anew.
test('outcomes are the same, steps nearly, residuals and errors in their order of magnitude', () => {
  const rows = measureSolvers();
  const shown = readSolverTable(page);
  expect(shown.map(([, , method, outcome]) => [method, outcome])).toEqual(rows.map(({ method, outcome }) => [method, outcome]));
  rows.forEach(({ system, bits, method, steps, applied, residual, error }, k) => {
    const [, , , , ...figures] = shown[k]!.map(Number);
    const where = `${system} f${bits} ${method}: run npm run solver-table`;
    expect(Math.abs(figures[0]! - steps), where).toBeLessThanOrEqual(2 + 0.1 * steps);
    expect(figures[1]! - applied, where).toBe((figures[0]! - steps) * (method.startsWith('bicgstab') ? 2 : method === 'direct' ? 0 : 1));
    for (const [seen, measured] of [[figures[2]!, residual], [figures[3]!, error]] as const) expect(Math.abs(Math.log10(seen / measured)), where).toBeLessThan(0.7);
    if (rows[k]!.outcome === 'converged') expect(residual, where).toBeLessThanOrEqual((bits === 64 ? 1e-10 : 1e-5) * 1.1);
  });
}, 240_000);

test('a table that is written is read again', () => {
  const rows = [{ system: 'a', bits: 32, method: 'cg', outcome: 'converged', steps: 7, applied: 9, residual: 1e-6, error: 2e-5 }] as const;
  expect(readSolverTable(withSolverTable(page, solverTable(rows)))).toEqual([['a', 'f32', 'cg', 'converged', '7', '9', '1e-6', '2e-5']]);
  expect(() => withSolverTable('# Nothing\n', '')).toThrow('has no');
});
