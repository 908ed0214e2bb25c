/** @file PNG row filters: each byte is stored as its difference from a guess made out of its neighbours. */

/** The guess for a byte from the bytes to the left, above, and above left. Source [PNG, 9.2]. */
const GUESSES: readonly ((left: number, above: number, corner: number) => number)[] = [
  () => 0,
  (left) => left,
  (_, above) => above,
  (left, above) => (left + above) >> 1,
  paeth,
];

/** How many filters there are; a row that names another one is damaged. */
export const FILTERS: number = GUESSES.length;

/**
 * Undoes a filter in place.
 *
 * @param row the filtered bytes, replaced by the plain ones
 * @param above the plain bytes of the row above, empty for the first row
 * @param step bytes per whole pixel, at least 1
 */
export function unfilterRow(filter: number, row: Uint8Array, above: Uint8Array, step: number): void {
  const guess = GUESSES[filter] ?? paeth;
  if (filter === 0) return;
  for (let i = 0; i < row.length; i++) {
    const left = i < step ? 0 : (row[i - step] ?? 0);
    const corner = i < step ? 0 : (above[i - step] ?? 0);
    row[i] = (row[i] ?? 0) + guess(left, above[i] ?? 0, corner); // stored modulo 256
  }
}

/**
 * Filters a row with the filter whose result looks easiest to compress: the smallest sum of absolute differences.
 *
 * @returns the filter's number, followed by the filtered bytes
 * Source [PNG, 12.8]
 */
export function filterRow(row: Uint8Array, above: Uint8Array, step: number): Uint8Array {
  let best = new Uint8Array(0);
  let leastCost = Infinity;
  for (const [filter, guess] of GUESSES.entries()) {
    const filtered = new Uint8Array(row.length + 1);
    filtered[0] = filter;
    let cost = 0;
    for (let i = 0; i < row.length && cost < leastCost; i++) {
      const left = i < step ? 0 : (row[i - step] ?? 0);
      const corner = i < step ? 0 : (above[i - step] ?? 0);
      const difference = ((row[i] ?? 0) - guess(left, above[i] ?? 0, corner)) & 255;
      filtered[i + 1] = difference;
      cost += Math.min(difference, 256 - difference);
    }
    if (cost < leastCost) [best, leastCost] = [filtered, cost];
  }
  return best;
}

/** The neighbour closest to left + above − corner, ties in the order left, above, corner. Source [PNG, 9.4]. */
function paeth(left: number, above: number, corner: number): number {
  const toLeft = Math.abs(above - corner);
  const toAbove = Math.abs(left - corner);
  const toCorner = Math.abs(left + above - 2 * corner);
  if (toLeft <= toAbove && toLeft <= toCorner) return left;
  return toAbove <= toCorner ? above : corner;
}
