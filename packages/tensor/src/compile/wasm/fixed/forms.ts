/**
 * @file Fixed kernels that come with the operations they are for: whoever adds the rules of these operations adds the forms too, so that bundles
 * without them carry none of this. A kernel of a form that is missing is never made.
 */
import { meetDemands } from '../../demands.ts';
import type { MatrixProduct } from '../../kernels/fixed.ts';
import type { LineOrder } from '../../kernels/lines/order.ts';
import type { LineTransform } from '../../kernels/lines/layout.ts';
import type { LineWalk } from '../../kernels/lines/walk.ts';
import type { FunctionReference, ModuleBuilder } from '../assembler.ts';
import type { ChunkRules } from '../threads/chunks.ts';
import type { Cut } from '../threads/fixed-chunks.ts';

/** Adds the function of a kernel to a module: (address of each view) →. */
type Emit<Kernel> = (module: ModuleBuilder, name: string, kernel: Kernel) => FunctionReference;

/** What is asked of kernels, by their kind. */
interface Forms {
  readonly matrixProduct: { readonly emit: Emit<MatrixProduct>; readonly cut: (kernel: MatrixProduct, wanted: number, rules: ChunkRules) => Cut | undefined; readonly canFuse: () => boolean };
  readonly lineTransform: { readonly emit: Emit<LineTransform>; readonly scratchBytes: (kernel: LineTransform) => number };
  readonly lineWalk: { readonly emit: Emit<LineWalk> };
  readonly lineOrder: { readonly emit: Emit<LineOrder> };
}

const forms: { -readonly [Kind in keyof Forms]?: Forms[Kind] } = {};

/** Kernels of this kind can be made from now on. */
export function addForm<Kind extends keyof Forms>(kind: Kind, form: Forms[Kind]): void {
  forms[kind] = form;
}

/** Whether products of matrices can be kernels that add products without rounding them first. */
export function canFuse(): boolean {
  meetDemands();
  return forms.matrixProduct?.canFuse() ?? false;
}

/** The form of kernels of a kind. */
export function formOf<Kind extends keyof Forms>(kind: Kind): Forms[Kind] {
  return forms[kind]!;
}
