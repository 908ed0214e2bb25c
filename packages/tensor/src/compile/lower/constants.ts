/** @file Constants of a program: put into its memory once, equal ones together. */
import { allocate, type DType } from '../../array/dtype.ts';
import { NDArray } from '../../array/ndarray.ts';
import { rowMajor, type Shape } from '../../array/strides.ts';
import { Region, wholeView, type View } from './view.ts';

/** The constants of one program. */
export class ConstantPool {
  private readonly byArray = new Map<NDArray, View>();
  private readonly uniform = new Map<string, Region>();
  private readonly ramps = new Map<string, Region>();
  private readonly tables = new Map<string, Region>();

  /** One value everywhere. */
  full(value: number, shape: Shape, dtype: DType): View {
    const stored = allocate(dtype, 1);
    stored[0] = dtype === 'bool' ? Number(value !== 0) : value;
    const key = `${dtype}:${Object.is(stored[0], -0) ? '-0' : String(stored[0])}`;
    let region = this.uniform.get(key);
    if (region === undefined) this.uniform.set(key, (region = new Region(dtype, 1, stored)));
    return { region, dtype, shape, strides: shape.map(() => 0), offset: 0, moving: [] };
  }

  /** 0, 1, 2, … along one axis. */
  iota(shape: Shape, axis: number, dtype: DType): View {
    const length = shape[axis]!;
    const key = `${dtype}:${length}`;
    let region = this.ramps.get(key);
    if (region === undefined) {
      const ramp = allocate(dtype, length);
      for (let k = 0; k < length; k++) ramp[k] = k;
      this.ramps.set(key, (region = new Region(dtype, length, ramp)));
    }
    return { region, dtype, shape, strides: shape.map((_, k) => (k === axis ? 1 : 0)), offset: 0, moving: [] };
  }

  /** A table of numbers, made once for all that ask for it under one key. */
  table(key: string, dtype: DType, make: () => ArrayLike<number>): View {
    let region = this.tables.get(key);
    if (region === undefined) {
      const numbers = make();
      const data = allocate(dtype, numbers.length);
      data.set(numbers);
      this.tables.set(key, (region = new Region(dtype, data.length, data)));
    }
    return wholeView(region, [region.size]);
  }

  /** The elements of an array; along axes on which it does not change they are stored once. */
  array(array: NDArray): View {
    let view = this.byArray.get(array);
    if (view !== undefined) return view;
    const { shape, strides, dtype } = array;
    const short = shape.map((length, axis) => (strides[axis] === 0 && length > 0 ? 1 : length));
    if (short.every((length) => length === 1)) {
      view = this.full(array.data[array.offset]!, shape, dtype);
    } else {
      const data = new NDArray(array.storage, short, strides, array.offset, dtype).copyData();
      const own = rowMajor(short);
      view = { ...wholeView(new Region(dtype, data.length, data), short), shape, strides: own.map((stride, axis) => (short[axis] === shape[axis] ? stride : 0)) };
    }
    this.byArray.set(array, view);
    return view;
  }
}
