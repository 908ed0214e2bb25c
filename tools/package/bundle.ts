/** @file Bundles each package for Node: a file per entry and chunks that entries share, because Node looks up every file of an import by itself. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { normalize } from 'node:path/posix';
import { build, type BuildResult } from 'esbuild';
import { readManifest } from '../files.ts';
import { bundleBehind, divide, gatePlugin } from './on-demand.ts';
import { OPTIONS } from './options.ts';

/** A bundled package. */
export interface Bundle {
  /** Files that Node reads, by path from the package. */
  readonly files: readonly string[];
  /** Modules that are in more than one of them, and so would exist twice. */
  readonly repeated: readonly string[];
}

/**
 * Bundles what `tsc -b` made of packages/`name`. Everything else that uses the package (bundlers, TypeScript) goes by the separate files, of which it
 * takes what it needs. Names stay as they are written: those of classes are seen in errors. What lies behind the modules of `config.onDemand` in its
 * package.json is in a file that is read when it is needed.
 */
export async function bundlePackage(root: string, name: string): Promise<Bundle> {
  const home = join(root, 'packages', name);
  rmSync(join(home, OPTIONS.outdir), { recursive: true, force: true });
  const { exports: offered, config } = readManifest(root, name);
  const entries = Object.values(offered).flatMap((target) => (typeof target === 'string' || target['default'] === undefined ? [] : [normalize(target['default'])]));
  const options = { ...OPTIONS, absWorkingDir: home, entryPoints: entries, splitting: true, format: 'esm' } as const;
  const whole = await build(options);
  if (config?.onDemand === undefined) return written(whole);
  const division = divide(home, whole.metafile, entries, config.onDemand);
  const { taken, result } = await bundleBehind(division);
  return written(await build({ ...options, plugins: [gatePlugin(division, taken)] }), result);
}

/** Writes the files. */
function written(...results: readonly BuildResult<{ readonly metafile: true; readonly write: false }>[]): Bundle {
  for (const { path, text } of results.flatMap(({ outputFiles }) => outputFiles)) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, path.endsWith('.map') ? text : withOwnNames(text));
  }
  const outputs = results.flatMap(({ metafile }) => Object.entries(metafile.outputs)).filter(([file]) => !file.endsWith('.map'));
  const modules = outputs.flatMap(([, { inputs }]) => Object.keys(inputs));
  return { files: outputs.map(([file]) => file), repeated: modules.filter((module, k) => modules.indexOf(module) < k) };
}

/** Inside a class that speaks of itself, esbuild puts an underscore before its name, which errors and printed values would show. */
function withOwnNames(text: string): string {
  const classes = [...text.matchAll(/\bvar (\w+)=class _\1\b/g)].map(([, name]) => name!);
  return classes.length === 0 ? text : text.replace(new RegExp(`\\b_(${classes.join('|')})\\b`, 'g'), '$1');
}
