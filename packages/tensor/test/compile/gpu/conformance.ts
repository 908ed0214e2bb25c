/**
 * @file What the gpu backend promises, as cases that run in Node (gpu.js in its cpu mode) and in browsers (WebGL 2): each compares a program
 * with the same operations one by one on plain arrays. Deviations are measured in roundings of f32, relative to the expected value.
 */
import { abstractOf, traceProgram, type Value } from '@tapeflow/autodiff/extend';
import { allocate, type DType } from '../../../src/array/dtype.ts';
import { add, concat, full, NDArray, pad, reduceSum, reshape, slice } from '../../../src/array/ndarray.ts';
import { compile } from '../../../src/compile/executable.ts';
import { condLeaves } from '../../../src/control/cond.ts';
import { checkLeaves } from '../../../src/control/check.ts';
import { scanLeaves } from '../../../src/control/scan.ts';
import { whileLeaves } from '../../../src/control/while.ts';
import { ELEMENTWISE, type ElementwiseName } from '../../../src/elementwise/table.ts';
import { dot } from '../../../src/primitives/dot.ts';
import { less, mul, sub } from '../../../src/primitives/elementwise.ts';
import { gather, scatterAdd } from '../../../src/primitives/gather.ts';
import { indexWithin } from '../../../src/primitives/index-within.ts';
import { reduceAll, reduceAny, reduceMax, reduceMin, reduceProd } from '../../../src/primitives/reduce.ts';
import { broadcast, convert, iota, reverse, transpose } from '../../../src/primitives/structure.ts';
import { applyElementwise } from '../all-operations.ts';
import { randomNumbers } from '../random-numbers.ts';
import '../whole-compiler.ts';

type Backend = 'js' | 'wasm' | 'gpu';
type Function = (...xs: Value[]) => Value | readonly Value[];

/** A program, its inputs, and how far its results may be off. */
export interface Case {
  /** The primitive that it is about. */
  readonly primitive: string;
  readonly label: string;
  readonly run: Function;
  readonly inputs: readonly NDArray[];
  /** Roundings of f32, 2⁻²³ of the expected value; 0: the same bits. */
  readonly roundings: number;
  /** What the roundings are relative to besides the value: of sums the sum of sizes. */
  readonly size?: number;
}

const SEED = 20267;
const EPSILON = 2 ** -23;
/** Below this, numbers may be taken for 0. */
const TINY = 2 ** -126;

/** Roundings of functions in f32 arithmetic. Everything else is exact or rounds once. */
const ROUNDINGS: Partial<Record<ElementwiseName, number>> = {
  cbrt: 4, exp: 4, expm1: 6, log: 4, log1p: 4, pow: 160, hypot: 4, sin: 6, cos: 6, tan: 10, asin: 6, acos: 8, atan: 6, atan2: 8,
  sinh: 6, cosh: 6, tanh: 6, asinh: 8, acosh: 8, atanh: 8, sigmoid: 8, softplus: 8, erf: 8, erfc: 300, sinc: 8, xlogy: 8, mod: 8,
  div: 3, sqrt: 3, add: 1, sub: 1, mul: 1, square: 1,
};

/** Where functions with zeros at odd places are compared in absolute terms: hardware knows π and arguments to 24 bits only. */
const ABSOLUTE: ReadonlySet<ElementwiseName> = new Set<ElementwiseName>(['sin', 'cos', 'tan', 'acos', 'log', 'erfc', 'sinc', 'mod', 'atan2', 'acosh', 'xlogy']);

export function arrayOf(dtype: DType, numbers: readonly number[], shape: readonly number[] = [numbers.length]): NDArray {
  const data = allocate(dtype, numbers.length);
  numbers.forEach((x, k) => {
    data[k] = dtype === 'bool' ? Number(x > 0) : x;
  });
  return NDArray.of(data, shape, dtype);
}

const SPECIAL = [0, -0, 1, -1, 0.5, -0.5, 1.5, 2.5, -2.5, NaN, Infinity, -Infinity, 3, -7, 8, 1e-3, 20, -20];

function operandsOf(dtype: DType, without: readonly number[]): [NDArray, NDArray] {
  const numbers = dtype === 'f32' ? [...SPECIAL.filter((special) => !without.includes(special)), ...randomNumbers(SEED, 24, -4, 4)] : dtype === 'i32' ? [0, 1, -1, 7, -7, 3, 4095, -4095, ...randomNumbers(SEED, 12, -99, 99).map(Math.round)] : [0, 1];
  return [arrayOf(dtype, numbers.flatMap((x) => numbers.map(() => x))), arrayOf(dtype, numbers.flatMap(() => numbers))];
}

function elementwiseCases(name: ElementwiseName): Case[] {
  const { arity, operands, result } = ELEMENTWISE[name];
  const dtypes: DType[] = operands === 'bool' ? ['bool'] : operands === 'real' ? ['f32'] : operands === 'number' ? ['f32', 'i32'] : ['f32', 'i32', 'bool'];
  return dtypes.map((dtype) => {
    // Remainders of f32 by numbers that are much smaller may be off by one of them, which is no rounding.
    const [x, y] = operandsOf(dtype, name === 'mod' ? [1e-3] : []);
    const condition = arrayOf('bool', Array.from({ length: x.size }, (_, k) => (k % 3) - 1));
    const inputs = arity === 1 ? [y] : arity === 2 ? [x, y] : [condition, x, y];
    const roundings = result === 'bool' || dtype !== 'f32' ? 0 : (ROUNDINGS[name] ?? 0);
    return { primitive: name, label: `${name} of ${dtype}`, run: (...xs) => applyElementwise(name, xs), inputs, roundings, ...(ABSOLUTE.has(name) ? { size: name === 'mod' ? 20 : 1 } : {}) };
  });
}

const reals = (shape: readonly number[], seed = SEED): NDArray => arrayOf('f32', randomNumbers(seed, shape.reduce((product, length) => product * length, 1)).map(Math.fround), shape);
const one = (primitive: string, label: string, inputs: readonly NDArray[], run: Function, roundings = 0, size?: number): Case => ({ primitive, label, run, inputs, roundings, ...(size === undefined ? {} : { size }) });

function reductionCases(): Case[] {
  const cases: Case[] = [];
  const reductions = { reduceSum, reduceProd, reduceMin, reduceMax } as const;
  for (const [name, reduce] of Object.entries(reductions)) {
    for (const shape of [[3, 0], [1, 7], [5, 31], [2, 1024], [3, 1025], [4100, 2], [2, 33_000]]) {
      const x = name === 'reduceProd' ? arrayOf('f32', Array.from(reals(shape).data, (value) => 1 + value * 1e-4), shape) : reals(shape);
      const terms = shape[1]!;
      const exact = name === 'reduceMin' || name === 'reduceMax';
      cases.push(one(name, `${name} along rows of ${shape.join(' × ')}`, [x], (a) => reduce(a, [1]), exact ? 0 : terms, terms));
      cases.push(one(name, `${name} of all of ${shape.join(' × ')}`, [x], (a) => reduce(a, [0, 1]), exact ? 0 : shape[0]! * terms, shape[0]! * terms));
      cases.push(one(name, `${name} along columns, transposed, of ${shape.join(' × ')}`, [x], (a) => reduce(transpose(a, [1, 0]), [1]), exact ? 0 : shape[0]!, shape[0]!));
    }
    const whole = arrayOf('i32', randomNumbers(SEED, 24, -9, 9).map((value) => (name === 'reduceProd' ? Math.sign(value) : Math.round(value))), [2, 3, 4]);
    cases.push(one(name, `${name} of integers over the middle axis`, [whole], (a) => reduce(a, [1])));
  }
  const numbers = arrayOf('f32', [1, NaN, 2, 3, 0, -0]);
  for (const [name, reduce] of [['reduceMin', reduceMin], ['reduceMax', reduceMax]] as const) cases.push(one(name, `${name} with NaN`, [numbers], (a) => reduce(a)));
  const flags = arrayOf('bool', randomNumbers(SEED, 3000), [3, 1000]);
  for (const [name, reduce] of [['reduceAny', reduceAny], ['reduceAll', reduceAll]] as const) cases.push(one(name, `${name} along rows and of all`, [flags], (a) => [reduce(a, [1]), reduce(a, [0, 1]), reduce(less(full(5, [0], 'f32'), full(4, [0], 'f32')), [0])]));
  return cases;
}

function structureCases(): Case[] {
  const x = reals([3, 4, 5]);
  const line = reals([12]);
  const at = arrayOf('i32', [0, 3, 3, 11, 1, 5], [2, 3]);
  const many = Array.from({ length: 19 }, (_, k) => reals([3, 4], SEED + k));
  return [
    ...(['f32', 'i32', 'bool'] as const).flatMap((from) => (['f32', 'i32', 'bool'] as const).map((to) => one('convert', `convert ${from} to ${to}`, [arrayOf(from, from === 'f32' ? [...SPECIAL, 0.99, -0.99, 1234.5] : [0, 1, -5, 300])].map((array) => (to === 'i32' && from === 'f32' ? arrayOf('f32', [...array.data].map((value) => (Math.abs(value) === Infinity ? 0 : value))) : array)), (a) => convert(a, to)))),
    one('full', 'full', [x], (a) => [add(a, full(-0.1, [3, 4, 5], 'f32')), full(7, [2, 2], 'i32'), full(NaN, [2], 'f32'), full(-Infinity, [], 'f32')], 1),
    one('iota', 'iota', [x], (a) => [mul(a, iota([3, 4, 5], 1, 'f32')), iota([3, 2], 0, 'i32')], 1),
    one('broadcast', 'broadcast', [line, x], (a, b) => [add(broadcast(a, [5, 12], [1]), broadcast(full(1, [], 'f32'), [5, 12], [])), broadcast(b, [2, 3, 4, 5], [1, 2, 3])], 1),
    one('slice', 'slice', [x], (a) => [slice(a, [1, 0, 2], [2, 2, 2], [1, 2, 2]), add(slice(a, [0, 0, 1], [3, 4, 4]), slice(a, [0, 0, 0], [3, 4, 4]))], 1),
    one('transpose', 'transpose', [x], (a) => [transpose(a, [2, 0, 1]), add(transpose(a, [1, 2, 0]), full(1, [], 'f32'))], 1),
    one('reverse', 'reverse', [x], (a) => [reverse(a, [0, 2]), add(reverse(a, [1]), a)], 1),
    one('reshape', 'reshape', [x], (a) => [reshape(transpose(a, [1, 0, 2]), [5, 12]), mul(reshape(a, [60]), full(2, [], 'f32'))], 1),
    one('pad', 'pad', [x], (a) => [pad(a, [1, 0, 2], [0, 3, 1]), add(pad(a, [1, 0, 2], [0, 3, 1]), pad(a, [0, 2, 1], [1, 1, 2])), pad(a, [0, 1, 0], [0, 0, 0], [1, 0, 2])], 1),
    one('concat', 'concat', [x, x], (a, b) => [concat([a, reverse(b, [1])], 1), concat([a, b, a, b, a, b], 0), add(concat([a, b], 2), full(1, [], 'f32'))], 1),
    one('gather', 'gather', [line, at], (a, k) => [gather(a, k), gather(mul(a, a), k), gather(reshape(reverse(a, [0]), [12]), k)], 1),
    one('gather', 'many gathers in one kernel, and gathered positions', [line, at, arrayOf('i32', [5, 4, 3, 2, 1, 0], [2, 3])], (a, k, l) => {
      const nested = gather(a, gather(reshape(k, [6]), l));
      return [add(mul(gather(a, k), gather(a, l)), mul(gather(a, l), mul(nested, gather(mul(a, a), k)))), nested];
    }, 4, 2),
    one('indexWithin', 'positions that are checked', [line, at], (a, k) => [gather(a, indexWithin(k, 12, { operation: 'gather', place: 'an array' }))]),
    one('gather', 'gather by members', [line, arrayOf('i32', [0, 3, 5, 1, 2, 0], [2, 3])], (a, k) => [gather(a, k, 2), gather(a, transpose(reshape(k, [3, 2]), [1, 0]), 2)]),
    one('scatterAdd', 'scatterAdd of a few, by members too', [line, arrayOf('i32', [0, 3, 3, 5, 1, 2], [2, 3]), reals([2, 3], 5)], (a, k, u) => [scatterAdd(a, k, u), scatterAdd(a, k, u, 2), scatterAdd(a, reshape(k, [6]), reshape(u, [6]))], 4, 3),
    one('dot', 'dot, with batches', [reals([2, 3, 40]), reals([40, 5, 2])], (a, b) => dot(a, b, { batch: [[0, 2]], contract: [[2, 0]] }), 40, 40),
    one('dot', 'dot of long vectors and of integers', [reals([5000]), arrayOf('i32', [1, 2, 3, 4, 5, 6], [2, 3])], (a, k) => [dot(a, a, { batch: [], contract: [[0, 0]] }), dot(k, k, { batch: [], contract: [[1, 1]] })], 5000, 5000),
    one('add', 'a kernel of nineteen arrays, and sums of it', many, (...all) => {
      const total = all.reduce((sum, each, k) => add(sum, k % 2 === 0 ? each : reverse(each, [1])));
      return [total, reduceSum(total, [0]), pad(total, [1, 1], [0, 0])];
    }, 19, 60),
    one('concat', 'parts of nine arrays in one kernel', many.slice(0, 9), (...all) => {
      const thirds = [0, 3, 6].map((from) => all.slice(from, from + 3).reduce((product, each) => mul(product, each)));
      return [reduceSum(concat(thirds, 1), [1]), concat(thirds, 0)];
    }, 30, 12),
  ];
}

function controlCases(): Case[] {
  const x = reals([6]);
  const types = [x, x].map(abstractOf);
  const body = (f: (carry: Value, slice: Value) => readonly Value[]) => traceProgram('scan', ([carry, own]) => f(carry, own), types).program;
  const stack = reals([5, 6]);
  const limit = full(40, [], 'f32');
  return [
    one('scan', 'scan that stacks, forwards and backwards', [x, stack], (a, s) => [false, true].flatMap((backwards) => [...scanLeaves(body((c, own) => [add(mul(c, full(0.5, [], 'f32')), own), mul(c, own)]), [], [a], [s], 5, backwards)]), 12, 4),
    one('scan', 'scan that keeps its carry, and one whose carries change places', [x, stack], (a, s) => {
      const keeping = traceProgram('scan', ([carry, own]) => [add(carry, own), carry], types).program;
      const swapping = traceProgram('scan', ([first, second, own]) => [second, add(first, own)], [...types, abstractOf(x)]).program;
      return [...scanLeaves(keeping, [], [a], [s], 5), ...scanLeaves(swapping, [], [a, reverse(a, [0])], [s], 5)];
    }, 10, 6),
    one('while', 'while, for numbers of steps beside the length of a block', [x], (a) => [0, 1, 7, 8, 9, 17].flatMap((steps) => whileLeaves(([k]) => less(k!, full(steps, [], 'i32')), ([k, v]) => [add(k, full(1, [], 'i32')), mul(v, full(1.5, [], 'f32'))], [full(0, [], 'i32'), a])), 20),
    one('while', 'while that ends by a value, and would be NaN beyond', [x], (a) => whileLeaves(([v]) => less(reduceMax(v!), limit), ([v]) => [add(mul(v, full(2, [], 'f32')), full(1, [], 'f32'))], [a]), 20, 40),
    one('while', 'a while loop inside another one', [x], (a) => whileLeaves(([k]) => less(k!, full(3, [], 'i32')), ([k, v]) => [add(k, full(1, [], 'i32')), whileLeaves(([own]) => less(reduceMax(own!), mul(add(convert(k, 'f32'), full(1, [], 'f32')), limit)), ([own]) => [add(mul(own, full(2, [], 'f32')), full(1, [], 'f32'))], [v])[0]], [full(0, [], 'i32'), a]).slice(1), 60, 200),
    one('cond', 'cond, both ways', [x], (a) => [1, -99].flatMap((bound) => [...condLeaves(less(reduceSum(a), full(bound, [], 'f32')), ([v]) => [mul(v, v)], ([v]) => [sub(v, full(1, [], 'f32'))], [a])]), 1),
    one('check', 'check that holds', [x], (a) => {
      checkLeaves(less(reduceSum(a), full(99, [], 'f32')), [a], () => new Error('never'));
      return a;
    }),
  ];
}

/** All cases. */
export const CASES: readonly Case[] = [
  ...(Object.keys(ELEMENTWISE) as ElementwiseName[]).flatMap(elementwiseCases),
  ...structureCases(),
  ...reductionCases(),
  ...controlCases(),
];

/** What is wrong with a case on a backend; undefined: nothing. Throws what the compiler throws. */
export function failureOf({ run, inputs, roundings, size = 0 }: Case, backend: Backend): string | undefined {
  const list = (y: Value | readonly Value[]): NDArray[] => (Array.isArray(y) ? y : [y]) as NDArray[];
  const { program } = traceProgram('jit', (xs) => list(run(...xs)), inputs.map(abstractOf));
  const seen = compile(program, backend).executable.run(inputs) as NDArray[];
  const expected = list(run(...inputs));
  for (const [k, array] of expected.entries()) {
    const own = seen[k]!;
    if (own.dtype !== array.dtype || own.shape.join() !== array.shape.join()) return `result ${k} is ${String(own)} instead of ${String(array)}`;
    const [xs, ys] = [own.contiguous(), array.contiguous()];
    for (let i = 0; i < ys.length; i++) {
      const [x, y] = [xs[i]!, ys[i]!];
      if (Object.is(x, y) || (Number.isFinite(y) && Math.abs(x - y) <= roundings * EPSILON * Math.max(Math.abs(y), size) + TINY)) continue;
      return `element ${i} of result ${k} is ${x} instead of ${y} (${(Math.abs(x - y) / EPSILON / Math.max(Math.abs(y), size)).toFixed(1)} roundings, ${roundings} allowed) for ${inputs.map((input) => input.contiguous()[i]).join(', ')}`;
    }
  }
  return undefined;
}
