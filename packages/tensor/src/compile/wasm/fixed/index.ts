/** @file Functions of fixed kernels, each made once per module. */
import { fixedKey, type FixedKernel } from '../../kernels/fixed.ts';
import type { FunctionReference, ModuleBuilder } from '../assembler.ts';
import { formOf } from './forms.ts';

/** The fixed kernels of a module. */
export class FixedFunctions {
  private readonly module: ModuleBuilder;
  private readonly functions = new Map<string, FunctionReference>();

  constructor(module: ModuleBuilder) {
    this.module = module;
  }

  /** The function of a kernel. */
  of(kernel: FixedKernel): FunctionReference {
    const key = fixedKey(kernel);
    const known = this.functions.get(key);
    if (known !== undefined) return known;
    const emit = formOf(kernel.kind).emit as (module: ModuleBuilder, name: string, kernel: FixedKernel) => FunctionReference;
    const made = emit(this.module, `${kernel.kind}${this.functions.size}`, kernel);
    this.functions.set(key, made);
    return made;
  }
}
