/** @file The functions of the chunks of a module: one per kernel, of the number of a chunk; and those that merge partial results. */
import { bytesPerElement } from '../../../array/dtype.ts';
import type { FixedKernel } from '../../kernels/fixed.ts';
import type { Kernel } from '../../kernels/kernel.ts';
import type { FunctionBuilder, FunctionReference, Local, ModuleBuilder } from '../assembler.ts';
import type { FixedFunctions } from '../fixed/index.ts';
import { PARTIAL_BYTES } from '../kernels/accumulators.ts';
import { emitPartOfKernel, type FixedPlaces } from '../kernels/emit-kernel.ts';
import { ScratchLocals } from '../kernels/function-state.ts';
import type { KernelImports } from '../kernels/imports.ts';
import { accumulatorDType, emitCombine } from '../kernels/reductions.ts';
import { emitLoad, emitStore } from '../kernels/scalar-code.ts';
import { emitScalarConversion, emitScalarOperator, scalarType } from '../kernels/scalar-operators.ts';
import { alignedBand, bandBytes, type ChunkPlan } from './chunked-program.ts';
import { emitAddBand, emitClearBand } from './bands.ts';
import type { Band, Chunks } from './chunks.ts';
import { CONTROL } from './control.ts';
import { Dispatch, type ThreadImports } from './dispatch.ts';
import type { FixedChunks } from './fixed-chunks.ts';

/** Work is counted up to this many nanoseconds, so that the sum of two fits. */
const MOST_WORK = 2 ** 29;

/** The chunks of a kernel in the module. */
interface ChunkedFunction {
  /** Addresses that are the same in all calls. */
  readonly places: FixedPlaces;
  /** (chunk) → */
  readonly chunk: FunctionReference;
  readonly number: number;
  readonly count: number;
  readonly work: number;
  readonly merge: FunctionReference | undefined;
}

/** All chunks of a module. */
export class ChunkFunctions {
  private readonly module: ModuleBuilder;
  private readonly plan: ChunkPlan;
  private readonly fixed: FixedFunctions;
  private readonly imports: KernelImports;
  private readonly threads: Dispatch | undefined;
  private readonly functions = new Map<Kernel | FixedKernel, ChunkedFunction>();

  /** `threads`: undefined for one thread. */
  constructor(module: ModuleBuilder, imports: KernelImports, fixed: FixedFunctions, plan: ChunkPlan, places: ReadonlyMap<Kernel, FixedPlaces>, threads: ThreadImports | undefined, mayWait: boolean) {
    this.module = module;
    this.imports = imports;
    this.fixed = fixed;
    this.plan = plan;
    this.threads = threads && new Dispatch(module, threads, plan.layout, plan.threads, plan.waking, mayWait);
    for (const [kernel, chunks] of plan.kernels) this.addKernel(kernel, chunks, places.get(kernel)!);
    for (const [kernel, chunks] of plan.fixed) this.addFixed(kernel, chunks);
    this.threads?.finish([...this.functions.values()].map(({ chunk }) => chunk));
  }

  /** Where the address of a view has to be stored before the kernel runs; undefined where the kernel knows it. */
  argument(kernel: Kernel | FixedKernel, k: number): number | undefined {
    return this.functions.get(kernel)!.places[k] === undefined ? this.argumentAt(k) : undefined;
  }

  private argumentAt(k: number): number {
    return this.plan.layout.base + CONTROL.arguments + 4 * k;
  }

  has(kernel: Kernel | FixedKernel): boolean {
    return this.functions.has(kernel);
  }

  /** Performs a kernel whose arguments have been stored. */
  run(f: FunctionBuilder, kernel: Kernel | FixedKernel): void {
    const { chunk, number, count, work, merge } = this.functions.get(kernel)!;
    if (this.threads !== undefined) {
      f.i32Const(number).i32Const(count).i32Const(Math.min(Math.ceil(work), MOST_WORK)).call(this.threads.dispatch);
    } else {
      const at = f.local('i32');
      f.forRange(at, 0, count, 1, () => f.localGet(at).call(chunk));
    }
    if (merge !== undefined) f.call(merge);
  }

  /** Says that a run begins or is over. */
  session(f: FunctionBuilder, isRunning: boolean): void {
    this.threads?.session(f, isRunning);
  }

  private pushArgument(f: FunctionBuilder, places: FixedPlaces, k: number): FunctionBuilder {
    const place = places[k];
    return place === undefined ? f.i32Const(this.argumentAt(k)).load('i32.load') : f.i32Const(place | 0);
  }

  private add(kernel: Kernel | FixedKernel, places: FixedPlaces, chunk: FunctionReference, { count, work }: { readonly count: number; readonly work: number }, merge: FunctionReference | undefined): void {
    this.functions.set(kernel, { places, chunk, number: this.functions.size, count, work, merge });
  }

  /** Where a chunk leaves the partial results of its kernel. */
  private partialsOf({ count, merged }: Chunks, chunk: number): number {
    const { firstPartials, partials } = this.plan.layout;
    return chunk === 0 ? firstPartials : partials + (count - 1 - chunk) * merged.length * PARTIAL_BYTES;
  }

  private addKernel(kernel: Kernel, chunks: Chunks, places: FixedPlaces): void {
    // Chunks after the first have bands of their own.
    const same = places.map((place, k) => (chunks.bands.some(({ buffer }) => buffer === k) ? undefined : place));
    const part = emitPartOfKernel(this.module, this.imports, kernel, same, chunks.axis, this.threads?.noteIndexError);
    const slots = chunks.merged.length * PARTIAL_BYTES;
    const chunk = this.module.addFunction(`${kernel.name}Chunk`, ['i32'], [], (f, [number]) => {
      const from = f.local('i32');
      const bands = chunks.bands.map((band) => ({ ...band, place: this.bandPlace(f, chunks, band, () => f.localGet(number)) }));
      for (const { place, bytes, buffer } of bands) f.localGet(number).if(() => emitClearBand(f, kernel.buffers[buffer]!, place, bytes));
      kernel.buffers.forEach((_, k) => {
        const band = bands.find(({ buffer }) => buffer === k);
        this.pushArgument(f, same, k);
        // The first chunk adds to the place itself.
        if (band !== undefined) f.localSet(from).localGet(band.place).localGet(from).localGet(number).op('select');
      });
      f.localGet(number).i32Const(chunks.size).op('i32.mul').localTee(from).localGet(from).i32Const(chunks.size).op('i32.add');
      f.i32Const(this.partialsOf(chunks, 1) + slots).localGet(number).i32Const(slots).op('i32.mul').op('i32.sub');
      f.i32Const(this.partialsOf(chunks, 0)).localGet(number).op('select').call(part);
    }, { export: false });
    this.add(kernel, same, chunk, chunks, chunks.merged.length + chunks.bands.length === 0 ? undefined : this.emitMerge(kernel, chunks, same));
  }

  /** A variable with the address of the band of a chunk, of those after the first. */
  private bandPlace(f: FunctionBuilder, chunks: Chunks, band: Band, pushChunk: () => void): Local {
    const place = f.local('i32');
    const before = chunks.bands.slice(0, chunks.bands.indexOf(band)).reduce((total, { bytes }) => total + alignedBand(bytes), 0);
    pushChunk();
    f.i32Const(1).op('i32.sub').i32Const(bandBytes(chunks)).op('i32.mul').i32Const((this.plan.layout.bands + before) | 0).op('i32.add').localSet(place);
    return place;
  }

  /** Puts partial results together in the order of the chunks. */
  private emitMerge(kernel: Kernel, chunks: Chunks, places: FixedPlaces): FunctionReference {
    const { count, merged, bands } = chunks;
    return this.module.addFunction(`${kernel.name}Merge`, [], [], (f) => {
      const scratch = new ScratchLocals(f);
      merged.forEach(({ buffer, access, operator }, slot) => {
        const dtype = kernel.buffers[buffer]!;
        const wide = accumulatorDType(operator, dtype);
        const total = f.local(scalarType(wide));
        for (let chunk = 0; chunk < count; chunk++) {
          f.i32Const(this.partialsOf(chunks, chunk) + slot * PARTIAL_BYTES);
          emitLoad({ f }, wide, 0);
          if (chunk > 0) {
            f.localGet(total);
            emitCombine(f, operator, wide, () => {
              scratch.release();
              emitScalarOperator(f, this.imports, scratch, operator === 'min' ? 'min' : 'max', 'i32');
            });
          }
          f.localSet(total);
        }
        this.pushArgument(f, places, buffer).localGet(total);
        emitScalarConversion(f, wide, dtype);
        emitStore({ f }, dtype, access.offset * bytesPerElement(dtype));
      });
      const target = f.local('i32');
      for (const band of bands) {
        for (let chunk = 1; chunk < count; chunk++) {
          this.pushArgument(f, places, band.buffer).localSet(target);
          emitAddBand(f, kernel.buffers[band.buffer]!, target, this.bandPlace(f, chunks, band, () => f.i32Const(chunk)), band.bytes);
        }
      }
    }, { export: false });
  }

  private addFixed(kernel: FixedKernel, chunks: FixedChunks): void {
    const { count, whole, last, moves, scratch } = chunks;
    const { layout } = this.plan;
    const [most, end] = [whole, last].map((own) => this.fixed.of(own)) as [FunctionReference, FunctionReference];
    const chunk = this.module.addFunction(`${kernel.kind}Chunk`, ['i32'], [], (f, [number]) => {
      const call = (target: FunctionReference): void => {
        target.params.forEach((_, k) => {
          if (k === scratch) {
            f.globalGet(this.threads!.thread).i32Const(layout.scratchPerThread).op('i32.mul').i32Const(layout.scratch).op('i32.add');
            return;
          }
          this.pushArgument(f, [], k);
          const move = moves[k] ?? 0;
          if (move !== 0) f.localGet(number).i32Const(move | 0).op('i32.mul').op('i32.add');
        });
        f.call(target);
      };
      f.localGet(number).i32Const(count - 1).op('i32.lt_u').if(() => call(most), () => call(end));
    }, { export: false });
    this.add(kernel, [], chunk, chunks, undefined);
  }
}
