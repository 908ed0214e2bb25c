/** @file A program in WebAssembly: its memory of fixed size, its results, and what it asks of JavaScript while it runs. */
import type { Program, Value } from '@tapeflow/autodiff/extend';
import { allocate, type DType, type TypedArray } from '../../array/dtype.ts';
import { NDArray } from '../../array/ndarray.ts';
import type { MemoryOwner, Storage } from '../../array/storage.ts';
import { rowMajor, sizeOf } from '../../array/strides.ts';
import { copyInto } from '../../backends/js/copy.ts';
import { IndexError } from '../../errors.ts';
import { ProgramTooLargeError, ReentrantCallError, WorkerError } from '../errors.ts';
import type { Executable, ThreadsReport } from '../executable.ts';
import { lower } from '../lower/lower.ts';
import type { LowerOptions } from '../lower/lowering.ts';
import { stepsText, writtenRegions, type Output, type Schedule } from '../lower/step.ts';
import type { Region, View } from '../lower/view.ts';
import { planMemory, type MemoryPlan } from '../memory-plan.ts';
import { HOST_FUNCTIONS, MATH } from './kernels/imports.ts';
import { HOST, printProgram, type PrintedProgram } from './print-program.ts';
import { planChunks, type ChunkPlan } from './threads/chunked-program.ts';
import { CHUNK_RULES, type ChunkRules } from './threads/chunks.ts';
import { CONTROL } from './threads/control.ts';
import { joinPool, maySleep, problemWithThreads, type Membership } from './threads/pool.ts';
import { Trial } from './threads/trial.ts';
import { InputMemory, ResultMemory } from './transfer.ts';

const PAGE = 65_536;
const MOST_PAGES = 65_536;
const MOST_BALLAST = 2 ** 28;

/** How a program is compiled. */
export interface WasmOptions {
  /** One where there can be no others. */
  readonly threads?: number;
  readonly rules?: ChunkRules;
  /** Is told the number of each piece of work when it is done. */
  readonly tick?: ((work: number) => void) | undefined;
}

/** How a program is lowered and compiled; the numerics `fused` take an engine that can (`hasMultiplyAdd`). */
export interface CompileOptions extends WasmOptions, LowerOptions {}

/** A program as a module, before that is handed to the engine. */
export interface WasmCode {
  readonly schedule: Schedule;
  readonly plan: MemoryPlan;
  readonly chunks: ChunkPlan;
  readonly pages: number;
  readonly printed: PrintedProgram;
  /** Why there are fewer threads than were asked for. */
  readonly problem: string | undefined;
}

/** Makes the code of a schedule. Throws `ProgramTooLargeError`. */
export function printWasm(schedule: Schedule, { threads = 1, rules = CHUNK_RULES, tick }: WasmOptions = {}): WasmCode {
  const plan = planMemory(schedule);
  const obstacle = threads > 1 ? problemWithThreads() : undefined;
  const chunks = planChunks(schedule.steps, obstacle === undefined ? threads : 1, rules, plan.bytes);
  const problem = obstacle ?? (chunks.threads < threads ? 'no kernel is large enough, or can be divided' : undefined);
  const bytes = chunks.kernels.size > 0 || chunks.threads > 1 ? chunks.layout.end : plan.bytes;
  const pages = Math.max(1, Math.ceil(bytes / PAGE));
  if (pages > MOST_PAGES) throw new ProgramTooLargeError(bytes);
  return { schedule, plan, chunks, pages, printed: printProgram(schedule, pages, chunks, maySleep(), tick !== undefined), problem };
}

/** Compiles a program. Throws `UnsupportedOperationError` or `ProgramTooLargeError`. */
export function compileToWasm(program: Program, options: CompileOptions = {}): Executable {
  const code = printWasm(lower(program, options), options);
  const { plan, chunks, pages } = code;
  const memory = new WebAssembly.Memory({ initial: pages, maximum: pages, shared: chunks.threads > 1 });
  for (const region of plan.constants) dataOf(memory, region).set(region.constant!);
  return new WasmProgram(code, memory, options.tick);
}

function arrayAt(memory: WebAssembly.Memory, dtype: DType, address: number, size: number): TypedArray {
  switch (dtype) {
    case 'f32':
      return new Float32Array(memory.buffer, address, size);
    case 'f64':
      return new Float64Array(memory.buffer, address, size);
    case 'i32':
      return new Int32Array(memory.buffer, address, size);
    case 'bool':
      return new Uint8Array(memory.buffer, address, size);
  }
}

function dataOf(memory: WebAssembly.Memory, region: Region): TypedArray {
  return arrayAt(memory, region.dtype, region.root.address, region.size);
}

class WasmProgram implements Executable, MemoryOwner {
  readonly name = 'program';
  readonly takesNumbers = true;
  readonly bytes: number;
  private readonly schedule: Schedule;
  private readonly printed: PrintedProgram;
  private readonly memory: WebAssembly.Memory;
  private readonly chunks: ChunkPlan;
  private readonly problem: string | undefined;
  /** Garbage collectors do not count shared memory. They count this, of which nothing is ever touched, and so come when they should. */
  readonly ballast: ArrayBuffer | undefined;
  private readonly main: () => void;
  /** Where there are threads. */
  private readonly trial?: Trial;
  private readonly inputs: readonly InputMemory[];
  private readonly results: readonly ResultMemory[];
  private readonly outputs: readonly ((inputs: readonly (NDArray | number)[]) => Value)[];
  /** Whether results of the last run are lost in the next one. */
  private isLending = false;
  /** Whether JavaScript is at work in the middle of a run: another run would overwrite what this one needs. */
  private isCalling = false;

  constructor({ schedule, printed, chunks, problem }: WasmCode, memory: WebAssembly.Memory, tick?: (work: number) => void) {
    this.chunks = chunks;
    this.problem = problem;
    this.ballast = chunks.threads > 1 ? new ArrayBuffer(Math.min(memory.buffer.byteLength, MOST_BALLAST)) : undefined;
    this.schedule = schedule;
    this.printed = printed;
    this.memory = memory;
    this.bytes = memory.buffer.byteLength;
    const written = new Set(schedule.steps.flatMap(writtenRegions));
    this.inputs = schedule.inputs.map(({ region }) => new InputMemory(region.root.address < 0 ? allocate(region.dtype, 0) : dataOf(memory, region), region.dtype, !written.has(region.root)));
    // Inputs are filled in before results leave, so results that are windows onto them leave at once.
    const inputRegions = new Set(schedule.inputs.map(({ region }) => region.root));
    const results = new Map<Region, ResultMemory>();
    const resultOf = (root: Region): ResultMemory => {
      let result = results.get(root);
      if (result === undefined) results.set(root, (result = new ResultMemory(dataOf(memory, root), this, inputRegions.has(root))));
      return result;
    };
    this.outputs = schedule.outputs.map((output) => this.reader(output, resultOf));
    this.results = [...results.values()];
    const math = Object.fromEntries(printed.functions.map((name) => [name, HOST_FUNCTIONS[name]]));
    const host = {
      [HOST.memory]: memory,
      [HOST.indexOutOfRange]: (site: number, index: number, length: number): never => {
        const { operation, place } = printed.sites[site]!;
        throw new IndexError(operation, index, length, place);
      },
      [HOST.failed]: (check: number): never => this.fail(check),
      [HOST.perform]: (call: number): void => this.perform(call),
      ...(tick === undefined ? {} : { [HOST.tick]: tick }),
      ring: (): void => membership?.ring(false),
      // Workers learn of the program when it first asks for them.
      wake: (): void => (membership ??= joinPool(this, module, memory, chunks.threads)).ring(true),
      workerFailed: (): never => {
        throw new WorkerError(problemWithThreads() ?? 'a worker failed');
      },
      now: (): number => performance.now(),
    };
    let membership: Membership | undefined;
    const module = new WebAssembly.Module(printed.bytes);
    const instance = new WebAssembly.Instance(module, { [MATH]: math, [HOST.module]: host });
    this.main = instance.exports['main'] as () => void;
    if (chunks.threads > 1) {
      this.trial = new Trial({
        now: () => performance.now(),
        byWorkers: () => this.threads.byWorkers,
        setAlone: (isAlone) => void (arrayAt(memory, 'i32', chunks.layout.base + CONTROL.alone, 1)[0] = Number(isAlone)),
      });
    }
  }

  run(inputs: readonly Value[], lend: boolean = false, donated?: ReadonlySet<Storage>): Value[] {
    if (this.isCalling) throw new ReentrantCallError();
    const given = inputs as readonly (NDArray | number)[];
    // Inputs first: results of the last run may be among them.
    for (let k = 0; k < given.length; k++) this.inputs[k]!.fill(given[k]!);
    for (const result of this.results) result.end(this.isLending, donated);
    this.isLending = lend;
    if (this.trial === undefined) this.main();
    else this.trial.run(this.main);
    const values: Value[] = [];
    for (const output of this.outputs) values.push(output(given));
    for (const result of this.results) result.given();
    return values;
  }

  /** What makes one value of the results after a run. */
  private reader(output: Output, resultOf: (root: Region) => ResultMemory): (inputs: readonly (NDArray | number)[]) => Value {
    if ('value' in output) return () => output.value;
    if ('input' in output) {
      const { input } = output;
      return (inputs) => this.inputs[input]!.valueOf(inputs[input]!);
    }
    const { shape, strides, offset, dtype, region } = output.view;
    if (sizeOf(shape) === 0) return () => NDArray.of(allocate(dtype, 0), shape, dtype);
    const result = resultOf(region.root);
    return () => new NDArray(result.take(), shape, strides, offset, dtype);
  }

  /** A copy of a gapless value in memory. */
  private copyOut({ region, shape, dtype }: View): NDArray {
    return NDArray.of(sizeOf(shape) === 0 ? allocate(dtype, 0) : dataOf(this.memory, region).slice(), shape, dtype);
  }

  private fail(check: number): never {
    const { data, error } = this.printed.checks[check]!;
    throw error(data.map((view) => this.copyOut(view)));
  }

  private perform(call: number): void {
    const { primitive, params, results, inputs } = this.printed.hostCalls[call]!;
    this.isCalling = true;
    try {
      const outputs = primitive.evaluate(inputs.map((view) => this.copyOut(view)), params) as NDArray[];
      results.forEach((view, k) => {
        if (view.region.size > 0) copyInto(dataOf(this.memory, view.region), outputs[k]!, 0, rowMajor(view.shape));
      });
    } finally {
      this.isCalling = false;
    }
  }

  get threads(): ThreadsReport {
    const { threads, kernels, fixed, layout } = this.chunks;
    const byWorkers = threads > 1 ? arrayAt(this.memory, 'i32', layout.byWorkers, 1)[0]! : 0;
    return { threads, kernels: kernels.size + fixed.size, byWorkers, trial: this.trial?.report, problem: this.problem ?? (threads > 1 ? problemWithThreads() : undefined) };
  }

  toString(): string {
    return [`${this.printed.kernels} kernels, ${this.bytes} bytes of memory`, ...stepsText(this.schedule.steps)].join('\n');
  }
}
