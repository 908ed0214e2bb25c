/** @file The slow world of random programs: numbers in lists, found by the names of an index, and loops over all indices. */

/** Numbers by an index of names, the last name fastest. */
export interface Slow {
  readonly names: readonly string[];
  readonly sizes: Readonly<Record<string, number>>;
  readonly values: readonly number[];
}

/** An index: a position for each name. */
export type Index = Readonly<Record<string, number>>;

/** Notes a decision that values lead to: which is larger, what comes first. Derivatives exist where no decision changes. */
export type Note = (decision: number) => void;

/** Visits every index over some names, the last name fastest. It is one object that changes. */
function visit(names: readonly string[], sizes: Index, look: (index: Index) => void): void {
  const index: Record<string, number> = {};
  const from = (depth: number): void => {
    const name = names[depth];
    if (name === undefined) return look(index);
    for (let k = 0; k < sizes[name]!; k++) {
      index[name] = k;
      from(depth + 1);
    }
  };
  from(0);
}

/** Every index over some names. */
export function indicesOver(names: readonly string[], sizes: Index): Index[] {
  const all: Index[] = [];
  visit(names, sizes, (index) => all.push({ ...index }));
  return all;
}

/** Values made one by one. */
export function made(names: readonly string[], sizes: Index, value: (index: Index) => number): Slow {
  const own = Object.fromEntries(names.map((name) => [name, sizes[name]!]));
  const values: number[] = [];
  visit(names, own, (index) => values.push(value(index)));
  return { names, sizes: own, values };
}

/** The number at an index, which may have more names than the values: they are constant along those. */
export function at(x: Slow, index: Index): number {
  let flat = 0;
  for (const name of x.names) flat = flat * x.sizes[name]! + index[name]!;
  return x.values[flat]!;
}

/** Names of several, each once. */
export function namesOf(...xs: readonly Slow[]): string[] {
  return [...new Set(xs.flatMap(({ names }) => names))];
}

/** Sizes of several. */
export function sizesOf(...xs: readonly Slow[]): Record<string, number> {
  return Object.assign({}, ...xs.map(({ sizes }) => sizes)) as Record<string, number>;
}

/** A function of numbers at every index. */
export function pointwise(f: (...numbers: number[]) => number, ...xs: readonly Slow[]): Slow {
  return made(namesOf(...xs), sizesOf(...xs), (index) => f(...xs.map((x) => at(x, index))));
}

/** The lines along a name: for each index without it, the values. */
export function alongName(x: Slow, name: string, line: (values: readonly number[]) => readonly number[], length: number = x.sizes[name]!): Slow {
  const others = x.names.filter((other) => other !== name);
  const lines = new Map<string, readonly number[]>();
  const keyOf = (index: Index): string => others.map((other) => index[other]).join(' ');
  for (const index of indicesOver(others, x.sizes)) lines.set(keyOf(index), line(Array.from({ length: x.sizes[name]! }, (_, k) => at(x, { ...index, [name]: k }))));
  return made(x.names, { ...x.sizes, [name]: length }, (index) => lines.get(keyOf(index))![index[name]!]!);
}

/** One number for each line along some names. */
export function reduced(x: Slow, names: readonly string[], f: (values: readonly number[]) => number): Slow {
  const inner = indicesOver(names, x.sizes);
  return made(x.names.filter((name) => !names.includes(name)), x.sizes, (index) => f(inner.map((each) => at(x, { ...index, ...each }))));
}

/** Sum of numbers, one after the other. */
export function total(values: readonly number[]): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum;
}

/** Product of the sizes. */
export const count = ({ values }: Slow): number => values.length;

/** Largest modulus; 0 of nothing. */
export const largest = ({ values }: Slow): number => values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
