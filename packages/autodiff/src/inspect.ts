/** @file Looking at the tape: as a list, as JSON, and as a Graphviz graph. */
import { recordLeaves } from './reverse.ts';
import { spaceOf } from './spaces.ts';
import { RecordedOperation, ReverseBox, type TapeEntry } from './tape.ts';
import { flatten } from './tree.ts';
import { Box, type Value } from './value.ts';

/** One line of a tape. */
export interface TapeLine {
  readonly operation: string;
  /** Numbers of lines and arguments (`x0`, `x1` …), or the text of a constant. */
  readonly inputs: readonly (number | string)[];
  readonly outputs: readonly string[];
  readonly bytes: number;
}

/** A recorded function as plain data. */
export interface TapeDescription {
  readonly arguments: readonly { readonly name: string; readonly type: string }[];
  readonly lines: readonly TapeLine[];
  readonly results: readonly (number | string)[];
}

const boxesOf = (entry: TapeEntry): readonly ReverseBox[] => (entry instanceof RecordedOperation ? entry.boxes : [entry]);

/** Records `f(...args)` and describes its tape. The result is plain JSON. */
export function describeTape<Args extends readonly unknown[]>(f: (...args: Args) => unknown, ...args: Args): TapeDescription {
  const flat = flatten([...args], 'describeTape');
  const named = new Map<Value, number | string>();
  const names = flat.structure.paths.map((path) => `x${path.replace(/^\[(\d+)\]/, '$1')}`);
  let results: readonly Value[] = [];
  const { level } = recordLeaves(
    (xs) => {
      xs.forEach((x, k) => named.set(x, names[k]!));
      results = flatten(f(...(flat.structure.unflatten(xs) as Args)), 'describeTape').leaves;
      return results;
    },
    flat.leaves,
    flat.leaves.map(spaceOf),
    'describeTape',
  );
  const describe = (value: Value): number | string => named.get(value) ?? (value instanceof Box ? value.toString() : typeof value === 'number' ? String(value) : 'constant');
  const lines = level.entries.map((entry, position): TapeLine => {
    const inputs = entry.inputs.map(describe);
    const boxes = boxesOf(entry);
    for (const box of boxes) named.set(box, position);
    return {
      operation: entry.primitive!.name,
      inputs,
      outputs: boxes.map((box) => box.space.describe(box.type)),
      bytes: boxes.reduce((total, box) => total + box.space.bytes(box.type), 0),
    };
  });
  return {
    arguments: flat.leaves.map((leaf, k) => {
      const space = spaceOf(leaf);
      return { name: names[k]!, type: space.describe(leaf instanceof Box ? leaf.type : space.typeOf(leaf)) };
    }),
    lines,
    results: results.map(describe),
  };
}

const label = (input: number | string): string => (typeof input === 'number' ? `%${input}` : input);

/** The tape as text, one operation a line. */
export function tapeToText(tape: TapeDescription): string {
  return [
    ...tape.arguments.map(({ name, type }) => `${name}: ${type}`),
    ...tape.lines.map(({ operation, inputs, outputs }, k) => `%${k} = ${operation}(${inputs.map(label).join(', ')})    ${outputs.join(', ')}`),
    `return ${tape.results.map(label).join(', ')}`,
  ].join('\n');
}

/** The tape as a Graphviz graph. */
export function tapeToGraphviz(tape: TapeDescription): string {
  const quote = (text: string): string => `"${text.replace(/["\\]/g, '\\$&')}"`;
  const node = (input: number | string): string => quote(typeof input === 'number' ? `%${input}` : input);
  const lines = ['digraph tape {', '  rankdir=LR;', '  node [shape=box, fontname="sans-serif"];'];
  for (const { name } of tape.arguments) lines.push(`  ${node(name)} [shape=ellipse];`);
  tape.lines.forEach(({ operation, inputs, outputs }, k) => {
    lines.push(`  ${node(k)} [label=${quote(`${operation}\\n${outputs.join(', ')}`).replace(/\\\\n/g, '\\n')}];`);
    for (const input of inputs) lines.push(`  ${node(input)} -> ${node(k)};`);
  });
  tape.results.forEach((result, k) => lines.push(`  ${quote(`result ${k}`)} [shape=ellipse];`, `  ${node(result)} -> ${quote(`result ${k}`)};`));
  lines.push('}');
  return lines.join('\n');
}
