/** @file The output folder: files are whole, earlier ones outlive a failure, refusals are in words. */
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
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

test('prepare makes the folder, with those above it, and leaves nothing in it', async () => {
  const out = new OutputFolder(join(base, 'a/b/c'));
  await out.prepare();
  expect(readdirSync(out.path)).toEqual([]);
});

test('write then read gives the same bytes, and replaces what was there', async () => {
  const out = new OutputFolder(base);
  await out.write('x', 'longer text');
  await out.write('x', Uint8Array.of(0, 255, 10, 13));
  expect([...(await out.read('x'))!]).toEqual([0, 255, 10, 13]);
  expect(readdirSync(base)).toEqual(['x']);
});

test('a reader that looks while a file is being written sees the old or the new one, whole', async () => {
  const out = new OutputFolder(base);
  const versions = ['a', 'b'].map((letter) => letter.repeat(2_000_000));
  await out.write('x', versions[0]!);
  let writing = true;
  const done = out.write('x', versions[1]!).finally(() => (writing = false));
  let looks = 0;
  while (writing) {
    expect(versions.includes(readFileSync(out.file('x'), 'utf8'))).toBe(true);
    looks++;
    await new Promise((resolve) => setImmediate(resolve));
  }
  await done;
  expect(looks).toBeGreaterThan(0);
  expect(readFileSync(out.file('x'), 'utf8') === versions[1]).toBe(true);
});

test('reading a file that is not there gives undefined', async () => {
  expect(await new OutputFolder(join(base, 'none')).read('x')).toBeUndefined();
});

test('a write that fails leaves the earlier file and no other', async () => {
  const out = new OutputFolder(base);
  mkdirSync(out.file('x'));
  writeFileSync(join(out.file('x'), 'inside'), 'kept');
  await expect(out.write('x', 'new')).rejects.toThrow(UserError);
  expect(readFileSync(join(out.file('x'), 'inside'), 'utf8')).toBe('kept');
  expect(readdirSync(base)).toEqual(['x']);
});

test('abandon removes what was being written', async () => {
  const out = new OutputFolder(base);
  const failing = out.write('x', 'a'.repeat(50_000_000)).catch(() => undefined);
  while (readdirSync(base).length === 0) await new Promise((resolve) => setImmediate(resolve));
  out.abandon();
  expect(readdirSync(base)).toEqual([]);
  await failing;
});

describe('a folder that cannot be written to is refused in words', () => {
  test('a file in its place', async () => {
    writeFileSync(join(base, 'a'), 'kept');
    await expect(new OutputFolder(join(base, 'a')).prepare()).rejects.toThrow(/a: is a file, not a folder; choose another folder/);
    await expect(new OutputFolder(join(base, 'a/b')).prepare()).rejects.toThrow(/part of this path is a file/);
    expect(readFileSync(join(base, 'a'), 'utf8')).toBe('kept');
  });

  test.runIf(existsSync('/proc/self'))('a virtual file system', async () => {
    await expect(new OutputFolder('/proc/tapeflow').prepare()).rejects.toThrow(UserError);
  });

  test.skipIf(process.getuid?.() === 0)('no permission', async () => {
    chmodSync(base, 0o555);
    await expect(new OutputFolder(base).prepare()).rejects.toThrow(/no permission to write here/);
    await expect(new OutputFolder(join(base, 'a')).prepare()).rejects.toThrow(/no permission to write here/);
    chmodSync(base, 0o755);
  });

  test('a name that is too long', async () => {
    await expect(new OutputFolder(join(base, 'a'.repeat(300))).prepare()).rejects.toThrow(/too long/);
  });
});
