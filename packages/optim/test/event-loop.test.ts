/** @file A turn of the event loop, as in Node and as in browsers, which have no `setImmediate`. */
import { expect, test, vi } from 'vitest';

test.each(['Node', 'browsers'])('as in %s: timers come to their turn, and no time is lost', async (where) => {
  if (where === 'browsers') vi.stubGlobal('setImmediate', undefined);
  vi.resetModules();
  const { nextTurn } = await import('../src/event-loop.ts');
  vi.unstubAllGlobals();
  let isOver = false;
  setTimeout(() => (isOver = true), 5);
  let turns = 0;
  for (const end = performance.now() + 2000; !isOver && performance.now() < end; turns++) await nextTurn();
  expect(isOver).toBe(true);
  // With `setTimeout` there would be five.
  expect(turns).toBeGreaterThan(10);
});
