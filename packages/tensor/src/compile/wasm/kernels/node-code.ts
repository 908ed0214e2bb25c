/** @file Code of nodes, of whatever width: a node is computed where it is first needed, and kept in a variable if it is needed again. */
import { inputsOf, type Node } from '../../kernels/node.ts';
import type { ValueType } from '../opcodes.ts';
import type { Local } from '../references.ts';
import type { KernelFunction } from './function-state.ts';

/** Writes the code of nodes. */
export abstract class NodeCode {
  protected readonly k: KernelFunction;
  /** Nodes that lie in variables already, of enclosing loops too. */
  private readonly known: ReadonlyMap<Node, Local>;
  private readonly uses: ReadonlyMap<Node, number>;
  private readonly own = new Map<Node, Local>();

  /** All that will be pushed is below the roots. */
  constructor(k: KernelFunction, known: ReadonlyMap<Node, Local>, roots: readonly Node[]) {
    this.k = k;
    this.known = known;
    this.uses = countUses(roots, known);
  }

  /** → the value of a node, from its inputs. */
  protected abstract compute(node: Node): void;

  /** The type of variables that hold a node. */
  protected abstract typeOf(node: Node): ValueType;

  /** → the value of a node. */
  push(node: Node): void {
    const { f } = this.k;
    const ready = this.ready(node);
    if (ready !== undefined) {
      f.localGet(ready);
      return;
    }
    this.compute(node);
    if ((this.uses.get(node) ?? 0) < 2 || node.kind === 'literal') return;
    const local = f.local(this.typeOf(node));
    this.own.set(node, local);
    f.localTee(local);
  }

  /** The value of a node in a variable. */
  inLocal(node: Node): Local {
    const ready = this.ready(node);
    if (ready !== undefined) return ready;
    const local = this.k.f.local(this.typeOf(node));
    this.push(node);
    this.own.set(node, local);
    this.k.f.localSet(local);
    return local;
  }

  private ready(node: Node): Local | undefined {
    return this.own.get(node) ?? this.known.get(node);
  }
}

/** How often each node is asked for by others and by `roots`; those that are known already, and their inputs, do not count. */
function countUses(roots: readonly Node[], known: ReadonlyMap<Node, Local>): Map<Node, number> {
  const uses = new Map<Node, number>();
  const visit = (node: Node): void => {
    const before = uses.get(node) ?? 0;
    uses.set(node, before + 1);
    if (before === 0 && !known.has(node)) inputsOf(node).forEach(visit);
  };
  roots.forEach(visit);
  return uses;
}
