/** @file The catalogue of public names, and what they cost in a bundle. */
import { gzipSync } from 'node:zlib';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { expect, test } from 'vitest';
import * as autodiff from '../src/index.ts';
import * as scalar from '../src/scalar.ts';

test('the public names', () => {
  const names = Object.keys(autodiff);
  const errors = names.filter((name) => name.endsWith('Error'));
  expect(names.filter((name) => !errors.includes(name)).sort()).toEqual([
    'TREE', 'checkGradients', 'checkpoint', 'customGradient', 'customTangent', 'debugNaN', 'describeTape', 'flatten', 'gaussNewtonProduct', 'grad', 'hessian', 'hvp',
    'implicitFixedPoint', 'implicitLinearSolve', 'implicitRoot', 'jacobian', 'jvp', 'linearTranspose', 'linearize', 'mapTree', 'rollout', 'stopGradient', 'tapeToGraphviz',
    'tapeToText', 'valueAndGrad', 'vjp', 'vmap',
  ]);
  expect(Object.keys(scalar).length).toBeGreaterThan(50);
});

/** Bytes of a bundle as a browser loads it. */
async function bundled(contents: string): Promise<number> {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: fileURLToPath(new URL('.', import.meta.url)), loader: 'ts' },
    bundle: true,
    minify: true,
    write: false,
    format: 'esm',
    platform: 'browser',
    conditions: ['tapeflow-source'],
    logLevel: 'silent',
  });
  return gzipSync(outputFiles[0]!.contents, { level: 9 }).length;
}

// Bytes after minification and gzip, a few per cent above what they are today.
test.each([
  ['grad and three operations', "export { grad } from '../src/index.ts'; export { add, mul, sin } from '../src/scalar.ts';", 6900],
  [
    'all of differentiation, with custom rules and checkpoints',
    `export { grad, valueAndGrad, jvp, vjp, jacobian, hessian, hvp, gaussNewtonProduct, linearize, linearTranspose, stopGradient, vmap,
      customGradient, customTangent, checkpoint } from '../src/index.ts';`,
    12_000,
  ],
  ['everything but the operations on numbers', "export * from '../src/index.ts';", 18_900],
])('%s: the bundle stays small', async (_name, contents, budget) => {
  const bytes = await bundled(contents);
  expect(bytes).toBeLessThanOrEqual(budget);
  expect(bytes, 'lower the budget').toBeGreaterThan(0.9 * budget);
});

test('importing nothing leaves nothing: no part has side effects', async () => {
  expect(await bundled("import '../src/index.ts'; import '../src/scalar.ts'; import '../src/extend.ts';")).toBeLessThan(40);
});
