/** @file Keys: whole numbers without sign that are in the order of the elements that they stand for. */
import type { LineOrder } from '../../../kernels/lines/order.ts';
import type { FunctionBuilder, Local } from '../../assembler.ts';

/** Instructions that make keys and work on them. */
export class Keys {
  readonly type: 'i32' | 'i64';
  private readonly f: FunctionBuilder;
  private readonly kernel: LineOrder;
  private readonly number: Local | undefined;
  private readonly bits: Local | undefined;

  constructor(f: FunctionBuilder, kernel: LineOrder) {
    this.f = f;
    this.kernel = kernel;
    this.type = kernel.dtype === 'f64' ? 'i64' : 'i32';
    if (kernel.dtype === 'f32' || kernel.dtype === 'f64') {
      this.number = f.local(kernel.dtype);
      this.bits = f.local(this.type);
    }
  }

  /** → the key of the element at an address. */
  push(address: Local): void {
    const { f, kernel } = this;
    f.localGet(address);
    switch (kernel.dtype) {
      case 'bool':
        f.load('i32.load8_u');
        if (kernel.isDescending) f.i32Const(1).op('i32.xor');
        return;
      case 'i32':
        f.load('i32.load').i32Const(kernel.isDescending ? 0x7fffffff : 0x80000000).op('i32.xor');
        return;
      case 'f32':
        return this.pushReal('f32', 'i32', () => f.i32Const(31), () => f.i32Const(0x80000000), () => f.i32Const(-1));
      case 'f64':
        return this.pushReal('f64', 'i64', () => f.i64Const(63n), () => f.i64Const(-(2n ** 63n)), () => f.i64Const(-1n));
    }
  }

  /** Bits of positive numbers are in their order, those of negative ones backwards; a zero loses its sign. */
  private pushReal(real: 'f32' | 'f64', whole: 'i32' | 'i64', shift: () => void, sign: () => void, last: () => void): void {
    const { f } = this;
    f.load(`${real}.load`);
    if (this.kernel.isDescending) f.op(`${real}.neg`);
    if (real === 'f32') f.f32Const(0);
    else f.f64Const(0);
    f.op(`${real}.add`).localTee(this.number!).op(real === 'f32' ? 'i32.reinterpret_f32' : 'i64.reinterpret_f64').localTee(this.bits!);
    f.localGet(this.bits!);
    shift();
    f.op(`${whole}.shr_s`);
    sign();
    f.op(`${whole}.or`).op(`${whole}.xor`);
    last();
    f.localGet(this.number!).localGet(this.number!).op(`${real}.eq`).op('select');
  }

  /** (address) → key */
  load(address: Local): void {
    this.f.localGet(address).load(`${this.type}.load`);
  }

  /** (address, key) → */
  store(offset: number = 0): void {
    this.f.store(`${this.type}.store`, offset);
  }

  /** (a, b) → whether a ≤ b */
  isAtMost(): void {
    this.f.op(`${this.type}.le_u`);
  }

  /** → a digit of a key, between 0 and 255. */
  digit(key: Local, digit: number): void {
    const { f } = this;
    f.localGet(key);
    if (this.type === 'i64') f.i64Const(BigInt(8 * digit)).op('i64.shr_u').op('i32.wrap_i64');
    else f.i32Const(8 * digit).op('i32.shr_u');
    f.i32Const(255).op('i32.and');
  }
}
