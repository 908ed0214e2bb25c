/** @file The device that programs run on, with the compiler for it: `loadGpu` puts both here, so that bundles without `loadGpu` carry neither. */
import type { Program } from '@tapeflow/autodiff/extend';
import { GpuNotLoadedError } from '../errors.ts';
import type { Executable } from '../executable.ts';
import type { GpuDevice } from './device.ts';

interface Registered {
  readonly device: GpuDevice;
  readonly compile: (program: Program) => Executable;
}

let current: Registered | undefined;

function registered(): Registered {
  if (current === undefined) throw new GpuNotLoadedError();
  return current;
}

/** The device that programs run on. Throws `GpuNotLoadedError` before one is registered. */
export const currentDevice = (): GpuDevice => registered().device;

/** Compiles a program for the device. Throws `GpuNotLoadedError` before one is registered. */
export const compileForGpu = (program: Program): Executable => registered().compile(program);

/** Programs run on this device from now on. */
export function registerDevice(device: GpuDevice, compile: Registered['compile']): void {
  current = { device, compile };
}

/** Takes a device away, unless another one has replaced it. */
export function unregisterDevice(device: GpuDevice): void {
  if (current?.device === device) current = undefined;
}
