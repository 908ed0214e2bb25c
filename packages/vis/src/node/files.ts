/** @file Files on disk: pictures read with clear refusals, output that is either written whole or not at all. */

import { randomBytes } from 'node:crypto';
import * as fs from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';

import { OutputError, PictureError, type OutputReason } from '../errors.ts';
import type { Picture } from '../picture.ts';
import { decodePng, type DecodeOptions } from '../png/decode.ts';

/** How to read a picture. */
export interface ReadPictureOptions extends Omit<DecodeOptions, 'what'> {
  /** Refuse larger files, before they are read (default 256 MiB). */
  readonly maxBytes?: number;
}

/**
 * Reads a PNG file.
 *
 * Throws    PictureError, naming the path: missing, folder, unreadable, file-too-large, and everything `decodePng` throws
 */
export function readPicture(path: string, options: ReadPictureOptions = {}): Picture {
  const { maxBytes = 2 ** 28, ...decode } = options;
  let file: Uint8Array;
  try {
    // Looked at before it is opened: opening a pipe that nobody writes to would wait for ever.
    const status = fs.statSync(path);
    if (status.isDirectory()) throw new PictureError('folder', path, 'this is a folder; a PNG file was expected.', 'folder');
    if (!status.isFile()) throw new PictureError('unreadable', path, 'this is not an ordinary file; a PNG file was expected.', 'special file');
    if (status.size > maxBytes) {
      const seen = `${status.size} bytes`;
      throw new PictureError('file-too-large', path, `the file has ${seen}, more than the limit of ${maxBytes}; make the picture smaller.`, seen);
    }
    file = fs.readFileSync(path);
  } catch (cause) {
    if (cause instanceof PictureError) throw cause;
    const code = codeOf(cause);
    if (code === 'ENOENT' || code === 'ENOTDIR') {
      throw new PictureError('missing', path, 'there is no such file; check the path.', code, { cause });
    }
    throw new PictureError('unreadable', path, `the file cannot be read (${code}); check its permissions.`, code, { cause });
  }
  return decodePng(file, { ...decode, what: path });
}

/**
 * Writes a file so that at any moment, a crash included, the path holds either all of the old content or all of the new: the data
 * goes to a new file in the same folder, is flushed to the disk, and only then takes the path's name. The permissions of a file that
 * is replaced are kept; a symbolic link keeps pointing at the file that is replaced.
 *
 * Synchronous, so that it may be called from a step callback or while the process is stopping.
 *
 * Throws    OutputError; the old content is then untouched and no temporary file is left behind
 */
export function writeFileAtomic(path: string, data: string | Uint8Array): void {
  let temporary: string | undefined;
  try {
    const target = fs.existsSync(path) ? fs.realpathSync(path) : path;
    const old = fs.statSync(target, { throwIfNoEntry: false });
    if (old?.isDirectory()) throw new OutputError('folder', path, 'a folder of this name is in the way; remove it or choose another name.', 'folder');
    const name = join(dirname(target), `.${basename(target)}.${randomBytes(6).toString('hex')}.tmp`);
    const file = fs.openSync(name, 'wx', old === undefined ? 0o666 : old.mode & 0o777);
    temporary = name;
    try {
      fs.writeFileSync(file, data);
      fs.fsyncSync(file);
    } finally {
      fs.closeSync(file);
    }
    fs.renameSync(name, target);
    temporary = undefined;
    flushFolder(dirname(target));
  } catch (cause) {
    if (temporary !== undefined) fs.rmSync(temporary, { force: true });
    throw outputError(path, cause);
  }
}

/**
 * Makes a folder (and those above it) unless it is there, and proves that files can be made in it by making one.
 *
 * Throws    OutputError: not-a-folder, not-writable, disk-full, failed
 */
export function ensureWritableFolder(path: string): void {
  const probe = join(path, `.${randomBytes(6).toString('hex')}.tmp`);
  try {
    makeFolder(resolve(path));
    fs.writeFileSync(probe, '', { flag: 'wx' });
    fs.rmSync(probe);
  } catch (cause) {
    // The folder above is there, so what does not exist is the possibility: /proc, and other folders that the system fills itself.
    if (codeOf(cause) === 'ENOENT') throw new OutputError('not-writable', path, 'the system makes no files or folders here; choose another folder.', 'ENOENT', { cause });
    throw outputError(path, cause);
  }
}

/** Makes the folders of a path one by one. The recursive `mkdirSync` of Node tries for ever in /proc. */
function makeFolder(path: string): void {
  if (isFolder(path)) return;
  const above = dirname(path);
  if (above !== path) makeFolder(above);
  try {
    fs.mkdirSync(path);
  } catch (cause) {
    // Another process may have made it in the meantime.
    if (codeOf(cause) !== 'EEXIST' || !isFolder(path)) throw cause;
  }
}

function isFolder(path: string): boolean {
  return fs.statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

/** Makes a rename survive a power cut. Not every system lets a folder be opened; there the rename itself has to do. */
function flushFolder(path: string): void {
  try {
    const folder = fs.openSync(path, 'r');
    try {
      fs.fsyncSync(folder);
    } finally {
      fs.closeSync(folder);
    }
  } catch {
    // Windows: EPERM or EISDIR.
  }
}

const SENTENCES: Readonly<Record<string, readonly [OutputReason, string]>> = {
  EEXIST: ['not-a-folder', 'a file of this name is in the way of the folder; remove it or choose another name.'],
  ENOTDIR: ['not-a-folder', 'part of this path is a file, not a folder; choose another path.'],
  EISDIR: ['folder', 'a folder of this name is in the way; remove it or choose another name.'],
  ENOENT: ['missing-folder', 'the folder to write into does not exist; create it first.'],
  EACCES: ['not-writable', 'no permission to write here; choose another folder.'],
  EPERM: ['not-writable', 'no permission to write here; choose another folder.'],
  EROFS: ['not-writable', 'this file system is read-only; choose another folder.'],
  ENOSPC: ['disk-full', 'the disk is full; free some space and try again.'],
  EDQUOT: ['disk-full', 'the disk quota is used up; free some space and try again.'],
};

function outputError(path: string, cause: unknown): OutputError {
  if (cause instanceof OutputError) return cause;
  const code = codeOf(cause);
  const [reason, sentence] = SENTENCES[code] ?? (['failed', `this cannot be written (${code}).`] as const);
  return new OutputError(reason, path, sentence, code, { cause });
}

function codeOf(cause: unknown): string {
  if (cause instanceof Error && 'code' in cause && typeof cause.code === 'string') return cause.code;
  return cause instanceof Error ? cause.message : String(cause);
}
