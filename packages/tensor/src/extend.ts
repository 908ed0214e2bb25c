/** @file @tapeflow/tensor/extend: positional arrays and primitives, for authors of operations, backends and compilers. */

// Arrays
export { NDArray, arraySpace, arrayTypeOf } from './array/ndarray.ts';
export { describeType, type ArrayType } from './array/type.ts';
export { Storage, type MemoryOwner } from './array/storage.ts';
export { allocate, bytesPerElement, isFloat } from './array/dtype.ts';
export { wrap } from './named/tensor.ts';
export { performHeavy, type HeavyOperation } from './backends/heavy.ts';

// The compiler, pass by pass
export { optimize as optimizeProgram } from './compile/graph/optimize.ts';
export { lower as lowerProgram } from './compile/lower/lower.ts';
export type { LowerOptions } from './compile/lower/lowering.ts';
export { isPointwise, residents, type Residence } from './compile/lower/residence.ts';
export { compileToWasm, printWasm, type CompileOptions, type WasmCode, type WasmOptions } from './compile/wasm/program.ts';
