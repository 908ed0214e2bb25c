/** @file The graph interpreter: needs neither WebAssembly nor code made from text, knows every operation, and says what is right. */
import { evaluateProgram, printProgram, type Program } from '@tapeflow/autodiff/extend';
import { withHeavyRunner } from '../backends/heavy.ts';
import type { Executable } from './executable.ts';

/** A program whose equations are performed one by one. */
export function interpret(program: Program): Executable {
  return { run: (inputs) => withHeavyRunner(false, () => evaluateProgram(program, inputs)), bytes: 0, toString: () => printProgram(program) };
}
