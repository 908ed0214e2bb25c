/**
 * @file Rewrites programs for a device. Products of matrices become sums of products, which the kernels of reductions perform without
 * storing the products; where a few numbers are scattered, each element asks which of them it gets. Loops that end by a condition run in blocks: reading a condition makes everything wait, so it is read once per block,
 * whose steps keep the carry as it is from the moment when the condition has failed.
 */
import { apply, evaluateProgram, hasEffect, innerPrograms, traceProgram, type Abstract, type Equation, type Program, type Value } from '@tapeflow/autodiff/extend';
import { add, arrayTypeOf, broadcast, full, mul, reduceSum, reshape } from '../../array/ndarray.ts';
import { sizeOf } from '../../array/strides.ts';
import { checkLeaves } from '../../control/check.ts';
import { scanLeaves } from '../../control/scan.ts';
import { whilePrimitive, type WhileParams } from '../../control/while.ts';
import { IndexError } from '../../errors.ts';
import { rolesOf, type DotParams } from '../../primitives/dot.ts';
import { and, equal, less, lessEqual, select } from '../../primitives/elementwise.ts';
import type { IndexParams } from '../../primitives/gather.ts';
import { indexWithinPrimitive, type IndexWithinParams } from '../../primitives/index-within.ts';
import { reduceAll } from '../../primitives/reduce.ts';
import { iota, transpose } from '../../primitives/structure.ts';
import { performWith, withInnerPrograms } from '../graph/inner.ts';

/** Steps of a loop between two readings of its condition. */
export const BLOCK = 8;

/** The program as the device runs it. */
export function rewriteForGpu(program: Program): Program {
  return traceProgram('jit', (inputs) => performWith(performOne, program, inputs), program.inputs).program;
}

function performOne(equation: Equation, xs: readonly Value[]): readonly Value[] {
  const { primitive } = equation;
  if (primitive.name === 'dot') return [sumOfProducts(xs[0], xs[1], equation.params as DotParams)];
  if (primitive.name === 'scatterAdd') return [sumOfUpdates(xs[0], xs[1], xs[2], (equation.params as IndexParams).members)];
  if (primitive === indexWithinPrimitive) return [checkedIndex(xs[0], equation.params as IndexWithinParams)];
  const { params } = withInnerPrograms(equation, rewriteForGpu);
  return primitive === whilePrimitive ? inBlocks(params as WhileParams, xs) : apply(primitive, xs, params);
}

/** The same indices after a check of all: kernels of the device cannot end a program. */
function checkedIndex(x: Value, { length, operation, place }: IndexWithinParams): Value {
  const isInside = and(lessEqual(full(0, [], 'i32'), x), less(x, full(length, [], 'i32')));
  checkLeaves(reduceAll(isInside), [x], ([indices]) => new IndexError(operation, indices!.contiguous().find((k) => k < 0 || k >= length) ?? NaN, length, place));
  return x;
}

/** dot as a product over all pairs of elements, summed over the contracted axes, which come last. */
function sumOfProducts(x: Value, y: Value, params: DotParams): Value {
  const [left, right] = [arrayTypeOf(x).shape, arrayTypeOf(y).shape];
  const [own, others] = [rolesOf(left.length, params, 0), rolesOf(right.length, params, 1)];
  const batch = own.batch.map((axis) => left[axis]!);
  const terms = own.contract.map((axis) => left[axis]!);
  const shape = [...batch, ...own.free.map((axis) => left[axis]!), ...others.free.map((axis) => right[axis]!), ...terms];
  const count = shape.length - terms.length;
  const spread = (value: Value, order: readonly number[], free: number, from: number): Value => {
    const axes = order.map((_, k) => (k < batch.length ? k : k < batch.length + free ? from + k - batch.length : count + k - batch.length - free));
    return broadcast(transpose(value, order), shape, axes);
  };
  const a = spread(x, [...own.batch, ...own.free, ...own.contract], own.free.length, batch.length);
  const b = spread(y, [...others.batch, ...others.free, ...others.contract], others.free.length, batch.length + own.free.length);
  return reduceSum(mul(a, b), terms.map((_, k) => count + k));
}

/** x with updates added to it: for every element those whose index is its position. */
function sumOfUpdates(x: Value, index: Value, updates: Value, members: number): Value {
  const { shape, dtype } = arrayTypeOf(x);
  const length = sizeOf(shape) / members;
  const count = sizeOf(arrayTypeOf(index).shape) / members;
  const all = [members, length, count];
  const spread = (value: Value): Value => broadcast(reshape(value, [members, count]), all, [0, 2]);
  const isHere = equal(spread(index), iota(all, 1, 'i32'));
  const sums = reduceSum(select(isHere, spread(updates), full(0, [], dtype)), [2]);
  return add(x, reshape(sums, shape));
}

/** The loop with a body of several steps. Steps with effects, and loops inside, must not run once more than they should. */
function inBlocks(loop: WhileParams, xs: readonly Value[]): readonly Value[] {
  const { condition, body, conditionCaptured, bodyCaptured } = loop;
  const mustNotRun = ({ equations }: Program): boolean => equations.some((equation) => equation.primitive === whilePrimitive || hasEffect(equation) || innerProgramsOf(equation).some(mustNotRun));
  if (mustNotRun(body) || mustNotRun(condition)) return apply(whilePrimitive, xs, loop);
  const fixed = conditionCaptured + bodyCaptured;
  const types: readonly Abstract[] = [...condition.inputs.slice(0, conditionCaptured), ...body.inputs.slice(0, bodyCaptured), ...body.results];
  const guarded = traceProgram(
    'while',
    (all) => {
      const carries = all.slice(fixed);
      const [running] = evaluateProgram(condition, [...all.slice(0, conditionCaptured), ...carries]);
      const next = evaluateProgram(body, [...all.slice(conditionCaptured, fixed), ...carries]);
      return next.map((value, k) => (value === carries[k] ? value : select(running, value, carries[k])));
    },
    types,
  ).program;
  const block = traceProgram('while', (all) => scanLeaves(guarded, all.slice(0, fixed), all.slice(fixed), [], BLOCK), types).program;
  return apply(whilePrimitive, [...xs.slice(0, conditionCaptured), ...xs], { condition, body: block, conditionCaptured, bodyCaptured: fixed } satisfies WhileParams);
}

const innerProgramsOf = (equation: Equation): Program[] => innerPrograms(equation).map(({ program }) => program);
