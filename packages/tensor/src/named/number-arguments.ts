/** @file Numbers among the arguments of compiled functions, which are scalars inside the program: which argument a value is, for messages. */

const PATHS = new WeakMap<object, string>();

/** Remembers that a value stands for a number at a path of the arguments, such as `1.dt`. */
export function markNumberArgument(value: unknown, path: string): void {
  if (typeof value === 'object' && value !== null) PATHS.set(value, path);
}

/** The path of the argument that a tensor stands for, if it is a number there. */
export function numberArgumentOf(t: unknown): string | undefined {
  const value = typeof t === 'object' && t !== null && 'value' in t ? t.value : undefined;
  return typeof value === 'object' && value !== null ? PATHS.get(value) : undefined;
}

/** How a number becomes a part of the program. */
export function staticAdvice(path: string): string {
  return `jit(f, { static: [${/^\d+$/.test(path) ? path : `'${path}'`}] })`;
}
