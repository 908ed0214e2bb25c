/** @file Measured times of the pieces of work of a program: it runs with a clock that is asked after each of them. */
import type { Program, Value } from '@tapeflow/autodiff/extend';
import type { Executable, Target } from '../executable.ts';
import { NotInspectableError } from '../errors.ts';
import { compileToJavaScript } from '../javascript/program.ts';
import { compileToWasm } from '../wasm/program.ts';
import { alignColumns } from './columns.ts';
import { short, type WorkReport } from './work.ts';

/** One piece of work of a profile. */
export interface WorkProfile extends WorkReport {
  /** How often it was done in one run. */
  readonly calls: number;
  /** Median over the runs of the time that all its calls took, with that of asking the clock. */
  readonly milliseconds: number;
}

/** Measured times of a program. */
export interface Profile {
  readonly repeats: number;
  /** Median of the time of a whole run, with copies of inputs and results. */
  readonly milliseconds: number;
  /** In the order of the program. */
  readonly work: readonly WorkProfile[];
  /** Bytes read and written by all work of one run. */
  readonly bytes: number;
  /** A table, the longest first. */
  toString(): string;
}

/** Runs a program that has been optimized `repeats` times, after as often to become warm. */
export function profileProgram(program: Program, target: Target, reports: readonly WorkReport[], inputs: readonly Value[], repeats: number): Profile {
  const calls = new Float64Array(reports.length);
  const spent = reports.map(() => new Float64Array(2 * repeats));
  let run = 0;
  let last = 0;
  const tick = (work: number): void => {
    const now = performance.now();
    spent[work]![run]! += now - last;
    calls[work]!++;
    last = performance.now();
  };
  const executable = withClock(program, target, tick);
  const whole = new Float64Array(2 * repeats);
  for (; run < 2 * repeats; run++) {
    const start = (last = performance.now());
    // Lent: what is kept would be copied at the beginning of the next run, and count as its first piece of work.
    executable.run(inputs, true);
    whole[run] = performance.now() - start;
  }
  const work = reports.map((report, k): WorkProfile => ({ ...report, calls: calls[k]! / (2 * repeats), milliseconds: median(spent[k]!.subarray(repeats)) }));
  const bytes = work.reduce((total, one) => total + one.calls * (one.bytesRead + one.bytesWritten), 0);
  const milliseconds = median(whole.subarray(repeats));
  return { repeats, milliseconds, work, bytes, toString: () => table(work, milliseconds, bytes, repeats) };
}

function withClock(program: Program, target: Target, tick: (work: number) => void): Executable {
  if (target === 'wasm' || target === 'wasm fused') return compileToWasm(program, { tick, numerics: target === 'wasm' ? 'stepwise' : 'fused' });
  if (target === 'gpu') throw new NotInspectableError("programs of the backend 'gpu' have no clock between their kernels", "Measure whole calls, or the same function with backend 'wasm'.");
  const executable = compileToJavaScript(program, 'clock');
  executable.tick = tick;
  return executable;
}

function median(numbers: Float64Array): number {
  const sorted = numbers.slice().sort();
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

function table(work: readonly WorkProfile[], milliseconds: number, bytes: number, repeats: number): string {
  const total = work.reduce((sum, one) => sum + one.milliseconds, 0);
  const speed = (own: number, ms: number): string => (ms > 0 ? (own / ms / 1e6).toFixed(1) : '');
  const rows = [...work].filter(({ calls }) => calls > 0).sort((a, b) => b.milliseconds - a.milliseconds).map((one) => {
    const own = one.bytesRead + one.bytesWritten;
    return [one.milliseconds.toFixed(4), `${((100 * one.milliseconds) / Math.max(total, Number.MIN_VALUE)).toFixed(0)} %`, String(Math.round(one.calls)), String(one.bytesRead), String(one.bytesWritten), speed(own * one.calls, one.milliseconds), one.name, short(one.what.at(-1) ?? '')];
  });
  const head = ['ms', 'share', 'calls', 'read', 'written', 'GB/s', 'work', 'last of its equations'];
  const text = alignColumns([head, ...rows], 6);
  return `${text}\n${milliseconds.toFixed(4)} ms a run, ${total.toFixed(4)} of them work; ${Math.round(bytes)} bytes moved; median of ${repeats} runs`;
}
