/** @file What the engine must know of values: a vector space. It never looks inside a value by itself. */
import type { Value } from './value.ts';

/**
 * The operations that the engine itself needs on values of one kind.
 *
 * All that return values are written in public, differentiable operations, so that derivatives of derivatives work.
 * `Type` is the abstract value (for arrays: shape and dtype), what is known without the numbers.
 */
export interface VectorSpace<Type = unknown> {
  readonly name: string;
  /** The type of a plain (not boxed) value. */
  typeOf(value: Value): Type;
  describe(type: Type): string;
  sameType(a: Type, b: Type): boolean;
  /** Real, continuous values: those that have derivatives. */
  isDifferentiable(type: Type): boolean;
  isScalar(type: Type): boolean;

  zeros(type: Type): Value;
  /** The number 1 of a scalar type: the seed of `grad`. */
  one(type: Type): Value;
  add(a: Value, b: Value): Value;
  /** Elementwise product. */
  multiply(a: Value, b: Value): Value;
  scale(a: Value, factor: number): Value;
  /** ⟨a, b⟩ as a scalar value. */
  dot(a: Value, b: Value): Value;
  /** Brings a derivative to `type` where elementwise operations mix scalars with larger values: a cotangent is summed, a tangent is spread. */
  unbroadcast(cotangent: Value, type: Type): Value;

  /** Number of real components. */
  dimension(type: Type): number;
  /** The i-th unit vector, a plain value. */
  basis(type: Type, index: number): Value;
  /** A plain value with independent components from `random`. */
  randomLike(type: Type, random: () => number): Value;
  /** Components of a plain value as numbers. */
  components(value: Value): ArrayLike<number>;
  bytes(type: Type): number;
  /** Flat index of the first component of a plain value that is not finite, or -1. */
  firstNonFinite(value: Value): number;

  /** How many values of this kind travel together through `vmap`. */
  readonly batch: BatchSpace<Type>;
}

/** Values of one type, stacked. */
export interface BatchSpace<Type = unknown> {
  size(stacked: Value): number;
  stack(values: readonly Value[]): Value;
  split(stacked: Value, size: number): Value[];
  repeat(value: Value, size: number): Value;
  /** Type of one member of a stacked value. */
  memberType(stacked: Value): Type;
}

/** Key under which a plain object names its vector space; numbers belong to the scalar space. */
export const SPACE = '~tapeflow.space';

/** A plain value that names its vector space. */
export interface SpaceMember {
  readonly [SPACE]: VectorSpace;
}
