/** @file Steps with loops and branches: scans over a dimension or a number of steps, choices by a scalar, bounded loops. */
import * as tf from '@tapeflow/tensor';
import { asScalar, within, type AnyTensor, type Proposal } from './instruction.ts';
import { at, count, made, pointwise, total, type Slow } from './slow.ts';

const half = (x: Slow): Slow => pointwise((value) => Math.sin(value) * 0.9, x);

/** carry ← tanh(carry / 2 + x): the carries of all steps. */
const scanned: Proposal = (pool) => {
  const found = pool.withName((_size, x) => count(x) <= 150);
  if (found === undefined) return undefined;
  const { at: input, name } = found;
  const reverse = pool.dice.next() < 0.4;
  return {
    text: `scan along ${name}${reverse ? ' from the end' : ''}`,
    inputs: [input],
    slow: ([x]) => {
      const size = x!.sizes[name]!;
      const others = x!.names.filter((each) => each !== name);
      const states: Slow[] = [];
      let carry = made(others, x!.sizes, () => 0.25);
      for (let step = 0; step < size; step++) {
        const k = reverse ? size - 1 - step : step;
        const before = carry;
        carry = made(others, x!.sizes, (index) => Math.tanh(at(before, index) / 2 + at(x!, { ...index, [name]: k })));
        states[k] = carry;
      }
      return made(x!.names, x!.sizes, (index) => at(states[index[name]!]!, index));
    },
    fast: ([x]) => {
      const start = tf.add(tf.mul(tf.sum(x!, name), 0), 0.25);
      const [, states] = tf.scan((carry: AnyTensor, part: AnyTensor) => {
        const next: AnyTensor = tf.tanh(tf.add(tf.mul(carry, 0.5), part));
        return [next, next] as const;
      }, start, x!, { along: name, reverse });
      return states as AnyTensor;
    },
  };
};

/** x ← 0.9 sin x, some times; every state, or the last one. */
const iterated: Proposal = (pool) => {
  const input = pool.pick((x) => count(x) <= 100 && !x.names.includes('t'));
  if (input === undefined) return undefined;
  const steps = pool.dice.below(4);
  const names = (x: Slow): string[] => [...x.names, 't'];
  if (pool.dice.next() < 0.5) {
    return {
      text: `iterate ${steps} times`,
      inputs: [input],
      slow: ([x]) => {
        const states = [x!];
        for (let k = 0; k < steps; k++) states.push(half(states[k]!));
        return made(names(x!), { ...x!.sizes, t: steps + 1 }, (index) => at(states[index['t']!]!, index));
      },
      fast: ([x]) => tf.iterate((state: AnyTensor): AnyTensor => tf.mul(tf.sin(state), 0.9), x!, steps, { along: 't' }) as AnyTensor,
    };
  }
  return {
    text: `whileLoop, ${steps} times`,
    inputs: [input],
    slow: ([x]) => Array.from({ length: steps }).reduce<Slow>(half, x!),
    fast: ([x]) => tf.whileLoop(
      ({ k }: { k: AnyTensor; state: AnyTensor }) => asScalar(tf.less(k, steps)),
      ({ k, state }): { k: AnyTensor; state: AnyTensor } => ({ k: tf.add(k, 1), state: tf.mul(tf.sin(state), 0.9) }),
      { k: tf.convert(tf.zeros({}), 'i32') as AnyTensor, state: x! },
      { maxSteps: 4 },
    ).state,
  };
};

/** One of two functions, by the sign of a sum. */
const branched: Proposal = (pool) => {
  const input = pool.pick((x) => within(x, -40, 40))!;
  return {
    text: 'cond by the sum',
    inputs: [input],
    slow: ([x], note) => {
      const isPositive = total(x!.values) > 0.3;
      note(Number(isPositive));
      return pointwise((value) => (isPositive ? Math.cos(value) : value * 0.5), x!);
    },
    fast: ([x]) => tf.cond(asScalar(tf.greater(tf.sum(x!, Object.keys(x!.sizes)), 0.3)), (v: AnyTensor): AnyTensor => tf.cos(v), (v: AnyTensor): AnyTensor => tf.mul(v, 0.5), x!),
  };
};

/** All steps of this file. */
export const loopSteps: readonly Proposal[] = [scanned, iterated, branched];
