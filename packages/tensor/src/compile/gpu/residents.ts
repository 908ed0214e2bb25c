/** @file Results on the device: arrays whose numbers stay there until somebody reads them. */
import { allocate, type DType, type TypedArray } from '../../array/dtype.ts';
import type { NDArray } from '../../array/ndarray.ts';
import { Storage, type MemoryOwner } from '../../array/storage.ts';
import { isRowMajor, rowMajor, sizeOf } from '../../array/strides.ts';
import { copyInto } from '../../backends/js/copy.ts';
import { GpuLimitError } from '../errors.ts';
import type { GpuBuffer } from './buffer.ts';
import type { GpuDevice } from './device.ts';

/** Whole numbers up to this are exact in f32. */
export const LARGEST_EXACT: number = 2 ** 24;

/** The owner of a storage whose numbers are on a device. */
export class Resident implements MemoryOwner {
  readonly name = 'gpu';
  readonly device: GpuDevice;
  readonly buffer: GpuBuffer;

  constructor(device: GpuDevice, buffer: GpuBuffer) {
    this.device = device;
    this.buffer = buffer;
  }
}

// A net for results that nobody has given back: what JavaScript has collected is deleted on the device, too.
const collected = new FinalizationRegistry<GpuBuffer>((buffer) => buffer.release());

/** A storage that reads a buffer when somebody asks, and lets go of it when it is collected or released. */
export function residentStorage(device: GpuDevice, buffer: GpuBuffer, dtype: DType): Storage {
  const storage: Storage = new Storage(() => numbersOf(device, buffer, dtype), new Resident(device, buffer.hold()));
  collected.register(storage, buffer, storage);
  device.made(storage);
  return storage;
}

/** Gives the numbers on the device back. Nobody can read them any more; who tries gets an error. */
export function releaseStorage(storage: Storage, lost?: () => Error): void {
  const { owner } = storage;
  if (!(owner instanceof Resident) || owner.buffer.isDeleted) return;
  storage.takeBack(lost);
  if (collected.unregister(storage)) owner.buffer.release();
}

function numbersOf(device: GpuDevice, buffer: GpuBuffer, dtype: DType): TypedArray {
  const numbers = device.read(buffer);
  if (dtype === 'f32') return numbers;
  const converted = allocate(dtype, numbers.length);
  for (let k = 0; k < numbers.length; k++) converted[k] = dtype === 'i32' ? exact('read', numbers[k]!) : numbers[k]!;
  return converted;
}

/** An integer that f32 holds exactly. */
function exact(operation: string, x: number): number {
  if (Math.abs(x) > LARGEST_EXACT) throw new GpuLimitError(operation, 'an integer', x, LARGEST_EXACT);
  return x;
}

/** The elements of an array on the device, in row-major order: where it is already, or uploaded. The caller lets go of it. */
export function bufferOf(device: GpuDevice, array: NDArray): GpuBuffer {
  const { owner } = array.storage;
  if (owner instanceof Resident && owner.device === device && !owner.buffer.isDeleted) {
    if (array.offset === 0 && owner.buffer.size === array.size && isRowMajor(array.shape, array.strides)) return owner.buffer.hold();
    return rearranged(device, owner.buffer, array);
  }
  return device.upload(singlePrecision(array));
}

function singlePrecision(array: NDArray): Float32Array {
  // Before they are rounded.
  if (array.dtype === 'i32') return Float32Array.from(array.contiguous(), (x) => exact('jit', x));
  const numbers = new Float32Array(sizeOf(array.shape));
  copyInto(numbers, array, 0, rowMajor(array.shape));
  return numbers;
}

/** A view of what is on the device, copied there. */
function rearranged(device: GpuDevice, buffer: GpuBuffer, { shape, strides, offset, size }: NDArray): GpuBuffer {
  const own = rowMajor(shape);
  const statements = ['const q0 = num(this.thread.x);'];
  const terms = [`num(${offset})`];
  shape.forEach((_, axis) => {
    statements.push(`const i${axis} = quotientOf(q${axis}, num(${own[axis]!}));`, `const q${axis + 1} = q${axis} - i${axis} * ${own[axis]!};`);
    terms.push(strides[axis]! < 0 ? `i${axis} * (-num(${-strides[axis]!}))` : `i${axis} * ${strides[axis]!}`);
  });
  return device.run(`function(b0) {\n  ${statements.join('\n  ')}\n  return b0[${terms.join(' + ')}];\n}`, size, [buffer], []);
}
