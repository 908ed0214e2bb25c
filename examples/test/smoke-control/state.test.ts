/** @file The state file: exact, and refused in words when it is not what it should be. */
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { OutputFolder } from '../../cli/output-folder.ts';
import { decodeState, encodeState, fingerprint, loadState, saveState, STATE_FILE, type State } from '../../smoke-control/state.ts';
import { randomNumbers } from '../random.ts';

const SEED = 3;
const base = mkdtempSync(join(tmpdir(), 'tapeflow-state-'));
afterAll(() => rmSync(base, { recursive: true }));

const random = randomNumbers(SEED);
const agreement = { size: 64, steps: 16, precision: 32, seed: 1, picture: fingerprint(Float64Array.of(1, 2, 3)) };
const state: State = {
  agreement,
  iteration: 40,
  numbers: { seconds: 12.345678901234567, beta: 1 / 3 },
  arrays: {
    forces: Float32Array.from({ length: 1001 }, () => random() - 0.5),
    moments: Float64Array.from({ length: 77 }, () => (random() - 0.5) * 1e-300),
    special: Float64Array.of(NaN, Infinity, -Infinity, -0, 5e-324, Number.MAX_VALUE),
    empty: new Float32Array(0),
  },
};

const bitsOf = (array: Float32Array | Float64Array): number[] => [...new Uint8Array(array.buffer, array.byteOffset, array.byteLength)];

/** The same file with some bytes changed and a checksum that fits again. */
function forged(change: (bytes: Buffer) => void): Buffer {
  const bytes = Buffer.from(encodeState(state));
  change(bytes);
  const content = bytes.subarray(0, -32);
  createHash('sha256').update(content).digest().copy(bytes, content.length);
  return bytes;
}

const problemOf = (bytes: Uint8Array): unknown => {
  try {
    decodeState(bytes, 'state.bin');
  } catch (error) {
    return (error as { problem?: unknown }).problem ?? error;
  }
  return 'none';
};

describe('exactness', () => {
  test('arrays come back in kind and in every bit, numbers as they were', () => {
    const read = decodeState(encodeState(state), 'state.bin');
    expect({ ...read, arrays: {} }).toEqual({ ...state, arrays: {} });
    expect(Object.keys(read.arrays)).toEqual(Object.keys(state.arrays));
    for (const [name, array] of Object.entries(state.arrays)) {
      expect(read.arrays[name]!.constructor).toBe(array.constructor);
      expect(bitsOf(read.arrays[name]!)).toEqual(bitsOf(array));
    }
  });

  test('a view into a larger array is written as the view', () => {
    const view = Float64Array.of(0, 1, 2, 3).subarray(1, 3);
    expect([...decodeState(encodeState({ ...state, arrays: { view } }), 's').arrays['view']!]).toEqual([1, 2]);
  });

  test('the same state gives the same bytes', () => {
    expect(Buffer.compare(encodeState(state), encodeState(state))).toBe(0);
  });

  test('a number that JSON would lose is refused', () => {
    expect(() => encodeState({ ...state, numbers: { seconds: NaN } })).toThrow(/'seconds' is NaN/);
  });

  test('fingerprints tell arrays apart by any bit', () => {
    expect(fingerprint(Float64Array.of(0))).not.toBe(fingerprint(Float64Array.of(-0)));
    expect(fingerprint(Float64Array.of(1, 2))).toBe(fingerprint(Float64Array.of(1, 2)));
  });
});

describe('damage', () => {
  const whole = encodeState(state);

  test('cut off anywhere', () => {
    for (const length of [0, 1, 7, 8, 12, 23, 24, 100, whole.length - 33, whole.length - 1]) {
      expect([length, problemOf(whole.subarray(0, length))]).toEqual([length, 'truncated']);
    }
  });

  test('any single byte changed', () => {
    for (let at = 0; at < whole.length; at += 13) {
      const bytes = Uint8Array.from(whole);
      bytes[at]! ^= 0x10;
      expect(['foreign', 'truncated', 'corrupt', 'older', 'newer']).toContain(problemOf(bytes));
    }
  });

  test('bytes added at the end', () => expect(problemOf(Buffer.concat([whole, Buffer.from('x')]))).toBe('corrupt'));

  test('another file', () => expect(problemOf(Buffer.from('not a state file at all'))).toBe('foreign'));

  test('older and newer versions, each by name', () => {
    expect(problemOf(forged((bytes) => bytes.writeUInt32LE(0, 8)))).toBe('older');
    expect(problemOf(forged((bytes) => bytes.writeUInt32LE(2, 8)))).toBe('newer');
    expect(() => decodeState(forged((bytes) => bytes.writeUInt32LE(2, 8)), 's')).toThrow(/newer release \(version 2, this one reads 1\); update/);
  });

  test('the other byte order', () => {
    const other = forged((bytes) => bytes.write('"BE"', bytes.indexOf('"LE"')));
    expect(problemOf(other)).toBe('foreign');
  });
});

describe('in a folder', () => {
  const folder = (name: string): OutputFolder => {
    const out = new OutputFolder(join(base, name));
    out.prepare();
    return out;
  };

  test('what is saved is loaded', () => {
    const out = folder('good');
    saveState(out, state);
    expect(loadState(out, agreement, 120).arrays).toEqual(state.arrays);
  });

  test.each<[string, Record<string, string | number>, number, RegExp]>([
    ['another size', { ...agreement, size: 32 }, 120, /belongs to a run with size 64 \(now 32\); give the same options/],
    ['another picture', { ...agreement, picture: fingerprint(Float64Array.of(9)) }, 120, /picture [0-9a-f]{12} \(now [0-9a-f]{12}\)/],
    ['two differences', { ...agreement, seed: 2, precision: 64 }, 120, /precision 32 \(now 64\), seed 1 \(now 2\)/],
    ['an option it did not know', { ...agreement, scheme: 'x' }, 120, /scheme not given \(now x\)/],
    ['nothing left to do', agreement, 40, /all 40 iterations are done; ask for more with --iterations 80/],
  ])('%s is refused', (name, wanted, iterations, message) => {
    const out = folder(name.replaceAll(' ', '-'));
    saveState(out, state);
    expect(() => loadState(out, wanted, iterations)).toThrow(message);
  });

  test('no state, and a broken one, are refused with the file named', () => {
    const out = folder('none');
    expect(() => loadState(out, agreement, 120)).toThrow(/none\/state\.bin: there is no state file to resume from; start again without --resume/);
    writeFileSync(out.file(STATE_FILE), '');
    expect(() => loadState(out, agreement, 120)).toThrow(/none\/state\.bin: is cut off \(0 bytes\)/);
  });
});
