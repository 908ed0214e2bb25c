/** @file Uniform grids: cells of one size along each axis, in one to three dimensions. */
import { range, scalar, spatial, type DimOf, type FloatDType, type Tensor } from '@tapeflow/tensor';
import { GridError } from './errors.ts';
import type { Box } from './geometry.ts';
import { printedAs } from './printed.ts';
import { VECTOR } from './vector.ts';

/** One direction of a grid. */
export interface Axis {
  readonly name: string;
  /** Number of cells. */
  readonly cells: number;
  readonly lower: number;
  readonly upper: number;
  /** Width of a cell. */
  readonly width: number;
}

/** Coordinates by axis, each along its own dimension. `Positions<'x' | 'y'>` has these two; without names it is any `Points`. */
export type Positions<A extends string = string> = { readonly [Name in A]: Tensor<never> };

const Printed: new () => object = printedAs((grid: Grid) => grid.toString());

/**
 * A uniform grid. Axes are kept in the given order, x first; in storage the first axis is innermost, so arrays are (z, y, x).
 * `Grid<'x' | 'y'>` has these axes; `Grid` alone has axes that are not known before it runs.
 */
export class Grid<A extends string = string> extends Printed {
  readonly axes: readonly Axis[];
  /** Names of the axes in the given order. */
  readonly names: readonly A[];
  /** Two grids with the same key are the same grid. */
  readonly key: string;

  constructor(axes: readonly Axis[]) {
    super();
    this.axes = axes;
    this.names = axes.map(({ name }) => name as A);
    this.key = axes.map(({ name, cells, lower, upper }) => `${name}=${cells}[${lower},${upper}]`).join(' ');
  }

  /** Number of axes. */
  get rank(): number {
    return this.axes.length;
  }

  /** Number of cells. */
  get size(): number {
    return this.axes.reduce((total, { cells }) => total * cells, 1);
  }

  /** Length, area or volume of a cell. */
  get cellVolume(): number {
    return this.axes.reduce((total, { width }) => total * width, 1);
  }

  /** Cells by axis, in the order of storage: use it as the shape of a tensor. */
  get shape(): Readonly<Record<string, DimOf>> {
    return Object.fromEntries([...this.axes].reverse().map(({ name, cells }) => [name, spatial(cells)]));
  }

  /** The axis of this name. Throws `GridError` if there is none. */
  axis(name: A): Axis {
    const found = this.axes.find((axis) => axis.name === name);
    if (found !== undefined) return found;
    throw new GridError('grid', name, this.names, `the grid has no axis '${name}'.`, `Use one of ${this.names.join(', ')}.`);
  }

  /** Coordinates of the cell centres, one tensor (along its own dimension) per axis. */
  centers(options: { readonly dtype?: FloatDType } = {}): Positions<A> {
    return Object.fromEntries(this.axes.map((axis) => [axis.name, samplePositions(axis, axis.cells, 0.5, options.dtype)])) as Readonly<Record<string, Tensor<never>>> as Positions<A>;
  }

  override toString(): string {
    return `grid(${this.axes.map(({ name, cells, lower, upper }) => `${name}=${cells} from ${lower} to ${upper}`).join(', ')})`;
  }
}

/** Positions of `count` samples along an axis, the first `start` cells after its lower end. */
export function samplePositions(axis: Axis, count: number, start: number, dtype: FloatDType | undefined): Tensor {
  const index = indexAlong(axis.name, count, dtype);
  return index.add(start).mul(axis.width).add(axis.lower);
}

/** 0, 1, 2, … along a dimension, as real numbers of the context's precision unless `dtype` says otherwise. */
export function indexAlong(name: string, count: number, dtype: FloatDType = scalar(0).dtype as FloatDType): Tensor {
  return range({ [name]: spatial(count) }, { dtype });
}

/**
 * A uniform grid of so many cells along each axis, within bounds. Without bounds it begins at 0 and cells have width 1.
 *
 * Throws `GridError` for none or more than three axes, cell counts that are not integers ≥ 1, bounds whose axes differ, and an
 * axis called `vector`, which is where components lie.
 */
export function grid<A extends string>(cells: Readonly<Record<A, number>>, bounds?: Box): Grid<A> {
  const names: string[] = Object.keys(cells);
  if (names.length < 1 || names.length > 3) {
    throw new GridError('grid', '', names, `${names.length} axes were given.`, 'Give one to three, such as { x: 64, y: 64 }.');
  }
  if (names.includes(VECTOR)) throw new GridError('grid', VECTOR, names, `'${VECTOR}' holds the components of vectors.`, 'Give the axis another name.');
  for (const [name, count] of Object.entries<number>(cells)) {
    if (!Number.isInteger(count) || count < 1) throw new GridError('grid', name, count, `there are ${String(count)} cells along '${name}'.`, 'Give an integer ≥ 1.');
  }
  const ranges = bounds?.ranges ?? Object.fromEntries(Object.entries<number>(cells).map(([name, count]) => [name, [0, count] as const]));
  const odd = [...names.filter((name) => !(name in ranges)), ...Object.keys(ranges).filter((name) => !(name in cells))];
  if (odd.length > 0) {
    throw new GridError('grid', odd[0]!, Object.keys(ranges), `the cells are along ${names.join(', ')}, the bounds along ${Object.keys(ranges).join(', ')}.`, 'Give bounds for the same axes.');
  }
  return new Grid<A>(
    Object.entries<number>(cells).map(([name, count]) => {
      const [lower, upper] = ranges[name]!;
      return { name, cells: count, lower, upper, width: (upper - lower) / count };
    }),
  );
}
