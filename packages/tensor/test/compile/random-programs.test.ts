/** @file Random programs give the same bits compiled as operation by operation. */
import { describe, expect, test, vi } from 'vitest';
import { abstractOf, countEquations, innerPrograms, printProgram, traceProgram, type Program, type Value } from '@tapeflow/autodiff/extend';
import { compile } from '../../src/compile/executable.ts';
import { NDArray } from '../../src/array/ndarray.ts';
import { Storage } from '../../src/array/storage.ts';
import { Progress, tallied } from './progress.ts';
import { Dice, randomFunction, randomView } from './random-programs.ts';

// The functions that kernels compute by themselves are not those of JavaScript to the last bit (docs/accuracy.md). Here operations one by one use
// them, too, one number at a time: then every bit has to agree, wherever in a row, a loop or a program a number stands.
vi.mock(import('../../src/backends/js/loops.ts'), async (original) => {
  const { elementaryLoops } = await import('./wasm/math/lane-functions.ts');
  return { ...(await original()), ...elementaryLoops() };
});

const SEED = Number(process.env['TAPEFLOW_SEED'] ?? 20262);
/** How many on each backend: what the interpreter could get wrong, a few programs show. */
const ALL = Number(process.env['TAPEFLOW_PROGRAMS'] ?? 500);
const PROGRAMS = { wasm: ALL, js: Math.min(ALL, 50) } as const;

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

/** Names of the operations of a program and of those inside. */
function tally(program: Program, counts: Map<string, number>): void {
  for (const equation of program.equations) {
    tallied(counts, equation.primitive.name);
    for (const inner of innerPrograms(equation)) tally(inner.program, counts);
  }
}

describe(`random programs, seed ${SEED}`, () => {
  for (const backend of ['js', 'wasm'] as const) {
    const programs = PROGRAMS[backend];
    test(`${programs} programs on ${backend}, run twice on other inputs`, { timeout: Math.max(120_000, 300 * programs) }, () => {
      const progress = new Progress(`bit by bit on ${backend}`, programs);
      const operations = new Map<string, number>();
      let equations = 0;
      for (let k = 0; k < programs; k++) {
        const seed = SEED + 7919 * k;
        const dice = new Dice(seed);
        const inputs = Array.from({ length: 2 + dice.below(4) }, () => randomView(dice));
        const f = randomFunction(seed + 1, 4 + dice.below(24));
        const { program } = traceProgram('jit', f, inputs.map(abstractOf));
        equations += countEquations(program);
        tally(program, operations);
        const { executable } = compile(program, backend);
        const label = (): string => `program ${k} (seed ${seed}):\n${printProgram(program)}`;
        const others = inputs.map((x) => shuffled(x, dice));
        const [first, second] = [inputs, others].map((xs) => ({ seen: executable.run(xs), expected: f(xs) }));
        expectSameBits(second!.seen, second!.expected, label);
        // Results of the first run keep their values.
        expectSameBits(first!.seen, first!.expected, label);
        progress.step();
      }
      progress.tell(operations);
      expect(equations).toBeGreaterThan(10 * programs);
      if (programs >= 500) expect(operations.size).toBeGreaterThan(70);
    });
  }
});

/** The same view of other numbers. */
function shuffled({ storage, shape, strides, offset, dtype }: NDArray, dice: Dice): NDArray {
  return new NDArray(new Storage(storage.data.slice().sort(() => dice.next() - 0.5)), shape, strides, offset, dtype);
}

const text = (x: number): string => (Object.is(x, -0) ? '-0' : String(x));
