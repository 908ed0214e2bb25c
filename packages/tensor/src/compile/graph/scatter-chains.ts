/**
 * @file Sums of scatters: a + scatterAdd(0, i, u) is scatterAdd(a, i, u). The derivative of an interpolation is a sum of scatters, one per
 * corner; as a chain they fill one array in one pass instead of several that are added up.
 */
import { Variable, type Atom, type Equation, type Program } from '@tapeflow/autodiff/extend';
import { NDArray, type FullParams } from '../../array/ndarray.ts';
import { sameShape } from '../../array/strides.ts';
import type { ArrayType } from '../../array/type.ts';
import { withInnerPrograms } from './inner.ts';

/** The program with its sums of scatters as chains. Which number is added first changes, and with it the rounding of equal indices. */
export function chainScatters(program: Program): Program {
  const uses = countUses(program);
  const definitions = new Map<Atom, Equation>();
  const replaced = new Set<Equation>();
  const equations: Equation[] = [];
  for (const original of program.equations) {
    const equation = chained(withInnerPrograms(original, chainScatters), definitions, uses, replaced);
    for (const variable of equation.outputs) definitions.set(variable, equation);
    equations.push(equation);
  }
  return { ...program, equations: equations.filter((equation) => !replaced.has(equation)) };
}

function countUses({ equations, outputs }: Program): Map<Atom, number> {
  const uses = new Map<Atom, number>();
  const count = (atom: Atom): void => void uses.set(atom, (uses.get(atom) ?? 0) + 1);
  for (const { inputs } of equations) inputs.forEach(count);
  outputs.forEach(count);
  return uses;
}

function chained(equation: Equation, definitions: ReadonlyMap<Atom, Equation>, uses: ReadonlyMap<Atom, number>, replaced: Set<Equation>): Equation {
  if (equation.primitive.name !== 'add') return equation;
  const shapes = equation.inputs.map(shapeOf);
  if (!sameShape(shapes[0]!, shapes[1]!)) return equation;
  // The second of two scatters, so that the first stays the beginning of the chain.
  for (const at of [1, 0]) {
    const scatter = definitions.get(equation.inputs[at]!);
    if (scatter === undefined || scatter.primitive.name !== 'scatterAdd' || uses.get(equation.inputs[at]!) !== 1) continue;
    if (!isZero(scatter.inputs[0]!, definitions)) continue;
    replaced.add(scatter);
    return { ...scatter, inputs: [equation.inputs[1 - at]!, ...scatter.inputs.slice(1)], outputs: equation.outputs };
  }
  return equation;
}

function shapeOf(atom: Atom): readonly number[] {
  return atom instanceof Variable ? (atom.type as ArrayType).shape : atom.value instanceof NDArray ? atom.value.shape : [];
}

function isZero(atom: Atom, definitions: ReadonlyMap<Atom, Equation>): boolean {
  const definition = definitions.get(atom);
  if (definition !== undefined) return definition.primitive.name === 'full' && (definition.params as FullParams).value === 0;
  const value = atom instanceof Variable ? undefined : atom.value;
  return value instanceof NDArray && value.size > 0 && value.strides.every((stride, axis) => stride === 0 || value.shape[axis] === 1) && value.data[value.offset] === 0;
}
