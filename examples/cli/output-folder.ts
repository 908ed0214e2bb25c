/** @file The folder an example writes to: every file in it is whole, old or new, whatever happens. */

import { mkdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ensureWritableFolder, writeFileAtomic } from '@tapeflow/vis/node';
import { isSystemError, UserError } from './errors.ts';

/** A folder for results, with atomic writes. Making the object touches nothing. */
export class OutputFolder {
  /** Absolute path of the folder. */
  readonly path: string;

  constructor(path: string) {
    this.path = path;
  }

  /** Absolute path of a file in the folder. */
  file(name: string): string {
    return join(this.path, name);
  }

  /**
   * Makes the folder if need be and checks that files can be written to it. Files that are there are left alone.
   *
   * @throws UserError if the folder cannot be made.
   * @throws OutputError if it cannot be written to.
   */
  prepare(): void {
    makeFolder(this.path);
    // Permissions do not tell everything (read-only and virtual file systems, root), so a file is made and removed.
    ensureWritableFolder(this.path);
  }

  /**
   * Writes a file as a whole: readers, and this folder after a crash, see the earlier file or the new one, never a part.
   *
   * @throws OutputError if the file cannot be written; an earlier file of that name is then untouched.
   */
  write(name: string, content: string | Uint8Array): void {
    writeFileAtomic(this.file(name), content);
  }

  /**
   * The bytes of a file, or undefined if there is none.
   *
   * @throws UserError if there is one that cannot be read.
   */
  read(name: string): Uint8Array | undefined {
    try {
      return readFileSync(this.file(name));
    } catch (error) {
      if (!isSystemError(error)) throw error;
      if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined;
      throw new UserError({ subject: this.file(name), seen: `cannot be read (${error.code})`, advice: 'check its permissions', cause: error });
    }
  }
}

/** Makes a folder and those above it. Node's own recursive mkdir never returns where a parent exists but takes no folders, as in /proc. */
function makeFolder(path: string): void {
  if (isFolder(path)) return;
  if (dirname(path) !== path) makeFolder(dirname(path));
  try {
    mkdirSync(path);
  } catch (error) {
    if (!isSystemError(error)) throw error;
    if (error.code === 'EEXIST' && isFolder(path)) return; // another program made it in the meantime
    const seen = REASONS[error.code] ?? `the folder cannot be made (${error.code})`;
    throw new UserError({ subject: path, seen, advice: 'choose another folder with --out FOLDER', cause: error });
  }
}

function isFolder(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
  } catch {
    return false; // making it will say why
  }
}

const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'no permission to make a folder here',
  EPERM: 'no permission to make a folder here',
  EROFS: 'the file system is read-only',
  ENOSPC: 'no space is left on the disk',
  EDQUOT: 'the disk quota is used up',
  EEXIST: 'a file of this name is in the way of the folder',
  ENOENT: 'no folder can be made here',
  ENAMETOOLONG: 'the path is too long',
};
