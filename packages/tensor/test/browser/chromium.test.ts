/** @file A browser is found where it usually is; where it must be and is not, that is a failure. */
import { expect, test } from 'vitest';
import { findChromium, type Found } from './chromium.ts';

const found = (files: readonly string[], environment: Readonly<Record<string, string>> = {}, downloaded = '/cache/chrome'): Found => findChromium({ environment, exists: (path) => files.includes(path), downloaded });

test('the one that is named comes first, then one of the system, then the downloaded one', () => {
  const all = ['/cache/chrome', '/usr/bin/google-chrome', '/usr/bin/chromium', '/own'];
  expect(found(all, { CHROMIUM_PATH: '/own' })).toEqual({ path: '/own' });
  expect(found(all)).toEqual({ path: '/usr/bin/chromium' });
  expect(found(all.slice(0, 2))).toEqual({ path: '/usr/bin/google-chrome' });
  expect(found(['/cache/chrome'])).toEqual({ path: '/cache/chrome' });
});
test('none is a reason to skip, which says how to install one', () => {
  expect(found([], {}, '')).toEqual({ missing: 'skip', reason: expect.stringContaining('apt-get install chromium') as string });
  expect(found([''], { CHROMIUM_PATH: '' }, '')).toMatchObject({ missing: 'skip' });
  expect(found([], { TAPEFLOW_REQUIRE_BROWSER: '0' })).toMatchObject({ missing: 'skip' });
});
test('none is a failure where one is required, or named and not there', () => {
  expect(found([], { TAPEFLOW_REQUIRE_BROWSER: '1' })).toMatchObject({ missing: 'fail' });
  expect(found(['/usr/bin/chromium'], { TAPEFLOW_REQUIRE_BROWSER: '1' })).toEqual({ path: '/usr/bin/chromium' });
  expect(found(['/usr/bin/chromium'], { CHROMIUM_PATH: '/gone' })).toEqual({ missing: 'fail', reason: "CHROMIUM_PATH is '/gone', where there is no file" });
});
