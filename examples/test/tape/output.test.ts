/** @file What the tape example leaves: pictures with every operation, texts with every figure, and the picture that its README shows. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Context } from '../../cli/example.ts';
import { OutputFolder } from '../../cli/output-folder.ts';
import { gradientGraph, tapeGraph } from '../../tape/drawing.ts';
import { parseFormula } from '../../tape/formula.ts';
import { example } from '../../tape/index.ts';
import { outputFiles } from '../../tape/output.ts';
import { record } from '../../tape/recording.ts';

const formula = 'x*sin(x*y) + exp(-y^2)';
const recorded = record(parseFormula(formula), new Map([['x', 0.5], ['y', 1.2]]));
const files = outputFiles(recorded, { formula, at: 'x=0.5, y=1.2', direction: 'auto' }, {});

describe('graphs', () => {
  test('a tape has a node per argument, operation and result, and an edge per input', () => {
    const { nodes, edges } = tapeGraph(recorded);
    expect(nodes.filter(({ kind }) => kind === 'input').map(({ label }) => label)).toEqual(['x', 'y']);
    expect(nodes.filter(({ kind }) => kind === undefined).map(({ label }) => label)).toEqual(recorded.tape.lines.map(({ operation }) => operation));
    expect(edges).toHaveLength(recorded.tape.lines.reduce((sum, { inputs }) => sum + inputs.length, 0) + 1);
  });

  test('the gradient leads to one result per variable', () => {
    const { nodes } = gradientGraph(recorded);
    expect(nodes.filter(({ kind }) => kind === 'result').map(({ label }) => label)).toEqual(['∂/∂x', '∂/∂y']);
    expect(nodes.filter(({ kind }) => kind === undefined)).toHaveLength(recorded.gradient.equations.length);
  });

  test('an argument that the gradient does not need is not drawn', () => {
    const { nodes } = gradientGraph(record(parseFormula('2*x + y^2'), new Map([['x', 1], ['y', 1]])));
    expect(nodes.filter(({ kind }) => kind === 'input').map(({ label }) => label)).toEqual(['y']);
  });

  test.each(['x', 'x*0', 'max(x, 1)', 'x - x'])('%s can be drawn', (text) => {
    expect(outputFiles(record(parseFormula(text), new Map([['x', 1]])), { formula: text, at: '', direction: 'down' }, {})['tape.svg']).toContain('<svg');
  });
});

describe('files', () => {
  test('texts and report tell the values and derivatives', () => {
    const toX = Math.sin(0.6) + 0.5 * Math.cos(0.6) * 1.2;
    for (const name of ['tape.txt', 'report.html', 'tape.svg']) expect(files[name], name).toContain(toX.toPrecision(3));
    expect(files['tape.txt']).toMatch(/^%0 = mul\(x, y\) +0\.6 +0\.4127$/m);
    expect(files['gradient.txt']).toMatch(/return \w, \w\n/);
    expect(JSON.parse(files['tape.json']!)).toEqual(recorded.tape);
    expect(files['tape.dot']).toMatch(/^digraph tape \{[^]*"x" -> "%0";[^]*\}\n$/);
  });

  test('a formula cannot become markup', () => {
    const text = 'x*(x<1)';
    expect(() => parseFormula(text)).toThrow("'<' (character 5)");
    const hostile = outputFiles(recorded, { formula: '<script>alert(1)</script>', at: '', direction: 'right' }, {});
    for (const name of ['tape.svg', 'gradient.svg', 'report.html']) expect(hostile[name]).not.toContain('<script>alert');
  });

  test('the picture in the README is that of the command above it', () => {
    const shown = readFileSync(new URL('../../tape/tape.svg', import.meta.url), 'utf8');
    expect(files['tape.svg']).toBe(shown);
  });
});

describe('run', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'tapeflow-tape-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  test('writes every file, says so, and returns the figures', async () => {
    const lines: string[] = [];
    const out = new OutputFolder(folder);
    const context: Context = { out, json: false, progress: () => ({ update: () => undefined, note: () => undefined, finish: () => undefined }), signal: new AbortController().signal, log: (line) => lines.push(line) };
    const summary = await example.run({ formula, at: 'x=0.5, y=1.2', direction: 'auto' }, context);
    expect(readdirSync(folder).sort()).toEqual(Object.keys(files).sort());
    expect(readFileSync(join(folder, 'tape.svg'), 'utf8')).toBe(files['tape.svg']);
    expect(JSON.parse(readFileSync(join(folder, 'summary.json'), 'utf8'))).toEqual(summary);
    expect(summary).toMatchObject({ value: recorded.value, operations: 7, 'derivative to x': recorded.variables.get('x')!.derivative });
    expect(lines.join('\n')).toContain(files['tape.txt']!.trimEnd());
  });

  test('refuses before it touches the folder', async () => {
    const out = new OutputFolder(join(folder, 'new'));
    const context = { out } as Context;
    await expect(example.run({ formula: '3 + 4', at: '', direction: 'auto' }, context)).rejects.toThrow('has no variable');
    expect(readdirSync(folder)).not.toContain('new');
  });
});
