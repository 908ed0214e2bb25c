/** @file The output folder: files are whole, earlier ones outlive a failure, refusals are in words. */
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { OutputError } from '@tapeflow/vis';
import { UserError } from '../../cli/errors.ts';
import { OutputFolder } from '../../cli/output-folder.ts';

let base: string;
beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'tapeflow-out-'));
});
afterEach(() => rmSync(base, { recursive: true, force: true }));

test('nothing is made before it is asked for', () => {
  const out = new OutputFolder(join(base, 'a'));
  expect(existsSync(out.path)).toBe(false);
});

test('prepare makes the folder, with those above it, and leaves nothing in it', () => {
  const out = new OutputFolder(join(base, 'a/b/c'));
  out.prepare();
  expect(readdirSync(out.path)).toEqual([]);
});

test('write then read gives the same bytes, and replaces what was there', () => {
  const out = new OutputFolder(base);
  out.write('x', 'longer text');
  out.write('x', Uint8Array.of(0, 255, 10, 13));
  expect([...out.read('x')!]).toEqual([0, 255, 10, 13]);
  expect(readdirSync(base)).toEqual(['x']);
});

test('reading a file that is not there gives undefined', () => {
  expect(new OutputFolder(join(base, 'none')).read('x')).toBeUndefined();
});

test('a write that fails leaves the earlier file and no other', () => {
  const out = new OutputFolder(base);
  mkdirSync(out.file('x'));
  writeFileSync(join(out.file('x'), 'inside'), 'kept');
  expect(() => out.write('x', 'new')).toThrow(OutputError);
  expect(readFileSync(join(out.file('x'), 'inside'), 'utf8')).toBe('kept');
  expect(readdirSync(base)).toEqual(['x']);
});

describe('a folder that cannot be written to is refused in words', () => {
  test('a file in its place', () => {
    writeFileSync(join(base, 'a'), 'kept');
    expect(() => new OutputFolder(join(base, 'a')).prepare()).toThrow(/a: a file of this name is in the way of the folder; choose another folder/);
    expect(() => new OutputFolder(join(base, 'a/b')).prepare()).toThrow(/a: a file of this name is in the way/);
    expect(readFileSync(join(base, 'a'), 'utf8')).toBe('kept');
  });

  test.runIf(existsSync('/proc/self'))('a virtual file system', () => {
    expect(() => new OutputFolder('/proc/tapeflow').prepare()).toThrow(UserError);
  });

  test.skipIf(process.getuid?.() === 0)('no permission', () => {
    chmodSync(base, 0o555);
    expect(() => new OutputFolder(base).prepare()).toThrow(/no permission to write here/);
    expect(() => new OutputFolder(join(base, 'a')).prepare()).toThrow(/no permission to make a folder here/);
    chmodSync(base, 0o755);
  });

  test('a name that is too long', () => {
    expect(() => new OutputFolder(join(base, 'a'.repeat(300))).prepare()).toThrow(/too long/);
  });
});
