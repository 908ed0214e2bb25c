/** @file Equality of types, for type tests. */

/** `true` when two types are the same. */
export type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

/** Compiles where the type of the value is exactly T: `expectType<Scalar>()(sum(u))`. */
export const expectType = <T>() => <U>(_value: U, ..._proof: Same<T, U> extends true ? [] : [seen: U, wanted: T]): void => undefined;
