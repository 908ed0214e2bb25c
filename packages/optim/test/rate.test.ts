/** @file Rates: numbers, scalars and schedules, inside transformations and out. */
import { expect, test } from 'vitest';
import { grad } from '@tapeflow/autodiff';
import { scalar, tensor, type Scalar } from '@tapeflow/tensor';
import { OptionError } from '../src/errors.ts';
import { checkedRate, describeRate, rateAt, type Rate } from '../src/rate.ts';

test('numbers and scalars pass; 0 is a rate', () => {
  const rate = scalar(0.1);
  expect([checkedRate('adam', 0), checkedRate('adam', 2.5), checkedRate('adam', rate)]).toEqual([0, 2.5, rate]);
});

test('schedules are asked at each step, from 0 on', () => {
  expect([0, 1, 5].map((step) => rateAt('adam', (k) => 1 / (1 + k), step))).toEqual([1, 1 / 2, 1 / 6]);
  const asked: number[] = [];
  const rate: Rate = (step) => (asked.push(step), 1);
  checkedRate('adam', rate);
  expect(asked).toEqual([]);
});

test('what is no rate is refused, by a schedule at the step where it gives it', () => {
  for (const rate of [-1, NaN, Infinity, scalar(-1), tensor({ i: 1 }, [1]), 'fast', null, undefined]) {
    expect(() => checkedRate('adam', rate as Rate)).toThrow(OptionError);
    expect(() => rateAt('adam', () => rate as number, 7)).toThrow(expect.objectContaining({ operation: 'adam at step 7', option: 'rate' }));
  }
});

test('a rate or a count inside a derivative is not looked at', () => {
  const seen: string[] = [];
  grad((rate: Scalar) => {
    seen.push(describeRate(checkedRate('adam', rate)));
    return rate;
  })(scalar(-1));
  grad((rate: number) => {
    seen.push(describeRate(checkedRate('adam', rate)));
    return rateAt('adam', () => rate, rate) as number;
  })(-1);
  expect(seen).toEqual(['scalar', 'scalar']);
});

test('as text', () => {
  expect([describeRate(0.5), describeRate(scalar(0.25)), describeRate(() => 1)]).toEqual(['0.5', '0.25', 'schedule']);
});
