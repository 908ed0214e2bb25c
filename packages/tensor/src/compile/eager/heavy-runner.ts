/** @file Performs heavy single operations by compiled programs: whole ones by a program for their shapes, elementwise ones block by block. */
import { abstractOf, traceProgram, type Abstract, type Value } from '@tapeflow/autodiff/extend';
import { allocate, isFloat, type FloatDType, type TypedArray } from '../../array/dtype.ts';
import { arrayAbstract, NDArray } from '../../array/ndarray.ts';
import { Storage } from '../../array/storage.ts';
import { isRowMajor, sizeOf, type Shape } from '../../array/strides.ts';
import { describeType } from '../../array/type.ts';
import { installHeavyRunner, LEAST_WORK, type HeavyOperation, type HeavyRunner } from '../../backends/heavy.ts';
import { operands, type Expression, type Operator } from '../../elementwise/expression.ts';
import { ELEMENTWISE, type ElementwiseName } from '../../elementwise/table.ts';
import { hostFunctionsFor, isComputedByHost, isHostFunction as isFunction } from '../wasm/kernels/imports.ts';
import { ProgramCache } from './program-cache.ts';

/** The programs of all heavy operations of this thread. */
export const heavyPrograms: ProgramCache = new ProgramCache({ programs: 256, bytes: 2 ** 28 });

/** Elements that one run of an elementwise program computes: with its operands they stay in the second-level cache. */
const BLOCK: number = LEAST_WORK.elements;

const traced = ({ name, perform }: HeavyOperation, types: readonly Abstract[]) => () => traceProgram(name, perform, types).program;

const fast: Readonly<Record<FloatDType, Map<string, boolean>>> = { f32: new Map(), f64: new Map() };

/** Whether an elementwise program gains enough: it asks JavaScript for no element, and doubles, of which there are two in a vector, have something to compute. */
function isFast(name: string, inputs: readonly NDArray[]): boolean {
  const dtype = inputs.some((input) => input.dtype === 'f64') ? 'f64' : 'f32';
  let answer = fast[dtype].get(name);
  if (answer === undefined) {
    const { arity, value } = ELEMENTWISE[name as ElementwiseName];
    const operators = operatorsOf(value(...operands(arity)));
    const asking = operators.filter((operator) => hostFunctionsFor(operator).length > 0);
    answer = dtype === 'f32' ? !asking.some(isComputedByHost) : asking.length === 0 && operators.some(isFunction);
    fast[dtype].set(name, answer);
  }
  return answer;
}

function operatorsOf(node: Expression): Operator[] {
  return node.kind === 'operation' ? [node.operator, ...node.inputs.flatMap(operatorsOf)] : [];
}

/** Part of an operand: some entries of its first axis, or the same number for all. In a storage of its own, for blocks of equal places in equal memory differ. */
function entries({ data, shape, strides, offset, dtype }: NDArray, start: number, count: number): NDArray {
  if (shape.length === 0) return new NDArray(new Storage(data), shape, strides, offset, dtype);
  return new NDArray(new Storage(data), [count, ...shape.slice(1)], strides, offset + start * strides[0]!, dtype);
}

/** The operands as lines of single elements where they lie without gaps, so that blocks are full. */
function flattened(inputs: readonly NDArray[], shape: Shape): { readonly parts: readonly NDArray[]; readonly length: number; readonly width: number } {
  const size = sizeOf(shape);
  const isFlat = inputs.every((input) => input.shape.length === 0 || isRowMajor(shape, input.strides));
  if (!isFlat) return { parts: inputs, length: shape[0]!, width: size / shape[0]! };
  return { parts: inputs.map((input) => (input.shape.length === 0 ? input : new NDArray(input.storage, [size], [1], input.offset, input.dtype))), length: size, width: 1 };
}

const runner: HeavyRunner = {
  whole(operation, inputs) {
    if (heavyPrograms.isUnavailable || heavyPrograms.isBusy) return undefined;
    const key = `${operation.name} ${JSON.stringify(operation.params)} ${inputs.map(describeType).join()}`;
    return heavyPrograms.runOperation(key, traced(operation, inputs.map(abstractOf)), inputs);
  },
  pointwise(operation, inputs, out) {
    const shape = inputs.find((input) => input.shape.length > 0)?.shape;
    if (shape === undefined || out.length === 0 || heavyPrograms.isUnavailable || heavyPrograms.isBusy || !isFast(operation.name, inputs)) return false;
    // Whole numbers are divided by what is left over in the memory of a block that is not full, which would end the program.
    if (!inputs.every(({ dtype }) => isFloat(dtype) || dtype === 'bool')) return false;
    const { parts, length, width } = flattened(inputs, shape);
    const count = Math.floor(BLOCK / width);
    if (count === 0) return false;
    const blocks = inputs.map((input): NDArray => NDArray.of(allocate(input.dtype, 0), input.shape.length === 0 ? [] : [BLOCK], input.dtype));
    const key = `each ${operation.name} ${blocks.map(describeType).join()}`;
    const make = traced(operation, blocks.map(({ shape: own, dtype }) => arrayAbstract({ shape: own, dtype })));
    for (let start = 0; start < length; start += count) {
      const now = Math.min(count, length - start);
      // Only the memory that is used is filled in and read: the rest of the last block is computed from what was there.
      const results = heavyPrograms.run(key, make, parts.map((part) => entries(part, start, now)), true);
      if (results === undefined) return false;
      copyBlock(out, start * width, results[0], now * width);
    }
    return true;
  },
};

function copyBlock(out: TypedArray, at: number, result: Value, size: number): void {
  const { data, offset } = result as NDArray;
  out.set(data.subarray(offset, offset + size), at);
}

/** From now on compiled programs perform heavy operations. Called by every module that needs the compiler, or has operations that gain much by it. */
export function performHeavyOperations(): void {
  installHeavyRunner(runner);
}
