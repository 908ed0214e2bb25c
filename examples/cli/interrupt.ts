/** @file Ctrl-C: the first asks for a stop after the step at hand, the second ends the program. */

// One key press reaches npm, the TypeScript runner and this process, and the runner may pass its own copy on.
const SAME_KEY_PRESS = 300; // milliseconds

/** Listens for SIGINT until the returned function is called. Files are written synchronously, so ending at once leaves none half-written. */
export function onInterrupt(controller: AbortController): () => void {
  let first: number | undefined;
  const listener = (): void => {
    const now = performance.now();
    if (first === undefined) {
      first = now;
      process.stderr.write('\nStopping after this step; press Ctrl-C again to stop at once.\n');
      controller.abort();
    } else if (now - first > SAME_KEY_PRESS) {
      process.exit(130); // 128 + SIGINT, as shells have it
    }
  };
  process.on('SIGINT', listener);
  return () => process.off('SIGINT', listener);
}
