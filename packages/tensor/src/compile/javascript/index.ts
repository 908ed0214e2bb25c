/** @file The js backend: printed JavaScript where code may be made from text, the graph interpreter where it may not. */
import type { Program } from '@tapeflow/autodiff/extend';
import { UnsupportedOperationError } from '../errors.ts';
import type { Executable } from '../executable.ts';
import { interpret } from '../interpreter.ts';
import { canGenerateCode } from './code-generation.ts';
import { compileToJavaScript } from './program.ts';

/** Makes a program ready for the js backend. */
export function compileForJavaScript(program: Program): Executable {
  if (!canGenerateCode()) return interpret(program);
  try {
    return compileToJavaScript(program);
  } catch (error) {
    // Values that are no arrays, and programs whose values do not fit into one piece of memory: the interpreter has each in its own.
    if (error instanceof UnsupportedOperationError || error instanceof RangeError) return interpret(program);
    throw error;
  }
}
