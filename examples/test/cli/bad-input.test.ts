/** @file Every bad input gets one line on standard error and a non-zero exit code, and leaves earlier results alone. */
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { chunk, encodeDrawing, SIGNATURE, type Drawing } from '../../smoke-control/pictures/png.ts';
import { run, type Ended } from '../command-line.ts';

const base = mkdtempSync(join(tmpdir(), 'tapeflow-bad-'));
afterAll(() => rmSync(base, { recursive: true }));

/** A header that promises a size, with next to nothing behind it. */
function headerOnly(width: number, height: number): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 0, 0, 0, 0], 8);
  return Buffer.concat([SIGNATURE, chunk('IHDR', header), chunk('IDAT', Buffer.alloc(0)), chunk('IEND', Buffer.alloc(0))]);
}

function greys(samples: (i: number) => number): Drawing {
  return { width: 20, height: 20, colourType: 0, depth: 8, samples: Array.from({ length: 400 }, (_, i) => samples(i)) };
}

const good = encodeDrawing(greys((i) => (i % 20 > 5 && i % 20 < 14 && i > 120 && i < 280 ? 0 : 255)));

const files: Readonly<Record<string, Uint8Array>> = {
  'good.png': good,
  'truncated.png': good.subarray(0, good.length - 20),
  'header-cut.png': good.subarray(0, 20),
  'flipped.png': good.map((byte, i) => (i === 60 ? byte ^ 1 : byte)),
  'empty.png': new Uint8Array(0),
  'text.png': Buffer.from('this is not a picture\n'),
  'photo.jpg': Buffer.from('ffd8ffe000104a46494600010100000100010000ffd9', 'hex'),
  'zero.png': headerOnly(0, 0),
  'flat.png': headerOnly(20, 0),
  'huge.png': headerOnly(40_000, 40_000),
  'blank.png': encodeDrawing(greys(() => 255)),
  'black.png': encodeDrawing(greys(() => 0)),
  'faint.png': encodeDrawing(greys((i) => (i % 20 > 5 ? 200 : 255))),
  'new\nline.png': new Uint8Array(0),
};

const EARLIER = { 'summary.json': '{"earlier":true}', 'state.bin': 'earlier state', 'report.html': '<p>earlier</p>' };

let count = 0;

/** A folder with the pictures and results of an earlier run in out/shape. */
function workFolder(): string {
  const folder = join(base, String(count++));
  mkdirSync(join(folder, 'out/shape'), { recursive: true });
  mkdirSync(join(folder, 'a-folder'));
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
  for (const [name, content] of Object.entries(EARLIER)) writeFileSync(join(folder, 'out/shape', name), content);
  return folder;
}

function expectOneLine({ stdout, stderr }: Ended, message: RegExp): void {
  expect(stdout).toBe('');
  expect(stderr).toMatch(/^error: [^\n]*\n$/);
  expect(stderr).toMatch(message);
  expect(stderr).not.toMatch(/^\s+at /m);
  expect(stderr).not.toMatch(/node:|\.ts:\d/);
}

function expectUntouched(folder: string): void {
  expect(readdirSync(join(folder, 'out/shape')).sort()).toEqual(Object.keys(EARLIER).sort());
  for (const [name, content] of Object.entries(EARLIER)) expect(readFileSync(join(folder, 'out/shape', name), 'utf8')).toBe(content);
  expect(readdirSync(join(folder, 'out'))).toEqual(['shape']);
}

const small = ['--size', '16', '--iterations', '2'];

describe.concurrent('one line, no stack, earlier results untouched', () => {
  test.each<[string, string[], number, RegExp]>([
    ['missing picture', ['--picture', 'none.png'], 1, /--picture: there is no file 'none\.png'/],
    ['folder for a picture', ['--picture', 'a-folder'], 1, /--picture: 'a-folder' is a folder/],
    ['not a PNG', ['--picture', 'text.png'], 1, /text\.png: .*PNG/],
    ['another kind of picture', ['--picture', 'photo.jpg'], 1, /photo\.jpg: .*PNG/],
    ['truncated', ['--picture', 'truncated.png'], 1, /truncated\.png: /],
    ['cut off in the header', ['--picture', 'header-cut.png'], 1, /header-cut\.png: /],
    ['damaged', ['--picture', 'flipped.png'], 1, /flipped\.png: /],
    ['empty', ['--picture', 'empty.png'], 1, /empty\.png: .*empty/],
    ['0×0', ['--picture', 'zero.png'], 1, /zero\.png: .*0/],
    ['20×0', ['--picture', 'flat.png'], 1, /flat\.png: .*0/],
    ['40000×40000', ['--picture', 'huge.png'], 1, /huge\.png: .*40000/],
    ['a name with a line break', ['--picture', 'new\nline.png'], 1, /new line\.png: /],
    ['blank', ['--picture', 'blank.png'], 1, /blank\.png: the picture is blank/],
    ['all black', ['--picture', 'black.png'], 1, /black\.png: the picture is too dark/],
    ['too faint', ['--picture', 'faint.png'], 1, /faint\.png: the picture is too faint/],
    ['wrong option', ['--pictrue', 'good.png'], 2, /--pictrue: unknown option; did you mean --picture\?/],
    ['size 0', ['--size', '0'], 2, /--size: 0 is too small/],
    ['size as text', ['--size', 'large'], 2, /--size: 'large' is not a whole number/],
    ['size as a fraction', ['--size', '32.5'], 2, /--size: '32\.5' is not a whole number/],
    ['size too large', ['--size', '4096'], 2, /--size: 4096 is too large/],
    ['NaN rate', ['--rate', 'NaN'], 2, /--rate: 'NaN' is not a finite number/],
    ['no steps', ['--steps', '0'], 2, /--steps: 0 is too small/],
    ['wrong precision', ['--precision', '16'], 2, /--precision: '16' is not one of the choices; give 32 or 64/],
    ['unknown example', ['shap'], 2, /'shap': unknown example; did you mean shape\?/],
    ['option that npm swallowed', ['32'], 2, /'32': unknown example; .*options go after --/],
    ['broken state', ['--resume', '--picture', 'good.png'], 1, /state\.bin: is not a state file/],
    ['file for the results', ['--out', 'good.png'], 1, /good\.png: a file of this name is in the way/],
    ['results below a file', ['--out', 'good.png/results'], 1, /good\.png: a file of this name is in the way/],
    ['with --json, still nothing on standard output', ['--json', '--picture', 'blank.png'], 1, /the picture is blank/],
  ])('%s', async (_, args, code, message) => {
    const folder = workFolder();
    const isName = args[0]?.startsWith('-') === false;
    const ended = await run(folder, isName ? args : ['--picture', 'good.png', ...small, ...args]);
    expectOneLine(ended, message);
    expect(ended.code).toBe(code);
    expectUntouched(folder);
  });

  test.runIf(existsSync('/proc/self'))('a file system that takes no folders', async () => {
    const folder = workFolder();
    const ended = await run(folder, ['--picture', 'good.png', ...small, '--out', '/proc/tapeflow']);
    expectOneLine(ended, /\/proc\/tapeflow: no folder can be made here/);
    expect(ended.code).toBe(1);
  });

  test.skipIf(process.getuid?.() === 0)('a folder without permission', async () => {
    const folder = workFolder();
    chmodSync(join(folder, 'a-folder'), 0o555);
    const ended = await run(folder, ['--picture', 'good.png', ...small, '--out', 'a-folder']);
    expectOneLine(ended, /a-folder: no permission/);
    expect(ended.code).toBe(1);
  });
});

describe('a defect', () => {
  let folder: string;
  beforeAll(() => {
    folder = workFolder();
  });

  test('is told in one line, with the way to see more', async () => {
    const ended = await run(folder, ['faulty']);
    expectOneLine(ended, /TypeError: a defect in two lines \(this should not happen; --debug shows where\)/);
    expect(ended.code).toBe(1);
  });

  test.each([['--debug', ['--debug'], {}], ['DEBUG', [], { DEBUG: '1' }]])('shows its stack with %s', async (_, args, environment) => {
    const { code, stderr } = await run(folder, ['faulty', ...args], environment);
    expect(stderr).toMatch(/^error: TypeError: a defect in two lines\nTypeError: a defect\nin two lines\n\s+at .*fixture-program\.ts/);
    expect(code).toBe(1);
  });
});

describe('what the library refuses', () => {
  let folder: string;
  beforeAll(() => {
    folder = workFolder();
  });

  test('is told in one line: the kind of error, where, what was seen and what to do', async () => {
    const ended = await run(folder, ['refused']);
    expectOneLine(ended, /^error: DimensionError: add: dimension 'y' has sizes 32 and 31.* input 1: \(y=32, x=64\).*\(--debug shows where\)$/m);
    expect(ended.code).toBe(1);
  });

  test('shows its stack with --debug', async () => {
    const { code, stdout, stderr } = await run(folder, ['refused', '--debug']);
    expect(stderr).toMatch(/^error: DimensionError: add: dimension 'y' has sizes 32 and 31[^\n]*\n[^]*\n\s+at .*fixture-program\.ts/);
    expect(stdout).toBe('');
    expect(code).toBe(1);
  });

  test('what the user can mend shows its stack with --debug, too', async () => {
    const { code, stderr } = await run(folder, ['--picture', 'missing.png', '--debug']);
    expect(stderr).toMatch(/^error: [^\n]*missing\.png[^\n]*\n[^]*\n\s+at .*parse\.ts/);
    expect(code).toBe(1);
  });
});
