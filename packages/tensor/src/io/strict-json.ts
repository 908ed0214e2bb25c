/** @file JSON from strangers: keys may not occur twice or reach prototypes, nesting has a limit. `JSON.parse` would keep the last of two keys. */
import { Scanner } from './scanner.ts';

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
  private readonly scanner: Scanner;

  constructor(text: string) {
    this.scanner = new Scanner(text);
  }

  value(depth: number): Json {
    const sign = this.scanner.peek();
    if (sign === '"') return this.string();
    if (sign === '{' || sign === '[') {
      if (depth === 0) this.fail('syntax', '', 'it is nested too deep.');
      return sign === '{' ? this.object(depth - 1) : this.list(depth - 1);
    }
    const word = this.scanner.match(/true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y);
    return word === undefined ? this.unexpected('a value') : (JSON.parse(word) as number | boolean | null);
  }

  end(): void {
    if (this.scanner.peek() !== undefined) this.unexpected('the end');
  }

  private object(depth: number): JsonObject {
    const object = Object.create(null) as Record<string, Json>;
    this.scanner.at++;
    if (this.scanner.take('}')) return object;
    do {
      const key = this.scanner.peek() === '"' ? this.string() : this.unexpected('a key');
      if (isForbiddenName(key)) this.fail('forbidden-name', key, 'this name is not allowed.');
      if (key in object) this.fail('duplicate-key', key, 'this key occurs twice.');
      this.expect(':');
      object[key] = this.value(depth);
    } while (this.scanner.take(','));
    this.expect('}');
    return object;
  }

  private list(depth: number): Json[] {
    const list: Json[] = [];
    this.scanner.at++;
    if (this.scanner.take(']')) return list;
    do list.push(this.value(depth));
    while (this.scanner.take(','));
    this.expect(']');
    return list;
  }

  private string(): string {
    const { scanner } = this;
    const { text, at: from } = scanner;
    // One character after the other: a pattern with a choice inside a repetition would overflow the stack at long texts.
    for (scanner.at++; text[scanner.at] !== '"'; scanner.at++) {
      if (scanner.at >= text.length) this.unexpected('the end of a text');
      if (text[scanner.at] === '\\') scanner.at++;
    }
    scanner.at++;
    try {
      return JSON.parse(text.slice(from, scanner.at)) as string;
    } catch {
      return this.fail('syntax', '', `it has a text with a wrong escape or a control character at position ${from}.`);
    }
  }

  private expect(sign: string): void {
    if (!this.scanner.take(sign)) this.unexpected(`'${sign}'`);
  }

  private unexpected(wanted: string): never {
    const rest = this.scanner.rest();
    return this.fail('syntax', '', `it ${rest === undefined ? 'ends' : `has ${rest}`} at position ${this.scanner.at}, where ${wanted} was expected.`);
  }

  private fail(problem: JsonComplaint['problem'], key: string, seen: string): never {
    throw new JsonError({ problem, key, seen });
  }
}
