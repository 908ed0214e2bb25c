/** @file Rates: numbers, scalars that may themselves be differentiated, or schedules. */
import { Tensor, type Scalar } from '@tapeflow/tensor';
import { Box } from '@tapeflow/autodiff/extend';
import type { Leaf } from './arithmetic.ts';
import { OptionError } from './errors.ts';
import { checkedNumber } from './options.ts';

/** A rate for each step; step 0 is the first update. */
export type Schedule = (step: number) => number | Scalar;

/** How far an optimizer goes: the same for all steps, or by a schedule. ≥ 0. */
export type Rate = number | Scalar | Schedule;

/** Checks a rate when its optimizer is built. Throws `OptionError`. */
export function checkedRate(operation: string, rate: Rate): Rate {
  if (typeof rate !== 'function') checkedValue(operation, rate);
  return rate;
}

/** The rate of one step. Throws `OptionError` when a schedule gives something that is no rate. */
export function rateAt(operation: string, rate: Rate, step: number): Leaf {
  if (typeof rate !== 'function') return rate;
  // A count that is being traced or differentiated cannot be written.
  return checkedValue(typeof step === 'number' ? `${operation} at step ${step}` : operation, rate(step));
}

/** Text for `describe`. */
export function describeRate(rate: Rate): string {
  if (typeof rate === 'number') return String(rate);
  if (typeof rate === 'function') return 'schedule';
  return isNumberBox(rate) || rate.value instanceof Box ? 'scalar' : String(rate.item());
}

function checkedValue(operation: string, rate: number | Scalar): Leaf {
  if (rate instanceof Tensor) {
    if (rate.dims.length > 0) throw new OptionError(operation, 'rate', rate, 'Give a scalar, a tensor without dimensions.');
    // The value of a traced or differentiated scalar is not looked at.
    if (!(rate.value instanceof Box)) checkedNumber(operation, 'rate', rate.item(), { low: 0 });
    return rate;
  }
  return isNumberBox(rate) ? rate : checkedNumber(operation, 'rate', rate, { low: 0 });
}

/** `grad` gives a differentiated number as a box, whatever its type says. */
function isNumberBox(value: unknown): value is Box {
  return value instanceof Box && value.space.name === 'number';
}
