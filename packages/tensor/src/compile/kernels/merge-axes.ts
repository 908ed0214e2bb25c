/**
 * @file Neighbouring axes become one where a kernel walks through all its arrays without a gap between their rows: a loop is saved,
 * and what is done once per row is done once.
 */
import { allNodes, type Kernel, type Output } from './kernel.ts';
import type { Access } from './node.ts';
import { rebuilder, rebuildRoot } from './rebuild.ts';

/** The same kernel with as few axes as possible. */
export function mergeAxes(kernel: Kernel): Kernel {
  let merged = kernel;
  for (let axis = kernel.shape.length - 2; axis >= 0; axis--) if (canMerge(merged, axis)) merged = merge(merged, axis);
  return merged;
}

/** Of two axes the one that goes: one of length 1, or else the outer one. */
const goingOf = (shape: readonly number[], axis: number): number => (shape[axis + 1] === 1 ? axis + 1 : axis);

/** Whether `axis` and the next one can be one. */
function canMerge(kernel: Kernel, axis: number): boolean {
  const { shape, cuts, outputs } = kernel;
  if (cuts[axis]!.length > 2 || cuts[axis + 1]!.length > 2) return false;
  const [outer, inner] = [shape[axis]!, shape[axis + 1]!];
  const isLong = outer !== 1 && inner !== 1;
  const isGapless = ({ coefficients }: Access): boolean => !isLong || coefficients[axis] === coefficients[axis + 1]! * inner;
  if (!outputs.every((output) => output.kind === 'scatterAdd' || isGapless(output.access))) return false;
  if (!outputs.every((output) => output.kind !== 'reduce' || output.axes.includes(axis) === output.axes.includes(axis + 1))) return false;
  return allNodes(kernel).every((node) => (node.kind === 'load' ? isGapless(node.access) : node.kind !== 'index' || !isLong || (node.axis !== axis && node.axis !== axis + 1)));
}

function merge(kernel: Kernel, axis: number): Kernel {
  const { shape, cuts, outputs } = kernel;
  const going = goingOf(shape, axis);
  const size = shape[axis]! * shape[axis + 1]!;
  // Both axes are gone over in one piece, so what becomes of them is at `axis`.
  const narrowed = <T>(list: readonly T[], own: T): T[] => [...list.slice(0, axis), own, ...list.slice(axis + 2)];
  const moved = ({ coefficients, offset }: Access): Access => ({ coefficients: coefficients.filter((_, k) => k !== going), offset });
  const movedOutput = (output: Output): Output => {
    if (output.kind === 'scatterAdd') return output;
    const access = moved(output.access);
    return output.kind === 'store' ? { ...output, access } : { ...output, access, axes: [...new Set(output.axes.map((k) => (k > axis ? k - 1 : k)))] };
  };
  const rebuild = rebuilder({
    access: moved,
    index: (node, table) => (node.axis === going ? table.literal(0, 'i32') : table.index(node.axis > going ? node.axis - 1 : node.axis, node.interval.low, node.interval.high)),
  });
  // Neither axis is cut: the parts are the same ones in the same order.
  const roots = kernel.roots.map((own) => own.map((root) => rebuildRoot(root, rebuild)));
  return { ...kernel, shape: narrowed(shape, size), cuts: narrowed(cuts, [0, size]), outputs: outputs.map(movedOutput), roots };
}
