/** @file Constant folding: what depends on constants alone is computed once, when the program is compiled. */
import { Constant, innerPrograms, Variable, type Atom, type Equation, type Program } from '@tapeflow/autodiff/extend';
import { NDArray } from '../../array/ndarray.ts';
import { sizeOf } from '../../array/strides.ts';
import type { ArrayType } from '../../array/type.ts';
import { ELEMENTWISE } from '../../elementwise/table.ts';
import { withInnerPrograms, withInputs } from './inner.ts';

/** Results with more elements are left to the program: they would take memory in it all the time. */
const MOST_ELEMENTS = 4096;

/** The program with constant equations replaced by constants. Equations without inputs (full, iota) stay readable as they are. */
export function foldConstants(program: Program): Program {
  const known = new Map<Variable, NDArray>();
  const folded = new Map<Variable, Constant>();
  const replace = (atom: Atom): Atom => (atom instanceof Variable ? (folded.get(atom) ?? atom) : atom);
  const equations: Equation[] = [];
  for (const original of program.equations) {
    const equation = withInnerPrograms(withInputs(original, replace), foldConstants);
    const values = constantInputs(equation, known);
    const results = values === undefined || !isFoldable(equation, values) ? undefined : evaluate(equation, values);
    if (results === undefined) {
      equations.push(equation);
      continue;
    }
    equation.outputs.forEach((variable, k) => known.set(variable, results[k]!));
    if (equation.inputs.length === 0) equations.push(equation);
    else equation.outputs.forEach((variable, k) => folded.set(variable, new Constant(results[k])));
  }
  return { ...program, equations, outputs: program.outputs.map(replace) };
}

/** The inputs, if all of them are known. */
function constantInputs({ inputs }: Equation, known: ReadonlyMap<Variable, NDArray>): NDArray[] | undefined {
  const values: NDArray[] = [];
  for (const atom of inputs) {
    const value = atom instanceof Variable ? known.get(atom) : atom.value;
    if (!(value instanceof NDArray)) return undefined;
    values.push(value);
  }
  return values;
}

function isFoldable(equation: Equation, values: readonly NDArray[]): boolean {
  const { primitive, outputs } = equation;
  if (primitive.effect === true || innerPrograms(equation).length > 0 || outputs.length === 0) return false;
  if (primitive.name === 'full' || isUniformElementwise(equation, values)) return true;
  return outputs.every(({ type }) => sizeOf((type as ArrayType).shape) <= MOST_ELEMENTS);
}

function isUniformElementwise({ primitive }: Equation, values: readonly NDArray[]): boolean {
  return primitive.name in ELEMENTWISE && values.every(isUniform);
}

/** The same value everywhere, seen from the strides. */
function isUniform({ shape, strides, size }: NDArray): boolean {
  return size > 0 && strides.every((stride, axis) => stride === 0 || shape[axis] === 1);
}

function evaluate(equation: Equation, values: readonly NDArray[]): NDArray[] | undefined {
  const { primitive, params, outputs } = equation;
  if (!isUniformElementwise(equation, values)) {
    try {
      return primitive.evaluate(values, params) as NDArray[];
    } catch {
      // What fails is left to the program, which may never get there.
      return undefined;
    }
  }
  // One element stands for all.
  const result = primitive.evaluateOne(values.map(({ storage, offset, dtype }) => new NDArray(storage, [], [], offset, dtype)), params) as NDArray;
  const { shape } = outputs[0]!.type as ArrayType;
  return [new NDArray(result.storage, shape, shape.map(() => 0), result.offset, result.dtype)];
}
