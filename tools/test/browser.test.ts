/** @file However a run in a browser ends, it is counted: passed, failed, or visibly skipped. */
import { expect, test } from 'vitest';
import { total } from '../outcome.ts';
import { countBrowser } from '../suites/browser.ts';

const counts = '7 passed, 0 failed, 0 skipped';

test('the counts of the last line', () => {
  expect(countBrowser({ code: 0, output: `ok   js 7 passed\n${counts}\n` })).toEqual({ passed: 7, failed: 0, skipped: 0, failures: [] });
});
test('no browser is skipped, with a note that stays when outcomes are added', () => {
  const outcome = countBrowser({ code: 0, output: 'skip browser: no Chromium\n0 passed, 0 failed, 1 skipped\n' });
  expect(outcome).toEqual({ passed: 0, failed: 0, skipped: 1, failures: [], notes: ['skip browser: no Chromium'] });
  expect(total([countBrowser({ code: 0, output: counts }), outcome]).notes).toEqual(['skip browser: no Chromium']);
});
test('failures of the page', () => {
  const output = 'FAIL gpu\n5 passed, 2 failed, 0 skipped';
  expect(countBrowser({ code: 1, output })).toEqual({ passed: 5, failed: 2, skipped: 0, failures: [output] });
});
test('a browser that breaks, before or after the counts, is a failure', () => {
  expect(countBrowser({ code: 1, output: 'Error: no display' })).toMatchObject({ passed: 0, failed: 1, failures: ['Error: no display'] });
  expect(countBrowser({ code: null, output: counts })).toMatchObject({ passed: 7, failed: 1 });
  expect(countBrowser({ code: 0, output: '' })).toMatchObject({ failed: 1 });
});
