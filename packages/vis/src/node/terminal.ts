/** @file What the terminal at hand can show. */

/** A stream that may be a terminal, and what it can show. */
export interface TerminalAbilities {
  readonly stream: NodeJS.WriteStream;
  /** Only ASCII. */
  readonly ascii: boolean;
  /** Escape codes for colours are welcome. */
  readonly colour: boolean;
}

/**
 * What a stream (default: standard error) can show, from the environment: a C or POSIX locale means ASCII, `NO_COLOR` and
 * `TERM=dumb` mean no colours, and nothing that is not a terminal gets any.
 */
export function terminalAbilities(stream: NodeJS.WriteStream = process.stderr): TerminalAbilities {
  const { LC_ALL, LC_CTYPE, LANG, NO_COLOR, TERM } = process.env;
  const locale = [LC_ALL, LC_CTYPE, LANG].find((value) => value !== undefined && value !== '');
  const ascii = process.platform !== 'win32' && locale !== undefined && !/utf-?8/i.test(locale);
  const colour = stream.isTTY === true && TERM !== 'dumb' && (NO_COLOR === undefined || NO_COLOR === '');
  return { stream, ascii, colour };
}
