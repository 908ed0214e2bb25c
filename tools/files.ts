/** @file The files of the repository, as the checks see them. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** One text file: path from the root with forward slashes, and its contents. */
export interface TextFile {
  readonly path: string;
  readonly text: string;
}

/** In a worktree of git, `.git` is a file. */
const SKIPPED: ReadonlySet<string> = new Set(['node_modules', 'dist', '.git', '.cache', 'out', 'coverage']);
/** Made by `npm run api`, and checked as it is made. */
const SKIPPED_PATHS: ReadonlySet<string> = new Set(['docs/api']);
const TEXT_FILE = /\.(ts|mts|mjs|js|json|md|cff|yml|yaml|html|css|svg|csv|txt)$|^\.?[a-z]+$/i;

/** Every text file below `root` that belongs to the project, in alphabetical order. */
export function projectFiles(root: string): TextFile[] {
  const files: TextFile[] = [];
  const visit = (folder: string): void => {
    for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (SKIPPED.has(entry.name) || SKIPPED_PATHS.has(path)) continue;
      if (entry.isDirectory()) visit(path);
      if (entry.isFile() && TEXT_FILE.test(entry.name)) files.push({ path, text: readFileSync(join(root, path), 'utf8') });
    }
  };
  visit('');
  return files.sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** Names of the folders below packages/ that have a manifest. */
export function packageNames(root: string): string[] {
  return readdirSync(join(root, 'packages'))
    .filter((name) => statSync(join(root, 'packages', name, 'package.json'), { throwIfNoEntry: false }) !== undefined)
    .sort();
}

/** The parts of a package.json that the checks read. */
export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly description?: string;
  readonly license?: string;
  readonly sideEffects?: boolean;
  readonly exports: Readonly<Record<string, string | Readonly<Record<string, string>>>>;
  readonly files?: readonly string[];
  readonly scripts?: Readonly<Record<string, string>>;
  /** `onDemand`: modules behind which lies what Node reads when it is needed, see tools/package/on-demand.ts. */
  readonly config?: { readonly onDemand?: readonly string[] };
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

/** Reads packages/`name`/package.json. */
export function readManifest(root: string, name: string): Manifest {
  return JSON.parse(readFileSync(join(root, 'packages', name, 'package.json'), 'utf8')) as Manifest;
}

/** The subpaths a package offers to importers ('.', './extend', …), without its manifest. */
export function entryPoints(manifest: Manifest): string[] {
  return Object.keys(manifest.exports).filter((key) => key !== './package.json');
}
