/** @file What holds inside a function that is given: the precision that creation and conversion use, and who performs operations. */
import type { FloatDType } from './array/dtype.ts';
import { withHeavyRunner } from './backends/heavy.ts';
import { checkChoice } from './errors.ts';

let current: FloatDType = 'f32';

/** The real dtype that new tensors get: f32 unless inside `precision(64, …)`. */
export function contextDType(): FloatDType {
  return current;
}

/** Runs `body` with new tensors in 32 or 64 bit. Tensors that exist keep their dtype; operations take the widest among their inputs. */
export function precision<R>(bits: 32 | 64, body: () => R): R {
  if (bits !== 32 && bits !== 64) throw new RangeError(`precision: ${String(bits)} bits; give 32 or 64.`);
  const before = current;
  current = bits === 64 ? 'f64' : 'f32';
  try {
    return requireSynchronous('precision', body());
  } finally {
    current = before;
  }
}

/**
 * Runs `body` with all operations outside of compiled functions performed by JavaScript (`js`), or with the heavy ones among them
 * performed by WebAssembly where there is some (`wasm`, which holds without a word). Results agree within rounding.
 */
export function backend<R>(name: 'js' | 'wasm', body: () => R): R {
  checkChoice('backend', 'backend', name, ['js', 'wasm']);
  return withHeavyRunner(name === 'wasm', () => requireSynchronous('backend', body()));
}

function requireSynchronous<R>(operation: string, result: R): R {
  if (typeof result === 'object' && result !== null && 'then' in result) {
    throw new TypeError(`${operation}: the function is asynchronous, and would go on in another ${operation}. Set the ${operation} inside each synchronous part.`);
  }
  return result;
}
