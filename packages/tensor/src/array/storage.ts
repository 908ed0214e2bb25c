/** @file Storage: the memory of an array, and who owns it. */
import { LentResultError } from '../errors.ts';
import type { TypedArray } from './dtype.ts';
import { expectBytes } from './heap.ts';

/** Something that lends memory to arrays for a while, such as a compiled program, or that keeps their numbers elsewhere, such as a device. */
export interface MemoryOwner {
  readonly name: string;
}

let lastId = 0;

function copyOnHeap(data: TypedArray): TypedArray {
  expectBytes(data.byteLength);
  return data.slice();
}

/** Found by structured cloning, which would lose the numbers without a word: a function cannot be cloned, and the error shows this one. */
function sendWithToTransferable(): void {
  // Tensors are sent by toTransferable(tree) and fromTransferable(message).
}

/**
 * The memory behind one or more arrays. Heap storage never changes. Storage in the memory of a program lives there until
 * the program runs again or somebody reads it: then `moveToHeap` copies it out, and all views of it follow. Only memory that was
 * shared on request may be written by somebody else; it says so.
 */
export class Storage {
  /** Tells this memory from all others, also from those that are gone. */
  readonly id: number = ++lastId;
  #data: TypedArray | undefined;
  #fetch: (() => TypedArray) | undefined;
  /** What is thrown to those who read what was taken back. */
  #lost: () => Error = () => new LentResultError();
  #owner: MemoryOwner | undefined;
  #isShared = false;
  /** Makes `structuredClone` and `postMessage` throw. */
  readonly '~notCloned': () => void = sendWithToTransferable;

  /** Numbers that are elsewhere are fetched by a function when somebody first reads them. */
  constructor(data: TypedArray | (() => TypedArray), owner?: MemoryOwner) {
    if (typeof data === 'function') this.#fetch = data;
    else this.#data = data;
    this.#owner = owner;
  }

  get data(): TypedArray {
    if (this.#data !== undefined) return this.#data;
    if (this.#fetch === undefined) throw this.#lost();
    return (this.#data = this.#fetch());
  }

  /** Undefined: the JavaScript heap. */
  get owner(): MemoryOwner | undefined {
    return this.#owner;
  }

  /** Whether code outside holds this memory and may write to it. */
  get isShared(): boolean {
    return this.#isShared;
  }

  /** Moves to the heap, into a buffer that has no other arrays in it, unless the memory is shared already. */
  moveToOwnBuffer(): void {
    this.moveToHeap();
    if (!this.#isShared && this.data.byteLength < this.data.buffer.byteLength) this.#data = copyOnHeap(this.data);
  }

  /** Says from now on that the memory, which then is on the heap, is shared. */
  markShared(): void {
    this.moveToHeap();
    this.#isShared = true;
  }

  moveToHeap(): void {
    if (this.#owner === undefined) return;
    // What was fetched is on the heap already.
    this.#data = this.#fetch === undefined ? copyOnHeap(this.data) : this.data;
    this.#fetch = undefined;
    this.#owner = undefined;
  }

  /** Gives the memory away, wherever it is, unless code outside holds it, too: who reads it from now on gets an error. */
  giveAway(lost: () => Error): void {
    if (this.#isShared) return;
    this.#owner = undefined;
    this.#data = undefined;
    this.#fetch = undefined;
    this.#lost = lost;
  }

  /** Takes back what was lent: nobody can read it any more, and who tries gets an error. */
  takeBack(lost: () => Error = this.#lost): void {
    if (this.#owner === undefined) return;
    this.#data = undefined;
    this.#fetch = undefined;
    this.#lost = lost;
  }
}
