/** @file A traced program: equations over variables. What `jit`, `closeOver` and export work on. */
import { innerPrograms, isProgram } from './inner-programs.ts';
import { apply, applyPair } from './level.ts';
import type { Abstract, Primitive } from './primitive.ts';
import type { VectorSpace } from './space.ts';
import type { Value } from './value.ts';

let lastVariable = 0;

/** A quantity of a program: a name for a value that does not exist yet. */
export class Variable implements Abstract {
  readonly id: number = ++lastVariable;
  readonly space: VectorSpace;
  readonly type: unknown;

  constructor(space: VectorSpace, type: unknown) {
    this.space = space;
    this.type = type;
  }
}

/** A plain value that the program holds. */
export class Constant {
  readonly value: Value;

  constructor(value: Value) {
    this.value = value;
  }
}

/** What an equation reads: a variable or a plain value. */
export type Atom = Variable | Constant;

/** One operation: `outputs = primitive(inputs; params)`. */
export interface Equation {
  readonly primitive: Primitive;
  readonly inputs: readonly Atom[];
  readonly params: unknown;
  readonly outputs: readonly Variable[];
}

/** A function written as equations. Programs are immutable. */
export interface Program {
  readonly inputs: readonly Variable[];
  readonly equations: readonly Equation[];
  readonly outputs: readonly Atom[];
  /** Spaces and types of the outputs. */
  readonly results: readonly Abstract[];
}

/** The graph interpreter: performs the equations again. The inputs may be boxes, so programs can be differentiated, batched and traced. */
export function evaluateProgram(program: Program, inputs: readonly Value[]): Value[] {
  const { steps, constants, results } = planOf(program);
  const places: Value[] = [...constants, ...inputs.slice(0, program.inputs.length)];
  for (const { primitive, params, reads, writes, last } of steps) {
    if (primitive.evaluatePair !== undefined) {
      places[writes[0]!] = applyPair(primitive, places[reads[0]!], reads.length > 1 ? places[reads[1]!] : 0);
    } else {
      const outputs = apply(primitive, reads.map((place) => places[place]), params);
      for (let k = 0; k < writes.length; k++) places[writes[k]!] = outputs[k];
    }
    // What is not needed any more must not be kept alive.
    for (let k = 0; k < last.length; k++) places[last[k]!] = undefined;
  }
  return results.map((place) => places[place]);
}

/** One equation for the interpreter: values have numbered places. */
interface Step {
  readonly primitive: Primitive;
  readonly params: unknown;
  readonly reads: readonly number[];
  readonly writes: readonly number[];
  /** Places that are not needed after this step. */
  readonly last: readonly number[];
}

interface Plan {
  readonly steps: readonly Step[];
  /** What stands in the first places; the inputs follow. */
  readonly constants: readonly Value[];
  readonly results: readonly number[];
}

const plans = new WeakMap<Program, Plan>();

function planOf(program: Program): Plan {
  const known = plans.get(program);
  if (known !== undefined) return known;
  const places = new Map<Atom, number>();
  const placeOf = (atom: Atom): number => {
    let place = places.get(atom);
    if (place === undefined) places.set(atom, (place = places.size));
    return place;
  };
  const { inputs, equations, outputs } = program;
  const constants = [...equations.flatMap((equation) => equation.inputs), ...outputs].filter((atom) => atom instanceof Constant);
  constants.forEach(placeOf);
  inputs.forEach(placeOf);
  const needed = new Set<Atom>([...outputs, ...constants]);
  const steps = equations.map(({ primitive, params, inputs: read, outputs: written }) => ({ primitive, params, reads: read.map(placeOf), writes: written.map(placeOf), last: [] as number[] }));
  for (let k = equations.length - 1; k >= 0; k--) {
    for (const atom of [...equations[k]!.inputs, ...equations[k]!.outputs]) {
      if (needed.has(atom)) continue;
      needed.add(atom);
      steps[k]!.last.push(placeOf(atom));
    }
  }
  const plan: Plan = { steps, constants: [...new Set(constants)].map(({ value }) => value), results: outputs.map(placeOf) };
  plans.set(program, plan);
  return plan;
}

/** Equations including those of inner programs. */
export function countEquations(program: Program): number {
  let total = 0;
  for (const equation of program.equations) {
    total++;
    for (const inner of innerPrograms(equation)) total += countEquations(inner.program);
  }
  return total;
}

/** The program as text, one equation a line. */
export function printProgram(program: Program, indent = ''): string {
  const nameOf = names();
  const lines = [`${indent}program (${program.inputs.map((input) => typed(input, nameOf)).join(', ')})`];
  for (const equation of program.equations) {
    lines.push(`${indent}  ${equationText(equation, nameOf)}`);
    for (const inner of innerPrograms(equation)) lines.push(`${indent}    ${inner.name}:`, printProgram(inner.program, `${indent}      `));
  }
  lines.push(`${indent}  return ${program.outputs.map(nameOf).join(', ')}`);
  return lines.join('\n');
}

/** Each equation of a program and of its inner programs, as `printProgram` writes it. */
export function equationTexts(program: Program): Map<Equation, string> {
  const texts = new Map<Equation, string>();
  const visit = ({ inputs, equations }: Program): void => {
    const nameOf = names();
    inputs.forEach(nameOf);
    for (const equation of equations) {
      texts.set(equation, equationText(equation, nameOf));
      for (const inner of innerPrograms(equation)) visit(inner.program);
    }
  };
  visit(program);
  return texts;
}

type NameOf = (atom: Atom) => string;

/** Names in the order in which they are asked for. */
function names(): NameOf {
  const known = new Map<Variable, string>();
  return (atom) => {
    if (!(atom instanceof Variable)) return describeConstant(atom.value);
    let name = known.get(atom);
    if (name === undefined) known.set(atom, (name = variableName(known.size)));
    return name;
  };
}

const typed = (variable: Variable, nameOf: NameOf): string => `${nameOf(variable)}: ${variable.space.describe(variable.type)}`;

function equationText({ primitive, inputs, params, outputs }: Equation, nameOf: NameOf): string {
  return `${outputs.map((output) => typed(output, nameOf)).join(', ')} = ${primitive.name}(${inputs.map(nameOf).join(', ')})${printParams(params)}`;
}

function variableName(index: number): string {
  const letter = String.fromCharCode(97 + (index % 26));
  return index < 26 ? letter : `${letter}${Math.floor(index / 26)}`;
}

function describeConstant(value: Value): string {
  return typeof value === 'number' ? String(value) : `constant ${String(value)}`;
}

function printParams(params: unknown): string {
  if (typeof params !== 'object' || params === null) return '';
  const plain = Object.entries(params).filter(([, value]) => typeof value !== 'function' && !isProgram(value) && (typeof value !== 'object' || Array.isArray(value)));
  return plain.length === 0 ? '' : ` [${plain.map(([key, value]) => `${key}=${Array.isArray(value) ? `(${value.join(',')})` : String(value)}`).join(' ')}]`;
}
