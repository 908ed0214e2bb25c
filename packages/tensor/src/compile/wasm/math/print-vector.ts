/** @file Code of vectors: each is computed where it is first needed, and kept in a variable if it is needed again. */
import type { FunctionBuilder } from '../function-builder.ts';
import type { FunctionReference, Local } from '../references.ts';
import type { Scratch } from '../kernels/scalar-operators.ts';
import { lanesOf, type Precision, type Vector } from './vector.ts';

/** Finds the functions that vectors call. */
export interface Callees {
  /** A function of vectors of the module. */
  vector(name: string, precision: Precision): FunctionReference;
  /** A function of doubles that JavaScript computes. */
  host(name: string): FunctionReference;
}

/** → the vector. */
export function printVector(f: FunctionBuilder, scratch: Scratch, callees: Callees, inputs: readonly Local[], root: Vector): void {
  new VectorPrinter(f, scratch, callees, inputs, root).push(root);
}

class VectorPrinter {
  private readonly f: FunctionBuilder;
  private readonly scratch: Scratch;
  private readonly callees: Callees;
  private readonly inputs: readonly Local[];
  private readonly uses = new Map<Vector, number>();
  /** What lies in variables already. */
  private ready = new Map<Vector, Local>();

  constructor(f: FunctionBuilder, scratch: Scratch, callees: Callees, inputs: readonly Local[], root: Vector) {
    this.f = f;
    this.scratch = scratch;
    this.callees = callees;
    this.inputs = inputs;
    this.count(root);
  }

  push(vector: Vector): void {
    const { f } = this;
    const local = this.ready.get(vector);
    if (local !== undefined) {
      f.localGet(local);
      return;
    }
    this.compute(vector);
    if (this.uses.get(vector)! > 1 && vector.origin.kind !== 'constant' && vector.origin.kind !== 'input') {
      const own = this.scratch.take('v128');
      this.ready.set(vector, own);
      f.localTee(own);
    }
  }

  private count(vector: Vector): void {
    const before = this.uses.get(vector) ?? 0;
    this.uses.set(vector, before + 1);
    if (before === 0) for (const input of inputsOf(vector)) this.count(input);
  }

  private compute(vector: Vector): void {
    const { f } = this;
    const { origin } = vector;
    switch (origin.kind) {
      case 'input':
        f.localGet(this.inputs[origin.index]!);
        return;
      case 'constant':
        this.constant(origin.bits, vector.precision);
        return;
      case 'instruction':
        for (const input of origin.inputs) this.push(input);
        f.op(origin.opcode);
        return;
      case 'shift':
        this.push(origin.input);
        f.i32Const(origin.by).op(origin.opcode);
        return;
      case 'shuffle':
        for (const input of origin.inputs) this.push(input);
        f.i32x4Shuffle(...origin.lanes);
        return;
      case 'call':
        for (const input of origin.inputs) this.push(input);
        f.call(this.callees.vector(origin.name, vector.precision));
        return;
      case 'patch':
        this.patch(this.inLocal(origin.value), this.inLocal(origin.mask), origin.replacement);
        return;
      case 'rescue':
        this.rescue(vector.precision, this.inLocal(origin.value), this.inLocal(origin.mask), origin.host, origin.inputs.map((input) => this.inLocal(input)));
    }
  }

  /** A splat takes fewer bytes than a vector, and engines move both out of loops. */
  private constant(bits: bigint, precision: Precision): void {
    const { f } = this;
    const view = new DataView(new ArrayBuffer(8));
    view.setBigUint64(0, bits);
    const value = precision === 'f32' ? view.getFloat32(4) : view.getFloat64(0);
    if (precision === 'f32') {
      // Numbers do not keep the bits of NaN.
      if (Number.isNaN(value)) f.i32Const(Number(bits)).op('i32x4.splat');
      else f.f32Const(value).op('f32x4.splat');
    } else if (Number.isNaN(value)) {
      f.i64Const(bits).op('i64x2.splat');
    } else {
      f.f64Const(value).op('f64x2.splat');
    }
  }

  private patch(value: Local, mask: Local, replacement: Vector): void {
    const { f } = this;
    f.localGet(mask).op('v128.any_true').if(() => {
      // What a branch puts into variables is not there for what follows.
      const before = this.ready;
      this.ready = new Map(before);
      this.push(replacement);
      f.localGet(value).localGet(mask).op('v128.bitselect').localSet(value);
      this.ready = before;
    });
    f.localGet(value);
  }

  private inLocal(vector: Vector): Local {
    const local = this.scratch.take('v128');
    this.push(vector);
    this.f.localSet(local);
    return local;
  }

  /** → the value, with lanes from JavaScript where the mask holds. */
  private rescue(precision: Precision, value: Local, mask: Local, host: string, inputs: readonly Local[]): void {
    const { f } = this;
    const [shape, integers] = precision === 'f32' ? (['f32x4', 'i32x4'] as const) : (['f64x2', 'i64x2'] as const);
    f.localGet(mask).op('v128.any_true').if(() => {
      for (let lane = 0; lane < lanesOf(precision); lane++) {
        f.localGet(mask).op(`${integers}.bitmask`).i32Const(1 << lane).op('i32.and').if(() => {
          f.localGet(value);
          for (const input of inputs) {
            f.localGet(input).lane(`${shape}.extract_lane`, lane);
            if (precision === 'f32') f.op('f64.promote_f32');
          }
          f.call(this.callees.host(host));
          if (precision === 'f32') f.op('f32.demote_f64');
          f.lane(`${shape}.replace_lane`, lane).localSet(value);
        });
      }
    });
    f.localGet(value);
  }
}

function inputsOf({ origin }: Vector): readonly Vector[] {
  switch (origin.kind) {
    case 'input':
    case 'constant':
      return [];
    case 'instruction':
    case 'shuffle':
    case 'call':
      return origin.inputs;
    case 'shift':
      return [origin.input];
    case 'patch':
      return [origin.value, origin.mask, origin.replacement];
    case 'rescue':
      return [origin.value, origin.mask, ...origin.inputs];
  }
}
