/** @file Random programs give the same bits compiled as operation by operation. */
import { describe, expect, test, vi } from 'vitest';
import { abstractOf, countEquations, printProgram, traceProgram, type Program, type Value } from '@tapeflow/autodiff/extend';
import { compile, type Executable } from '../../src/compile/executable.ts';
import { optimize } from '../../src/compile/graph/optimize.ts';
import { compileToWasm } from '../../src/compile/wasm/program.ts';
import { NDArray } from '../../src/array/ndarray.ts';
import { Storage } from '../../src/array/storage.ts';
import { BACKENDS } from './support.ts';
import { SMALL_CHUNKS } from './wasm/threads/support.ts';
import { Dice, randomFunction, randomView } from './random-programs.ts';

// The functions that kernels compute by themselves are not those of JavaScript to the last bit (docs/accuracy.md). Here operations one by one use
// them, too, one number at a time: then every bit has to agree, wherever in a row, a loop or a program a number stands.
vi.mock(import('../../src/backends/js/loops.ts'), async (original) => {
  const { elementaryLoops } = await import('./wasm/math/lane-functions.ts');
  return { ...(await original()), ...elementaryLoops() };
});

const SEED = Number(process.env['TAPEFLOW_SEED'] ?? 20262);
const PROGRAMS = Number(process.env['TAPEFLOW_PROGRAMS'] ?? 250);

function expectSameBits(seen: readonly Value[], expected: readonly Value[], label: () => string): void {
  expected.forEach((value, k) => {
    const a = seen[k] as NDArray;
    const b = value as NDArray;
    expect([a.dtype, a.shape], label()).toEqual([b.dtype, b.shape]);
    const xs = a.contiguous();
    const ys = b.contiguous();
    for (let i = 0; i < ys.length; i++) if (!Object.is(xs[i], ys[i])) expect.fail(`output ${k}, element ${i}: ${text(xs[i]!)} instead of ${text(ys[i]!)}\n${label()}`);
  });
}

describe(`random programs, seed ${SEED}`, () => {
  const ways: Readonly<Record<string, (program: Program) => Executable>> = {
    ...Object.fromEntries(BACKENDS.map((backend) => [backend, (program: Program) => compile(program, backend).executable])),
    // Bands of scatter-adds add up in another order.
    'wasm in small chunks': (program) => compileToWasm(optimize(program), 1, { ...SMALL_CHUNKS, bandShare: 0 }),
  };
  for (const [name, make] of Object.entries(ways)) {
    test(`${PROGRAMS} programs on ${name}, run twice on other inputs`, { timeout: 120_000 }, () => {
      let equations = 0;
      for (let k = 0; k < PROGRAMS; k++) {
        const seed = SEED + 7919 * k;
        const dice = new Dice(seed);
        const inputs = Array.from({ length: 2 + dice.below(4) }, () => randomView(dice));
        const f = randomFunction(seed + 1, 4 + dice.below(24));
        const { program } = traceProgram('jit', f, inputs.map(abstractOf));
        equations += countEquations(program);
        const executable = make(program);
        const label = (): string => `program ${k} (seed ${seed}):\n${printProgram(program)}`;
        const others = inputs.map((x) => shuffled(x, dice));
        const [first, second] = [inputs, others].map((xs) => ({ seen: executable.run(xs), expected: f(xs) }));
        expectSameBits(second!.seen, second!.expected, label);
        // Results of the first run keep their values.
        expectSameBits(first!.seen, first!.expected, label);
      }
      expect(equations).toBeGreaterThan(10 * PROGRAMS);
    });
  }
});

/** The same view of other numbers. */
function shuffled({ storage, shape, strides, offset, dtype }: NDArray, dice: Dice): NDArray {
  return new NDArray(new Storage(storage.data.slice().sort(() => dice.next() - 0.5)), shape, strides, offset, dtype);
}

const text = (x: number): string => (Object.is(x, -0) ? '-0' : String(x));
