/** @file What a compiled function has become: its loops as text and as a picture, the memory that it needs and moves, and the time that it takes. */
import { equationTexts, type Equation, type Program, type Value } from '@tapeflow/autodiff/extend';
import type { Backend } from '../choose-backend.ts';
import { compile, type Target } from '../executable.ts';
import { callOf, type Jitted } from '../jit.ts';
import { printJavaScriptProgram } from '../javascript/print-program.ts';
import { lower } from '../lower/lower.ts';
import { stepsText, type Schedule } from '../lower/step.ts';
import { planMemory, type MemoryPlan } from '../memory-plan.ts';
import { printGraphviz } from './graphviz.ts';
import { profileProgram, type Profile } from './profile.ts';
import { reportWork, type WorkReport } from './work.ts';

/** Memory of a program, in bytes. */
export interface MemoryReport {
  /** The most that is in use at a time: all that the program ever needs. */
  readonly peak: number;
  readonly constants: number;
  readonly inputs: number;
  /** What there would be if no value shared memory with another. */
  readonly unshared: number;
}

/** A program of a compiled function. */
export interface Inspection {
  readonly backend: Backend;
  readonly memory: MemoryReport;
  /** Everything that is done, in the order of the program. */
  readonly work: readonly WorkReport[];
  /** Bytes that are read and written in one run. Loops that are decided while the program runs are counted as one step. */
  readonly bytes: { readonly read: number; readonly written: number };
  /** The loops of the program, one statement a line. */
  toString(): string;
  /** The program as JavaScript, as the backend `js` runs it: the loops with the equations that they come from. */
  toJavaScript(): string;
  /** Kernels and memory as a directed graph, for `dot -Tsvg`. */
  toGraphviz(): string;
  /**
   * Runs the program with a clock, on the arguments of the inspection. Each time that a piece of work is done the clock is asked, which takes some
   * tenths of a microsecond. Throws `NotInspectableError` on the gpu backend.
   */
  profile(repeats?: number): Profile;
}

/**
 * Looks into the program of a compiled function for arguments like these. It is traced and compiled for them if it has not been, but not called.
 * Throws `NotInspectableError` for functions that `jit` has not made, and inside of other transformations.
 */
export function inspect<Args extends readonly unknown[]>(f: Jitted<Args, unknown>, ...args: Args): Inspection {
  const { program, backend, target, inputs } = callOf(f, args);
  return new ProgramInspection(compile(program, target).program, backend, target, inputs);
}

class ProgramInspection implements Inspection {
  readonly backend: Backend;
  readonly memory: MemoryReport;
  readonly work: readonly WorkReport[];
  readonly bytes: { readonly read: number; readonly written: number };
  private readonly program: Program;
  private readonly target: Target;
  private readonly inputs: readonly Value[];
  private readonly schedule: Schedule;
  private readonly texts: ReadonlyMap<Equation, string>;

  constructor(program: Program, backend: Backend, target: Target, inputs: readonly Value[]) {
    this.program = program;
    this.backend = backend;
    this.target = target;
    this.inputs = inputs;
    // The same as what runs: nothing else is decided where a program is compiled.
    this.schedule = lower(program, { numerics: backend === 'js' ? 'roundedOnce' : target === 'wasm fused' ? 'fused' : 'stepwise' });
    const plan = planMemory(this.schedule);
    // Printed JavaScript writes down the terms of sums.
    const terms = backend === 'js' ? printJavaScriptProgram(program, this.schedule, 'nothing').scratchBytes : 0;
    this.memory = reportMemory(this.schedule, plan, terms);
    this.texts = equationTexts(program);
    this.work = reportWork(this.schedule, this.texts);
    const total = (bytes: (work: WorkReport) => number): number => this.work.reduce((sum, work) => sum + (work.times ?? 1) * bytes(work), 0);
    this.bytes = { read: total(({ bytesRead }) => bytesRead), written: total(({ bytesWritten }) => bytesWritten) };
  }

  toString(): string {
    const { peak, constants, inputs, unshared } = this.memory;
    const { read, written } = this.bytes;
    return [
      `backend ${this.backend}: ${this.work.length} pieces of work; bytes read ${read}, written ${written}`,
      `memory: ${peak} bytes, ${constants} of them constants and ${inputs} inputs; ${unshared} if nothing were shared`,
      ...stepsText(this.schedule.steps),
    ].join('\n');
  }

  toJavaScript(): string {
    if (this.backend === 'js') return printJavaScriptProgram(this.program, this.schedule, 'nothing').text;
    const schedule = lower(this.program, { numerics: 'roundedOnce' });
    planMemory(schedule);
    return printJavaScriptProgram(this.program, schedule, 'nothing').text;
  }

  toGraphviz(): string {
    return printGraphviz(this.schedule, this.texts);
  }

  profile(repeats: number = 20): Profile {
    return profileProgram(this.program, this.target, this.work, this.inputs, repeats);
  }
}

function reportMemory(schedule: Schedule, { bytes, constants, regions }: MemoryPlan, terms: number): MemoryReport {
  const total = (list: readonly { readonly bytes: number }[]): number => list.reduce((sum, region) => sum + region.bytes, 0);
  return { peak: bytes + terms, constants: total(constants), inputs: total(schedule.inputs.map(({ region }) => region)), unshared: total(regions) + terms };
}
