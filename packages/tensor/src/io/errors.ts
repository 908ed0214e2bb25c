/** @file What can be wrong with a file or a message from outside. */
import { TapeflowError } from '@tapeflow/autodiff';

/** The formats that are read. */
export type FileFormat = 'npy' | 'safetensors' | 'message';

/** What is wrong, for programs. */
export type FileReason =
  | 'not-this-format'
  | 'version'
  | 'header-size'
  | 'header'
  | 'duplicate-key'
  | 'forbidden-name'
  | 'dtype'
  | 'shape'
  | 'offsets'
  | 'truncated'
  | 'trailing-bytes'
  | 'values'
  | 'dimensions';

/** A file, or a message from another thread, that cannot be read. Nothing was taken from it. */
export class FileFormatError extends TapeflowError {
  readonly format: FileFormat;
  readonly reason: FileReason;
  /** Which tensor of several, or which key; empty where it concerns the whole. */
  readonly entry: string;
  constructor(operation: string, format: FileFormat, reason: FileReason, entry: string, seen: string, advice: string) {
    super(operation, entry === '' ? seen : `${JSON.stringify(entry)}: ${seen}`, advice);
    this.format = format;
    this.reason = reason;
    this.entry = entry;
  }
}
