/** @file Pictures, report and summary: whole, the summary last, and nothing at all when one cannot be drawn. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { linePlot, toSvg, type Plot } from '@tapeflow/vis';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { OutputFolder } from '../../cli/output-folder.ts';
import { writeResults } from '../../cli/results.ts';

let base: string;
beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'tapeflow-results-'));
});
afterEach(() => rmSync(base, { recursive: true }));

const plot = linePlot([{ name: 'loss', y: [3, 2, 1] }]);
const results = { summary: { losses: [3, 2, 1], name: 'x', none: null }, report: { title: 'A title', sections: [] }, plots: { figure: plot, loss: plot } };

test('every file is written, the summary last', () => {
  const names = writeResults(new OutputFolder(base), results);
  expect(names).toEqual(['figure.svg', 'loss.svg', 'report.html', 'summary.json']);
  expect(readdirSync(base).sort()).toEqual([...names].sort());
  expect(readFileSync(join(base, 'figure.svg'), 'utf8')).toBe(toSvg(plot));
  expect(readFileSync(join(base, 'report.html'), 'utf8')).toContain('<h1>A title</h1>');
  expect(JSON.parse(readFileSync(join(base, 'summary.json'), 'utf8'))).toEqual(results.summary);
});

test('a picture that cannot be drawn leaves earlier results alone', () => {
  writeFileSync(join(base, 'summary.json'), 'earlier');
  const broken = { ...plot, get body(): never {
    throw new RangeError('cannot be drawn');
  } } as Plot;
  expect(() => writeResults(new OutputFolder(base), { ...results, plots: { figure: plot, loss: broken } })).toThrow('cannot be drawn');
  expect(readdirSync(base)).toEqual(['summary.json']);
  expect(readFileSync(join(base, 'summary.json'), 'utf8')).toBe('earlier');
});

test('a file that cannot be written is an error that names it, and the summary is not written', () => {
  mkdirSync(join(base, 'report.html'));
  expect(() => writeResults(new OutputFolder(base), results)).toThrow(/report\.html/);
  expect(readdirSync(base)).not.toContain('summary.json');
});
