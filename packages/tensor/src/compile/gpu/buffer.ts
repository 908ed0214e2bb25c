/** @file Buffers: lists of f32 on a device, which are textures, or plain arrays in the cpu mode. */

/** What gpu.js gives for a texture. */
interface Texture {
  toArray(): Float32Array;
  delete(): void;
}

/** Counts what a device holds. */
export interface BufferCounts {
  buffers: number;
  bytes: number;
}

/** Numbers on a device. It lives as long as somebody holds it. */
export class GpuBuffer {
  readonly size: number;
  /** What kernels take. */
  readonly handle: unknown;
  private readonly counts: BufferCounts;
  private holders = 1;

  constructor(handle: unknown, size: number, counts: BufferCounts) {
    this.handle = handle;
    this.size = size;
    this.counts = counts;
    counts.buffers++;
    counts.bytes += 4 * size;
  }

  get isDeleted(): boolean {
    return this.holders === 0;
  }

  /** The numbers; waits for the device. */
  read(): Float32Array {
    if (this.isDeleted) throw new RangeError('GpuBuffer.read: the buffer was deleted.');
    return this.handle instanceof Float32Array ? this.handle : (this.handle as Texture).toArray();
  }

  hold(): this {
    this.holders++;
    return this;
  }

  /** Deletes the numbers when the last holder lets go. */
  release(): void {
    if (this.holders === 0 || --this.holders > 0) return;
    this.counts.buffers--;
    this.counts.bytes -= 4 * this.size;
    if (!(this.handle instanceof Float32Array)) (this.handle as Texture).delete();
  }
}
