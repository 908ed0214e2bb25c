/** @file Texts read from the left: spaces are passed over, and nothing that does not come next. */
import { expect, test } from 'vitest';
import { Scanner } from '../../src/io/scanner.ts';

test('signs and patterns, with any white space before them', () => {
  const scanner = new Scanner(' { \t12,\r\n 345}');
  expect([scanner.take('['), scanner.take('{'), scanner.match(/\d+/y), scanner.take(','), scanner.peek(), scanner.match(/\d\d/y), scanner.match(/\d+/y)]).toEqual([false, true, '12', true, '3', '34', '5']);
  expect([scanner.rest(), scanner.take('}'), scanner.rest(), scanner.peek()]).toEqual(['"}"', true, undefined, undefined]);
});

test('a pattern that comes later is not found, and nothing is passed but spaces', () => {
  const scanner = new Scanner('  a1');
  expect([scanner.match(/\d/y), scanner.at, scanner.rest()]).toEqual([undefined, 2, '"a1"']);
});

test('what is shown of a long text is its beginning', () => expect(new Scanner('a "quoted" word').rest()).toBe(JSON.stringify('a "quoted" w')));
