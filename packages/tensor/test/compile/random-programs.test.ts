/** @file Random programs give the same bits compiled as operation by operation. */
import { printProgram } from '@tapeflow/autodiff/extend';
import { vi } from 'vitest';
import { compile } from '../../src/compile/executable.ts';
import { optimize } from '../../src/compile/graph/optimize.ts';
import { interpret } from '../../src/compile/interpreter.ts';
import { isPointwise, residents, type Residence } from '../../src/compile/lower/residence.ts';
import { compileToWasm } from '../../src/compile/wasm/program.ts';
import { SMALL_CHUNKS } from './wasm/threads/support.ts';
import { Dice } from './random-programs.ts';
import { testRandomPrograms } from './random-program-tests.ts';

// The functions that kernels compute by themselves are not those of JavaScript to the last bit (docs/accuracy.md). Here operations one by one use
// them, too, one number at a time: then every bit has to agree, wherever in a row, a loop or a program a number stands.
vi.mock(import('../../src/backends/js/loops.ts'), async (original) => {
  const { elementaryLoops } = await import('./wasm/math/lane-functions.ts');
  return { ...(await original()), ...elementaryLoops() };
});

/** Every third value that could be computed where it is read lies in memory instead, or the other way round: nothing that is decided there may change a bit. */
function otherResidence(seed: number): Residence {
  const dice = new Dice(seed);
  return (program) => {
    const chosen = new Set(residents(program));
    for (const equation of program.equations) {
      const [variable] = equation.outputs;
      if (isPointwise(equation) && dice.below(3) === 0 && !chosen.delete(variable!)) chosen.add(variable!);
    }
    return chosen;
  };
}

testRandomPrograms({
  'the interpreter': { executableOf: (program) => interpret(optimize(program)), programs: 50, isLong: false },
  wasm: { executableOf: (program) => compile(program, 'wasm').executable, programs: 500, isLong: true },
  'wasm with other values in memory': { executableOf: (program) => compileToWasm(optimize(program), { residence: otherResidence(printProgram(program).length) }), programs: 200, isLong: true },
  // Bands of scatter-adds add up in another order.
  'wasm in small chunks': { executableOf: (program) => compileToWasm(optimize(program), { rules: { ...SMALL_CHUNKS, bandShare: 0 } }), programs: 150, isLong: true },
});
