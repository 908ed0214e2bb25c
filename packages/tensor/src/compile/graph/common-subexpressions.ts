/** @file Common subexpressions: equal operations on equal inputs are performed once, and what has been checked is not checked again. */
import { hasEffect, Variable, type Atom, type Equation, type Program } from '@tapeflow/autodiff/extend';
import { checkPrimitive } from '../../control/check.ts';
import { withInnerPrograms, withInputs } from './inner.ts';

/** The program without repeated equations. */
export function shareCommonSubexpressions(program: Program): Program {
  const first = new Map<string, readonly Variable[]>();
  const same = new Map<Variable, Variable>();
  const checked = new Set<Atom>();
  const replace = (atom: Atom): Atom => (atom instanceof Variable ? (same.get(atom) ?? atom) : atom);
  const equations: Equation[] = [];
  for (const original of program.equations) {
    const equation = withInnerPrograms(withInputs(original, replace), shareCommonSubexpressions);
    if (equation.primitive === checkPrimitive) {
      // Had the condition failed, the program would have ended there, with the error of the first check.
      const [condition] = equation.inputs;
      if (checked.has(condition!)) continue;
      checked.add(condition!);
    }
    const key = hasEffect(equation) ? undefined : keyOf(equation);
    const known = key === undefined ? undefined : first.get(key);
    if (known !== undefined) {
      equation.outputs.forEach((variable, k) => same.set(variable, known[k]!));
      continue;
    }
    if (key !== undefined) first.set(key, equation.outputs);
    equations.push(equation);
  }
  return { ...program, equations, outputs: program.outputs.map(replace) };
}

function keyOf({ primitive, inputs, params }: Equation): string {
  return `${identityOf(primitive)}(${inputs.map(atomKey).join()})${textOf(params)}`;
}

function atomKey(atom: Atom): string {
  return atom instanceof Variable ? `v${atom.id}` : textOf(atom.value);
}

const identities = new WeakMap<object, number>();
let lastIdentity = 0;

function identityOf(value: object): number {
  let identity = identities.get(value);
  if (identity === undefined) identities.set(value, (identity = ++lastIdentity));
  return identity;
}

/** Parameters as text: plain data by value, everything else (programs, functions, arrays in memory) by identity. */
function textOf(value: unknown): string {
  if (typeof value === 'function') return `#${identityOf(value)}`;
  if (typeof value !== 'object' || value === null) return Object.is(value, -0) ? '-0' : `${typeof value}:${String(value)}`;
  if (Array.isArray(value)) return `[${value.map(textOf).join()}]`;
  if (Object.getPrototypeOf(value) !== Object.prototype || 'equations' in value) return `#${identityOf(value)}`;
  return `{${Object.entries(value).map(([key, each]) => `${key}=${textOf(each)}`).join()}}`;
}
