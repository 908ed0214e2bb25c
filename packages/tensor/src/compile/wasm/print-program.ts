/** @file Prints a schedule as one WebAssembly module: a function per kernel, and `main`, which calls them in loops and branches. */
import type { Primitive } from '@tapeflow/autodiff/extend';
import { bytesPerElement } from '../../array/dtype.ts';
import type { NDArray } from '../../array/ndarray.ts';
import type { IndexSite } from '../../primitives/index-within.ts';
import type { Kernel } from '../kernels/kernel.ts';
import { innerSteps, workOf, type CheckStep, type CondStep, type FixedStep, type HostStep, type RunStep, type ScanStep, type Schedule, type Step, type WhileStep } from '../lower/step.ts';
import { placeOf, type Counter, type View } from '../lower/view.ts';
import { ModuleBuilder, type FunctionReference, type Local } from './assembler.ts';
import { FixedFunctions } from './fixed/index.ts';
import type { FunctionBuilder } from './function-builder.ts';
import { emitKernel, type FixedPlaces } from './kernels/emit-kernel.ts';
import { HOST as HOST_MODULE, hostFunctionsOf, KernelImports, type HostFunction } from './kernels/imports.ts';
import { ChunkFunctions } from './threads/chunk-functions.ts';
import type { ChunkPlan } from './threads/chunked-program.ts';
import { importThreadFunctions } from './threads/dispatch.ts';

/** An operation that JavaScript performs, by the number under which `main` calls for it. */
export interface HostCall {
  readonly primitive: Primitive;
  readonly params: unknown;
  readonly results: readonly View[];
  readonly inputs: readonly View[];
}

/** A condition whose failure ends the program, by number. */
export interface Check {
  readonly data: readonly View[];
  readonly error: (data: readonly NDArray[]) => Error;
}

/** A module and what it needs of JavaScript. */
export interface PrintedProgram {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly kernels: number;
  readonly functions: readonly HostFunction[];
  readonly hostCalls: readonly HostCall[];
  readonly checks: readonly Check[];
  /** Where indices are checked, by number. */
  readonly sites: readonly IndexSite[];
}

/** Names under which JavaScript gives functions and memory to the module. */
export const HOST: Readonly<Record<'module' | 'memory' | 'indexOutOfRange' | 'failed' | 'perform' | 'tick', string>> = { module: HOST_MODULE, memory: 'memory', indexOutOfRange: 'indexOutOfRange', failed: 'failed', perform: 'perform', tick: 'tick' };

/**
 * Prints a schedule whose regions have addresses. `pages` is the size of its memory; `mayWait`: whether the caller may sleep while others work;
 * `clock`: `tick` is called with the number of each piece of work that is done.
 */
export function printProgram(schedule: Schedule, pages: number, chunks: ChunkPlan, mayWait: boolean, clock: boolean = false): PrintedProgram {
  const module = new ModuleBuilder();
  const isShared = chunks.threads > 1;
  module.importMemory(HOST.module, HOST.memory, { min: pages, max: pages, shared: isShared });
  const steps = allSteps(schedule.steps);
  const kernels = [...new Set(steps.flatMap((step) => (step.kind === 'run' ? [step.kernel] : [])))];
  const functions = hostFunctionsOf(kernels);
  const imports = new KernelImports(module, functions);
  const failed = module.importFunction(HOST.module, HOST.failed, ['i32']);
  const perform = module.importFunction(HOST.module, HOST.perform, ['i32']);
  const ticks = clock ? { call: module.importFunction(HOST.module, HOST.tick, ['i32']), numbers: new Map<Step, number>(workOf(schedule.steps).map((step, k) => [step, k])) } : undefined;
  const threads = isShared ? importThreadFunctions(module, HOST.module, imports.indexOutOfRange) : undefined;
  // Kernels are functions of their own: engines optimize them while the main loop is running.
  const places = fixedPlaces(steps);
  const references = new Map(kernels.flatMap((kernel) => (chunks.kernels.has(kernel) ? [] : [[kernel, emitKernel(module, imports, kernel, places.get(kernel)!)] as const])));
  const fixed = new FixedFunctions(module);
  for (const step of steps) if (step.kind === 'fixed' && !chunks.fixed.has(step.kernel)) fixed.of(step.kernel);
  const shared = new ChunkFunctions(module, imports, fixed, chunks, places, threads, mayWait);
  const main = new MainPrinter(references, fixed, shared, failed, perform, ticks);
  module.addFunction('main', [], [], (f) => {
    shared.session(f, true);
    main.print(f, schedule.steps);
    shared.session(f, false);
  });
  return { bytes: module.toBytes(), kernels: kernels.length, functions, hostCalls: main.hostCalls, checks: main.checks, sites: imports.sites };
}

function allSteps(steps: readonly Step[]): Step[] {
  return steps.flatMap((step) => [step, ...innerSteps(step).flatMap(allSteps)]);
}

/** Which addresses a kernel gets in all of its calls. Equal kernels of unrolled steps are one function, which has to be told. */
function fixedPlaces(steps: readonly Step[]): Map<Kernel, FixedPlaces> {
  const places = new Map<Kernel, FixedPlaces>();
  for (const step of steps) {
    if (step.kind !== 'run') continue;
    const own = step.views.map(fixedAddress);
    places.set(step.kernel, places.get(step.kernel)?.map((place, k) => (place === own[k] ? place : undefined)) ?? own);
  }
  return places;
}

/** The address of the first element of a view, unless it moves. */
function fixedAddress(view: View): number | undefined {
  const { region, offset, moving } = placeOf(view);
  return moving.length > 0 ? undefined : region.address + offset * bytesPerElement(view.dtype);
}

/** What tells a clock which work is done. */
interface Ticks {
  readonly call: FunctionReference;
  readonly numbers: ReadonlyMap<Step, number>;
}

/** Prints `main`. */
class MainPrinter {
  readonly hostCalls: HostCall[] = [];
  readonly checks: Check[] = [];
  private readonly kernels: ReadonlyMap<Kernel, FunctionReference>;
  private readonly fixed: FixedFunctions;
  private readonly chunks: ChunkFunctions;
  private readonly failed: FunctionReference;
  private readonly perform: FunctionReference;
  private readonly ticks: Ticks | undefined;
  private readonly counters = new Map<Counter, Local>();

  constructor(kernels: ReadonlyMap<Kernel, FunctionReference>, fixed: FixedFunctions, chunks: ChunkFunctions, failed: FunctionReference, perform: FunctionReference, ticks: Ticks | undefined) {
    this.kernels = kernels;
    this.fixed = fixed;
    this.chunks = chunks;
    this.failed = failed;
    this.perform = perform;
    this.ticks = ticks;
  }

  print(f: FunctionBuilder, steps: readonly Step[]): void {
    for (const step of steps) {
      this.step(f, step);
      const number = this.ticks?.numbers.get(step);
      if (number !== undefined) f.i32Const(number).call(this.ticks!.call);
    }
  }

  private step(f: FunctionBuilder, step: Step): void {
    switch (step.kind) {
      case 'run':
        if (this.chunks.has(step.kernel)) return this.inChunks(f, step);
        for (const view of step.views) this.address(f, view);
        f.call(this.kernels.get(step.kernel)!);
        return;
      case 'fixed':
        if (this.chunks.has(step.kernel)) return this.inChunks(f, step);
        for (const view of step.views) this.address(f, view);
        f.call(this.fixed.of(step.kernel));
        return;
      case 'clear':
        this.address(f, step.target);
        f.i32Const(0).i32Const(step.target.region.bytes).memoryFill();
        return;
      case 'host':
        this.host(f, step);
        return;
      case 'scan':
        this.scan(f, step);
        return;
      case 'while':
        this.whileLoop(f, step);
        return;
      case 'cond':
        this.cond(f, step);
        return;
      case 'check':
        this.check(f, step);
        return;
    }
  }

  private inChunks(f: FunctionBuilder, { kernel, views }: RunStep | FixedStep): void {
    views.forEach((view, k) => {
      const place = this.chunks.argument(kernel, k);
      if (place === undefined) return;
      f.i32Const(place);
      this.address(f, view);
      f.store('i32.store');
    });
    this.chunks.run(f, kernel);
  }

  /** Pushes the address of the first element of a view. */
  private address(f: FunctionBuilder, view: View): void {
    const { region, offset, moving } = placeOf(view);
    const bytes = bytesPerElement(view.dtype);
    // Addresses wrap around like unsigned numbers.
    f.i32Const((region.address + offset * bytes) | 0);
    for (const { counter, stride } of moving) f.localGet(this.counters.get(counter)!).i32Const(stride * bytes).op('i32.mul').op('i32.add');
  }

  private condition(f: FunctionBuilder, view: View): void {
    this.address(f, view);
    f.load('i32.load8_u');
  }

  private host(f: FunctionBuilder, { primitive, params, results, inputs }: HostStep): void {
    f.i32Const(this.hostCalls.push({ primitive, params, results, inputs }) - 1).call(this.perform);
  }

  private scan(f: FunctionBuilder, { counter, sides, reverse, body }: ScanStep): void {
    const turn = this.turns(f, sides);
    const local = f.local('i32');
    this.counters.set(counter, local);
    const last = counter.length - 1;
    f.forRange(local, reverse ? last : 0, reverse ? -1 : counter.length, reverse ? -1 : 1, () => {
      this.print(f, body);
      turn();
    });
  }

  /** Lets the sides of a loop begin with 0; what is returned prints their change. */
  private turns(f: FunctionBuilder, sides: Counter): () => void {
    const local = f.local('i32');
    this.counters.set(sides, local);
    f.i32Const(0).localSet(local);
    return () => void f.i32Const(1).localGet(local).op('i32.sub').localSet(local);
  }

  private whileLoop(f: FunctionBuilder, { sides, condition, holds, body }: WhileStep): void {
    const turn = this.turns(f, sides);
    f.block((exit) => {
      f.loop((again) => {
        this.print(f, condition);
        this.condition(f, holds);
        f.op('i32.eqz').brIf(exit);
        this.print(f, body);
        turn();
        f.br(again);
      });
    });
  }

  private cond(f: FunctionBuilder, { predicate, whenTrue, whenFalse }: CondStep): void {
    this.condition(f, predicate);
    f.if(() => this.print(f, whenTrue), () => this.print(f, whenFalse));
  }

  private check(f: FunctionBuilder, { condition, report, data, error }: CheckStep): void {
    const number = this.checks.push({ data, error }) - 1;
    this.condition(f, condition);
    f.op('i32.eqz').if(() => {
      this.print(f, report);
      f.i32Const(number).call(this.failed);
    });
  }
}
