/** @file A text that is read from its beginning to its end; spaces and line breaks between its signs are passed over. */

/** How much of what comes next is shown. */
const SHOWN = 12;

/** Reads a text. */
export class Scanner {
  readonly text: string;
  /** Where it has come to. */
  at = 0;

  constructor(text: string) {
    this.text = text;
  }

  /** The next sign; undefined at the end. */
  peek(): string | undefined {
    while (this.at < this.text.length && ' \t\r\n'.includes(this.text[this.at]!)) this.at++;
    return this.text[this.at];
  }

  /** Passes a sign if it comes next. */
  take(sign: string): boolean {
    if (this.peek() !== sign) return false;
    this.at++;
    return true;
  }

  /** Passes what a sticky pattern matches, if it comes next. */
  match(pattern: RegExp): string | undefined {
    this.peek();
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text)?.[0];
    this.at += found?.length ?? 0;
    return found;
  }

  /** The beginning of what comes next, in quotes; undefined at the end. */
  rest(): string | undefined {
    return this.at >= this.text.length ? undefined : JSON.stringify(this.text.slice(this.at, this.at + SHOWN));
  }
}
