/** @file What can go wrong when a function is compiled. */
import { TapeflowError } from '@tapeflow/autodiff';
import { Variable, type Equation } from '@tapeflow/autodiff/extend';
import { NDArray } from '../array/ndarray.ts';
import { describeType } from '../array/type.ts';

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

/** A program was called by a host call of its own. */
export class ReentrantCallError extends TapeflowError {
  constructor() {
    super('jit', 'a program was called while it waits for a call of the host that it has made.', 'Do not call a compiled function from hostCall inside itself: keep the values and call it afterwards, or call the function without jit.');
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

/** A program that was compiled with `debug` has stored a number that is not finite. */
export class NotFiniteError extends TapeflowError {
  readonly kernel: string;
  /** The equation whose result the number is, and before it what was computed on the way. */
  readonly equations: readonly string[];
  /** Where in the loops of the kernel. */
  readonly index: readonly number[];
  readonly value: number;
  /** What it was computed from, by the text that reads it in the program. */
  readonly inputs: Readonly<Record<string, number>>;
  constructor(kernel: string, equations: readonly string[], index: readonly number[], value: number, inputs: Readonly<Record<string, number>>) {
    const from = Object.entries(inputs).map(([text, input]) => `\n  ${text} = ${input}`);
    super('jit', `${kernel} stores ${value} at [${index.join(', ')}]: ${equations.at(-1) ?? 'a copy'}.${from.join('')}`, 'Look at that kernel in inspect(f, ...args).toJavaScript().');
    this.kernel = kernel;
    this.equations = equations;
    this.index = index;
    this.value = value;
    this.inputs = inputs;
  }
}

/** Printed programs are needed, and JavaScript may not be made from text here. */
export class CodeGenerationForbiddenError extends TapeflowError {
  constructor(what: string) {
    super('jit', `${what} runs JavaScript that is made from text, which is forbidden here.`, "Leave it out, or allow code generation: without --disallow-code-generation-from-strings, or with 'unsafe-eval' in the content security policy.");
  }
}

/** WebAssembly was asked for where there is none, or none with vectors. */
export class WebAssemblyUnavailableError extends TapeflowError {
  constructor() {
    super('jit', "the backend 'wasm' needs WebAssembly with vectors, which cannot be compiled here.", "Leave the option out, or use jit(f, { backend: 'js' }); a content security policy allows it by 'wasm-unsafe-eval'.");
  }
}

/** `debug` was asked for on a backend that does not run printed JavaScript. */
export class DebugBackendError extends TapeflowError {
  readonly backend: string;
  constructor(backend: string) {
    super('jit', `debug runs printed JavaScript, not the backend '${backend}'.`, "Use jit(f, { backend: 'js', debug: true }), or leave the backend out.");
    this.backend = backend;
  }
}

/** Nothing can be said of a program here. */
export class NotInspectableError extends TapeflowError {
  constructor(seen: string, advice: string) {
    super('inspect', `${seen}.`, advice);
  }
}

/** Inputs of an equation as text, for errors. */
export function inputTypes({ inputs }: Equation): string[] {
  return inputs.map((atom) => {
    if (atom instanceof Variable) return atom.space.describe(atom.type);
    const { value } = atom;
    return value instanceof NDArray ? describeType(value) : typeof value;
  });
}
