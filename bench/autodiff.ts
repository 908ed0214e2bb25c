/** @file What one recorded operation on numbers costs, forward and backward, beside what nobody can do without. */
import { grad, jvp, rollout } from '@tapeflow/autodiff';
import { add, mul, sin, type Scalar } from '@tapeflow/autodiff/scalar';
import { measure, timed, type Measurement, type Timing } from './measure.ts';
import type { Bench } from './table.ts';

/** x ← sin(1.1 x) + 0.1 over and over: three operations a round. */
function chain(operations: number): (x: Scalar) => Scalar {
  return (x) => {
    let y = x;
    for (let k = 0; k < operations; k += 3) y = add(sin(mul(1.1, y)), 0.1);
    return y;
  };
}

/** Sum of k x²: every operation meets the argument, whose cotangent is summed up. */
function fan(operations: number): (x: Scalar) => Scalar {
  return (x) => {
    let total: Scalar = 0;
    for (let k = 0; k < operations; k += 3) total = add(total, mul(k, mul(x, x)));
    return total;
  };
}

/** Value and gradient of the chain as one would write them by hand: the values on a column, and the slope in closed form. */
function chainByHand(operations: number, x: number): number {
  const values = new Float64Array(operations / 3);
  let y = x;
  for (let k = 0; k < values.length; k++) {
    values[k] = y;
    y = Math.sin(1.1 * y) + 0.1;
  }
  let bar = 1;
  for (let k = values.length - 1; k >= 0; k--) bar *= 1.1 * Math.cos(1.1 * values[k]!);
  return y + bar;
}

/** Objects that stay alive until the round ends, as tape entries of the plain kind do. */
function allocate(count: number): number {
  const kept: { a: number; b: object | undefined }[] = [];
  for (let k = 0; k < count; k++) kept.push({ a: k, b: kept[k - 1] });
  return kept.length;
}

function peers(work: Measurement): Timing[] {
  const { count } = work;
  return [
    measure('peer: an object is allocated and kept', work, () => allocate(count)),
    measure('peer: the chain, its values only', work, () => chain(count)(0.3)),
    measure('peer: the chain and its gradient, by hand', work, () => chainByHand(count, 0.3)),
  ];
}

function gradients(work: Measurement, target: number): Timing[] {
  const { count } = work;
  return [
    measure('grad of the chain', { ...work, target }, () => grad(chain(count))(0.3)),
    measure('grad of the fan', { ...work, target }, () => grad(fan(count))(0.3)),
    measure('jvp of the chain', work, () => jvp(chain(count), 0.3, 1)),
  ];
}

/** 1000 steps of 30 operations, on the tape or within a budget of bytes. */
function rollouts(): Timing[] {
  const work: Measurement = { count: 30_000, unit: 'operation', rounds: 9 };
  const loss = (budget?: number) => (x: Scalar): Scalar => rollout((state: Scalar) => chain(30)(state), x, 1000, budget === undefined ? {} : { budget });
  return [
    measure('grad of a rollout', work, () => grad(loss())(0.3)),
    measure('grad of a rollout within 1 kB', work, () => grad(loss(1024))(0.3)),
  ];
}

/** Recorded operations at two sizes: in the caches, and out of them. */
export const autodiff: Bench = {
  about: 'nanoseconds per recorded operation on numbers, forward and backward',
  run() {
    const small: Measurement = { count: 99_999, unit: 'operation', rounds: 15 };
    const large: Measurement = { count: 999_999, unit: 'operation', rounds: 5 };
    const second: Measurement = { count: 9_999, unit: 'operation', rounds: 9 };
    return timed([
      ...peers(small),
      ...gradients(small, 400),
      ...peers(large),
      ...gradients(large, 800),
      measure('grad of grad of the chain', second, () => grad(grad(chain(9_999)))(0.3)),
      measure('jvp of grad of the chain', second, () => jvp(grad(chain(9_999)), 0.3, 1)),
      ...rollouts(),
    ]);
  },
};
