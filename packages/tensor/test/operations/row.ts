/** @file What a row of the table of operations says: cases, kinks and errors, from which the tests are made. */
import type { Value } from '@tapeflow/autodiff/extend';
import type { TapeflowError } from '@tapeflow/autodiff';
import type { DType } from '../../src/array/dtype.ts';
import type { Nested } from './nested.ts';

/** A random input: real numbers uniform in [low, high] unless `dtype` says otherwise (integers then include both ends). */
export interface Input {
  readonly shape: readonly number[];
  readonly low?: number;
  readonly high?: number;
  readonly dtype?: 'i32' | 'bool';
  /** Elements keep a distance from each other, so that no small step makes another one the largest. */
  readonly apart?: boolean;
  /** Elements that are not random. */
  readonly values?: Nested;
}

/** Which derivatives an operation has. */
export type Derivative = 'both' | 'forward only' | 'none';

/** One use of an operation on inputs of given shapes. */
export interface Case {
  readonly title: string;
  readonly inputs: readonly Input[];
  readonly run: (...xs: Value[]) => Value | readonly Value[];
  /** The result by slow, obvious loops. */
  readonly expected: (...xs: Nested[]) => Nested;
  /** Expected shape, where nested arrays cannot tell (a length is 0). */
  readonly shape?: readonly number[];
  readonly dtype?: DType;
  readonly derivative: Derivative;
  /** Largest error in f64, relative to the largest element. */
  readonly tolerance?: number;
  /** Largest error in f32, in units of 2⁻²⁴ relative to the largest element. */
  readonly f32Error?: number;
  /** Why this case is not batched, or not traced (reads values, has no inputs). */
  readonly notBatched?: string;
  readonly notTraced?: string;
}

/** A point where the derivative does not exist, and the subgradient that is documented there. */
export interface Kink {
  readonly title: string;
  readonly at: readonly number[];
  /** A scalar function of rank-0 arrays. */
  readonly run: (...xs: Value[]) => Value;
  readonly gradient: readonly number[];
}

/** Input that must be refused. */
export interface Misuse {
  readonly title: string;
  readonly run: () => unknown;
  readonly error: abstract new (...args: never[]) => Error;
  readonly fields?: Readonly<Record<string, unknown>>;
  /** What the message must say. */
  readonly says?: RegExp;
}

/** One operation. */
export interface Row {
  readonly name: string;
  readonly cases: readonly Case[];
  readonly kinks?: readonly Kink[];
  readonly errors?: readonly Misuse[];
  /** Why there is no case of rank 0, of size zero, or no misuse. */
  readonly exempt?: { readonly rank0?: string; readonly empty?: string; readonly errors?: string };
}

/** Fields that every error of the toolkit has. */
export type ErrorFields = Pick<TapeflowError, 'operation' | 'advice'>;
