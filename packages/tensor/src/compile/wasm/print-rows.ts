/**
 * @file Functions that reduce one row of elements, with the same order of operations as the js backend: sums in two halves until
 * they are short, in doubles; integers wrap around.
 */
import { bytesPerElement, type DType } from '../../array/dtype.ts';
import { CHUNK, type Reduction } from '../../backends/js/reduce.ts';
import { loadElement } from './access.ts';
import type { FunctionReference, Local, ModuleBuilder } from './assembler.ts';
import type { FunctionBuilder } from './function-builder.ts';

/** The type of a reduced row: doubles for real numbers, i32 for integers and booleans. */
export function rowType(dtype: DType): 'f64' | 'i32' {
  return dtype === 'f32' || dtype === 'f64' ? 'f64' : 'i32';
}

/** Pushes the element at an address in the type of the row. */
function pushElement(f: FunctionBuilder, dtype: DType, at: Local): void {
  f.localGet(at);
  loadElement(f, dtype);
  if (dtype === 'f32') f.op('f64.promote_f32');
}

function advance(f: FunctionBuilder, at: Local, step: Local): void {
  f.localGet(at).localGet(step).op('i32.add').localSet(at);
}

/** (address of the first element, bytes between elements, number of elements) → reduced value. */
export function addRowFunction(module: ModuleBuilder, reduction: Reduction, dtype: DType): FunctionReference {
  const type = rowType(dtype);
  const reference = module.declareFunction(`${reduction}_${dtype}`, ['i32', 'i32', 'i32'], [type]);
  module.defineFunction(reference, (f, [at, step, length]) => {
    if (reduction === 'sum' && type === 'f64') printPairwiseSum(f, dtype, at!, step!, length!);
    else printFold(f, reduction, dtype, at!, step!, length!);
  });
  return reference;
}

function printPairwiseSum(f: FunctionBuilder, dtype: DType, at: Local, step: Local, length: Local): void {
  const half = f.local('i32');
  f.localGet(length).i32Const(CHUNK).op('i32.gt_s').if(() => {
    f.localGet(length).i32Const(1).op('i32.shr_s').i32Const(~7).op('i32.and').localSet(half);
    f.localGet(at).localGet(step).localGet(half).call(f.self);
    f.localGet(at).localGet(half).localGet(step).op('i32.mul').op('i32.add').localGet(step).localGet(length).localGet(half).op('i32.sub').call(f.self);
    f.op('f64.add').op('return');
  });
  const sums = [f.local('f64'), f.local('f64')];
  const end = f.local('i32');
  const i = f.local('i32');
  f.localGet(length).i32Const(~1).op('i32.and').localSet(end);
  f.forRange(i, 0, end, 2, () => {
    for (const sum of sums) {
      f.localGet(sum);
      pushElement(f, dtype, at);
      f.op('f64.add').localSet(sum);
      advance(f, at, step);
    }
  });
  f.localGet(length).i32Const(1).op('i32.and').if(() => {
    f.localGet(sums[0]!);
    pushElement(f, dtype, at);
    f.op('f64.add').localSet(sums[0]!);
  });
  f.localGet(sums[0]!).localGet(sums[1]!).op('f64.add');
}

const LARGEST = 2 ** 31 - 1;
const START: Readonly<Record<Reduction, { readonly real: number; readonly integer: number }>> = {
  sum: { real: 0, integer: 0 },
  prod: { real: 1, integer: 1 },
  min: { real: Infinity, integer: LARGEST },
  max: { real: -Infinity, integer: -LARGEST - 1 },
  any: { real: 0, integer: 0 },
  all: { real: 1, integer: 1 },
};

/** One element after another. */
function printFold(f: FunctionBuilder, reduction: Reduction, dtype: DType, at: Local, step: Local, length: Local): void {
  const type = rowType(dtype);
  const total = f.local(type);
  const start = START[reduction];
  if (type === 'f64') f.f64Const(start.real);
  else f.i32Const(start.integer);
  f.localSet(total);
  f.forRange(f.local('i32'), 0, length, 1, () => {
    f.localGet(total);
    pushElement(f, dtype, at);
    printCombine(f, reduction, type);
    f.localSet(total);
    advance(f, at, step);
  });
  f.localGet(total);
}

/** (total, element) → total. */
function printCombine(f: FunctionBuilder, reduction: Reduction, type: 'f64' | 'i32'): void {
  switch (reduction) {
    case 'sum':
      f.op(`${type}.add`);
      return;
    case 'prod':
      f.op(`${type}.mul`);
      return;
    case 'any':
      f.op('i32.or');
      return;
    case 'all':
      f.op('i32.and');
      return;
    default:
      if (type === 'f64') f.op(`f64.${reduction}`);
      else printIntegerExtremum(f, reduction);
  }
}

function printIntegerExtremum(f: FunctionBuilder, reduction: 'min' | 'max'): void {
  const x = f.local('i32');
  const y = f.local('i32');
  f.localSet(y).localSet(x).localGet(x).localGet(y).localGet(x).localGet(y).op(reduction === 'min' ? 'i32.lt_s' : 'i32.gt_s').op('select');
}

/** Bytes between elements of a row. */
export function rowStep(step: number, dtype: DType): number {
  return step * bytesPerElement(dtype);
}
