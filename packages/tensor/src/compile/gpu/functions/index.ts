/** @file The functions that kernels may call, by name, and which of them a kernel needs. */
import { ELEMENTARY_FUNCTIONS } from './elementary.ts';
import { NATIVE_FUNCTIONS, type GpuFunction } from './native.ts';
import { SPECIAL_FUNCTIONS } from './special.ts';

/** Every function, by name. */
export const GPU_FUNCTIONS: ReadonlyMap<string, GpuFunction> = new Map([...NATIVE_FUNCTIONS, ...ELEMENTARY_FUNCTIONS, ...SPECIAL_FUNCTIONS].map((each) => [each.name, each]));

/** The functions that a text calls, with those that they call. */
export function functionsIn(source: string): GpuFunction[] {
  const found = new Set<GpuFunction>();
  const collect = (text: string): void => {
    for (const [, name] of text.matchAll(/\b(\w+)\(/g)) {
      const called = GPU_FUNCTIONS.get(name!);
      if (called === undefined || found.has(called)) continue;
      found.add(called);
      collect(called.source);
    }
  };
  collect(source);
  return [...found];
}
