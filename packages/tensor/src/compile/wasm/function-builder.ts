/**
 * @file The body of one WebAssembly function, written in stack order: every method appends one instruction and returns the builder.
 *
 * The methods bear the names of the instructions; those without immediates go through `op` under their official names:
 *
 *     f.localGet(x).f32Const(2).op('f32.mul').localSet(y);
 */
import {
  ATOMIC_OPCODES, LANE_LOAD_OPCODES, LANE_OPCODES, LANE_STORE_OPCODES, LOAD_OPCODES, PLAIN_OPCODES, SPECIAL_OPCODES, STORE_OPCODES, VALUE_TYPES,
  type AtomicOpcode, type LaneLoadOpcode, type LaneOpcode, type LaneStoreOpcode, type LoadOpcode, type PlainOpcode, type StoreOpcode, type ValueType,
} from './opcodes.ts';
import type { FunctionReference, GlobalReference, Label, Local } from './references.ts';
import { AssemblyError, ByteWriter } from './writer.ts';

/** Engines accept no more [WebAssembly JavaScript Interface, implementation limits]. */
const MOST_LOCALS = 50_000;
const MOST_BODY_BYTES = 7_654_321;

const NO_RESULT = 0x40;

export class FunctionBuilder {
  /** This function itself, for recursion. */
  readonly self: FunctionReference;
  readonly #code: ByteWriter = new ByteWriter(256);
  readonly #labels: Label[] = [];
  readonly #paramCount: number;
  readonly #localTypes: ValueType[] = [];
  #finished = false;

  constructor(self: FunctionReference) {
    this.self = self;
    this.#paramCount = self.params.length;
  }

  // Variables

  /** Declares a variable, 0 at entry. Variables of one type declared in a row take no space of their own in the module. */
  local(type: ValueType): Local {
    this.#checkOpen();
    const index = this.#paramCount + this.#localTypes.length;
    if (index >= MOST_LOCALS) throw this.#error('limit-exceeded', `more than ${MOST_LOCALS} locals; reuse some or split the function.`);
    this.#localTypes.push(type);
    return { index, type, owner: this };
  }

  localGet(local: Local): this { return this.#local('local.get', local); }
  localSet(local: Local): this { return this.#local('local.set', local); }
  localTee(local: Local): this { return this.#local('local.tee', local); }
  globalGet(global: GlobalReference): this { return this.#global('global.get', global); }

  globalSet(global: GlobalReference): this {
    if (!global.mutable) throw this.#error('unknown-global', `global ${global.index} is immutable; declare it mutable to set it.`);
    return this.#global('global.set', global);
  }

  // Constants

  /** −2³¹ … 2³² − 1; numbers from 2³¹ on mean the same bits as their negative counterparts. */
  i32Const(value: number): this {
    if (!Number.isInteger(value) || value < -0x80000000 || value > 0xffffffff) {
      throw this.#error('bad-immediate', `i32.const ${value} is not a 32-bit integer.`);
    }
    this.#opcode(SPECIAL_OPCODES['i32.const']);
    this.#code.s32(value);
    return this;
  }

  /** −2⁶³ … 2⁶⁴ − 1. */
  i64Const(value: bigint): this {
    if (value < -0x8000000000000000n || value > 0xffffffffffffffffn) {
      throw this.#error('bad-immediate', `i64.const ${value} is not a 64-bit integer.`);
    }
    this.#opcode(SPECIAL_OPCODES['i64.const']);
    this.#code.s64(value);
    return this;
  }

  f32Const(value: number): this {
    this.#opcode(SPECIAL_OPCODES['f32.const']);
    this.#code.f32(value);
    return this;
  }

  f64Const(value: number): this {
    this.#opcode(SPECIAL_OPCODES['f64.const']);
    this.#code.f64(value);
    return this;
  }

  /** Sixteen bytes, lowest address first. */
  v128Const(bytes: Uint8Array): this {
    if (bytes.length !== 16) throw this.#error('bad-immediate', `v128.const takes 16 bytes, got ${bytes.length}.`);
    this.#opcode(SPECIAL_OPCODES['v128.const']);
    this.#code.bytes(bytes);
    return this;
  }

  /** Four floats; a single one fills all lanes. */
  f32x4Const(a: number, b: number = a, c: number = a, d: number = a): this {
    this.#opcode(SPECIAL_OPCODES['v128.const']);
    for (const lane of [a, b, c, d]) this.#code.f32(lane);
    return this;
  }

  /** Two doubles; a single one fills both lanes. */
  f64x2Const(a: number, b: number = a): this {
    this.#opcode(SPECIAL_OPCODES['v128.const']);
    this.#code.f64(a);
    this.#code.f64(b);
    return this;
  }

  /** Four integers; a single one fills all lanes. */
  i32x4Const(a: number, b: number = a, c: number = a, d: number = a): this {
    this.#opcode(SPECIAL_OPCODES['v128.const']);
    for (const lane of [a, b, c, d]) this.#code.fixed32(lane);
    return this;
  }

  // Instructions by name

  /** An instruction without immediates: arithmetic, comparison, conversion, `select`, `drop`, `return`, `unreachable`. */
  op(name: PlainOpcode): this {
    this.#opcode(PLAIN_OPCODES[name]);
    return this;
  }

  /** (address) → value at address + offset. `align` in bytes is a promise that may make the access faster; default: its width. */
  load(name: LoadOpcode, offset = 0, align?: number): this {
    const [code, width] = LOAD_OPCODES[name];
    this.#opcode(code);
    return this.#memoryImmediate(name, width, offset, align);
  }

  /** (address, value) → memory at address + offset. */
  store(name: StoreOpcode, offset = 0, align?: number): this {
    const [code, width] = STORE_OPCODES[name];
    this.#opcode(code);
    return this.#memoryImmediate(name, width, offset, align);
  }

  /** An atomic instruction on address + offset; the operands, and results, are those of the instruction of this name. */
  atomic(name: AtomicOpcode, offset = 0): this {
    const [code, width] = ATOMIC_OPCODES[name];
    this.#opcode(code);
    return this.#memoryImmediate(name, width, offset);
  }

  /** (address, vector) → vector with one lane read from memory. */
  loadLane(name: LaneLoadOpcode, lane: number, offset = 0, align?: number): this {
    const [code, width] = LANE_LOAD_OPCODES[name];
    this.#opcode(code);
    return this.#memoryImmediate(name, width, offset, align).#laneImmediate(name, lane, 16 / width);
  }

  /** (address, vector) → one lane written to memory. */
  storeLane(name: LaneStoreOpcode, lane: number, offset = 0, align?: number): this {
    const [code, width] = LANE_STORE_OPCODES[name];
    this.#opcode(code);
    return this.#memoryImmediate(name, width, offset, align).#laneImmediate(name, lane, 16 / width);
  }

  /** `extract_lane`: (vector) → scalar; `replace_lane`: (vector, scalar) → vector. */
  lane(name: LaneOpcode, lane: number): this {
    const [code, count] = LANE_OPCODES[name];
    this.#opcode(code);
    return this.#laneImmediate(name, lane, count);
  }

  /** (a, b) → sixteen bytes chosen by number: 0 … 15 from a, 16 … 31 from b. */
  i8x16Shuffle(bytes: readonly number[]): this {
    if (bytes.length !== 16) throw this.#error('bad-immediate', `i8x16.shuffle takes 16 byte numbers, got ${bytes.length}.`);
    this.#opcode(SPECIAL_OPCODES['i8x16.shuffle']);
    for (const byte of bytes) this.#laneImmediate('i8x16.shuffle', byte, 32);
    return this;
  }

  /** (a, b) → four 32-bit lanes chosen by number: 0 … 3 from a, 4 … 7 from b. A reading of `i8x16.shuffle`. */
  i32x4Shuffle(l0: number, l1: number, l2: number, l3: number): this {
    return this.i8x16Shuffle([l0, l1, l2, l3].flatMap((lane) => [4 * lane, 4 * lane + 1, 4 * lane + 2, 4 * lane + 3]));
  }

  /** (destination, source, byte count) →. Ranges may overlap. */
  memoryCopy(): this {
    this.#opcode(SPECIAL_OPCODES['memory.copy']);
    this.#code.u8(0);
    this.#code.u8(0);
    return this;
  }

  /** (destination, byte, count) →. */
  memoryFill(): this {
    this.#opcode(SPECIAL_OPCODES['memory.fill']);
    this.#code.u8(0);
    return this;
  }

  /** → the memory's size in pages of 64 KiB. */
  memorySize(): this {
    this.#opcode(SPECIAL_OPCODES['memory.size']);
    this.#code.u8(0);
    return this;
  }

  /** (pages) → the former size, −1 on failure. */
  memoryGrow(): this {
    this.#opcode(SPECIAL_OPCODES['memory.grow']);
    this.#code.u8(0);
    return this;
  }

  // Control

  /** Runs the body; a branch to its label leaves it. */
  block(body: (exit: Label) => void, result?: ValueType): this {
    return this.#construct(SPECIAL_OPCODES.block, result, body);
  }

  /** Runs the body once; a branch to its label starts it again. */
  loop(body: (again: Label) => void, result?: ValueType): this {
    return this.#construct(SPECIAL_OPCODES.loop, result, body);
  }

  /** (condition) → runs one of the two bodies. A branch to the label given to them leaves the construct. */
  if(then: (exit: Label) => void, otherwise?: (exit: Label) => void, result?: ValueType): this {
    return this.#construct(SPECIAL_OPCODES.if, result, (exit) => {
      then(exit);
      if (otherwise === undefined) return;
      this.#opcode(SPECIAL_OPCODES.else);
      otherwise(exit);
    });
  }

  br(label: Label): this { return this.#branch(SPECIAL_OPCODES.br, label); }

  /** (condition) → branches where it is not 0. */
  brIf(label: Label): this { return this.#branch(SPECIAL_OPCODES.br_if, label); }

  /** (arguments in order) → results. */
  call(target: FunctionReference): this {
    if (target.owner !== this.self.owner) throw this.#error('unknown-function', `'${target.name}' belongs to another module; import it here.`);
    this.#opcode(SPECIAL_OPCODES.call);
    this.#code.u32(target.index);
    return this;
  }

  /**
   * for (i = start; i < end; i += step) body, compared as signed numbers; with a negative step, while i > end.
   * `end` is read again after every round, so a variable may change in the body. end + step must stay within 32 bits.
   *
   * @throws AssemblyError 'bad-immediate' if the step is 0 or not whole.
   */
  forRange(i: Local, start: Local | number, end: Local | number, step: number, body: () => void): this {
    if (!Number.isInteger(step) || step === 0) throw this.#error('bad-immediate', `forRange: the step must be a whole number except 0, got ${step}.`);
    const unfinished = (): this => this.localGet(i).#i32Operand(end).op(step > 0 ? 'i32.lt_s' : 'i32.gt_s');
    const round = (): void => {
      this.loop((again) => {
        body();
        this.localGet(i).i32Const(step).op('i32.add').localSet(i);
        unfinished().brIf(again);
      });
    };
    this.#i32Operand(start).localSet(i);
    // The test at the bottom costs one branch per round; the one in front is needed only if the range may be empty.
    const known = typeof start === 'number' && typeof end === 'number';
    if (!known) unfinished().if(round);
    else if (step > 0 ? start < end : start > end) round();
    return this;
  }

  /** Ends the body and gives it in the binary form: locals as runs, then the code. Called by the module. */
  finish(): ByteWriter {
    this.#checkOpen();
    if (this.#labels.length > 0) throw this.#error('unbalanced-block', `${this.#labels.length} blocks are still open at the end.`);
    this.#opcode(SPECIAL_OPCODES.end);
    this.#finished = true;
    const body = new ByteWriter(this.#code.length + 64);
    const runs: { type: ValueType; count: number }[] = [];
    for (const type of this.#localTypes) {
      const last = runs.at(-1);
      if (last?.type === type) last.count++;
      else runs.push({ type, count: 1 });
    }
    body.u32(runs.length);
    for (const { type, count } of runs) {
      body.u32(count);
      body.u8(VALUE_TYPES[type]);
    }
    body.append(this.#code);
    if (body.length > MOST_BODY_BYTES) {
      throw this.#error('limit-exceeded', `the body has ${body.length} bytes, engines accept ${MOST_BODY_BYTES}; split the function.`);
    }
    return body;
  }

  #opcode(code: number): void {
    this.#checkOpen();
    if (code > 0xff) {
      this.#code.u8(code >>> 16);
      this.#code.u32(code & 0xffff);
    } else {
      this.#code.u8(code);
    }
  }

  #local(name: 'local.get' | 'local.set' | 'local.tee', local: Local): this {
    if (local.owner !== this) {
      throw this.#error('unknown-local', `${name} of local ${local.index}, which belongs to '${local.owner.self.name}'; declare one here.`);
    }
    this.#opcode(SPECIAL_OPCODES[name]);
    this.#code.u32(local.index);
    return this;
  }

  #global(name: 'global.get' | 'global.set', global: GlobalReference): this {
    if (global.owner !== this.self.owner) throw this.#error('unknown-global', `${name} of global ${global.index} of another module.`);
    this.#opcode(SPECIAL_OPCODES[name]);
    this.#code.u32(global.index);
    return this;
  }

  #i32Operand(operand: Local | number): this {
    return typeof operand === 'number' ? this.i32Const(operand) : this.localGet(operand);
  }

  #memoryImmediate(name: string, width: number, offset: number, align: number = width): this {
    if (!Number.isInteger(offset) || offset < 0 || offset > 0xffffffff) {
      throw this.#error('bad-immediate', `${name}: the offset must be a whole number from 0 to 2³² − 1, got ${offset}.`);
    }
    const exponent = 31 - Math.clz32(align);
    if (align > width || align !== 2 ** exponent) {
      throw this.#error('bad-immediate', `${name}: the alignment must be a power of two up to ${width} bytes, got ${align}.`);
    }
    this.#code.u32(exponent);
    this.#code.u32(offset);
    return this;
  }

  #laneImmediate(name: string, lane: number, count: number): this {
    if (!Number.isInteger(lane) || lane < 0 || lane >= count) {
      throw this.#error('bad-immediate', `${name}: lane ${lane} is not one of 0 … ${count - 1}.`);
    }
    this.#code.u8(lane);
    return this;
  }

  #construct(code: number, result: ValueType | undefined, body: (label: Label) => void): this {
    this.#opcode(code);
    this.#code.u8(result === undefined ? NO_RESULT : VALUE_TYPES[result]);
    const label: Label = { depth: this.#labels.length + 1 };
    this.#labels.push(label);
    body(label);
    this.#opcode(SPECIAL_OPCODES.end);
    this.#labels.pop();
    return this;
  }

  #branch(code: number, label: Label): this {
    if (this.#labels[label.depth - 1] !== label) {
      throw this.#error('unbalanced-block', 'a branch to a block that does not enclose it; branch only inside the body that received the label.');
    }
    this.#opcode(code);
    this.#code.u32(this.#labels.length - label.depth);
    return this;
  }

  #checkOpen(): void {
    if (this.#finished) throw this.#error('unbalanced-block', 'an instruction after the end of the function; emit it inside the body callback.');
  }

  #error(reason: AssemblyError['reason'], message: string): AssemblyError {
    return new AssemblyError(reason, `function '${this.self.name}'`, message);
  }
}
