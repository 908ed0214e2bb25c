/**
 * @file Programs of the house that are started in processes of their own, bundled first: to translate three hundred files would be most of what each
 * process does.
 */
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build, type Plugin } from 'esbuild';

/** Arguments of Node that show a bundled program as its sources in stack traces. */
export const AS_SOURCES: readonly string[] = ['--enable-source-maps'];

/** What a program looks for beside its source is found there. */
const placesOfSources: Plugin = {
  name: 'places of sources',
  setup(own) {
    own.onLoad({ filter: /\.ts$/ }, ({ path }) => ({
      contents: readFileSync(path, 'utf8').replaceAll('import.meta.url', JSON.stringify(pathToFileURL(path).href)).replaceAll('import.meta.dirname', JSON.stringify(dirname(path))),
      loader: 'ts',
    }));
  },
};

/**
 * Bundles programs, given by name, into a folder inside of the house, where packages are found; what they share is one file. `keepNames`: functions and classes
 * are called as in their sources even where two have one name, which takes time. Returns the file of each.
 */
export async function bundlePrograms<Name extends string>(folder: string, programs: Readonly<Record<Name, string>>, { keepNames = true }: { readonly keepNames?: boolean } = {}): Promise<Record<Name, string>> {
  await build({
    entryPoints: programs,
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    splitting: true,
    sourcemap: 'linked',
    keepNames,
    format: 'esm',
    platform: 'node',
    conditions: ['tapeflow-source'],
    external: ['esbuild', 'gpu.js'],
    logLevel: 'silent',
    plugins: [placesOfSources],
  });
  return Object.fromEntries(Object.keys(programs).map((name) => [name, join(folder, `${name}.mjs`)])) as Record<Name, string>;
}
