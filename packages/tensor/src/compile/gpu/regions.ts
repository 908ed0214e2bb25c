/** @file Regions: which buffer holds the contents of each piece of memory of a schedule at the moment. */
import type { Region } from '../lower/view.ts';
import type { GpuBuffer } from './buffer.ts';

export class Regions {
  private readonly buffers = new Map<Region, GpuBuffer>();

  get(region: Region): GpuBuffer | undefined {
    return this.buffers.get(region);
  }

  /** Takes a buffer over; what the region held before is let go. */
  set(region: Region, buffer: GpuBuffer): GpuBuffer {
    this.buffers.get(region)?.release();
    this.buffers.set(region, buffer);
    return buffer;
  }

  delete(region: Region): void {
    this.buffers.get(region)?.release();
    this.buffers.delete(region);
  }

  /** The same contents, held on their own. Buffers never change, so nothing is copied. */
  copy(): Regions {
    const copy = new Regions();
    for (const [region, buffer] of this.buffers) copy.buffers.set(region, buffer.hold());
    return copy;
  }

  clear(): void {
    for (const buffer of this.buffers.values()) buffer.release();
    this.buffers.clear();
  }
}
