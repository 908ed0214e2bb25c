/** @file What the compiler knows of dimension names: alignment, assignability, and functions that keep names. */
import { abs, add, atan2, clip, less, maximum, mul, range, select, sin, sub, tensor, type Dims, type Scalar, type Tensor } from '@tapeflow/tensor';
import { expectType, type Same } from './same.ts';

declare const x: Tensor<'x'>;
declare const y: Tensor<'y'>;
declare const xy: Tensor<'x' | 'y'>;
declare const unknownNames: Tensor;
declare const scalar: Scalar;
declare const isPositive: Tensor<'z'>;
declare const dt: number | Scalar;

// Names come from the record that a tensor is made of.
expectType<Tensor<'x' | 'y'>>()(tensor({ y: 2, x: 3 }, [1, 2, 3, 4, 5, 6]));
expectType<Tensor<'step'>>()(range({ step: 4 }));

// Arithmetic has the dimensions of both, in methods and functions.
expectType<Tensor<'x' | 'y'>>()(x.add(y));
expectType<Tensor<'x' | 'y'>>()(add(x, y));
expectType<Tensor<'x' | 'y'>>()(xy.mul(x));
expectType<Tensor<'x'>>()(x.sub(1).div(2).pow(3).neg());
expectType<Tensor<'x'>>()(sub(1, x));
expectType<Tensor<'x'>>()(x.mul(scalar));
expectType<Tensor<'x'>>()(scalar.mul(x));
expectType<Tensor<'x' | 'y'>>()(atan2(x, y));
expectType<Tensor<'x' | 'y' | 'z'>>()(select(isPositive, x, y));
expectType<Tensor<'x'>>()(select(less(x, 0), 0, 1));
expectType<Tensor<'x'>>()(sin(abs(x)));
expectType<Tensor<'x'>>()(clip(x, 0, scalar));

// A physical parameter is a number or a scalar, on either side.
expectType<Tensor<'x'>>()(x.mul(dt));
expectType<Tensor<'x'>>()(mul(dt, x));
expectType<Tensor<'x'>>()(maximum(x, dt));

// Names that are not known stay unknown.
expectType<Tensor>()(add(x, unknownNames));
expectType<Tensor>()(unknownNames.mul(2));
export const names: Same<Dims<typeof xy>, 'x' | 'y'> = true;

// A tensor with more dimensions may be given where fewer are wanted, not the reverse.
const wantsX = (t: Tensor<'x'>): Tensor<'x'> => t;
wantsX(x);
wantsX(xy);
// Unknown names are checked at run time.
wantsX(unknownNames);
// @ts-expect-error y lacks the dimension x
wantsX(y);
// @ts-expect-error x lacks the dimension y
((t: Tensor<'x' | 'y'>) => t)(x);
// @ts-expect-error a scalar lacks the dimension x
wantsX(scalar);
// @ts-expect-error a number is no tensor
wantsX(3);
// A number beside a tensor adds no dimension, whatever is wanted.
// @ts-expect-error y lacks the dimension x
wantsX(add(y, 1));
// @ts-expect-error y lacks the dimension x
wantsX(y.mul(2));
// @ts-expect-error neither has the dimension x
wantsX(select(less(y, 0), y, 1));
wantsX(add(x, 1));
wantsX(add(y, x).mul(2));

// Library functions are generic: names are never lost on the way.
function difference<D extends string>(t: Tensor<D | 'x'>): Tensor<D | 'x'> {
  return t.slice({ x: [1, 9] }).sub(t.slice({ x: [0, 8] }));
}
expectType<Tensor<'x'>>()(difference(x));
expectType<Tensor<'x' | 'y'>>()(difference(xy));
expectType<Tensor<'x' | 'y' | 'z'>>()(difference(xy.mul(isPositive)));
// @ts-expect-error y lacks the dimension x
difference(y);

// Inside a generic function, what is left after taking a dimension away still has the methods of a tensor.
function edge<D extends string>(t: Tensor<D | 'x'>): Tensor<Exclude<D, 'x'>> {
  return t.at({ x: 0 }).sub(t.at({ x: -1 })).mul(0.5);
}
expectType<Tensor<'y'>>()(edge<'x' | 'y'>(xy));

// @ts-expect-error JavaScript has no operators on tensors
export const product = x * 2;
// @ts-expect-error a text is no operand
x.add('1');
// @ts-expect-error a list is no operand
add(x, [1, 2, 3]);
// @ts-expect-error there is no shape without sizes
tensor(['x'], [1]);
// @ts-expect-error a size is a number or a list of item names
tensor({ x: true }, [1]);
