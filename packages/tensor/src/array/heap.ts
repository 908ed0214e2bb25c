/**
 * @file Memory of large arrays that come and go. The C library of Linux returns freed blocks to the system, so that the next large array consists of
 * new pages, each of which costs a fault: more than the numbers in it on many virtual machines. But it learns: once a block of a
 * size has been freed, blocks up to that size, and twice as much in all, stay with the process (M_MMAP_THRESHOLD in mallopt(3)).
 */

/** Almost the largest size from which it learns, 32 MB. */
const LESSON = 2 ** 25 - 2 ** 16;
/** Smaller arrays, in bytes, are none of this matter. */
const LARGE = 2 ** 14;

let isTaught = false;

/** Is to be called with the size of new memory. The first time that it is large, a block is allocated that nobody touches, for the garbage collector to free. */
export function expectBytes(bytes: number): void {
  if (bytes < LARGE || isTaught) return;
  const { process } = globalThis as { process?: { platform?: string } };
  try {
    // Its length is used, so that no bundler leaves the block out.
    isTaught = process?.platform !== 'linux' || new ArrayBuffer(LESSON).byteLength > 0;
  } catch {
    // Where there is no room for it, everything works as it did without.
    isTaught = true;
  }
}
