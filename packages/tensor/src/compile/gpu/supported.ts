/** @file What the gpu backend has code for. Everything else is refused by name before anything is compiled. */
import { innerPrograms, Variable, type Abstract, type Equation, type Program } from '@tapeflow/autodiff/extend';
import { arraySpace, NDArray } from '../../array/ndarray.ts';
import { sizeOf } from '../../array/strides.ts';
import type { ArrayType } from '../../array/type.ts';
import { ELEMENTWISE, type ElementwiseName } from '../../elementwise/table.ts';
import { operands, type Expression } from '../../elementwise/expression.ts';
import { GpuLimitError, inputTypes, UnsupportedOperationError } from '../errors.ts';
import type { IndexParams } from '../../primitives/gather.ts';
import { typeOfAtom } from '../lower/residence.ts';
import { MISSING_OPERATORS } from './operators.ts';
import { LARGEST_EXACT } from './residents.ts';

const uses = (expression: Expression): boolean => expression.kind === 'operation' && (MISSING_OPERATORS.has(expression.operator) || expression.inputs.some(uses));

const ELEMENTWISE_NAMES = (Object.keys(ELEMENTWISE) as ElementwiseName[]).filter((name) => !uses(ELEMENTWISE[name].value(...operands(ELEMENTWISE[name].arity))));

/** Names of the primitives that have code. */
export const GPU_PRIMITIVES: ReadonlySet<string> = new Set<string>([
  ...ELEMENTWISE_NAMES,
  'convert', 'full', 'iota', 'broadcast', 'slice', 'transpose', 'reverse', 'reshape', 'pad', 'concat', 'gather', 'scatterAdd',
  'reduceSum', 'reduceProd', 'reduceMin', 'reduceMax', 'reduceAny', 'reduceAll', 'dot',
  'scan', 'while', 'cond', 'check', 'indexWithin',
]);

/** Kernels cannot write where they like: of scattered numbers each element has to look at all. */
export const MOST_UPDATES = 64;

const WIDE = 'its numbers are f32; use precision(32, …) and f32 tensors';

/** Throws `UnsupportedOperationError` at the first operation without code or of f64, `GpuLimitError` at the first array that is too large. */
export function checkSupported(program: Program): void {
  for (const { space, type } of program.inputs) if (!isFitting(space, type)) throw new UnsupportedOperationError('input', 'gpu', [space.describe(type)], WIDE);
  checkEquations(program);
}

function checkEquations({ equations }: Program): void {
  for (const equation of equations) {
    const { primitive, inputs, outputs } = equation;
    if (!GPU_PRIMITIVES.has(primitive.name)) throw new UnsupportedOperationError(primitive.name, 'gpu', inputTypes(equation));
    if (primitive.name === 'scatterAdd' && updatesOf(equation) > MOST_UPDATES) throw new UnsupportedOperationError(primitive.name, 'gpu', inputTypes(equation), `it adds more than ${MOST_UPDATES} numbers`);
    const constants = inputs.flatMap((atom) => (atom instanceof Variable || !(atom.value instanceof NDArray) ? [] : [{ space: arraySpace as Abstract['space'], type: atom.value as ArrayType }]));
    for (const { space, type } of [...outputs, ...constants]) if (!isFitting(space, type)) throw new UnsupportedOperationError(primitive.name, 'gpu', describeInputs(equation), WIDE);
    for (const { program } of innerPrograms(equation)) checkEquations(program);
  }
}

const updatesOf = ({ inputs, params }: Equation): number => sizeOf(typeOfAtom(inputs[1]!).shape) / (params as IndexParams).members;

function describeInputs(equation: Equation): string[] {
  const types = inputTypes(equation);
  return types.length === 0 ? equation.outputs.map(({ space, type }) => space.describe(type)) : types;
}

function isFitting(space: Abstract['space'], type: unknown): boolean {
  if (space !== (arraySpace as unknown)) return false;
  const { shape, dtype } = type as ArrayType;
  const size = sizeOf(shape);
  if (size > LARGEST_EXACT) throw new GpuLimitError('jit', 'the number of elements of an array', size, LARGEST_EXACT);
  return dtype !== 'f64';
}
