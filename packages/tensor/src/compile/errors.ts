/** @file What can go wrong when a function is compiled. */
import { TapeflowError } from '@tapeflow/autodiff';

/** A backend has no code for an operation. Found when the program is compiled, never while it runs. */
export class UnsupportedOperationError extends TapeflowError {
  /** Name of the operation that has no code. */
  readonly primitive: string;
  readonly backend: string;
  constructor(primitive: string, backend: string, inputs: readonly string[], why: string = '') {
    super('jit', `the ${backend} backend has no code for '${primitive}' of (${inputs.join(', ')})${why === '' ? '' : `: ${why}`}.`, "Run this function with jit(f, { backend: 'js' }), or without jit.");
    this.primitive = primitive;
    this.backend = backend;
  }
}

/** A program needs more memory than WebAssembly can address. */
export class ProgramTooLargeError extends TapeflowError {
  readonly bytes: number;
  constructor(bytes: number) {
    super('jit', `the program needs ${bytes} bytes of memory; WebAssembly addresses ${2 ** 32}.`, 'Use a smaller grid, f32 instead of f64, checkpoint(...) in long rollouts, or the js backend.');
    this.bytes = bytes;
  }
}

/** A worker ended in the middle of its part of a program, whose results are lost. */
export class WorkerError extends TapeflowError {
  constructor(seen: string) {
    super('jit', `${seen}.`, 'Call again: the other threads do its part from now on.');
  }
}

/** A name in `static` is no argument of the function. */
export class StaticArgumentError extends TapeflowError {
  readonly entry: string;
  readonly paths: readonly string[];
  constructor(entry: string, paths: readonly string[]) {
    super('jit', `static names '${entry}', but there is no number there; numbers are at ${paths.length === 0 ? 'no place' : paths.join(', ')}.`, "Name an argument by its position (1), or a number inside it by its path ('1.steps').");
    this.entry = entry;
    this.paths = paths;
  }
}

/** Something that is needed after tracing still belongs to a running transformation. */
export class CapturedValueError extends TapeflowError {
  readonly transformation: string;
  constructor(transformation: string) {
    super('jit', `a solver inside the function closes over a value of ${transformation}.`, 'Hand the value to the function as an argument, or take its derivative away with stopGradient(...).');
    this.transformation = transformation;
  }
}

/** A program is to run on the gpu backend, and no device is there yet. */
export class GpuNotLoadedError extends TapeflowError {
  constructor() {
    super('jit', "the backend 'gpu' is not loaded.", "Call await loadGpu() once before jit(f, { backend: 'gpu' }); it needs the package gpu.js.");
  }
}

/** gpu.js is not installed, or cannot run here in the mode that was asked for. */
export class GpuUnavailableError extends TapeflowError {
  readonly mode: string;
  constructor(mode: string, seen: string, advice: string, options?: ErrorOptions) {
    super('loadGpu', `${seen} (mode '${mode}').`, advice);
    this.mode = mode;
    if (options?.cause !== undefined) this.cause = options.cause;
  }
}

/** Something is larger than what f32, the only numbers of the gpu backend, counts exactly. */
export class GpuLimitError extends TapeflowError {
  readonly seen: number;
  readonly limit: number;
  constructor(operation: string, what: string, seen: number, limit: number) {
    super(operation, `${what} is ${seen}; the gpu backend, whose numbers are f32, goes up to ${limit}.`, "Use smaller arrays or numbers, or jit(f, { backend: 'wasm' }).");
    this.seen = seen;
    this.limit = limit;
  }
}
