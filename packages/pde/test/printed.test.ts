/** @file How grids, fields and boundaries are printed, and that they are not numbers. */
import { inspect } from 'node:util';
import { expect, test } from 'vitest';
import { TapeflowError } from '@tapeflow/autodiff';
import { centered, constant, freeSlip, grid, open, periodic, sides, staggered, wall } from '../src/index.ts';

const domain = grid({ x: 2, y: 2 });

test('fields show what they are on, how they go on, and their values', () => {
  expect(inspect(centered(domain, 1)).split('\n')).toEqual([
    'centred field on grid(x=2 from 0 to 2, y=2 from 0 to 2), boundary zeroGradient',
    '  Tensor (y=2, x=2) f32',
    '    1 1',
    '    1 1',
  ]);
  expect(inspect(staggered(domain, 3, { boundary: sides({ x: periodic, y: [wall, open] }) })).split('\n')).toEqual([
    'staggered field on grid(x=2 from 0 to 2, y=2 from 0 to 2), boundary sides(x: periodic, y: [constant(0), zeroGradient])',
    '  x: Tensor (y=2, x=2) f32',
    '    3 3',
    '    3 3',
    '  y: Tensor (y=2, x=2) f32',
    '    3 3',
    '    3 3',
  ]);
});

test('grids and boundaries are one line, also inside of other things', () => {
  expect(inspect({ domain, sides: [open, freeSlip, constant({ x: 1, y: 2 })] })).toBe(
    ['{', '  domain: grid(x=2 from 0 to 2, y=2 from 0 to 2),', '  sides: [', '    zeroGradient,', '    normalTangential(constant(0), zeroGradient),', '    components(x: constant(1), y: constant(2))', '  ]', '}'].join('\n'),
  );
});

test('JavaScript arithmetic is refused instead of giving NaN', () => {
  const field = centered(domain, 1);
  const asNumber = (value: unknown): number => 2 * (value as number);
  for (const value of [field, staggered(domain, 1), wall, domain]) {
    expect(() => asNumber(value)).toThrow(TapeflowError);
    expect(String(value)).toBe(value.toString());
  }
  expect(() => asNumber(field)).toThrow('the centred field on grid(x=2 from 0 to 2, y=2 from 0 to 2), boundary zeroGradient was used as a JavaScript number.');
});
