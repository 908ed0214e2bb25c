/** @file Making fields: from numbers, tensors, functions of position, and shapes. */
import { convert, full, rename, spatial, zerosLike, type Scalar, type Tensor } from '@tapeflow/tensor';
import type { Boundary } from './boundary/boundary.ts';
import { wall } from './boundary/named.ts';
import { zeroGradient } from './boundary/constant.ts';
import { CenteredField } from './centered-field.ts';
import { ComponentError, FieldShapeError } from './errors.ts';
import { isGeometry, type Geometry } from './geometry.ts';
import type { Grid, Positions } from './grid.ts';
import { centerLayout, faceLayout, inStorageOrder, positionsOf, shapeOf, type Layout } from './layout.ts';
import { hardMask } from './mask.ts';
import { StaggeredField } from './staggered-field.ts';
import { componentNames, componentsOf, stackComponents } from './vector.ts';

/** A quantity on a grid. */
export type Field = CenteredField | StaggeredField;

/** One quantity at many points. */
export type Quantity = number | Scalar | Tensor<never>;
/** A quantity, or one per component of a vector. */
export type Quantities = Quantity | Readonly<Record<string, Quantity>>;

/** How a field is made; every member has a default. */
export interface FieldOptions {
  /** How it continues past the edges of the grid. Default `zeroGradient` at the centres, `wall` on faces. */
  readonly boundary?: Boundary;
}

/** Values of a centred field: a quantity (or components), a function of position, or a shape (1 in cells whose centre it contains). */
export type CenteredValues<A extends string = string> = Quantities | Geometry | ((position: Positions<A>) => Quantities);
/** Values of a staggered field: one number for all components, components, or a function of position. */
export type StaggeredValues<A extends string = string> = number | Scalar | Readonly<Record<string, Quantity>> | Geometry | ((position: Positions<A>) => number | Scalar | Readonly<Record<string, Quantity>>);

const isQuantity = (value: Quantities): value is Quantity => typeof value === 'number' || 'dims' in value;

/** A quantity as a tensor with all samples of the layout, spatial dimensions innermost in the order (z, y, x). */
function onLayout(operation: string, quantity: Quantity, layout: Layout, where: string): Tensor {
  if (typeof quantity === 'number') return full(shapeOf(layout), quantity);
  const given = quantity as Tensor;
  const real = given.dtype === 'f32' || given.dtype === 'f64' ? given : convert(given, 'float');
  for (const { axis, count } of layout) {
    const size = real.sizes[axis.name];
    if (size !== undefined && size !== count) throw new FieldShapeError(operation, axis.name, count, size, where);
  }
  const wanted = [...layout].reverse().map(({ axis }) => axis.name);
  const foreign = real.dims.find(({ name, type }) => type === 'spatial' && !wanted.includes(name));
  if (foreign !== undefined) throw new FieldShapeError(operation, foreign.name, undefined, foreign.size, where);
  // Axes with long names are channels in tensors that were made without saying what they are.
  const inSpace = real.dims.filter(({ name, type }) => type !== 'spatial' && wanted.includes(name)).reduce((t: Tensor, { name }) => rename(t, name, name, spatial), real);
  return inStorageOrder(inSpace, layout);
}

/** A tensor whose components, if it has any, are those of the grid, in the order of its axes. */
function orderedComponents(grid: Grid, values: Tensor): Tensor {
  const names = componentNames(values);
  if (names === undefined) return values;
  requireComponents('centered', grid, names);
  if (grid.names.every((name, k) => names[k] === name)) return values;
  const parts = componentsOf(values);
  return stackComponents(Object.fromEntries(grid.names.map((name) => [name, parts[name]!])));
}

/**
 * A field in the middle of the cells.
 *
 * Values are a number, a tensor (dimensions that are missing count as constant), a record of components, a function of the
 * coordinates, or a shape, which gives 1 in the cells whose centre it contains. The boundary is `zeroGradient` unless given.
 *
 * Throws `FieldShapeError` when sizes differ from the grid's, `ComponentError` when a vector has other components than the grid
 * has axes.
 */
export function centered<A extends string>(grid: Grid<A>, values: CenteredValues<A>, { boundary = zeroGradient }: FieldOptions = {}): CenteredField {
  if (isGeometry(values)) return new CenteredField(grid, hardMask(values, grid), boundary);
  const given = typeof values === 'function' ? values(grid.centers()) : values;
  const layoutFor = (component?: string): Layout => centerLayout(grid, boundary, component);
  if (!isQuantity(given)) {
    requireComponents('centered', grid, Object.keys(given));
    const parts = grid.names.map((name): [string, Tensor] => [name, onLayout('centered', given[name]!, layoutFor(name), 'The field')]);
    return new CenteredField(grid, stackComponents(Object.fromEntries(parts)), boundary);
  }
  const ordered = typeof given === 'number' ? given : orderedComponents(grid, given as Tensor);
  const component = typeof ordered === 'number' ? undefined : componentNames(ordered)?.[0];
  return new CenteredField(grid, onLayout('centered', ordered, layoutFor(component), 'The field'), boundary);
}

/**
 * A vector field on the faces of the cells.
 *
 * Values are a number for all components, a record of components, a shape, or a function of the coordinates, which is called with
 * the faces of each component in turn. The boundary is `wall` unless given; it decides which faces are stored.
 *
 * Throws `ComponentError` when components differ from the axes, `FieldShapeError` when sizes do not fit.
 */
export function staggered<A extends string>(grid: Grid<A>, values: StaggeredValues<A>, { boundary = wall }: FieldOptions = {}): StaggeredField {
  const parts = grid.names.map((name): [string, Tensor] => {
    const layout = faceLayout(grid, boundary, name);
    return [name, onLayout('staggered', componentOn(values, grid, layout, name), layout, `Component ${name}`)];
  });
  return new StaggeredField(grid, Object.fromEntries(parts), boundary);
}

function componentOn(values: StaggeredValues, grid: Grid, layout: Layout, name: string): Quantity {
  if (isGeometry(values)) return convert(values.contains(positionsOf(layout)), 'float');
  const given = typeof values === 'function' ? values(positionsOf(layout)) : values;
  if (isQuantity(given)) return given;
  requireComponents('staggered', grid, Object.keys(given));
  return given[name]!;
}

function requireComponents(operation: string, grid: Grid, seen: readonly string[]): void {
  if (seen.length !== grid.rank || grid.names.some((name) => !seen.includes(name))) {
    throw new ComponentError(operation, grid.names, seen, 'Give one component per axis of the grid.');
  }
}

/** Zeros with the grid, stored samples and boundary of another field. */
export function zerosLikeField<F extends Field>(field: F): F {
  return field.mapSamples((values: Tensor) => zerosLike(values)) as F;
}
