/** @file Grids: where the cells are, how they are named, and which ones cannot be made. */
import { describe, expect, test } from 'vitest';
import { precision } from '@tapeflow/tensor';
import { box, grid, GridError, type Grid } from '../src/index.ts';

const coordinates = (values: Readonly<Record<string, unknown>>): Record<string, number[]> =>
  Object.fromEntries(Object.entries(values).map(([name, t]) => [name, Array.from((t as { data: ArrayLike<number> }).data)]));

describe('cells', () => {
  test('begin at 0 with width 1 unless there are bounds', () => {
    const cells = grid({ x: 3, y: 2 });
    expect(coordinates(cells.centers())).toEqual({ x: [0.5, 1.5, 2.5], y: [0.5, 1.5] });
    expect(cells.axes).toEqual([
      { name: 'x', cells: 3, lower: 0, upper: 3, width: 1 },
      { name: 'y', cells: 2, lower: 0, upper: 2, width: 1 },
    ]);
  });

  test.each([1, 2, 3])('in %i dimensions fill the bounds: centres are half a width from the ends, and the volumes add up', (rank) => {
    const all = { x: [-1, 2], y: [10, 10.5], z: [0.25, 4] } as const;
    const counts = { x: 6, y: 4, z: 3 };
    const names = (['x', 'y', 'z'] as const).slice(0, rank);
    const domain = grid(Object.fromEntries(names.map((name) => [name, counts[name]])), box(Object.fromEntries(names.map((name) => [name, all[name]]))));
    expect(domain.rank).toBe(rank);
    expect(domain.names).toEqual(names);
    const centers = precision(64, () => coordinates(domain.centers()));
    for (const name of names) {
      const [lower, upper] = all[name];
      const { width, cells } = domain.axis(name);
      expect(width * cells).toBeCloseTo(upper - lower, 14);
      expect(centers[name]).toHaveLength(counts[name]);
      expect(centers[name]![0]).toBeCloseTo(lower + width / 2, 14);
      expect(centers[name]!.at(-1)).toBeCloseTo(upper - width / 2, 14);
      centers[name]!.slice(1).forEach((x, k) => expect(x - centers[name]![k]!).toBeCloseTo(width, 13));
    }
    const volume = names.reduce((product, name) => product * (all[name][1] - all[name][0]), 1);
    expect(domain.cellVolume * domain.size).toBeCloseTo(volume, 13);
    expect(domain.size).toBe(names.reduce((product, name) => product * counts[name], 1));
  });

  test('have centres in the precision of the context, or the one asked for', () => {
    const cells = grid({ x: 2 });
    expect(cells.centers()['x']!.dtype).toBe('f32');
    expect(precision(64, () => cells.centers()['x']!.dtype)).toBe('f64');
    expect(cells.centers({ dtype: 'f64' })['x']!.dtype).toBe('f64');
  });
});

describe('storage', () => {
  test('has the first axis innermost, whatever the order of the names', () => {
    expect(Object.keys(grid({ x: 4, y: 3, z: 2 }).shape)).toEqual(['z', 'y', 'x']);
    expect(Object.keys(grid({ b: 4, a: 3 }).shape)).toEqual(['a', 'b']);
  });

  test('two grids with the same key are the same grid', () => {
    const bounds = box({ x: [0, 4], y: [0, 3] });
    const { key } = grid({ x: 4, y: 3 });
    expect(grid({ x: 4, y: 3 }, bounds).key).toBe(key);
    for (const other of [grid({ y: 3, x: 4 }), grid({ x: 4, y: 4 }), grid({ x: 4 }), grid({ x: 4, z: 3 }), grid({ x: 4, y: 3 }, box({ x: [0, 4], y: [0, 3.5] })), grid({ x: 4, y: 3 }, box({ x: [-1e-9, 4], y: [0, 3] }))]) {
      expect(other.key).not.toBe(key);
    }
  });

  test('is told as text', () => {
    expect(String(grid({ x: 4, y: 3 }, box({ x: [0, 1], y: [-2, 1] })))).toBe('grid(x=4 from 0 to 1, y=3 from -2 to 1)');
  });
});

describe('refused', () => {
  test.each([
    ['no axes', () => grid({}), 'one to three'],
    ['four axes', () => grid({ x: 1, y: 1, z: 1, w: 1 }), '4 axes'],
    ['half a cell', () => grid({ x: 2.5 }), "2.5 cells along 'x'"],
    ['no cells', () => grid({ x: 4, y: 0 }), "0 cells along 'y'"],
    ['fewer cells than none', () => grid({ x: -4 }), '-4 cells'],
    ['NaN cells', () => grid({ x: NaN }), 'NaN cells'],
    ['bounds without an axis', () => grid({ x: 4, y: 4 }, box({ x: [0, 1] })), 'the bounds along x.'],
    ['bounds with an axis more', () => grid({ x: 4 }, box({ x: [0, 1], y: [0, 1] })), 'the bounds along x, y.'],
    ['the name of the components', () => grid({ vector: 4 }), "'vector'"],
    ['an axis it does not have', () => (grid({ x: 4, y: 3 }) as Grid).axis('z'), "no axis 'z'"],
  ])('%s', (_what, make, message) => {
    expect(make).toThrow(GridError);
    expect(make).toThrow(message);
  });

  test('with the facts as fields', () => {
    expect(() => grid({ x: 4, y: 2.5 })).toThrow(expect.objectContaining({ operation: 'grid', axis: 'y', seen: 2.5 }));
    expect(() => (grid({ x: 4 }) as Grid).axis('q')).toThrow(expect.objectContaining({ axis: 'q', seen: ['x'] }));
  });
});
