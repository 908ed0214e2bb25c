/** @file Errors that are the user's to mend: told in one line, without a stack trace. */

/** Facts carried by a {@link UserError} beside its sentence. */
export interface UserErrorFacts {
  /** What the error is about: an option such as `--size`, or a file. */
  readonly subject: string;
  /** What was seen there. */
  readonly seen: string;
  /** What to do about it. */
  readonly advice: string;
  /** The error beneath, where there is one. */
  readonly cause?: unknown;
}

/** Something the user can put right: a bad picture, a full disk, a state file of another run. Ends the program with exit code 1. */
export class UserError extends Error implements UserErrorFacts {
  override readonly name: string = 'UserError';
  readonly exitCode: number = 1;
  readonly subject: string;
  readonly seen: string;
  readonly advice: string;

  constructor({ subject, seen, advice, cause }: UserErrorFacts) {
    super(`${subject}: ${seen}; ${advice}`, cause === undefined ? undefined : { cause });
    this.subject = subject;
    this.seen = seen;
    this.advice = advice;
  }
}

/** A command that was typed wrongly: an unknown example or option, a value out of bounds. Ends the program with exit code 2. */
export class UsageError extends UserError {
  override readonly name: string = 'UsageError';
  override readonly exitCode: number = 2;
}

/** Whether an error comes from the operating system's file functions (it then carries a code such as ENOENT). */
export function isSystemError(error: unknown): error is NodeJS.ErrnoException & { code: string } {
  return error instanceof Error && 'code' in error && typeof error.code === 'string';
}

/** The text on one line: line breaks become spaces, and control characters (file names may hold any) are shown as escapes. */
export function oneLine(text: string): string {
  return text
    .replace(/\s*[\r\n]+\s*/g, ' ')
    .replace(/\p{Cc}/gu, (c) => `\\x${c.charCodeAt(0).toString(16).padStart(2, '0')}`)
    .trim();
}
