/** @file The real main job at a small size, in processes of its own: figures, files, resuming, Ctrl-C, wrong input. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { mainProgram, run as runProgram, start as startProgram, type Ended } from '../command-line.ts';

const base = mkdtempSync(join(tmpdir(), 'tapeflow-smoke-'));
afterAll(() => rmSync(base, { recursive: true }));
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(base, 'w'));
});

const SMALL = ['--size=16', '--steps=4', '--json'];
const FILES = ['animation.gif', 'loss.csv', 'report.html', 'result.png', 'state.bin', 'summary.json', 'target.png'];
const KEYS = ['relativeError', 'overlap', 'lossStart', 'lossEnd', 'force', 'massChange', 'maxDivergence', 'iterations', 'seconds', 'backend', 'resumed'];

const run = (args: readonly string[], cwd: string = folder): Promise<Ended> => runProgram(cwd, args, {}, mainProgram);

interface Figures {
  readonly relativeError: number;
  readonly overlap: number;
  readonly lossStart: number;
  readonly lossEnd: number;
  readonly massChange: number;
  readonly maxDivergence: number;
  readonly iterations: number;
}

describe('a whole run', () => {
  const whole = join(base, 'whole');
  let ended: Ended;
  beforeAll(async () => {
    ended = await run([...SMALL, '--iterations=12', `--out=${whole}`], base);
  }, 60_000);

  test('improves what it is meant to, and says so', () => {
    expect(ended).toMatchObject({ code: 0 });
    const figures = JSON.parse(ended.stdout) as Figures;
    expect(Object.keys(figures)).toEqual(KEYS);
    expect(figures.lossEnd).toBeLessThan(0.5 * figures.lossStart);
    expect(figures.iterations).toBe(12);
    expect(Math.abs(figures.massChange)).toBeLessThan(0.02);
    expect(figures.maxDivergence).toBeLessThan(1e-3);
    expect(ended.stderr).toMatch(/% of the smoke is out of place, the shapes overlap by .* %, after \d+\.\d s on the backend (wasm|js); 6 files in .*\nreport: .*report\.html\n$/);
  });

  test('leaves every file, and a loss for the start and each iteration', () => {
    expect(readdirSync(whole).sort()).toEqual(FILES);
    const losses = readFileSync(join(whole, 'loss.csv'), 'utf8').trim().split('\n').slice(1).map((row) => Number(row.split(',')[1]));
    const figures = JSON.parse(readFileSync(join(whole, 'summary.json'), 'utf8')) as Figures;
    expect(losses).toHaveLength(13);
    expect([losses[0], losses.at(-1)]).toEqual([figures.lossStart, figures.lossEnd]);
  });

  test('is the same, to the bit, when it is interrupted and resumed', async () => {
    await run([...SMALL, '--iterations=7', '--out=parts']);
    const { code, stdout } = await run([...SMALL, '--iterations=12', '--out=parts', '--resume']);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ resumed: true, lossEnd: (JSON.parse(ended.stdout) as Figures).lossEnd });
    for (const name of ['loss.csv', 'result.png', 'animation.gif']) {
      expect(readFileSync(join(folder, 'parts', name)).equals(readFileSync(join(whole, name)))).toBe(true);
    }
  }, 60_000);

  test('in 64 bit it is the same experiment', async () => {
    const { stdout } = await run([...SMALL, '--iterations=12', '--precision=64', '--out=double']);
    const [single, double] = [ended.stdout, stdout].map((text) => JSON.parse(text) as Figures);
    expect(double!.lossStart).toBeCloseTo(single!.lossStart, 4);
    expect(Math.abs(double!.lossEnd / single!.lossEnd - 1)).toBeLessThan(0.1); // twelve steps of Adam magnify rounding
  }, 60_000);
});

test('Ctrl-C ends it after the iteration with a valid report', async () => {
  const running = startProgram(folder, ['--size=16', '--steps=4', '--iterations=100000', '--out=out'], {}, mainProgram);
  while (!existsSync(join(folder, 'out')) && running.process.exitCode === null) await new Promise((resolve) => setTimeout(resolve, 20));
  await new Promise((resolve) => setTimeout(resolve, 500));
  running.process.kill('SIGINT');
  const { code } = await running.ended;
  expect(code).toBe(0);
  expect(readdirSync(join(folder, 'out')).sort()).toEqual(FILES);
  expect(readFileSync(join(folder, 'out/report.html'), 'utf8')).toMatch(/Stopped early, after \d+ of 100000 iterations/);
}, 60_000);

test('list shows it, --help explains it', async () => {
  expect((await run(['list'])).stdout).toMatch(/smoke-control +Finds the forces/);
  expect((await run(['smoke-control', '--help'])).stdout).toMatch(/--picture FILE/);
});

test.each([
  [['--picture=none.png'], /none\.png/],
  [['--picture=text.png'], /text\.png/],
  [['--size=0'], /size/],
  [['--rate=NaN'], /rate/],
  [['--colour=red'], /colour/],
  [['smoke-contrl'], /smoke-control/],
])('%s gets one clear line and leaves nothing behind', async (args, message) => {
  writeFileSync(join(folder, 'text.png'), 'no picture');
  const { code, stdout, stderr } = await run(args);
  expect(code).not.toBe(0);
  expect(stdout).toBe('');
  expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  expect(stderr).toMatch(message);
  expect(stderr).not.toMatch(/\.ts:\d/);
  expect(readdirSync(folder)).toEqual(['text.png']);
});
