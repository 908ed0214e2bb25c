/**
 * @file Random programs: functions of arrays whose operations are drawn from a seed and from the types of the values alone, so that the same
 * function can be run on arrays and recorded.
 */
import { traceProgram, abstractOf, type Value } from '@tapeflow/autodiff/extend';
import { allocate, type DType } from '../../src/array/dtype.ts';
import { arrayAbstract, arrayTypeOf, broadcast, concat, full, NDArray, pad, reduceSum, reshape, slice } from '../../src/array/ndarray.ts';
import { Storage } from '../../src/array/storage.ts';
import { sameShape, sizeOf, type Shape } from '../../src/array/strides.ts';
import { condLeaves } from '../../src/control/cond.ts';
import { scanLeaves } from '../../src/control/scan.ts';
import { whileLeaves } from '../../src/control/while.ts';
import { argMax, argMin, argsort, sort } from '../../src/primitives/along.ts';
import { cumulativeArgMax, cumulativeArgMin, cumulativeMax, cumulativeMin, cumulativeProduct, cumulativeSum } from '../../src/primitives/cumulate.ts';
import type { ElementwiseName } from '../../src/elementwise/table.ts';
import { add, isFinite, isNaN, less, mod, not, select } from '../../src/primitives/elementwise.ts';
import * as operations from '../../src/primitives/elementwise.ts';
import { gather, scatterAdd } from '../../src/primitives/gather.ts';
import { scatterMax, scatterMin, scatterSet } from '../../src/primitives/scatter.ts';
import { reduceAll, reduceAny, reduceMax, reduceMin, reduceProd } from '../../src/primitives/reduce.ts';
import { convert, iota, reverse, transpose } from '../../src/primitives/structure.ts';
import { applyElementwise } from './all-operations.ts';

/** Decisions of a random program. */
export class Dice {
  private state: number;

  constructor(seed: number) {
    this.state = (seed % 2147483646) + 1;
  }

  /** Uniform in [0, 1). */
  next(): number {
    this.state = (this.state * 48271) % 2147483647;
    return (this.state - 1) / 2147483646;
  }

  /** An integer in [0, count). */
  below(count: number): number {
    return Math.floor(this.next() * count);
  }

  pick<T>(list: readonly T[]): T {
    return list[this.below(list.length)]!;
  }
}

const DTYPES: readonly DType[] = ['f32', 'f64', 'i32', 'bool'];
const SHAPES: readonly Shape[] = [[], [1], [3], [7], [0], [2, 3], [3, 1], [1, 5], [5, 3], [2, 3, 4], [4, 1, 3], [0, 3], [33], [2, 271]];

type Names = readonly ElementwiseName[];

/** What programs are made of. */
export interface Palette {
  readonly dtypes: readonly DType[];
  readonly realUnary: Names;
  readonly realBinary: Names;
  readonly integerUnary: Names;
  readonly integerBinary: Names;
  /** Whether integers may grow until they wrap around. */
  readonly wrapping: boolean;
  /** Whether there are scatters, and operations along an axis. */
  readonly everything: boolean;
}

/** Every operation that gives the same bits on the backends for processors. */
export const EVERYTHING: Palette = {
  dtypes: DTYPES,
  realUnary: [
    'sin', 'cos', 'tan', 'asin', 'acos', 'atan', 'sinh', 'cosh', 'tanh', 'asinh', 'acosh', 'atanh', 'exp', 'expm1', 'log', 'log1p', 'sqrt', 'cbrt',
    'abs', 'neg', 'square', 'sign', 'floor', 'ceil', 'round', 'trunc', 'erf', 'erfc', 'gamma', 'lgamma', 'digamma', 'sinc',
  ],
  integerUnary: ['abs', 'neg', 'square', 'sign', 'floor', 'ceil', 'round', 'trunc'],
  realBinary: ['add', 'sub', 'mul', 'div', 'min', 'max', 'mod', 'hypot', 'atan2', 'pow'],
  integerBinary: ['add', 'sub', 'mul', 'min', 'max', 'mod'],
  wrapping: true,
  everything: true,
};

/** What rounds once per operation in f32, with integers that stay small. */
export const SINGLE_PRECISION: Palette = {
  dtypes: ['f32', 'i32', 'bool'],
  realUnary: ['sqrt', 'abs', 'neg', 'square', 'floor', 'round', 'sign'],
  integerUnary: ['abs', 'neg', 'sign', 'floor'],
  realBinary: ['add', 'sub', 'mul', 'div', 'min', 'max'],
  integerBinary: ['add', 'sub', 'min', 'max', 'mod'],
  wrapping: false,
  everything: false,
};

/** A random array behind random strides: reversed, transposed, repeated, with gaps. */
export function randomView(dice: Dice, palette: Palette = EVERYTHING): NDArray {
  const dtype = dice.pick(palette.dtypes);
  const shape = dice.pick(SHAPES);
  const gap = 1 + dice.below(2);
  const order = shape.map((_, axis) => axis).sort(() => dice.next() - 0.5);
  const strides = new Array<number>(shape.length).fill(0);
  let size = gap;
  for (const axis of order) {
    if (dice.next() < 0.15) continue;
    strides[axis] = size;
    size *= Math.max(1, shape[axis]!);
  }
  let offset = 0;
  strides.forEach((stride, axis) => {
    if (dice.next() < 0.3 && shape[axis]! > 0) {
      strides[axis] = -stride;
      offset += (shape[axis]! - 1) * stride;
    }
  });
  const data = allocate(dtype, size + 1);
  for (let k = 0; k < data.length; k++) data[k] = dtype === 'bool' ? dice.below(2) : dtype === 'i32' ? dice.below(21) - 10 : dice.pick([-0, 0.5, 1, dice.next() * 4 - 2, dice.next() * 4 - 2]);
  return new NDArray(new Storage(data), shape, strides, offset, dtype);
}

const COMPARISONS: Names = ['less', 'lessEqual', 'equal', 'notEqual'];
const LOGIC: Names = ['and', 'or', 'xor'];

/** Values at hand, and random operations on them. */
class Workshop {
  readonly dice: Dice;
  readonly pool: Value[];
  private readonly depth: number;
  private readonly palette: Palette;

  constructor(dice: Dice, pool: readonly Value[], depth: number, palette: Palette) {
    this.palette = palette;
    this.dice = dice;
    this.pool = [...pool];
    this.depth = depth;
  }

  private any(accept: (shape: Shape, dtype: DType) => boolean): Value | undefined {
    const fitting = this.pool.filter((value) => accept(arrayTypeOf(value).shape, arrayTypeOf(value).dtype));
    // Late values more often, so that programs grow deep.
    return fitting.length === 0 ? undefined : fitting[Math.floor(Math.sqrt(this.dice.next()) * fitting.length)];
  }

  /** Adds one value. */
  grow(): void {
    const x = this.any(() => true)!;
    const made = this.operation(x);
    if (made !== undefined) this.pool.push(...made);
  }

  private operation(x: Value): readonly Value[] | undefined {
    const { dice } = this;
    const { shape, dtype } = arrayTypeOf(x);
    const choice = dice.below(this.depth > 0 ? 20 : 17);
    if (choice < 6) return this.elementwise(x);
    switch (choice) {
      case 6:
        return [this.converted(x, dice.pick(this.palette.dtypes))];
      case 7:
        return [transpose(x, shape.map((_, axis) => axis).sort(() => dice.next() - 0.5))];
      case 8:
        return [reverse(x, shape.flatMap((_, axis) => (dice.next() < 0.5 ? [axis] : [])))];
      case 9:
        return this.sliced(x);
      case 10:
        return sizeOf(shape) > 2000 ? undefined : [pad(x, shape.map(() => dice.below(2)), shape.map(() => dice.below(2)), shape.map(() => dice.below(4) >> 1))];
      case 11:
        return shape.length === 0 || sizeOf(shape) > 2000 ? undefined : [concat([x, reverse(x, [0]), x], dice.below(shape.length))];
      case 12:
        return [reshape(x, dice.pick([[sizeOf(shape)], [...shape].reverse(), [1, ...shape], [...shape, 1]]))];
      case 13:
        return sizeOf(shape) > 700 ? undefined : this.broadcast(x);
      case 14:
        return this.reduced(x);
      case 15:
        return this.indexed(x);
      case 16:
        return this.along(x);
      case 17:
        return this.scan(x);
      case 18:
        return this.while(x);
      default:
        return dtype === 'bool' ? undefined : this.cond(x);
    }
  }

  private converted(x: Value, dtype: DType): Value {
    const from = arrayTypeOf(x).dtype;
    if (dtype !== 'i32' || from === 'bool' || from === 'i32' || this.palette.wrapping) return convert(x, dtype);
    return convert(operations.min(operations.max(x, full(-99, [], from)), full(99, [], from)), dtype);
  }

  /** Another operand for x: of its type, or of rank 0. */
  private beside(x: Value): Value {
    const { shape, dtype } = arrayTypeOf(x);
    return this.any((other, type) => type === dtype && (sameShape(other, shape) || other.length === 0)) ?? full(this.dice.below(5) - 2, this.dice.next() < 0.5 ? [] : shape, dtype);
  }

  private elementwise(x: Value): readonly Value[] {
    const { dice } = this;
    const { dtype } = arrayTypeOf(x);
    const y = this.beside(x);
    const kind = dice.below(8);
    if (kind === 0) return [applyElementwise(dice.pick(COMPARISONS), [x, y])];
    if (kind === 1) {
      const condition = this.any((shape, type) => type === 'bool' && (sameShape(shape, arrayTypeOf(x).shape) || shape.length === 0)) ?? full(1, [], 'bool');
      return [select(condition, x, y)];
    }
    if (dtype === 'bool') return [dice.next() < 0.3 ? not(x) : applyElementwise(dice.pick(LOGIC), [x, y])];
    if (dtype === 'i32') return [kind < 4 ? applyElementwise(dice.pick(this.palette.integerUnary), [x]) : applyElementwise(dice.pick(this.palette.integerBinary), [x, y])];
    if (kind === 2) return [dice.next() < 0.5 ? isFinite(x) : isNaN(x)];
    return [kind < 5 ? applyElementwise(dice.pick(this.palette.realUnary), [x]) : applyElementwise(dice.pick(this.palette.realBinary), [x, y])];
  }

  private sliced(x: Value): readonly Value[] {
    const { dice } = this;
    const { shape } = arrayTypeOf(x);
    const start = shape.map((length) => dice.below(length + 1));
    const step = shape.map(() => 1 + dice.below(2));
    const count = shape.map((length, axis) => dice.below(Math.floor((length - start[axis]! + step[axis]! - 1) / step[axis]!) + 1));
    return [slice(x, start.map((from, axis) => (count[axis] === 0 ? Math.min(from, shape[axis]!) : from)), count, step)];
  }

  private broadcast(x: Value): readonly Value[] {
    const { shape } = arrayTypeOf(x);
    const at = this.dice.below(shape.length + 1);
    const size = this.dice.pick([1, 2, 3, 0]);
    return [broadcast(x, [...shape.slice(0, at), size, ...shape.slice(at)], shape.map((_, axis) => (axis < at ? axis : axis + 1)))];
  }

  private reduced(x: Value): readonly Value[] {
    const { dice } = this;
    const { shape, dtype } = arrayTypeOf(x);
    const axes = shape.flatMap((_, axis) => (dice.next() < 0.6 ? [axis] : []));
    if (dtype === 'bool') return [dice.pick([reduceAny, reduceAll])(x, axes)];
    // Small whole numbers add up to the same bits in every order.
    const whole = dtype === 'i32' ? x : operations.round(operations.min(operations.max(operations.mul(x, full(4, [], dtype)), full(-99, [], dtype)), full(99, [], dtype)));
    const choice = dice.pick(['sum', 'sum', 'min', 'max', 'prod'] as const);
    if (choice === 'sum') return [reduceSum(whole, axes)];
    if (choice === 'prod') return [reduceProd(dtype === 'i32' && this.palette.wrapping ? x : operations.sign(x), axes)];
    return [(choice === 'min' ? reduceMin : reduceMax)(x, axes)];
  }

  private indexed(x: Value): readonly Value[] | undefined {
    const { dice } = this;
    const size = sizeOf(arrayTypeOf(x).shape);
    const found = this.any((shape, type) => type === 'i32' && sizeOf(shape) < 400);
    if (size === 0 || found === undefined) return undefined;
    const members = dice.next() < 0.3 && size % 2 === 0 && sizeOf(arrayTypeOf(found).shape) % 2 === 0 ? 2 : 1;
    const flat = reshape(x, [size]);
    const indices = mod(found, full(size / members, [], 'i32'));
    const { dtype } = arrayTypeOf(x);
    if (dtype === 'bool' || !this.palette.everything || dice.next() < 0.5) return [gather(flat, indices, members)];
    const scatter = dice.pick([scatterAdd, scatterAdd, scatterAdd, scatterSet, scatterMin, scatterMax]);
    return [scatter(flat, indices, gather(reverse(flat, [0]), indices, members), members)];
  }

  /** Along one axis: positions, orders, running results. They are performed by JavaScript between kernels, also inside loops. */
  private along(x: Value): readonly Value[] | undefined {
    const { dice } = this;
    const { shape, dtype } = arrayTypeOf(x);
    if (shape.length === 0 || !this.palette.everything) return undefined;
    const axis = dice.below(shape.length);
    if (dtype === 'bool') return [argsort(x, axis, dice.next() < 0.5)];
    const run = dice.pick<(y: Value, along: number) => Value>([sort, cumulativeSum, cumulativeProduct, cumulativeMax, cumulativeMin, cumulativeArgMin, cumulativeArgMax, argsort, ...(shape[axis] === 0 ? [] : [argMax, argMin])]);
    return [run(x, axis)];
  }

  /** New values for carries: of the right type, in another order if there are several. */
  private carriesLike(carries: readonly Value[], made: readonly Value[]): Value[] {
    const fits = (carry: Value, value: Value): boolean => sameShape(arrayTypeOf(carry).shape, arrayTypeOf(value).shape) && arrayTypeOf(carry).dtype === arrayTypeOf(value).dtype;
    return carries.map((carry) => {
      const fitting = made.filter((value) => fits(carry, value));
      return fitting[Math.floor(Math.sqrt(this.dice.next()) * fitting.length)] ?? carry;
    });
  }

  private inner(pool: readonly Value[], count: number): Value[] {
    const workshop = new Workshop(this.dice, pool, this.depth - 1, this.palette);
    for (let k = 0; k < count; k++) workshop.grow();
    return workshop.pool;
  }

  private scan(x: Value): readonly Value[] | undefined {
    const { dice } = this;
    const length = dice.below(4);
    const y = this.any(() => true)!;
    const carries = [x, reshape(reverse(x, [0].filter(() => arrayTypeOf(x).shape.length > 0)), arrayTypeOf(x).shape), y];
    const stack = broadcast(y, [length, ...arrayTypeOf(y).shape], arrayTypeOf(y).shape.map((_, axis) => axis + 1));
    const xs = [stack, iota([length], 0, 'i32')];
    const types = [...carries.map(abstractOf), ...xs.map((each) => arrayAbstract({ shape: arrayTypeOf(each).shape.slice(1), dtype: arrayTypeOf(each).dtype }))];
    const traced = traceProgram('scan', (all) => {
      const pool = this.inner(all, 2 + dice.below(6));
      const next = this.carriesLike(carries, pool);
      const swap = dice.next() < 0.4;
      return [...(swap ? [next[1], next[0], next[2]] : next), pool[pool.length - 1], all[0]];
    }, types);
    return scanLeaves(traced.program, traced.captured, carries, xs, length, dice.next() < 0.5).slice();
  }

  private while(x: Value): readonly Value[] {
    const { dice } = this;
    const steps = dice.below(4);
    const outside = this.any(() => true)!;
    const carries = [full(0, [], 'i32'), x, x, outside];
    const outcome = whileLeaves(
      ([count]) => less(count, full(steps, [], 'i32')),
      ([count, ...own]) => {
        const pool = this.inner([...own, outside, convert(count, 'f32')], 2 + dice.below(5));
        const next = this.carriesLike(own, pool);
        return [add(count, full(1, [], 'i32')), ...(dice.next() < 0.5 ? [next[1], next[0], next[2]] : next)];
      },
      carries,
    );
    return outcome.slice(1);
  }

  private cond(x: Value): readonly Value[] {
    const { dice } = this;
    const predicate = this.any((shape, dtype) => dtype === 'bool' && shape.length === 0) ?? less(reduceSum(x), full(dice.below(3), [], arrayTypeOf(x).dtype));
    const operands = [x, this.any(() => true)!];
    const branch = (own: readonly Value[]): Value[] => this.carriesLike([own[0]], this.inner(own, 1 + dice.below(4)));
    return condLeaves(predicate, branch, branch, operands);
  }
}

/** The function of a seed: some results of random operations on the inputs. */
export function randomFunction(seed: number, length: number, palette: Palette = EVERYTHING): (xs: readonly Value[]) => Value[] {
  return (xs) => {
    const dice = new Dice(seed);
    const workshop = new Workshop(dice, xs, 2, palette);
    for (let k = 0; k < length; k++) workshop.grow();
    const { pool } = workshop;
    const last = pool.slice(-3);
    return [...last, dice.pick(pool), dice.pick(pool)];
  };
}

