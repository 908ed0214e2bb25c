/** @file What the tests share: random fields, plain arrays, dot products and observed orders, without the operators under test. */
import { expect } from 'vitest';
import { batch, precision, spatial, tensor, type DimOf, type FloatDType, type Tensor } from '@tapeflow/tensor';
import { CenteredField, grid, periodic, shapeOf, sides, staggered, StaggeredField, type Boundary, type Field, type Grid } from '../src/index.ts';

/** A test body in double precision. */
export const inDouble = <R>(body: () => R) => (): R => precision(64, body);

/** Uniform numbers in [−1, 1), the same for the same seed (mulberry32). */
export function generator(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return (((t ^ (t >>> 14)) >>> 0) / 4294967296) * 2 - 1;
  };
}

/** A tensor of random numbers. */
export function randomTensor(shape: Readonly<Record<string, DimOf | number>>, seed: number, dtype?: FloatDType): Tensor {
  const random = generator(seed);
  const extents = Object.values(shape).map((dim) => (typeof dim === 'number' ? dim : typeof dim.extent === 'number' ? dim.extent : dim.extent.length));
  const size = extents.reduce((product, extent) => product * extent, 1);
  return tensor(shape, Float64Array.from({ length: size }, random), dtype === undefined ? {} : { dtype });
}

/** Settings of random fields. */
export interface RandomOptions {
  readonly seed?: number;
  readonly batch?: number;
  readonly dtype?: FloatDType;
}

const batchShape = (size: number | undefined): Record<string, DimOf> => (size === undefined ? {} : { batch: batch(size) });

/** Random values at the centres. */
export function randomCentered(domain: Grid, boundary: Boundary, { seed = 1, batch: size, dtype }: RandomOptions = {}): CenteredField {
  return new CenteredField(domain, randomTensor({ ...batchShape(size), ...domain.shape }, seed, dtype), boundary);
}

/** Random values on all stored faces. */
export function randomStaggered(domain: Grid, boundary: Boundary, { seed = 1, batch: size, dtype }: RandomOptions = {}): StaggeredField {
  const shapes = staggered(domain, 0, { boundary });
  const parts = domain.names.map((name, k): [string, Tensor] => [name, randomTensor({ ...batchShape(size), ...shapeOf(shapes.layout(name)) }, 7919 * k + seed, dtype)]);
  return new StaggeredField(domain, Object.fromEntries(parts), boundary);
}

/** All values of a field or tensor, one after another. */
export function flat(values: Tensor<never> | Field): number[] {
  if (values instanceof CenteredField) return Array.from(values.values.data);
  if (values instanceof StaggeredField) return values.grid.names.flatMap((name) => Array.from(values.component(name).data));
  return Array.from(values.data);
}

/** Σ aᵢ bᵢ over all samples. */
export function dot(a: Tensor<never> | Field, b: Tensor<never> | Field): number {
  const right = flat(b);
  const left = flat(a);
  expect(left.length).toBe(right.length);
  return left.reduce((total, value, k) => total + value * right[k]!, 0);
}

/** √ Σ aᵢ². */
export const size = (a: Tensor<never> | Field): number => Math.sqrt(dot(a, a));

/** max |aᵢ|. */
export const largest = (a: Tensor<never> | Field | readonly number[]): number => (Array.isArray(a) ? (a as readonly number[]) : flat(a as Field)).reduce((most, value) => Math.max(most, Math.abs(value)), 0);

/** max |aᵢ − bᵢ|. */
export function difference(a: Tensor<never> | Field | readonly number[], b: Tensor<never> | Field | readonly number[]): number {
  const left = Array.isArray(a) ? (a as number[]) : flat(a as Field);
  const right = Array.isArray(b) ? (b as number[]) : flat(b as Field);
  expect(left.length).toBe(right.length);
  const worst = left.reduce((most, value, k) => Math.max(most, Math.abs(value - right[k]!)), 0);
  return left.some((value, k) => Number.isNaN(value - right[k]!)) ? NaN : worst;
}

/** Fails unless all values agree to `tolerance`. */
export function expectClose(a: Tensor<never> | Field | readonly number[], b: Tensor<never> | Field | readonly number[], tolerance: number, label = ''): void {
  const error = difference(a, b);
  expect(error <= tolerance, `${label} differs by ${error}`).toBe(true);
}

/** √ mean eᵢ². */
export const rootMeanSquare = (errors: readonly number[]): number => Math.sqrt(errors.reduce((total, error) => total + error * error, 0) / errors.length);

/** log₂ of the ratios of errors on grids of which each has twice the cells of the one before. */
export function observedOrders(error: (cells: number) => number, cells: readonly number[]): number[] {
  const errors = cells.map(error);
  return errors.slice(1).map((value, k) => Math.log2(errors[k]! / value) / Math.log2(cells[k + 1]! / cells[k]!));
}

/** Fails unless every observed order is `expected` ± 0.15. */
export function expectOrder(error: (cells: number) => number, cells: readonly number[], expected: number): void {
  for (const order of observedOrders(error, cells)) expect(order, `observed order ${order}`).toSatisfy((seen: number) => Math.abs(seen - expected) <= 0.15);
}

/** A box of so many cells that is a circle along every axis. */
export function periodicBoundary(domain: Grid): Boundary {
  return sides(Object.fromEntries(domain.names.map((name) => [name, periodic])));
}

/** Grids of one to three axes with cells of different widths. */
export const smallGrids = (): readonly Grid[] => [line(7), plane(5, 4), grid({ x: 3, y: 4, z: 5 })];
const line = (n: number): Grid => grid({ x: n });
const plane = (n: number, m: number): Grid => grid({ x: n, y: m });

/** A tensor of the given spatial dimensions, in double precision. */
export const doubles = (shape: Readonly<Record<string, number>>, values: readonly number[]): Tensor =>
  tensor(Object.fromEntries(Object.entries(shape).map(([name, extent]) => [name, spatial(extent)])), values, { dtype: 'f64' });
