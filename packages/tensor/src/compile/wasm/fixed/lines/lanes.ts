/** @file Arithmetic on vectors of lanes as expressions: every operation gives a variable. */
import type { FloatDType } from '../../../../array/dtype.ts';
import type { FunctionBuilder, Local } from '../../assembler.ts';
import type { PlainOpcode } from '../../opcodes.ts';

/** A complex number in every lane. */
export interface Complex {
  readonly re: Local;
  readonly im: Local;
}

/** Operations on vectors of one dtype in one function. Variables of a scope are used again after it. */
export class Lanes {
  readonly f: FunctionBuilder;
  readonly bytes: number;
  readonly count: number;
  private readonly type: 'f32x4' | 'f64x2' | 'i32x4';
  private readonly width: 32 | 64;
  private free: Local[] = [];
  private used: Local[] = [];

  constructor(f: FunctionBuilder, dtype: FloatDType | 'i32') {
    this.f = f;
    this.type = ({ f32: 'f32x4', f64: 'f64x2', i32: 'i32x4' } as const)[dtype];
    this.width = dtype === 'f64' ? 64 : 32;
    this.bytes = this.width / 8;
    this.count = 16 / this.bytes;
  }

  /** What is made inside is forgotten at the end. */
  scope(body: () => void): void {
    const outer = this.used;
    this.used = [];
    body();
    this.free.push(...this.used);
    this.used = outer;
  }

  /** A variable for a vector. */
  take(): Local {
    const local = this.free.pop() ?? this.f.local('v128');
    this.used.push(local);
    return local;
  }

  /** Gives the vector on the stack a name. */
  private named(): Local {
    const local = this.take();
    this.f.localSet(local);
    return local;
  }

  constant(value: number): Local {
    if (this.width === 32) this.f.f32x4Const(value);
    else this.f.f64x2Const(value);
    return this.named();
  }

  add(a: Local, b: Local): Local {
    this.f.localGet(a).localGet(b).op(`${this.type}.add`);
    return this.named();
  }

  sub(a: Local, b: Local): Local {
    this.f.localGet(a).localGet(b).op(`${this.type}.sub`);
    return this.named();
  }

  mul(a: Local, b: Local): Local {
    this.f.localGet(a).localGet(b).op(`${this.type}.mul`);
    return this.named();
  }

  neg(a: Local): Local {
    this.f.localGet(a).op(`${this.type}.neg`);
    return this.named();
  }

  /** All bits of a lane where a > b, or a < b. */
  compare(a: Local, b: Local, direction: 1 | -1): Local {
    this.f.localGet(a).localGet(b);
    if (this.type === 'i32x4') this.f.op(direction > 0 ? 'i32x4.gt_s' : 'i32x4.lt_s');
    else this.f.op(direction > 0 ? `${this.type}.gt` : `${this.type}.lt`);
    return this.named();
  }

  /** All bits of a lane where a number is none. */
  isNaN(a: Local): Local {
    this.f.localGet(a).localGet(a).op(`${this.type}.ne`);
    return this.named();
  }

  /** Instructions on vectors that are given. */
  apply(name: PlainOpcode, ...vectors: readonly Local[]): Local {
    for (const vector of vectors) this.f.localGet(vector);
    this.f.op(name);
    return this.named();
  }

  copy(from: Local, to: Local): void {
    this.f.localGet(from).localSet(to);
  }

  /** a b + c d */
  dot(a: Local, b: Local, c: Local, d: Local): Local {
    return this.add(this.mul(a, b), this.mul(c, d));
  }

  /** a b − c d */
  cross(a: Local, b: Local, c: Local, d: Local): Local {
    return this.sub(this.mul(a, b), this.mul(c, d));
  }

  load(address: Local, offset: number): Local {
    this.f.localGet(address).load('v128.load', offset, this.bytes);
    return this.named();
  }

  store(address: Local, offset: number, value: Local): void {
    this.f.localGet(address).localGet(value).store('v128.store', offset, this.bytes);
  }

  /** One number from memory in all lanes. */
  splat(address: Local, offset: number): Local {
    this.f.localGet(address).load(`v128.load${this.width}_splat`, offset);
    return this.named();
  }

  /** One number from each address. */
  gather(addresses: readonly Local[], offset: number): Local {
    const vector = this.take();
    this.f.localGet(addresses[0]!).load(`v128.load${this.width}_zero`, offset).localSet(vector);
    for (let lane = 1; lane < this.count; lane++) this.f.localGet(addresses[lane]!).localGet(vector).loadLane(`v128.load${this.width}_lane`, lane, offset).localSet(vector);
    return vector;
  }

  /** One number to each address. */
  scatter(addresses: readonly Local[], offset: number, value: Local): void {
    addresses.forEach((address, lane) => this.f.localGet(address).localGet(value).storeLane(`v128.store${this.width}_lane`, lane, offset));
  }

  shuffled(a: Local, b: Local, ...lanes: readonly [number, number, number, number]): Local {
    this.f.localGet(a).localGet(b).i32x4Shuffle(...lanes);
    return this.named();
  }

  /** As many vectors as they have lanes, with rows and columns exchanged. */
  transpose(rows: readonly Local[]): Local[] {
    const [a, b, c, d] = rows as [Local, Local, Local, Local];
    if (this.width === 64) return [this.shuffled(a, b, 0, 1, 4, 5), this.shuffled(a, b, 2, 3, 6, 7)];
    const [ab, cd] = [this.shuffled(a, b, 0, 4, 1, 5), this.shuffled(c, d, 0, 4, 1, 5)];
    const [AB, CD] = [this.shuffled(a, b, 2, 6, 3, 7), this.shuffled(c, d, 2, 6, 3, 7)];
    return [this.shuffled(ab, cd, 0, 1, 4, 5), this.shuffled(ab, cd, 2, 3, 6, 7), this.shuffled(AB, CD, 0, 1, 4, 5), this.shuffled(AB, CD, 2, 3, 6, 7)];
  }
}
