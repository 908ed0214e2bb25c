/** @file Executables: programs made ready to run on a backend, once per program. */
import { countEquations, type Program, type Value } from '@tapeflow/autodiff/extend';
import { optimize } from './graph/optimize.ts';
import { compileToGpu } from './gpu/program.ts';
import { interpret } from './interpreter.ts';
import { compileToWasm } from './wasm/program.ts';

/** Where programs run: compiled to WebAssembly, interpreted operation by operation, or on graphics hardware (see `loadGpu`). */
export type Backend = 'wasm' | 'js' | 'gpu';

/** The threads of a program. */
export interface ThreadsReport {
  /** How many take part: 1 where there can be no others. */
  readonly threads: number;
  /** Kernels that are done in chunks. Others are too small, or have a form that cannot be divided. */
  readonly kernels: number;
  /** Chunks that were performed by workers so far. */
  readonly byWorkers: number;
  /** Why there are fewer threads than were asked for. */
  readonly problem: string | undefined;
}

/** A program that can be run on plain values. */
export interface Executable {
  /** `lend`: large results may be lost when the program runs again, and are not copied then. */
  run(inputs: readonly Value[], lend?: boolean): Value[];
  /** Bytes of memory that belong to the program. */
  readonly bytes: number;
  /** Undefined: the backend has no threads. */
  readonly threads?: ThreadsReport;
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

const compiled = new Map<string, WeakMap<Program, Compiled>>();
const MAKE: Readonly<Record<Backend, (program: Program, threads: number) => Executable>> = { wasm: compileToWasm, js: interpret, gpu: compileToGpu };

function compiledFor(backend: Backend, threads: number): WeakMap<Program, Compiled> {
  const key = `${backend} ${threads}`;
  const known = compiled.get(key) ?? new WeakMap<Program, Compiled>();
  compiled.set(key, known);
  return known;
}

/** The program made ready for a backend; the second time it is found ready. */
export function compile(program: Program, backend: Backend, threads: number = 1): Compiled {
  const ready = compiledFor(backend, threads);
  const known = ready.get(program);
  if (known !== undefined) return known;
  const optimized = optimize(program);
  const result: Compiled = { backend, program: optimized, equations: countEquations(optimized), executable: MAKE[backend](optimized, threads) };
  ready.set(program, result);
  return result;
}

/** What is known of a program that has been compiled before. */
export function compiledBefore(program: Program, backend: Backend, threads: number = 1): Compiled | undefined {
  return compiledFor(backend, threads).get(program);
}
