/** @file A traced program: equations over variables. What `jit`, `closeOver` and export work on. */
import { apply } from './level.ts';
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
  const values = new Map<Variable, Value>();
  program.inputs.forEach((variable, k) => values.set(variable, inputs[k]));
  const read = (atom: Atom): Value => (atom instanceof Variable ? values.get(atom) : atom.value);
  const lastUse = lastUses(program);
  program.equations.forEach((equation, position) => {
    const outputs = apply(equation.primitive, equation.inputs.map(read), equation.params);
    equation.outputs.forEach((variable, k) => values.set(variable, outputs[k]));
    for (const variable of lastUse[position]!) values.delete(variable);
  });
  return program.outputs.map(read);
}

const lastUseCache = new WeakMap<Program, readonly (readonly Variable[])[]>();

/** For each equation the variables that are not needed after it. */
function lastUses(program: Program): readonly (readonly Variable[])[] {
  const known = lastUseCache.get(program);
  if (known !== undefined) return known;
  const needed = new Set<Atom>(program.outputs);
  const uses: Variable[][] = program.equations.map(() => []);
  for (let position = program.equations.length - 1; position >= 0; position--) {
    const equation = program.equations[position]!;
    for (const atom of [...equation.inputs, ...equation.outputs]) {
      if (atom instanceof Variable && !needed.has(atom)) {
        needed.add(atom);
        uses[position]!.push(atom);
      }
    }
  }
  lastUseCache.set(program, uses);
  return uses;
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

function isProgram(value: unknown): value is Program {
  return typeof value === 'object' && value !== null && 'equations' in value && 'results' in value;
}

/** Programs among the parameters of an equation (bodies of loops, operators of solves). */
export function innerPrograms(equation: Equation): { name: string; program: Program }[] {
  const { params } = equation;
  if (typeof params !== 'object' || params === null) return [];
  return Object.entries(params)
    .filter((entry): entry is [string, Program] => isProgram(entry[1]))
    .map(([name, program]) => ({ name, program }));
}

/** The program as text, one equation a line. */
export function printProgram(program: Program, indent = ''): string {
  const names = new Map<Variable, string>();
  const nameOf = (atom: Atom): string => {
    if (!(atom instanceof Variable)) return describeConstant(atom.value);
    let name = names.get(atom);
    if (name === undefined) names.set(atom, (name = variableName(names.size)));
    return name;
  };
  const typed = (variable: Variable): string => `${nameOf(variable)}: ${variable.space.describe(variable.type)}`;
  const lines = [`${indent}program (${program.inputs.map(typed).join(', ')})`];
  for (const equation of program.equations) {
    lines.push(`${indent}  ${equation.outputs.map(typed).join(', ')} = ${equation.primitive.name}(${equation.inputs.map(nameOf).join(', ')})${printParams(equation.params)}`);
    for (const inner of innerPrograms(equation)) lines.push(`${indent}    ${inner.name}:`, printProgram(inner.program, `${indent}      `));
  }
  lines.push(`${indent}  return ${program.outputs.map(nameOf).join(', ')}`);
  return lines.join('\n');
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
