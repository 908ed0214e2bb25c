/** @file Rows of the table of operations: loops and checks, which are equations around other operations. */
import { traceProgram, abstractOf, type Value } from '@tapeflow/autodiff/extend';
import { TapeflowError } from '@tapeflow/autodiff';
import { arrayTypeOf, full, sliceAxis } from '../../src/array/ndarray.ts';
import { checkLeaves } from '../../src/control/check.ts';
import { scanLeaves } from '../../src/control/scan.ts';
import { whileLeaves } from '../../src/control/while.ts';
import { add, constantLike, less, mul, sin } from '../../src/primitives/elementwise.ts';
import { reduceAll } from '../../src/primitives/reduce.ts';
import { list, toArray, zip, type Nested } from './nested.ts';
import type { Case, Row } from './row.ts';

type Numbers = readonly number[];

/** scan with a body that is traced here; it may close over values. */
function scan(body: (carries: readonly Value[], slices: readonly Value[]) => readonly Value[], carries: readonly Value[], xs: readonly Value[], length: number, reverse = false): readonly Value[] {
  const slices = xs.map((x) => arrayTypeOf(x));
  const model = slices.map(({ shape, dtype }) => abstractOf(full(0, shape.slice(1), dtype)));
  const traced = traceProgram('scan', (all) => body(all.slice(0, carries.length), all.slice(carries.length)), [...carries.map(abstractOf), ...model]);
  return scanLeaves(traced.program, traced.captured, carries, xs, length, reverse);
}

/** c ← sin(a c) + x, y = c x by a loop. */
function recurrence(a: Numbers, start: Numbers, xs: readonly Numbers[], reverse = false): Nested {
  let c = [...start];
  const ys: number[][] = [];
  const order = list(xs.length, (k) => (reverse ? xs.length - 1 - k : k));
  for (const k of order) {
    ys[k] = c.map((value, i) => value * xs[k]![i]!);
    c = c.map((value, i) => Math.sin(a[i]! * value) + xs[k]![i]!);
  }
  return [c, ys];
}
const step = (a: Value) => ([c]: readonly Value[], [x]: readonly Value[]): readonly Value[] => [add(sin(mul(a, c)), x), mul(c, x)];

function recurrenceCase(title: string, length: number, reverse: boolean): Case {
  return {
    title, inputs: [{ shape: [2] }, { shape: [2] }, { shape: [length, 2] }],
    run: (a, c, xs) => scan(step(a), [c], [xs], length, reverse),
    expected: (a, c, xs) => recurrence(a as Numbers, c as Numbers, xs as readonly Numbers[], reverse),
    derivative: 'both', f32Error: 4,
  };
}

const scanRow: Row = {
  name: 'scanLeaves',
  cases: [
    recurrenceCase('forwards', 4, false),
    recurrenceCase('backwards', 3, true),
    recurrenceCase('no steps', 0, false),
    {
      title: 'rank 0, without slices', inputs: [{ shape: [] }, { shape: [] }], run: (a, c) => scan(([x]) => [sin(add(a, x))], [c], [], 5),
      expected: (a, c) => list(5, (k) => k).reduce((x: number) => Math.sin((a as number) + x), c as number), derivative: 'both', f32Error: 4,
    },
    {
      title: 'an integer is carried along', inputs: [{ shape: [3] }], derivative: 'both', f32Error: 4,
      run: (x) => scan(([c, n]) => [mul(c, c), add(n, constantLike(2, n))], [x, full(1, [], 'i32')], [], 2),
      expected: (x) => [zip((v) => v ** 4, x!), 5],
    },
    {
      title: 'a scan in a scan', inputs: [{ shape: [2, 3], low: 0.2, high: 1 }, { shape: [], low: 0.2, high: 0.8 }], derivative: 'both', f32Error: 8,
      run: (xs, c) => scan(([outer], [row]) => scan(([inner], [x]) => [sin(add(mul(inner, x), inner))], [outer], [row], 3).slice(0, 1), [c], [xs], 2),
      expected: (xs, c) => (xs as readonly Numbers[]).flat().reduce((total, x) => Math.sin(total * x + total), c as number),
    },
  ],
  errors: [{ title: 'an error in the body keeps its operation', run: () => scan(([c]) => [add(c, full(0, [4], 'f64'))], [full(0, [3], 'f64')], [], 2), error: TapeflowError, fields: { operation: 'add' } }],
};

/** x ← 1.7 x while x < 10, by a loop. */
const grown = (x: number, limit: number, factor: number): number => (x < limit ? grown(x * factor, limit, factor) : x);

const whileRow: Row = {
  name: 'whileLeaves',
  cases: [
    {
      title: 'each at its own pace', inputs: [{ shape: [], low: 0.2, high: 9 }], derivative: 'forward only', f32Error: 8,
      run: (x) => whileLeaves(([c]) => less(c, constantLike(10, c)), ([c]) => [mul(c, constantLike(1.7, c))], [x]),
      expected: (x) => grown(x as number, 10, 1.7),
    },
    {
      title: 'captured by condition and body', inputs: [{ shape: [], low: 0.2, high: 1 }, { shape: [], low: 3, high: 4 }, { shape: [], low: 1.5, high: 2 }], derivative: 'forward only', f32Error: 8,
      run: (x, limit, factor) => whileLeaves(([c]) => less(c, limit), ([c]) => [mul(c, factor)], [x]),
      expected: (x, limit, factor) => grown(x as number, limit as number, factor as number),
    },
    {
      title: 'a counter', inputs: [{ shape: [3] }], derivative: 'forward only', f32Error: 8,
      run: (x) => whileLeaves(([, n]) => less(n, constantLike(3, n)), ([c, n]) => [sin(c), add(n, constantLike(1, n))], [x, full(0, [], 'i32')]),
      expected: (x) => [zip((v) => Math.sin(Math.sin(Math.sin(v))), x!), 3],
    },
    {
      title: 'no step', inputs: [{ shape: [2] }], derivative: 'forward only',
      run: (x) => whileLeaves(([, n]) => less(n, constantLike(0, n)), ([c, n]) => [sin(c), n], [x, full(0, [], 'i32')]), expected: (x) => [x!, 0],
    },
    {
      title: 'of nothing', inputs: [{ shape: [0] }], derivative: 'none', shape: [0],
      run: (x) => whileLeaves(([, n]) => less(n, constantLike(2, n)), ([c, n]) => [sin(c), add(n, constantLike(1, n))], [x, full(0, [], 'i32')]), expected: () => [[], 2],
    },
  ],
  errors: [{ title: 'an error in the body keeps its operation', run: () => whileLeaves(([c]) => less(sliceAxis(c, 0, 5, 1, 1), c), (xs) => xs, [full(0, [3], 'f64')]), error: TapeflowError, fields: { operation: 'slice' } }],
};

class TooLarge extends Error {
  readonly seen: Numbers;
  constructor(seen: Numbers) {
    super(`seen ${seen.join()}`);
    this.seen = seen;
  }
}
const checked = (x: Value, limit: number): Value => {
  checkLeaves(reduceAll(less(x, constantLike(limit, x))), [x], ([seen]) => new TooLarge([...seen!.contiguous()]));
  return mul(x, x);
};
const checkRow: Row = {
  name: 'checkLeaves',
  cases: [
    { title: 'holds', inputs: [{ shape: [3] }], run: (x) => checked(x, 2), expected: (x) => zip((v) => v * v, x!), derivative: 'both' },
    { title: 'rank 0', inputs: [{ shape: [] }], run: (x) => checked(x, 2), expected: (x) => zip((v) => v * v, x!), derivative: 'both' },
    { title: 'holds for nothing', inputs: [{ shape: [0] }], run: (x) => checked(x, -9), expected: () => [], derivative: 'none', shape: [0] },
  ],
  errors: [{ title: 'does not hold', run: () => checked(toArray([1, 5], [2], 'f64'), 4), error: TooLarge, fields: { seen: [1, 5] } }],
};

/** All rows of loops and checks. */
export const controlRows: readonly Row[] = [scanRow, whileRow, checkRow];
