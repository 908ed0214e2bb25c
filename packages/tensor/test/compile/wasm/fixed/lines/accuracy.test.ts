/**
 * @file Errors of transforms in WebAssembly, against the sums that define them with their terms added in pairs of doubles. All lengths
 * up to 64, powers, products of small primes and primes; along inner and outer axes, of fewer and of more lines than lanes.
 */
import { describe, expect, test } from 'vitest';
import { abstractOf, traceProgram, type Value } from '@tapeflow/autodiff/extend';
import { NDArray } from '../../../../../src/array/ndarray.ts';
import { compile } from '../../../../../src/compile/executable.ts';
import { fourier, realFourier, realFourierTransposed, realTransform, type RealTransform } from '../../../../../src/primitives/fourier.ts';
import { randomNumbers } from '../../../support.ts';

const SEED = 19;
const LENGTHS = [...Array.from({ length: 64 }, (_, k) => k + 1), 67, 71, 97, 101, 121, 127, 128, 131, 169, 251, 256, 360, 1000];
/** Units of the last place of the norm, per doubling of the length: what is allowed, far below the 7 of [Higham2002, thm 24.2]. */
const ALLOWED = 1;
const UNIT = { f32: 2 ** -24, f64: 2 ** -53 } as const;
type FloatName = keyof typeof UNIT;

/** A sum that carries what additions lose [Higham2002, alg. 4.2]. */
class Sum {
  private total = 0;
  private lost = 0;

  add(x: number): void {
    const next = this.total + x;
    this.lost += Math.abs(this.total) >= Math.abs(x) ? this.total - next + x : x - next + this.total;
    this.total = next;
  }

  get value(): number {
    return this.total + this.lost;
  }
}

/** cos and sin of 2π a/n, from arguments below π/4. */
function turn(a: number, n: number): [cos: number, sin: number] {
  const b = ((a % n) + n) % n;
  if (8 * b <= n) return [Math.cos((2 * Math.PI * b) / n), Math.sin((2 * Math.PI * b) / n)];
  if (4 * b <= n) {
    const [c, s] = turn(n - 4 * b, 4 * n);
    return [s, c];
  }
  if (2 * b <= n) {
    const [c, s] = turn(n - 2 * b, 2 * n);
    return [-c, s];
  }
  const [c, s] = turn(n - b, n);
  return [c, -s];
}

/** Factors of x[j] in y[k] as cosine or sine of a fraction of a turn. */
const KINDS: Readonly<Record<RealTransform, (j: number, k: number, n: number) => number>> = {
  cosine1: (j, k, n) => (n === 1 ? 1 : turn(j * k, 2 * (n - 1))[0]),
  cosine2: (j, k, n) => turn((2 * j + 1) * k, 4 * n)[0],
  cosine3: (j, k, n) => turn(j * (2 * k + 1), 4 * n)[0],
  cosine4: (j, k, n) => turn((2 * j + 1) * (2 * k + 1), 8 * n)[0],
  sine1: (j, k, n) => turn((j + 1) * (k + 1), 2 * (n + 1))[1],
  sine2: (j, k, n) => turn((2 * j + 1) * (k + 1), 4 * n)[1],
  sine3: (j, k, n) => turn((j + 1) * (2 * k + 1), 4 * n)[1],
  sine4: (j, k, n) => turn((2 * j + 1) * (2 * k + 1), 8 * n)[1],
  hartley: (j, k, n) => turn(j * k, n)[0] + turn(j * k, n)[1],
};

type Line = readonly number[];
/** One line of every operand to one line of every result. */
type Definition = (...lines: readonly Line[]) => number[][];

const sums = (count: number, terms: number, term: (k: number, j: number) => number): number[] =>
  Array.from({ length: count }, (_, k) => {
    const sum = new Sum();
    for (let j = 0; j < terms; j++) sum.add(term(k, j));
    return sum.value;
  });

function fourierByDefinition(n: number, backward: boolean, count: number): Definition {
  const table = Array.from({ length: n }, (_, k) => turn(backward ? k : -k, n));
  const [cos, sin] = [0, 1].map((part) => Float64Array.from(table, (both) => both[part as 0 | 1])) as [Float64Array, Float64Array];
  return (re, im = re!.map(() => 0)) => {
    const results: [number[], number[]] = [[], []];
    for (let k = 0; k < count; k++) {
      const [x, y] = [new Sum(), new Sum()];
      for (let j = 0; j < n; j++) {
        const at = (j * k) % n;
        x.add(re![j]! * cos[at]!);
        x.add(-im[j]! * sin[at]!);
        y.add(re![j]! * sin[at]!);
        y.add(im[j]! * cos[at]!);
      }
      results[0].push(x.value);
      results[1].push(y.value);
    }
    return results;
  };
}

interface Layout {
  readonly before: number;
  readonly after: number;
}

/** Lines along the last axis, alone or in odd numbers, along the first one, and along one in the middle. */
const LAYOUTS: readonly Layout[] = [{ before: 1, after: 1 }, { before: 7, after: 1 }, { before: 1, after: 9 }, { before: 2, after: 3 }];

/** The lines of an array of shape (before, n, after). */
function linesOf(numbers: ArrayLike<number>, n: number, { before, after }: Layout): number[][] {
  return Array.from({ length: before * after }, (_, line) => Array.from({ length: n }, (__, k) => numbers[(Math.floor(line / after) * n + k) * after + (line % after)]!));
}

/** Runs a transform in WebAssembly and by itself; fails where the error of a line is more than allowed. */
function expectAccurate(label: string, run: (...xs: Value[]) => Value | readonly Value[], definition: Definition, lengths: readonly number[], scale: number, dtype: FloatName, layout: Layout): void {
  const { before, after } = layout;
  const inputs = lengths.map((n, k) => {
    const numbers = randomNumbers(SEED + 31 * k + n, before * n * after);
    return NDArray.of(dtype === 'f32' ? Float32Array.from(numbers) : Float64Array.from(numbers), [before, n, after], dtype);
  });
  const list = (y: Value | readonly Value[]): NDArray[] => [y].flat() as NDArray[];
  const { program } = traceProgram('test', (xs) => list(run(...xs)), inputs.map(abstractOf));
  const { executable } = compile(program, 'wasm');
  expect(String(executable), label).not.toMatch(/host/);
  const results = executable.run(inputs) as NDArray[];
  const eager = list(run(...inputs));
  const given = inputs.map((x, k) => linesOf(x.contiguous(), lengths[k]!, layout));
  const linesOfAll = (ys: readonly NDArray[]): number[][][] => ys.map((y) => linesOf(y.contiguous(), y.shape[1]!, layout));
  const [seen, plain] = [linesOfAll(results), linesOfAll(eager)];
  const count = before * after;
  // The sums take long: of long lines the first and the last one, which begin and end a group, or only the last.
  const [start, step] = lengths[0]! > 300 ? [count - 1, 1] : [0, lengths[0]! > 64 ? Math.max(1, count - 1) : 1];
  for (let line = start; line < count; line += step) {
    const expected = definition(...given.map((lines) => lines[line]!)).flat();
    const error = (of: number[][][]): number => Math.hypot(...of.flatMap((lines) => lines[line]!).map((y, k) => y - expected[k]!));
    const norm = Math.sqrt(scale) * Math.hypot(...given.flatMap((lines) => lines[line]!));
    const bound = 2 * error(plain) + ALLOWED * UNIT[dtype] * Math.log2(2 * scale) * norm;
    if (!(error(seen) <= bound)) expect.fail(`${label} (${dtype}, ${before} × n × ${after}, seed ${SEED}): line ${line} has error ${error(seen)}, bound ${bound}`);
  }
}

const inAllLayouts = (check: (dtype: FloatName, layout: Layout) => void): void => {
  for (const dtype of ['f32', 'f64'] as const) for (const layout of LAYOUTS) check(dtype, layout);
};

describe('complex transforms', () => {
  for (const n of LENGTHS) {
    test(`${n} elements, forwards and backwards`, () => {
      inAllLayouts((dtype, layout) => {
        for (const backward of n > 300 ? [layout.before > 1] : [false, true]) {
          expectAccurate(`fourier ${n}`, (re, im) => fourier(re, im, { axes: [1], backward }), fourierByDefinition(n, backward, n), [n, n], n, dtype, layout);
        }
      });
    });
  }
});

describe('real transforms', () => {
  for (const n of [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 15, 16, 17, 23, 24, 29, 34, 36, 58, 64, 81, 101, 128, 256, 360]) {
    test(`coefficients of ${n} elements, and back`, () => {
      const half = Math.floor(n / 2) + 1;
      inAllLayouts((dtype, layout) => {
        expectAccurate(`realFourier ${n}`, (x) => realFourier(x, { axis: 1 }), fourierByDefinition(n, false, half), [n], n, dtype, layout);
        const back: Definition = (re, im) => [sums(n, 2 * half, (j, t) => {
          const k = Math.floor(t / 2);
          const [c, s] = turn(j * k, n);
          return t % 2 === 0 ? re![k]! * c : -im![k]! * s;
        })];
        expectAccurate(`realFourierTransposed ${n}`, (re, im) => realFourierTransposed(re, im, { axis: 1, length: n }), back, [half, half], n, dtype, layout);
      });
    });
  }
  for (const [kind, factor] of Object.entries(KINDS) as [RealTransform, (j: number, k: number, n: number) => number][]) {
    for (const n of [1, 2, 3, 4, 5, 6, 7, 8, 9, 12, 13, 16, 21, 33, 64, 75]) {
      test(`${kind} of ${n} elements`, () => {
        inAllLayouts((dtype, layout) => {
          // The norm of sums with cosines and sines of n angles is at most √(2n) times that of the numbers.
          expectAccurate(`${kind} ${n}`, (x) => realTransform(x, { axis: 1, kind }), (x) => [sums(n, n, (k, j) => x![j]! * factor(j, k, n))], [n], 2 * n, dtype, layout);
        });
      });
    }
  }
});
