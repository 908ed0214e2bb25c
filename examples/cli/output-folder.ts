/** @file The folder an example writes to: every file in it is whole, old or new, whatever happens. */

import { randomBytes } from 'node:crypto';
import { unlinkSync } from 'node:fs';
import { mkdir, open, readFile, rename, stat, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { isSystemError, UserError } from './errors.ts';

/** A folder for results, with atomic writes. Making the object touches nothing. */
export class OutputFolder {
  /** Absolute path of the folder. */
  readonly path: string;
  readonly #unfinished: Set<string> = new Set();

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
   * @throws UserError if the folder cannot be made or written to.
   */
  async prepare(): Promise<void> {
    try {
      await makeFolder(this.path);
      // Permissions do not tell everything (read-only and virtual file systems, root), so try.
      const probe = this.#temporary('probe');
      await this.#writeWhole(probe, new Uint8Array(1));
      await unlink(probe);
      this.#unfinished.delete(probe);
    } catch (error) {
      throw this.#explain(error, this.path);
    }
  }

  /**
   * Writes a file as a whole: readers, and this folder after a crash, see the earlier file or the new one, never a part.
   *
   * @throws UserError if the file cannot be written; an earlier file of that name is then untouched.
   */
  async write(name: string, content: string | Uint8Array): Promise<void> {
    const temporary = this.#temporary(name);
    try {
      await this.#writeWhole(temporary, typeof content === 'string' ? Buffer.from(content, 'utf8') : content);
      await rename(temporary, this.file(name));
      this.#unfinished.delete(temporary);
    } catch (error) {
      await unlink(temporary).catch(() => undefined);
      this.#unfinished.delete(temporary);
      throw this.#explain(error, this.file(name));
    }
  }

  /** The bytes of a file, or undefined if there is none. */
  async read(name: string): Promise<Uint8Array | undefined> {
    try {
      return await readFile(this.file(name));
    } catch (error) {
      if (isSystemError(error) && (error.code === 'ENOENT' || error.code === 'ENOTDIR')) return undefined;
      throw this.#explain(error, this.file(name));
    }
  }

  /** Removes files that were being written, for when the program must end at once. */
  abandon(): void {
    for (const path of this.#unfinished) {
      try {
        unlinkSync(path);
      } catch {
        // Not there yet, or already renamed: nothing to remove.
      }
    }
    this.#unfinished.clear();
  }

  #temporary(name: string): string {
    const path = this.file(`.${name}.${randomBytes(6).toString('hex')}.tmp`);
    this.#unfinished.add(path);
    return path;
  }

  async #writeWhole(path: string, content: Uint8Array): Promise<void> {
    const file = await open(path, 'wx');
    try {
      await file.writeFile(content);
      await file.datasync(); // or the rename may reach the disk before the content does
    } finally {
      await file.close();
    }
  }

  #explain(error: unknown, subject: string): unknown {
    if (!isSystemError(error)) return error;
    const seen = REASONS[error.code] ?? `cannot be written (${error.code})`;
    return new UserError({ subject, seen, advice: 'choose another folder with --out FOLDER', cause: error });
  }
}

/** Makes a folder and those above it. Node's own recursive mkdir never returns where a parent exists but takes no folders, as in /proc. */
async function makeFolder(path: string): Promise<void> {
  try {
    if ((await stat(path)).isDirectory()) return;
  } catch (error) {
    if (!isSystemError(error) || error.code !== 'ENOENT') throw error;
    if (dirname(path) !== path) await makeFolder(dirname(path));
  }
  await mkdir(path).catch(async (error: unknown) => {
    // Another program may have made it in the meantime.
    if (isSystemError(error) && error.code === 'EEXIST' && (await stat(path)).isDirectory()) return;
    throw error;
  });
}

const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'no permission to write here',
  EPERM: 'no permission to write here',
  EROFS: 'the file system is read-only',
  ENOSPC: 'no space is left on the disk',
  EDQUOT: 'the disk quota is used up',
  EEXIST: 'is a file, not a folder',
  ENOTDIR: 'part of this path is a file, not a folder',
  EISDIR: 'is a folder, not a file',
  ENOENT: 'no folder can be made here',
  ENAMETOOLONG: 'the path is too long',
  ELOOP: 'the path goes in circles through symbolic links',
};
