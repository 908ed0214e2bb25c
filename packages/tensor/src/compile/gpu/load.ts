/** @file loadGpu: loads gpu.js and lets programs run on it; what is made on the device can be counted and given back. */
import { TREE, type TreeNode } from '@tapeflow/autodiff';
import { NDArray } from '../../array/ndarray.ts';
import type { Storage } from '../../array/storage.ts';
import { ReleasedResultError } from '../../errors.ts';
import { GpuDevice } from './device.ts';
import { makeInstance, type GpuMode } from './library.ts';
import { compileToGpu } from './program.ts';
import { registerDevice, unregisterDevice } from './registry.ts';
import { releaseStorage } from './residents.ts';

/** How gpu.js is loaded. */
export interface LoadGpuOptions {
  /** `webgl2`, the default: on graphics hardware, in browsers. `cpu`: plain JavaScript, slow, for tests of programs. */
  readonly mode?: GpuMode;
}

/** A device on which programs run. */
export interface Gpu {
  readonly mode: GpuMode;
  /** Textures that are held at the moment, by results and programs. */
  readonly textures: number;
  /** Bytes of these textures. */
  readonly bytes: number;
  /** How often JavaScript has waited for numbers from the device. */
  readonly reads: number;
  /**
   * Runs a function (also one that is async) and deletes the textures of all results that programs have made meanwhile, except those in
   * what it returns. Who reads one of them afterwards gets `ReleasedResultError`.
   */
  scope<T>(body: () => T): T;
  /** Ends the device. Programs need another one from then on. */
  close(): Promise<void>;
}

/**
 * Loads gpu.js, an optional package, and lets jit(f, { backend: 'gpu' }) run on it. Its numbers are f32; whole numbers are exact up to
 * 2²⁴. Results stay on the device until they are read, with `await t.read()`, and need not be uploaded where they are arguments again.
 *
 * Loaded again, later programs run on the new device.
 *
 * Throws `GpuUnavailableError` where gpu.js is not installed or the mode does not exist.
 */
export async function loadGpu({ mode = 'webgl2' }: LoadGpuOptions = {}): Promise<Gpu> {
  const device = new GpuDevice(mode, await makeInstance(mode));
  registerDevice(device, compileToGpu);
  return {
    mode,
    get textures(): number {
      return device.counts.buffers;
    },
    get bytes(): number {
      return device.counts.bytes;
    },
    get reads(): number {
      return device.reads;
    },
    scope: (body) => inScope(device, body),
    close: () => {
      unregisterDevice(device);
      return device.destroy();
    },
  };
}

function inScope<T>(device: GpuDevice, body: () => T): T {
  const end = device.watch();
  const finish = (result: unknown): void => {
    const kept = storagesIn(result);
    for (const storage of end()) if (!kept.has(storage)) releaseStorage(storage, () => new ReleasedResultError());
  };
  let result: T;
  try {
    result = body();
  } catch (error) {
    finish(undefined);
    throw error;
  }
  if (!(result instanceof Promise)) {
    finish(result);
    return result;
  }
  return result.then(
    (value: unknown) => {
      finish(value);
      return value;
    },
    (error: unknown) => {
      finish(undefined);
      throw error;
    },
  ) as T;
}

/** The storages of all arrays in a value, which may hold anything else besides. */
function storagesIn(value: unknown, found: Set<Storage> = new Set()): ReadonlySet<Storage> {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return found;
  if (value instanceof NDArray) found.add(value.storage);
  else if (TREE in value) for (const child of (value as TreeNode<unknown>)[TREE]().children) storagesIn(child, found);
  else for (const child of Object.values(value)) storagesIn(child, found);
  return found;
}
