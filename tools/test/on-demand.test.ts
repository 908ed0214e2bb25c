/** @file Bundles for Node that are read in two parts: on a small package, as Node sees it. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { command } from '../command.ts';
import { bundlePackage } from '../package/bundle.ts';

const root = mkdtempSync(join(tmpdir(), 'tapeflow-gates-'));
afterAll(() => rmSync(root, { recursive: true }));

/** What `tsc` might have made. `large` lies behind the gate `start`; `shared` does not, for the front needs it, too. */
const MODULES: Readonly<Record<string, string>> = {
  'index.js': "import { start, later } from './start.js'; import { Thing, counted } from './shared.js'; export { Thing, later, counted }; export const begin = (n) => start(n, 2) instanceof Thing;",
  'extend.js': "export { start } from './start.js'; export { Thing } from './shared.js';",
  'start.js': "import { large } from './large.js'; import { Thing, count } from './shared.js';\nexport const LIMIT = 7;\nexport function start(n, m) { count(); return new Thing(large(n * m)); }\nexport async function later() { return LIMIT; }",
  'large.js': "import { Thing as Other } from './shared.js'; import { hypot } from './mathematics.js'; globalThis.largeIsThere = true;\nexport function large(n) { return new Other(hypot(n, 0)); }",
  'mathematics.js': 'export const { hypot } = Math;',
  'shared.js': 'export class Thing { constructor(inner) { this.inner = inner; } }\nlet counter = 0;\nexport function count() { counter++; }\nexport function counted() { return counter; }',
};

function makePackage(name: string, modules: Readonly<Record<string, string>>, onDemand: readonly string[] | undefined): void {
  const entry = (file: string): object => ({ node: `./dist/bundle/${file}`, default: `./dist/${file}` });
  const manifest = { name: `@somebody/${name}`, type: 'module', sideEffects: false, exports: { '.': entry('index.js'), './extend': entry('extend.js') }, ...(onDemand && { config: { onDemand } }) };
  for (const [file, text] of Object.entries({ 'package.json': JSON.stringify(manifest), ...Object.fromEntries(Object.entries(modules).map(([file, text]) => [`dist/${file}`, text])) })) {
    const path = join(root, 'packages', name, file);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
}

async function printed(name: string, program: string): Promise<unknown> {
  const file = join(root, 'packages', name, 'program.mjs');
  writeFileSync(file, `import * as index from '@somebody/${name}';\nimport * as extend from '@somebody/${name}/extend';\n${program}`);
  const { output } = await command(process.execPath, [file], { cwd: root, limit: 30 });
  return JSON.parse(output);
}

test('what lies behind a gate is read by the first call, once for all entries, and shares the classes and variables of the rest', async () => {
  makePackage('divided', MODULES, ['dist/start.js']);
  const { files, repeated } = await bundlePackage(root, 'divided');
  expect(files.filter((file) => file.endsWith('.cjs'))).toEqual(['dist/bundle/on-demand.cjs']);
  expect(repeated).toEqual([]);
  const program = `
    const before = globalThis.largeIsThere ?? false;
    const begun = index.begin(3);
    const thing = extend.start(1.5, -2);
    console.log(JSON.stringify({ before, after: globalThis.largeIsThere, begun, isThing: thing instanceof index.Thing, inner: thing.inner.inner, isOneClass: thing.inner.constructor === extend.Thing, calls: index.counted(), later: await index.later() }));`;
  expect(await printed('divided', program)).toEqual({ before: false, after: true, begun: true, isThing: true, inner: 3, isOneClass: true, calls: 2, later: 7 });
});

test('without gates everything is read at once', async () => {
  makePackage('whole', MODULES, undefined);
  expect((await bundlePackage(root, 'whole')).files.some((file) => file.endsWith('.cjs'))).toBe(false);
  expect(await printed('whole', 'console.log(JSON.stringify([globalThis.largeIsThere, index.begin(3), extend.start(1, 2).inner.inner]))')).toEqual([true, true, 2]);
});

test('only functions can be called later, variables cannot be shared, and gates have to exist', async () => {
  makePackage('values', { ...MODULES, 'index.js': "export { LIMIT } from './start.js';" }, ['dist/start.js']);
  await expect(bundlePackage(root, 'values')).rejects.toThrow(/No matching export in "gate:dist\/start\.js" for import "LIMIT"/);
  makePackage('variable', { ...MODULES, 'shared.js': MODULES['shared.js']!.replace('function count()', 'let size = 1; export function count()'), 'mathematics.js': "import { size } from './shared.js'; export const hypot = (x) => x * size;" }, ['dist/start.js']);
  await expect(bundlePackage(root, 'variable')).rejects.toThrow('dist/shared.js exports the variable size');
  makePackage('unknown', MODULES, ['dist/begin.js']);
  await expect(bundlePackage(root, 'unknown')).rejects.toThrow('the gate dist/begin.js is not a module of the bundle');
});
