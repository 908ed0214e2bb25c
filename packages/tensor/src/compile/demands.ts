/** @file The parts of the compiler that somebody asks for: added when something is compiled for the first time, since asking must not need the compiler. */

const asked = new Set<() => void>();

/** Asks for parts of compile/on-demand.ts. */
export function demand(...parts: readonly (() => void)[]): void {
  for (const part of parts) asked.add(part);
}

/** Adds every part that was asked for. Called by whatever looks for one. */
export function meetDemands(): void {
  for (const add of asked) {
    asked.delete(add);
    add();
  }
}
