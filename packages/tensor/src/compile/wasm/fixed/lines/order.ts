/**
 * @file Orders of lines. Elements become whole numbers without sign in the same order, NaN the largest of all; long lines are sorted by
 * one digit after another, from the lowest one on, short ones by insertion. Both keep the order of equal elements.
 */
import { bytesPerElement } from '../../../../array/dtype.ts';
import { COUNT_BYTES, orderScratch, type LineOrder, type OrderScratch } from '../../../kernels/lines/order.ts';
import type { FunctionBuilder, FunctionReference, Local, ModuleBuilder } from '../../assembler.ts';
import { Keys } from './keys.ts';

/** Up to this length insertion takes less time than counting digits. */
const SHORT = 40;

/** (array, positions, scratch) → */
export function emitLineOrder(module: ModuleBuilder, name: string, kernel: LineOrder): FunctionReference {
  return module.addFunction(name, ['i32', 'i32', 'i32'], [], (f, [from, to, scratch]) => {
    const { outer, inner, dtype } = kernel;
    const [o, i, x, y] = [f.local('i32'), f.local('i32'), f.local('i32'), f.local('i32')] as const;
    const sorter = new Sorter(f, kernel, scratch);
    const bytes = bytesPerElement(dtype);
    const start = (pointer: Local, base: Local, byOuter: number, byInner: number): void => {
      f.localGet(base).localGet(o).i32Const(byOuter | 0).op('i32.mul').op('i32.add').localGet(i).i32Const(byInner | 0).op('i32.mul').op('i32.add').localSet(pointer);
    };
    f.forRange(o, 0, outer, 1, () => {
      f.forRange(i, 0, inner, 1, () => {
        start(x, from, kernel.from.outer * bytes, kernel.from.inner * bytes);
        start(y, to, kernel.to.outer * 4, kernel.to.inner * 4);
        if (kernel.length <= SHORT) sorter.insert(x);
        else sorter.byDigits(x);
        sorter.write(y);
      });
    });
  }, { export: false });
}

/** Sorts one line; afterwards the positions lie at `position`. */
class Sorter {
  private readonly f: FunctionBuilder;
  private readonly kernel: LineOrder;
  private readonly scratch: Local;
  private readonly layout: OrderScratch;
  private readonly keys: Keys;
  private readonly key: Local;
  private readonly k: Local;
  private readonly at: Local;
  private readonly slot: Local;
  /** Beginnings of keys and positions, and of those that the next digit writes. */
  private readonly keyStart: Local;
  private readonly position: Local;
  private readonly nextKeys: Local;
  private readonly nextPositions: Local;

  constructor(f: FunctionBuilder, kernel: LineOrder, scratch: Local) {
    this.f = f;
    this.kernel = kernel;
    this.scratch = scratch;
    this.layout = orderScratch(kernel);
    this.keys = new Keys(f, kernel);
    this.key = f.local(this.keys.type);
    [this.k, this.at, this.slot, this.keyStart, this.position, this.nextKeys, this.nextPositions] = Array.from({ length: 7 }, () => f.local('i32')) as [Local, Local, Local, Local, Local, Local, Local];
  }

  private begin(): void {
    const set = (pointer: Local, offset: number): void => {
      this.f.localGet(this.scratch).i32Const(offset).op('i32.add').localSet(pointer);
    };
    set(this.keyStart, this.layout.keys[0]);
    set(this.nextKeys, this.layout.keys[1]);
    set(this.position, this.layout.positions[0]);
    set(this.nextPositions, this.layout.positions[1]);
  }

  /** Pushes start + size · index. */
  private element(start: Local, index: Local, size: number): FunctionBuilder {
    return this.f.localGet(start).localGet(index).i32Const(size).op('i32.mul').op('i32.add');
  }

  /** Every element goes down past those that are larger. */
  insert(x: Local): void {
    const { f, kernel, layout, keys, key, k, at } = this;
    const size = layout.keyBytes;
    this.begin();
    f.forRange(k, 0, kernel.length, 1, () => {
      keys.push(x);
      f.localSet(key).localGet(k).localSet(at);
      f.block((exit) => {
        f.loop((again) => {
          f.localGet(at).op('i32.eqz').brIf(exit);
          // Those behind `at` have moved up by one.
          this.element(this.keyStart, at, size).i32Const(size).op('i32.sub').localSet(this.slot);
          keys.load(this.slot);
          f.localGet(key);
          keys.isAtMost();
          f.brIf(exit);
          f.localGet(this.slot);
          keys.load(this.slot);
          keys.store(size);
          this.element(this.position, at, 4);
          this.element(this.position, at, 4).i32Const(4).op('i32.sub').load('i32.load').store('i32.store');
          f.localGet(at).i32Const(1).op('i32.sub').localSet(at).br(again);
        });
      });
      this.element(this.keyStart, at, size).localGet(key);
      keys.store();
      this.element(this.position, at, 4).localGet(k).store('i32.store');
      this.advance(x);
    });
  }

  private advance(x: Local): void {
    const { from, dtype } = this.kernel;
    this.f.localGet(x).i32Const((from.element * bytesPerElement(dtype)) | 0).op('i32.add').localSet(x);
  }

  byDigits(x: Local): void {
    const { f, kernel, layout, keys, key, k } = this;
    this.begin();
    f.localGet(this.scratch).i32Const(0).i32Const(layout.digits * COUNT_BYTES).memoryFill();
    f.forRange(k, 0, kernel.length, 1, () => {
      keys.push(x);
      f.localSet(key);
      this.element(this.keyStart, k, layout.keyBytes).localGet(key);
      keys.store();
      this.element(this.position, k, 4).localGet(k).store('i32.store');
      for (let digit = 0; digit < layout.digits; digit++) {
        this.countOf(digit);
        f.localGet(this.slot).localGet(this.slot).load('i32.load', digit * COUNT_BYTES).i32Const(1).op('i32.add').store('i32.store', digit * COUNT_BYTES);
      }
      this.advance(x);
    });
    for (let digit = 0; digit < layout.digits; digit++) {
      // Where all have one digit, there is nothing to do; the key is that of the last element.
      this.countOf(digit);
      f.localGet(this.slot).load('i32.load', digit * COUNT_BYTES).i32Const(kernel.length).op('i32.ne').if(() => this.sortBy(digit));
    }
  }

  /** Sets the slot to the counter of the key's digit, but for the offset of the counters of that digit. */
  private countOf(digit: number): void {
    const { f } = this;
    f.localGet(this.scratch);
    this.keys.digit(this.key, digit);
    f.i32Const(4).op('i32.mul').op('i32.add').localSet(this.slot);
  }

  private sortBy(digit: number): void {
    const { f, kernel, layout, keys, key, k, at } = this;
    const offset = digit * COUNT_BYTES;
    // Counts become the place of the first element with that digit.
    f.i32Const(0).localSet(at);
    f.forRange(k, 0, 256, 1, () => {
      this.element(this.scratch, k, 4).localTee(this.slot).load('i32.load', offset);
      f.localGet(this.slot).localGet(at).store('i32.store', offset);
      f.localGet(at).op('i32.add').localSet(at);
    });
    f.forRange(k, 0, kernel.length, 1, () => {
      this.element(this.keyStart, k, layout.keyBytes).localSet(this.slot);
      keys.load(this.slot);
      f.localSet(key);
      this.countOf(digit);
      f.localGet(this.slot).load('i32.load', offset).localSet(at);
      f.localGet(this.slot).localGet(at).i32Const(1).op('i32.add').store('i32.store', offset);
      this.element(this.nextKeys, at, layout.keyBytes).localGet(key);
      keys.store();
      this.element(this.nextPositions, at, 4);
      this.element(this.position, k, 4).load('i32.load').store('i32.store');
    });
    for (const [a, b] of [[this.keyStart, this.nextKeys], [this.position, this.nextPositions]] as const) f.localGet(a).localGet(b).localSet(a).localSet(b);
  }

  /** Writes the positions to a line of the result. */
  write(y: Local): void {
    const { f, kernel, k } = this;
    f.forRange(k, 0, kernel.length, 1, () => {
      f.localGet(y);
      this.element(this.position, k, 4).load('i32.load').store('i32.store');
      f.localGet(y).i32Const(4 * kernel.to.element).op('i32.add').localSet(y);
    });
  }
}
