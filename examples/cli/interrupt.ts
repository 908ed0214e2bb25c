/** @file Ctrl-C: the first asks for a stop after the step at hand, the second ends the program. */

import type { OutputFolder } from './output-folder.ts';

// One key press reaches npm, the TypeScript runner and this process, and the runner may pass its own copy on.
const SAME_KEY_PRESS = 300; // milliseconds

/**
 * Listens for SIGINT until the returned function is called.
 *
 * @param out its unfinished files are removed when the program is ended at once.
 */
export function onInterrupt(controller: AbortController, out: OutputFolder): () => void {
  let first: number | undefined;
  const listener = (): void => {
    const now = performance.now();
    if (first === undefined) {
      first = now;
      process.stderr.write('\nStopping after this step; press Ctrl-C again to stop at once.\n');
      controller.abort();
    } else if (now - first > SAME_KEY_PRESS) {
      out.abandon();
      process.exit(130); // 128 + SIGINT, as shells have it
    }
  };
  process.on('SIGINT', listener);
  return () => process.off('SIGINT', listener);
}
