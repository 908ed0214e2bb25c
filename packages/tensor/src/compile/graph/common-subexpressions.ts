/** @file Common subexpressions: equal operations on equal inputs are performed once, and what has been checked is not checked again. */
import { hasEffect, Variable, type Atom, type Equation, type Primitive, type Program } from '@tapeflow/autodiff/extend';
import { checkPrimitive } from '../../control/check.ts';
import { withInnerPrograms, withInputs } from './inner.ts';

/** The program without repeated equations. */
export function shareCommonSubexpressions(program: Program): Program {
  /** By the input that was made last, which few others read; those of constants alone by what they do. */
  const first = new Map<Variable | Primitive, Equation[]>();
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
    if (!hasEffect(equation)) {
      const place = lastMade(equation.inputs) ?? equation.primitive;
      const alike = first.get(place);
      const known = alike?.find((other) => sameEquation(other, equation));
      if (known !== undefined) {
        equation.outputs.forEach((variable, k) => same.set(variable, known.outputs[k]!));
        continue;
      }
      if (alike === undefined) first.set(place, [equation]);
      else alike.push(equation);
    }
    equations.push(equation);
  }
  return { ...program, equations, outputs: program.outputs.map(replace) };
}

function lastMade(atoms: readonly Atom[]): Variable | undefined {
  let last: Variable | undefined;
  for (const atom of atoms) if (atom instanceof Variable && (last === undefined || atom.id > last.id)) last = atom;
  return last;
}

function sameEquation(a: Equation, b: Equation): boolean {
  return a.primitive === b.primitive && a.inputs.length === b.inputs.length && a.inputs.every((atom, k) => sameAtom(atom, b.inputs[k]!)) && sameData(a.params, b.params);
}

function sameAtom(a: Atom, b: Atom): boolean {
  return a === b || (!(a instanceof Variable) && !(b instanceof Variable) && sameData(a.value, b.value));
}

/** Whether values are equal: plain data by content, everything else (programs, functions, arrays in memory) by identity. */
function sameData(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a)) return Array.isArray(b) && a.length === b.length && a.every((each, k) => sameData(each, b[k]));
  if (!isPlain(a) || !isPlain(b)) return false;
  const names = Object.keys(a);
  return names.length === Object.keys(b).length && names.every((name) => name in b && sameData(a[name], b[name]));
}

function isPlain(value: object): value is Readonly<Record<string, unknown>> {
  return Object.getPrototypeOf(value) === Object.prototype && !('equations' in value);
}
