/** @file gpu.js as far as it is used here, and how it is found: it is an optional package, loaded when somebody asks for it. */
import { GpuUnavailableError } from '../errors.ts';

/** Where kernels run: on graphics hardware through WebGL 2, or as plain JavaScript, which is slow and there for tests. */
export type GpuMode = 'webgl2' | 'cpu';

/** A kernel: a function of buffers and numbers that makes a buffer. */
export type LibraryKernel = (...values: unknown[]) => unknown;

/** An instance of gpu.js. */
export interface LibraryInstance {
  createKernel(source: string, settings: object): LibraryKernel;
  destroy(): Promise<void>;
}

interface LibraryClass {
  new (settings: { readonly mode: GpuMode }): LibraryInstance;
  readonly isWebGL2Supported: boolean;
}

/** Makes an instance. Throws `GpuUnavailableError` where gpu.js is not installed, or the mode does not exist. */
export async function makeInstance(mode: GpuMode, find: () => Promise<unknown> = findLibrary): Promise<LibraryInstance> {
  let found: unknown;
  try {
    found = await find();
  } catch (cause) {
    throw new GpuUnavailableError(mode, `the package gpu.js cannot be loaded (${cause instanceof Error ? cause.message.split('\n')[0]! : String(cause)})`, 'Install it beside @tapeflow/tensor: npm install gpu.js', { cause });
  }
  const GPU = classIn(found);
  if (GPU === undefined) throw new GpuUnavailableError(mode, 'the package gpu.js has no class GPU', 'Install version 2.24.1 or later of gpu.js.');
  if (mode === 'webgl2' && !GPU.isWebGL2Supported) {
    throw new GpuUnavailableError(mode, 'there is no WebGL 2 here', "Run in a browser with WebGL 2, use jit(f, { backend: 'wasm' }), or loadGpu({ mode: 'cpu' }) to test programs without graphics hardware.");
  }
  return new GPU({ mode });
}

const findLibrary = (): Promise<unknown> => import('gpu.js');

/** Bundlers wrap CommonJS in different ways. */
function classIn(found: unknown): LibraryClass | undefined {
  const outer = found as { GPU?: unknown; default?: { GPU?: unknown } };
  return [outer.GPU, outer.default?.GPU, outer.default].find((each) => typeof each === 'function') as LibraryClass | undefined;
}
