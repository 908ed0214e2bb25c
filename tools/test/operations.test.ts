/** @file The table of checks counts each test once, under its operation and kind. */
import { describe, expect, test } from 'vitest';
import { checksByOperation, tableOfChecks } from '../operations/checks.ts';

const TABLE = 'positional operations (seed 7)';
const checks = checksByOperation([
  [TABLE, 'sin', 'a matrix: value'],
  [TABLE, 'sin', 'a matrix: laws of derivatives'],
  [TABLE, 'sin', 'rank 0: value'],
  [TABLE, 'sin', 'axes: 1, 2: views'],
  [TABLE, 'abs', 'kink: at 0'],
  [TABLE, 'abs', 'error: booleans: value'],
  ['the table of positional operations', 'counts', 'value'],
  ['the table of positional operations', 'is complete in every row'],
]);

describe('checks by operation', () => {
  test('come from the titles; tests beside the table do not count', () => {
    expect([...checks.keys()]).toEqual(['sin', 'abs']);
    expect(checks.get('sin')).toEqual({ value: 2, f32: 0, laws: 1, batching: 0, tracing: 0, views: 1, kinks: 0, errors: 0 });
    expect(checks.get('abs')).toMatchObject({ kinks: 1, errors: 1, value: 0 });
  });

  test('are printed in order, with sums', () => {
    const lines = tableOfChecks(checks).split('\n').map((line) => line.trim().split(/\s+/));
    expect(lines.map(([name]) => name)).toEqual(['operation', 'abs', 'sin', '2']);
    expect(lines.map((line) => line[line.length - 1])).toEqual(['all', '2', '4', '6']);
  });
});
