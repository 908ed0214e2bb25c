/**
 * @file `npm run bench`: bundles the benchmarks and starts them as programs of users are started. The loader that runs the tools keeps the names of all
 * functions, which costs a third of the time wherever functions are made, as in the compiler. What Node has as an experiment is passed on.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { bundlePrograms } from './programs.ts';

const ROOT = join(import.meta.dirname, '..');
const experiments = process.execArgv.filter((flag) => flag.startsWith('--experimental-'));
// Packages that are not bundled are looked for from here on upwards.
const folder = mkdtempSync(join(ROOT, 'node_modules', '.bench-'));
try {
  const { bench } = await bundlePrograms(folder, { bench: join(ROOT, 'bench', 'main.ts') }, { keepNames: false });
  process.exitCode = spawnSync(process.execPath, [...experiments, bench, ...process.argv.slice(2)], { stdio: 'inherit' }).status ?? 1;
} finally {
  rmSync(folder, { recursive: true });
}
