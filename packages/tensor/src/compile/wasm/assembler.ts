/**
 * @file A small WebAssembly assembler: a module of imports, globals and functions, written to bytes.
 *
 *     const module = new ModuleBuilder();
 *     module.importMemory('host', 'memory', { min: 1 });
 *     module.addFunction('double', ['f32'], ['f32'], (f, [x]) => f.localGet(x).f32Const(2).op('f32.mul'));
 *     const instance = await WebAssembly.instantiate(module.toBytes(), { host: { memory } });
 */
import { FunctionBuilder } from './function-builder.ts';
import type { FunctionReference, GlobalReference, Local } from './references.ts';
import { SPECIAL_OPCODES, VALUE_TYPES, type ValueType } from './opcodes.ts';
import { AssemblyError, ByteWriter } from './writer.ts';

export { FunctionBuilder } from './function-builder.ts';
export type { FunctionReference, GlobalReference, Label, Local } from './references.ts';
export { type ValueType } from './opcodes.ts';
export { AssemblyError, type AssemblyErrorReason } from './writer.ts';

/** Sizes in pages of 64 KiB. A shared memory needs `max`. */
export interface MemoryLimits {
  readonly min: number;
  readonly max?: number;
  readonly shared?: boolean;
}

/** One `Local` for each parameter type. */
type ParamLocals<P extends readonly ValueType[]> = { readonly [K in keyof P]: Local };

type FunctionBody<P extends readonly ValueType[]> = (f: FunctionBuilder, params: ParamLocals<P>) => void;

const MOST_PAGES = 65_536;
const MOST_PARAMS = 1_000;

const SECTION = { custom: 0, type: 1, import: 2, function: 3, memory: 5, global: 6, export: 7, code: 10 } as const;
const KIND = { function: 0, memory: 2, global: 3 } as const;
const FUNCTION_TYPE = 0x60;

export class ModuleBuilder {
  readonly #types: ByteWriter = new ByteWriter();
  readonly #typeIndexes: Map<string, number> = new Map();
  readonly #imports: ByteWriter = new ByteWriter();
  #importCount = 0;
  #memory: MemoryLimits | undefined;
  #memoryImported = false;
  readonly #globals: ByteWriter = new ByteWriter();
  #importedGlobals = 0;
  #definedGlobals = 0;
  readonly #exports: ByteWriter = new ByteWriter();
  readonly #exportNames: Set<string> = new Set();
  readonly #functionNames: string[] = [];
  #importedFunctions = 0;
  /** Type and body of the functions defined here; the body is missing while a function is only declared. */
  readonly #definitions: { reference: FunctionReference; type: number; body: ByteWriter | undefined }[] = [];

  // Imports

  /** The memory that loads and stores use, given by the host. */
  importMemory(module: string, name: string, limits: MemoryLimits): void {
    this.#setMemory(limits);
    this.#memoryImported = true;
    this.#import(module, name, KIND.memory);
    writeLimits(this.#imports, limits);
  }

  /** A function of the host. All imports come before the first function defined here, because they are numbered first. */
  importFunction(module: string, name: string, params: readonly ValueType[], results: readonly ValueType[] = []): FunctionReference {
    if (this.#definitions.length > 0) {
      throw new AssemblyError('import-after-definition', `import '${module}.${name}'`, 'import functions before adding the first one.');
    }
    this.#import(module, name, KIND.function);
    this.#imports.u32(this.#typeIndex(params, results));
    this.#importedFunctions++;
    return this.#reference(name, params, results);
  }

  /** A number of the host; a mutable one is a `WebAssembly.Global`. */
  importGlobal(module: string, name: string, type: ValueType, mutable = false): GlobalReference {
    if (this.#definedGlobals > 0) {
      throw new AssemblyError('import-after-definition', `import '${module}.${name}'`, 'import globals before adding the first one.');
    }
    this.#import(module, name, KIND.global);
    this.#imports.u8(VALUE_TYPES[type]);
    this.#imports.u8(mutable ? 1 : 0);
    return { index: this.#importedGlobals++, type, mutable, owner: this };
  }

  // Definitions

  /** A memory of the module's own. */
  addMemory(limits: MemoryLimits, exportName?: string): void {
    this.#setMemory(limits);
    if (exportName !== undefined) this.#export(exportName, KIND.memory, 0);
  }

  /** A global variable with its start value (a bigint for i64). */
  addGlobal(type: Exclude<ValueType, 'v128'>, initial: number | bigint, options: { mutable?: boolean; exportName?: string } = {}): GlobalReference {
    const { mutable = true, exportName } = options;
    const writer = this.#globals;
    writer.u8(VALUE_TYPES[type]);
    writer.u8(mutable ? 1 : 0);
    writer.u8(SPECIAL_OPCODES[`${type}.const`]);
    if (type === 'i32') writer.s32(Number(initial));
    else if (type === 'i64') writer.s64(BigInt(initial));
    else writer[type](Number(initial));
    writer.u8(SPECIAL_OPCODES.end);
    const index = this.#importedGlobals + this.#definedGlobals++;
    if (exportName !== undefined) this.#export(exportName, KIND.global, index);
    return { index, type, mutable, owner: this };
  }

  /** Defines a function, exported under its name unless `export` is false. The body receives its parameters as locals. */
  addFunction<const P extends readonly ValueType[]>(
    name: string, params: P, results: readonly ValueType[], body: FunctionBody<P>, options: { export?: boolean } = {},
  ): FunctionReference {
    const reference = this.declareFunction(name, params, results);
    this.#define(reference, body);
    if (options.export !== false) this.exportFunction(reference);
    return reference;
  }

  /** Announces a function so that others can call it before `defineFunction` gives its body. Not exported by itself. */
  declareFunction(name: string, params: readonly ValueType[], results: readonly ValueType[]): FunctionReference {
    const reference = this.#reference(name, params, results);
    this.#definitions.push({ reference, type: this.#typeIndex(params, results), body: undefined });
    return reference;
  }

  /** Gives the body of a declared function. */
  defineFunction(reference: FunctionReference, body: FunctionBody<readonly ValueType[]>): void {
    this.#define(reference, body);
  }

  exportFunction(reference: FunctionReference, name: string = reference.name): void {
    if (reference.owner !== this) throw new AssemblyError('unknown-function', `export '${name}'`, 'the function belongs to another module.');
    this.#export(name, KIND.function, reference.index);
  }

  /**
   * The module in the binary format, with the functions' names for stack traces and profiles.
   *
   * @throws AssemblyError 'undefined-function' if a declared function has no body.
   */
  toBytes(): Uint8Array<ArrayBuffer> {
    const bytes = new ByteWriter(4096);
    bytes.bytes(Uint8Array.of(0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00)); // '\0asm', version 1
    writeSection(bytes, SECTION.type, this.#typeIndexes.size, this.#types);
    writeSection(bytes, SECTION.import, this.#importCount, this.#imports);
    const typeIndexes = new ByteWriter();
    const code = new ByteWriter(4096);
    for (const { reference, type, body } of this.#definitions) {
      if (body === undefined) throw new AssemblyError('undefined-function', `function '${reference.name}'`, 'declared but never defined.');
      typeIndexes.u32(type);
      code.sized(body);
    }
    writeSection(bytes, SECTION.function, this.#definitions.length, typeIndexes);
    if (this.#memory !== undefined && !this.#memoryImported) {
      const memory = new ByteWriter();
      writeLimits(memory, this.#memory);
      writeSection(bytes, SECTION.memory, 1, memory);
    }
    writeSection(bytes, SECTION.global, this.#definedGlobals, this.#globals);
    writeSection(bytes, SECTION.export, this.#exportNames.size, this.#exports);
    writeSection(bytes, SECTION.code, this.#definitions.length, code);
    this.#writeNames(bytes);
    return bytes.toBytes();
  }

  #define<P extends readonly ValueType[]>(reference: FunctionReference, body: FunctionBody<P>): void {
    const definition = this.#definitions[reference.index - this.#importedFunctions];
    if (definition?.reference !== reference) {
      throw new AssemblyError('unknown-function', `function '${reference.name}'`, 'it was not declared by this module.');
    }
    const f = new FunctionBuilder(reference);
    body(f, reference.params.map((type, index): Local => ({ index, type, owner: f })) as readonly Local[] as ParamLocals<P>);
    definition.body = f.finish();
  }

  #reference(name: string, params: readonly ValueType[], results: readonly ValueType[]): FunctionReference {
    if (params.length > MOST_PARAMS || results.length > MOST_PARAMS) {
      throw new AssemblyError('limit-exceeded', `function '${name}'`, `more than ${MOST_PARAMS} parameters or results; pass them in memory.`);
    }
    const index = this.#functionNames.length;
    this.#functionNames.push(name);
    return { name, index, params: [...params], results: [...results], owner: this };
  }

  #typeIndex(params: readonly ValueType[], results: readonly ValueType[]): number {
    const key = `${params.join(' ')} -> ${results.join(' ')}`;
    const known = this.#typeIndexes.get(key);
    if (known !== undefined) return known;
    this.#types.u8(FUNCTION_TYPE);
    for (const list of [params, results]) {
      this.#types.u32(list.length);
      for (const type of list) this.#types.u8(VALUE_TYPES[type]);
    }
    const index = this.#typeIndexes.size;
    this.#typeIndexes.set(key, index);
    return index;
  }

  #setMemory(limits: MemoryLimits): void {
    const { min, max, shared = false } = limits;
    const fail = (message: string): never => { throw new AssemblyError('limit-exceeded', 'memory', message); };
    if (this.#memory !== undefined) fail('a module has one memory, and this one has it already.');
    for (const pages of [min, max ?? min]) {
      if (!Number.isInteger(pages) || pages < 0 || pages > MOST_PAGES) fail(`${pages} pages; sizes are whole numbers from 0 to ${MOST_PAGES}.`);
    }
    if (max !== undefined && max < min) fail(`max = ${max} is below min = ${min}.`);
    if (shared && max === undefined) fail('a shared memory needs max.');
    this.#memory = limits;
  }

  #import(module: string, name: string, kind: number): void {
    this.#importCount++;
    this.#imports.text(module);
    this.#imports.text(name);
    this.#imports.u8(kind);
  }

  #export(name: string, kind: number, index: number): void {
    if (this.#exportNames.has(name)) throw new AssemblyError('duplicate-export', `export '${name}'`, 'the name is taken; choose another.');
    this.#exportNames.add(name);
    this.#exports.text(name);
    this.#exports.u8(kind);
    this.#exports.u32(index);
  }

  /** The custom section 'name', subsection 1: function names in the order of their indexes. */
  #writeNames(bytes: ByteWriter): void {
    if (this.#functionNames.length === 0) return;
    const names = new ByteWriter(1024);
    names.u32(this.#functionNames.length);
    this.#functionNames.forEach((name, index) => {
      names.u32(index);
      names.text(name);
    });
    const content = new ByteWriter(names.length + 16);
    content.text('name');
    content.u8(1);
    content.sized(names);
    bytes.u8(SECTION.custom);
    bytes.sized(content);
  }
}

/** A section that is a list: omitted when empty. */
function writeSection(bytes: ByteWriter, id: number, count: number, items: ByteWriter): void {
  if (count === 0) return;
  const content = new ByteWriter(items.length + 5);
  content.u32(count);
  content.append(items);
  bytes.u8(id);
  bytes.sized(content);
}

function writeLimits(writer: ByteWriter, { min, max, shared = false }: MemoryLimits): void {
  writer.u8((max === undefined ? 0 : 1) | (shared ? 2 : 0));
  writer.u32(min);
  if (max !== undefined) writer.u32(max);
}
