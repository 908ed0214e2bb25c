/** @file The command line when all is well: results, JSON, resuming, help, Ctrl-C. */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { run, start, type Running } from '../command-line.ts';

const base = mkdtempSync(join(tmpdir(), 'tapeflow-run-'));
afterAll(() => rmSync(base, { recursive: true }));

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(base, 'w'));
});

const FILES = ['animation.gif', 'loss.csv', 'report.html', 'result.png', 'state.bin', 'summary.json', 'target.png'];

const summaryIn = (out: string): Record<string, unknown> => JSON.parse(readFileSync(join(folder, out, 'summary.json'), 'utf8')) as Record<string, unknown>;

describe('results', () => {
  test('--json prints the summary alone, the same as in summary.json', async () => {
    const { code, stdout, stderr } = await run(folder, ['--size', '16', '--iterations', '3', '--json']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^\{[^\n]*\}\n$/);
    expect(JSON.parse(stdout)).toEqual(summaryIn('out/shape'));
    expect(stderr).toMatch(/^report: .*report\.html\n$/); // no progress bar: this is not a terminal
    expect(readdirSync(join(folder, 'out/shape')).sort()).toEqual(FILES);
  });

  test('--json prints lists of numbers with every digit, and null for what is not finite', async () => {
    const { code, stdout, stderr } = await run(folder, ['listing', '--json']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^\{[^\n]*\}\n$/);
    expect(JSON.parse(stdout)).toEqual({ losses: [1, 0.25, 1 / 3, null], floor: 1e-300, none: [], label: 'x' });
  });

  test('without --json the lines go to standard output, and --out is made with the folders above it', async () => {
    const { code, stdout, stderr } = await run(folder, ['shape', '--size=16', '--iterations=1', '--out', 'a/b']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toBe(`report: ${join(folder, 'a/b/report.html')}\n`);
    expect(readdirSync(join(folder, 'a/b')).sort()).toEqual(FILES);
  });

  test('started by npm, paths begin where the command was typed', async () => {
    const typedIn = join(folder, 'deep');
    mkdirSync(typedIn);
    await run(folder, ['--size=16', '--iterations=1'], { npm_lifecycle_event: 'start', INIT_CWD: typedIn });
    expect(existsSync(join(typedIn, 'out/shape/summary.json'))).toBe(true);
  });

  test('a run that is resumed goes on where it was, to the bit', async () => {
    await run(folder, ['--size=16', '--iterations=6', '--out=whole']);
    await run(folder, ['--size=16', '--iterations=4', '--out=parts']);
    const { code } = await run(folder, ['--size=16', '--iterations=6', '--out=parts', '--resume']);
    expect(code).toBe(0);
    expect(readFileSync(join(folder, 'parts/state.bin')).equals(readFileSync(join(folder, 'whole/state.bin')))).toBe(true);
    expect(summaryIn('parts')).toEqual({ ...summaryIn('whole'), resumed: true });
  });

  test.each([
    ['another grid', ['--size=24'], /state\.bin: belongs to a run with size 16 \(now 24\)/],
    ['nothing left', [], /state\.bin: all 2 iterations are done; ask for more with --iterations 4/],
  ])('a resume with %s is refused and changes nothing', async (_, args, message) => {
    await run(folder, ['--size=16', '--iterations=2']);
    const before = FILES.map((name) => readFileSync(join(folder, 'out/shape', name), 'hex'));
    const { code, stdout, stderr } = await run(folder, ['--size=16', '--iterations=2', '--resume', ...args]);
    expect(code).toBe(1);
    expect(stdout).toBe('');
    expect(stderr).toMatch(message);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
    expect(FILES.map((name) => readFileSync(join(folder, 'out/shape', name), 'hex'))).toEqual(before);
  });
});

describe('help', () => {
  test('list names every example with its sentence', async () => {
    const { code, stdout } = await run(folder, ['list']);
    expect(code).toBe(0);
    expect(stdout.trimEnd().split('\n')).toEqual(['  shape    Blends a disc into the shape of a picture.', '  faulty   Has a defect.', '  refused  Adds what cannot be added.', '  listing  Returns lists of numbers.']);
  });

  test('--help names every option with bounds, unit and default, and touches nothing', async () => {
    for (const args of [['--help'], ['shape', '--help'], ['-h'], ['help']]) {
      const { code, stdout, stderr } = await run(folder, args);
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      expect(stdout).toMatch(/--size N +cells .*\(a multiple of 8 from 16 to 512; default 64\)/);
      expect(stdout).toMatch(/--rate N +learning rate of Adam \[.*\] \(a number above 0 and up to 10; default 0\.1\)/);
      expect(stdout).toMatch(/--precision 32\|64 .*default 32/);
      expect(stdout).toMatch(/--resume /);
      expect(stdout).toMatch(/--out FOLDER .*default out\/shape/);
      expect(stdout).not.toMatch(/heart\.png/); // a path of this machine
    }
    expect(readdirSync(folder)).toEqual([]);
  });
});

/** Waits until the program has begun to iterate, which it does once its folder is there. */
async function iterating({ process: child }: Running, out: string): Promise<void> {
  while (!existsSync(join(folder, out)) && child.exitCode === null) await pause(20);
  await pause(150);
}

const pause = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));

describe('Ctrl-C', () => {
  test('once: ends after the iteration with valid results, from which the run can go on', async () => {
    const running = start(folder, ['--size=16', '--iterations=1000', '--pause=20', '--json']);
    await iterating(running, 'out/shape');
    running.process.kill('SIGINT');
    running.process.kill('SIGINT'); // the copy that npm or the runner passes on belongs to the same key press
    const { code, stdout, stderr } = await running.ended;
    expect(code).toBe(0);
    expect(stderr).toMatch(/Stopping after this step; press Ctrl-C again to stop at once\./);
    const { iterations } = JSON.parse(stdout) as { iterations: number };
    expect(iterations).toBeGreaterThan(0);
    expect(iterations).toBeLessThan(1000);
    expect(readdirSync(join(folder, 'out/shape')).sort()).toEqual(FILES);
    expect(readFileSync(join(folder, 'out/shape/report.html'), 'utf8')).toMatch(new RegExp(`Stopped early, after ${iterations} of 1000 iterations`));

    const resumed = await run(folder, ['--size=16', `--iterations=${iterations + 2}`, '--resume', '--json']);
    expect(JSON.parse(resumed.stdout)).toMatchObject({ iterations: iterations + 2, resumed: true });
  });

  test('twice: ends at once with 130 and leaves no half-written file', async () => {
    const running = start(folder, ['--size=16', '--iterations=1000', '--pause=20', '--hang']);
    await iterating(running, 'out/shape');
    running.process.kill('SIGINT');
    await pause(500);
    expect(running.process.exitCode).toBe(null); // the first was not obeyed
    running.process.kill('SIGINT');
    expect((await running.ended).code).toBe(130);
    expect(readdirSync(join(folder, 'out/shape'))).toEqual([]);
  });
});
