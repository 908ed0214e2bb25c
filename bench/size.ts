/** @file What each package adds to a bundle: minified, and as a browser loads it. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { columns, type Bench } from './table.ts';

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));

/** One row: what is imported, and its bytes. */
interface Size {
  readonly what: string;
  readonly minified: number;
  readonly gzip: number;
}

/** Parts of packages that somebody may want alone: importing less must cost less. */
const PARTS: readonly string[] = [
  "export { grad } from '@tapeflow/autodiff'; export { add, mul, sin } from '@tapeflow/autodiff/scalar';",
  "export { grad } from '@tapeflow/autodiff'; export { square, sum, tensor } from '@tapeflow/tensor';",
  "export { jit, tensor } from '@tapeflow/tensor';",
];

/** Every entry of every package that runs in a browser. */
function entries(): string[] {
  return readdirSync(join(ROOT, 'packages')).flatMap((folder) => {
    const manifest = JSON.parse(readFileSync(join(ROOT, 'packages', folder, 'package.json'), 'utf8')) as { name: string; exports: object };
    const paths = Object.keys(manifest.exports).filter((path) => path !== './package.json' && path !== './node');
    return paths.map((path) => `export * from '${manifest.name}${path.slice(1)}';`);
  });
}

async function sizeOf(what: string): Promise<Size> {
  const { outputFiles } = await build({
    stdin: { contents: what, resolveDir: join(ROOT, 'bench'), loader: 'ts' },
    bundle: true,
    minify: true,
    write: false,
    format: 'esm',
    platform: 'browser',
    conditions: ['tapeflow-source'],
    external: ['gpu.js'],
    logLevel: 'silent',
  });
  const bundle = outputFiles[0]!.contents;
  return { what, minified: bundle.length, gzip: gzipSync(bundle, { level: 9 }).length };
}

/** Bytes of all entries and of some parts. */
export const size: Bench = {
  about: 'bytes of the packages in a bundle, minified and compressed',
  async run() {
    const rows = await Promise.all([...entries(), ...PARTS].map(sizeOf));
    const kilobytes = (bytes: number): string => (bytes / 1000).toFixed(1);
    const cells = rows.map(({ what, minified, gzip }) => [kilobytes(gzip), kilobytes(minified), what]);
    return { rows, text: columns([['kB gzip', 'kB', 'of'], ...cells], [true, true, false]) };
  },
};
