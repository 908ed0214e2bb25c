/** @file What holds for the files of every example that leaves a picture, a report and a summary. */
import { expect } from 'vitest';
import type { Left } from './run-example.ts';

/** The usual files are there; the summary is what was returned; the report is one file that says it all; pictures show finite numbers only. */
export function expectResults({ summary, files }: Left, said: readonly string[]): void {
  expect(Object.keys(files).sort()).toEqual(['figure.svg', 'report.html', 'summary.json']);
  expect(JSON.parse(files['summary.json']!)).toEqual(summary);
  for (const value of Object.values(summary).flat()) if (typeof value === 'number') expect(value).toSatisfy(Number.isFinite);
  const html = files['report.html']!;
  expect(html).toMatch(/^<!doctype html>/);
  expect(html).not.toMatch(/(?:src|href)="(?!data:|#)/);
  for (const text of said) expect(html).toContain(text);
  const svg = files['figure.svg']!;
  expect(svg).toMatch(/^<svg /);
  for (const drawn of [html, svg]) expect(drawn).not.toMatch(/\bNaN\b|Infinity|undefined|not finite/);
}
