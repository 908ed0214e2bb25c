/** @file Executables: programs made ready to run on a backend, once per program. */
import { countEquations, type Program, type Value } from '@tapeflow/autodiff/extend';
import type { Storage } from '../array/storage.ts';
import type { Backend } from './choose-backend.ts';
import { optimize } from './graph/optimize.ts';
import { compileForGpu } from './gpu/registry.ts';
import { compileForJavaScript } from './javascript/index.ts';
import { compileToJavaScript } from './javascript/program.ts';
import { compileToWasm } from './wasm/program.ts';
import type { TrialReport } from './wasm/threads/trial.ts';

/**
 * Where a program runs and how: `js debug` is printed JavaScript that checks every number it stores, `wasm fused` adds products to sums without
 * rounding them first, in engines that can.
 */
export type Target = Backend | 'js debug' | 'wasm fused';
/** The threads of a program. */
export interface ThreadsReport {
  /** How many take part: 1 where there can be no others. */
  readonly threads: number;
  /** Kernels that are done in chunks. Others are too small, or have a form that cannot be divided. */
  readonly kernels: number;
  /** Chunks that were performed by workers so far. */
  readonly byWorkers: number;
  /**
   * Milliseconds of a run with all threads and by the caller alone, when both were tried last, some hundred runs ago at most: whatever is faster is
   * done until the next trial. Undefined before the first one has come to an end.
   */
  readonly trial: TrialReport | undefined;
  /** Why there are fewer threads than were asked for. */
  readonly problem: string | undefined;
}

/** A program that can be run on plain values. */
export interface Executable {
  /**
   * Inputs are arrays; a number may stand for one of rank 0 where `takesNumbers`. `lend`: large results may be lost when the program
   * runs again, and are not copied then. `donated`: memory of inputs that nobody reads afterwards.
   */
  run(inputs: readonly Value[], lend?: boolean, donated?: ReadonlySet<Storage>): Value[];
  readonly takesNumbers?: boolean;
  /** Bytes of memory that belong to the program. */
  readonly bytes: number;
  /** Undefined: the backend has no threads. */
  readonly threads?: ThreadsReport;
  /** The steps that are performed, as text. */
  toString(): string;
}

/** A program on a backend. */
export interface Compiled {
  readonly target: Target;
  /** The program after all passes. */
  readonly program: Program;
  readonly equations: number;
  readonly executable: Executable;
}

const compiled = new Map<string, WeakMap<Program, Compiled>>();
const MAKE: Readonly<Record<Target, (program: Program, threads: number) => Executable>> = {
  wasm: (program, threads) => compileToWasm(program, { threads }),
  js: compileForJavaScript,
  gpu: compileForGpu,
  'wasm fused': (program, threads) => compileToWasm(program, { threads, numerics: 'fused' }),
  'js debug': (program) => compileToJavaScript(program, 'checks'),
};

function compiledFor(target: Target, threads: number): WeakMap<Program, Compiled> {
  const key = `${target} ${threads}`;
  let known = compiled.get(key);
  if (known === undefined) compiled.set(key, (known = new WeakMap()));
  return known;
}

/** The program made ready for a backend; the second time it is found ready. */
export function compile(program: Program, target: Target, threads: number = 1): Compiled {
  const ready = compiledFor(target, threads);
  const known = ready.get(program);
  if (known !== undefined) return known;
  const optimized = optimize(program);
  const result: Compiled = { target, program: optimized, equations: countEquations(optimized), executable: MAKE[target](optimized, threads) };
  ready.set(program, result);
  return result;
}

/** What is known of a program that has been compiled before. */
export function compiledBefore(program: Program, target: Target, threads: number = 1): Compiled | undefined {
  return compiledFor(target, threads).get(program);
}
