/** @file From positions back to indices: an independent loop over the index says which position each index is stored at. */
import vm from 'node:vm';
import { expect, test } from 'vitest';
import { invertAccess } from '../../../src/compile/gpu/inverse-access.ts';

interface Layout {
  readonly size: number;
  readonly offset: number;
  readonly coefficients: readonly number[];
  readonly shape: readonly number[];
  readonly isWhole: boolean;
}

const LAYOUTS: Readonly<Record<string, Layout>> = {
  'row-major': { size: 24, offset: 0, coefficients: [12, 4, 1], shape: [2, 3, 4], isWhole: true },
  transposed: { size: 24, offset: 0, coefficients: [1, 2, 6], shape: [2, 3, 4], isWhole: true },
  reversed: { size: 12, offset: 11, coefficients: [-4, -1], shape: [3, 4], isWhole: true },
  'every second': { size: 24, offset: 1, coefficients: [8, 2], shape: [3, 4], isWhole: false },
  'a window': { size: 42, offset: 9, coefficients: [7, 1], shape: [3, 4], isWhole: false },
  'a window, reversed and with gaps': { size: 60, offset: 58, coefficients: [-20, -3], shape: [2, 5], isWhole: false },
  'axes of length one': { size: 6, offset: 0, coefficients: [0, 2, 99, 1], shape: [1, 3, 1, 2], isWhole: true },
  'one element': { size: 3, offset: 2, coefficients: [], shape: [], isWhole: false },
};

/** All indices of a shape with their positions. */
function positionsOf({ coefficients, shape, offset }: Layout): Map<number, number[]> {
  const found = new Map<number, number[]>();
  const walk = (index: readonly number[]): void => {
    if (index.length < shape.length) for (let i = 0; i < shape[index.length]!; i++) walk([...index, i]);
    else found.set(index.reduce((total, i, axis) => total + i * coefficients[axis]!, offset), [...index]);
  };
  walk([]);
  return found;
}

for (const [name, layout] of Object.entries(LAYOUTS)) {
  test(name, () => {
    const { size, offset, coefficients, shape, isWhole } = layout;
    const { statements, condition } = invertAccess('position', { size, access: { coefficients, offset }, moving: undefined }, shape, [], '');
    expect(condition === undefined).toBe(isWhole);
    const names = shape.map((_, axis) => `i${axis}`).join(', ');
    const find = vm.runInThisContext(`(function (position, num, quotientOf) { ${statements.join(' ')} return ${condition ?? 'true'} ? [${names}] : undefined; })`) as (...values: unknown[]) => number[] | undefined;
    const expected = positionsOf(layout);
    for (let position = 0; position < size; position++) {
      expect([position, find(position, (x: number) => x, (x: number, y: number) => Math.trunc(x / y))]).toEqual([position, expected.get(position)]);
    }
  });
}
test('two indices at one place are refused', () => {
  const target = { size: 12, access: { coefficients: [0, 1], offset: 0 }, moving: undefined };
  expect(() => invertAccess('position', target, [3, 4], [], '')).toThrow(RangeError);
  expect(() => invertAccess('position', target, [3, 4], [0], '')).not.toThrow();
});
