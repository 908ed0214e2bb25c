/** @file Files are read with clear refusals and written whole or not at all. */

import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { OutputError, PictureError } from '../../src/errors.ts';
import { ensureWritableFolder, readPicture, writeFileAtomic } from '../../src/node/index.ts';
import type { Picture } from '../../src/picture.ts';
import { encodePng } from '../../src/png/encode.ts';

const picture: Picture = { width: 2, height: 2, channels: 1, depth: 8, data: Uint8Array.of(0, 80, 160, 255) };
let folder = '';
const at = (name: string): string => join(folder, name);

beforeAll(() => {
  folder = fs.mkdtempSync(join(tmpdir(), 'tapeflow-vis-'));
});
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

function failure<E>(action: () => unknown, kind: new (...args: never[]) => E): E {
  try {
    action();
  } catch (error) {
    if (error instanceof kind) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}

describe('readPicture', () => {
  test('reads what was written', () => {
    writeFileAtomic(at('good.png'), encodePng(picture));
    expect(readPicture(at('good.png'))).toEqual(picture);
  });

  test.each<[string, string, () => void]>([
    ['missing', 'nothing.png', () => {}],
    ['missing', 'good.png/inside.png', () => {}],
    ['folder', '.', () => {}],
    ['empty', 'empty.png', () => fs.writeFileSync(at('empty.png'), '')],
    ['not-png', 'text.png', () => fs.writeFileSync(at('text.png'), 'only words')],
    ['truncated', 'cut.png', () => fs.writeFileSync(at('cut.png'), encodePng(picture).slice(0, 40))],
    ['file-too-large', 'large.png', () => fs.writeFileSync(at('large.png'), Buffer.alloc(2000))],
    ['unreadable', 'pipe.png', () => void execFileSync('mkfifo', [at('pipe.png')])],
  ])('%s: %s', (reason, name, prepare) => {
    prepare();
    const error = failure(() => readPicture(at(name), { maxBytes: 1999 }), PictureError);
    expect(error).toMatchObject({ reason, what: at(name) });
    expect(error.message.startsWith(`${at(name)}: `)).toBe(true);
    expect(error.message).not.toContain('\n');
  });
});

describe('writeFileAtomic', () => {
  test('replaces text and bytes, keeps permissions, leaves nothing else behind', () => {
    const own = fs.mkdtempSync(join(folder, 'own-'));
    const path = join(own, 'notes.txt');
    writeFileAtomic(path, 'first');
    fs.chmodSync(path, 0o640);
    writeFileAtomic(path, 'second');
    expect(fs.readFileSync(path, 'utf8')).toBe('second');
    expect(fs.statSync(path).mode & 0o777).toBe(0o640);
    expect(fs.readdirSync(own)).toEqual(['notes.txt']);
  });

  test('writes through a symbolic link', () => {
    fs.writeFileSync(at('real.txt'), 'old');
    fs.symlinkSync('real.txt', at('link.txt'));
    writeFileAtomic(at('link.txt'), 'new');
    expect(fs.readFileSync(at('real.txt'), 'utf8')).toBe('new');
    expect(fs.lstatSync(at('link.txt')).isSymbolicLink()).toBe(true);
  });

  test('a reader who opened the old file keeps all of it', () => {
    fs.writeFileSync(at('held.txt'), 'old and whole');
    const held = fs.openSync(at('held.txt'), 'r');
    writeFileAtomic(at('held.txt'), 'new');
    expect(fs.readFileSync(held, 'utf8')).toBe('old and whole');
    fs.closeSync(held);
  });

  test('a failed write leaves the old content and no temporary file', () => {
    const own = fs.mkdtempSync(join(folder, 'own-'));
    const path = join(own, 'state.json');
    writeFileAtomic(path, 'old');
    // An object that is no data makes the write itself fail, after the temporary file was made.
    expect(() => writeFileAtomic(path, { broken: true } as unknown as string)).toThrow(OutputError);
    expect(fs.readFileSync(path, 'utf8')).toBe('old');
    expect(fs.readdirSync(own)).toEqual(['state.json']);
  });

  test.each([
    ['missing-folder', 'nowhere/file.txt'],
    ['folder', 'sub'],
    ['not-a-folder', 'plain.txt/file.txt'],
  ])('%s: %s', (reason, name) => {
    fs.mkdirSync(at('sub'), { recursive: true });
    fs.writeFileSync(at('plain.txt'), 'plain');
    const error = failure(() => writeFileAtomic(at(name), 'x'), OutputError);
    expect(error).toMatchObject({ reason, path: at(name) });
    expect(error.message).toMatch(/: [^\n]+\.$/);
    expect(fs.readFileSync(at('plain.txt'), 'utf8')).toBe('plain');
  });
});

describe('ensureWritableFolder', () => {
  test('makes folders on the way and leaves an existing one as it is', () => {
    ensureWritableFolder(at('a/b/c'));
    fs.writeFileSync(at('a/b/c/kept.txt'), 'kept');
    ensureWritableFolder(at('a/b/c'));
    expect(fs.readdirSync(at('a/b/c'))).toEqual(['kept.txt']);
  });

  test.each(['file', 'file/below'])('a file in the way: %s', (name) => {
    fs.writeFileSync(at('file'), 'precious');
    expect(failure(() => ensureWritableFolder(at(name)), OutputError).reason).toBe('not-a-folder');
    expect(fs.readFileSync(at('file'), 'utf8')).toBe('precious');
  });

  // Linux: the kernel refuses new files here even to the super-user.
  test.runIf(fs.existsSync('/proc/self')).each(['/proc', '/proc/self', '/proc/x', '/proc/x/y/z', '/proc/self/../x'])('a folder where nothing can be made: %s', (path) => {
    const error = failure(() => ensureWritableFolder(path), OutputError);
    expect(error).toMatchObject({ path, reason: 'not-writable' });
    expect(error.message).not.toContain('\n');
  });

  test('relative paths, dots and slashes at the end', () => {
    const here = process.cwd();
    try {
      process.chdir(folder);
      ensureWritableFolder('dots/./one/../two/');
      ensureWritableFolder('.');
    } finally {
      process.chdir(here);
    }
    expect(fs.readdirSync(at('dots'))).toEqual(['two']);
  });

  test('a link that leads nowhere', () => {
    fs.symlinkSync('nothing-there', at('dangling'));
    expect(failure(() => ensureWritableFolder(at('dangling')), OutputError).reason).toBe('not-a-folder');
  });
});
