/** @file jit: a function as a compiled program that is traced once for each kind of arguments. */
import { type TreeStructure } from '@tapeflow/autodiff';
import { apply, Box, closeOver, isUnwatched, printProgram, withLoops, type Program, type Value } from '@tapeflow/autodiff/extend';
import { NDArray } from '../array/ndarray.ts';
import { scanLoops } from '../control/rollout-loops.ts';
import { ArgumentError } from '../errors.ts';
import { markNumberArgument } from '../named/number-arguments.ts';
import { wrap } from '../named/tensor.ts';
import { isLogging } from '../solve/solve-log.ts';
import { callPrimitive, type CallParams } from './call.ts';
import { chooseBackend, MOST_THREADS, type Backend } from './choose-backend.ts';
import { NotInspectableError } from './errors.ts';
import { compile, compiledBefore, type Executable, type Target, type ThreadsReport } from './executable.ts';
import { currentDevice } from './gpu/registry.ts';
import { performHeavyOperations } from './eager/heavy-runner.ts';
import { patternOf, type Recognise } from './pattern.ts';
import { argumentPath, differenceBetween, donatedLeaves, keyOf, sameKey, signatureOf, withoutElements, type Signature } from './signature.ts';
import { canFuse } from './wasm/fixed/forms.ts';

performHeavyOperations();

/** How a function is compiled. */
export interface JitOptions {
  /**
   * Where programs run. Default `wasm`, or `js` where there is no WebAssembly, which `report()` then says; `gpu` needs `await loadGpu()` before, and
   * throws `GpuNotLoadedError` without.
   */
  readonly backend?: Backend;
  /**
   * Numbers that are part of the program, such as sizes and numbers of steps: the positions of arguments (`1`), or paths inside
   * them (`'0.steps'`). Another value then means another program. All other numbers are inputs.
   */
  readonly static?: readonly (number | string)[];
  /**
   * What becomes of large results when the program runs again. `kept`, the default: they keep their values, which are copied out of
   * the memory of the program first. `lent`: nothing is copied; they can be read until then, and reading them later throws
   * `LentResultError`. A lent result may be an argument of the next call.
   */
  readonly results?: 'kept' | 'lent';
  /**
   * Runs the program as JavaScript that checks every number it stores: the first NaN or infinity throws `NotFiniteError`, which tells the
   * kernel, the equation, the index and what the number was computed from. A debugger can stop in the text, which it lists under `tapeflow/`.
   * Throws `CodeGenerationForbiddenError` where JavaScript may not be made from text.
   */
  readonly debug?: boolean;
  /**
   * Arguments whose memory a call may have: positions (`0`) or paths inside them (`'0.velocity'`). After the call, or if it throws, nobody can
   * read them, nor any other tensor on the same memory: reading throws `DonatedArgumentError`. The last result as the donated argument of
   * the next call is not copied out of the memory of the program. What is a result at the same time, and memory shared with code outside,
   * is kept. Inside other transformations nothing is given away.
   */
  readonly donate?: readonly (number | string)[];
  /**
   * How many threads share large kernels, the calling one included; 1 by default. Results have the same bits for any number. More threads than
   * cores that have nothing else to do cost time. Only `wasm`; where there can be no workers (a page that is not cross-origin isolated),
   * one thread does everything, and `report()` says so.
   */
  readonly threads?: number;
  /**
   * Whether products of matrices and convolutions, those of derivatives too, add each product to its sum without rounding it first. They take about
   * 0.6 of the time, and bounds of errors hold as before, but the last bits of results then depend on the machine and the engine; on one they are
   * the same for any number of threads. Engines without relaxed SIMD do as without this option, and `report()` says so. Only `wasm`.
   */
  readonly fusedMultiplyAdd?: boolean;
}

/** One program of a compiled function. */
export interface JitProgramReport {
  /** Why the function was traced. */
  readonly reason: string;
  /** Equations after all passes, with those of inner programs; undefined while the program has not run by itself. */
  readonly equations: number | undefined;
  /** Bytes of memory of the compiled program. */
  readonly bytes: number | undefined;
  /** Its threads; undefined while the program has not run by itself, and on backends that have none. */
  readonly threads: ThreadsReport | undefined;
  /** The program as it was traced. */
  readonly traced: string;
  /** The steps that the backend performs. */
  readonly steps: string | undefined;
}

/** What a compiled function has done so far. */
export interface JitReport {
  readonly backend: Backend;
  /** Why that one. */
  readonly backendReason: string;
  /** Whether products are added without being rounded first: it was asked for, and the engine can. */
  readonly fusedMultiplyAdd: boolean;
  readonly calls: number;
  /** How often the function was traced. */
  readonly traces: number;
  /** Why the function was traced again, the latest reasons last. */
  readonly retraces: readonly string[];
  /** The programs that are kept, oldest first. */
  readonly programs: readonly JitProgramReport[];
}

/** A compiled function. */
export interface Jitted<Args extends readonly unknown[], Y> {
  (...args: Args): Y;
  report(): JitReport;
  /** The program that was used last, as text. */
  program(): string;
}

/** Programs that a function keeps; the one that was made first goes first. */
const MOST_PROGRAMS = 64;
/** Reasons that a report lists. */
const MOST_REASONS = 16;

interface Traced {
  readonly signature: Signature;
  readonly reason: string;
  readonly params: CallParams;
  readonly captured: readonly Box[];
  readonly result: TreeStructure;
  /** Undefined until it is asked for, or where there is none. */
  short: ShortWay | undefined;
}

/** The short way of calls on plain values like those of the last call. */
interface ShortWay {
  readonly recognise: Recognise;
  readonly executable: Executable;
  readonly result: TreeStructure;
}

/** What a call would run. */
export interface JitCall {
  readonly program: Program;
  readonly backend: Backend;
  readonly target: Target;
  readonly inputs: readonly Value[];
}

const inspected = new WeakMap<object, (args: readonly unknown[]) => JitCall>();

/** The program that a compiled function runs for these arguments, and what it is given. */
export function callOf(f: object, args: readonly unknown[]): JitCall {
  const call = inspected.get(f)?.(args);
  if (call === undefined) throw new NotInspectableError('this function has no program', 'Give it to jit first: inspect(jit(f), ...args).');
  if (call.inputs.some((input) => input instanceof Box)) throw new NotInspectableError('the arguments belong to a running transformation', 'Inspect jit(grad(f)) from outside.');
  return call;
}

/** Traces a function for arguments like those of a call. */
function trace(f: (...args: never[]) => unknown, signature: Signature, reason: string, { donate: entries, ...options }: Omit<CallParams, 'program' | 'donate'> & { donate: readonly (number | string)[] }): Traced {
  const { structure, leaves, isStatic } = signature;
  const closed = withLoops(scanLoops, () => closeOver(
    'jit',
    (inputs: readonly Value[]) => {
      let at = 0;
      const given = leaves.map((leaf, k): unknown => {
        if (isStatic[k]) return leaf;
        const input = inputs[at++];
        if (typeof leaf !== 'number') return input;
        markNumberArgument(input, argumentPath(structure.paths[k]!));
        return wrap({ value: input, dims: [] });
      });
      return f(...(structure.unflatten(given) as never[]));
    },
    [dynamicValues(signature)],
  ));
  const donated = donatedLeaves(signature, entries).filter((_, k) => !isStatic[k]);
  const donate = donated.flatMap((given, k) => (given ? [closed.captured.length + k] : []));
  return { signature: withoutElements(signature), reason, params: { program: closed.program, ...options, donate }, captured: closed.captured, result: closed.result, short: undefined };
}

/** The leaves that are inputs of the program, numbers as arrays of rank 0. */
function dynamicValues({ leaves, isStatic, numbers }: Signature): Value[] {
  return leaves.filter((_, k) => !isStatic[k]).map((leaf) => (typeof leaf === 'number' ? NDArray.filled(leaf, [], numbers) : leaf));
}

/**
 * The same function, compiled: it is traced into a program once for each kind of arguments (their trees, dimensions, item names,
 * dtypes, strings, booleans and functions, and the precision) and the program runs from then on.
 *
 * Numbers among the arguments enter as scalars of the widest real dtype of the tensors among them (or of the context), so another
 * time step needs no new program; the function gets a `Scalar` in their place: JavaScript operators on it (`dt ** 2`, `dt > 3`) throw
 * `NumberArgumentError`, and conditions such as `if (dt)` cannot be noticed. Numbers that decide the course of the program go into `static`.
 * What the function closes over is read when it is traced.
 *
 * Inside other transformations a compiled function is one operation: `grad(jit(f))`, `jit(grad(f))`, `vmap(jit(f))` and programs in
 * programs agree. A call inside another jit becomes part of that program.
 */
export function jit<Args extends readonly unknown[], Y>(f: (...args: Args) => Y, options: JitOptions = {}): Jitted<Args, Y> {
  const { static: statics = [], results = 'kept', debug = false, donate = [], threads = 1, fusedMultiplyAdd = false } = options;
  const { backend, reason: backendReason } = chooseBackend(options.backend, debug);
  if (!Number.isInteger(threads) || threads < 1 || threads > MOST_THREADS) throw new ArgumentError('jit', 'threads', threads, `Give a whole number from 1 to ${MOST_THREADS}.`);
  if (threads > 1 && backend !== 'wasm') throw new ArgumentError('jit', 'threads', threads, `Only the backend 'wasm' has threads, not '${backend}'.`);
  if (typeof fusedMultiplyAdd !== 'boolean') throw new ArgumentError('jit', 'fusedMultiplyAdd', fusedMultiplyAdd, 'Give true or false.');
  // What an engine lacks is no error.
  if (fusedMultiplyAdd && backend !== 'wasm' && (debug || options.backend !== undefined)) throw new ArgumentError('jit', 'fusedMultiplyAdd', true, `Only the backend 'wasm' has it, not '${backend}'.`);
  const fused = fusedMultiplyAdd && backend === 'wasm' && canFuse();
  const target = debug ? 'js debug' : fused ? 'wasm fused' : backend;
  if (backend === 'gpu') currentDevice();
  const programs = new Map<string, Traced>();
  let calls = 0;
  let traces = 0;
  const retraces: string[] = [];
  let last: Traced | undefined;
  const find = (signature: Signature): Traced => {
    if (last !== undefined && last.captured.length === 0 && sameKey(last.signature, signature)) return last;
    const key = keyOf(signature);
    const known = programs.get(key);
    if (known !== undefined) return known;
    const reason = last === undefined ? 'first call' : last.captured.length > 0 ? 'it closes over a value of another transformation' : differenceBetween(last.signature, signature);
    const traced = trace(f, signature, reason, { backend: target, threads, lend, donate });
    traces++;
    if (last !== undefined) retraces.push(reason);
    if (retraces.length > MOST_REASONS) retraces.shift();
    // What was captured belongs to a running transformation: the next call may capture something else.
    if (traced.captured.length === 0) programs.set(key, traced);
    const [oldest] = programs.keys();
    if (programs.size > MOST_PROGRAMS) programs.delete(oldest!);
    return traced;
  };

  const lend = results === 'lent';
  const jitted = (...args: Args): Y => {
    const short = last?.short;
    if (short !== undefined && isUnwatched() && !isLogging()) {
      const inputs = short.recognise(args);
      if (inputs !== undefined) {
        calls++;
        return short.result.unflatten(short.executable.run(inputs, lend)) as Y;
      }
    }
    const signature = signatureOf(args, statics);
    last = find(signature);
    calls++;
    const outputs = apply(callPrimitive, [...last.captured, ...dynamicValues(signature)], last.params);
    if (donate.length === 0) last.short ??= shortWay(args, signature, last);
    return last.result.unflatten(outputs) as Y;
  };

  inspected.set(jitted, (args) => {
    const signature = signatureOf(args, statics);
    last = find(signature);
    return { program: last.params.program, backend, target, inputs: [...last.captured, ...dynamicValues(signature)] };
  });

  return Object.assign(jitted, {
    report: (): JitReport => ({ backend, backendReason, fusedMultiplyAdd: fused, calls, traces, retraces: [...retraces], programs: [...programs.values()].map(reportOf) }),
    program: (): string => (last === undefined ? 'not traced yet' : printProgram(last.params.program)),
    toString: (): string => `jit(${f.name === '' ? 'anonymous' : f.name}): ${programs.size} programs, ${calls} calls`,
  });
}

function shortWay(args: readonly unknown[], signature: Signature, { captured, params, result }: Traced): ShortWay | undefined {
  if (captured.length > 0 || !isUnwatched() || isLogging()) return undefined;
  const { executable } = compile(params.program, params.backend, params.threads);
  const recognise = executable.takesNumbers === true ? patternOf(args, signature) : undefined;
  return recognise && { recognise, executable, result };
}

function reportOf({ reason, params }: Traced): JitProgramReport {
  const compiled = compiledBefore(params.program, params.backend, params.threads);
  return {
    reason,
    equations: compiled?.equations,
    bytes: compiled?.executable.bytes,
    threads: compiled?.executable.threads,
    traced: printProgram(params.program),
    steps: compiled?.executable.toString(),
  };
}
