/**
 * @file What the parts of a vector have in common. Lanes that belong to different parts of the index space are computed by expressions that mostly differ
 * in what they load. Those are made one by blending where they begin to differ, rather than computed to the end for every part.
 */
import { inputsOf, type Node } from '../../kernels/node.ts';

/** Values that differ between the parts: one for each, which are blended. */
export interface Blend {
  /** Stands for the blended value in the common expression. */
  readonly node: Node;
  readonly parts: readonly Node[];
}

/** Expressions of several parts as one. */
export class CommonCode {
  /** What is blended, by the node that stands for it. */
  private readonly blends = new Map<Node, Blend>();
  /** By the node of the first part. */
  private readonly made = new Map<Node, { readonly parts: readonly Node[]; readonly merged: Node }[]>();

  private readonly isKnown: (node: Node) => boolean;

  /** `isKnown`: whether a value has been computed, so that nothing is gained below it. */
  constructor(isKnown: (node: Node) => boolean) {
    this.isKnown = isKnown;
  }

  /** The common expression of a value, given for each part. */
  merge(parts: readonly Node[]): Node {
    const [first, ...others] = parts as [Node, ...Node[]];
    if (others.every((other) => other === first)) return first;
    let list = this.made.get(first);
    if (list === undefined) this.made.set(first, (list = []));
    const before = list.find((entry) => entry.parts.every((part, k) => part === parts[k]));
    if (before !== undefined) return before.merged;
    const merged = (parts.every(this.isKnown) ? undefined : this.oneOperation(first, parts)) ?? this.blend(first, parts);
    list.push({ parts, merged });
    return merged;
  }

  /** Blends that expressions use, in the order in which they are found. */
  blendsOf(roots: readonly Node[]): Blend[] {
    const found = new Set<Blend>();
    const seen = new Set<Node>();
    const visit = (node: Node): void => {
      if (seen.has(node)) return;
      seen.add(node);
      const blend = this.blends.get(node);
      if (blend !== undefined) found.add(blend);
      else inputsOf(node).forEach(visit);
    };
    roots.forEach(visit);
    return [...found];
  }

  /** The operation on merged operands, if all parts perform the same one. */
  private oneOperation(first: Node, parts: readonly Node[]): Node | undefined {
    if (first.kind === 'convert') {
      if (!parts.every((part) => part.kind === 'convert' && part.dtype === first.dtype && part.input.dtype === first.input.dtype)) return undefined;
      return { ...first, input: this.merge(parts.map((part) => (part as typeof first).input)) };
    }
    if (first.kind !== 'operation') return undefined;
    const isSame = parts.every((part) => part.kind === 'operation' && part.operator === first.operator && part.inputs.every(({ dtype }, k) => dtype === first.inputs[k]?.dtype));
    if (!isSame) return undefined;
    const inputs = first.inputs.map((_, k) => this.merge(parts.map((part) => (part as typeof first).inputs[k]!)));
    // Several blends in place of one are no gain.
    return inputs.length > 1 && inputs.every((input) => this.blends.has(input)) ? undefined : { ...first, inputs };
  }

  private blend(first: Node, parts: readonly Node[]): Node {
    const node = { ...first };
    this.blends.set(node, { node, parts });
    return node;
  }
}
