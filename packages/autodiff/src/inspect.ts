/** @file Looking at the tape: as a list, as JSON, and as a Graphviz graph. */
import { flattenResult } from './result.ts';
import { recordLeaves } from './reverse.ts';
import { abstractOf, spaceOf } from './spaces.ts';
import { entryAt } from './tape-entries.ts';
import { flatten } from './tree.ts';
import { Box, typeIn, type Value } from './value.ts';

/** One line of a tape. */
export interface TapeLine {
  readonly operation: string;
  /** `%3`: the result of line 3; `%3.1`: its second result; `x0`, `x1.speed`: an argument; anything else: the text of a constant. */
  readonly inputs: readonly string[];
  /** Types of the results. */
  readonly outputs: readonly string[];
  /** What the results take on the tape. */
  readonly bytes: number;
}

/** A recorded function as plain data, ready for `JSON.stringify`. */
export interface TapeDescription {
  readonly arguments: readonly { readonly name: string; readonly type: string }[];
  readonly lines: readonly TapeLine[];
  /** What the function returned, written like the inputs of a line. */
  readonly results: readonly string[];
}

/** Records `f(...args)` and describes its tape. */
export function describeTape<Args extends readonly unknown[]>(f: (...args: Args) => unknown, ...args: Args): TapeDescription {
  const flat = flatten([...args], 'describeTape');
  const names = flat.structure.paths.map((path) => `x${path.replace(/^\[(\d+)\]/, '$1')}`);
  let results: readonly Value[] = [];
  const { level } = recordLeaves(
    (xs) => {
      results = flattenResult('describeTape', f(...(flat.structure.unflatten(xs) as Args))).leaves;
      return results;
    },
    flat.leaves,
    flat.leaves.map(spaceOf),
    'describeTape',
  );
  const named = [...names];
  const nameOf = (value: Value): string => (level.isMine(value) ? named[value.row]! : constantText(value));
  const lines: TapeLine[] = [];
  for (let row = 0; row < level.rows.length; row++) {
    const entry = entryAt(level, row);
    if (entry === undefined) continue;
    const position = lines.length;
    const inputs = entry.inputs.map((input) => ('row' in input ? named[input.row]! : constantText(input.constant)));
    const types = entry.outputs.map((y, k) => {
      named[row + k] = k === 0 ? `%${position}` : `%${position}.${k}`;
      const space = level.spaceAt(row + k);
      return { space, type: typeIn(space, y) };
    });
    lines.push({
      operation: entry.primitive.name,
      inputs,
      outputs: types.map(({ space, type }) => space.describe(type)),
      bytes: types.reduce((total, { space, type }) => total + space.bytes(type), 0),
    });
  }
  const described = flat.leaves.map((leaf, k) => {
    const { space, type } = abstractOf(leaf);
    return { name: names[k]!, type: space.describe(type) };
  });
  return { arguments: described, lines, results: results.map(nameOf) };
}

function constantText(value: Value): string {
  if (typeof value === 'number') return String(value);
  if (value instanceof Box) return value.toString();
  const { space, type } = abstractOf(value);
  return `constant ${space.describe(type)}`;
}

/** The tape as text, one operation a line. */
export function tapeToText(tape: TapeDescription): string {
  return [
    ...tape.arguments.map(({ name, type }) => `${name}: ${type}`),
    ...tape.lines.map(({ operation, inputs, outputs }, k) => `%${k} = ${operation}(${inputs.join(', ')})    ${outputs.join(', ')}`),
    `return ${tape.results.join(', ')}`,
  ].join('\n');
}

/** The tape as a Graphviz graph (`dot -Tsvg`). */
export function tapeToGraphviz(tape: TapeDescription): string {
  const escaped = (text: string): string => text.replace(/["\\]/g, '\\$&');
  const quote = (text: string): string => `"${escaped(text)}"`;
  // All results of a line leave from its one node.
  const node = (name: string): string => quote(name.replace(/^(%\d+)\.\d+$/, '$1'));
  const lines = ['digraph tape {', '  rankdir=LR;', '  node [shape=box, fontname="sans-serif"];'];
  for (const { name } of tape.arguments) lines.push(`  ${quote(name)} [shape=ellipse];`);
  tape.lines.forEach(({ operation, inputs, outputs }, k) => {
    lines.push(`  "%${k}" [label="${escaped(operation)}\\n${escaped(outputs.join(', '))}"];`);
    for (const input of inputs) lines.push(`  ${node(input)} -> "%${k}";`);
  });
  tape.results.forEach((result, k) => lines.push(`  "result ${k}" [shape=ellipse];`, `  ${node(result)} -> "result ${k}";`));
  lines.push('}');
  return lines.join('\n');
}
