/** @file Snippets become one module whose lines are those of the document, and say so when they print something else. */
import { describe, expect, test } from 'vitest';
import { findSnippets, toModule, withAssertions } from '../docs/snippets.ts';

const FENCE = '`'.repeat(3);
const block = (info: string, code: string): string => `${FENCE}${info}\n${code}\n${FENCE}\n`;

test('code keeps its line numbers', () => {
  const markdown = `# Title\n\n${block('ts', 'const a = 1;')}\ntext\n\n${block('ts', 'const b = a;')}`;
  const lines = markdown.split('\n');
  const moduleLines = toModule(findSnippets('a.md', markdown).snippets).split('\n');
  expect(moduleLines.indexOf('const a = 1;')).toBe(lines.indexOf('const a = 1;'));
  expect(moduleLines.indexOf('const b = a;')).toBe(lines.indexOf('const b = a;'));
});

test('a later block may import a name again', () => {
  const markdown = block('ts', "import { a } from 'm';") + block('ts', "import { a, b } from 'm';") + block('ts', "import { b } from 'm';");
  const module = toModule(findSnippets('a.md', markdown).snippets);
  expect(module.match(/import .*/g)).toEqual(["import { a } from 'm';", "import { b } from 'm';"]);
});

test('the same name from another module stays, so that the compiler sees the clash', () => {
  const markdown = block('ts', "import { a } from 'm';") + block('ts', "import { a } from 'n';");
  expect(toModule(findSnippets('a.md', markdown).snippets).match(/import .*/g)).toHaveLength(2);
});

describe('opting out', () => {
  test('needs a reason the reader can see', () => {
    const stated = findSnippets('a.md', block('ts ignore', '// Not run: needs a browser.\nopen();'));
    expect(stated.complaints).toEqual([]);
    expect(stated.snippets[0]?.notRun).toBe('needs a browser.');
    expect(findSnippets('a.md', block('ts ignore', 'open();')).complaints).toEqual([expect.stringContaining('a.md:1')]);
    expect(findSnippets('a.md', block('ts skip', 'open();')).complaints).toHaveLength(1);
  });
  test('other languages are not run', () => {
    expect(findSnippets('a.md', block('sh', 'npm test') + block('', 'text')).snippets).toEqual([]);
  });
});

test('a block that is never closed is refused', () => {
  expect(findSnippets('a.md', `${FENCE}ts\nconst a = 1;\n`).complaints).toEqual([expect.stringContaining('never closed')]);
});

test('what a document says is printed becomes an assertion in the same line', () => {
  const module = withAssertions("const a = 1;\nconsole.log(a, 'b'); // → 1 b\n", 'a.md');
  expect(module.split('\n')[1]).toBe('__prints("a.md:2", "1 b", a, \'b\');');
  expect(withAssertions('console.log(1);\n', 'a.md')).toBe('console.log(1);\n');
});
