/** @file Which backend a compiled function runs on: the one that was asked for, or the fastest that is there. */
import { checkChoice } from '../errors.ts';
import { DebugBackendError, WebAssemblyUnavailableError } from './errors.ts';

/** Where programs run: compiled to WebAssembly, in JavaScript, or on graphics hardware (see `loadGpu`). */
export type Backend = 'wasm' | 'js' | 'gpu';

const BACKENDS: readonly Backend[] = ['wasm', 'js', 'gpu'];

/** Most threads of a program: the caller, and as many workers as a process has at most. */
export const MOST_THREADS = 64;

/** A function that makes a vector: what programs need of WebAssembly. */
const PROBE = [0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 10, 1, 8, 0, 65, 0, 253, 15, 253, 98, 11];

let isThere: boolean | undefined;

/** Whether modules with vectors can be compiled here; interpreters without a compiler lack it, and pages can forbid it. Found by trying it once. */
export function hasWebAssembly(): boolean {
  if (isThere === undefined) {
    try {
      isThere = new WebAssembly.Module(Uint8Array.from(PROBE)) instanceof WebAssembly.Module;
    } catch {
      isThere = false;
    }
  }
  return isThere;
}

/** The backend, and why. Throws for one that cannot run here. */
export function chooseBackend(wanted: Backend | undefined, debug: boolean): { readonly backend: Backend; readonly reason: string } {
  if (wanted !== undefined) checkChoice('jit', 'backend', wanted, BACKENDS);
  if (debug && wanted !== undefined && wanted !== 'js') throw new DebugBackendError(wanted);
  if (wanted === 'wasm' && !hasWebAssembly()) throw new WebAssemblyUnavailableError();
  if (wanted !== undefined) return { backend: wanted, reason: 'asked for' };
  if (debug) return { backend: 'js', reason: 'debug runs printed JavaScript' };
  return hasWebAssembly() ? { backend: 'wasm', reason: 'the default' } : { backend: 'js', reason: 'WebAssembly with vectors is not available here' };
}
