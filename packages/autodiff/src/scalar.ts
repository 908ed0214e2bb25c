/** @file @tapeflow/autodiff/scalar: differentiable operations on numbers, the smallest customer of the engine. */

// Arithmetic
export { abs, add, div, mul, neg, reciprocal, sign, square, sub } from './scalar/operations.ts';
// Powers, exponentials, logarithms
export { cbrt, exp, expm1, hypot, log, log1p, pow, sqrt } from './scalar/operations.ts';
// Trigonometric and hyperbolic
export { acos, acosh, asin, asinh, atan, atan2, atanh, cos, cosh, sin, sinh, tan, tanh } from './scalar/operations.ts';
// Special functions
export { digamma, erf, erfc, lgamma, polygamma, sigmoid, softplus } from './scalar/operations.ts';
// Choice, comparison, rounding
export { ceil, clip, equal, floor, greater, greaterEqual, less, lessEqual, max, min, round, select } from './scalar/operations.ts';
// Lists of numbers: the members of vmap
export { NumberList, stack, unstack, type ListType, type ScalarType } from './scalar/domain.ts';
// Declaring more
export { binary, unary, type BinarySlope, type Scalar } from './scalar/domain.ts';
