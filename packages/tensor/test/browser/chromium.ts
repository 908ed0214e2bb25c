/** @file Where a Chromium is: the one that is named, one of the system, or the one that playwright has downloaded. */

/** What is looked at. */
export interface Surroundings {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly exists: (path: string) => boolean;
  /** Where playwright would keep its own. */
  readonly downloaded: string;
}

/** A Chromium, or why there is none: nobody has installed one ('skip'), or there must be one ('fail'). */
export type Found = { readonly path: string } | { readonly missing: 'skip' | 'fail'; readonly reason: string };

const USUAL: readonly string[] = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome', '/usr/bin/google-chrome-stable', '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome'];

/** `CHROMIUM_PATH` names one, and then there must be one; so does `TAPEFLOW_REQUIRE_BROWSER=1`, wherever it is. */
export function findChromium({ environment, exists, downloaded }: Surroundings): Found {
  const { CHROMIUM_PATH: named, TAPEFLOW_REQUIRE_BROWSER: required } = environment;
  if (named !== undefined && named !== '') return exists(named) ? { path: named } : { missing: 'fail', reason: `CHROMIUM_PATH is '${named}', where there is no file` };
  const path = [...USUAL, downloaded].find((candidate) => candidate !== '' && exists(candidate));
  if (path !== undefined) return { path };
  return { missing: required === '1' ? 'fail' : 'skip', reason: 'no Chromium: apt-get install chromium, npx playwright-core install chromium, or set CHROMIUM_PATH' };
}
