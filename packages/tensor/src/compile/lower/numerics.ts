/** @file How lowered programs round. */

/**
 * `stepwise`: every step of an operation rounds, sums are formed in any order, and operations on matrices and lines are kernels of
 * their own. `roundedOnce`: the bits of operations one by one, which compute in f64, round once per operation and add up in the order of
 * the elements; what is not computed element by element is left to JavaScript. `fused`: stepwise, but products of matrices add each product to its sum
 * without rounding it first.
 */
export type Numerics = 'stepwise' | 'roundedOnce' | 'fused';
