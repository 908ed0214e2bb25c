/** @file Makes tests from the rows of a table, and counts them. */
import { describe, expect, test } from 'vitest';
import { grad } from '@tapeflow/autodiff';
import type { Value } from '@tapeflow/autodiff/extend';
import { precision } from '../../src/context.ts';
import { checkBatching, checkLaws, checkSingle, checkTracing, checkValue, checkViews, generator } from './checks.ts';
import { fromArray, toArray } from './nested.ts';
import type { Case, Kink, Misuse, Row } from './row.ts';

/** How many checks of each kind were made. */
export type Counts = Record<'value' | 'f32' | 'laws' | 'batching' | 'tracing' | 'views' | 'kinks' | 'errors', number>;

/** Tests every row; the seed of the random inputs is part of the name. Returns the counts, complete once the tests have run. */
export function testTable(title: string, rows: readonly Row[], seed: number): Counts {
  const counts: Counts = { value: 0, f32: 0, laws: 0, batching: 0, tracing: 0, views: 0, kinks: 0, errors: 0 };
  describe(`${title} (seed ${seed})`, () => {
    for (const row of rows) {
      describe(row.name, () => {
        for (const each of row.cases) testCase(row.name, each, seed, counts);
        for (const kink of row.kinks ?? []) testKink(kink, counts);
        for (const misuse of row.errors ?? []) testMisuse(misuse, counts);
      });
    }
  });
  return counts;
}

function testCase(name: string, c: Case, seed: number, counts: Counts): void {
  const random = (kind: string): (() => number) => generator(seed, `${name} ${c.title} ${kind}`);
  const hasReal = c.inputs.some(({ dtype }) => dtype === undefined);
  test(`${c.title}: value`, () => {
    checkValue(c, random('value'));
    counts.value++;
  });
  if (hasReal || (c.dtype === undefined && c.inputs.length === 0)) {
    test(`${c.title}: f32`, () => {
      checkSingle(c, random('f32'));
      counts.f32++;
    });
  }
  if (c.derivative !== 'none') {
    test(`${c.title}: laws of derivatives`, () => {
      checkLaws(c, random('laws'));
      counts.laws++;
    });
  }
  if (c.inputs.length > 0 && c.notBatched === undefined) {
    test(`${c.title}: batching`, () => {
      counts.batching += checkBatching(c, random('batching'));
    });
  }
  if (c.notTraced === undefined) {
    test(`${c.title}: tracing`, () => {
      checkTracing(c, random('tracing'));
      counts.tracing++;
    });
  }
  if (c.inputs.length > 0) {
    test(`${c.title}: views`, () => {
      checkViews(c, random('views'));
      counts.views++;
    });
  }
}

function testKink({ title, at, run, gradient }: Kink, counts: Counts): void {
  test(`kink: ${title}`, () => {
    precision(64, () => {
      const xs = at.map((x) => toArray(x, [], 'f64'));
      const seen = grad((values: Value[]) => run(...values) as never)(xs);
      expect(seen.map((xBar) => fromArray(xBar) as number)).toEqual(gradient.map((slope) => expect.closeTo(slope, 10)));
    });
    counts.kinks++;
  });
}

function testMisuse({ title, run, error, fields, says }: Misuse, counts: Counts): void {
  test(`error: ${title}`, () => {
    let thrown: unknown;
    try {
      run();
    } catch (caught) {
      thrown = caught;
    }
    expect(thrown, 'nothing was thrown').toBeInstanceOf(error);
    if (fields !== undefined) expect(thrown).toMatchObject(fields);
    if (says !== undefined) expect((thrown as Error).message).toMatch(says);
    counts.errors++;
  });
}

/** Every row has cases of rank 0 and of size zero and refuses something, or says why not. */
export function checkCompleteness(rows: readonly Row[]): void {
  const gaps = rows.flatMap(({ name, cases, errors = [], exempt = {} }) => {
    const isEmpty = ({ inputs, shape = [] }: Case): boolean => [shape, ...inputs.map((input) => input.shape)].some((each) => each.includes(0));
    const isRank0 = ({ inputs }: Case): boolean => inputs.some(({ shape }) => shape.length === 0);
    return [
      ...(cases.length === 0 ? [`${name} has no case`] : []),
      ...(exempt.rank0 === undefined && !cases.some(isRank0) ? [`${name} has no case of rank 0`] : []),
      ...(exempt.empty === undefined && !cases.some(isEmpty) ? [`${name} has no case of size zero`] : []),
      ...(exempt.errors === undefined && errors.length === 0 ? [`${name} refuses nothing`] : []),
    ];
  });
  expect(gaps).toEqual([]);
}

/** Names that are exported but have no row. */
export function missingRows(rows: readonly Row[], exported: readonly string[]): string[] {
  const known = new Set(rows.map(({ name }) => name));
  return exported.filter((name) => !known.has(name));
}
