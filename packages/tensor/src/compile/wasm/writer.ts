/** @file A growable byte buffer with the number encodings of the WebAssembly binary format. */

/** Why the assembler refused. */
export type AssemblyErrorReason =
  | 'unknown-local'
  | 'unknown-function'
  | 'unknown-global'
  | 'unbalanced-block'
  | 'bad-immediate'
  | 'limit-exceeded'
  | 'import-after-definition'
  | 'undefined-function'
  | 'duplicate-export';

/** A mistake in building a module, found where it is made and not when an engine refuses the bytes. */
export class AssemblyError extends Error {
  override readonly name: string = 'AssemblyError';
  readonly reason: AssemblyErrorReason;
  /** The function or module item being built, e.g. `function 'axpy'`. */
  readonly where: string;

  constructor(reason: AssemblyErrorReason, where: string, message: string) {
    super(`${where}: ${message}`);
    this.reason = reason;
    this.where = where;
  }
}

/** Bytes appended one encoded number at a time. Grows by doubling. */
export class ByteWriter {
  #bytes: Uint8Array<ArrayBuffer>;
  #view: DataView;
  #length = 0;

  constructor(capacity = 64) {
    this.#bytes = new Uint8Array(Math.max(capacity, 16));
    this.#view = new DataView(this.#bytes.buffer);
  }

  get length(): number {
    return this.#length;
  }

  /** One byte. */
  u8(value: number): void {
    this.#reserve(1);
    this.#bytes[this.#length++] = value;
  }

  /** Unsigned LEB128 of 0 … 2³² − 1. */
  u32(value: number): void {
    this.#reserve(5);
    let rest = value >>> 0;
    while (rest > 0x7f) {
      this.#bytes[this.#length++] = (rest & 0x7f) | 0x80;
      rest >>>= 7;
    }
    this.#bytes[this.#length++] = rest;
  }

  /** Signed LEB128 of −2³¹ … 2³¹ − 1; larger numbers wrap around. */
  s32(value: number): void {
    this.#reserve(5);
    let rest = value | 0;
    while (rest < -0x40 || rest > 0x3f) {
      this.#bytes[this.#length++] = (rest & 0x7f) | 0x80;
      rest >>= 7;
    }
    this.#bytes[this.#length++] = rest & 0x7f;
  }

  /** Signed LEB128 of −2⁶³ … 2⁶³ − 1; larger numbers wrap around. */
  s64(value: bigint): void {
    this.#reserve(10);
    let rest = BigInt.asIntN(64, value);
    while (rest < -0x40n || rest > 0x3fn) {
      this.#bytes[this.#length++] = Number(rest & 0x7fn) | 0x80;
      rest >>= 7n;
    }
    this.#bytes[this.#length++] = Number(rest & 0x7fn);
  }

  /** Four bytes, little endian. */
  f32(value: number): void {
    this.#reserve(4);
    this.#view.setFloat32(this.#length, value, true);
    this.#length += 4;
  }

  /** Eight bytes, little endian. */
  f64(value: number): void {
    this.#reserve(8);
    this.#view.setFloat64(this.#length, value, true);
    this.#length += 8;
  }

  /** Four bytes, little endian, of a 32-bit integer (not LEB128). */
  fixed32(value: number): void {
    this.#reserve(4);
    this.#view.setInt32(this.#length, value, true);
    this.#length += 4;
  }

  /** Raw bytes without a length. */
  bytes(source: Uint8Array): void {
    this.#reserve(source.length);
    this.#bytes.set(source, this.#length);
    this.#length += source.length;
  }

  /** The length of another writer's content, then the content: how sections and function bodies are stored. */
  sized(content: ByteWriter): void {
    this.u32(content.length);
    this.append(content);
  }

  /** Another writer's content. */
  append(content: ByteWriter): void {
    this.bytes(content.#bytes.subarray(0, content.#length));
  }

  /** A UTF-8 string with its length. */
  text(value: string): void {
    const encoded = new TextEncoder().encode(value);
    this.u32(encoded.length);
    this.bytes(encoded);
  }

  /** A copy of everything written so far. */
  toBytes(): Uint8Array<ArrayBuffer> {
    return this.#bytes.slice(0, this.#length);
  }

  #reserve(count: number): void {
    const needed = this.#length + count;
    if (needed <= this.#bytes.length) return;
    const grown = new Uint8Array(Math.max(needed, 2 * this.#bytes.length));
    grown.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = grown;
    this.#view = new DataView(grown.buffer);
  }
}
