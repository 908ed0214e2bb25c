/** @file Splits a program whose inputs come in two parts: what can be computed before the second part is known, and the rest. */
import { hasEffect, Variable, type Atom, type Equation, type Program } from '@tapeflow/autodiff/extend';

/** Where a value that the second program needs comes from. */
export type ResidualSource = { readonly input: number } | { readonly output: number };

/** A program in two parts. */
export interface SplitProgram {
  /** `first inputs → [...outputs that are ready, ...residuals]`. */
  readonly before: Program;
  /** `[...residuals, ...second inputs] → other outputs`. */
  readonly after: Program;
  /** For each residual: an input of the first part, or one of its outputs. */
  readonly residuals: readonly ResidualSource[];
}

/**
 * Splits after the first `inputs` inputs. The first `outputs` outputs must not depend on the others. Operations without inputs are
 * repeated in the second part rather than remembered, unless they have effects.
 */
export function splitProgram(program: Program, inputs: number, outputs: number): SplitProgram {
  const late = new Set<Atom>(program.inputs.slice(inputs));
  const early: Equation[] = [];
  const rest: Equation[] = [];
  let hasBegun = false;
  for (const equation of program.equations) {
    const isCall = hasEffect(equation);
    // Calls without inputs stand where they were made: the second part begins with the first operation on its inputs.
    const isLate: boolean = equation.inputs.some((atom) => late.has(atom)) || (isCall && equation.inputs.length === 0 && hasBegun);
    if (isLate) for (const variable of equation.outputs) late.add(variable);
    hasBegun ||= isLate;
    if (isLate || (equation.inputs.length === 0 && !isCall)) rest.push(equation);
    if (!isLate) early.push(equation);
  }
  const made = new Set<Atom>([...program.inputs.slice(inputs), ...rest.flatMap((equation) => equation.outputs)]);
  const results = program.outputs.slice(outputs);
  const needed = new Set([...rest.flatMap((equation) => equation.inputs), ...results].filter((atom): atom is Variable => atom instanceof Variable && !made.has(atom)));
  const stored: Variable[] = [];
  const residuals = [...needed].map((variable): ResidualSource => {
    const input = program.inputs.indexOf(variable);
    return input >= 0 ? { input } : { output: outputs + stored.push(variable) - 1 };
  });
  return {
    before: { inputs: program.inputs.slice(0, inputs), equations: early, outputs: [...program.outputs.slice(0, outputs), ...stored], results: [...program.results.slice(0, outputs), ...stored] },
    after: { inputs: [...needed, ...program.inputs.slice(inputs)], equations: rest, outputs: results, results: program.results.slice(outputs) },
    residuals,
  };
}
