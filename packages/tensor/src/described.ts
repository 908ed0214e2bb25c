/** @file Objects that Node shows as their text. */

/** Shown as text by Node. Its method has a symbol for a name, which a declaration file cannot list. */
export const Described: new () => object = class {
  [Symbol.for('nodejs.util.inspect.custom')](this: { toString(): string }): string {
    return this.toString();
  }
};

/** More item names than this are cut. */
const MOST_ITEMS = 12;

/** Item names one after the other: the first few of many. */
export function listItems(items: readonly string[], separator = ','): string {
  return items.length <= MOST_ITEMS ? items.join(separator) : `${items.slice(0, 3).join(separator)}${separator}… (${items.length} items)`;
}
