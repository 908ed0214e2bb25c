/** @file Common subexpressions: equal operations on equal inputs are performed once. */
import { hasEffect, Variable, type Atom, type Equation, type Program } from '@tapeflow/autodiff/extend';
import { withInnerPrograms } from './inner.ts';

/** The program without repeated equations. */
export function shareCommonSubexpressions(program: Program): Program {
  const first = new Map<string, readonly Variable[]>();
  const same = new Map<Variable, Variable>();
  const replace = (atom: Atom): Atom => (atom instanceof Variable ? (same.get(atom) ?? atom) : atom);
  const equations: Equation[] = [];
  for (const original of program.equations) {
    const equation = withInnerPrograms({ ...original, inputs: original.inputs.map(replace) }, shareCommonSubexpressions);
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
