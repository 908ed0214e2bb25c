/** @file Values of more arrays than one kernel may read: a part of them is computed by a kernel of its own, and read from there. */
import { inputsOf, type Access, type Node } from '../kernels/node.ts';

/** The buffers that a value is computed from. */
export function buffersOf(root: Node, known: Map<Node, ReadonlySet<number>> = new Map()): ReadonlySet<number> {
  let found = known.get(root);
  if (found === undefined) {
    const all = new Set(inputsOf(root).flatMap((input) => [...buffersOf(input, known)]));
    if (root.kind === 'load' || root.kind === 'gather') all.add(root.buffer);
    known.set(root, (found = all));
  }
  return found;
}

/**
 * The value on the way down from the root that is made of the most arrays, but of no more than `most`, counted by `count`. There is one
 * wherever the root has more: operations have three inputs at most, so one of them has at least a third of what the operation has.
 */
export function largestWithin(root: Node, most: number, count: (buffers: ReadonlySet<number>) => number): Node {
  const known = new Map<Node, ReadonlySet<number>>();
  const seen = new Set<Node>();
  let best: Node | undefined;
  let bestCount = 1;
  const visit = (node: Node): void => {
    if (seen.has(node)) return;
    seen.add(node);
    const own = count(buffersOf(node, known));
    if (own > most) inputsOf(node).forEach(visit);
    else if (own > bestCount) [best, bestCount] = [node, own];
  };
  visit(root);
  if (best === undefined) throw new RangeError(`largestWithin: no part of a value of ${count(buffersOf(root))} arrays has from 2 to ${most} of them.`);
  return best;
}

/** The same value, where `part` is read from a buffer. */
export function replaced(root: Node, part: Node, buffer: number, access: Access): Node {
  const known = new Map<Node, Node>([[part, { kind: 'load', id: -1, dtype: part.dtype, depth: access.coefficients.length, interval: part.interval, buffer, access }]]);
  const again = (node: Node): Node => {
    let result = known.get(node);
    if (result === undefined) known.set(node, (result = rebuilt(node, again)));
    return result;
  };
  return again(root);
}

function rebuilt(node: Node, again: (node: Node) => Node): Node {
  const inputs = inputsOf(node);
  const made = inputs.map(again);
  if (made.every((input, k) => input === inputs[k])) return node;
  switch (node.kind) {
    case 'operation':
      return { ...node, inputs: made };
    case 'convert':
    case 'within':
      return { ...node, input: made[0]! };
    case 'gather':
      return { ...node, index: made[0]!, base: made[1] };
    default:
      return node;
  }
}
