/** @file A program in WebAssembly: its memory of fixed size, its results, and what it asks of JavaScript while it runs. */
import type { Program, Value } from '@tapeflow/autodiff/extend';
import { allocate, type DType, type TypedArray } from '../../array/dtype.ts';
import { NDArray } from '../../array/ndarray.ts';
import { Storage, type MemoryOwner } from '../../array/storage.ts';
import { rowMajor, sizeOf } from '../../array/strides.ts';
import { copyInto } from '../../backends/js/copy.ts';
import { IndexError } from '../../errors.ts';
import { ProgramTooLargeError, WorkerError } from '../errors.ts';
import type { Executable, ThreadsReport } from '../executable.ts';
import { lower } from '../lower/lower.ts';
import { stepsText, writtenRegions, type Output, type Schedule } from '../lower/step.ts';
import type { Region, View } from '../lower/view.ts';
import { planMemory } from '../memory-plan.ts';
import { HOST_FUNCTIONS, MATH } from './kernels/imports.ts';
import { HOST, printProgram, type PrintedProgram } from './print-program.ts';
import { planChunks, type ChunkPlan } from './threads/chunked-program.ts';
import { CHUNK_RULES, type ChunkRules } from './threads/chunks.ts';
import { CONTROL } from './threads/control.ts';
import { joinPool, maySleep, problemWithThreads, type Membership } from './threads/pool.ts';

const PAGE = 65_536;
const MOST_PAGES = 65_536;
const MOST_BALLAST = 2 ** 28;
/** Results up to this size are copied out at once: as views they would keep the whole memory alive. */
const SMALL = 256;

/** Compiles a program for some threads, or for one where there can be no others. Throws `UnsupportedOperationError` or `ProgramTooLargeError`. */
export function compileToWasm(program: Program, threads: number = 1, rules: ChunkRules = CHUNK_RULES): Executable {
  const schedule = lower(program);
  const plan = planMemory(schedule);
  const obstacle = threads > 1 ? problemWithThreads() : undefined;
  const chunks = planChunks(schedule.steps, obstacle === undefined ? threads : 1, rules, plan.bytes);
  const problem = obstacle ?? (chunks.threads < threads ? 'no kernel is large enough, or can be divided' : undefined);
  const bytes = chunks.kernels.size > 0 || chunks.threads > 1 ? chunks.layout.end : plan.bytes;
  const pages = Math.max(1, Math.ceil(bytes / PAGE));
  if (pages > MOST_PAGES) throw new ProgramTooLargeError(bytes);
  const memory = new WebAssembly.Memory({ initial: pages, maximum: pages, shared: chunks.threads > 1 });
  for (const region of plan.constants) dataOf(memory, region).set(region.constant!);
  return new WasmProgram(schedule, printProgram(schedule, pages, chunks, maySleep()), memory, chunks, problem);
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

/** Memory of one input, and what lies there. */
class InputMemory {
  private readonly data: TypedArray;
  /** Whether what was filled in is still there in the next run. */
  private readonly stays: boolean;
  private last: { readonly id: number; readonly offset: number; readonly strides: readonly number[] } | undefined;

  constructor(data: TypedArray, stays: boolean) {
    this.data = data;
    this.stays = stays;
  }

  /** Copies an array in, unless it is what was there the last time: arrays never change, except those whose memory is shared. */
  fill(array: NDArray): void {
    if (this.data.length === 0) return;
    const { storage, offset, strides, shape } = array;
    const { last } = this;
    if (last !== undefined && last.id === storage.id && last.offset === offset && last.strides.every((stride, axis) => stride === strides[axis])) return;
    copyInto(this.data, array, 0, rowMajor(shape));
    // The number of the storage is enough, and does not keep it alive.
    this.last = this.stays && !storage.isShared ? { id: storage.id, offset, strides } : undefined;
  }
}

class WasmProgram implements Executable, MemoryOwner {
  readonly name = 'program';
  readonly bytes: number;
  private readonly schedule: Schedule;
  private readonly printed: PrintedProgram;
  private readonly memory: WebAssembly.Memory;
  private readonly chunks: ChunkPlan;
  private readonly problem: string | undefined;
  /** Garbage collectors do not count shared memory. They count this, of which nothing is ever touched, and so come when they should. */
  readonly ballast: ArrayBuffer | undefined;
  private readonly main: () => void;
  private readonly inputs: readonly InputMemory[];
  /** Inputs are filled in before results leave, so results that are windows onto them leave at once. */
  private readonly inputRegions: ReadonlySet<Region>;
  /**
   * Memory that results of the last run use. It is moved to the heap before the next run, whether somebody still holds it or not: what
   * a garbage collector knows of that comes too late, and asking it keeps everything alive until the running script pauses.
   */
  private lent: Storage[] = [];
  /** Whether they are lost then. */
  private isLending = false;

  constructor(schedule: Schedule, printed: PrintedProgram, memory: WebAssembly.Memory, chunks: ChunkPlan, problem: string | undefined) {
    this.chunks = chunks;
    this.problem = problem;
    this.ballast = chunks.threads > 1 ? new ArrayBuffer(Math.min(memory.buffer.byteLength, MOST_BALLAST)) : undefined;
    this.schedule = schedule;
    this.printed = printed;
    this.memory = memory;
    this.bytes = memory.buffer.byteLength;
    this.inputRegions = new Set(schedule.inputs.map(({ region }) => region.root));
    const written = new Set(schedule.steps.flatMap(writtenRegions));
    this.inputs = schedule.inputs.map(({ region }) => new InputMemory(region.root.address < 0 ? allocate(region.dtype, 0) : dataOf(memory, region), !written.has(region.root)));
    const math = Object.fromEntries(printed.functions.map((name) => [name, HOST_FUNCTIONS[name]]));
    const host = {
      [HOST.memory]: memory,
      [HOST.indexOutOfRange]: (site: number, index: number, length: number): never => {
        const { operation, place } = printed.sites[site]!;
        throw new IndexError(operation, index, length, place);
      },
      [HOST.failed]: (check: number): never => this.fail(check),
      [HOST.perform]: (call: number): void => this.perform(call),
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
  }

  run(inputs: readonly Value[], lend: boolean = false): Value[] {
    // Inputs first: results of the last run may be among them.
    for (let k = 0; k < inputs.length; k++) this.inputs[k]!.fill(inputs[k] as NDArray);
    for (const storage of this.lent) {
      if (this.isLending) storage.takeBack();
      else storage.moveToHeap();
    }
    this.lent = [];
    this.isLending = lend;
    this.main();
    const storages = new Map<Region, Storage>();
    return this.schedule.outputs.map((output) => this.output(output, inputs, storages));
  }

  private output(output: Output, inputs: readonly Value[], storages: Map<Region, Storage>): Value {
    if ('value' in output) return output.value;
    if ('input' in output) return inputs[output.input];
    const { view } = output;
    if (sizeOf(view.shape) === 0) return NDArray.of(allocate(view.dtype, 0), view.shape, view.dtype);
    const root = view.region.root;
    let storage = storages.get(root);
    if (storage === undefined) {
      storage = new Storage(dataOf(this.memory, root), this);
      if (root.bytes <= SMALL || this.inputRegions.has(root)) storage.moveToHeap();
      else this.lent.push(storage);
      storages.set(root, storage);
    }
    return new NDArray(storage, view.shape, view.strides, view.offset, view.dtype);
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
    const outputs = primitive.evaluate(inputs.map((view) => this.copyOut(view)), params) as NDArray[];
    results.forEach((view, k) => {
      if (view.region.size > 0) copyInto(dataOf(this.memory, view.region), outputs[k]!, 0, rowMajor(view.shape));
    });
  }

  get threads(): ThreadsReport {
    const { threads, kernels, fixed, layout } = this.chunks;
    const byWorkers = threads > 1 ? arrayAt(this.memory, 'i32', layout.base + CONTROL.byWorkers, 1)[0]! : 0;
    return { threads, kernels: kernels.size + fixed.size, byWorkers, problem: this.problem ?? (threads > 1 ? problemWithThreads() : undefined) };
  }

  toString(): string {
    return [`${this.printed.kernels} kernels, ${this.bytes} bytes of memory`, ...stepsText(this.schedule.steps)].join('\n');
  }
}
