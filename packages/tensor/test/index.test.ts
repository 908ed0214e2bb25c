/** @file What tensors cost in a bundle, with and without the compiler. */
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { expect, test } from 'vitest';

/** A bundle as a browser loads it: its bytes, and the files that left something in it. */
async function bundled(contents: string): Promise<{ readonly bytes: number; readonly files: readonly string[] }> {
  const { outputFiles, metafile } = await build({
    stdin: { contents, resolveDir: fileURLToPath(new URL('.', import.meta.url)), loader: 'ts' },
    bundle: true,
    minify: true,
    write: false,
    metafile: true,
    format: 'esm',
    platform: 'browser',
    conditions: ['tapeflow-source'],
    external: ['gpu.js'],
    logLevel: 'silent',
  });
  const [output] = Object.values(metafile.outputs);
  const files = Object.entries(output!.inputs).flatMap(([file, { bytesInOutput }]) => (bytesInOutput > 0 ? [file] : []));
  return { bytes: gzipSync(outputFiles[0]!.contents, { level: 9 }).length, files };
}

// Bytes after minification and gzip, a few per cent above what they are today.
test.each([
  ['tensors and a sum', "export { square, sum, tensor } from '../src/index.ts';", 21_600],
  ['tensors with the compiler', "export { jit, tensor } from '../src/index.ts';", 100_000],
  ['all of tensors', "export * from '../src/index.ts';", 209_000],
])('%s: the bundle stays small', async (_name, contents, budget) => {
  const { bytes } = await bundled(contents);
  expect(bytes).toBeLessThanOrEqual(budget);
  expect(bytes, 'lower the budget').toBeGreaterThan(0.9 * budget);
});

test('the compiler comes without the parts that are for operations of their own', async () => {
  const parts = /compile\/(gpu\/(?!registry)|inspect\/(?!names)|lower\/(dense|convolution)\.|wasm\/fixed\/(matrix-product|tile|dots|lines\/(stages|butterfly|order|walk|lanes))\.)|primitives\/(dot|conv|fourier)\.|control\/cond|io\//;
  const alone = await bundled("export { jit, tensor } from '../src/index.ts';");
  expect(alone.files.filter((file) => parts.test(file) || /\/solve\/(?!solve-log)/.test(file))).toEqual([]);
  const all = await bundled("export * from '../src/index.ts';");
  // What is looked for has these names.
  for (const part of ['lower/dense', 'lower/convolution', 'fixed/matrix-product', 'fixed/lines/stages', 'primitives/dot', 'control/cond', 'gpu/program', 'inspect/inspect']) {
    expect(all.files.some((file) => file.includes(part) && parts.test(file)), part).toBe(true);
  }
});

test('importing no name leaves nothing: no part has side effects', async () => {
  expect((await bundled("import '../src/index.ts'; import '../src/extend.ts';")).bytes).toBeLessThan(40);
});
