/** @file docs/smoke-step-program.md shows what the compiler makes of the smoke step. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { smokeProgramPage } from './smoke-program.ts';

test('the page is current', { timeout: 60_000 }, () => {
  const page = readFileSync(new URL('../../../../../docs/smoke-step-program.md', import.meta.url), 'utf8');
  expect(page === smokeProgramPage(), 'run npm run smoke-program').toBe(true);
});
