/** @file A turn of the event loop, as in Node and as in browsers, which have no `setImmediate`. */
import { expect, test, vi } from 'vitest';

test.each(['Node', 'browsers'])('as in %s: timers come to their turn, and no time is lost', async (where) => {
  if (where === 'browsers') vi.stubGlobal('setImmediate', undefined);
  vi.resetModules();
  const { nextTurn } = await import('../src/event-loop.ts');
  vi.unstubAllGlobals();
  let isOver = false;
  setTimeout(() => (isOver = true), 5);
  const times: number[] = [];
  const begin = performance.now();
  while ((times.length < 50 || !isOver) && performance.now() - begin < 2000) {
    const start = performance.now();
    await nextTurn();
    times.push(performance.now() - start);
  }
  expect(isOver).toBe(true);
  // Nearly every turn by `setTimeout` would take a millisecond; without it, most take none unless somebody else is at work.
  expect(times.sort((a, b) => a - b)[times.length >> 2]).toBeLessThan(0.5);
});
