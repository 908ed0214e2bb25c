/** @file Bundled programs behave as their sources do: they find what lies beside these, and stack traces name them. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { AS_SOURCES, bundlePrograms } from '../programs.ts';

const cache = join(dirname(dirname(dirname(fileURLToPath(import.meta.url)))), '.cache');

test('what lies beside the source, packages by name, and the line of an error', async () => {
  mkdirSync(cache, { recursive: true });
  const folder = mkdtempSync(join(cache, 'programs-'));
  try {
    const source = join(folder, 'first.ts');
    writeFileSync(source, "import { grad } from '@tapeflow/autodiff';\nimport { mul } from '@tapeflow/autodiff/scalar';\nconsole.log(import.meta.url, import.meta.dirname, grad((x) => mul(x, x))(3));\n\nthrow new RangeError('on line 5');\n");
    writeFileSync(join(folder, 'second.ts'), "console.log('second');\n");
    const { first, second } = await bundlePrograms(join(folder, 'made'), { first: source, second: join(folder, 'second.ts') });
    const run = (program: string): { status: number | null; stdout: string; stderr: string } => spawnSync(process.execPath, [...AS_SOURCES, program], { encoding: 'utf8' });
    expect(run(second)).toMatchObject({ status: 0, stdout: 'second\n' });
    const { status, stdout, stderr } = run(first);
    expect(stdout).toBe(`${pathToFileURL(source).href} ${folder} 6\n`);
    expect(stderr).toMatch(/first\.ts:5\n[^]*RangeError: on line 5/);
    expect(status).toBe(1);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
