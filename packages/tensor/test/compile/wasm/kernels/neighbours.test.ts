/** @file Stencils whose reads overlap: vectors that are put together from those beside each other hold the right numbers. */
import { abstractOf, traceProgram, type Value } from '@tapeflow/autodiff/extend';
import { describe, expect, test } from 'vitest';
import { NDArray, slice } from '../../../../src/array/ndarray.ts';
import { allocate, type DType } from '../../../../src/array/dtype.ts';
import { lower } from '../../../../src/compile/lower/lower.ts';
import { compileToWasm, printWasm } from '../../../../src/compile/wasm/program.ts';
import { add, mul } from '../../../../src/primitives/elementwise.ts';
import { randomNumbers } from '../../random-numbers.ts';
import '../../whole-compiler.ts';

const SEED = 20251130;
const ROWS = 3;
const REACH = 6;

type Offset = readonly [down: number, right: number];

function arrayOf(dtype: DType, shape: readonly number[]): NDArray {
  const data = allocate(dtype, shape.reduce((a, b) => a * b, 1));
  for (let k = 0; k < data.length; k++) data[k] = ((7 * k) % 1013) - 500;
  return NDArray.of(data, shape, dtype);
}

/** Σ (k + 2) · (x, moved by offset k). */
const stencil = (offsets: readonly Offset[], dtype: DType, columns: number) => ([x]: readonly Value[]): Value[] => [
  offsets
    .map(([down, right], k) => mul(slice(x!, [REACH + down, REACH + right], [ROWS, columns]), NDArray.filled(k + 2, [], dtype)))
    .reduce((total, part) => add(total, part)),
];

function programOf(offsets: readonly Offset[], dtype: DType, columns: number): { readonly program: ReturnType<typeof traceProgram>['program']; readonly x: NDArray } {
  const x = arrayOf(dtype, [ROWS + 2 * REACH, columns + 2 * REACH]);
  return { x, program: traceProgram('stencil', stencil(offsets, dtype, columns), [abstractOf(x)]).program };
}

const LAPLACE: readonly Offset[] = [[0, 0], [0, -1], [0, 1], [-1, 0], [1, 0]];
const SQUARE: readonly Offset[] = [-1, 0, 1].flatMap((down) => [-1, 0, 1].map((right): Offset => [down, right]));
const FAR: readonly Offset[] = [[0, -6], [0, -3], [0, 0], [0, 3], [0, 6]];

function randomOffsets(seed: number): Offset[] {
  const [first, ...others] = randomNumbers(seed, 15, 0, 1);
  const count = 2 + Math.floor(first! * 6);
  return Array.from({ length: count }, (_, k): Offset => [Math.floor(others[2 * k]! * 3) - 1, Math.floor(others[2 * k + 1]! * (2 * REACH + 1)) - REACH]);
}

describe.each<DType>(['f32', 'f64', 'i32'])('%s: the numbers of operation by operation', (dtype) => {
  test.each<[string, readonly Offset[]]>([
    ['five points', LAPLACE],
    ['nine points', SQUARE],
    ['points that are far apart', FAR],
    ...Array.from({ length: 40 }, (_, k): [string, readonly Offset[]] => [`random offsets, seed ${SEED + k}`, randomOffsets(SEED + k)]),
  ])('%s', (_, offsets) => {
    for (const columns of [31, 32, 37, 64, 131]) {
      const { program, x } = programOf(offsets, dtype, columns);
      const [seen, expected] = [compileToWasm(program).run([x]), stencil(offsets, dtype, columns)([x])].map(([y]) => [...(y as NDArray).contiguous()]);
      expect(seen).toEqual(expected);
    }
  });
});

/** How often a module shifts two vectors into one: by how many bytes. */
function shifts(offsets: readonly Offset[], dtype: DType): number[] {
  const { bytes } = printWasm(lower(programOf(offsets, dtype, 128).program)).printed;
  const shuffle = [0xfd, 0x0d];
  return [...bytes.keys()].flatMap((at) => (shuffle.every((byte, k) => bytes[at + k] === byte) && [...bytes.subarray(at + 2, at + 18)].every((byte, k, all) => byte === all[0]! + k) ? [bytes[at + 2]!] : []));
}

test('vectors are put together where that takes fewer loads', () => {
  // Two vectors at once: left, right of each.
  expect(shifts(LAPLACE, 'f32')).toEqual([12, 4, 12, 4]);
  // For two lanes the right of the one is the left of the other: left, both, right.
  expect(shifts(LAPLACE, 'f64')).toEqual([8, 8, 8]);
  expect(shifts([[0, 0], [1, 0], [-1, 0]], 'f32')).toEqual([]);
  expect(shifts([[0, 0], [0, 4]], 'f32')).toEqual([]);
  expect(shifts([[0, 0], [0, -6]], 'f32')).toEqual([]);
});
