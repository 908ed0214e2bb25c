/** @file Each rule about how files are written lets good files pass and names the line of a bad one. */
import { describe, expect, test } from 'vitest';
import { docstrings } from '../rules/docstrings.ts';
import { fileSentence, knownReferences, noBlindCasts, noMachinePaths } from '../rules/manner.ts';
import { houseOf } from './house.ts';

const SOURCE = 'packages/pde/src/a.ts';
const INDEX = 'packages/pde/src/index.ts';

test('a file opens with its sentence', () => {
  expect(fileSentence.complaints(houseOf({ [SOURCE]: '/** @file A grid. */\n' }))).toEqual([]);
  expect(fileSentence.complaints(houseOf({ [SOURCE]: '/**\n * @file A grid.\n */\n' }))).toEqual([]);
  expect(fileSentence.complaints(houseOf({ [SOURCE]: '/** A grid. */\n' }))).toHaveLength(1);
  expect(fileSentence.complaints(houseOf({ [SOURCE]: 'const a = 1;\n/** @file A grid. */\n' }))).toHaveLength(1);
});

test('paths of one machine are refused in any file', () => {
  const folder = '/' + 'home' + '/ada/grid.json';
  expect(noMachinePaths.complaints(houseOf({ 'README.md': `a\nsee ${folder}` }))).toEqual([expect.stringContaining('README.md:2')]);
  expect(noMachinePaths.complaints(houseOf({ 'README.md': 'see docs/home/grid.json and https://example.org/work/1' }))).toEqual([]);
});

test('a blind cast needs a reason in the line above', () => {
  const cast = 'const b = a as unknown as B;';
  expect(noBlindCasts.complaints(houseOf({ [SOURCE]: cast }))).toHaveLength(1);
  expect(noBlindCasts.complaints(houseOf({ [SOURCE]: `// The rule returns what it was given.\n${cast}` }))).toEqual([]);
  expect(noBlindCasts.complaints(houseOf({ [SOURCE]: '// why\n// @ts-ignore' }))).toHaveLength(1);
});

test('a source is in the list of references', () => {
  const files = { [SOURCE]: '/** Source [Stam1999, eq. 3] */' };
  expect(knownReferences.complaints(houseOf({ ...files, 'docs/references.md': '- **Stam1999** Stable fluids.' }))).toEqual([]);
  expect(knownReferences.complaints(houseOf({ ...files, 'docs/references.md': '- **Chorin1968** Numerical solution.' }))).toHaveLength(1);
});

describe('public names have docstrings', () => {
  const complaints = (declaration: string, index = "export { grid } from './a.ts';"): string[] =>
    docstrings.complaints(houseOf({ [INDEX]: index, [SOURCE]: `/** @file A grid. */\n${declaration}` }));

  test.each([
    '/** Cells. */\nexport const grid = 1;',
    '/** Cells. */\nexport function grid(n: 1): void;\nexport function grid(n: 2): void;\nexport function grid(): void {}',
    'export const grid = unary(\'grid\', 1);',
  ])('documented: %s', (declaration) => {
    expect(complaints(declaration)).toEqual([]);
  });
  test.each([
    'export const grid = 1;',
    'export function grid(): void {}',
    'export interface grid {}',
    '// Cells.\nexport class grid {}',
    'const grid = 1;\nexport { grid };',
  ])('undocumented: %s', (declaration) => {
    expect(complaints(declaration)).toEqual([expect.stringContaining("'grid' is public")]);
  });
  test('names are followed through renaming, stars and imports', () => {
    const undocumented = 'export const cells = 1;';
    expect(complaints(undocumented, "export { cells as grid } from './a.ts';")).toHaveLength(1);
    expect(complaints(undocumented, "export * from './a.ts';")).toHaveLength(1);
    expect(complaints(undocumented, "import { cells } from './a.ts';\nexport { cells };")).toHaveLength(1);
  });
  test('what is not public may go without', () => {
    expect(complaints('/** Cells. */\nexport const grid = 1;\nexport const hidden = 2;')).toEqual([]);
  });
});
