/** @file What the terminal at hand can show. */

import type { ProgressStream } from '../progress.ts';

/** A stream that may be a terminal, and what it can show: the options of `progressBar` that depend on it. */
export interface TerminalAbilities {
  readonly stream: ProgressStream;
  /** Only ASCII. */
  readonly ascii: boolean;
  /** Escape codes for colours are welcome. */
  readonly colour: boolean;
}

/**
 * What a stream (default: standard error) can show, from the environment: a C or POSIX locale means ASCII, `NO_COLOR` and
 * `TERM=dumb` mean no colours, and nothing that is not a terminal gets any.
 */
export function terminalAbilities(stream: ProgressStream = process.stderr): TerminalAbilities {
  const { LC_ALL, LC_CTYPE, LANG, NO_COLOR, TERM } = process.env;
  const locale = [LC_ALL, LC_CTYPE, LANG].find((value) => value !== undefined && value !== '');
  const ascii = process.platform !== 'win32' && locale !== undefined && !/utf-?8/i.test(locale);
  const colour = stream.isTTY === true && TERM !== 'dumb' && (NO_COLOR === undefined || NO_COLOR === '');
  return { stream, ascii, colour };
}
