/**
 * @file A kernel as a WebAssembly function: loops over the outer axes, and along the innermost one vectors with the rest one by
 * one. The parts of the index space follow each other in order, so results do not depend on how they are cut.
 */
import { branchesOf, nodesOf, type Kernel } from '../../kernels/kernel.ts';
import { boundary, type Node } from '../../kernels/node.ts';
import type { ModuleBuilder } from '../assembler.ts';
import type { FunctionBuilder } from '../function-builder.ts';
import type { FunctionReference, Local } from '../references.ts';
import { portionOf, ScratchLocals, whereOwn, type AxisIndex, type KernelFunction, type Portion } from './function-state.ts';
import { IndexChecks } from './index-checks.ts';
import type { KernelImports } from './imports.ts';
import { Accumulators } from './accumulators.ts';
import { RowCode } from './row-code.ts';
import { ScalarCode } from './scalar-code.ts';
import { scalarType } from './scalar-operators.ts';
import { lanesFor } from './vector-code.ts';
import type { Lanes } from './vector-operators.ts';

/** Addresses of the buffers of a kernel that are the same in all of its calls; the others are undefined. */
export type FixedPlaces = readonly (number | undefined)[];

/** Adds the function of a kernel to a module: (address of each buffer) →. */
export function emitKernel(module: ModuleBuilder, imports: KernelImports, kernel: Kernel, places: FixedPlaces): FunctionReference {
  const params = kernel.buffers.map(() => 'i32' as const);
  return module.addFunction(kernel.name, params, [], (f, addresses) => write(f, imports, kernel, known(places, addresses), undefined, undefined), { export: false });
}

/**
 * Adds the function of a kernel that performs a part of one axis: (address of each buffer, from, to, partials) →, see `Portion`.
 * Indices out of range go to `noteIndexError`, if there is one.
 */
export function emitPartOfKernel(module: ModuleBuilder, imports: KernelImports, kernel: Kernel, places: FixedPlaces, axis: number, noteIndexError: FunctionReference | undefined): FunctionReference {
  const params = [...kernel.buffers, 'from', 'to', 'partials'].map(() => 'i32' as const);
  return module.addFunction(kernel.name, params, [], (f, locals: readonly Local[]) => {
    const [from, to, partials] = locals.slice(-3) as [Local, Local, Local];
    write(f, imports, kernel, known(places, locals.slice(0, -3)), { axis, from, to, partials }, noteIndexError);
  }, { export: false });
}

/** Each place, or the parameter where it is not known. */
function known(places: FixedPlaces, addresses: readonly Local[]): (Local | number)[] {
  return addresses.map((address, k) => places[k] ?? address);
}

function write(f: FunctionBuilder, imports: KernelImports, kernel: Kernel, addresses: readonly (Local | number)[], portion: Portion | undefined, noteIndexError: FunctionReference | undefined): void {
  new KernelWriter({ f, imports, scratch: new ScratchLocals(f), checks: new IndexChecks(f, imports, noteIndexError), addresses, dtypes: kernel.buffers, portion }, kernel).write();
}

class KernelWriter {
  private readonly k: KernelFunction;
  private readonly kernel: Kernel;
  private readonly accumulators: Accumulators;
  private readonly lanes: Lanes | undefined;
  /** What is the same in the whole kernel. */
  private readonly constants = new Map<Node, Local>();

  constructor(k: KernelFunction, kernel: Kernel) {
    this.k = k;
    this.kernel = kernel;
    this.accumulators = new Accumulators(k, kernel);
    const all = kernel.roots.flatMap(nodesOf);
    this.lanes = lanesFor(all, kernel.buffers);
    this.hoist(all);
  }

  write(): void {
    this.accumulators.prepare();
    this.loop(0, 0, []);
    if (this.lanes !== undefined) this.k.checks.end(this.lanes);
  }

  /** Computes, ahead of all loops, what does not change in them. */
  private hoist(roots: readonly Node[]): void {
    const rank = this.kernel.shape.length;
    if (rank === 0) return;
    const fixed = boundary(roots, (node) => node.depth === 0);
    const code = new ScalarCode(this.k, [], new Map(), fixed);
    for (const node of fixed) {
      const local = this.k.f.local(scalarType(node.dtype));
      code.push(node);
      this.k.f.localSet(local);
      this.constants.set(node, local);
    }
  }

  /** Loops over one axis and those after it, within a part of the axes before. */
  private loop(axis: number, outer: number, axes: readonly AxisIndex[]): void {
    const { f } = this.k;
    const { shape, cuts, roots } = this.kernel;
    this.accumulators.begin(axis);
    const row = new RowCode(this.k, this.kernel, this.accumulators, this.constants, this.lanes, axes);
    if (shape.length === 0) {
      row.once(roots[0]!);
    } else if (axis === shape.length - 1) {
      const branches = branchesOf(cuts[axis]!, outer).filter(({ piece }) => piece.to > piece.from);
      if (branches.length > 0) row.write(branches.map(({ piece, part }) => ({ range: piece, roots: roots[part]! })));
    } else {
      for (const { piece, part } of branchesOf(cuts[axis]!, outer)) {
        if (piece.to - piece.from === 1) {
          whereOwn(this.k, axis, piece.from, () => this.loop(axis + 1, part, [...axes, piece.from]));
        } else {
          const index = f.local('i32');
          const { from, to } = portionOf(this.k, axis, piece);
          f.forRange(index, from, to, 1, () => this.loop(axis + 1, part, [...axes, index]));
        }
      }
    }
    this.accumulators.end(axis, axes);
  }
}
