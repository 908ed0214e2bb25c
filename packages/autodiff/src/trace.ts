/** @file Tracing: runs a function on abstract values and writes its equations down. */
import { callsHost, hasEffect } from './inner-programs.ts';
import { apply, enterTrace, Level, withLevel, type Trace } from './level.ts';
import type { Abstract, Primitive } from './primitive.ts';
import { Constant, Variable, type Atom, type Equation, type Program } from './program.ts';
import { SPACE, type SpaceMember, type VectorSpace } from './space.ts';
import { Box, typeIn, type Value } from './value.ts';

/** A value of a program that is being recorded. */
export class TraceBox extends Box {
  readonly variable: Variable;

  constructor(level: Level, variable: Variable) {
    super(level);
    this.variable = variable;
  }

  get space(): VectorSpace {
    return this.variable.space;
  }

  get type(): unknown {
    return this.variable.type;
  }
}

class TraceLevel extends Level implements Trace {
  readonly equations: Equation[] = [];
  /** Boxes of outer levels met in the body, and the inputs that stand for them. */
  readonly captured = new Map<Box, Variable>();
  private readonly constants = new Map<Value, Constant>();
  private outer: Trace | undefined;

  /** Runs `f` while this is the innermost trace. */
  record(f: (xs: readonly Value[]) => readonly Value[], args: readonly Variable[]): readonly Value[] {
    this.outer = enterTrace(this);
    try {
      return withLevel(this, () => f(args.map((variable) => new TraceBox(this, variable))));
    } finally {
      enterTrace(this.outer);
    }
  }

  processBelow(primitive: Primitive, inputs: readonly Value[], params: unknown): readonly Value[] {
    // What the host is to see each time the program runs is recorded, though it may not depend on the inputs of the program.
    if (callsHost(primitive, params)) return this.process(primitive, inputs, params);
    // All else is out of sight. It may be made of others without inputs (the body of a loop that fills an array), and those must not
    // be recorded by a function that merely uses the result.
    enterTrace(this.outer);
    try {
      return apply(primitive, inputs, params);
    } finally {
      enterTrace(this);
    }
  }

  process(primitive: Primitive, inputs: readonly Value[], params: unknown): readonly Value[] {
    if (primitive.inline !== undefined) return primitive.inline(inputs, params);
    const atoms = inputs.map((input) => this.atom(input));
    const types = inputs.map((input, k): Abstract => {
      const atom = atoms[k]!;
      if (atom instanceof Variable) return atom;
      const space = ownSpace(input) ?? primitive.outputSpace(params, 0);
      return { space, type: typeIn(space, input) };
    });
    const outputs = primitive.abstract(types, params).map(({ space, type }) => new Variable(space, type));
    this.equations.push({ primitive, inputs: atoms, params, outputs });
    return outputs.map((variable) => new TraceBox(this, variable));
  }

  atom(value: Value): Atom {
    if (value instanceof Box) {
      if (value instanceof TraceBox && value.level === this) return value.variable;
      let variable = this.captured.get(value);
      if (variable === undefined) this.captured.set(value, (variable = new Variable(value.space, value.type)));
      return variable;
    }
    // A map cannot tell −0 from 0.
    if (Object.is(value, -0)) return new Constant(value);
    let constant = this.constants.get(value);
    if (constant === undefined) this.constants.set(value, (constant = new Constant(value)));
    return constant;
  }
}

/** The space that a plain value names. A number is left to the operation: among arrays it is a weak array of rank 0. */
function ownSpace(value: Value): VectorSpace | undefined {
  return typeof value === 'object' && value !== null ? (value as Partial<SpaceMember>)[SPACE] : undefined;
}

/** A traced function. The program's inputs are `[...captured, ...arguments]`. */
export interface Traced {
  readonly program: Program;
  /** What the function took from outside and is itself differentiated, batched or traced. */
  readonly captured: readonly Box[];
}

/** Records `f` for arguments of the given types. */
export function traceLeaves(
  f: (xs: readonly Value[]) => readonly Value[],
  types: readonly Abstract[],
  outputSpaceOf: (value: Value) => VectorSpace,
  transformation = 'trace',
): Traced {
  const level = new TraceLevel(transformation);
  const args = types.map(({ space, type }) => new Variable(space, type));
  const ys = level.record(f, args);
  const outputs = ys.map((y) => level.atom(y));
  const results = ys.map((y, k): Abstract => {
    const atom = outputs[k]!;
    if (atom instanceof Variable) return atom;
    const space = outputSpaceOf(y);
    return { space, type: typeIn(space, y) };
  });
  const captured = [...level.captured.keys()];
  const program: Program = { inputs: [...level.captured.values(), ...args], equations: level.equations, outputs, results };
  return { program: withoutDeadCode(program), captured };
}

/** Drops equations whose results nobody reads. */
export function withoutDeadCode(program: Program): Program {
  const live = new Set<Atom>(program.outputs);
  const kept: Equation[] = [];
  for (let k = program.equations.length - 1; k >= 0; k--) {
    const equation = program.equations[k]!;
    if (!equation.outputs.some((variable) => live.has(variable)) && !hasEffect(equation)) continue;
    for (const atom of equation.inputs) live.add(atom);
    kept.push(equation);
  }
  return { ...program, equations: kept.reverse() };
}
