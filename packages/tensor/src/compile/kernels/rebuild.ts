/** @file Values of a kernel made anew, for another numbering of its buffers or axes. */
import type { Root } from './kernel.ts';
import { NodeTable, type Access, type IndexNode, type Node } from './node.ts';

/** What is different in the new kernel. */
export interface Changes {
  readonly buffer?: (buffer: number) => number;
  readonly access?: (access: Access) => Access;
  readonly index?: (node: IndexNode, table: NodeTable) => Node;
}

/** Makes the same values with some things changed; equal values are one node. */
export function rebuilder({ buffer = (own) => own, access = (own) => own, index = (node, table) => table.index(node.axis, node.interval.low, node.interval.high) }: Changes): (node: Node) => Node {
  const table = new NodeTable();
  const known = new Map<Node, Node>();
  const rebuild = (node: Node): Node => {
    let result = known.get(node);
    if (result === undefined) known.set(node, (result = again(node)));
    return result;
  };
  const again = (node: Node): Node => {
    switch (node.kind) {
      case 'literal':
        return table.literal(node.value, node.dtype);
      case 'index':
        return index(node, table);
      case 'load':
        return table.load(buffer(node.buffer), node.dtype, access(node.access));
      case 'gather':
        return table.gather(buffer(node.buffer), node.dtype, rebuild(node.index), node.length, node.base && rebuild(node.base));
      case 'operation':
        return table.operation(node.operator, node.inputs.map(rebuild), node.dtype === 'bool' ? node.inputs[0]!.dtype : node.dtype);
      case 'convert':
        return table.convert(rebuild(node.input), node.dtype);
      case 'within':
        return table.within(rebuild(node.input), node.length, node.site);
    }
  };
  return rebuild;
}

/** A root with its values made anew. */
export function rebuildRoot({ value, index, base }: Root, rebuild: (node: Node) => Node): Root {
  return { value: rebuild(value), ...(index === undefined ? {} : { index: rebuild(index) }), base: base === undefined ? undefined : rebuild(base) };
}
