/** @file Each border rule lets good files pass and names the line of a bad one. */
import { describe, expect, test } from 'vitest';
import { declaredEntries, listedDependencies, noNode, oneWay, relativeImports } from '../rules/borders.ts';
import type { Rule } from '../rules/rule.ts';
import { houseOf } from './house.ts';

const broken = (rule: Rule, path: string, text: string): string[] => rule.complaints(houseOf({ [path]: text }));

describe('declared entries', () => {
  test('an exported subpath may be imported', () => {
    expect(broken(declaredEntries, 'packages/tensor/src/a.ts', "import { a } from '@tapeflow/autodiff/extend';")).toEqual([]);
  });
  test.each([
    "import { a } from '@tapeflow/autodiff/src/tape.ts';",
    "export { a } from '@tapeflow/autodiff/tape';",
    "const a = await import('@tapeflow/autodiff/tape');",
    "type A = import('@tapeflow/autodiff/tape').A;",
  ])('refused: %s', (text) => {
    expect(broken(declaredEntries, 'examples/a.ts', `\n${text}`)).toEqual([expect.stringContaining('examples/a.ts:2')]);
  });
});

describe('one way', () => {
  test('tensor may import autodiff, vis may name types of pde', () => {
    expect(broken(oneWay, 'packages/tensor/src/a.ts', "import { grad } from '@tapeflow/autodiff';")).toEqual([]);
    expect(broken(oneWay, 'packages/vis/src/a.ts', "import type { Field } from '@tapeflow/pde';")).toEqual([]);
  });
  test.each([
    ['autodiff', "import { add } from '@tapeflow/tensor';"],
    ['pde', "import { adam } from '@tapeflow/optim';"],
    ['vis', "import { type Field } from '@tapeflow/pde';"],
    ['vis', "import { grad } from '@tapeflow/autodiff';"],
    ['tensor', "import { add } from '@tapeflow/tensor';"],
  ])('%s does not contain: %s', (name, text) => {
    expect(broken(oneWay, `packages/${name}/src/a.ts`, text)).toHaveLength(1);
  });
  test('tests may import any package', () => {
    expect(broken(oneWay, 'packages/autodiff/test/a.test.ts', "import { add } from '@tapeflow/tensor';")).toEqual([]);
  });
});

test('manifests list exactly what is imported', () => {
  const files = { 'packages/tensor/src/a.ts': "import { grad } from '@tapeflow/autodiff';" };
  expect(listedDependencies.complaints(houseOf(files, { tensor: ['autodiff'] }))).toEqual([]);
  expect(listedDependencies.complaints(houseOf(files, { tensor: [] }))[0]).toContain('add @tapeflow/autodiff');
  expect(listedDependencies.complaints(houseOf(files, { tensor: ['autodiff', 'pde'] }))[0]).toContain('remove @tapeflow/pde');
});

describe('relative imports', () => {
  test('stay in the package or folder; tests may reach examples', () => {
    expect(broken(relativeImports, 'packages/tensor/test/a.test.ts', "import { a } from '../src/a.ts';")).toEqual([]);
    expect(broken(relativeImports, 'test/a.test.ts', "import { a } from '../examples/a.ts';")).toEqual([]);
  });
  test.each([
    ['packages/tensor/src/a.ts', "import { a } from '../../autodiff/src/tape.ts';"],
    ['packages/tensor/src/a.ts', "import { a } from '../test/a.ts';"],
    ['examples/a/index.ts', "import { a } from '../../packages/tensor/src/a.ts';"],
    ['examples/a/index.ts', "import { a } from '../../test/a.ts';"],
  ])('%s may not contain: %s', (path, text) => {
    expect(broken(relativeImports, path, text)).toHaveLength(1);
  });
});

describe('no Node in library code', () => {
  test('entries for Node may use it, and comments may mention it', () => {
    expect(broken(noNode, 'packages/vis/src/node/files.ts', "import { readFileSync } from 'node:fs';")).toEqual([]);
    expect(broken(noNode, 'packages/vis/src/a.ts', '// unlike process.env, this works in browsers')).toEqual([]);
  });
  test.each(["import { readFileSync } from 'node:fs';", 'const wide = process.stdout.columns;', 'Buffer.from(text);'])('refused: %s', (text) => {
    expect(broken(noNode, 'packages/vis/src/a.ts', text)).toEqual([expect.stringContaining('packages/vis/src/a.ts')]);
  });
});
