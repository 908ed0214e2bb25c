/** @file Random programs of operations that round once give the same bits on the gpu backend, in gpu.js's cpu mode. */
import { expect, test } from 'vitest';
import { abstractOf, countEquations, printProgram, traceProgram } from '@tapeflow/autodiff/extend';
import { NDArray } from '../../../src/array/ndarray.ts';
import { Storage } from '../../../src/array/storage.ts';
import { compile } from '../../../src/compile/executable.ts';
import { GpuLimitError, loadGpu } from '../../../src/index.ts';
import { Dice, randomFunction, randomView, SINGLE_PRECISION } from '../random-programs.ts';

const SEED = Number(process.env['TAPEFLOW_SEED'] ?? 20268);
const PROGRAMS = Number(process.env['TAPEFLOW_PROGRAMS'] ?? 15);

test(`${PROGRAMS} programs, seed ${SEED}, run twice on other inputs`, { timeout: 120_000 }, async () => {
  const gpu = await loadGpu({ mode: 'cpu' });
  let equations = 0;
  let tooLarge = 0;
  for (let k = 0; k < PROGRAMS; k++) {
    const seed = SEED + 7919 * k;
    const dice = new Dice(seed);
    const inputs = Array.from({ length: 2 + dice.below(4) }, () => randomView(dice, SINGLE_PRECISION));
    const f = randomFunction(seed + 1, 4 + dice.below(24), SINGLE_PRECISION);
    const { program } = traceProgram('jit', f, inputs.map(abstractOf));
    equations += countEquations(program);
    const { executable } = compile(program, 'gpu');
    const others = inputs.map(({ storage, shape, strides, offset, dtype }) => new NDArray(new Storage(storage.data.slice().sort(() => dice.next() - 0.5)), shape, strides, offset, dtype));
    try {
      const [first, second] = [inputs, others].map((xs) => executable.run(xs) as NDArray[]);
      // Results of the first run keep their values.
      for (const [seen, expected] of [[second!, f(others)], [first!, f(inputs)]] as const) {
        expected.forEach((value, at) => expectSameBits(seen[at]!, value as NDArray, () => `output ${at} of program ${k} (seed ${seed}):\n${printProgram(program)}`));
      }
    } catch (error) {
      if (!(error instanceof GpuLimitError)) throw error;
      tooLarge++;
    }
  }
  expect(equations).toBeGreaterThan(10 * PROGRAMS);
  expect(tooLarge).toBeLessThanOrEqual(PROGRAMS / 10);
  await gpu.close();
});

function expectSameBits(seen: NDArray, expected: NDArray, label: () => string): void {
  expect([seen.dtype, seen.shape], label()).toEqual([expected.dtype, expected.shape]);
  const [xs, ys] = [seen.contiguous(), expected.contiguous()];
  for (let i = 0; i < ys.length; i++) if (!Object.is(xs[i], ys[i])) expect.fail(`element ${i}: ${xs[i]} instead of ${ys[i]}, ${label()}`);
}
