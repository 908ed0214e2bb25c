/** @file The progress bar tells the truth on one line, and nothing to anyone who is not watching. */

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { duration, progressBar, progressLine, type ProgressOptions, type ProgressState } from '../src/progress.ts';

/** A terminal that keeps what it shows: lines, and the cursor's line with carriage return and erase understood. */
function fakeTerminal(columns = 100): { isTTY: boolean; columns: number; write(text: string): void; lines: string[]; current: string; writes: number } {
  return {
    isTTY: true,
    columns,
    lines: [],
    current: '',
    writes: 0,
    write(text) {
      this.writes++;
      let at = this.current.length;
      for (let i = 0; i < text.length; i++) {
        if (text.startsWith('\x1b[K', i)) {
          this.current = this.current.slice(0, at);
          i += 2;
        } else if (text[i] === '\r') at = 0;
        else if (text[i] === '\n') {
          this.lines.push(this.current);
          this.current = '';
          at = 0;
        } else {
          this.current = this.current.slice(0, at) + text[i] + this.current.slice(at + 1);
          at++;
        }
      }
    },
  };
}

function running(options: Partial<ProgressOptions> = {}) {
  const terminal = fakeTerminal();
  let now = 1000;
  const bar = progressBar({ stream: terminal, total: 120, clock: () => now, ...options });
  return { terminal, bar, wait: (milliseconds: number) => (now += milliseconds) };
}

test('shows how far, how fast, how long still, and the figures', () => {
  const { terminal, bar, wait } = running({ label: 'smoke' });
  for (let done = 1; done <= 30; done++) {
    wait(500);
    bar.update(done, { loss: 0.5 });
  }
  expect(terminal.current).toMatch(/^smoke {2}━+─+ {2}30\/120 {2} 25% {2}loss 0\.5 {2}2\/s {2}0:45 left$/);
  expect(terminal.lines).toEqual([]);
});

test('a terminal that does not know its width, and says 0, gets a line as for 80 columns', () => {
  const [unknown, usual] = [0, 80].map((columns) => {
    const stream = fakeTerminal(columns);
    progressBar({ stream, total: 10, clock: () => 0, label: 'smoke' }).update(5, { loss: 0.5 });
    return stream.current;
  });
  expect(unknown).toBe(usual);
  expect(unknown).toContain('5/10');
});

test('a resumed run does not count earlier steps as speed', () => {
  const { terminal, bar, wait } = running({ start: 100 });
  wait(10000);
  bar.update(110);
  expect(terminal.current).toContain('1/s  0:10 left');
});

test('redraws a few times a second at most, and always at the end', () => {
  const { terminal, bar, wait } = running({ total: 1000 });
  for (let done = 1; done <= 1000; done++) {
    wait(1);
    bar.update(done);
  }
  expect(terminal.writes).toBeLessThanOrEqual(14);
  expect(terminal.current).toContain('1000/1000  100%');
});

test('nothing is left after finish, and nothing comes after it', () => {
  const { terminal, bar, wait } = running();
  wait(500);
  bar.update(3);
  bar.finish();
  expect(terminal.current).toBe('');
  const { writes } = terminal;
  bar.finish();
  bar.update(4);
  expect(terminal.writes).toBe(writes);
});

test('notes stand above the bar, which stays', () => {
  const { terminal, bar, wait } = running();
  wait(500);
  bar.update(60);
  const before = terminal.current;
  bar.note('saved state.json');
  expect(terminal.lines).toEqual(['saved state.json']);
  expect(terminal.current).toBe(before);
});

test('silent where nobody is watching', () => {
  for (const isTTY of [false, undefined]) {
    const stream = { ...(isTTY === undefined ? {} : { isTTY }), write: () => expect.unreachable('the bar wrote into a pipe') };
    const bar = progressBar({ stream, total: 10 });
    bar.update(5, { loss: 1 });
    bar.note('hello');
    bar.finish();
  }
});

describe('the line', () => {
  const state: ProgressState = { done: 30, total: 120, rate: 2, figures: { loss: 1.5e-7, error: 0.25 }, columns: 120, label: 'smoke control', ascii: false, colour: false };

  test('ASCII bars of any width are full at the end and empty at the start', () => {
    for (let columns = 0; columns < 60; columns++) {
      const at = (done: number): string => progressLine({ ...state, done, columns, label: '', figures: {}, rate: undefined, ascii: true });
      expect(at(0)).not.toContain('#');
      expect(at(120)).not.toContain('-');
      expect(at(0).length).toBeLessThanOrEqual(Math.max(0, columns - 1));
    }
  });

  test('never reaches the last column, whatever the terminal and the figures', () => {
    fc.assert(
      fc.property(
        fc.record({
          done: fc.integer({ min: -5, max: 2000 }),
          total: fc.integer({ min: 0, max: 1000 }),
          rate: fc.option(fc.double({ min: -1, max: 1e9, noNaN: true }), { nil: undefined }),
          figures: fc.dictionary(fc.stringMatching(/^[a-z]{1,8}$/), fc.double()),
          columns: fc.integer({ min: 0, max: 200 }),
          label: fc.stringMatching(/^[ -~]{0,30}$/),
          ascii: fc.boolean(),
          colour: fc.constant(false),
        }),
        (any) => {
          const line = progressLine(any);
          expect([...line].length).toBeLessThanOrEqual(Math.max(0, any.columns - 1));
          // eslint-disable-next-line no-control-regex -- that is the point
          if (any.ascii) expect(line).toMatch(/^[\x20-\x7e]*$/);
        },
      ),
    );
  });

  test('gives up the least important first', () => {
    const kept = (columns: number): string => progressLine({ ...state, columns });
    expect(kept(120)).toContain('2/s');
    expect(kept(75)).not.toContain('2/s');
    expect(kept(75)).toContain('loss');
    expect(kept(40)).toMatch(/30\/120 {3}25% {2}0:45 left/);
    expect(kept(18)).toContain('25%');
  });

  test('colours take no room', () => {
    // eslint-disable-next-line no-control-regex -- escape codes are what is taken out
    const bare = progressLine({ ...state, colour: true }).replace(/\x1b\[\d+m/g, '');
    expect(bare).toBe(progressLine(state));
  });

  test('the bar grows with what is done', () => {
    const full = (done: number): number => [...progressLine({ ...state, done })].filter((c) => c === '━').length;
    expect([full(0), full(30), full(60), full(120)]).toEqual([0, 8, 16, 32]);
  });

  test('figures that are not numbers are said, not hidden', () => {
    expect(progressLine({ ...state, figures: { loss: NaN } })).toContain('loss NaN');
  });
});

test.each([
  [0, '0:00'],
  [7.4, '0:07'],
  [59.6, '1:00'],
  [750, '12:30'],
  [3600 * 3 + 300, '3 h 05 min'],
])('%s s is %s', (seconds, text) => expect(duration(seconds)).toBe(text));
