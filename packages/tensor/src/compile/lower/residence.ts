/**
 * @file Residence: which values of a program get memory, and which are computed where they are read. Decided once for a whole
 * program, before kernels are formed, from what computing a value again would cost.
 */
import { Variable, type Atom, type Equation, type Program } from '@tapeflow/autodiff/extend';
import type { NDArray } from '../../array/ndarray.ts';
import type { PadParams, ShapeParams } from '../../array/rules.ts';
import { sizeOf, type Shape } from '../../array/strides.ts';
import type { ArrayType } from '../../array/type.ts';
import { ELEMENTWISE } from '../../elementwise/table.ts';
import type { IndexParams } from '../../primitives/gather.ts';
import { isHostFunction } from '../wasm/kernels/imports.ts';
import type { Operator } from '../../elementwise/expression.ts';
import { identityMap, throughReshape } from './index-map.ts';

/** A load costs as much as a simple operation; storing and loading once more as much as this many. */
const MEMORY_COST = 5;
/** A value that costs more than this is not computed twice. */
const EXPENSIVE = 120;
/** Longer expressions become two kernels. */
const MOST_COST = 600;
/** More arrays one after another are copied instead of being told apart by their index. */
const MOST_PARTS = 4;
const GATHER_COST = 8;
const HOST_COST = 30;
const DIVISION_COST = 4;

const SLOW: ReadonlySet<string> = new Set(['div', 'sqrt', 'mod', 'sigmoid', 'softplus', 'xlogy']);

/** Whether the result of an operation can be computed element by element wherever it is read. */
export function isPointwise({ primitive, params, inputs }: Equation): boolean {
  const { name } = primitive;
  if (name in ELEMENTWISE) return true;
  switch (name) {
    case 'convert':
    case 'indexWithin':
    case 'full':
    case 'iota':
    case 'broadcast':
    case 'slice':
    case 'transpose':
    case 'reverse':
      return true;
    case 'gather':
      return memberAxisCount((params as IndexParams).members, typeOfAtom(inputs[1]!).shape) !== undefined;
    case 'pad':
      return (params as PadParams).interior.every((count) => count === 0);
    case 'concat':
      return inputs.length <= MOST_PARTS;
    case 'reshape':
      return isSqueeze(typeOfAtom(inputs[0]!).shape, (params as ShapeParams).shape);
    default:
      return false;
  }
}

/** Whether the elements of a result are other numbers than those of its operands. */
function isComputed({ primitive, outputs }: Equation): boolean {
  return primitive.name in ELEMENTWISE && (outputs[0]!.type as ArrayType).shape.length > 0;
}

/** Whether only axes of length 1 come or go. */
function isSqueeze(shape: Shape, target: Shape): boolean {
  return throughReshape(identityMap(target.length), shape, target) !== undefined;
}

/** How many leading axes count the arrays that an index array points into; undefined where none do. */
export function memberAxisCount(members: number, shape: Shape): number | undefined {
  let product = 1;
  let count = 0;
  while (product < members && count < shape.length) product *= shape[count++]!;
  return product === members ? count : undefined;
}

/** Type of a variable or constant; only arrays have one here. */
export function typeOfAtom(atom: Atom): ArrayType {
  return atom instanceof Variable ? (atom.type as ArrayType) : (atom.value as NDArray);
}

/** Operations that read their operand elsewhere than at the index of the result. */
const MOVING: ReadonlySet<string> = new Set(['slice', 'pad', 'reverse', 'transpose', 'concat', 'broadcast', 'reshape', 'gather']);

interface Facts {
  /** What computing one element costs when nothing of it is in memory. */
  cost: number;
  /** How many results of reductions, loops and the like lie one behind another in front of it. */
  level: number;
}

/** Decides which variables of a program get memory. Those that cannot be computed element by element must be among them. */
export type Residence = (program: Program) => ReadonlySet<Variable>;

/** The variables that get memory. */
export function residents(program: Program): Set<Variable> {
  const readers = readersOf(program);
  const resident = new Set<Variable>();
  const outputs = new Set<Atom>(program.outputs);
  const facts = new Map<Variable, Facts>();
  const factsOf = (atom: Atom): Facts => (atom instanceof Variable ? (facts.get(atom) ?? { cost: 1, level: 0 }) : { cost: 0.5, level: 0 });
  const levels = new Map<Equation, number>();

  // First the levels, which do not depend on what gets memory.
  const makers = new Map(program.equations.flatMap((equation) => equation.outputs.map((variable) => [variable as Atom, equation] as const)));
  for (const equation of program.equations) {
    // Scatters into one array share a pass: the first of them does not lie in front of the second.
    const levelOf = (atom: Atom, position: number): number => {
      const maker = equation.primitive.name === 'scatterAdd' && position === 0 ? makers.get(atom) : undefined;
      return maker?.primitive.name === 'scatterAdd' ? levels.get(maker)! : factsOf(atom).level;
    };
    const own = Math.max(0, ...equation.inputs.map(levelOf));
    levels.set(equation, own);
    const level = isPointwise(equation) ? own : own + 1;
    for (const variable of equation.outputs) facts.set(variable, { cost: 1, level });
  }
  for (const equation of program.equations) {
    const pointwise = isPointwise(equation);
    for (const variable of equation.outputs) {
      const cost = pointwise ? costOf(equation, equation.inputs.map((atom) => factsOf(atom).cost)) : 1;
      facts.get(variable)!.cost = cost;
      // Outputs get memory anyway; what is asked for after them may join their pass.
      if (!pointwise || (outputs.has(variable) && isComputed(equation)) || needsMemory(variable, cost, readers, levels)) {
        resident.add(variable);
        facts.get(variable)!.cost = 1;
      }
    }
  }
  return resident;
}

function readersOf(program: Program): Map<Variable, Equation[]> {
  const readers = new Map<Variable, Equation[]>();
  for (const equation of program.equations) {
    for (const atom of new Set(equation.inputs)) {
      if (!(atom instanceof Variable)) continue;
      const list = readers.get(atom);
      if (list === undefined) readers.set(atom, [equation]);
      else list.push(equation);
    }
  }
  return readers;
}

function costOf({ primitive, outputs }: Equation, inputs: readonly number[]): number {
  const sum = inputs.reduce((total, cost) => total + cost, 0);
  const { name } = primitive;
  if (name === 'full' || name === 'iota') return 0.5;
  if (name === 'gather') return GATHER_COST + inputs[1]!;
  if (name === 'concat') return Math.max(...inputs);
  if (MOVING.has(name)) return sum;
  const isScalar = (outputs[0]!.type as ArrayType).shape.length === 0;
  const own = isHostFunction(name as Operator) ? HOST_COST : SLOW.has(name) ? DIVISION_COST : 1;
  // Scalars are computed once per kernel, not once per element.
  return isScalar ? 0.5 : own + sum;
}

/** Where a slice becomes a piece of something longer, as in a roll: of the pieces only one is computed at each place. */
function joinOf({ primitive, outputs }: Equation, readers: ReadonlyMap<Variable, readonly Equation[]>): Equation | undefined {
  if (primitive.name !== 'slice') return undefined;
  const [only, ...others] = readers.get(outputs[0]!) ?? [];
  return only?.primitive.name === 'concat' && others.length === 0 ? only : undefined;
}

function needsMemory(variable: Variable, cost: number, allReaders: ReadonlyMap<Variable, readonly Equation[]>, levels: ReadonlyMap<Equation, number>): boolean {
  const readers = allReaders.get(variable) ?? [];
  if (readers.length === 0) return false;
  if (cost > MOST_COST) return true;
  const { shape } = variable.type as ArrayType;
  if (shape.length === 0) return false;
  // Every shifted reading is another computation; all readings in place are one, and so are pieces that are joined again.
  const moved = readers.filter(({ primitive, inputs }) => MOVING.has(primitive.name) && !(primitive.name === 'gather' && inputs[0] !== variable));
  const places = new Set(moved.map((reader) => joinOf(reader, allReaders) ?? reader)).size + (moved.length < readers.length ? 1 : 0);
  if ((places - 1) * cost > MEMORY_COST) return true;
  if (cost > EXPENSIVE && readers.length > 1) return true;
  // Kernels after a reduction cannot share what kernels before it have computed.
  const first = levels.get(readers[0]!)!;
  if (cost > MEMORY_COST / 2 && readers.some((reader) => levels.get(reader) !== first)) return true;
  return cost > MEMORY_COST && readers.some((reader) => reader.primitive.name === 'broadcast' && sizeOf((reader.outputs[0]!.type as ArrayType).shape) > sizeOf(shape));
}
