/** @file Bands: memory into which one chunk of a kernel scatters. Bands start from what changes no sum, and are added to the target in order. */
import { bytesPerElement, type DType } from '../../../array/dtype.ts';
import type { FunctionBuilder, Local } from '../assembler.ts';
import { emitLoad, emitStore } from '../kernels/scalar-code.ts';

const VECTOR = 16;

/** Fills a band with −0, or the integer 0: x + 0 would turn −0 into 0. */
export function emitClearBand(f: FunctionBuilder, dtype: DType, place: Local, bytes: number): void {
  const end = f.local('i32');
  const at = f.local('i32');
  f.localGet(place).i32Const(bytes).op('i32.add').localSet(end);
  // The last vector may reach beyond the band, to the cache line that is the band's.
  f.forRange(at, place, end, VECTOR, () => {
    f.localGet(at);
    if (dtype === 'f32') f.f32x4Const(-0);
    else if (dtype === 'f64') f.f64x2Const(-0);
    else f.i32x4Const(0);
    f.store('v128.store');
  });
}

/** Adds a band to its target. */
export function emitAddBand(f: FunctionBuilder, dtype: DType, target: Local, band: Local, bytes: number): void {
  const at = f.local('i32');
  const shape = ({ f32: 'f32x4', f64: 'f64x2', i32: 'i32x4' } as const)[dtype as 'f32' | 'f64' | 'i32'];
  const vectors = Math.floor(bytes / VECTOR) * VECTOR;
  const element = bytesPerElement(dtype);
  const each = (count: number, body: () => void): void => {
    body();
    for (const pointer of [target, band]) f.localGet(pointer).i32Const(count).op('i32.add').localSet(pointer);
  };
  f.forRange(at, 0, vectors, VECTOR, () => each(VECTOR, () => f.localGet(target).localGet(target).load('v128.load', 0, element).localGet(band).load('v128.load').op(`${shape}.add`).store('v128.store', 0, element)));
  f.forRange(at, vectors, bytes, element, () => each(element, () => {
    f.localGet(target).localGet(target);
    emitLoad({ f }, dtype, 0);
    f.localGet(band);
    emitLoad({ f }, dtype, 0);
    f.op(`${dtype as 'f32' | 'f64' | 'i32'}.add`);
    emitStore({ f }, dtype, 0);
  }));
}
