/** @file Prints kernels as WebAssembly functions that take the addresses of their operands. Scalar code, one element at a time. */
import { bytesPerElement, type DType } from '../../array/dtype.ts';
import { ELEMENTWISE } from '../../elementwise/table.ts';
import type { Body, GatherKernel, Kernel, MapKernel, ReduceKernel, ScatterAddKernel } from '../lower/kernel.ts';
import { byteStrides, loadElement, storeElement } from './access.ts';
import type { FunctionReference, Local, ModuleBuilder } from './assembler.ts';
import type { FunctionBuilder } from './function-builder.ts';
import { printLoopNest } from './loop-nest.ts';
import { addRowFunction, rowStep, rowType } from './print-rows.ts';
import { printOperation, valueType, type Imports } from './print-expression.ts';

/** What printed kernels call. */
export interface KernelImports {
  readonly functions: Imports;
  /** (code of the operation, index, length): ends the program with an error. */
  readonly badIndex: FunctionReference;
}

/** Codes of the operations that can meet a bad index. */
export const INDEXING: readonly string[] = ['gather', 'scatterAdd'];

/** Prints the kernels of one module; equal kernels and equal rows are printed once. */
export class KernelPrinter {
  private readonly module: ModuleBuilder;
  private readonly imports: KernelImports;
  private readonly kernels = new Map<string, FunctionReference>();
  private readonly rows = new Map<string, FunctionReference>();

  constructor(module: ModuleBuilder, imports: KernelImports) {
    this.module = module;
    this.imports = imports;
  }

  /** Number of different kernels. */
  get count(): number {
    return this.kernels.size;
  }

  /** The function of a kernel. */
  function(kernel: Kernel): FunctionReference {
    const key = JSON.stringify(kernel);
    let reference = this.kernels.get(key);
    if (reference === undefined) this.kernels.set(key, (reference = this.print(kernel, `${kernel.kind}_${this.kernels.size}`)));
    return reference;
  }

  private print(kernel: Kernel, name: string): FunctionReference {
    const define = (operands: number, body: (f: FunctionBuilder, addresses: readonly Local[]) => void): FunctionReference =>
      this.module.addFunction(name, new Array<'i32'>(operands).fill('i32'), [], (f, addresses) => body(f, addresses), { export: false });
    switch (kernel.kind) {
      case 'map':
        return define(1 + kernel.inputs.length, (f, addresses) => printMap(f, kernel, addresses, this.imports));
      case 'reduce': {
        const row = this.row(kernel);
        return define(2, (f, addresses) => printReduce(f, kernel, row, addresses));
      }
      case 'gather':
        return define(3, (f, addresses) => printGather(f, kernel, addresses, this.imports));
      case 'scatterAdd':
        return define(3, (f, addresses) => printScatterAdd(f, kernel, addresses, this.imports));
    }
  }

  private row({ reduction, input: { dtype } }: ReduceKernel): FunctionReference {
    const key = `${reduction} ${dtype}`;
    let reference = this.rows.get(key);
    if (reference === undefined) this.rows.set(key, (reference = addRowFunction(this.module, reduction, dtype)));
    return reference;
  }
}

function printMap(f: FunctionBuilder, { shape, result, inputs, body }: MapKernel, addresses: readonly Local[], { functions }: KernelImports): void {
  const walkers = [result, ...inputs].map(({ strides, dtype }, k) => ({ pointer: addresses[k]!, strides: byteStrides(strides, dtype) }));
  printLoopNest(f, shape, walkers, ([target, ...sources]) => {
    f.localGet(target!);
    printBody(f, functions, body, sources);
    storeElement(f, result.dtype);
  });
}

/** Pushes the value of a body for one index; parts that are used more than once are computed once. */
function printBody(f: FunctionBuilder, functions: Imports, body: Body, pointers: readonly Local[]): void {
  const uses = new Map<Body, number>();
  const count = (part: Body): void => {
    const known = uses.get(part) ?? 0;
    uses.set(part, known + 1);
    if (known > 0 || part.kind === 'input') return;
    for (const input of part.kind === 'convert' ? [part.input] : part.inputs) count(input);
  };
  count(body);
  const kept = new Map<Body, Local>();
  const push = (part: Body): void => {
    const local = kept.get(part);
    if (local !== undefined) {
      f.localGet(local);
      return;
    }
    compute(part);
    if (uses.get(part)! <= 1) return;
    const fresh = f.local(valueType(resultType(part)));
    kept.set(part, fresh);
    f.localTee(fresh);
  };
  const compute = (part: Body): void => {
    if (part.kind === 'input') {
      f.localGet(pointers[part.index]!);
      loadElement(f, part.dtype);
    } else if (part.kind === 'convert') {
      push(part.input);
      printConversion(f, resultType(part.input), part.dtype);
    } else {
      printOperation(f, functions, part.name, part.dtype, part.inputs.map((input) => ({ dtype: resultType(input), push: () => push(input) })));
    }
  };
  push(body);
}

/** (element) → element of another dtype, as the js backend converts: towards zero and saturating to integers. */
function printConversion(f: FunctionBuilder, from: DType, to: DType): void {
  if (from === to) return;
  if (to === 'bool') {
    if (from === 'i32') f.i32Const(0).op('i32.ne');
    else if (from === 'f32') f.f32Const(0).op('f32.ne');
    else f.f64Const(0).op('f64.ne');
  } else if (to === 'i32') {
    if (from === 'f32' || from === 'f64') f.op(`i32.trunc_sat_${from}_s`);
  } else if (from === 'i32' || from === 'bool') {
    f.op(`${to}.convert_i32_s`);
  } else {
    f.op(to === 'f32' ? 'f32.demote_f64' : 'f64.promote_f32');
  }
}

function printReduce(f: FunctionBuilder, { shape, result, input, length, step }: ReduceKernel, row: FunctionReference, addresses: readonly Local[]): void {
  const walkers = [result, input].map(({ strides, dtype }, k) => ({ pointer: addresses[k]!, strides: byteStrides(strides, dtype) }));
  printLoopNest(f, shape, walkers, ([target, source]) => {
    f.localGet(target!).localGet(source!).i32Const(rowStep(step, input.dtype)).i32Const(length).call(row);
    if (rowType(input.dtype) === 'f64' && result.dtype === 'f32') f.op('f32.demote_f64');
    storeElement(f, result.dtype);
  });
}

/** (address of an index) → the index, or the end of the program if it is outside. */
function printIndex(f: FunctionBuilder, at: Local, length: number, operation: string, { badIndex }: KernelImports): void {
  const index = f.local('i32');
  f.localGet(at);
  loadElement(f, 'i32');
  // Negative indices are large unsigned ones.
  f.localTee(index).i32Const(length).op('i32.ge_u').if(() => {
    f.i32Const(INDEXING.indexOf(operation)).localGet(index).i32Const(length).call(badIndex);
  });
  f.localGet(index);
}

function printGather(f: FunctionBuilder, { shape, result, source, indices }: GatherKernel, [target, from, at]: readonly Local[], imports: KernelImports): void {
  const { dtype } = result;
  const walkers = [
    { pointer: target!, strides: byteStrides(result.strides, dtype) },
    { pointer: from!, strides: byteStrides(source.base, dtype) },
    { pointer: at!, strides: byteStrides(indices.strides, 'i32') },
  ];
  printLoopNest(f, shape, walkers, ([to, base, index]) => {
    f.localGet(to!).localGet(base!);
    printIndex(f, index!, source.length, 'gather', imports);
    f.i32Const(source.stride * bytesPerElement(dtype)).op('i32.mul').op('i32.add');
    loadElement(f, dtype);
    storeElement(f, dtype);
  });
}

function printScatterAdd(f: FunctionBuilder, { shape, dtype, target, indices, updates }: ScatterAddKernel, [into, at, from]: readonly Local[], imports: KernelImports): void {
  const walkers = [
    { pointer: into!, strides: byteStrides(target.base, dtype) },
    { pointer: at!, strides: byteStrides(indices.strides, 'i32') },
    { pointer: from!, strides: byteStrides(updates.strides, dtype) },
  ];
  const address = f.local('i32');
  printLoopNest(f, shape, walkers, ([base, index, update]) => {
    f.localGet(base!);
    printIndex(f, index!, target.length, 'scatterAdd', imports);
    f.i32Const(target.stride * bytesPerElement(dtype)).op('i32.mul').op('i32.add').localTee(address).localGet(address);
    loadElement(f, dtype);
    f.localGet(update!);
    loadElement(f, dtype);
    f.op(`${valueType(dtype)}.add`);
    storeElement(f, dtype);
  });
}

/** Dtype of the value of a body. */
function resultType(body: Body): DType {
  return body.kind === 'operation' && ELEMENTWISE[body.name].result === 'bool' ? 'bool' : body.dtype;
}
