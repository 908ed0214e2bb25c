/** @file JSON from strangers: keys may not occur twice or reach prototypes, nesting has a limit. `JSON.parse` would keep the last of two keys. */

/** A JSON value. Objects have no prototype. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject;
/** A JSON object, without a prototype. */
export interface JsonObject {
  readonly [key: string]: Json;
}

/** What is refused, and which key it is about. */
export type JsonComplaint = { readonly problem: 'syntax' | 'duplicate-key' | 'forbidden-name'; readonly key: string; readonly seen: string };

/** Keys that mean something else than a key where somebody copies an object carelessly. */
const FORBIDDEN: ReadonlySet<string> = /* @__PURE__ */ new Set(['__proto__', 'constructor', 'prototype']);

/** Whether a name must not be the key of an entry. */
export function isForbiddenName(name: string): boolean {
  return FORBIDDEN.has(name);
}

/** Thrown inside; whoever reads a format says it in its own words. */
export class JsonError extends Error {
  readonly complaint: JsonComplaint;
  constructor(complaint: JsonComplaint) {
    super(complaint.seen);
    this.name = 'JsonError';
    this.complaint = complaint;
  }
}

/** Reads a JSON text, not nested deeper than `depth`. Throws `JsonError`. */
export function parseStrictJson(text: string, depth: number): Json {
  const reader = new Reader(text);
  const value = reader.value(depth);
  reader.end();
  return value;
}

class Reader {
  private readonly text: string;
  private at = 0;

  constructor(text: string) {
    this.text = text;
  }

  value(depth: number): Json {
    const sign = this.peek();
    if (sign === '"') return this.string();
    if (sign === '{' || sign === '[') {
      if (depth === 0) this.fail('syntax', '', 'it is nested too deep.');
      return sign === '{' ? this.object(depth - 1) : this.list(depth - 1);
    }
    const word = this.match(/true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y);
    return word === undefined ? this.unexpected('a value') : (JSON.parse(word) as number | boolean | null);
  }

  end(): void {
    if (this.peek() !== undefined) this.unexpected('the end');
  }

  private object(depth: number): JsonObject {
    const object = Object.create(null) as Record<string, Json>;
    this.at++;
    if (this.take('}')) return object;
    do {
      const key = this.peek() === '"' ? this.string() : this.unexpected('a key');
      if (isForbiddenName(key)) this.fail('forbidden-name', key, 'this name is not allowed.');
      if (key in object) this.fail('duplicate-key', key, 'this key occurs twice.');
      this.expect(':');
      object[key] = this.value(depth);
    } while (this.take(','));
    this.expect('}');
    return object;
  }

  private list(depth: number): Json[] {
    const list: Json[] = [];
    this.at++;
    if (this.take(']')) return list;
    do list.push(this.value(depth));
    while (this.take(','));
    this.expect(']');
    return list;
  }

  private string(): string {
    const from = this.at;
    // One character after the other: a pattern with a choice inside a repetition would overflow the stack at long texts.
    for (this.at++; this.text[this.at] !== '"'; this.at++) {
      if (this.at >= this.text.length) this.unexpected('the end of a text');
      if (this.text[this.at] === '\\') this.at++;
    }
    this.at++;
    try {
      return JSON.parse(this.text.slice(from, this.at)) as string;
    } catch {
      return this.fail('syntax', '', `it has a text with a wrong escape or a control character at position ${from}.`);
    }
  }

  private match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text)?.[0];
    this.at += found?.length ?? 0;
    return found;
  }

  private peek(): string | undefined {
    while (this.at < this.text.length && ' \t\r\n'.includes(this.text[this.at]!)) this.at++;
    return this.text[this.at];
  }

  private take(sign: string): boolean {
    if (this.peek() !== sign) return false;
    this.at++;
    return true;
  }

  private expect(sign: string): void {
    if (!this.take(sign)) this.unexpected(`'${sign}'`);
  }

  private unexpected(wanted: string): never {
    const here = this.at >= this.text.length ? 'ends' : `has ${JSON.stringify(this.text.slice(this.at, this.at + 12))}`;
    return this.fail('syntax', '', `it ${here} at position ${this.at}, where ${wanted} was expected.`);
  }

  private fail(problem: JsonComplaint['problem'], key: string, seen: string): never {
    throw new JsonError({ problem, key, seen });
  }
}
