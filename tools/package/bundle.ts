/** @file Bundles each package for Node: a file per entry and chunks that entries share, because Node looks up every file of an import by itself. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { build } from 'esbuild';
import { readManifest } from '../files.ts';

/** The folder of a package that its exports name under the condition `node`. */
const FOLDER = 'dist/bundle';

/** A bundled package. */
export interface Bundle {
  /** Files that Node reads, by path from the package. */
  readonly files: readonly string[];
  /** Modules that are in more than one of them, and so would exist twice. */
  readonly repeated: readonly string[];
}

/**
 * Bundles what `tsc -b` made of packages/`name`. Everything else that uses the package (bundlers for browsers, TypeScript) goes by the separate
 * files, of which it takes what it needs. Names stay as they are written: those of classes are seen in errors.
 */
export async function bundlePackage(root: string, name: string): Promise<Bundle> {
  const home = join(root, 'packages', name);
  rmSync(join(home, FOLDER), { recursive: true, force: true });
  const targets = Object.values(readManifest(root, name).exports).flatMap((target) => (typeof target === 'string' || target['default'] === undefined ? [] : [target['default']]));
  const { metafile, outputFiles } = await build({
    absWorkingDir: home,
    entryPoints: targets,
    outbase: 'dist',
    outdir: FOLDER,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20.20',
    // A module of another package, or of Node, is the one that everybody else has.
    packages: 'external',
    // Most of an import is reading text. Lines stay short, for Node prints the one in which an uncaught error was thrown.
    minifyWhitespace: true,
    lineLimit: 160,
    sourcemap: true,
    sourcesContent: false,
    metafile: true,
    write: false,
    logLevel: 'silent',
  });
  for (const { path, text } of outputFiles) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, path.endsWith('.js') ? withOwnNames(text) : text);
  }
  const outputs = Object.entries(metafile.outputs).filter(([file]) => file.endsWith('.js'));
  const modules = outputs.flatMap(([, { inputs }]) => Object.keys(inputs));
  return { files: outputs.map(([file]) => file), repeated: modules.filter((module, k) => modules.indexOf(module) < k) };
}

/** Inside a class that speaks of itself, esbuild puts an underscore before its name, which errors and printed values would show. */
function withOwnNames(text: string): string {
  const classes = [...text.matchAll(/\bvar (\w+)=class _\1\b/g)].map(([, name]) => name!);
  return classes.length === 0 ? text : text.replace(new RegExp(`\\b_(${classes.join('|')})\\b`, 'g'), '$1');
}
