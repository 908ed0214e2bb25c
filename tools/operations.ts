/**
 * @file `npm run -s operations`: every operation of the table of positional operations with the number of tests that are made of its row.
 *
 * The counts come from the runner itself, so an operation whose tests were not made shows 0. The tests are collected, not run, unless
 * `--run` is given: then those that passed are counted.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { checksByOperation, tableOfChecks, type CollectedTest } from './operations/checks.ts';

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const FILE = 'packages/tensor/test/operations/positional.test.ts';
const VITEST = join(ROOT, 'node_modules/vitest/vitest.mjs');

const folder = mkdtempSync(join(tmpdir(), 'operations-'));
try {
  const output = join(folder, 'tests.json');
  const runs = process.argv.includes('--run');
  const args = runs ? ['run', FILE, '--reporter=json', `--outputFile=${output}`] : ['list', FILE, `--json=${output}`];
  const { status, stderr } = spawnSync(process.execPath, [VITEST, ...args], { cwd: ROOT, encoding: 'utf8' });
  if (status !== 0 && !runs) throw new Error(`vitest could not collect ${FILE}:\n${stderr}`);
  console.log(tableOfChecks(checksByOperation(collected(readFileSync(output, 'utf8')))));
  process.exitCode = status ?? 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** Tests in either form: `list` gives names with ' > ', `run` gives ancestors and an outcome. */
function collected(text: string): CollectedTest[] {
  const json = JSON.parse(text) as readonly { readonly name: string }[] | { readonly testResults: readonly { readonly assertionResults: readonly { readonly ancestorTitles: readonly string[]; readonly title: string; readonly status: string }[] }[] };
  if ('testResults' in json) return json.testResults.flatMap(({ assertionResults }) => assertionResults.filter(({ status }) => status === 'passed').map(({ ancestorTitles, title }) => [...ancestorTitles, title]));
  return json.map(({ name }) => name.split(' > '));
}
