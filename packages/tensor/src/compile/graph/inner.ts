/** @file Programs inside equations: bodies of loops, branches. */
import { innerPrograms, Variable, type Atom, type Equation, type Program, type Value } from '@tapeflow/autodiff/extend';

/** The equation with its inputs replaced; itself where they stay, as most do. */
export function withInputs(equation: Equation, replace: (atom: Atom) => Atom): Equation {
  const inputs = equation.inputs.map(replace);
  return inputs.every((atom, k) => atom === equation.inputs[k]) ? equation : { ...equation, inputs };
}

/** The equation with every inner program replaced. */
export function withInnerPrograms(equation: Equation, transform: (program: Program) => Program): Equation {
  const changed: [string, Program][] = [];
  for (const { name, program } of innerPrograms(equation)) {
    const next = transform(program);
    if (next !== program) changed.push([name, next]);
  }
  return changed.length === 0 ? equation : { ...equation, params: { ...(equation.params as object), ...Object.fromEntries(changed) } };
}

/** Performs a program equation by equation, each in the way that is given. */
export function performWith(performOne: (equation: Equation, xs: readonly Value[]) => readonly Value[], { inputs, equations, outputs }: Program, xs: readonly Value[]): readonly Value[] {
  const values = new Map<Variable, Value>();
  inputs.forEach((variable, k) => values.set(variable, xs[k]));
  const read = (atom: Atom): Value => (atom instanceof Variable ? values.get(atom) : atom.value);
  for (const equation of equations) {
    const ys = performOne(equation, equation.inputs.map(read));
    equation.outputs.forEach((variable, k) => values.set(variable, ys[k]));
  }
  return outputs.map(read);
}
