/**
 * @file Random bits from keys: the counter-based generator Threefry-2x32 with 20 rounds, keys from seeds, and uniform numbers.
 *
 * A key has no state. The bits of a key are a function of the key and their position, so the same key always gives the same bits and
 * fresh numbers need a fresh key (`splitKey`). Only 32-bit integer operations and exact scalings by powers of two take part: every
 * engine and every backend gives the same bits and the same uniforms.
 *
 * Source   [Salmon2011, Parallel random numbers: as easy as 1, 2, 3]
 */
import { TapeflowError } from '@tapeflow/autodiff';

/** Two unsigned 32-bit words. */
export type RandomKey = readonly [number, number];

/** A seed from which no key can be made. */
export class SeedError extends TapeflowError {
  readonly seed: number;
  constructor(seed: number) {
    super('keyFromSeed', `the seed is ${seed}.`, 'Pass a finite number or a string.');
    this.seed = seed;
  }
}

/**
 * Encrypts a counter with a key: one block of 64 random bits as two unsigned words. For a fixed key it is a bijection of the counters.
 *
 * All words are taken modulo 2³².
 */
export function threefry2x32(key: RandomKey, counter0: number, counter1: number): [number, number] {
  const block = new Uint32Array(2);
  encryptBlock(key[0], key[1], counter0, counter1, block, 0);
  return [block[0] as number, block[1] as number];
}

/**
 * The first `count` random words of a key. Asking for more continues the same sequence: `randomBits(key, n)` begins `randomBits(key, m)`
 * for n ≤ m. Block j, words 2j and 2j + 1, is the encrypted counter (j, 0).
 *
 * @throws RangeError (the engine's own) if an array of that length cannot be made.
 */
export function randomBits(key: RandomKey, count: number): Uint32Array<ArrayBuffer> {
  const bits = new Uint32Array(count);
  fillRandomBits(key, bits);
  return bits;
}

/** Fills `out` with the words of a key from block `firstBlock` on (word 2 · firstBlock); blocks are counted modulo 2³². */
export function fillRandomBits(key: RandomKey, out: Uint32Array, firstBlock = 0): void {
  const [key0, key1] = key;
  const pairs = out.length >>> 1;
  for (let j = 0; j < pairs; j++) encryptBlock(key0, key1, firstBlock + j, DRAW, out, 2 * j);
  if (out.length % 2 === 1) {
    const last = new Uint32Array(2);
    encryptBlock(key0, key1, firstBlock + pairs, DRAW, last, 0);
    out[2 * pairs] = last[0] as number;
  }
}

// Keys

/** `n` keys that differ from each other and are unrelated to the bits of `key` itself, which may go on being used. */
export function splitKey(key: RandomKey, n: number): [number, number][] {
  return Array.from({ length: n }, (_, index) => childKey(key, index));
}

/** The key number `index` of `splitKey`, for loops that make one key per step: 0 ≤ index < 2³². */
export function childKey(key: RandomKey, index: number): [number, number] {
  return threefry2x32(key, index, SPLIT);
}

/**
 * The key of a seed. Different finite numbers give different keys (0 and −0 the same); texts are hashed to 64 bits.
 *
 * @throws SeedError for NaN and infinite numbers.
 */
export function keyFromSeed(seed: number | string): [number, number] {
  if (typeof seed === 'string') return hashText(seed);
  if (!Number.isFinite(seed)) throw new SeedError(seed);
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, seed + 0); // −0 + 0 = 0
  return [view.getUint32(4), view.getUint32(0)];
}

// Uniform numbers

/** One f32 in [0, 1) per word: the 24 highest bits as a multiple of 2⁻²⁴. */
export function uniform32(bits: Uint32Array): Float32Array<ArrayBuffer> {
  const out = new Float32Array(bits.length);
  for (let i = 0; i < out.length; i++) out[i] = ((bits[i] as number) >>> 8) * 2 ** -24;
  return out;
}

/** One f64 in [0, 1) per pair of words: 53 bits, 27 from the first and 26 from the second, as a multiple of 2⁻⁵³. */
export function uniform64(bits: Uint32Array): Float64Array<ArrayBuffer> {
  const out = new Float64Array(bits.length >>> 1);
  for (let i = 0; i < out.length; i++) {
    const high = (bits[2 * i] as number) >>> 5;
    const low = (bits[2 * i + 1] as number) >>> 6;
    out[i] = (high * 2 ** 26 + low) * 2 ** -53;
  }
  return out;
}

// The second counter word tells what a block is for, so that no two uses of one key share bits.
const DRAW = 0;
const SPLIT = 0x5350_4c54; // 'SPLT'

/** XORed into the third key word: the constant of the Skein key schedule, against the weak all-zero schedule. */
const PARITY = 0x1bd1_1bda;

/** 20 rounds of add, rotate, xor; after each four of them the next two of the three key words are added. */
function encryptBlock(key0: number, key1: number, counter0: number, counter1: number, out: Uint32Array, at: number): void {
  const key2 = PARITY ^ key0 ^ key1;
  let x = (counter0 + key0) | 0;
  let y = (counter1 + key1) | 0;

  x = (x + y) | 0; y = ((y << 13) | (y >>> 19)) ^ x;
  x = (x + y) | 0; y = ((y << 15) | (y >>> 17)) ^ x;
  x = (x + y) | 0; y = ((y << 26) | (y >>> 6)) ^ x;
  x = (x + y) | 0; y = ((y << 6) | (y >>> 26)) ^ x;
  x = (x + key1) | 0; y = (y + key2 + 1) | 0;

  x = (x + y) | 0; y = ((y << 17) | (y >>> 15)) ^ x;
  x = (x + y) | 0; y = ((y << 29) | (y >>> 3)) ^ x;
  x = (x + y) | 0; y = ((y << 16) | (y >>> 16)) ^ x;
  x = (x + y) | 0; y = ((y << 24) | (y >>> 8)) ^ x;
  x = (x + key2) | 0; y = (y + key0 + 2) | 0;

  x = (x + y) | 0; y = ((y << 13) | (y >>> 19)) ^ x;
  x = (x + y) | 0; y = ((y << 15) | (y >>> 17)) ^ x;
  x = (x + y) | 0; y = ((y << 26) | (y >>> 6)) ^ x;
  x = (x + y) | 0; y = ((y << 6) | (y >>> 26)) ^ x;
  x = (x + key0) | 0; y = (y + key1 + 3) | 0;

  x = (x + y) | 0; y = ((y << 17) | (y >>> 15)) ^ x;
  x = (x + y) | 0; y = ((y << 29) | (y >>> 3)) ^ x;
  x = (x + y) | 0; y = ((y << 16) | (y >>> 16)) ^ x;
  x = (x + y) | 0; y = ((y << 24) | (y >>> 8)) ^ x;
  x = (x + key1) | 0; y = (y + key2 + 4) | 0;

  x = (x + y) | 0; y = ((y << 13) | (y >>> 19)) ^ x;
  x = (x + y) | 0; y = ((y << 15) | (y >>> 17)) ^ x;
  x = (x + y) | 0; y = ((y << 26) | (y >>> 6)) ^ x;
  x = (x + y) | 0; y = ((y << 6) | (y >>> 26)) ^ x;
  x = (x + key2) | 0; y = (y + key0 + 5) | 0;

  out[at] = x;
  out[at + 1] = y;
}

/** A chained hash of the UTF-8 bytes, eight at a time: state ← E(state, block) xor block, and at the end the length. */
function hashText(text: string): [number, number] {
  const bytes = new TextEncoder().encode(text);
  const padded = new Uint8Array(8 * Math.ceil(bytes.length / 8));
  padded.set(bytes);
  const view = new DataView(padded.buffer);
  let state: [number, number] = [0, 0];
  for (let at = 0; at < padded.length; at += 8) {
    const block0 = view.getUint32(at, true);
    const block1 = view.getUint32(at + 4, true);
    const [mixed0, mixed1] = threefry2x32(state, block0, block1);
    state = [(mixed0 ^ block0) >>> 0, (mixed1 ^ block1) >>> 0];
  }
  return threefry2x32(state, bytes.length, TEXT);
}

const TEXT = 0x5445_5854; // 'TEXT'
