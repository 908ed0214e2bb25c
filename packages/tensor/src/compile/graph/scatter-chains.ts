/**
 * @file Sums of scatters: a + scatterAdd(0, i, u) is scatterAdd(a, i, u). The derivative of an interpolation is a sum of scatters, one per
 * corner; as a chain they fill one array in one pass instead of several that are added up.
 */
import { Variable, type Atom, type Equation, type Program } from '@tapeflow/autodiff/extend';
import { NDArray } from '../../array/ndarray.ts';
import type { FullParams } from '../../array/rules.ts';
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
    const inner = withInnerPrograms(original, chainScatters);
    const [sum, ...rest] = reshapedLast(inner, definitions, uses, replaced);
    for (const equation of [...chained(sum!, definitions, uses, replaced), ...rest]) {
      for (const variable of equation.outputs) definitions.set(variable, equation);
      equations.push(equation);
    }
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

/** The sum of two reshaped arrays as their sum, reshaped: scattering is done along one axis. */
function reshapedLast(equation: Equation, definitions: ReadonlyMap<Atom, Equation>, uses: ReadonlyMap<Atom, number>, replaced: Set<Equation>): readonly Equation[] {
  if (equation.primitive.name !== 'add') return [equation];
  const [x, y] = equation.inputs.map((atom) => (uses.get(atom) === 1 ? definitions.get(atom) : undefined));
  if (x?.primitive.name !== 'reshape' || y?.primitive.name !== 'reshape') return [equation];
  const [a, b] = [x.inputs[0]!, y.inputs[0]!];
  const isScatter = (atom: Atom): boolean => definitions.get(atom)?.primitive.name === 'scatterAdd';
  if (!(isScatter(a) || isScatter(b)) || !sameShape(shapeOf(a), shapeOf(b)) || !sameShape(shapeOf(equation.inputs[0]!), shapeOf(equation.inputs[1]!))) return [equation];
  const flat = new Variable(x.outputs[0]!.space, isScatter(a) ? (a as Variable).type : (b as Variable).type);
  replaced.add(x).add(y);
  return [{ ...equation, inputs: [a, b], outputs: [flat] }, { ...x, inputs: [flat], outputs: equation.outputs }];
}

/** The equation, or in its place the chain of one summand, which then begins from the other. */
function chained(equation: Equation, definitions: ReadonlyMap<Atom, Equation>, uses: ReadonlyMap<Atom, number>, replaced: Set<Equation>): readonly Equation[] {
  if (equation.primitive.name !== 'add') return [equation];
  const shapes = equation.inputs.map(shapeOf);
  if (!sameShape(shapes[0]!, shapes[1]!)) return [equation];
  // The second of two chains moves, so that the first stays where the sum begins.
  for (const at of [1, 0]) {
    const chain = chainTo(equation.inputs[at]!, definitions, uses);
    if (chain === undefined) continue;
    let start = equation.inputs[1 - at]!;
    return chain.map((scatter, k) => {
      replaced.add(scatter);
      const outputs = k === chain.length - 1 ? equation.outputs : scatter.outputs;
      const moved: Equation = { ...scatter, inputs: [start, ...scatter.inputs.slice(1)], outputs };
      start = outputs[0]!;
      return moved;
    });
  }
  return [equation];
}

/** The scatters, from zeros on, that make a value which nothing else reads; undefined where it is made otherwise. */
function chainTo(atom: Atom, definitions: ReadonlyMap<Atom, Equation>, uses: ReadonlyMap<Atom, number>): Equation[] | undefined {
  const chain: Equation[] = [];
  for (let current = atom; ; ) {
    const scatter = definitions.get(current);
    if (scatter === undefined || scatter.primitive.name !== 'scatterAdd' || uses.get(current) !== 1) return undefined;
    chain.unshift(scatter);
    current = scatter.inputs[0]!;
    if (isZero(current, definitions)) return chain;
  }
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
