/** @file Steps along names: reductions, running results, orders, and products that are summed. */
import * as tf from '@tapeflow/tensor';
import { type AnyTensor, type Proposal } from './instruction.ts';
import { alongName, at, count, indicesOver, made, namesOf, pointwise, reduced, sizesOf, total, type Note } from './slow.ts';
import '../compile/whole-compiler.ts';

interface ReductionStep {
  readonly fast: (x: AnyTensor, names: string[]) => AnyTensor;
  readonly slow: (values: readonly number[]) => number;
  /** Fewest values it has a derivative for. */
  readonly least: number;
  readonly decision?: (values: readonly number[]) => number;
}

const first = (values: readonly number[], isBetter: (a: number, b: number) => boolean): number => values.reduce((best, value, k) => (isBetter(value, values[best]!) ? k : best), 0);
const mean = (values: readonly number[]): number => total(values) / values.length;
const squares = (values: readonly number[]): number => total(values.map((value) => value * value));
const variance = (values: readonly number[], fewer: number): number => squares(values.map((value) => value - mean(values))) / (values.length - fewer);

const REDUCTIONS: Readonly<Record<string, ReductionStep>> = {
  sum: { fast: tf.sum, slow: total, least: 0 },
  prod: { fast: tf.prod, slow: (values) => values.reduce((product, value) => product * value, 1), least: 0 },
  mean: { fast: tf.mean, slow: mean, least: 1 },
  l2: { fast: tf.l2, slow: (values) => squares(values) / 2, least: 0 },
  norm: { fast: (x, names) => tf.norm(tf.add(tf.square(x), 0.25), names), slow: (values) => Math.sqrt(squares(values.map((value) => value * value + 0.25))), least: 1 },
  max: { fast: tf.max, slow: (values) => Math.max(...values), least: 1, decision: (values) => first(values, (a, b) => a > b) },
  min: { fast: tf.min, slow: (values) => Math.min(...values), least: 1, decision: (values) => first(values, (a, b) => a < b) },
  variance: { fast: tf.variance, slow: (values) => variance(values, 0), least: 1 },
  'sample variance': { fast: (x, names) => tf.variance(x, names, { ddof: 1 }), slow: (values) => variance(values, 1), least: 2 },
  logSumExp: { fast: tf.logSumExp, slow: (values) => Math.log(total(values.map(Math.exp))), least: 1 },
  l1: { fast: (x, names) => tf.sum(tf.abs(x), names), slow: (values) => total(values.map(Math.abs)), least: 0, decision: (values) => values.reduce((code, value) => (2 * code + Number(value < 0)) % 1e9, 1) },
};

const reduction: Proposal = (pool) => {
  const name = pool.dice.pick(Object.keys(REDUCTIONS));
  const { fast, slow, least, decision } = REDUCTIONS[name]!;
  const input = pool.pick((x) => x.names.length > 0)!;
  if (input === undefined) return undefined;
  const x = pool.values[input]!;
  const names = x.names.filter(() => pool.dice.next() < 0.5);
  if (names.reduce((product, each) => product * x.sizes[each]!, 1) < least || (least > 0 && names.length === 0)) return undefined;
  return {
    text: `${name} over ${names.join(', ')}`,
    inputs: [input],
    slow: ([v], note) => {
      if (decision !== undefined) reduced(v!, names, decision).values.forEach(note);
      return reduced(v!, names, slow);
    },
    fast: ([v]) => fast(v!, names),
  };
};

interface LineStep {
  readonly fast: (x: AnyTensor, name: string) => AnyTensor;
  readonly slow: (values: readonly number[], note: Note) => readonly number[];
}

/** Running results: each from all before it. */
const running = (start: number, combine: (a: number, b: number) => number) => (values: readonly number[]): readonly number[] =>
  values.map((_, k) => values.slice(0, k + 1).reduce(combine, start));

/** Positions in ascending order, noted. */
function order(values: readonly number[], note: Note): number[] {
  const positions = values.map((_, k) => k).sort((a, b) => values[a]! - values[b]!);
  positions.forEach(note);
  return positions;
}

const LINES: Readonly<Record<string, LineStep>> = {
  cumulativeSum: { fast: tf.cumulativeSum, slow: running(0, (a, b) => a + b) },
  'cumulativeSum, exclusive, from the end': { fast: (x, name) => tf.cumulativeSum(x, name, { exclusive: true, reverse: true }), slow: (values) => values.map((_, k) => total(values.slice(k + 1))) },
  cumulativeProduct: { fast: tf.cumulativeProduct, slow: running(1, (a, b) => a * b) },
  cumulativeMax: {
    fast: tf.cumulativeMax,
    slow: (values, note) => running(-Infinity, (a, b) => Math.max(a, b))(values).map((best) => (note(values.indexOf(best)), best)),
  },
  cumulativeMin: {
    fast: tf.cumulativeMin,
    slow: (values, note) => running(Infinity, (a, b) => Math.min(a, b))(values).map((best) => (note(values.indexOf(best)), best)),
  },
  sort: { fast: tf.sort, slow: (values, note) => order(values, note).map((k) => values[k]!) },
  'sort, descending': { fast: (x, name) => tf.sort(x, name, { descending: true }), slow: (values, note) => order(values, note).reverse().map((k) => values[k]!) },
  'in the order of the squares': {
    fast: (x, name) => tf.gather(x, { [name]: tf.argsort(tf.square(x), name) }),
    slow: (values, note) => order(values.map((value) => value * value), note).map((k) => values[k]!),
  },
  softmax: { fast: tf.softmax, slow: (values) => values.map((value) => Math.exp(value) / total(values.map(Math.exp))) },
  logSoftmax: { fast: tf.logSoftmax, slow: (values) => values.map((value) => value - Math.log(total(values.map(Math.exp)))) },
  'discrete cosine transform': {
    fast: tf.dct,
    slow: (values) => values.map((_, j) => 2 * total(values.map((value, k) => value * Math.cos((Math.PI * j * (2 * k + 1)) / (2 * values.length))))),
  },
  'power spectrum': {
    fast: (x, name) => tf.fft(x, name).squaredAbs(),
    slow: (values) => values.map((_, j) => {
      const part = (wave: (angle: number) => number): number => total(values.map((value, k) => value * wave((2 * Math.PI * j * k) / values.length)));
      return part(Math.cos) ** 2 + part(Math.sin) ** 2;
    }),
  },
};

const along: Proposal = (pool) => {
  const text = pool.dice.pick(Object.keys(LINES));
  const { fast, slow } = LINES[text]!;
  const found = pool.withName((size) => size > 0);
  if (found === undefined) return undefined;
  const { at: input, name } = found;
  return { text: `${text} along ${name}`, inputs: [input], slow: ([x], note) => alongName(x!, name, (values) => slow(values, note)), fast: ([x]) => fast(x!, name) };
};

const contraction: Proposal = (pool) => {
  const input = pool.pick((x) => x.names.length > 0);
  if (input === undefined) return undefined;
  const x = pool.values[input]!;
  const other = pool.pick((y) => y.names.some((name) => x.names.includes(name)) && y.names.every((name) => x.sizes[name] === undefined || x.sizes[name] === y.sizes[name]) && count(pointwise(() => 0, x, y)) <= 500);
  if (other === undefined) return undefined;
  const shared = pool.values[other]!.names.filter((name) => x.names.includes(name));
  const over = shared.filter((_, k) => k === 0 || pool.dice.next() < 0.5);
  const isPair = pool.dice.next() < 0.6;
  return {
    text: `${isPair ? 'dot' : 'contract'} over ${over.join(', ')}`,
    inputs: [input, other],
    slow: ([a, b]) => reduced(pointwise((p, q) => p * q, a!, b!), over, total),
    fast: ([a, b]) => (isPair ? tf.dot(a!, b!, over) : tf.contract([a!, b!], over)),
  };
};

/** A kernel of three numbers slides along a name. */
const convolution: Proposal = (pool) => {
  const found = pool.withName((size) => size > 0);
  if (found === undefined) return undefined;
  const { at: input, name, size } = found;
  const kernel = pool.pick((y) => y.names.length === 1 && y.names[0] === name && y.sizes[name]! > 0 && y.sizes[name]! <= size + 2);
  if (kernel === undefined) return undefined;
  const padding = pool.dice.pick(['valid', 'same'] as const);
  const taps = pool.values[kernel]!.sizes[name]!;
  const stride = 1 + pool.dice.below(2);
  const length = padding === 'valid' ? Math.floor((size - taps) / stride) + 1 : Math.ceil(size / stride);
  if (length < 1) return undefined;
  // Zeros around, the odd one behind.
  const low = padding === 'valid' ? 0 : Math.floor(Math.max(0, (length - 1) * stride + taps - size) / 2);
  return {
    text: `convolve ${name}, ${padding}, stride ${stride}`,
    inputs: [input, kernel],
    slow: ([x, w]) => alongName(x!, name, (values) => Array.from({ length }, (_, k) => total(w!.values.map((tap, j) => tap * (values[k * stride + j - low] ?? 0)))), length),
    fast: ([x, w]) => tf.convolve(x!, w!, name, { padding, stride }),
  };
};

/** The columns of one are the rows of the other. */
const matrixProduct: Proposal = (pool) => {
  const input = pool.pick((x) => x.names.length > 0 && count(x) <= 40);
  if (input === undefined) return undefined;
  const other = pool.beside(pool.values[input]!, 40);
  if (other === undefined || pool.values[other]!.names.length === 0) return undefined;
  const name = pool.values[other]!.names[0]!;
  return {
    text: `outer over ${name}, times the second again`,
    inputs: [input, other],
    slow: ([a, b]) => {
      const names = namesOf(a!, b!);
      // Σₖ b(k) b(k), along the name; the rest is aligned.
      return made(names.filter((each) => each !== name || a!.names.includes(name)), sizesOf(a!, b!), (index) => at(a!, index) * total(indicesOver([name], b!.sizes).map((k) => at(b!, { ...index, ...k }) ** 2)));
    },
    fast: ([a, b]) => tf.dot(tf.outer(a!, b!, name), b!),
  };
};

/** All steps of this file. */
export const lineSteps: readonly Proposal[] = [reduction, reduction, along, along, contraction, convolution, matrixProduct];
