/** @file The precision that creation and conversion use. Nothing else depends on it. */
import type { FloatDType } from './array/dtype.ts';

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
    const result = body();
    if (typeof result === 'object' && result !== null && 'then' in result) {
      throw new TypeError('precision: the function is asynchronous, and would go on in another precision. Set the precision inside each synchronous part.');
    }
    return result;
  } finally {
    current = before;
  }
}
