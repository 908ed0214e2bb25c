/** @file Steps that act on each number: functions, arithmetic by name, choices. */
import * as tf from '@tapeflow/tensor';
import { within, type AnyTensor, type Proposal } from './instruction.ts';
import { pointwise, type Slow } from './slow.ts';

interface UnaryStep {
  readonly fast: (x: AnyTensor) => AnyTensor;
  readonly slow: (x: number) => number;
  /** Where it is smooth and not too steep. */
  readonly low?: number;
  readonly high?: number;
}

const UNARY: Readonly<Record<string, UnaryStep>> = {
  sin: { fast: tf.sin, slow: Math.sin },
  cos: { fast: tf.cos, slow: Math.cos },
  tan: { fast: tf.tan, slow: (x) => Math.sin(x) / Math.cos(x), low: -1, high: 1 },
  asin: { fast: tf.asin, slow: Math.asin, low: -0.8, high: 0.8 },
  acos: { fast: tf.acos, slow: Math.acos, low: -0.8, high: 0.8 },
  atan: { fast: tf.atan, slow: Math.atan },
  sinh: { fast: tf.sinh, slow: (x) => (Math.exp(x) - Math.exp(-x)) / 2, low: -2, high: 2 },
  cosh: { fast: tf.cosh, slow: (x) => (Math.exp(x) + Math.exp(-x)) / 2, low: -2, high: 2 },
  tanh: { fast: tf.tanh, slow: (x) => 1 - 2 / (Math.exp(2 * x) + 1) },
  asinh: { fast: tf.asinh, slow: (x) => Math.sign(x) * Math.log(Math.abs(x) + Math.sqrt(x * x + 1)) },
  atanh: { fast: tf.atanh, slow: (x) => Math.log((1 + x) / (1 - x)) / 2, low: -0.8, high: 0.8 },
  acosh: { fast: tf.acosh, slow: (x) => Math.log(x + Math.sqrt(x * x - 1)), low: 1.2, high: 9 },
  exp: { fast: tf.exp, slow: Math.exp, low: -3, high: 2 },
  expm1: { fast: tf.expm1, slow: Math.expm1, low: -3, high: 2 },
  log: { fast: tf.log, slow: Math.log, low: 0.2, high: 40 },
  log1p: { fast: tf.log1p, slow: Math.log1p, low: -0.7, high: 40 },
  sqrt: { fast: tf.sqrt, slow: Math.sqrt, low: 0.2, high: 40 },
  cbrt: { fast: tf.cbrt, slow: Math.cbrt, low: 0.2, high: 40 },
  square: { fast: tf.square, slow: (x) => x * x, low: -4, high: 4 },
  neg: { fast: tf.neg, slow: (x) => -x },
  sigmoid: { fast: tf.sigmoid, slow: (x) => 1 / (1 + Math.exp(-x)) },
  softplus: { fast: tf.softplus, slow: (x) => (x > 30 ? x : Math.log(1 + Math.exp(x))) },
  sinc: { fast: tf.sinc, slow: (x) => Math.sin(Math.PI * x) / (Math.PI * x), low: 0.1, high: 3 },
};

/** Functions with kinks: their decision is noted. */
const KINKED: Readonly<Record<string, UnaryStep & { decision: (x: number) => number }>> = {
  abs: { fast: tf.abs, slow: (x) => (x < 0 ? -x : x), decision: (x) => Number(x < 0) },
  'maximum with 0': { fast: (x) => tf.maximum(x, 0), slow: (x) => (x > 0 ? x : 0), decision: (x) => Number(x > 0) },
  'clip to ±1': { fast: (x) => tf.clip(x, -1, 1), slow: (x) => (x < -1 ? -1 : x > 1 ? 1 : x), decision: (x) => (x < -1 ? -1 : x > 1 ? 1 : 0) },
  'floor, added': { fast: (x) => tf.add(x, tf.floor(x)), slow: (x) => x + Math.floor(x), decision: Math.floor },
  'mod 1.5': { fast: (x) => tf.mod(x, 1.5), slow: (x) => x - 1.5 * Math.floor(x / 1.5), decision: (x) => Math.floor(x / 1.5) },
  'pow of a negative whole number': { fast: (x) => tf.pow(tf.add(tf.abs(x), 0.5), -2), slow: (x) => 1 / (Math.abs(x) + 0.5) ** 2, decision: (x) => Number(x < 0) },
};

/** A smooth function. */
const smooth: Proposal = (pool) => {
  const name = pool.dice.pick(Object.keys(UNARY));
  const { fast, slow, low = -Infinity, high = Infinity } = UNARY[name]!;
  const at = pool.pick((x) => within(x, low, high));
  return at === undefined ? undefined : { text: name, inputs: [at], slow: ([x]) => pointwise(slow, x!), fast: ([x]) => fast(x!) };
};

const kinked: Proposal = (pool) => {
  const name = pool.dice.pick(Object.keys(KINKED));
  const { fast, slow, decision } = KINKED[name]!;
  const at = pool.pick()!;
  return {
    text: name,
    inputs: [at],
    slow: ([x], note) => {
      x!.values.forEach((value) => note(decision(value)));
      return pointwise(slow, x!);
    },
    fast: ([x]) => fast(x!),
  };
};

interface BinaryStep {
  readonly fast: (x: AnyTensor, y: AnyTensor) => AnyTensor;
  readonly slow: (x: number, y: number) => number;
  readonly second?: (y: Slow) => boolean;
  readonly decision?: (x: number, y: number) => number;
}

const awayFromZero = (y: Slow): boolean => within(y, 0.3, 40) || within(y, -40, -0.3);

const BINARY: Readonly<Record<string, BinaryStep>> = {
  add: { fast: tf.add, slow: (x, y) => x + y },
  'add as a method': { fast: (x, y) => x.add(y), slow: (x, y) => x + y },
  sub: { fast: tf.sub, slow: (x, y) => x - y },
  mul: { fast: tf.mul, slow: (x, y) => x * y },
  'mul as a method': { fast: (x, y) => x.mul(y), slow: (x, y) => x * y },
  div: { fast: tf.div, slow: (x, y) => x / y, second: awayFromZero },
  hypot: { fast: tf.hypot, slow: (x, y) => Math.sqrt(x * x + y * y), second: awayFromZero },
  atan2: { fast: tf.atan2, slow: Math.atan2, second: (y) => within(y, 0.3, 40) },
  maximum: { fast: tf.maximum, slow: (x, y) => Math.max(x, y), decision: (x, y) => Number(x > y) },
  minimum: { fast: tf.minimum, slow: (x, y) => Math.min(x, y), decision: (x, y) => Number(x < y) },
  xlogy: { fast: tf.xlogy, slow: (x, y) => x * Math.log(y), second: (y) => within(y, 0.2, 40) },
  'the smaller modulus, selected': {
    fast: (x, y) => tf.select(tf.less(tf.abs(x), tf.abs(y)), x, y),
    slow: (x, y) => (Math.abs(x) < Math.abs(y) ? x : y),
    decision: (x, y) => Number(Math.abs(x) < Math.abs(y)),
  },
  'the second where both are positive': {
    fast: (x, y) => tf.select(tf.and(tf.greater(x, 0), tf.not(tf.lessEqual(y, 0))), y, tf.mul(x, 0.5)),
    slow: (x, y) => (x > 0 && y > 0 ? y : x / 2),
    decision: (x, y) => Number(x > 0 && y > 0),
  },
};

const binary: Proposal = (pool) => {
  const name = pool.dice.pick(Object.keys(BINARY));
  const { fast, slow, second = () => true, decision } = BINARY[name]!;
  const first = pool.pick()!;
  const other = pool.beside(pool.values[first]!);
  if (other === undefined || !second(pool.values[other]!)) return undefined;
  return {
    text: name,
    inputs: [first, other],
    slow: ([x, y], note) => {
      if (decision !== undefined) pointwise(decision, x!, y!).values.forEach(note);
      return pointwise(slow, x!, y!);
    },
    fast: ([x, y]) => fast(x!, y!),
  };
};

const withNumber: Proposal = (pool) => {
  const factor = Math.round(pool.dice.next() * 40 - 20) / 10;
  const at = pool.pick()!;
  return { text: `${factor} − x, half of it`, inputs: [at], slow: ([x]) => pointwise((value) => (factor - value) * 0.5, x!), fast: ([x]) => tf.mul(tf.sub(factor, x!), 0.5) };
};

/** All steps of this file, the common ones several times. */
export const pointwiseSteps: readonly Proposal[] = [smooth, smooth, smooth, kinked, binary, binary, binary, withNumber];
