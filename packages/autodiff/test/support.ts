/** @file Oracles that know nothing of the library: finite differences, Taylor series, random numbers, and a dense solver. */
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import { grad, jvp, type LinearSolver } from '../src/index.ts';
import { NumberList, type Scalar } from '../src/scalar.ts';

/** Unwraps what must be a plain number. */
export function plain(x: unknown): number {
  if (typeof x !== 'number') throw new Error(`expected a number, got ${typeof x}`);
  return x;
}

/** Derivative of a function of plain numbers by extrapolated central differences, after [Ridders1982]. */
export function difference(f: (x: number) => number, x: number, step = 0.1 * Math.max(1e-3, Math.abs(x))): number {
  const rows: number[][] = [];
  let best = NaN;
  let error = Infinity;
  let h = step;
  for (let i = 0; i < 12; i++, h /= 1.6) {
    const row = [(f(x + h) - f(x - h)) / (2 * h)];
    for (let j = 1, factor = 1.6 ** 2; j <= i; j++, factor *= 1.6 ** 2) {
      row.push((factor * row[j - 1]! - rows[i - 1]![j - 1]!) / (factor - 1));
      const seen = Math.max(Math.abs(row[j]! - row[j - 1]!), Math.abs(row[j]! - rows[i - 1]![j - 1]!));
      if (seen < error) {
        error = seen;
        best = row[j]!;
      }
    }
    rows.push(row);
  }
  return best;
}

/** Gradient of a function of plain numbers by `difference`. */
export function differenceGradient(f: (xs: number[]) => number, xs: readonly number[]): number[] {
  return xs.map((_, k) => difference((x) => f(xs.map((other, j) => (j === k ? x : other))), xs[k]!));
}

/** Fails unless |seen − expected| ≤ bound · max(1, |expected|). */
export function expectClose(seen: unknown, expected: number, bound: number, label = 'value'): void {
  const error = Math.abs(plain(seen) - expected);
  expect(error <= bound * Math.max(1, Math.abs(expected)), `${label}: ${String(seen)} instead of ${expected}`).toBe(true);
}

export function expectAllClose(seen: readonly unknown[], expected: readonly number[], bound: number, label = 'value'): void {
  expect(seen.length).toBe(expected.length);
  expected.forEach((value, k) => expectClose(seen[k], value, bound, `${label}[${k}]`));
}

/** Park–Miller numbers in (low, high). */
export function randomNumbers(seed: number, count: number, low: number, high: number): number[] {
  let state = seed;
  return Array.from({ length: count }, () => {
    state = (state * 48271) % 2147483647;
    return low + ((high - low) * state) / 2147483647;
  });
}

export type ScalarFunction = (x: Scalar) => Scalar;

/** Ways to take the derivative of a function of one number. */
export const derivativeModes: readonly (readonly [string, (f: ScalarFunction) => ScalarFunction])[] = [
  ['reverse', (f) => grad(f)],
  ['forward', (f) => (x) => jvp(f, x, 1 as Scalar).tangent],
];

/** Solution of a dense system by elimination with row exchanges. */
export function eliminate(matrix: readonly (readonly number[])[], right: readonly number[]): number[] {
  const n = right.length;
  const rows = matrix.map((row, i) => [...row, right[i]!]);
  for (let k = 0; k < n; k++) {
    let pivot = k;
    for (let i = k + 1; i < n; i++) if (Math.abs(rows[i]![k]!) > Math.abs(rows[pivot]![k]!)) pivot = i;
    [rows[k], rows[pivot]] = [rows[pivot]!, rows[k]!];
    for (let i = 0; i < n; i++) {
      if (i === k) continue;
      const factor = rows[i]![k]! / rows[k]![k]!;
      for (let j = k; j <= n; j++) rows[i]![j]! -= factor * rows[k]![j]!;
    }
  }
  return rows.map((row, i) => row[n]! / row[i]!);
}

/** The numbers of a number, a list, or a list of lists. */
function numbersIn(value: unknown): number[] {
  return value instanceof NumberList ? value.values.flatMap(numbersIn) : [plain(value)];
}

/** Something of the form of `like` with other numbers, in the order of `numbersIn`. */
function withNumbers(like: unknown, numbers: Iterator<number>): number | NumberList {
  return like instanceof NumberList ? new NumberList(like.values.map((member) => withNumbers(member, numbers))) : (numbers.next().value as number);
}

/** A linear solver on numbers, or on lists of them with one system per member: writes the operator out as a matrix. */
export const denseSolver: LinearSolver = (matvec, bs) => {
  const like = (numbers: number[]): number | NumberList => withNumbers(bs[0], numbers.values());
  const members = numbersIn(bs[0]).map((_, member) => member);
  const columns = bs.map((_, j) => matvec(bs.map((__, i) => like(members.map(() => (i === j ? 1 : 0))))).map(numbersIn));
  const right = bs.map(numbersIn);
  const solutions = members.map((member) => eliminate(bs.map((_, i) => bs.map((__, j) => columns[j]![i]![member]!)), right.map((b) => b[member]!)));
  return { xs: bs.map((_, i) => like(solutions.map((solution) => solution[i]!))), info: [] };
};

/** What `held.ts` counts, in a process of its own, whose heap nobody else changes. */
export function heldObjects(measurement: 'sweep' | 'rollout' | 'program'): Record<string, number> {
  const script = fileURLToPath(new URL('held.ts', import.meta.url));
  const output = execFileSync(process.execPath, ['--expose-gc', '--conditions=tapeflow-source', '--import', 'tsx', script, measurement], { encoding: 'utf8' });
  return JSON.parse(output) as Record<string, number>;
}

/**
 * Truncated Taylor series: coefficient k belongs to tᵏ. An oracle for derivatives of any order that shares nothing with the
 * library, by the recurrences in chapter 13 of Griewank and Walther, "Evaluating Derivatives".
 */
export type Series = readonly number[];

const series = (order: number, coefficient: (k: number, lower: number[]) => number): Series => {
  const result: number[] = [];
  for (let k = 0; k <= order; k++) result.push(coefficient(k, result));
  return result;
};
const sumOver = (from: number, to: number, term: (j: number) => number): number => {
  let sum = 0;
  for (let j = from; j <= to; j++) sum += term(j);
  return sum;
};

export const taylor = {
  variable: (x: number, order: number): Series => series(order, (k) => (k === 0 ? x : k === 1 ? 1 : 0)),
  constant: (x: number, order: number): Series => series(order, (k) => (k === 0 ? x : 0)),
  add: (a: Series, b: Series): Series => a.map((value, k) => value + b[k]!),
  mul: (a: Series, b: Series): Series => a.map((_, k) => sumOver(0, k, (j) => a[j]! * b[k - j]!)),
  div: (a: Series, b: Series): Series => series(a.length - 1, (k, q) => (a[k]! - sumOver(0, k - 1, (j) => q[j]! * b[k - j]!)) / b[0]!),
  exp: (a: Series): Series => series(a.length - 1, (k, e) => (k === 0 ? Math.exp(a[0]!) : sumOver(1, k, (j) => j * a[j]! * e[k - j]!) / k)),
  sin: (a: Series): Series => sinCos(a)[0],
  cos: (a: Series): Series => sinCos(a)[1],
  /** The derivatives themselves: k! times the coefficients. */
  derivatives: (a: Series): number[] => {
    let factorial = 1;
    return a.map((value, k) => value * (factorial *= Math.max(1, k)));
  },
};

function sinCos(a: Series): [Series, Series] {
  const s: number[] = [Math.sin(a[0]!)];
  const c: number[] = [Math.cos(a[0]!)];
  for (let k = 1; k < a.length; k++) {
    s.push(sumOver(1, k, (j) => j * a[j]! * c[k - j]!) / k);
    c.push(-sumOver(1, k, (j) => j * a[j]! * s[k - j]!) / k);
  }
  return [s, c];
}
