/** @file What a house rule is. */
import type { TextFile } from '../files.ts';

/** What rules are applied to: the files, and what the manifests say. */
export interface House {
  readonly files: readonly TextFile[];
  /** Package folder name → the subpaths it exports ('.', './extend', …). */
  readonly entries: ReadonlyMap<string, readonly string[]>;
  /** The source files behind those subpaths, as paths from the root. */
  readonly sources: ReadonlySet<string>;
  /** Package folder name → the packages of this house its manifest lists as dependencies. */
  readonly dependencies: ReadonlyMap<string, readonly string[]>;
}

/** One rule; `complaints` gives one line per place that breaks it. */
export interface Rule {
  readonly title: string;
  complaints(house: House): string[];
}

/** The package a path lies in, with the folder below it ('src', 'test', …); undefined outside packages/. */
export function packageOf(path: string): { readonly name: string; readonly part: string } | undefined {
  const [first, name, part] = path.split('/');
  return first === 'packages' && name !== undefined && part !== undefined ? { name, part } : undefined;
}

/** True for the TypeScript sources that are published. */
export function isSource(path: string): boolean {
  return packageOf(path)?.part === 'src' && path.endsWith('.ts');
}

/** True for every TypeScript file of the house. */
export function isTypeScript(path: string): boolean {
  return path.endsWith('.ts');
}
