/** @file What goes wrong with pictures, plots and the files they are written to: named errors whose fields repeat what the message says. */

/** Why a picture was refused. */
export type PictureReason =
  | 'missing' // nothing at this path
  | 'folder' // a folder stands where a file was expected
  | 'unreadable' // the system did not let us read it
  | 'file-too-large' // more bytes than the caller allows
  | 'empty' // no bytes at all
  | 'not-png' // does not start like a PNG
  | 'truncated' // the file or its compressed data ends early
  | 'bad-checksum' // a chunk does not match its CRC
  | 'bad-header' // sizes, colour type, depth or methods that no PNG has
  | 'no-pixels' // width or height is 0
  | 'too-many-pixels' // the header promises more than the pixel limit
  | 'bad-palette' // palette missing, malformed or too short for its indices
  | 'bad-data' // the compressed data cannot be read
  | 'excess-data' // the compressed data holds more than the header promises
  | 'unsupported'; // a critical part that this decoder does not know

/** A picture that cannot be read or written. The message is one line: which picture, what is wrong with it, what to do. */
export class PictureError extends Error {
  override readonly name: string = 'PictureError';
  /** What kind of trouble. */
  readonly reason: PictureReason;
  /** Which picture: a path, or a short description when there is no file. */
  readonly what: string;
  /** What was found where something else was expected. */
  readonly seen: string;

  constructor(reason: PictureReason, what: string, sentence: string, seen: string, options?: ErrorOptions) {
    super(`${what}: ${sentence}`, options);
    this.reason = reason;
    this.what = what;
    this.seen = seen;
  }
}

/** A plot asked for with data that cannot be drawn, such as x and y of different lengths. */
export class PlotError extends Error {
  override readonly name: string = 'PlotError';
  /** Which plotting function refused. */
  readonly plot: string;
  /** What was found. */
  readonly seen: string;
  /** What to do. */
  readonly advice: string;

  constructor(plot: string, sentence: string, seen: string, advice: string) {
    super(`${plot}: ${sentence} (seen: ${seen}). ${advice}`);
    this.plot = plot;
    this.seen = seen;
    this.advice = advice;
  }
}

/** Why something could not be written. */
export type OutputReason =
  | 'not-a-folder' // a file stands where a folder is needed
  | 'folder' // a folder stands where a file should be written
  | 'missing-folder' // the folder to write into does not exist
  | 'not-writable' // no permission, or a read-only file system
  | 'disk-full'
  | 'failed'; // anything else; `seen` has the system's words

/** A file or folder that cannot be written. Whatever stood at the path before is still there, whole. */
export class OutputError extends Error {
  override readonly name: string = 'OutputError';
  /** What kind of trouble. */
  readonly reason: OutputReason;
  /** The path that was to be written. */
  readonly path: string;
  /** What the system said. */
  readonly seen: string;

  constructor(reason: OutputReason, path: string, sentence: string, seen: string, options?: ErrorOptions) {
    super(`${path}: ${sentence}`, options);
    this.reason = reason;
    this.path = path;
    this.seen = seen;
  }
}
