/** @file Suite: the backends in a browser, where there is one. */
import { nodeTool, type Finished } from '../command.ts';
import { nothing, type Outcome, type Suite } from '../outcome.ts';

const SCRIPT = 'packages/tensor/test/browser/main.ts';
const BUDGET = 60;

/** Headless Chromium; visibly skipped where there is none, unless TAPEFLOW_REQUIRE_BROWSER=1. `npm run browser` has all cases of the gpu. */
export const browser: Suite = {
  name: 'browser',
  about: 'js, wasm, threads and gpu (one case per primitive) in headless Chromium',
  budget: BUDGET,
  run: async (root) => countBrowser(await nodeTool(root, 'tsx/dist/cli.mjs', ['--conditions=tapeflow-source', SCRIPT, '--quick'], { limit: 3 * BUDGET })),
};

/** Reads the counts of the last line; a run that ended badly, or without them, counts a failure. */
export function countBrowser({ code, output }: Finished): Outcome {
  const counts = /^(\d+) passed, (\d+) failed, (\d+) skipped$/m.exec(output);
  const [passed = 0, seen = 0, skipped = 0] = (counts ?? []).slice(1).map(Number);
  const isFine = code === 0 && counts !== null;
  const failed = isFine ? seen : Math.max(1, seen);
  const notes = output.split('\n').filter((line) => line.startsWith('skip '));
  return { ...nothing, passed, failed, skipped, failures: failed === 0 ? [] : [output], ...(notes.length === 0 ? {} : { notes }) };
}
