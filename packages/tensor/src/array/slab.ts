/** @file Memory of small results: windows onto common slabs, because a buffer of its own costs an engine more than the arithmetic on it. */
import { allocate, bytesPerElement, type DType, type TypedArray } from './dtype.ts';

/** Bytes of a slab: small, for one result that is kept keeps its slab. */
const SLAB = 8192;
/** Up to this many bytes V8 keeps numbers inside the object, which is faster still. */
const INLINE = 64;
/** A result with more bytes gets a buffer of its own. */
const MOST = SLAB / 16;

let slab: ArrayBuffer | undefined;
let used = 0;

/** Zeros for a result that stays inside the library: its buffer may have others in it, so it is never handed out. */
export function allocateResult(dtype: DType, size: number): TypedArray {
  const bytes = size * bytesPerElement(dtype);
  if (bytes <= INLINE || bytes > MOST) return allocate(dtype, size);
  if (slab === undefined || used + bytes > SLAB) {
    slab = new ArrayBuffer(SLAB);
    used = 0;
  }
  const at = used;
  // The next window begins where every dtype may begin.
  used += (bytes + 7) & ~7;
  switch (dtype) {
    case 'f32':
      return new Float32Array(slab, at, size);
    case 'f64':
      return new Float64Array(slab, at, size);
    case 'i32':
      return new Int32Array(slab, at, size);
    case 'bool':
      return new Uint8Array(slab, at, size);
  }
}
