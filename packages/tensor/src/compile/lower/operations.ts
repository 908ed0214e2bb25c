/** @file How operations become kernels that are not computed element by element. What is missing here is refused by name. */
import type { Atom, Equation } from '@tapeflow/autodiff/extend';
import type { AxesParams, AxisParams, PadParams, ShapeParams } from '../../array/rules.ts';
import { sizeOf } from '../../array/strides.ts';
import type { ArrayType } from '../../array/type.ts';
import type { IndexParams } from '../../primitives/gather.ts';
import { meetDemands } from '../demands.ts';
import type { ReduceOperator } from '../kernels/kernel.ts';
import type { Block } from './block.ts';
import { identityMap } from './index-map.ts';
import type { Numerics } from './numerics.ts';
import { memberAxes, type Source } from './reading.ts';
import { memberAxisCount, typeOfAtom } from './residence.ts';
import { isContiguous, reshapeView, type View } from './view.ts';

/** Lowers one equation. */
export type Rule = (block: Block, equation: Equation) => void;

const resultType = ({ outputs }: Equation): ArrayType => outputs[0]!.type as ArrayType;

/** Elements in another order of axes, which takes memory without gaps. */
function reshape(block: Block, equation: Equation): void {
  const view = block.view(equation.inputs[0]!);
  const { shape } = equation.params as ShapeParams;
  block.setView(equation.outputs[0]!, reshapeView(view, shape) ?? reshapeView(block.contiguous(view, false), shape)!);
}

const reduce =
  (operator: ReduceOperator): Rule =>
  (block, equation) => {
    const { axes } = equation.params as AxesParams;
    const [x] = equation.inputs;
    const target = block.fresh(resultType(equation));
    if (axes.length === 0) block.store(x!, target);
    else block.collect({ kind: 'reduce', operator, axes }, typeOfAtom(x!).shape, block.whole(x!), target);
    block.setView(equation.outputs[0]!, target);
  };

/** Values that belong to members by their flat position, one row per member. */
function byMember(block: Block, atom: Atom, members: number): View {
  const view = block.contiguous(block.view(atom));
  return reshapeView(view, [members, sizeOf(view.shape) / members])!;
}

/** Elements at positions that belong to members by their flat position; all other gathers are computed where they are read. */
function gather(block: Block, equation: Equation): void {
  const [x, index] = equation.inputs;
  const { members } = equation.params as IndexParams;
  const target = block.fresh(resultType(equation));
  const view = block.contiguous(block.view(x!));
  const positions = byMember(block, index!, members);
  const length = sizeOf(view.shape) / members;
  const map = identityMap(2);
  const source: Source = { kind: 'gather', view, length, index: { view: positions, map }, member: memberAxes(members, positions.shape, map, length), dtype: target.dtype };
  block.collect({ kind: 'store' }, positions.shape, { source }, reshapeView(target, positions.shape)!);
  block.setView(equation.outputs[0]!, target);
}

function scatterAdd(block: Block, equation: Equation): void {
  const [x, index, updates] = equation.inputs;
  const { members } = equation.params as IndexParams;
  const taken = block.takeOver(x!);
  const target = taken ?? block.fresh(resultType(equation));
  if (taken === undefined) block.store(x!, target);
  const length = target.region.size / members;
  const { shape } = typeOfAtom(index!);
  if (memberAxisCount(members, shape) !== undefined) {
    const member = memberAxes(members, shape, identityMap(shape.length), length);
    block.collect({ kind: 'scatterAdd', index: block.whole(index!), length, member }, shape, block.whole(updates!), target);
  } else {
    const [positions, values] = [index!, updates!].map((atom) => byMember(block, atom, members));
    const map = identityMap(2);
    const member = memberAxes(members, positions!.shape, map, length);
    block.collect({ kind: 'scatterAdd', index: { view: positions!, map }, length, member }, positions!.shape, { view: values!, map }, target);
  }
  block.setOwnView(equation.outputs[0]!, target);
}

/** Zeros between the elements: everything is cleared, then the elements are written to their places. */
function pad(block: Block, equation: Equation): void {
  const { low, interior } = equation.params as PadParams;
  const target = block.fresh(resultType(equation));
  const { shape } = typeOfAtom(equation.inputs[0]!);
  if (target.region.size > 0) block.push({ kind: 'clear', target });
  const offset = low.reduce((at, count, axis) => at + count * target.strides[axis]!, 0);
  block.store(equation.inputs[0]!, { ...target, shape, offset, strides: target.strides.map((stride, axis) => stride * (interior[axis]! + 1)) });
  // What is cleared before may not be the place of a value that is still read now.
  block.flush();
  block.setView(equation.outputs[0]!, target);
}

/** Many arrays one after another: each is written to its place. */
function concat(block: Block, equation: Equation): void {
  const { axis } = equation.params as AxisParams;
  const target = block.fresh(resultType(equation));
  let start = 0;
  for (const atom of equation.inputs) {
    const { shape } = typeOfAtom(atom);
    block.store(atom, { ...target, shape, offset: start * target.strides[axis]! });
    start += shape[axis]!;
  }
  block.setView(equation.outputs[0]!, target);
}

/** The value as all of a piece of memory: JavaScript takes copies of those, not of windows onto them. */
function wholeRegion(block: Block, view: View): View {
  const isWhole = isContiguous(view) && view.offset === 0 && view.moving.length === 0 && view.region.size === sizeOf(view.shape);
  return block.contiguous(view, isWhole);
}

/** Operations that JavaScript performs on the memory of the program: they work on whole keys, rows and matrices, not on elements. */
function host(block: Block, equation: Equation): void {
  const { primitive, params, inputs, outputs } = equation;
  const given = inputs.map((atom) => wholeRegion(block, block.view(atom)));
  const results = outputs.map(({ type }) => block.fresh(type as ArrayType));
  block.push({ kind: 'host', equation, primitive, params, results, inputs: given });
  outputs.forEach((variable, k) => block.setView(variable, results[k]!));
}

/** A fixed kernel where there is one for these dtypes and shapes, otherwise JavaScript. */
const fixed =
  (rule: (block: Block, equation: Equation) => boolean | void): Rule =>
  (block, equation) => {
    if (rule(block, equation) === false) host(block, equation);
  };

/** Rules by the names of operations. Those that JavaScript performs may have rules besides, which are added by who uses them. */
const RULES: Readonly<Record<string, Rule>> = {
  hostCall: host,
  beginSolve: host,
  endSolve: host,
  scatterSource: host,
  reshape,
  gather,
  reduceSum: reduce('sum'),
  reduceProd: reduce('prod'),
  reduceMin: reduce('min'),
  reduceMax: reduce('max'),
  reduceAny: reduce('any'),
  reduceAll: reduce('all'),
  scatterAdd,
  pad,
  concat,
  randomBits: host,
  randomUniform: host,
  randomInteger: host,
  randomPermutation: host,
  randomNormal: host,
  childKey: host,
  dot: host,
  conv: host,
  convInput: host,
  convKernel: host,
  cholesky: host,
  lu: host,
  triangularSolve: host,
  choleskySolve: host,
  luSolve: host,
  fourier: host,
  realFourier: host,
  realFourierTransposed: host,
  realTransform: host,
  argsort: host,
  argMax: host,
  argMin: host,
  cumulativeArgMax: host,
  cumulativeArgMin: host,
  cumulativeSum: host,
  linearRecurrence: host,
};

const added = new Map<string, Rule>();

/** Adds rules that come with the operations they are for, see compile/on-demand.ts. What a rule returns false for is left to JavaScript. */
export function addRules(rules: Readonly<Record<string, (block: Block, equation: Equation) => boolean | void>>): void {
  for (const [name, rule] of Object.entries(rules)) added.set(name, fixed(rule));
}

/** Operations whose kernels perform them in the order in which JavaScript does. */
const SAME_ORDER: ReadonlySet<string> = new Set(['reshape', 'gather', 'reduceSum', 'reduceProd', 'reduceMin', 'reduceMax', 'reduceAny', 'reduceAll', 'scatterAdd', 'pad', 'concat']);

/** How an operation is lowered; undefined for those that are unknown. */
export function ruleFor(name: string, numerics: Numerics): Rule | undefined {
  meetDemands();
  return numerics === 'roundedOnce' && !SAME_ORDER.has(name) ? host : (added.get(name) ?? RULES[name]);
}
