/** @file Operations that JavaScript performs on the memory of a program, in loops whose values move on. */
import { test } from 'vitest';
import { abstractOf, traceProgram, type Value } from '@tapeflow/autodiff/extend';
import { NDArray } from '../../../src/array/ndarray.ts';
import { compile } from '../../../src/compile/executable.ts';
import { scanLeaves } from '../../../src/control/scan.ts';
import { randomBits } from '../../../src/primitives/random.ts';
import { reverse } from '../../../src/primitives/structure.ts';
import { BACKENDS, expectSame } from '../support.ts';

test.each(BACKENDS)('a value that an inner loop hands to JavaScript, and that the outer one stacks, on %s', (backend) => {
  const key = NDArray.of(Int32Array.of(17, -4), [2], 'i32');
  const types = [key, key].map(abstractOf);
  const inner = traceProgram('test', ([a, b]) => [randomBits(b!, [2]), b!, a!], types).program;
  const outer = traceProgram('test', ([a, b]) => {
    const [first, second] = scanLeaves(inner, [], [a, reverse(b!, [0])], [], 2);
    return [second!, first!, a!];
  }, types).program;
  const run = ([a, b]: readonly Value[]): readonly Value[] => scanLeaves(outer, [], [reverse(a!, [0]), b!], [], 3, true);
  const { program } = traceProgram('jit', (inputs) => run(inputs), types);
  expectSame(compile(program, backend).executable.run([key, key]), run([key, key]), 0);
});
