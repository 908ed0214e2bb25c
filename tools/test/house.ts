/** @file A small house of made-up files that the tests of the rules break in one place at a time. */
import type { House } from '../rules/rule.ts';

/** A house of the packages autodiff, tensor, pde and vis with the given files. */
export function houseOf(files: Readonly<Record<string, string>>, dependencies: Readonly<Record<string, readonly string[]>> = {}): House {
  return {
    files: Object.entries(files).map(([path, text]) => ({ path, text })),
    entries: new Map([['autodiff', ['.', './extend']], ['tensor', ['.']], ['pde', ['.']], ['vis', ['.', './node']]]),
    sources: new Set(['autodiff', 'tensor', 'pde', 'vis'].map((name) => `packages/${name}/src/index.ts`)),
    dependencies: new Map(Object.entries(dependencies)),
  };
}
