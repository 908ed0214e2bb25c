/**
 * @file What goes into the memory of a program and comes out of it. Small programs take less time than their calls if these are not
 * cheap, so windows onto the memory are made once, and nothing is looked up.
 */
import type { DType, TypedArray } from '../../array/dtype.ts';
import { NDArray } from '../../array/ndarray.ts';
import { Storage, type MemoryOwner } from '../../array/storage.ts';
import { rowMajor } from '../../array/strides.ts';
import { copyInto } from '../../backends/js/copy.ts';
import { DonatedArgumentError } from '../../errors.ts';

/** Results up to this size are copied out at once: as windows they would keep the whole memory alive. */
const SMALL = 256;
/** Up to so many numbers are copied faster one by one. */
const FEW = 8;

/** The memory of one input, and what lies there. */
export class InputMemory {
  private readonly data: TypedArray;
  private readonly dtype: DType;
  /** Whether what was filled in is still there in the next run. */
  private readonly stays: boolean;
  // What was filled in, by the number of its storage, which does not keep it alive; 0: nothing that could be filled in again.
  private id = 0;
  private offset = 0;
  private strides: readonly number[] = [];

  constructor(data: TypedArray, dtype: DType, stays: boolean) {
    this.data = data;
    this.dtype = dtype;
    this.stays = stays;
  }

  /** Copies an array in, unless it is what was there the last time: arrays never change, except those whose memory is shared. */
  fill(value: NDArray | number): void {
    if (this.data.length === 0) return;
    if (typeof value === 'number') {
      this.data[0] = value;
      this.id = 0;
      return;
    }
    const { storage, offset, strides } = value;
    // Asking for the numbers also tells whether somebody gave them away, where they are still here.
    if (storage.data.length === 0) return;
    if (storage.id === this.id && !storage.isShared && offset === this.offset && sameStrides(strides, this.strides)) return;
    copyInto(this.data, value, 0, rowMajor(value.shape));
    this.id = this.stays && !storage.isShared ? storage.id : 0;
    this.offset = offset;
    this.strides = strides;
  }

  /** What was given, as an array. */
  valueOf(value: NDArray | number): NDArray {
    return typeof value === 'number' ? NDArray.filled(value, [], this.dtype) : value;
  }
}

function sameStrides(a: readonly number[], b: readonly number[]): boolean {
  if (a === b) return true;
  for (let axis = 0; axis < a.length; axis++) if (a[axis] !== b[axis]) return false;
  return true;
}

/**
 * Memory from which results are given out. It is moved to the heap before the next run, whether somebody still holds it or not: what
 * a garbage collector knows of that comes too late, and asking it keeps everything alive until the running script pauses.
 */
export class ResultMemory {
  private readonly data: TypedArray;
  private readonly owner: MemoryOwner;
  private readonly leavesAtOnce: boolean;
  /** What the results of one run have in common; what is lent stays known until the next run. */
  private storage: Storage | undefined;

  /** `leaves`: copied out at once whatever its size, since it will be overwritten before the next run. */
  constructor(data: TypedArray, owner: MemoryOwner, leaves: boolean) {
    this.data = data;
    this.owner = owner;
    this.leavesAtOnce = leaves || data.byteLength <= SMALL;
  }

  /** The storage of what the run has left here. */
  take(): Storage {
    return (this.storage ??= this.leavesAtOnce ? new Storage(copyOf(this.data)) : new Storage(this.data, this.owner));
  }

  /** All results of a run have been taken. */
  given(): void {
    if (this.leavesAtOnce) this.storage = undefined;
  }

  /** The next run begins: what was lent is given away or lost, or moves to the heap. */
  end(isLost: boolean, donated?: ReadonlySet<Storage>): void {
    const { storage } = this;
    if (storage === undefined) return;
    this.storage = undefined;
    if (donated?.has(storage) === true) storage.giveAway(() => new DonatedArgumentError());
    else if (isLost) storage.takeBack();
    else storage.moveToHeap();
  }
}

function copyOf(data: TypedArray): TypedArray {
  const { length } = data;
  if (length > FEW) return data.slice();
  const copy = new (data.constructor as new (length: number) => TypedArray)(length);
  for (let k = 0; k < length; k++) copy[k] = data[k]!;
  return copy;
}
