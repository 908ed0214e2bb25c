/** @file What the tests of files share: bytes, damage with a seed, and what may be thrown. */
import { expect } from 'vitest';
import { DimensionError, FileFormatError, type FileReason } from '@tapeflow/tensor';
import { thrown } from '../named/support.ts';

/** The bytes of a base64 text. */
export function fromBase64(text: string): Uint8Array {
  return Uint8Array.from(atob(text), (sign) => sign.charCodeAt(0));
}

/** The bytes of a text, one for each character. */
export const latin = (text: string): number[] => Array.from(text, (sign) => sign.charCodeAt(0));

/** Several byte lists one after the other. */
export function joined(...parts: readonly (readonly number[] | Uint8Array)[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

/** An integer as little-endian bytes. */
export function littleEndian(value: bigint | number, bytes: number): number[] {
  return Array.from({ length: bytes }, (_, k) => Number((BigInt(value) >> BigInt(8 * k)) & 255n));
}

/** That a file is refused for this reason, with a sentence of advice. */
export function expectRefused(read: () => unknown, reason: FileReason, says: RegExp): void {
  const error = thrown(read);
  expect(error).toBeInstanceOf(FileFormatError);
  expect({ reason: error['reason'], name: error.name }).toEqual({ reason, name: 'FileFormatError' });
  expect(error.message).toMatch(says);
  expect(String(error['advice']).length).toBeGreaterThan(8);
}

/** Integers with a seed. */
function integers(seed: number): (below: number) => number {
  let state = (seed % 2147483646) + 1;
  return (below) => {
    state = (state * 48271) % 2147483647;
    return state % below;
  };
}

/** Damaged copies of a file: flipped bits, bytes that mean something elsewhere in it, parts cut off, left out, or doubled. */
export function* damaged(file: Uint8Array, count: number, seed: number): Generator<Uint8Array> {
  const below = integers(seed);
  for (let k = 0; k < count; k++) {
    const kind = below(6);
    const copy = file.slice();
    if (kind === 0) yield copy.subarray(0, below(file.length));
    else if (kind === 1) {
      const at = below(file.length);
      yield joined(file.subarray(0, at), file.subarray(Math.min(file.length, at + 1 + below(8))));
    } else if (kind === 2) {
      const at = below(file.length);
      yield joined(file.subarray(0, at), file.subarray(at > 8 ? at - below(8) : 0));
    } else {
      for (let n = 1 + below(3); n > 0; n--) {
        const at = below(below(2) === 0 ? Math.min(file.length, 160) : file.length);
        copy[at] = kind === 3 ? copy[at]! ^ (1 << below(8)) : kind === 4 ? file[below(file.length)]! : [0, 255, 0x22, 0x39, 0x7b][below(5)]!;
      }
      yield copy;
    }
  }
}

/** Reads damaged files: each gives a value or one of the two errors that readers throw, soon. Returns how many were refused. */
export function expectSurvives(file: Uint8Array, count: number, seed: number, read: (bytes: Uint8Array) => unknown): number {
  let refused = 0;
  for (const bytes of damaged(file, count, seed)) {
    try {
      read(bytes);
    } catch (error) {
      if (!(error instanceof FileFormatError || error instanceof DimensionError)) {
        throw new Error(`seed ${seed}: ${String(error)} at the file ${Buffer.from(bytes).toString('base64')}`, { cause: error });
      }
      refused++;
    }
  }
  return refused;
}
