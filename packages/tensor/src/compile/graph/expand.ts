/**
 * @file Expansion: operations that are made of others (solves, custom gradients, checkpoints, rollouts, roots) are replaced by what
 * they do. Until then they are one equation each, so that derivatives use their own rules.
 */
import { apply, innerPrograms, traceProgram, withLoops, type Equation, type Program, type Value } from '@tapeflow/autodiff/extend';
import { scanLoops } from '../../control/rollout-loops.ts';
import { CapturedValueError } from '../errors.ts';
import { performWith, withInnerPrograms } from './inner.ts';

/** The program without composite operations. Their evaluation is traced, so the loops of solvers become loops of the program. */
export function expand(program: Program): Program {
  let current = program;
  // What an operation does may itself contain composite operations.
  while (hasComposite(current)) current = expandOnce(current);
  return current;
}

function hasComposite({ equations }: Program): boolean {
  return equations.some((equation) => equation.primitive.composite === true || innerPrograms(equation).some(({ program }) => hasComposite(program)));
}

function expandOnce(program: Program): Program {
  const { program: expanded, captured } = withLoops(scanLoops, () => traceProgram('jit', (inputs) => performWith(performOne, program, inputs), program.inputs));
  const [box] = captured;
  if (box !== undefined) throw new CapturedValueError(box.level.transformation);
  return expanded;
}

function performOne(equation: Equation, xs: readonly Value[]): readonly Value[] {
  const { primitive, params } = equation;
  return primitive.composite === true ? primitive.evaluate(xs, params) : apply(primitive, xs, withInnerPrograms(equation, expand).params);
}
