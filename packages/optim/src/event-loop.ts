/** @file A turn of the event loop, without the 1 ms (in Node) or 4 ms (in browsers) that `setTimeout` takes at the least. */

/** Node has this; browsers do not. */
const { setImmediate } = globalThis as { readonly setImmediate?: (callback: () => void) => unknown };

/** Lets timers, messages, key presses and drawing go first. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    if (setImmediate !== undefined) {
      setImmediate(resolve);
      return;
    }
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(undefined);
  });
}
