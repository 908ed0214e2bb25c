/** @file Rows of the table of operations: elementwise operations on arrays. */
import { grad } from '@tapeflow/autodiff';
import type { Value } from '@tapeflow/autodiff/extend';
import type { DType } from '../../src/array/dtype.ts';
import { DTypeError, ShapeError } from '../../src/errors.ts';
import * as p from '../../src/primitives/elementwise.ts';
import { toArray, zip } from './nested.ts';
import { digammaBySum, erfBySimpson, lgammaByStirling, polygammaBySum, sincByProduct } from './oracles.ts';
import type { Case, Derivative, Kink, Misuse, Row } from './row.ts';

type Range = readonly [low: number, high: number];
type Operation = (...xs: Value[]) => Value;

interface Options {
  readonly derivative?: Derivative;
  readonly dtype?: DType;
  readonly inputs?: 'bool' | 'i32';
  readonly tolerance?: number;
  readonly kinks?: readonly Kink[];
  readonly extra?: readonly Case[];
  readonly errors?: readonly Misuse[];
}

const SHAPES: Readonly<Record<1 | 2, readonly { title: string; shapes: readonly (readonly number[])[]; empty?: readonly number[] }[]>> = {
  1: [
    { title: 'matrix', shapes: [[3, 4]] },
    { title: 'rank 0', shapes: [[]] },
    { title: 'size zero', shapes: [[2, 0]], empty: [2, 0] },
  ],
  2: [
    { title: 'two matrices', shapes: [[3, 4], [3, 4]] },
    { title: 'cube and rank 0', shapes: [[2, 3, 2], []] },
    { title: 'rank 0 and vector', shapes: [[], [5]] },
    { title: 'rank 0 twice', shapes: [[], []] },
    { title: 'size zero', shapes: [[0, 3], [0, 3]], empty: [0, 3] },
  ],
};

const bools = (shape: readonly number[]): Value => toArray(shape.length === 0 ? 1 : Array.from({ length: shape[0]! }, () => 1), shape, 'bool');
const reals = (length: number, dtype: DType = 'f64'): Value => toArray(Array.from({ length }, (_, k) => k), [length], dtype);

/** Rows of one elementwise operation: all usual shapes, and the errors of its kind. */
function elementwiseRow(name: string, run: Operation, expected: (...xs: number[]) => number, ranges: readonly Range[], options: Options = {}): Row {
  const { derivative = 'both', dtype, inputs, tolerance, kinks, extra = [] } = options;
  const arity = ranges.length as 1 | 2;
  const cases = SHAPES[arity].map(({ title, shapes, empty }): Case => ({
    title,
    inputs: shapes.map((shape, k) => ({ shape, low: ranges[k]![0], high: ranges[k]![1], ...(inputs && { dtype: inputs }) })),
    run,
    expected: (...xs) => zip(expected, ...xs),
    derivative: empty === undefined ? derivative : 'none',
    ...(empty && { shape: empty }),
    ...(dtype && { dtype }),
    ...(tolerance && { tolerance }),
  }));
  const mixed: readonly Misuse[] = arity === 1 ? [] : [
    { title: 'shapes that differ', run: () => run(reals(2), reals(3)), error: ShapeError, fields: { operation: name, shapes: [[2], [3]] } },
    { title: 'dtypes that differ', run: () => run(reals(2), reals(2, 'f32')), error: DTypeError, fields: { operation: name, dtypes: ['f64', 'f32'] } },
  ];
  return { name, cases: [...cases, ...extra], errors: [...mixed, ...(options.errors ?? [])], ...(kinks && { kinks }) };
}

const noBooleans = (name: string, run: Operation, arity: number): Misuse => ({
  title: 'booleans', run: () => run(...[bools([2]), bools([2])].slice(0, arity)), error: DTypeError, fields: { operation: name, dtypes: ['bool'] },
});
const noIntegers = (name: string, run: Operation, arity: number): Misuse => ({
  title: 'integers', run: () => run(...[reals(2, 'i32'), reals(2, 'i32')].slice(0, arity)), error: DTypeError, fields: { operation: name, dtypes: ['i32'] },
});

/** An operation of real numbers. */
function real(name: string, run: Operation, expected: (...xs: number[]) => number, ranges: readonly Range[], options: Options = {}): Row {
  return elementwiseRow(name, run, expected, ranges, { ...options, errors: [noBooleans(name, run, ranges.length), noIntegers(name, run, ranges.length), ...(options.errors ?? [])] });
}

const INTEGER_RANGE: Range = [-2_000_000_000, 2_000_000_000];

/** An operation of real numbers and integers; `wrapped` is its value on integers, in exact arithmetic. */
function number(name: string, run: Operation, expected: (...xs: number[]) => number, wrapped: (...xs: bigint[]) => bigint, ranges: readonly Range[], options: Options = {}): Row {
  const integers: Case = {
    title: 'integers wrap around',
    inputs: ranges.map(() => ({ shape: [40], low: INTEGER_RANGE[0], high: INTEGER_RANGE[1], dtype: 'i32' })),
    run,
    expected: (...xs) => zip((...values) => Number(BigInt.asIntN(32, wrapped(...values.map(BigInt)))), ...xs),
    derivative: 'none',
    dtype: 'i32',
    tolerance: 0,
  };
  return elementwiseRow(name, run, expected, ranges, { ...options, extra: [integers, ...(options.extra ?? [])], errors: [noBooleans(name, run, ranges.length), ...(options.errors ?? [])] });
}

/** An operation with a boolean result, whose operands are `inputs` (real if undefined). */
function predicate(name: string, run: Operation, expected: (...xs: number[]) => boolean, ranges: readonly Range[], inputs?: 'bool' | 'i32', errors: readonly Misuse[] = []): Row {
  return elementwiseRow(name, run, (...xs) => Number(expected(...xs)), ranges, { derivative: 'none', dtype: 'bool', errors, ...(inputs && { inputs }) });
}

const P: Range = [0.3, 2.5];
const S: Range = [-2, 2];
const U: Range = [-0.8, 0.8];
const floorOf = (x: bigint, y: bigint): bigint => (x % y !== 0n && x < 0n !== y < 0n ? x / y - 1n : x / y);
const least = (x: bigint, y: bigint): bigint => (x < y ? x : y);

/** A value without a derivative where it jumps; elsewhere the derivative is 0. */
const step = (name: string, run: Operation, expected: (x: number) => number): Row =>
  number(name, run, expected, (x) => (name === 'sign' ? (x > 0n ? 1n : x < 0n ? -1n : 0n) : x), [[0.1, 0.4]], {
    derivative: 'none',
    extra: [{ title: 'both signs', inputs: [{ shape: [50], low: -9, high: 9 }], run, expected: (x) => zip(expected, x), derivative: 'none' }],
  });

/** By counting upwards from far below. */
const largestIntegerUpTo = (x: number): number => {
  let k = -100;
  while (k + 1 <= x) k++;
  return k;
};

const roundEven = (x: number): number => {
  const candidates = [Math.floor(x), Math.ceil(x)];
  const [down, up] = candidates.map((c) => Math.abs(x - c));
  return down! < up! ? candidates[0]! : up! < down! ? candidates[1]! : candidates.find((c) => c % 2 === 0)!;
};

const arithmetic: readonly Row[] = [
  number('add', p.add, (x, y) => x + y, (x, y) => x + y, [S, S]),
  number('sub', p.sub, (x, y) => x - y, (x, y) => x - y, [S, S]),
  number('mul', p.mul, (x, y) => x * y, (x, y) => x * y, [S, S]),
  real('div', p.div, (x, y) => x / y, [S, P]),
  number('mod', p.mod, (x, y) => x - y * Math.floor(x / y), (x, y) => (y === 0n ? 0n : x - y * floorOf(x, y)), [[2.2, 2.6], [0.95, 1.05]], {
    tolerance: 1e-13,
    extra: [{ title: 'takes the sign of the divisor', inputs: [{ shape: [4], values: [5, -5, 5, -5] }, { shape: [4], values: [3, 3, -3, -3] }], run: p.mod, expected: () => [2, 1, -1, -2], derivative: 'none' }],
  }),
  number('neg', p.neg, (x) => -x, (x) => -x, [S]),
  number('abs', p.abs, (x) => (x < 0 ? -x : x), (x) => (x < 0n ? -x : x), [[0.3, 2]], {
    extra: [{ title: 'negative', inputs: [{ shape: [5], low: -2, high: -0.3 }], run: p.abs, expected: (x) => zip((v) => -v, x), derivative: 'both' }],
    kinks: [{ title: 'slope 0 at 0', at: [0], run: p.abs, gradient: [0] }],
  }),
  step('sign', p.sign, (x) => (x > 0 ? 1 : -1)),
  number('square', p.square, (x) => x * x, (x) => x * x, [S]),
  number('min', p.min, (x, y) => (x < y ? x : y), least, [[-2, 0], [0.1, 2]], {
    kinks: [{ title: 'a tie gives the derivative to the first', at: [1, 1], run: p.min, gradient: [1, 0] }],
    extra: [{ title: 'NaN is handed on', inputs: [{ shape: [2], values: [NaN, 1] }, { shape: [2], values: [1, NaN] }], run: p.min, expected: () => [NaN, NaN], derivative: 'none' }],
  }),
  number('max', p.max, (x, y) => (x > y ? x : y), (x, y) => (x > y ? x : y), [[-2, 0], [0.1, 2]], {
    kinks: [{ title: 'a tie gives the derivative to the first', at: [1, 1], run: p.max, gradient: [1, 0] }],
    extra: [{ title: 'NaN is handed on', inputs: [{ shape: [2], values: [NaN, 1] }, { shape: [2], values: [1, NaN] }], run: p.max, expected: () => [NaN, NaN], derivative: 'none' }],
  }),
  step('floor', p.floor, largestIntegerUpTo),
  step('ceil', p.ceil, (x) => -largestIntegerUpTo(-x)),
  number('round', p.round, roundEven, (x) => x, [[0.1, 0.4]], {
    derivative: 'none',
    extra: [{ title: 'ties go to the even neighbour', inputs: [{ shape: [8], values: [-2.5, -1.5, -0.5, 0.5, 1.5, 2.5, 2.4999, -7.51] }], run: p.round, expected: () => [-2, -2, -0, 0, 2, 2, 2, -8], derivative: 'none' }],
  }),
  step('trunc', p.trunc, (x) => x - (x % 1)),
];

const powers: readonly Row[] = [
  real('sqrt', p.sqrt, Math.sqrt, [P]),
  real('cbrt', p.cbrt, (x) => Math.sign(x) * Math.exp(Math.log(Math.abs(x)) / 3), [P], {
    extra: [{ title: 'negative', inputs: [{ shape: [5], low: -2, high: -0.3 }], run: p.cbrt, expected: (x) => zip((v) => -Math.exp(Math.log(-v) / 3), x), derivative: 'both' }],
  }),
  real('exp', p.exp, Math.exp, [S]),
  real('expm1', p.expm1, (x) => (Math.abs(x) < 1e-3 ? x + x ** 2 / 2 + x ** 3 / 6 + x ** 4 / 24 : Math.exp(x) - 1), [S], { tolerance: 1e-13 }),
  real('log', p.log, Math.log, [P]),
  real('log1p', p.log1p, (x) => Math.log(1 + x), [[-0.5, 2]], {
    extra: [{ title: 'tiny arguments keep their digits', inputs: [{ shape: [5], low: 1e-12, high: 2e-12 }], run: p.log1p, expected: (x) => zip((v) => v - v ** 2 / 2, x), derivative: 'none' }],
  }),
  real('pow', p.pow, (x, y) => Math.exp(y * Math.log(x)), [P, S], {
    tolerance: 1e-13,
    extra: [{ title: 'negative base, whole exponent', inputs: [{ shape: [4], low: -2, high: -0.3 }], run: (x) => p.pow(x, p.constantLike(3, x)), expected: (x) => zip((v) => v * v * v, x), derivative: 'both' }],
    kinks: [
      { title: 'x⁰ at 0 has slope 0', at: [0], run: (x) => p.pow(x, p.constantLike(0, x)), gradient: [0] },
      { title: 'x² at 0', at: [0, 2], run: p.pow, gradient: [0, 0] },
    ],
  }),
  real('hypot', p.hypot, (x, y) => Math.sqrt(x * x + y * y), [P, P], { kinks: [{ title: 'slope 0 at the origin', at: [0, 0], run: p.hypot, gradient: [0, 0] }] }),
];

const trigonometric: readonly Row[] = [
  real('sin', p.sin, Math.sin, [S]),
  real('cos', p.cos, Math.cos, [S]),
  real('tan', p.tan, (x) => Math.sin(x) / Math.cos(x), [[-1, 1]]),
  real('asin', p.asin, (x) => Math.atan2(x, Math.sqrt((1 - x) * (1 + x))), [U]),
  real('acos', p.acos, (x) => Math.atan2(Math.sqrt((1 - x) * (1 + x)), x), [U]),
  real('atan', p.atan, (x) => Math.asin(x / Math.sqrt(1 + x * x)), [S]),
  real('atan2', p.atan2, (y, x) => Math.asin(y / Math.sqrt(x * x + y * y)), [S, P], { tolerance: 1e-13, kinks: [{ title: 'slope 0 at the origin', at: [0, 0], run: p.atan2, gradient: [0, 0] }] }),
  real('sinh', p.sinh, (x) => (Math.exp(x) - Math.exp(-x)) / 2, [S]),
  real('cosh', p.cosh, (x) => (Math.exp(x) + Math.exp(-x)) / 2, [S]),
  real('tanh', p.tanh, (x) => 1 - 2 / (Math.exp(2 * x) + 1), [S]),
  real('asinh', p.asinh, (x) => Math.log(x + Math.sqrt(x * x + 1)), [S]),
  real('acosh', p.acosh, (x) => Math.log(x + Math.sqrt(x * x - 1)), [[1.3, 3]]),
  real('atanh', p.atanh, (x) => Math.log((1 + x) / (1 - x)) / 2, [U]),
];

const slopeOf = (f: Operation, x: Value): Value => grad((v: Value) => f(v) as never)(x);

const extremes = (run: Operation, expected: readonly number[]): Case => ({
  title: 'extreme arguments', inputs: [{ shape: [4], values: [-Infinity, -800, 800, Infinity] }], run, expected: () => expected, derivative: 'none', f32Error: 2,
});
const special: readonly Row[] = [
  real('sigmoid', p.sigmoid, (x) => 1 / (1 + Math.exp(-x)), [S], { extra: [extremes(p.sigmoid, [0, 0, 1, 1])] }),
  real('softplus', p.softplus, (x) => Math.log(1 + Math.exp(x)), [S], { extra: [extremes(p.softplus, [0, 0, 800, Infinity])] }),
  real('erf', p.erf, erfBySimpson, [S], { tolerance: 1e-12 }),
  real('erfc', p.erfc, (x) => 1 - erfBySimpson(x), [[-1.5, 1.5]], { tolerance: 1e-12 }),
  real('gamma', p.gamma, (x) => Math.exp(lgammaByStirling(x)), [P], {
    tolerance: 1e-11,
    extra: [
      { title: 'negative, by reflection', inputs: [{ shape: [5], low: -0.8, high: -0.2 }], run: p.gamma, expected: (x) => zip((v) => Math.PI / (Math.sin(Math.PI * v) * Math.exp(lgammaByStirling(1 - v))), x), derivative: 'both', tolerance: 1e-11 },
      { title: 'factorials and poles', inputs: [{ shape: [7], values: [1, 2, 5, 11, 0, -0, -3] }], run: p.gamma, expected: () => [1, 1, 24, 3628800, Infinity, -Infinity, NaN], derivative: 'none', tolerance: 0 },
    ],
  }),
  real('sinc', p.sinc, sincByProduct, [U], {
    extra: [
      { title: 'near zero, where the formula cancels', inputs: [{ shape: [7], low: -0.3, high: 0.3 }], run: p.sinc, expected: (x) => zip(sincByProduct, x), derivative: 'both' },
      { title: 'whole numbers and the ends', inputs: [{ shape: [6], values: [0, 1, -7, 1e9, Infinity, NaN] }], run: p.sinc, expected: () => [1, 0, 0, 0, 0, NaN], derivative: 'none', tolerance: 0 },
    ],
    kinks: [
      { title: 'slope 0 at 0', at: [0], run: p.sinc, gradient: [0] },
      // sinc x = 1 − π²x²/6 + …
      { title: 'curvature −π²/3 at 0', at: [0], run: (x) => slopeOf(p.sinc, x), gradient: [-(Math.PI ** 2) / 3] },
    ],
  }),
  real('xlogy', p.xlogy, (x, y) => x * Math.log(y), [S, P], {
    extra: [{ title: '0 where x is 0', inputs: [{ shape: [5], values: [0, 0, -0, 0, 2] }, { shape: [5], values: [0, 3, Infinity, -1, 0] }], run: p.xlogy, expected: () => [0, 0, 0, 0, -Infinity], derivative: 'none' }],
    kinks: [
      { title: 'slopes 0 at the origin', at: [0, 0], run: p.xlogy, gradient: [0, 0] },
      { title: 'at x = 0 the slope to x is ln y', at: [0, 2], run: p.xlogy, gradient: [Math.LN2, 0] },
      { title: 'at x = 0 the mixed slope is 1 / y', at: [0, 2], run: (x, y) => grad((v: Value) => p.xlogy(v, y) as never)(x), gradient: [0, 0.5] },
    ],
  }),
  // Away from the zeros at 1 and 2, near which the oracle has few digits.
  real('lgamma', p.lgamma, lgammaByStirling, [[0.2, 0.85]], { tolerance: 1e-12 }),
  real('digamma', p.digamma, digammaBySum, [P], { tolerance: 1e-12 }),
  {
    ...real('polygamma', (x: Value) => p.polygamma(p.constantLike(1, x), x), (x) => polygammaBySum(1, x), [P], { tolerance: 1e-12 }),
    kinks: [{ title: 'the order counts as a constant', at: [1, 2], run: p.polygamma, gradient: [0, polygammaBySum(2, 2)] }],
  },
];

const bothBooleans: readonly [Range, Range] = [[0, 1], [0, 1]];
const onNumbers = (name: string, run: Operation, arity: number): Misuse => ({
  title: 'numbers', run: () => run(...[reals(2), reals(2)].slice(0, arity)), error: DTypeError, fields: { operation: name, dtypes: ['f64'] },
});
const logic: readonly Row[] = [
  predicate('less', p.less, (x, y) => x < y, [[-2, 2], [-2, 2]], 'i32'),
  predicate('lessEqual', p.lessEqual, (x, y) => x <= y, [[-2, 2], [-2, 2]], 'i32'),
  predicate('equal', p.equal, (x, y) => x === y, [[-2, 2], [-2, 2]], 'i32'),
  {
    ...predicate('isFinite', p.isFinite, (x) => x - x === 0, [S], undefined, [noIntegers('isFinite', p.isFinite, 1)]),
    kinks: [],
  },
  predicate('notEqual', p.notEqual, (x, y) => x !== y, [[-2, 2], [-2, 2]], 'i32'),
  {
    name: 'isNaN',
    cases: [
      { title: 'numbers and none', inputs: [{ shape: [5], values: [1, NaN, Infinity, -0, NaN] }], run: p.isNaN, expected: () => [0, 1, 0, 0, 1], derivative: 'none', dtype: 'bool' },
      { title: 'rank 0', inputs: [{ shape: [] }], run: p.isNaN, expected: () => 0, derivative: 'none', dtype: 'bool' },
      { title: 'size zero', inputs: [{ shape: [0] }], run: p.isNaN, expected: () => [], derivative: 'none', dtype: 'bool', shape: [0] },
    ],
    errors: [noIntegers('isNaN', p.isNaN, 1), noBooleans('isNaN', p.isNaN, 1)],
  },
  predicate('xor', p.xor, (x, y) => (x === 1) !== (y === 1), bothBooleans, 'bool', [onNumbers('xor', p.xor, 2)]),
  predicate('and', p.and, (x, y) => x === 1 && y === 1, bothBooleans, 'bool', [onNumbers('and', p.and, 2)]),
  predicate('or', p.or, (x, y) => x === 1 || y === 1, bothBooleans, 'bool', [onNumbers('or', p.or, 2)]),
  predicate('not', p.not, (x) => x === 0, [[0, 1]], 'bool', [onNumbers('not', p.not, 1)]),
];

const BOOL = { dtype: 'bool' } as const;
const selectCase = (title: string, condition: readonly number[], x: readonly number[], y: readonly number[], derivative: Derivative = 'both', shape?: readonly number[]): Case => ({
  title,
  inputs: [{ shape: condition, ...BOOL }, { shape: x }, { shape: y }],
  run: p.select,
  expected: (c, a, b) => zip((q, v, w) => (q === 1 ? v : w), c!, a!, b!),
  derivative,
  ...(shape && { shape }),
});
const choice: readonly Row[] = [
  {
    name: 'select',
    cases: [
      selectCase('three matrices', [3, 4], [3, 4], [3, 4]),
      selectCase('one branch of rank 0', [5], [], [5]),
      selectCase('both branches of rank 0', [2, 3], [], []),
      selectCase('condition of rank 0', [], [4], [4]),
      selectCase('rank 0', [], [], []),
      selectCase('size zero', [0], [0], [0], 'none', [0]),
      {
        title: 'a branch that is not taken does no harm', inputs: [{ shape: [3], low: -2, high: -1 }],
        run: (x) => p.select(p.less(x, p.constantLike(0, x)), p.square(x), p.log(p.select(p.less(x, p.constantLike(0, x)), p.constantLike(1, x), x))),
        expected: (x) => zip((v) => v * v, x), derivative: 'both',
      },
    ],
    errors: [
      { title: 'a condition of numbers', run: () => p.select(reals(2), reals(2), reals(2)), error: DTypeError, fields: { operation: 'select', dtypes: ['f64'] } },
      { title: 'branches of different dtypes', run: () => p.select(bools([2]), reals(2), reals(2, 'f32')), error: DTypeError, fields: { operation: 'select' } },
      { title: 'a branch of another shape', run: () => p.select(bools([2]), reals(3), reals(2)), error: ShapeError, fields: { operation: 'select' } },
    ],
  },
  {
    name: 'indicator',
    cases: [{ title: 'vector', inputs: [{ shape: [6], ...BOOL }], run: (c) => p.indicator(c, reals(1)), expected: (c) => zip((q) => q, c), derivative: 'none', dtype: 'f64' }],
    errors: [{ title: 'numbers', run: () => p.indicator(reals(2), reals(2)), error: DTypeError }],
    exempt: { rank0: 'select, which it is made of, covers it', empty: 'select, which it is made of, covers it' },
  },
  {
    name: 'constantLike',
    cases: [
      { title: 'takes the dtype', inputs: [{ shape: [2] }], run: (x) => p.constantLike(2.5, x), expected: () => 2.5, derivative: 'none' },
      { title: 'beside rank 0', inputs: [{ shape: [] }], run: (x) => p.constantLike(-1, x), expected: () => -1, derivative: 'none' },
    ],
    exempt: { empty: 'the result is always of rank 0', errors: 'every input has a dtype' },
  },
];

/** All rows of elementwise operations. */
export const elementwiseRows: readonly Row[] = [...arithmetic, ...powers, ...trigonometric, ...special, ...logic, ...choice];
