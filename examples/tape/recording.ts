/** @file Records a formula: its tape with the value and derivative of each row, and the program of its gradient. */

import { describeTape, grad, valueAndGrad, type TapeDescription } from '@tapeflow/autodiff';
import { Box, closeOver, type Program } from '@tapeflow/autodiff/extend';
import { add, type Scalar } from '@tapeflow/autodiff/scalar';
import { evaluateFormula, type ParsedFormula } from './formula.ts';

/** A number, and the derivative of the result to it. */
export interface Marked {
  readonly value: number;
  readonly derivative: number;
}

/** What is known of a formula at a point. */
export interface Recorded {
  readonly value: number;
  /** The tape; its arguments and inputs go by the names of the variables. */
  readonly tape: TapeDescription;
  readonly variables: ReadonlyMap<string, Marked>;
  /** One for each line of the tape. */
  readonly lines: readonly Marked[];
  /** Its inputs are the variables in the order of `tape.arguments`, its outputs the derivatives to them. */
  readonly gradient: Program;
}

/** Records a formula at a point. */
export function record({ root }: ParsedFormula, point: ReadonlyMap<string, number>): Recorded {
  const names = [...point.keys()].sort();
  const of = (xs: readonly Scalar[]): Map<string, Scalar> => new Map(names.map((name, k) => [name, xs[k]!]));
  const f = (xs: readonly Scalar[]): Scalar => evaluateFormula(root, of(xs));
  const at = names.map((name) => point.get(name)!);

  const tape = withNames(describeTape((...xs: number[]) => f(xs), ...at), names);
  // The derivative to the result of an operation is the derivative to a number that is added there.
  const marked = (xs: readonly Scalar[], shifts: readonly Scalar[]): [Scalar, readonly Scalar[]] => {
    const values: Scalar[] = [];
    const result = evaluateFormula(root, of(xs), (y) => {
      if (!(y instanceof Box)) return y; // a constant, which no tape has
      values.push(y);
      return add(y, shifts[values.length - 1]!);
    });
    return [result, values];
  };
  // One more than there are operations: a list of nothing has no derivative.
  const shifts = new Array<Scalar>(tape.lines.length + 1).fill(0);
  const { value, aux, gradient } = valueAndGrad(marked, { wrt: [0, 1], aux: true })(at, shifts);
  const [toVariables, toLines] = gradient;
  if (aux.length !== tape.lines.length) throw new Error(`${aux.length} results of operations, but ${tape.lines.length} lines on the tape`);
  return {
    value: value as number,
    tape,
    variables: new Map(names.map((name, k) => [name, { value: at[k]!, derivative: toVariables[k] as number }])),
    lines: tape.lines.map((_, k) => ({ value: aux[k] as number, derivative: toLines[k] as number })),
    gradient: closeOver('tape', grad(f), [at]).program,
  };
}

/** A tape calls its arguments x0, x1, …; here they have names. */
function withNames(tape: TapeDescription, names: readonly string[]): TapeDescription {
  const renamed = new Map(tape.arguments.map(({ name }, k) => [name, names[k]!]));
  const rename = (name: string): string => renamed.get(name) ?? name;
  return {
    arguments: tape.arguments.map((argument) => ({ ...argument, name: rename(argument.name) })),
    lines: tape.lines.map((line) => ({ ...line, inputs: line.inputs.map(rename) })),
    results: tape.results.map(rename),
  };
}
