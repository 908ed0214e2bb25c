/** @file A slow second opinion on sampling: one point at a time, from what the boundaries are said to do rather than from ghosts. */
import { isPeriodic, startOf, type Layout, type Line } from '../src/layout.ts';
import type { Side } from '../src/index.ts';

/** A stored sample by index, or a number that the boundary knows. */
type Node = { readonly at: number; readonly index: number } | { readonly at: number; readonly value: number };

/** What to add up along one axis: weight times a stored sample or a number. */
interface Term {
  readonly weight: number;
  readonly node: Node;
}

/** Numbers that boundaries hold, by their text. */
const valueOf = (side: Side): number => Number(/constant\((\S+?)( at the ghost)?\)/.exec(String(side))![1]);

/** The nodes between which a line is linear, in cells from the lower side; past the outermost ones it is constant. */
function nodesOf(line: Line): Node[] {
  const { count, lower, upper, axis, position } = line;
  const start = startOf(line);
  const stored = Array.from({ length: count }, (_, index): Node => ({ at: start + index, index }));
  const beyond = (side: Side, face: number, outwards: 1 | -1): Node[] => {
    if (side.name === 'antisymmetric') return [{ at: face, value: 0 }];
    if (side.name !== 'constant') return [];
    const onGhost = position === 'center' && String(side).endsWith('at the ghost)');
    return [{ at: face + (onGhost ? outwards * 0.5 : 0), value: valueOf(side) }];
  };
  return [...beyond(lower, 0, -1), ...stored, ...beyond(upper, axis.cells, 1)];
}

function termsAt(line: Line, where: number): Term[] {
  const { cells } = line.axis;
  if (isPeriodic(line)) {
    const q = where - startOf(line);
    const first = Math.floor(q);
    const wrap = (k: number): number => ((k % cells) + cells) % cells;
    return [
      { weight: first + 1 - q, node: { at: 0, index: wrap(first) } },
      { weight: q - first, node: { at: 0, index: wrap(first + 1) } },
    ];
  }
  const nodes = nodesOf(line);
  const next = nodes.findIndex(({ at }) => at >= where);
  if (nodes.length === 1) return [{ weight: 1, node: nodes[0]! }];
  // Past the ends it is the last two that count as its neighbours, the outer one with all the weight.
  const upper = next < 0 ? nodes.length - 1 : Math.max(next, 1);
  const [a, b] = [nodes[upper - 1]!, nodes[upper]!];
  const share = Math.min(Math.max((where - a.at) / (b.at - a.at), 0), 1);
  return [
    { weight: 1 - share, node: a },
    { weight: share, node: b },
  ];
}

/** Where the mirror image of a point beyond a mirror is, and the sign of the image. */
function mirrored({ lower, upper, axis: { cells } }: Line, where: number): { at: number; sign: number } {
  const side = where < 0 ? lower : where > cells ? upper : undefined;
  if (side?.name !== 'symmetric' && side?.name !== 'antisymmetric') return { at: where, sign: 1 };
  return { at: where < 0 ? -where : 2 * cells - where, sign: side.name === 'symmetric' ? 1 : -1 };
}

/**
 * The value of one component at one point, given in cells. `read` takes indices by axis. A mirror shows all that is on its other
 * side, also what lies beyond other sides there. Where other sides meet, the later axis speaks last: a value it knows holds
 * whatever lies beyond the earlier ones.
 */
export function valueAt(layout: Layout, point: Readonly<Record<string, number>>, read: Read): number {
  return neighboursOf(layout, point, read).reduce((total, { weight, value }) => total + (weight === 0 ? 0 : weight * value), 0);
}

/** Stored samples by their indices along each axis. */
export type Read = (indices: Readonly<Record<string, number>>) => number;

/** Stored samples of a tensor of this layout, x innermost. */
export function reader(values: readonly number[], layout: Layout): Read {
  return (indices) => values[layout.reduceRight((offset, { axis: { name }, count }) => offset * count + indices[name]!, 0)]!;
}

/** The samples around one point, 2 to the power of the dimension of them, and their weights. */
export function neighboursOf(layout: Layout, point: Readonly<Record<string, number>>, read: Read): { readonly weight: number; readonly value: number }[] {
  const images = Object.fromEntries(layout.map((line) => [line.axis.name, mirrored(line, point[line.axis.name]!)]));
  const sign = Object.values(images).reduce((product, image) => product * image.sign, 1);
  const along = (axis: number, indices: Readonly<Record<string, number>>): { weight: number; value: number }[] => {
    if (axis < 0) return [{ weight: 1, value: sign * read(indices) }];
    const { name } = layout[axis]!.axis;
    return termsAt(layout[axis]!, images[name]!.at).flatMap(({ weight, node }) => {
      if ('value' in node) return [{ weight, value: sign * node.value }];
      return along(axis - 1, { ...indices, [name]: node.index }).map((inner) => ({ weight: weight * inner.weight, value: inner.value }));
    });
  };
  return along(layout.length - 1, {});
}
