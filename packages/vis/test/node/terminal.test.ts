/** @file What a terminal can show follows from the stream and the environment. */

import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import { terminalAbilities } from '../../src/node/index.ts';
import type { ProgressStream } from '../../src/progress.ts';

const stream = (isTTY: boolean): ProgressStream => ({ isTTY, write: () => expect.unreachable('asking must not write') });

beforeEach(() => {
  for (const name of ['LC_ALL', 'LC_CTYPE', 'LANG', 'NO_COLOR', 'TERM']) vi.stubEnv(name, undefined);
});
afterEach(() => vi.unstubAllEnvs());

test.each([
  [{ LANG: 'C' }, true],
  [{ LANG: 'POSIX' }, true],
  [{ LANG: 'en_GB.UTF-8' }, false],
  [{ LC_ALL: 'de_DE.utf8', LANG: 'C' }, false],
  [{ LC_ALL: 'C', LANG: 'de_DE.utf8' }, true],
  [{}, false],
])('%o: only ASCII is %s', (env, ascii) => {
  for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
  expect(terminalAbilities(stream(true)).ascii).toBe(process.platform === 'win32' ? false : ascii);
});

test('colours only on terminals that want them', () => {
  expect(terminalAbilities(stream(true)).colour).toBe(true);
  expect(terminalAbilities(stream(false)).colour).toBe(false);
  vi.stubEnv('TERM', 'dumb');
  expect(terminalAbilities(stream(true)).colour).toBe(false);
  vi.stubEnv('TERM', 'xterm');
  vi.stubEnv('NO_COLOR', '1');
  expect(terminalAbilities(stream(true)).colour).toBe(false);
});
