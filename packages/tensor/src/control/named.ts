/** @file Loops and branches over trees of tensors: scan, whileLoop, cond. What they close over keeps its derivative. */
import { flatten, TapeflowError, TreeError, type TreeStructure } from '@tapeflow/autodiff';
import { abstractOf, Box, closeOver, type Abstract, type Value } from '@tapeflow/autodiff/extend';
import { NDArray } from '../array/ndarray.ts';
import { ArgumentError, DTypeError } from '../errors.ts';
import { makeDim } from '../named/dims.ts';
import { numberArgumentOf } from '../named/number-arguments.ts';
import { Tensor, wrap } from '../named/tensor.ts';
import type { Scalar } from '../named/types.ts';
import { not } from '../primitives/elementwise.ts';
import { iota } from '../primitives/structure.ts';
import { checkLeaves } from './check.ts';
import { condLeaves } from './cond.ts';
import { scanLeaves } from './scan.ts';
import { alignedLike, slicedAlong, stackedAlong, withScalars, type SliceOf, type Stacked } from './tensors.ts';
import { truth, whileLeaves } from './while.ts';

/** How `scan` walks. */
export interface ScanOptions<K extends string> {
  /** The dimension of `xs` that is walked along, and of the results of all steps. Default `step`, for a number of steps. */
  readonly along?: K;
  /** From the last slice to the first. */
  readonly reverse?: boolean;
}

/**
 * A fixed number of steps: `[carry, y] ← step(carry, x)` for each slice x of `xs` along a dimension, or for x = 0, 1, 2, … when
 * `xs` is a number. Returns the last carry, and all y stacked along that dimension.
 *
 * The step is recorded once, so it must not look at values; numbers in the carry become scalars. Derivatives in both modes and to any order
 * reach the first carry, `xs` and all that the step closes over. Reverse mode keeps the carries and computes each step again.
 *
 * Throws `TreeError` when the carry changes its structure or types, `DimensionError` when a tensor of `xs` lacks the dimension.
 */
export function scan<C, Y, const K extends string = 'step'>(step: (carry: C, index: Scalar) => readonly [C, Y], carry: C, steps: number, options?: ScanOptions<K>): [C, Stacked<Y, K>];
export function scan<C, X, Y, const K extends string>(step: (carry: C, x: SliceOf<X, K>) => readonly [C, Y], carry: C, xs: X, options: ScanOptions<K> & { readonly along: K }): [C, Stacked<Y, K>];
export function scan(step: (carry: never, x: never) => readonly [unknown, unknown], carry: unknown, xs: unknown, options: ScanOptions<string> = {}): [unknown, unknown] {
  const { along = 'step', reverse = false } = options;
  if (numberArgumentOf(xs) !== undefined) throw new ArgumentError('scan', 'steps', xs, 'The number of steps decides the course of the program.');
  const { stacks, example, dim } = typeof xs === 'number' ? counted(xs, along) : slicedAlong('scan', xs, along);
  const start = withScalars(carry);
  const flat = flatten(start, 'scan');
  let next: TreeStructure | undefined;
  const closed = closeOver(
    'scan',
    (current: never, x: never) => {
      const [stepped, y] = withScalars(step(current, x));
      const after = alignedLike(stepped, start);
      next = flatten(after, 'scan').structure;
      return [after, y];
    },
    [start, example],
  );
  requireSameCarry('scan', flat.structure, flat.leaves.map(abstractOf), next!, closed.program.results);
  const outputs = scanLeaves(closed.program, closed.captured, flat.leaves, flatten(stacks, 'scan').leaves, dim.size, reverse);
  const [end, ys] = closed.result.unflatten(outputs) as [unknown, unknown];
  return [end, stackedAlong('scan', ys, dim)];
}

/** The numbers of the steps, as something to walk along. */
function counted(steps: number, along: string): ReturnType<typeof slicedAlong> {
  const dim = makeDim(along, steps, 'scan');
  return { stacks: wrap({ value: iota([steps], 0, 'i32'), dims: [] }), example: wrap({ value: NDArray.filled(0, [], 'i32'), dims: [] }), dim };
}

function requireSameCarry(operation: string, before: TreeStructure, types: readonly Abstract[], after: TreeStructure, results: readonly Abstract[]): void {
  const advice = 'A step must return a carry with the same keys, dimensions and dtypes as the one it takes: convert(...) or expand(...) the first one.';
  if (before.key !== after.key) throw new TreeError(operation, 'carry', `a step returns a carry of structure ${after.key} where ${before.key} was given.`, advice);
  types.forEach(({ space, type }, k) => {
    const seen = results[k]!;
    if (seen.space !== space || !space.sameType(seen.type, type)) {
      throw new TreeError(operation, `carry ${before.paths[k]!}`.trimEnd(), `a step returns ${seen.space.describe(seen.type)} where ${space.describe(type)} was given.`, advice);
    }
  });
}

/** The condition of a loop as a rank-0 boolean array. */
function conditionValue(operation: string, condition: unknown): Value {
  if (condition instanceof Tensor && condition.dims.length === 0 && condition.dtype === 'bool') return condition.value;
  const seen = condition instanceof Tensor ? `${condition.dtype} tensor` : typeof condition;
  throw new DTypeError(operation, [seen], 'the condition is no single boolean.', 'Return one comparison of scalars, such as less(error, 1e-3), or all(...), any(...).');
}

/** The limit of a `whileLoop` was reached while its condition still held. */
export class LoopLimitError extends TapeflowError {
  readonly maxSteps: number;
  constructor(maxSteps: number) {
    super('whileLoop', `the condition still holds after ${maxSteps} steps.`, 'Raise maxSteps, or count the steps in the carry and end the loop in the condition.');
    this.maxSteps = maxSteps;
  }
}

/**
 * Repeats `carry ← body(carry)` while `condition(carry)`, a boolean scalar, holds. Both are recorded once; numbers in the carry
 * become scalars.
 *
 * Without `maxSteps` the number of steps is free and the derivative is forward mode only: reverse mode (`grad`, `vjp`) would have
 * to remember an unknown number of steps, and throws `MissingRuleError`. It exists for `scan`, for `whileLoop` with `maxSteps`, and
 * for `implicitFixedPoint`, which differentiates the fixed point itself. With `maxSteps` both modes exist, memory is
 * taken for that many steps, and `LoopLimitError` is thrown when the condition holds to the end.
 */
export function whileLoop<C>(condition: (carry: C) => Scalar, body: (carry: C) => C, carry: C, options: { readonly maxSteps?: number } = {}): C {
  const { maxSteps } = options;
  if (maxSteps !== undefined) return boundedLoop(condition, body, carry, maxSteps);
  const first = withScalars(carry);
  const start = flatten(first, 'whileLoop');
  const tree = (xs: readonly Value[]): C => start.structure.unflatten(xs) as C;
  const types = start.leaves.map(abstractOf);
  const step = (xs: readonly Value[]): readonly Value[] => {
    const next = flatten(alignedLike(withScalars(body(tree(xs))), first), 'whileLoop');
    requireSameCarry('whileLoop', start.structure, types, next.structure, next.leaves.map(abstractOf));
    return next.leaves;
  };
  return tree(whileLeaves((xs) => conditionValue('whileLoop', condition(tree(xs))), step, start.leaves));
}

function boundedLoop<C>(condition: (carry: C) => Scalar, body: (carry: C) => C, carry: C, maxSteps: number): C {
  const [end] = scan((current: C) => [cond(condition(current), body, (same: C) => same, current), undefined], carry, maxSteps);
  checkLeaves(not(conditionValue('whileLoop', condition(end))), [], () => new LoopLimitError(maxSteps));
  return end;
}

/**
 * `then(...operands)` where the predicate, a boolean scalar, holds, else `otherwise(...operands)`: trees of the same structure and
 * types. Only the branch that is taken is computed (both, where members of a `vmap` disagree), except for what it computes from
 * values that it closes over alone: hand these over as operands where that matters. Numbers among the operands become scalars.
 *
 * Derivatives in both modes reach the operands and all that the branches close over. For single elements of tensors use `select`.
 */
export function cond<Args extends readonly unknown[], Y>(predicate: Scalar | boolean, then: (...operands: Args) => Y, otherwise: (...operands: Args) => Y, ...operands: Args): Y {
  const chosen = typeof predicate === 'boolean' ? predicate : conditionValue('cond', predicate);
  const given = flatten(withScalars([...operands]), 'cond');
  const tree = (xs: readonly Value[]): Args => given.structure.unflatten(xs) as Args;
  if (!(chosen instanceof Box)) return (typeof chosen === 'boolean' ? chosen : truth(chosen)) ? then(...tree(given.leaves)) : otherwise(...tree(given.leaves));
  let model: unknown;
  let first: TreeStructure | undefined;
  let types: readonly Abstract[] = [];
  const branch = (run: (...xs: Args) => Y) => (xs: readonly Value[]): readonly Value[] => {
    const result = withScalars(run(...tree(xs)));
    const { leaves, structure } = flatten(alignedLike(result, model), 'cond');
    if (first === undefined) {
      model = result;
      first = structure;
      types = leaves.map(abstractOf);
    } else {
      requireSameBranch(first, types, structure, leaves);
    }
    return leaves;
  };
  const outputs = condLeaves(chosen, branch(then), branch(otherwise), given.leaves);
  return first!.unflatten(outputs) as Y;
}

function requireSameBranch(first: TreeStructure, types: readonly Abstract[], second: TreeStructure, leaves: readonly Value[]): void {
  const advice = 'Both branches must return trees with the same keys, dimensions and dtypes.';
  if (first.key !== second.key) throw new TreeError('cond', '', `the branches return the structures ${first.key} and ${second.key}.`, advice);
  types.forEach(({ space, type }, k) => {
    const seen = abstractOf(leaves[k]);
    if (seen.space !== space || !space.sameType(seen.type, type)) throw new TreeError('cond', first.paths[k]!, `the branches return ${space.describe(type)} and ${seen.space.describe(seen.type)}.`, advice);
  });
}
