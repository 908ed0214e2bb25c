/** @file The device: an instance of gpu.js with its kernels. */
import type { Storage } from '../../array/storage.ts';
import { GpuBuffer, type BufferCounts } from './buffer.ts';
import { functionsIn } from './functions/index.ts';
import type { GpuFunction } from './functions/native.ts';
import type { GpuMode, LibraryInstance, LibraryKernel } from './library.ts';
import type { Rounding } from './operators.ts';

const UPLOAD = 'function(b0) { return b0[this.thread.x]; }';

/** An instance of gpu.js and what was made with it. */
export class GpuDevice {
  readonly mode: GpuMode;
  readonly counts: BufferCounts = { buffers: 0, bytes: 0 };
  /** How often results were waited for. */
  reads = 0;
  /** Numbers are doubles in the cpu mode: rounded after each operation they have the bits of f32. */
  readonly rounded: Rounding;
  private readonly library: LibraryInstance;
  private readonly kernels = new Map<string, LibraryKernel>();
  private readonly watched = new Set<Set<WeakRef<Storage>>>();

  constructor(mode: GpuMode, library: LibraryInstance) {
    this.mode = mode;
    this.library = library;
    this.rounded = mode === 'cpu' ? (text) => `Math.fround(${text})` : (text) => text;
  }

  /** Kernels that were compiled. Equal sources for buffers of equal sizes are one. */
  get compiled(): number {
    return this.kernels.size;
  }

  /** Numbers on the device. Kernels that have seen an array take no textures any more, so uploads have kernels of their own. */
  upload(numbers: Float32Array): GpuBuffer {
    const handle = this.mode === 'cpu' ? numbers : this.kernel(UPLOAD, numbers.length, ['Array'], [numbers.length])(numbers);
    return new GpuBuffer(handle, numbers.length, this.counts);
  }

  /** Runs a function of buffers and offsets for each of `size` threads. */
  run(source: string, size: number, buffers: readonly GpuBuffer[], offsets: readonly number[]): GpuBuffer {
    const types = [...buffers.map(() => (this.mode === 'cpu' ? 'Array' : 'ArrayTexture(1)')), ...offsets.map(() => 'Float')];
    const kernel = this.kernel(source, size, types, buffers.map((buffer) => buffer.size));
    return new GpuBuffer(kernel(...buffers.map(({ handle }) => handle), ...offsets), size, this.counts);
  }

  read(buffer: GpuBuffer): Float32Array {
    this.reads++;
    return buffer.read();
  }

  /** Told of every result. */
  made(storage: Storage): void {
    for (const results of this.watched) results.add(new WeakRef(storage));
  }

  /** Notes the results that are made from now on; the function that it returns ends that, and lists them. */
  watch(): () => Storage[] {
    const results = new Set<WeakRef<Storage>>();
    this.watched.add(results);
    return () => {
      this.watched.delete(results);
      return [...results].flatMap((reference) => reference.deref() ?? []);
    };
  }

  async destroy(): Promise<void> {
    this.kernels.clear();
    await this.library.destroy();
  }

  private kernel(source: string, size: number, types: readonly string[], sizes: readonly number[]): LibraryKernel {
    const key = `${size}|${types.join()}|${sizes.join()}|${source}`;
    let kernel = this.kernels.get(key);
    if (kernel === undefined) this.kernels.set(key, (kernel = this.library.createKernel(source, { ...this.settingsFor(source), output: [size], argumentTypes: [...types] })));
    return kernel;
  }

  private settingsFor(source: string): object {
    const functions = functionsIn(source);
    const isNative = ({ glsl }: GpuFunction): boolean => this.mode === 'webgl2' && glsl !== undefined;
    const natives = functions.filter(isNative);
    return {
      precision: 'single',
      pipeline: true,
      immutable: true,
      // Its remedy for inaccurate divisions would round quotients that are close to whole numbers; whole numbers have a function of their own here.
      fixIntegerDivisionAccuracy: false,
      functions: functions.filter((each) => !isNative(each)).map((each) => ({ name: each.name, source: each.source, argumentTypes: each.parameters.map(() => 'Number'), returnType: 'Number' })),
      // gpu.js puts native functions after those that call them, so they are defined in front of everything, and declared here again for their types.
      nativeFunctions: natives.map((each) => ({ name: each.name, source: `${headOf(each)};`, argumentTypes: Object.fromEntries(each.parameters.map((name) => [name, 'Number'])), returnType: 'Number' })),
      injectedNative: natives.map((each) => `${headOf(each)} { ${each.glsl!} }`).join('\n'),
    };
  }
}

const headOf = ({ name, parameters }: GpuFunction): string => `float ${name}(${parameters.map((parameter) => `float ${parameter}`).join(', ')})`;
