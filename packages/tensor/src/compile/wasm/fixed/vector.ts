/** @file Vectors of real numbers for fixed kernels: whole ones and, at edges, the first few elements, without touching what lies behind. */
import type { FloatDType } from '../../../array/dtype.ts';
import type { FunctionBuilder, Local } from '../assembler.ts';

/** Instructions for vectors of one dtype. */
export class Vector {
  readonly bytes: number;
  readonly lanes: number;
  private readonly isSingle: boolean;
  private readonly fused: boolean;

  /** `fused`: products are added to sums without being rounded first. */
  constructor(dtype: FloatDType, fused: boolean = false) {
    this.fused = fused;
    this.isSingle = dtype === 'f32';
    this.bytes = this.isSingle ? 4 : 8;
    this.lanes = 16 / this.bytes;
  }

  /** → zeros. */
  zero(f: FunctionBuilder): void {
    f.f64x2Const(0);
  }

  /** → the first `count` elements at an address, zeros in the other lanes. */
  load(f: FunctionBuilder, address: Local, offset: number, count: number = this.lanes): void {
    f.localGet(address);
    if (count === this.lanes) {
      f.load('v128.load', offset, this.bytes);
    } else if (!this.isSingle || count > 1) {
      f.load('v128.load64_zero', offset, this.bytes);
      if (count < 3) return;
      const lower = f.local('v128');
      f.localSet(lower).localGet(address).localGet(lower).loadLane('v128.load32_lane', 2, offset + 8);
    } else {
      f.load('v128.load32_zero', offset);
    }
  }

  /** → one element in all lanes. */
  loadSplat(f: FunctionBuilder, address: Local, offset: number): void {
    f.localGet(address).load(this.isSingle ? 'v128.load32_splat' : 'v128.load64_splat', offset);
  }

  /** Like `load`, of elements that lie `stride` bytes apart. */
  loadSpread(f: FunctionBuilder, address: Local, offset: number, count: number, stride: number): void {
    if (stride === this.bytes) return this.load(f, address, offset, count);
    const gathered = f.local('v128');
    this.zero(f);
    f.localSet(gathered);
    for (let lane = 0; lane < count; lane++) {
      f.localGet(address).localGet(gathered).loadLane(this.isSingle ? 'v128.load32_lane' : 'v128.load64_lane', lane, offset + lane * stride).localSet(gathered);
    }
    f.localGet(gathered);
  }

  /** Writes the first `count` lanes to places `stride` bytes apart. */
  storeSpread(f: FunctionBuilder, address: Local, offset: number, value: Local, count: number, stride: number): void {
    if (stride === this.bytes && count === this.lanes) {
      f.localGet(address).localGet(value).store('v128.store', offset, this.bytes);
      return;
    }
    for (let lane = 0; lane < count; lane++) {
      f.localGet(address).localGet(value).storeLane(this.isSingle ? 'v128.store32_lane' : 'v128.store64_lane', lane, offset + lane * stride);
    }
  }

  /** (a, b) → a + b */
  add(f: FunctionBuilder): void {
    f.op(this.isSingle ? 'f32x4.add' : 'f64x2.add');
  }

  /** sum ← sum + a · b, where `factors` pushes a and b. */
  addProduct(f: FunctionBuilder, sum: Local, factors: () => void): void {
    const [madd, mul] = this.isSingle ? (['f32x4.relaxed_madd', 'f32x4.mul'] as const) : (['f64x2.relaxed_madd', 'f64x2.mul'] as const);
    if (this.fused) {
      factors();
      f.localGet(sum).op(madd);
    } else {
      f.localGet(sum);
      factors();
      f.op(mul);
      this.add(f);
    }
    f.localSet(sum);
  }

  /** → a lane as a double. */
  lane(f: FunctionBuilder, value: Local, lane: number): void {
    f.localGet(value);
    if (this.isSingle) f.lane('f32x4.extract_lane', lane).op('f64.promote_f32');
    else f.lane('f64x2.extract_lane', lane);
  }

  /** → an element as a double. */
  loadNumber(f: FunctionBuilder, address: Local, offset: number): void {
    f.localGet(address);
    if (this.isSingle) f.load('f32.load', offset).op('f64.promote_f32');
    else f.load('f64.load', offset);
  }

  /** Writes a double as an element. */
  storeNumber(f: FunctionBuilder, address: Local, offset: number, value: Local): void {
    f.localGet(address).localGet(value);
    if (this.isSingle) f.op('f32.demote_f64').store('f32.store', offset);
    else f.store('f64.store', offset);
  }

  /** Copies one element. */
  copyElement(f: FunctionBuilder, target: Local, targetOffset: number, source: Local, sourceOffset: number): void {
    const [load, store] = this.isSingle ? (['i32.load', 'i32.store'] as const) : (['i64.load', 'i64.store'] as const);
    f.localGet(target).localGet(source).load(load, sourceOffset).store(store, targetOffset);
  }

  /** As many vectors as they have lanes, with rows and columns exchanged. */
  transpose(f: FunctionBuilder, rows: readonly Local[]): Local[] {
    const shuffled = (a: Local, b: Local, l0: number, l1: number, l2: number, l3: number): Local => {
      const result = f.local('v128');
      f.localGet(a).localGet(b).i32x4Shuffle(l0, l1, l2, l3).localSet(result);
      return result;
    };
    const [a, b, c, d] = rows as [Local, Local, Local, Local];
    if (!this.isSingle) return [shuffled(a, b, 0, 1, 4, 5), shuffled(a, b, 2, 3, 6, 7)];
    const [low, high] = [[a, b], [c, d]].map(([x, y]) => [shuffled(x!, y!, 0, 4, 1, 5), shuffled(x!, y!, 2, 6, 3, 7)]) as [Local[], Local[]];
    return [0, 1].flatMap((half) => [shuffled(low[half]!, high[half]!, 0, 1, 4, 5), shuffled(low[half]!, high[half]!, 2, 3, 6, 7)]);
  }
}
