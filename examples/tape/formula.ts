/** @file Reads a formula such as `x*sin(x*y) + exp(-y^2)`, and evaluates it with differentiable operations. */

import { neg, type Scalar } from '@tapeflow/autodiff/scalar';
import { UsageError } from '../cli/errors.ts';
import { nearest } from '../cli/suggest.ts';
import { arity, CONSTANTS, FUNCTIONS, OPERATORS, type FormulaFunction } from './functions.ts';

/** A formula taken apart. */
export type Formula =
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'variable'; readonly name: string }
  | { readonly kind: 'call'; readonly f: FormulaFunction; readonly inputs: readonly Formula[] };

/** A formula and its variables, in the order in which they appear. */
export interface ParsedFormula {
  readonly root: Formula;
  readonly variables: readonly string[];
}

/** Longer formulas make pictures that nobody can read. */
export const LONGEST_FORMULA = 400;

/**
 * Reads a formula: numbers, variables, pi and e, + − * / ^, parentheses, and functions (`FUNCTIONS`). As usual −x² is −(x²), and powers
 * are taken from the right.
 *
 * @throws UsageError that names the place of the first mistake.
 */
export function parseFormula(text: string): ParsedFormula {
  if (text.length > LONGEST_FORMULA) throw mistake(`has ${text.length} characters`, `give ${LONGEST_FORMULA} at most`);
  const parser = new Parser(text);
  const root = parser.sum();
  parser.end();
  return { root, variables: [...parser.variables] };
}

/** The value of a formula. `seen` is called with the result of each operation and may return another value to go on with. */
export function evaluateFormula(formula: Formula, values: ReadonlyMap<string, Scalar>, seen: (y: Scalar) => Scalar = (y) => y): Scalar {
  switch (formula.kind) {
    case 'number':
      return formula.value;
    case 'variable':
      return values.get(formula.name)!;
    case 'call': {
      const [a = 0, b = 0] = formula.inputs.map((input) => evaluateFormula(input, values, seen));
      return seen(formula.f(a, b));
    }
  }
}

const TOKEN = /\s*(?:(\d+\.?\d*(?:e[+-]?\d+)?|\.\d+(?:e[+-]?\d+)?)|([a-z]\w*)|([-+*/^(),·×−]))/iy;
const SIGNS: Readonly<Record<string, string>> = { '·': '*', '×': '*', '−': '-' };

interface Token {
  readonly kind: 'number' | 'name' | 'sign' | 'end';
  readonly text: string;
  /** Counted from 1. */
  readonly position: number;
}

/** One method per rule of the grammar, each leaving `token` at what follows. */
class Parser {
  readonly variables = new Set<string>();
  private readonly text: string;
  private token: Token;
  private at = 0;

  constructor(text: string) {
    this.text = text;
    this.token = this.read();
  }

  sum(): Formula {
    return this.chain(['+', '-'], () => this.product());
  }

  end(): void {
    if (this.token.kind !== 'end') throw this.unexpected('an operator or the end');
  }

  private product(): Formula {
    return this.chain(['*', '/'], () => this.signed());
  }

  /** a ∘ b ∘ c, from the left. */
  private chain(signs: readonly string[], part: () => Formula): Formula {
    let left = part();
    while (this.token.kind === 'sign' && signs.includes(this.token.text)) {
      const f = OPERATORS[this.next().text]!;
      left = { kind: 'call', f, inputs: [left, part()] };
    }
    return left;
  }

  private signed(): Formula {
    if (!this.isSign('-')) return this.power();
    this.next();
    const of = this.signed();
    return of.kind === 'number' ? { kind: 'number', value: -of.value } : { kind: 'call', f: neg, inputs: [of] };
  }

  private power(): Formula {
    const base = this.atom();
    if (!this.isSign('^')) return base;
    this.next();
    return { kind: 'call', f: OPERATORS['^']!, inputs: [base, this.signed()] };
  }

  private atom(): Formula {
    if (this.token.kind === 'number') return { kind: 'number', value: Number(this.next().text) };
    if (this.isSign('(')) {
      this.next();
      const inside = this.sum();
      this.take(')');
      return inside;
    }
    if (this.token.kind !== 'name') throw this.unexpected('a number, a name or (');
    const name = this.next();
    return this.isSign('(') ? this.call(name) : this.named(name.text);
  }

  private call({ text: name, position }: Token): Formula {
    if (!Object.hasOwn(FUNCTIONS, name)) {
      const match = nearest(name, Object.keys(FUNCTIONS));
      throw mistake(`there is no function '${name}' (character ${position})`, match === undefined ? `use one of ${Object.keys(FUNCTIONS).join(', ')}` : `did you mean ${match}?`);
    }
    this.take('(');
    const inputs = [this.sum()];
    for (; this.isSign(','); inputs.push(this.sum())) this.next();
    this.take(')');
    const wanted = arity(name);
    if (inputs.length !== wanted) throw mistake(`${name} (character ${position}) has ${inputs.length} arguments`, `give ${wanted}`);
    return { kind: 'call', f: FUNCTIONS[name]!, inputs };
  }

  private named(name: string): Formula {
    const value = Object.hasOwn(CONSTANTS, name) ? CONSTANTS[name] : undefined;
    if (value !== undefined) return { kind: 'number', value };
    this.variables.add(name);
    return { kind: 'variable', name };
  }

  private isSign(sign: string): boolean {
    return this.token.kind === 'sign' && this.token.text === sign;
  }

  private take(sign: string): void {
    if (!this.isSign(sign)) throw this.unexpected(sign);
    this.next();
  }

  private next(): Token {
    const { token } = this;
    this.token = this.read();
    return token;
  }

  private read(): Token {
    const rest = this.text.slice(this.at);
    if (rest.trim() === '') return { kind: 'end', text: '', position: this.text.length + 1 };
    TOKEN.lastIndex = this.at;
    const match = TOKEN.exec(this.text);
    const position = this.at + rest.length - rest.trimStart().length + 1;
    if (match === null) throw mistake(`'${[...rest.trimStart()][0]!}' (character ${position}) means nothing here`, 'use names, numbers, + - * / ^ and parentheses');
    this.at = TOKEN.lastIndex;
    const [, number, name, sign] = match;
    if (number !== undefined) return { kind: 'number', text: number, position };
    if (name !== undefined) return { kind: 'name', text: name, position };
    return { kind: 'sign', text: SIGNS[sign!] ?? sign!, position };
  }

  private unexpected(wanted: string): UsageError {
    const { kind, text, position } = this.token;
    return mistake(kind === 'end' ? 'ends too early' : `'${text}' (character ${position}) is not expected here`, `write ${wanted}`);
  }
}

function mistake(seen: string, advice: string): UsageError {
  return new UsageError({ subject: '--formula', seen, advice });
}
