/** @file Numbers and arrays of rank 0: each other's inverse, transpose and derivative, in any transformation. */
import { expect, test } from 'vitest';
import { checkGradients, grad, jvp, vmap } from '@tapeflow/autodiff';
import { mul as mulNumbers, NumberList, sin } from '@tapeflow/autodiff/scalar';
import { arrayTypeOf, wrap, type NDArray } from '@tapeflow/tensor/extend';
import { precision, scalar, sin as sinOfTensor, square, tensor, type Scalar, type Tensor } from '@tapeflow/tensor';
import { arrayFromNumber, numberFromArray } from '../src/bridge.ts';

const inTensors = (x: number): Scalar => wrap({ value: arrayFromNumber(x, 'f64'), dims: [] });
const inNumbers = (x: Scalar): number => numberFromArray(x.value) as number;

test('there and back', () => {
  expect(inTensors(1.5).item()).toBe(1.5);
  expect(inNumbers(scalar(1.5))).toBe(1.5);
  expect(arrayTypeOf(arrayFromNumber(0.1, 'f32'))).toMatchObject({ shape: [], dtype: 'f32' });
  expect((arrayFromNumber(0.1, 'f32') as NDArray).contiguous()[0]).toBe(Math.fround(0.1));
});

test('the laws of derivatives hold across the bridge, twice', () => {
  checkGradients((x: number) => square(sinOfTensor(inTensors(x))), 0.7, { order: 2 });
  checkGradients((x: Scalar) => mulNumbers(sin(inNumbers(x)), inNumbers(x)), scalar(0.7, { dtype: 'f64' }), { order: 2 });
});

test('derivatives nest: the third of sin through tensors is −cos', () => {
  const f = (x: number): number => inNumbers(sinOfTensor(inTensors(x)));
  const third = grad((a: number) => grad((b: number) => grad(f)(b))(a))(0.4);
  expect(third).toBeCloseTo(-Math.cos(0.4), 14);
});

test('forward derivatives in 32 bit are numbers again', () => {
  const { value, tangent } = precision(32, () => jvp((x: number) => numberFromArray(arrayFromNumber(x, 'f32')) as number, 0.5, 3));
  expect([value, tangent]).toEqual([0.5, 3]);
});

test('batches: members of a list become entries of a tensor and back', () => {
  const squares = vmap((x: number) => inNumbers(square(inTensors(x))))(new NumberList([1, 2, 3]) as unknown as number /* vmap takes a list where f takes a member */);
  expect((squares as unknown as NumberList).values).toEqual([1, 4, 9]);
});

test('a number from each entry of a tensor', () => {
  const t: Tensor<'i'> = tensor({ i: 2 }, [2, 3], { dtype: 'f64' });
  expect([0, 1].map((i) => inNumbers(t.at({ i }) as Scalar))).toEqual([2, 3]);
});
