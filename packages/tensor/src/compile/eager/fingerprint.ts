/**
 * @file What a program does, as text: programs that are traced anew in every call are recognized by it. The arrays and numbers that
 * a program holds are no part of the text but further inputs, so the same function of other numbers is the same program.
 */
import { apply, Constant, innerPrograms, traceProgram, type Abstract, type Atom, type Equation, type Primitive, type Program, type Value, type Variable } from '@tapeflow/autodiff/extend';
import { isFloat } from '../../array/dtype.ts';
import { arrayAbstract, arraySpace, broadcast, NDArray } from '../../array/ndarray.ts';
import type { FullParams } from '../../array/rules.ts';
import type { ArrayType } from '../../array/type.ts';

/** A program in two parts: what it does, and with which values. */
export interface Fingerprint {
  readonly text: string;
  readonly values: readonly NDArray[];
}

/** Something whose text would not tell what it does, such as a function. */
class Indescribable extends Error {}

const numbers = new WeakMap<Primitive, number>();
let lastNumber = 0;

function numberOf(primitive: Primitive): number {
  let number = numbers.get(primitive);
  if (number === undefined) numbers.set(primitive, (number = ++lastNumber));
  return number;
}

/** Numbers, texts, lists and records of them as text. Throws at anything else. */
export function textOf(value: unknown): string {
  if (typeof value === 'number') return Object.is(value, -0) ? '-0' : String(value);
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'boolean' || value === undefined || value === null) return String(value);
  if (Array.isArray(value)) return `[${value.map(textOf).join()}]`;
  if (value === arraySpace) return 'array';
  if (value instanceof NDArray && value.shape.length === 0) return `${value.dtype} ${textOf(value.data[value.offset]!)}`;
  if (typeof value !== 'object' || (Object.getPrototypeOf(value) !== Object.prototype && Object.getPrototypeOf(value) !== null)) throw new Indescribable();
  return `{${Object.entries(value).map(([key, entry]) => `${key}:${textOf(entry)}`).join()}}`;
}

/** Values that shape what is done with them (a 0 that is filled in, a sign) stay part of the program. */
const isPlainNumber = (value: number): boolean => value === 0 || Math.abs(value) === 1 || !Number.isFinite(value);

/** Whether an equation writes down a number that may become an input. */
function isNumber({ primitive, params }: Equation): boolean {
  if (primitive.name !== 'full') return false;
  const { value, dtype } = params as FullParams;
  return isFloat(dtype) && !isPlainNumber(value);
}

const typeText = ({ space, type }: Abstract): string => {
  if (space !== (arraySpace as unknown)) throw new Indescribable();
  return space.describe(type);
};

/** Writes programs down. With a list of values, constants and numbers are collected there; without, they are part of the text. */
function describe(program: Program, values: NDArray[] | undefined): string {
  const names = new Map<Atom, string>();
  const nameOf = (atom: Atom): string => {
    const known = names.get(atom);
    if (known !== undefined) return known;
    let name: string;
    if (!(atom instanceof Constant)) name = `v${names.size}`;
    else if (values !== undefined && atom.value instanceof NDArray) name = `c${values.push(atom.value)}:${typeText({ space: arraySpace as never, type: { shape: atom.value.shape, dtype: atom.value.dtype } })}`;
    else name = textOf(atom.value);
    names.set(atom, name);
    return name;
  };
  const parts = program.inputs.map((input) => `${nameOf(input)}:${typeText(input)}`);
  for (const equation of program.equations) {
    const { primitive, inputs, params, outputs } = equation;
    if (values !== undefined && isNumber(equation)) {
      const { value, shape, dtype } = params as FullParams;
      values.push(NDArray.filled(value, [], dtype));
      parts.push(`${nameOf(outputs[0]!)}=number ${dtype}[${shape.join()}]`);
      continue;
    }
    const inner = innerPrograms(equation);
    const own = inner.length === 0 ? params : Object.fromEntries(Object.entries(params as object).filter(([key]) => !inner.some(({ name }) => name === key)));
    parts.push(`${outputs.map(nameOf).join()}=${primitive.name}.${numberOf(primitive)}(${inputs.map(nameOf).join()})${textOf(own)}${inner.map(({ name, program: body }) => `${name}{${describe(body, undefined)}}`).join('')}`);
  }
  return `${parts.join(';')}>${program.outputs.map(nameOf).join()}`;
}

/** The two parts of a program; undefined where a parameter is something else than numbers, texts and programs. */
export function fingerprintOf(program: Program): Fingerprint | undefined {
  const values: NDArray[] = [];
  try {
    return { text: describe(program, values), values };
  } catch (error) {
    if (error instanceof Indescribable) return undefined;
    throw error;
  }
}

/** The same program with the values of its fingerprint as inputs, behind the first `before` of its own. */
export function withValuesAsInputs(program: Program, values: readonly NDArray[], before: number): Program {
  const types = values.map(({ shape, dtype }) => arrayAbstract({ shape, dtype }));
  const all = [...program.inputs.slice(0, before), ...types, ...program.inputs.slice(before)];
  return traceProgram(
    'linearSolve',
    (given) => {
      const places = new Map<Atom, Value>();
      program.inputs.forEach((input, k) => places.set(input, given[k < before ? k : k + values.length]));
      let used = before;
      const valueOf = (atom: Atom): Value => {
        if (places.has(atom)) return places.get(atom);
        const value = (atom as Constant).value;
        const own: Value = value instanceof NDArray ? given[used++] : value;
        places.set(atom, own);
        return own;
      };
      for (const equation of program.equations) {
        const { primitive, inputs, params, outputs } = equation;
        if (isNumber(equation)) places.set(outputs[0]!, broadcast(given[used++], (params as ArrayType).shape, []));
        else {
          const results = apply(primitive, inputs.map(valueOf), params);
          outputs.forEach((output: Variable, k) => places.set(output, results[k]));
        }
      }
      return program.outputs.map(valueOf);
    },
    all,
  ).program;
}
