/** @file Dimension names in types: what the compiler knows. */
import type { RankZero } from '@tapeflow/autodiff';
import type { DimOf } from './dims.ts';
import type { Tensor } from './tensor.ts';

/** A tensor without dimensions. Full reductions give it, `grad` demands it. */
export type Scalar = Tensor<never> & RankZero;

/** A tensor of which the compiler knows nothing: it fits every signature. What implementations return. */
export type Unchecked = Tensor & RankZero;

/** Names of the dimensions of a tensor type. */
export type Dims<T> = T extends Tensor<infer D> ? D : never;

/** A without B; stays unknown when A or B is. */
export type Without<A extends string, B extends string> = string extends A ? string : string extends B ? string : Exclude<A, B>;

/** A name that must be absent from D; where it is present its type is the message. */
export type NewDim<D extends string, K extends string> = string extends D ? K : K extends D ? `dimension "${K}" already exists` : K;

/** A record of dimensions whose names must be absent from D; where one is present the type of its entry is the message. */
export type NewDims<D extends string, S> = { readonly [N in keyof S]: N extends string ? (NewDim<D, N> extends N ? S[N] : NewDim<D, N>) : never };

/** A name or a list of names, as a union. */
export type Names<K> = K extends readonly (infer E extends string)[] ? E : K extends string ? K : never;

/** Selects dimensions by type: `sum(u, spatial)`. */
export type TypeSelector = (extent: number | readonly string[]) => DimOf;

/**
 * A tensor from which dimensions were taken: a scalar when none is left. An intersection rather than a choice of two types, so that
 * inside generic functions, where D is not known yet, it still has the methods of a tensor.
 */
export type Reduced<D extends string> = Tensor<D> & ([D] extends [never] ? RankZero : unknown);

/**
 * What a reduction over all but the batch leaves. Types of dimensions are not known to the compiler: of the names only `batch` is sure to be
 * one. Where other batch dimensions are left, `grad` says so at run time.
 */
export type ReducedToBatch<D extends string> = Reduced<Extract<D, 'batch'>>;
