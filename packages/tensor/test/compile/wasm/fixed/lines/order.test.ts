/**
 * @file Orders in WebAssembly are those of a stable sort of positions: short and long lines, along inner and outer axes, all dtypes, with
 * equal elements, NaN of both signs, infinities, zeros of both signs and the ends of integers.
 */
import { expect, test } from 'vitest';
import { abstractOf, traceProgram } from '@tapeflow/autodiff/extend';
import { allocate, type DType } from '../../../../../src/array/dtype.ts';
import { NDArray } from '../../../../../src/array/ndarray.ts';
import { compile } from '../../../../../src/compile/executable.ts';
import { argsort } from '../../../../../src/primitives/along.ts';
import { randomNumbers } from '../../../support.ts';

const SEED = 88;

/** NaN last, equal ones as they stand. */
function orderOf(x: readonly number[], isDescending: boolean): number[] {
  const direction = isDescending ? -1 : 1;
  return x.map((_, k) => k).sort((a, b) => {
    const [p, q] = [x[a]!, x[b]!];
    if (Number.isNaN(p) || Number.isNaN(q)) return Number(Number.isNaN(p)) - Number(Number.isNaN(q));
    return p < q ? -direction : p > q ? direction : 0;
  });
}

const SPECIAL: Readonly<Record<DType, readonly number[]>> = {
  f32: [NaN, Infinity, -Infinity, 0, -0, 3e38, -3e38, 1e-45, -1e-45],
  f64: [NaN, Infinity, -Infinity, 0, -0, 1e308, -1e308, 5e-324, -5e-324],
  i32: [2 ** 31 - 1, -(2 ** 31), 0, -1, 255, 256, -256],
  bool: [0, 1],
};

function numbersFor(dtype: DType, seed: number, count: number): number[] {
  const draws = randomNumbers(seed, 2 * count, 0, 1);
  return Array.from({ length: count }, (_, k) => {
    const [x, which] = [draws[2 * k]!, draws[2 * k + 1]!];
    if (dtype === 'bool') return Math.round(x);
    if (which < 0.2) return SPECIAL[dtype][Math.floor(x * SPECIAL[dtype].length)]!;
    if (which < 0.6) return Math.round(20 * x - 10);
    return dtype === 'i32' ? Math.round(4e9 * (x - 0.5)) : (x - 0.5) * 10 ** (60 * (which - 0.8));
  });
}

for (const dtype of ['f32', 'f64', 'i32', 'bool'] as const) {
  for (const isDescending of [false, true]) {
    test(`argsort of ${dtype}, ${isDescending ? 'the largest' : 'the smallest'} first`, () => {
      for (const [before, after] of [[1, 1], [3, 1], [1, 4], [2, 3]] as const) {
        for (const n of [1, 2, 3, 17, 39, 40, 41, 100, 257, 1000]) {
          const data = allocate(dtype, before * n * after);
          data.set(numbersFor(dtype, SEED + n + before * after, data.length));
          const x = NDArray.of(data, [before, n, after], dtype);
          const { program } = traceProgram('test', ([a]) => [argsort(a, 1, isDescending)], [abstractOf(x)]);
          const { executable } = compile(program, 'wasm');
          expect(String(executable)).not.toMatch(/host/);
          const seen = (executable.run([x])[0] as NDArray).contiguous();
          for (let outer = 0; outer < before; outer++) {
            for (let inner = 0; inner < after; inner++) {
              const at = (k: number): number => (outer * n + k) * after + inner;
              const line = Array.from({ length: n }, (_, k) => data[at(k)]!);
              expect(line.map((_, k) => seen[at(k)]), `${before} × ${n} × ${after}, seed ${SEED}, line ${outer}, ${inner}`).toEqual(orderOf(line, isDescending));
            }
          }
        }
      }
    });
  }
}
test('all elements of one value, and NaN of both signs', () => {
  const run = (data: Float32Array): number[] => {
    const x = NDArray.of(data, [data.length], 'f32');
    const { program } = traceProgram('test', ([a]) => [argsort(a, 0)], [abstractOf(x)]);
    return [...(compile(program, 'wasm').executable.run([x])[0] as NDArray).contiguous()];
  };
  expect(run(new Float32Array(50).fill(7))).toEqual(Array.from({ length: 50 }, (_, k) => k));
  const data = Float32Array.from({ length: 60 }, (_, k) => 60 - k);
  new Uint32Array(data.buffer).set([0xffc00000, 0x7fc00001], 3);
  expect(run(data)).toEqual([...Array.from({ length: 60 }, (_, k) => 59 - k).filter((k) => k !== 3 && k !== 4), 3, 4]);
});
