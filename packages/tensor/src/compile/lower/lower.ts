/** @file Lowering: a program of equations on arrays becomes a schedule of steps on symbolic memory. */
import { Variable, type Equation, type Program } from '@tapeflow/autodiff/extend';
import { arraySpace } from '../../array/ndarray.ts';
import type { ArrayType } from '../../array/type.ts';
import { sizeOf } from '../../array/strides.ts';
import { inputTypes, UnsupportedOperationError } from '../errors.ts';
import { KernelPool } from '../kernels/kernel-pool.ts';
import { Block } from './block.ts';
import { ConstantPool } from './constants.ts';
import { CONTROL_RULES } from './control.ts';
import { removeDeadStores } from './dead-stores.ts';
import type { Lowering, LowerOptions } from './lowering.ts';
import { ruleFor } from './operations.ts';
import { isPointwise, residents } from './residence.ts';
import type { Output, Schedule, Step } from './step.ts';
import { Region, wholeView, type View } from './view.ts';

/** The schedule of a program. Throws `UnsupportedOperationError` at the first operation without a rule. */
export function lower(program: Program, { numerics = 'stepwise', writes = 'parts', residence = residents }: LowerOptions = {}): Schedule {
  const lowering: Lowering = { numerics, writes, residence, constants: new ConstantPool() };
  const inputs = program.inputs.map(({ space, type }) => {
    if (space !== (arraySpace as unknown)) throw new UnsupportedOperationError('input', 'wasm', [space.describe(type)], 'it is no array or tensor');
    const { shape, dtype } = type as ArrayType;
    return wholeView(new Region(dtype, sizeOf(shape)), shape);
  });
  const block = lowerBlock(program, inputs, lowering);
  const outputs = program.outputs.map((atom): Output => {
    if (!(atom instanceof Variable)) return { value: atom.value };
    const input = program.inputs.indexOf(atom);
    return input >= 0 ? { input } : { view: block.view(atom) };
  });
  const schedule = removeDeadStores({ steps: block.finish(), inputs, outputs });
  return { ...schedule, steps: withSharedKernels(schedule.steps, new KernelPool()) };
}

function lowerBlock(program: Program, inputs: readonly View[], lowering: Lowering): Block {
  const block = new Block(program, inputs, lowering);
  for (const equation of program.equations) {
    block.equation = equation;
    lowerEquation(block, equation, lowering);
  }
  block.equation = undefined;
  return block;
}

function lowerEquation(block: Block, equation: Equation, lowering: Lowering): void {
  const { primitive, outputs } = equation;
  if (outputs.some(({ space }) => space !== (arraySpace as unknown))) throw new UnsupportedOperationError(primitive.name, 'wasm', inputTypes(equation), 'it is no operation on arrays');
  const control = CONTROL_RULES[primitive.name];
  if (control !== undefined) return control(block, equation, (inner, views) => lowerBlock(inner, views, lowering));
  if (isPointwise(equation)) return block.define(outputs[0]!, equation);
  const rule = ruleFor(primitive.name, lowering.numerics);
  if (rule === undefined) throw new UnsupportedOperationError(primitive.name, 'wasm', inputTypes(equation));
  rule(block, equation);
}

/** Equal kernels as one, wherever they run. */
function withSharedKernels(steps: readonly Step[], pool: KernelPool): readonly Step[] {
  const all = (inner: readonly Step[]): readonly Step[] => withSharedKernels(inner, pool);
  return steps.map((step): Step => {
    switch (step.kind) {
      case 'run':
        return { ...step, kernel: pool.shared(step.kernel) };
      case 'scan':
        return { ...step, body: all(step.body) };
      case 'while':
        return { ...step, condition: all(step.condition), body: all(step.body) };
      case 'cond':
        return { ...step, whenTrue: all(step.whenTrue), whenFalse: all(step.whenFalse) };
      case 'check':
        return { ...step, report: all(step.report) };
      default:
        return step;
    }
  });
}
