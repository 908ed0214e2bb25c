/** @file Executables: programs made ready to run on a backend, once per program. */
import { countEquations, type Program, type Value } from '@tapeflow/autodiff/extend';
import type { Storage } from '../array/storage.ts';
import { optimize } from './graph/optimize.ts';
import { compileToGpu } from './gpu/program.ts';
import { interpret } from './interpreter.ts';
import { compileToWasm } from './wasm/program.ts';

/** Where programs run: compiled to WebAssembly, interpreted operation by operation, or on graphics hardware (see `loadGpu`). */
export type Backend = 'wasm' | 'js' | 'gpu';

/** A program that can be run on plain values. */
export interface Executable {
  /** `lend`: large results may be lost when the program runs again, and are not copied then. `donated`: memory of inputs that nobody reads afterwards. */
  run(inputs: readonly Value[], lend?: boolean, donated?: ReadonlySet<Storage>): Value[];
  /** Bytes of memory that belong to the program. */
  readonly bytes: number;
  /** The steps that are performed, as text. */
  toString(): string;
}

/** A program on a backend. */
export interface Compiled {
  readonly backend: Backend;
  /** The program after all passes. */
  readonly program: Program;
  readonly equations: number;
  readonly executable: Executable;
}

/** Every backend. */
export const BACKENDS: readonly Backend[] = ['wasm', 'js', 'gpu'];

const compiled: Readonly<Record<Backend, WeakMap<Program, Compiled>>> = { wasm: new WeakMap(), js: new WeakMap(), gpu: new WeakMap() };
const MAKE: Readonly<Record<Backend, (program: Program) => Executable>> = { wasm: compileToWasm, js: interpret, gpu: compileToGpu };

/** The program made ready for a backend; the second time it is found ready. */
export function compile(program: Program, backend: Backend): Compiled {
  const known = compiled[backend].get(program);
  if (known !== undefined) return known;
  const optimized = optimize(program);
  const result: Compiled = { backend, program: optimized, equations: countEquations(optimized), executable: MAKE[backend](optimized) };
  compiled[backend].set(program, result);
  return result;
}

/** What is known of a program that has been compiled before. */
export function compiledBefore(program: Program, backend: Backend): Compiled | undefined {
  return compiled[backend].get(program);
}
