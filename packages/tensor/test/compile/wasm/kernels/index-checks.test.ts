/** @file Indices outside: a program ends with the error of the operation by operation way, wherever in a row they stand, and has spoiled nothing. */
import { describe, expect, test } from 'vitest';
import { IndexError, gather, jit, precision, scatter, tensor, type Tensor } from '../../../../src/index.ts';

const N = 37;
type Line = Tensor<'x'>;
const values = (): Line => tensor({ x: N }, Array.from({ length: N }, (_, k) => k + 0.5));
const positions = (at: number, bad: number): Line => tensor({ x: N }, Array.from({ length: N }, (_, k) => (k === at ? bad : (k * 7) % N)), { dtype: 'i32' });

function failureOf(run: () => unknown): IndexError {
  try {
    run();
  } catch (error) {
    return error as IndexError;
  }
  throw new Error('nothing was thrown');
}

for (const bits of [32, 64] as const) {
  describe(`f${bits}`, () => {
    const taken = jit((t: Line, at: Line) => gather(t, { x: at }).mul(2));
    const given = jit((t: Line, at: Line) => scatter(values(), { x: at }, t));
    for (const bad of [N, -1, 2 ** 31 - 1, -(2 ** 31)]) {
      test(`index ${bad} at every place of a row`, () =>
        precision(bits, () => {
          for (let at = 0; at < N; at++) {
            const wrong = positions(at, bad);
            for (const run of [() => taken(values(), wrong), () => given(values(), wrong), () => gather(values(), { x: wrong })]) {
              const error = failureOf(run);
              expect(error).toBeInstanceOf(IndexError);
              expect([error.index, error.length]).toEqual([bad, N]);
              expect(error.message).toContain("dimension 'x'");
            }
          }
          // The next call is not disturbed.
          const good = positions(0, 3);
          expect(taken(values(), good).data).toEqual(gather(values(), { x: good }).mul(2).data);
          expect(given(values(), good).data).toEqual(scatter(values(), { x: good }, values()).data);
        }));
    }
    test('of two lengths each is told with its own', () =>
      precision(bits, () => {
        const both = jit((t: Tensor<'x' | 'y'>, x: Line, y: Line) => gather(t, { x, y }));
        const plane = tensor({ y: 3, x: N }, new Array<number>(3 * N).fill(1));
        const rows = tensor({ x: N }, Array.from({ length: N }, (_, k) => k % 3), { dtype: 'i32' });
        expect(failureOf(() => both(plane, positions(4, N), rows)).message).toContain(`index ${N} is outside dimension 'x' of length ${N}`);
        expect(failureOf(() => both(plane, positions(0, 0), rows.add(1))).message).toContain("index 3 is outside dimension 'y' of length 3");
      }));
  });
}
