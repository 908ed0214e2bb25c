/** @file The programs of operations outside of compiled functions: those used last, up to a number of them and of bytes. */
import { TapeflowError } from '@tapeflow/autodiff';
import type { Program, Value } from '@tapeflow/autodiff/extend';
import { NDArray } from '../../array/ndarray.ts';
import { compile, type Executable } from '../executable.ts';

/** Bounds of a cache. */
export interface CacheLimits {
  readonly programs: number;
  readonly bytes: number;
}

/** A program of the cache; without an executable there is no code for it. */
interface Entry {
  readonly executable: Executable | undefined;
  readonly bytes: number;
  /** Results of the last run, which may still lie in the memory of the program. */
  results: readonly Value[];
}

const NO_CODE: Entry = { executable: undefined, bytes: 0, results: [] };

/** Programs by key. When one has to go, its results leave its memory, and then nothing keeps it. */
export class ProgramCache {
  private readonly limits: CacheLimits;
  /** Those used last are last. */
  private readonly entries = new Map<string, Entry>();
  private bytes = 0;
  private isMissing = false;
  private running = 0;
  private wasAsked = false;

  constructor(limits: CacheLimits) {
    this.limits = limits;
  }

  /** Programs that are kept, and their memory. */
  get used(): CacheLimits {
    return { programs: this.entries.size, bytes: this.bytes };
  }

  /** Whether there is neither WebAssembly nor permission to use it, as far as is known. */
  get isUnavailable(): boolean {
    return this.isMissing;
  }

  /** Whether a program of this cache is being made or run: what it asks of JavaScript stays in JavaScript. */
  get isBusy(): boolean {
    if (this.running > 0) this.wasAsked = true;
    return this.running > 0;
  }

  /** Results of the program with this key, which is made if need be; undefined where there is no code for it. */
  run(key: string, make: () => Program, inputs: readonly Value[], lend: boolean = false): Value[] | undefined {
    const entry = this.find(key, make);
    if (entry.executable === undefined) return undefined;
    const results = this.whileBusy(() => entry.executable!.run(inputs, lend));
    entry.results = lend ? [] : results;
    return results;
  }

  /** The same for one operation: if JavaScript performs it for the program, too, the program is given up. */
  runOperation(key: string, make: () => Program, inputs: readonly Value[]): Value[] | undefined {
    this.wasAsked = false;
    const results = this.run(key, make, inputs);
    if (results !== undefined && this.wasAsked) this.put(key, NO_CODE);
    return results;
  }

  private find(key: string, make: () => Program): Entry {
    const known = this.entries.get(key);
    if (known === undefined) return this.put(key, this.whileBusy(() => this.compiled(make)));
    this.entries.delete(key);
    this.entries.set(key, known);
    return known;
  }

  private compiled(make: () => Program): Entry {
    try {
      const { executable } = compile(make(), 'wasm');
      // One of half the memory would drive out all others again and again.
      return executable.bytes > this.limits.bytes / 2 ? NO_CODE : { executable, bytes: executable.bytes, results: [] };
    } catch (error) {
      // An operation without code, or a program that is too large; the operation itself says what is wrong with its inputs. Everything
      // else says that there is no WebAssembly, or that it may not be used here.
      this.isMissing ||= !(error instanceof TapeflowError || error instanceof RangeError);
      return NO_CODE;
    }
  }

  private put(key: string, entry: Entry): Entry {
    this.remove(key);
    this.entries.set(key, entry);
    this.bytes += entry.bytes;
    for (const oldest of this.entries.keys()) {
      if (this.entries.size <= this.limits.programs && this.bytes <= this.limits.bytes) break;
      this.remove(oldest);
    }
    return entry;
  }

  private remove(key: string): void {
    const entry = this.entries.get(key);
    if (entry === undefined) return;
    this.entries.delete(key);
    this.bytes -= entry.bytes;
    for (const result of entry.results) if (result instanceof NDArray) result.storage.moveToHeap();
  }

  private whileBusy<R>(body: () => R): R {
    this.running++;
    try {
      return body();
    } finally {
      this.running--;
    }
  }
}
