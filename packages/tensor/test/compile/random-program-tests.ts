/** @file Random programs on a backend against operation by operation, bit by bit. */
import { describe, expect, test } from 'vitest';
import { abstractOf, countEquations, innerPrograms, printProgram, traceProgram, type Program, type Value } from '@tapeflow/autodiff/extend';
import type { Executable } from '../../src/compile/executable.ts';
import { NDArray } from '../../src/array/ndarray.ts';
import { Storage } from '../../src/array/storage.ts';
import { Progress, tallied } from './progress.ts';
import { Dice, randomFunction, randomView } from './random-programs.ts';

const SEED = Number(process.env['TAPEFLOW_SEED'] ?? 20262);
const ASKED = process.env['TAPEFLOW_PROGRAMS'];

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

/** A way to run programs. */
export interface Way {
  readonly executableOf: (program: Program) => Executable;
  /** How many programs, unless TAPEFLOW_PROGRAMS asks for others. */
  readonly programs: number;
  /** Whether TAPEFLOW_PROGRAMS may ask for more than that. */
  readonly isLong: boolean;
}

/** Declares the tests of each way to run programs. */
export function testRandomPrograms(ways: Readonly<Record<string, Way>>): void {
  describe(`random programs, seed ${SEED}`, () => {
    for (const [name, { executableOf, programs: usual, isLong }] of Object.entries(ways)) {
      const programs = ASKED === undefined ? usual : isLong ? Number(ASKED) : Math.min(Number(ASKED), usual);
      test(`${programs} programs on ${name}, run twice on other inputs`, { timeout: Math.max(120_000, 300 * programs) }, () => {
        const progress = new Progress(`bit by bit on ${name}`, programs);
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
          const executable = executableOf(program);
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
}

/** The same view of other numbers. */
function shuffled({ storage, shape, strides, offset, dtype }: NDArray, dice: Dice): NDArray {
  return new NDArray(new Storage(storage.data.slice().sort(() => dice.next() - 0.5)), shape, strides, offset, dtype);
}

const text = (x: number): string => (Object.is(x, -0) ? '-0' : String(x));
