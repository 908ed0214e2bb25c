/** @file Whether JavaScript may be made from text here: pages and processes can forbid it. */

let allowed: boolean | undefined;

/** Found by trying it once. */
export function canGenerateCode(): boolean {
  if (allowed === undefined) {
    try {
      allowed = (new Function('return true') as () => boolean)();
    } catch {
      allowed = false;
    }
  }
  return allowed;
}
