/** @file Lowering: a program of equations on arrays becomes a schedule of steps on symbolic memory. */
import { Variable, type Equation, type Program } from '@tapeflow/autodiff/extend';
import { arraySpace } from '../../array/ndarray.ts';
import type { ArrayType } from '../../array/type.ts';
import { sizeOf } from '../../array/strides.ts';
import { UnsupportedOperationError } from '../errors.ts';
import { Block, inputTypes } from './block.ts';
import { ConstantPool } from './constants.ts';
import { CONTROL_RULES } from './control.ts';
import { removeDeadStores } from './dead-stores.ts';
import { RULES } from './operations.ts';
import { isPointwise } from './residence.ts';
import type { Output, Schedule } from './step.ts';
import { Region, wholeView, type View } from './view.ts';

/** The schedule of a program. Throws `UnsupportedOperationError` at the first operation without a rule. */
export function lower(program: Program): Schedule {
  const constants = new ConstantPool();
  const inputs = program.inputs.map(({ space, type }) => {
    if (space !== (arraySpace as unknown)) throw new UnsupportedOperationError('input', 'wasm', [space.describe(type)], 'it is no array or tensor');
    const { shape, dtype } = type as ArrayType;
    return wholeView(new Region(dtype, sizeOf(shape)), shape);
  });
  const block = lowerBlock(program, inputs, constants);
  const outputs = program.outputs.map((atom): Output => {
    if (!(atom instanceof Variable)) return { value: atom.value };
    const input = program.inputs.indexOf(atom);
    return input >= 0 ? { input } : { view: block.view(atom) };
  });
  return removeDeadStores({ steps: block.finish(), inputs, outputs });
}

function lowerBlock(program: Program, inputs: readonly View[], constants: ConstantPool): Block {
  const block = new Block(program, inputs, constants);
  for (const equation of program.equations) lowerEquation(block, equation, constants);
  return block;
}

function lowerEquation(block: Block, equation: Equation, constants: ConstantPool): void {
  const { primitive, outputs } = equation;
  if (outputs.some(({ space }) => space !== (arraySpace as unknown))) throw new UnsupportedOperationError(primitive.name, 'wasm', inputTypes(equation), 'it is no operation on arrays');
  const control = CONTROL_RULES[primitive.name];
  if (control !== undefined) return control(block, equation, (inner, views) => lowerBlock(inner, views, constants));
  if (isPointwise(equation)) return block.define(outputs[0]!, equation);
  const rule = RULES[primitive.name];
  if (rule === undefined) throw new UnsupportedOperationError(primitive.name, 'wasm', inputTypes(equation));
  rule(block, equation);
}
