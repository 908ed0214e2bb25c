/** @file Random programs, all of whose kernels are cut, give the same bits with one, two and three threads. */
import { expect, test } from 'vitest';
import { abstractOf, printProgram, traceProgram } from '@tapeflow/autodiff/extend';
import type { NDArray } from '../../../../src/array/ndarray.ts';
import { optimize } from '../../../../src/compile/graph/optimize.ts';
import { compileToWasm } from '../../../../src/compile/wasm/program.ts';
import { Dice, randomFunction, randomView } from '../../random-programs.ts';
import { expectSameBits, SMALL_CHUNKS, whenWorkersJoined } from './support.ts';

const SEED = Number(process.env['TAPEFLOW_SEED'] ?? 20263);
const PROGRAMS = Number(process.env['TAPEFLOW_PROGRAMS'] ?? 60);

test(`${PROGRAMS} random programs, seed ${SEED}, in small chunks`, { timeout: 240_000 }, async () => {
  let cut = 0;
  let shared = 0;
  for (let k = 0; k < PROGRAMS; k++) {
    const seed = SEED + 7919 * k;
    const dice = new Dice(seed);
    const inputs = Array.from({ length: 2 + dice.below(4) }, () => randomView(dice));
    const program = optimize(traceProgram('jit', randomFunction(seed + 1, 4 + dice.below(24)), inputs.map(abstractOf)).program);
    const alone = compileToWasm(program, { rules: SMALL_CHUNKS }).run(inputs) as NDArray[];
    for (const threads of [2, 3]) {
      const executable = compileToWasm(program, { threads, rules: SMALL_CHUNKS });
      cut += executable.threads!.kernels;
      await whenWorkersJoined(executable, inputs, 5);
      for (let round = 0; round < 3; round++) {
        expectSameBits(executable.run(inputs) as NDArray[], alone, () => `${threads} threads, program ${k} (seed ${seed}):\n${printProgram(program)}`);
      }
      if (executable.threads!.byWorkers > 0) shared++;
    }
  }
  expect(cut).toBeGreaterThan(2 * PROGRAMS);
  expect(shared, 'programs in which workers took part').toBeGreaterThan(0);
});
