/**
 * @file `npm run random-programs -- --count 20000 --seed 7`: a long run of random programs, compiled.
 *
 * Half of them have to give the bits of the same operations one by one; the other half is held against slow loops in double precision. Says
 * how far it is, how often each operation occurred, and of the first failure the program and its seed. The exit code is 1 after a failure.
 */
import { spawn } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const FILES = ['packages/tensor/test/compile/random-programs.test.ts', 'packages/tensor/test/programs/compiled.test.ts'];

const { values } = parseArgs({ options: { count: { type: 'string', default: '20000' }, seed: { type: 'string', default: String(Date.now() % 1_000_000) } } });
const [count, seed] = [whole('count', values.count), whole('seed', values.seed)];
console.log(`${count} random programs, seed ${seed}`);
const child = spawn(process.execPath, [join(ROOT, 'node_modules/vitest/vitest.mjs'), 'run', ...FILES, '--disable-console-intercept'], {
  cwd: ROOT,
  stdio: 'inherit',
  env: { ...process.env, TAPEFLOW_PROGRAMS: String(Math.ceil(count / 2)), TAPEFLOW_SEED: String(seed), TAPEFLOW_PROGRESS: '1' },
});
child.on('close', (code) => {
  console.log(code === 0 ? `${count} random programs agree` : `a program fails; the same again: npm run random-programs -- --count ${count} --seed ${seed}`);
  process.exitCode = code ?? 1;
});

function whole(name: string, text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 1) return value;
  console.error(`--${name} is ${text}: give a whole number ≥ 1.`);
  process.exit(2);
}
