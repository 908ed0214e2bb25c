/** @file How far the functions of compiled programs are from the exact values, measured over a dense sweep; the table of docs/accuracy.md. */
import { erf, erfc } from '@tapeflow/autodiff/extend';
import { sinc } from '../../../../src/elementwise/special.ts';
import { VECTOR_FUNCTIONS, vectorEntry } from '../../../../src/compile/wasm/math/functions.ts';
import type { Precision } from '../../../../src/compile/wasm/math/vector.ts';
import { EXACT, unitsInLastPlace } from './exact-values.ts';
import { laneFunction } from './lane-functions.ts';

/** One line of the table. */
export interface AccuracyRow {
  readonly name: string;
  readonly precision: Precision;
  /** The largest error that was seen, in units in the last place. */
  readonly worst: number;
  /** Where. */
  readonly at: readonly number[];
  /** What is promised. */
  readonly bound: number;
}

type Range = readonly [low: number, high: number];

/** Where each function is measured, besides numbers of all magnitudes. */
const RANGES: Readonly<Record<string, readonly Range[]>> = {
  exp: [[-1, 1], [-87, 88], [-104, -87], [-745, 709]], expm1: [[-1, 1], [-40, 88], [-2, 2]], log: [[0.5, 2], [0, 100]], log1p: [[-0.99, 1], [0, 100]],
  sin: [[-4, 4], [-200, 200], [-1.6e6, 1.6e6]], cos: [[-4, 4], [-200, 200], [-1.6e6, 1.6e6]], tan: [[-4, 4], [-200, 200], [-1.6e6, 1.6e6]],
  sinh: [[-1, 1], [-88, 88]], cosh: [[-1, 1], [-88, 88]], tanh: [[-0.6, 0.6], [-3, 3], [-20, 20]],
  atan: [[-1, 1], [-3, 3], [-100, 100]], erf: [[-1, 1], [-3, 3], [-6, 6]], erfc: [[-1, 1], [0.4, 3], [-6, 10], [10, 26.5]],
  asin: [[-0.6, 0.6], [-1, 1], [0.98, 1]], acos: [[-0.6, 0.6], [-1, 1], [0.98, 1]], cbrt: [[-1, 1], [0, 100]], sinc: [[-0.5, 0.5], [-4, 4], [-100, 100]],
  asinh: [[-1.1, 1.1], [1, 3], [-1e6, 1e6]], acosh: [[1, 2.1], [2, 6], [1, 1e6]], atanh: [[-0.6, 0.6], [-1, 1], [0.98, 1]],
};
const PAIRS: Readonly<Record<string, readonly (readonly [x: Range, y: Range])[]>> = {
  atan2: [[[-1, 1], [-1, 1]], [[-100, 100], [-1, 1]]], hypot: [[[-1, 1], [-1, 1]], [[-100, 100], [-1, 1]]],
  pow: [[[0, 2], [-20, 20]], [[0, 1000], [-12, 12]], [[0.9, 1.1], [-700, 700]], [[0, 1], [0, 100]]],
};

/** Reference values of singles: doubles that are wrong by less than a billionth of a unit of a single. */
export const DOUBLE: Readonly<Record<string, (x: number, y: number) => number>> = {
  exp: Math.exp, expm1: Math.expm1, log: Math.log, log1p: Math.log1p, sin: Math.sin, cos: Math.cos, tan: Math.tan, sinh: Math.sinh,
  cosh: Math.cosh, tanh: Math.tanh, atan: Math.atan, atan2: Math.atan2, pow: Math.pow, erf, erfc,
  asin: Math.asin, acos: Math.acos, asinh: Math.asinh, acosh: Math.acosh, atanh: Math.atanh, cbrt: Math.cbrt, hypot: Math.hypot, sinc,
};

/** How many numbers are tried per range. */
export interface Effort {
  readonly singles: number;
  readonly doubles: number;
}

/** What the table was measured with. */
export const SEED = 20270;
export const THOROUGH: Effort = { singles: 100_000, doubles: 1000 };

/** The rows of all functions. */
export function measureAccuracy(seed: number, effort: Effort): AccuracyRow[] {
  return Object.keys(VECTOR_FUNCTIONS).flatMap((name) => (['f32', 'f64'] as const).map((precision) => measureOne(name, precision, seed, effort)));
}

/** The row of one function. */
export function measureOne(name: string, precision: Precision, seed: number, effort: Effort): AccuracyRow {
  const [xs, ys] = samples(name, precision, seed, precision === 'f32' ? effort.singles : effort.doubles);
  const { all } = laneFunction(name, precision);
  const seen = vectorEntry(name).arity === 1 ? all(xs) : all(xs, ys);
  let worst = 0;
  let at: readonly number[] = [];
  seen.forEach((value, k) => {
    const [x, y] = [xs[k]!, ys[k]!];
    const error = errorOf(name, precision, value, x, y);
    if (!(error <= worst)) [worst, at] = [error, vectorEntry(name).arity === 1 ? [x] : [x, y]];
  });
  return { name, precision, worst, at, bound: vectorEntry(name).error[precision] };
}

/** Units in the last place; NaN if a finite value is missing. */
function errorOf(name: string, precision: Precision, value: number, x: number, y: number): number {
  const double = DOUBLE[name]!(x, y);
  // Where the result is no ordinary number, another test looks.
  const largest = precision === 'f32' ? 2 ** 127 : 2 ** 1023;
  if (!(Math.abs(double) < largest) || double === 0) return 0;
  if (precision === 'f64') return unitsInLastPlace(value, EXACT[name]!(x, y), 52);
  const last = 2 ** (Math.max(Math.floor(Math.log2(Math.abs(double))), -126) - 23);
  return Math.abs(value - double) / last;
}

/** Numbers in (0, 1) [ParkMiller1988]. */
function* uniform(seed: number): Generator<number, never> {
  for (let state = seed; ; ) {
    state = (state * 48271) % 2147483647;
    yield state / 2147483647;
  }
}

type Reals = Float32Array<ArrayBuffer> | Float64Array<ArrayBuffer>;

function samples(name: string, precision: Precision, seed: number, count: number): [Reals, Reals] {
  const dice = uniform(seed);
  const next = (): number => dice.next().value;
  const inside = ([low, high]: Range): number => low + (high - low) * next();
  const most = precision === 'f32' ? 126 : 300;
  const anywhere = (): number => (next() < 0.5 ? -1 : 1) * 2 ** inside([-most, most]);
  const pairs: [number, number][] = [];
  for (const range of RANGES[name] ?? []) for (let k = 0; k < count; k++) pairs.push([inside(range), 0]);
  for (const [x, y] of PAIRS[name] ?? []) for (let k = 0; k < count; k++) pairs.push([inside(x), inside(y)]);
  for (let k = 0; k < count; k++) pairs.push([anywhere(), anywhere()]);
  const make = (values: number[]): Reals => (precision === 'f32' ? Float32Array.from(values) : Float64Array.from(values));
  const accepts = name === 'log' || name === 'pow' ? (x: number) => Math.abs(x) : (x: number) => (name === 'log1p' && x <= -1 ? -x : x);
  return [make(pairs.map(([x]) => accepts(x))), make(pairs.map(([, y]) => y))];
}

/** The rows as a table in Markdown, one line per function. */
export function accuracyTable(rows: readonly AccuracyRow[]): string {
  const names = [...new Set(rows.map(({ name }) => name))];
  const lines = names.map((name) => {
    const cells = (['f32', 'f64'] as const).flatMap((precision) => {
      const { worst, bound } = rows.find((row) => row.name === name && row.precision === precision)!;
      return [worst.toFixed(2), String(bound)];
    });
    return [`\`${name}\``, ...cells];
  });
  const head = ['function', 'f32: largest seen', 'promised', 'f64: largest seen', 'promised'];
  return [head, head.map(() => '---'), ...lines].map((row) => `| ${row.join(' | ')} |`).join('\n');
}

const TABLE = /(<!-- accuracy-table -->\n)([^]*?)(<!-- \/accuracy-table -->)/;

/** The page with another table between its marks. Throws when the page has no marks. */
export function withAccuracyTable(page: string, table: string): string {
  if (!TABLE.test(page)) throw new Error('docs/accuracy.md has no <!-- accuracy-table --> … <!-- /accuracy-table -->.');
  return page.replace(TABLE, (_, before: string, _old: string, after: string) => `${before}${table}\n${after}`);
}

/** The table of a page as rows of cells, without its head. */
export function readAccuracyTable(page: string): string[][] {
  const lines = (TABLE.exec(page)?.[2] ?? '').trim().split('\n').slice(2);
  return lines.map((line) => line.split('|').slice(1, -1).map((cell) => cell.trim()));
}
