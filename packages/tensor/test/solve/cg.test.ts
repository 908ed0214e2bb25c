/** @file Conjugate gradients know how far they have come without looking at the solution, also where rounding has spoilt the orthogonality of directions. */
import type { Value } from '@tapeflow/autodiff/extend';
import { describe, expect, test } from 'vitest';
import { full, NDArray } from '../../src/array/ndarray.ts';
import { backend } from '../../src/context.ts';
import { mul } from '../../src/primitives/elementwise.ts';
import { conjugateGradients } from '../../src/solve/cg.ts';
import type { IterationState } from '../../src/solve/iterate.ts';
import { VectorArithmetic } from '../../src/solve/vectors.ts';
import { randomNumbers } from '../compile/random-numbers.ts';

const SEED = 20251129;
const N = 200;

/** ‖x − x₀‖ as the steps say and as it is, for a diagonal operator. */
function distances(eigenvalues: readonly number[], dtype: 'f32' | 'f64', steps: number): { readonly said: number; readonly is: number }[] {
  const vector = (values: readonly number[]): NDArray => NDArray.of(dtype === 'f32' ? Float32Array.from(values) : Float64Array.from(values), [N], dtype);
  const diagonal = vector(eigenvalues);
  const tools = { arithmetic: new VectorArithmetic(0), apply: ([v]: readonly Value[]): Value[] => [mul(v!, diagonal)] };
  const r = [vector(randomNumbers(SEED, N, -1, 1))];
  const zero = full(0, [], dtype);
  const running = full(1, [], 'bool');
  let state: IterationState = { x: [full(0, [N], dtype)], r, residual: tools.arithmetic.norm(r), operatorNorm: zero, status: full(0, [], 'i32'), own: conjugateGradients.start(tools, r) };
  const number = (value: Value): number => (value as NDArray).contiguous()[0]!;
  return backend('js', () => Array.from({ length: steps }, () => {
    state = conjugateGradients.step(tools, state, running);
    return { said: number(state.moved!), is: number(tools.arithmetic.norm(state.x)) };
  }));
}

const spread = (condition: number): number[] => Array.from({ length: N }, (_, k) => condition ** (k / (N - 1)));

describe.each(['f32', 'f64'] as const)('%s', (dtype) => {
  test.each([1, -1])('while directions are orthogonal it is right to rounding (sign of the eigenvalues: %s)', (sign) => {
    for (const { said, is } of distances(spread(20).map((value) => sign * value), dtype, 12)) expect(Math.abs(said / is - 1)).toBeLessThan(dtype === 'f32' ? 1e-5 : 1e-12);
  });

  test('over thousands of steps of an operator of condition 1e6 it is right within a tenth', () => {
    for (const { said, is } of distances(spread(1e6), dtype, 3000)) expect(Math.abs(said / is - 1)).toBeLessThan(0.1);
  });
});
