/**
 * @file A block: equations in a row being lowered to steps. Elementwise results that have one reader wait as expressions, and
 * become part of the reader's kernel.
 */
import { Variable, type Atom, type Equation, type Program } from '@tapeflow/autodiff/extend';
import { NDArray } from '../../array/ndarray.ts';
import { sameShape, sizeOf, type Shape } from '../../array/strides.ts';
import { describeType, type ArrayType } from '../../array/type.ts';
import { ELEMENTWISE } from '../../elementwise/table.ts';
import { UnsupportedOperationError } from '../errors.ts';
import type { ConstantPool } from './constants.ts';
import { bodySize, merged, renumbered, type Body } from './kernel.ts';
import type { Step } from './step.ts';
import { Region, sameView, wholeView, type View } from './view.ts';

/** A value that is computed where it is read: an expression over views of its shape, or of rank 0. */
export interface Pending extends ArrayType {
  readonly body: Body;
  readonly views: readonly View[];
}

/** Larger expressions are computed on their own. */
const MOST_OPERATIONS = 48;
const MOST_INPUTS = 12;

const isView = (value: View | Pending): value is View => 'region' in value;

/** Type of a variable or constant; only arrays have one here. */
export function typeOfAtom(atom: Atom): ArrayType {
  return atom instanceof Variable ? (atom.type as ArrayType) : (atom.value as NDArray);
}

export class Block {
  readonly steps: Step[] = [];
  readonly constants: ConstantPool;
  private readonly values = new Map<Variable, View | Pending>();
  /** The equation that reads a variable, if it is the only reader. */
  private readonly onlyReader = new Map<Variable, Equation | undefined>();

  constructor(program: Program, inputs: readonly View[], constants: ConstantPool) {
    this.constants = constants;
    program.inputs.forEach((variable, k) => this.values.set(variable, inputs[k]!));
    const read = (atom: Atom, reader: Equation | undefined): void => {
      if (!(atom instanceof Variable)) return;
      this.onlyReader.set(atom, this.onlyReader.has(atom) && this.onlyReader.get(atom) !== reader ? undefined : reader);
    };
    for (const equation of program.equations) for (const atom of equation.inputs) read(atom, equation);
    for (const atom of program.outputs) read(atom, undefined);
  }

  /** Memory for a value. */
  fresh({ shape, dtype }: ArrayType): View {
    return wholeView(new Region(dtype, sizeOf(shape)), shape);
  }

  /** The value in memory. */
  view(atom: Atom): View {
    if (!(atom instanceof Variable)) return this.constantView(atom.value);
    const value = this.values.get(atom)!;
    if (isView(value)) return value;
    const target = this.fresh(value);
    this.compute(value, target);
    this.values.set(atom, target);
    return target;
  }

  private constantView(value: unknown): View {
    if (value instanceof NDArray) return this.constants.array(value);
    throw new UnsupportedOperationError('constant', 'wasm', [typeof value], 'it is no array');
  }

  /** The value as an expression: what it waits as, or a load. */
  expression(atom: Atom, shape: Shape): Pending {
    const waiting = atom instanceof Variable ? this.values.get(atom) : undefined;
    if (waiting !== undefined && !isView(waiting) && sameShape(waiting.shape, shape)) return waiting;
    return loadOf(this.view(atom));
  }

  /** Gives a variable its view. */
  setView(variable: Variable, view: View): void {
    this.values.set(variable, view);
  }

  /** Gives a variable an expression, which waits for its reader where that can take it. */
  setExpression(variable: Variable, pending: Pending): void {
    const small = bodySize(pending.body) <= MOST_OPERATIONS && pending.views.length <= MOST_INPUTS;
    this.values.set(variable, pending);
    if (!small || !this.readerTakes(variable, pending.shape)) this.view(variable);
  }

  private readerTakes(variable: Variable, shape: Shape): boolean {
    const reader = this.onlyReader.get(variable);
    if (reader === undefined) return false;
    const { name } = reader.primitive;
    if (name === 'pad' || name === 'concat') return true;
    return (name in ELEMENTWISE || name === 'convert') && sameShape((reader.outputs[0]!.type as ArrayType).shape, shape);
  }

  /** Writes a value to a place. */
  store(atom: Atom, target: View): void {
    this.compute(this.expression(atom, target.shape), target);
  }

  /** Copies between views of one shape. */
  copy(source: View, target: View): void {
    this.compute(loadOf(source), target);
  }

  /** The value without gaps between its elements. */
  contiguous(view: View, isGapless: boolean): View {
    if (isGapless) return view;
    const target = this.fresh(view);
    this.copy(view, target);
    return target;
  }

  private compute({ body, views }: Pending, target: View): void {
    if (sizeOf(target.shape) === 0) return;
    const zeros = target.shape.map(() => 0);
    const { shape, strides } = merged(target.shape, target.strides, ...views.map((view) => (view.shape.length === 0 ? zeros : view.strides)));
    const [result, ...inputs] = strides;
    this.steps.push({
      kind: 'run',
      kernel: { kind: 'map', shape, result: { dtype: target.dtype, strides: result! }, inputs: inputs.map((own, k) => ({ dtype: views[k]!.dtype, strides: own })), body },
      views: [target, ...views],
    });
  }
}

function loadOf(view: View): Pending {
  return { shape: view.shape, dtype: view.dtype, body: { kind: 'input', index: 0, dtype: view.dtype }, views: [view] };
}

/** Several expressions over one list of views, each view in it once. */
export function joined(parts: readonly Pending[]): { readonly bodies: Body[]; readonly views: readonly View[] } {
  const views: View[] = [];
  const done = new Map<Pending, Body>();
  const bodies = parts.map((part) => {
    const known = done.get(part);
    if (known !== undefined) return known;
    const numbers = part.views.map((view) => {
      const at = views.findIndex((other) => sameView(other, view));
      return at >= 0 ? at : views.push(view) - 1;
    });
    const body = renumbered(part.body, numbers);
    done.set(part, body);
    return body;
  });
  return { bodies, views };
}

/** Inputs of an equation as text, for errors. */
export function inputTypes({ inputs }: Equation): string[] {
  return inputs.map((atom) => {
    const { space, type } = atom instanceof Variable ? atom : { space: undefined, type: undefined };
    if (space !== undefined) return space.describe(type);
    const { value } = atom as { value: unknown };
    return value instanceof NDArray ? describeType(value) : typeof value;
  });
}
