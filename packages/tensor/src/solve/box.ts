/** @file Operators of Poisson's equation on boxes: linear functions that carry their description, by which `solveLinear` chooses how to invert them. */
import { ArgumentError, DimensionError } from '../errors.ts';
import { describeDims, positionOf } from '../named/dims.ts';
import type { Tensor } from '../named/tensor.ts';
import type { Scalar, Unchecked } from '../named/types.ts';
import { applyLevel, finestLevel } from './box-level.ts';

/**
 * What holds at one side of a box, for values in the middle of cells. `periodic`: the other end of the axis follows. `neumann`:
 * nothing passes (the cell outside has the value of the one inside). `dirichlet`: 0 on the side (outside lies the negative of the
 * inside). `ghost`: 0 half a cell outside, in the middle of the next cell. Other values than 0 belong into the right-hand side.
 */
export type BoxSide = 'periodic' | 'neumann' | 'dirichlet' | 'ghost';

/** One axis of a box. */
export interface BoxAxis {
  /** Width of its cells. Default 1. */
  readonly width?: number;
  /** What holds at both sides, or at the lower and the upper one. */
  readonly sides: BoxSide | readonly [lower: BoxSide, upper: BoxSide];
}

/** What else an operator on a box consists of. */
export interface BoxOptions<D extends string = never> {
  /** σ. Default 0. */
  readonly shift?: number | Scalar;
  /** τ. Default 1. */
  readonly scale?: number | Scalar;
  /**
   * c on the faces across each axis, where it is not 1. Along that axis there is one more face than cells; where it is periodic there are as
   * many, the lower face of each cell.
   */
  readonly coefficients?: { readonly [N in D]?: Tensor<D> };
  /**
   * Which cells there are: true or 1. Nothing passes the faces of the others, in whose rows stands the identity. Each part that closed cells
   * and `neumann` sides cut off from the rest is a closed box of its own.
   */
  readonly open?: Tensor<D>;
}

/** u ↦ σ u − τ ∇·(c ∇u), linear and symmetric. Dimensions that are no axes of the box are systems side by side. */
export type BoxOperator<D extends string = string> = <T extends Tensor<D>>(u: T) => T;

/** An axis as given, in full. */
export interface FullAxis {
  readonly name: string;
  readonly width: number;
  readonly lower: BoxSide;
  readonly upper: BoxSide;
}

/** All that is known of an operator on a box. */
export interface BoxDescription {
  readonly axes: readonly FullAxis[];
  readonly shift: number | Unchecked;
  readonly scale: number | Unchecked;
  readonly coefficients: Readonly<Record<string, Tensor>>;
  readonly open?: Tensor;
}

const boxes = new WeakMap<object, BoxDescription>();

/** The description of an operator that `boxOperator` has made. */
export function boxOf(operator: unknown): BoxDescription | undefined {
  return typeof operator === 'function' ? boxes.get(operator) : undefined;
}

/** Whether there is one coefficient for all cells and faces. */
export function isUniform({ coefficients, open }: BoxDescription): boolean {
  return open === undefined && Object.keys(coefficients).length === 0;
}

/** Whether constants (on the open cells) are mapped to 0; undefined where a scalar decides. */
export function mapsConstantsToZero({ axes, shift }: BoxDescription): boolean | undefined {
  if (axes.some(({ lower, upper }) => lower === 'dirichlet' || lower === 'ghost' || upper === 'dirichlet' || upper === 'ghost')) return false;
  return typeof shift === 'number' ? shift === 0 : undefined;
}

function fullAxis(name: string, { width = 1, sides }: BoxAxis): FullAxis {
  if (!(width > 0 && width < Infinity)) throw new ArgumentError('boxOperator', `${name}.width`, width, 'Give the width of the cells, a positive number.');
  const [lower, upper] = typeof sides === 'string' ? [sides, sides] : sides;
  for (const side of [lower, upper]) {
    if (!['periodic', 'neumann', 'dirichlet', 'ghost'].includes(side)) throw new ArgumentError('boxOperator', `${name}.sides`, side, "Give 'periodic', 'neumann', 'dirichlet' or 'ghost'.");
  }
  if ((lower === 'periodic') !== (upper === 'periodic')) throw new ArgumentError('boxOperator', `${name}.sides`, `${lower}, ${upper}`, 'Make both ends periodic, or none.');
  return { name, width, lower, upper };
}

/**
 * The operator u ↦ σ u − τ ∇·(c ∇u) on the cells of a box, by differences between neighbours. `solveLinear` inverts it by fast
 * transforms where c is the same everywhere, else by conjugate gradients with multigrid. Gradients reach σ, τ and c.
 *
 * Shapes    (…, y, x) → same; the axes are found by name
 * Units     [u]·([σ] or [τ c] / [width]²)
 * Error     O(h²); the solution too
 * Throws    `ArgumentError` for axes that make no sense; when applied `DimensionError` where an axis is missing or coefficients do not fit
 * Source    [Hockney1965], [Strang1999]
 */
export function boxOperator<const A extends Readonly<Record<string, BoxAxis>>>(axes: A, options: BoxOptions<NoInfer<Extract<keyof A, string>>> = {}): BoxOperator<Extract<keyof A, string>> {
  const { shift = 0, scale = 1, coefficients = {}, open } = options as BoxOptions<string>;
  const names = Object.keys(axes);
  if (names.length === 0) throw new ArgumentError('boxOperator', 'axes', '{}', 'Give at least one axis.');
  for (const name of Object.keys(coefficients)) {
    if (!names.includes(name)) throw new ArgumentError('boxOperator', 'coefficients', name, `Give coefficients across the axes of the box: ${names.join(', ')}.`);
  }
  const box: BoxDescription = {
    axes: names.map((name) => fullAxis(name, axes[name]!)),
    shift: shift as number | Unchecked,
    scale: scale as number | Unchecked,
    coefficients: coefficients as Readonly<Record<string, Tensor>>,
    ...(open !== undefined && { open }),
  };
  requireFitting(box);
  const operator = (u: Tensor): Tensor => applyLevel(finestLevel(box, u), u);
  boxes.set(operator, box);
  return operator as BoxOperator<Extract<keyof A, string>>;
}

/** Coefficients and the mask must have the axes of the box and agree in their sizes. */
function requireFitting({ axes, coefficients, open }: BoxDescription): void {
  const cells: Record<string, number> = {};
  const given = [...Object.entries(coefficients), ...(open === undefined ? [] : [['', open] as const])];
  for (const [across, t] of given) {
    for (const { name, lower } of axes) {
      const { size } = t.dims[positionOf('boxOperator', t.dims, name)]!;
      const own = across === name && lower !== 'periodic' ? size - 1 : size;
      cells[name] ??= own;
      if (cells[name] === own) continue;
      const expected = across === name && lower !== 'periodic' ? cells[name] + 1 : cells[name];
      throw new DimensionError('boxOperator', name, `'${name}' has ${size} ${across === name ? 'faces' : 'entries'} where there are ${cells[name]} cells.`, given.map(([, { dims }]) => describeDims(dims)), `Give ${expected}.`);
    }
  }
}
