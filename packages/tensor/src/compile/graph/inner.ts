/** @file Programs inside equations: bodies of loops, branches. */
import { innerPrograms, type Equation, type Program } from '@tapeflow/autodiff/extend';

/** The equation with every inner program replaced. */
export function withInnerPrograms(equation: Equation, transform: (program: Program) => Program): Equation {
  const changed: [string, Program][] = [];
  for (const { name, program } of innerPrograms(equation)) {
    const next = transform(program);
    if (next !== program) changed.push([name, next]);
  }
  return changed.length === 0 ? equation : { ...equation, params: { ...(equation.params as object), ...Object.fromEntries(changed) } };
}
