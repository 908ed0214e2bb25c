/** @file What a finished run leaves: each file, read back by other means, holds what it was made from. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decodePng } from '@tapeflow/vis';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { OutputFolder } from '../../cli/output-folder.ts';
import { disc } from '../../smoke-control/density.ts';
import type { FinishedRun } from '../../smoke-control/finished-run.ts';
import { smokeControlOptions } from '../../smoke-control/options.ts';
import { outputFiles, writeOutput } from '../../smoke-control/output.ts';
import { averageOnto } from '../../smoke-control/picture.ts';
import { randomNumbers } from '../random.ts';

const SEED = 5;
const n = 16;
const random = randomNumbers(SEED);
const vectors = (): { x: Float64Array; y: Float64Array } => ({
  x: Float64Array.from({ length: n * n }, () => random() - 0.5),
  y: Float64Array.from({ length: n * n }, () => random() - 0.5),
});
// Dark above, light below, so that pictures upside down would be noticed.
const slope = Float64Array.from({ length: n * n }, (_, i) => Math.floor(i / n) / (n - 1));

const finished: FinishedRun = {
  options: {
    picture: smokeControlOptions.picture.default,
    size: n,
    steps: 3,
    iterations: 4,
    rate: 0.1,
    seed: 0,
    precision: 32,
    'no-jit': false,
  resume: false,
  },
  target: slope,
  frames: [disc(n, 40), disc(n, 50), disc(n, 60), disc(n, 70)],
  forces: [vectors(), vectors(), vectors()],
  velocities: [vectors(), vectors(), vectors()],
  losses: Float32Array.of(1.5, 0.1, 1e-7, 3e-39),
  stopped: false,
  summary: {
    relativeError: 0.04321,
    overlap: 0.987,
    lossStart: 1.5,
    lossEnd: 3e-39,
    force: 12,
    massChange: -0.001,
    maxDivergence: 1e-6,
    iterations: 4,
    seconds: 8,
    backend: 'js',
    resumed: false,
  },
};

const files = outputFiles(finished);
const bytesOf = (name: string): Uint8Array => files[name] as Uint8Array;
const textOf = (name: string): string => files[name] as string;

test('loss.csv has one row per iteration and every digit', () => {
  const [head, ...rows] = textOf('loss.csv').trimEnd().split('\n');
  expect(head).toBe('iteration,loss');
  expect(rows.map((row) => row.split(',')[0])).toEqual(['0', '1', '2', '3']);
  expect(Float32Array.from(rows, (row) => Number(row.split(',')[1]))).toEqual(finished.losses);
});

test('summary.json has exactly the figures of the run', () => {
  expect(JSON.parse(textOf('summary.json'))).toEqual(finished.summary);
});

test.each([
  ['target.png', slope],
  ['result.png', disc(n, 70)],
])('%s gives the same density when it is read as a picture, to half a shade', (name, density) => {
  const picture = decodePng(bytesOf(name));
  expect([picture.width, picture.height]).toEqual([256, 256]);
  averageOnto(picture, n).forEach((value, i) => expect(Math.abs(value - density[i]!)).toBeLessThan(0.5001 / 255));
});

test('the animation is a GIF of start and steps, with the target beside', () => {
  const gif = Buffer.from(bytesOf('animation.gif'));
  expect(gif.toString('latin1', 0, 6)).toBe('GIF89a');
  expect(gif.readUInt16LE(6)).toBeGreaterThanOrEqual(2 * 256);
  expect(gif.readUInt16LE(8)).toBe(256);
  // A graphic control block stands before each frame.
  expect(gif.toString('latin1').split('\x21\xf9\x04').length - 1).toBe(finished.frames.length);
});

describe('report.html', () => {
  const html = textOf('report.html');

  test('is one file that needs no other', () => {
    expect(html).toMatch(/^<!doctype html>/);
    expect(html).not.toMatch(/(?:src|href)="(?!data:|#)/);
  });

  test('tells the figures, shows smoke, forces, velocity and loss, and how to run it again', () => {
    for (const said of ['4.3 %', '98.7 %', 'Force of step 1', 'Force of step 3', 'Velocity of step 2', 'Result less target', 'iteration']) {
      expect(html).toContain(said);
    }
    expect(html).toContain('npm start -- smoke-control --size 16 --steps 3 --iterations 4 --rate 0.1 --seed 0 --precision 32');
    expect(html).not.toContain('Stopped early');
  });

  test('quotes a picture whose name a shell or a browser would misread', () => {
    const picture = "/pictures/it's <b>.png";
    const named = outputFiles({ ...finished, options: { ...finished.options, picture } })['report.html'] as string;
    expect(named).toContain('it');
    expect(named).not.toContain('<b>.png');
    expect(named.replaceAll('&#39;', "'").replaceAll('&lt;', '<').replaceAll('&gt;', '>')).toContain("--picture '/pictures/it'\\''s <b>.png'");
  });

  test('says when the run was stopped', () => {
    const stopped = outputFiles({ ...finished, stopped: true, options: { ...finished.options, iterations: 120 } })['report.html'] as string;
    expect(stopped).toContain('Stopped early, after 4 of 120 iterations.');
  });

  test('of a run that went wrong is still made, and says so', () => {
    const broken = outputFiles({ ...finished, losses: [1, NaN, NaN, NaN], frames: finished.frames.map(() => new Float64Array(n * n).fill(NaN)) });
    expect(broken['report.html']).toContain('NaN');
  });
});

describe('in a folder', () => {
  let base: string;
  beforeEach(() => {
    base = mkdtempSync(join(tmpdir(), 'tapeflow-output-'));
  });
  afterEach(() => rmSync(base, { recursive: true }));

  test('every file is written, as named', () => {
    const names = writeOutput(new OutputFolder(base), finished);
    expect(readdirSync(base).sort()).toEqual([...names].sort());
    for (const name of names) expect(readFileSync(join(base, name)).equals(Buffer.from(files[name] as string))).toBe(true);
  });

  test('a run that cannot be drawn leaves earlier results alone', () => {
    writeFileSync(join(base, 'loss.csv'), 'earlier');
    expect(() => writeOutput(new OutputFolder(base), { ...finished, target: [1, 2, 3] })).toThrow();
    expect(readdirSync(base)).toEqual(['loss.csv']);
    expect(readFileSync(join(base, 'loss.csv'), 'utf8')).toBe('earlier');
  });
});
