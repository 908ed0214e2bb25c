/** @file A progress bar that keeps to one line of a terminal and says nothing anywhere else. */

import { formatNumber } from './text.ts';

/** Where the bar is drawn: a Node stream such as `process.stderr`, or anything that writes text. */
export interface ProgressStream {
  /** Whether a person is watching; without it nothing is ever written. */
  readonly isTTY?: boolean;
  /** Width of the terminal; 80 where it is missing, or 0 as some terminals say when they do not know. */
  readonly columns?: number;
  write(text: string): unknown;
}

/** What to show. */
export interface ProgressOptions {
  readonly stream: ProgressStream;
  /** How many steps there are in all. */
  readonly total: number;
  /** Steps done before this run, for example when it was resumed; they do not count for the speed. */
  readonly start?: number;
  readonly label?: string;
  /** Milliseconds, from any origin (default `performance.now`). */
  readonly clock?: () => number;
  /** Only ASCII characters, for terminals that show nothing else. */
  readonly ascii?: boolean;
  /** Escape codes for colour. */
  readonly colour?: boolean;
}

/** A running progress bar. */
export interface Progress {
  /** So many steps are done; figures such as the loss are shown by name. */
  update(done: number, figures?: Readonly<Record<string, number>>): void;
  /** Writes a line of text above the bar. */
  note(text: string): void;
  /** Takes the bar off the terminal; may be called more than once. */
  finish(): void;
}

/** Milliseconds between drawings: fast enough to look alive, too slow to cost anything. */
const REDRAW = 80;

/** Updates over which the speed is averaged: enough to be steady, few enough to follow a change. */
const WINDOW = 24;

/**
 * Starts a progress bar: how far, how fast, how long still, and figures worth watching. It redraws one line, never wraps, and
 * leaves nothing behind.
 */
export function progressBar(options: ProgressOptions): Progress {
  const { stream, total, start = 0, clock = () => performance.now() } = options;
  const silent = stream.isTTY !== true;
  const history = [{ time: clock(), done: start }];
  let drawnAt = -Infinity;
  let line = '';
  let finished = false;
  const draw = (text: string): void => {
    stream.write(`\r${text}\x1b[K`); // erases what the last line had beyond this one
    line = text;
  };
  return {
    update(done, figures = {}) {
      if (silent || finished) return;
      const now = clock();
      history.push({ time: now, done });
      if (history.length > WINDOW) history.shift();
      if (now - drawnAt < REDRAW && done < total) return;
      drawnAt = now;
      const [first] = history;
      const seconds = first === undefined ? 0 : (now - first.time) / 1000;
      const rate = first !== undefined && seconds > 0 ? (done - first.done) / seconds : undefined;
      draw(progressLine({ done, total, rate, figures, columns: stream.columns || 80, label: options.label ?? '', ascii: options.ascii ?? false, colour: options.colour ?? false }));
    },
    note(text) {
      if (silent) return;
      stream.write(`\r\x1b[K${text}\n${line}`);
    },
    finish() {
      if (silent || finished) return;
      finished = true;
      if (line !== '') draw('');
    },
  };
}

/** Everything a line of progress says. */
export interface ProgressState {
  readonly done: number;
  readonly total: number;
  /** Steps per second, if known. */
  readonly rate: number | undefined;
  readonly figures: Readonly<Record<string, number>>;
  readonly columns: number;
  readonly label: string;
  readonly ascii: boolean;
  readonly colour: boolean;
}

/** One line of at most columns − 1 characters; what matters least goes first when there is no room. */
export function progressLine(state: ProgressState): string {
  const { done, total, rate, figures, columns, label, ascii } = state;
  const share = total > 0 ? Math.min(1, Math.max(0, done / total)) : 1;
  const number = (value: number): string => (ascii ? plain(value) : formatNumber(value, 3));
  // In the order they are given up.
  const parts: { readonly text: string; readonly rank: number }[] = [
    { text: label, rank: 2 },
    { text: `${done}/${total}`, rank: 4 },
    { text: `${Math.floor(share * 100)}%`.padStart(4), rank: 5 },
    ...Object.entries(figures).map(([name, value], i) => ({ text: `${name} ${number(value)}`, rank: i === 0 ? 3 : 1 })),
    { text: rate === undefined ? '' : speed(rate, number), rank: 0 },
    { text: rate === undefined || rate <= 0 || done >= total ? '' : `${duration((total - done) / rate)} left`, rank: 4 },
  ].filter(({ text }) => text !== '');
  const room = Math.max(0, columns - 1); // a full last column makes some terminals wrap
  const length = (): number => parts.reduce((sum, { text }) => sum + [...text].length + 2, 0);
  while (parts.length > 1 && length() + MIN_BAR > room) {
    const least = parts.reduce((worst, part, i) => (part.rank <= (parts[worst]?.rank ?? 0) ? i : worst), 0);
    parts.splice(least, 1);
  }
  const texts = parts.map(({ text }) => text);
  const width = Math.min(MAX_BAR, room - length());
  if (width < 1) return [...texts.join('  ')].slice(0, room).join('');
  if (label !== '' && texts[0] === label) return [label, bar(share, width, state), ...texts.slice(1)].join('  ');
  return [bar(share, width, state), ...texts].join('  ');
}

const [MIN_BAR, MAX_BAR] = [8, 32];

function bar(share: number, width: number, { ascii, colour }: ProgressState): string {
  if (ascii) return width < 3 ? hashes(share, width) : `[${hashes(share, width - 2)}]`;
  const full = Math.round(share * width);
  const [done, left] = ['━'.repeat(full), '─'.repeat(width - full)];
  return colour ? `\x1b[36m${done}\x1b[90m${left}\x1b[0m` : done + left;
}

function hashes(share: number, width: number): string {
  const full = Math.round(share * width);
  return '#'.repeat(full) + '-'.repeat(width - full);
}

/** Seconds as people say them: 0:07, 12:30, 3 h 05 min. */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const two = (value: number): string => String(value).padStart(2, '0');
  if (whole >= 3600) return `${Math.floor(whole / 3600)} h ${two(Math.floor((whole % 3600) / 60))} min`;
  return `${Math.floor(whole / 60)}:${two(whole % 60)}`;
}

function speed(rate: number, number: (value: number) => string): string {
  return rate >= 1 || rate <= 0 ? `${number(rate)}/s` : `${number(1 / rate)} s each`;
}

function plain(value: number): string {
  return String(Number(value.toPrecision(3)));
}
