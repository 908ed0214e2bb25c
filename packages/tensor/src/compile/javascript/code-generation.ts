/** @file JavaScript made from text, which pages and processes can forbid. The only place where it is made. */

/** A function of these parameters. The text is that of printers: nothing in it comes from a user. */
export function functionFrom(parameters: readonly string[], body: string): (...values: unknown[]) => unknown {
  // oxlint-disable-next-line no-new-func -- what this file is for
  return new Function(...parameters, body) as (...values: unknown[]) => unknown;
}

let allowed: boolean | undefined;

/** Whether it is allowed here. Found by trying it once. */
export function canGenerateCode(): boolean {
  if (allowed === undefined) {
    try {
      allowed = functionFrom([], 'return true')() === true;
    } catch {
      allowed = false;
    }
  }
  return allowed;
}
