/**
 * @file Expansion: operations that are made of others (solves, custom gradients, checkpoints, rollouts, roots) are replaced by what
 * they do. Until then they are one equation each, so that derivatives use their own rules.
 */
import { innerPrograms, traceProgram, Variable, withLoops, type Atom, type Equation, type Program, type Value } from '@tapeflow/autodiff/extend';
import { scanLoops } from '../../control/rollout-loops.ts';
import { CapturedValueError } from '../errors.ts';
import { withInnerPrograms, withInputs } from './inner.ts';

/** The program without composite operations. Their evaluation is traced, so the loops of solvers become loops of the program. */
export function expand(program: Program): Program {
  if (!hasComposite(program)) return program;
  const replaced = new Map<Variable, Atom>();
  const replace = (atom: Atom): Atom => (atom instanceof Variable ? (replaced.get(atom) ?? atom) : atom);
  const equations: Equation[] = [];
  for (const equation of program.equations) {
    const current = withInputs(equation, replace);
    if (current.primitive.composite !== true) {
      equations.push(withInnerPrograms(current, expand));
      continue;
    }
    const { inputs, equations: inner, outputs } = evaluation(current);
    const given = current.inputs.filter((atom) => atom instanceof Variable);
    inputs.forEach((variable, k) => replaced.set(variable, given[k]!));
    for (const each of inner) equations.push(withInputs(each, replace));
    current.outputs.forEach((variable, k) => replaced.set(variable, replace(outputs[k]!)));
  }
  return { ...program, equations, outputs: program.outputs.map(replace) };
}

function hasComposite({ equations }: Program): boolean {
  return equations.some((equation) => equation.primitive.composite === true || innerPrograms(equation).some(({ program }) => hasComposite(program)));
}

/** What a composite operation does with its inputs, as a program of those that are variables. */
function evaluation({ primitive, params, inputs }: Equation): Program {
  const variables = inputs.filter((atom) => atom instanceof Variable);
  const perform = (given: readonly Value[]): readonly Value[] => {
    let at = 0;
    return primitive.evaluate(inputs.map((atom) => (atom instanceof Variable ? given[at++] : atom.value)), params);
  };
  const { program, captured } = withLoops(scanLoops, () => traceProgram('jit', perform, variables));
  const [box] = captured;
  if (box !== undefined) throw new CapturedValueError(box.level.transformation);
  // It may itself contain composite operations.
  return expand(program);
}
