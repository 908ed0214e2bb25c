/** @file How loops, branches and checks become steps. */
import type { Atom, Equation, Program, Variable } from '@tapeflow/autodiff/extend';
import { sizeOf } from '../../array/strides.ts';
import type { ArrayType } from '../../array/type.ts';
import type { CheckParams } from '../../control/check.ts';
import type { CondParams } from '../../control/cond.ts';
import type { ScanParams } from '../../control/scan.ts';
import type { WhileParams } from '../../control/while.ts';
import type { Block } from './block.ts';
import type { Rule } from './operations.ts';
import type { Step } from './step.ts';
import { Counter, Region, sameView, sliceAt, wholeView, type View } from './view.ts';

/** Lowers a program that belongs to an equation, on views of its inputs. */
export type LowerInner = (program: Program, inputs: readonly View[]) => Block;

/** A block that only moves what is there. */
const NOTHING: Program = { inputs: [], equations: [], outputs: [], results: [] };

const viewsOf = (block: Block, atoms: readonly Atom[]): View[] => atoms.map((atom) => block.view(atom));
const regionsOf = (...views: readonly (readonly View[])[]): Region[] => views.flat().map(({ region }) => region);

/** Memory of its own for each carry, with the first value in it. */
function startCarries(block: Block, atoms: readonly Atom[], types: readonly { readonly type: unknown }[]): View[] {
  const carries = types.map(({ type }) => block.fresh(type as ArrayType));
  atoms.forEach((atom, k) => block.store(atom, carries[k]!));
  return carries;
}

/**
 * Moves the new values of all carries to their places at once: what lies in the place of another carry (two carries that change
 * places, a shifted carry) is set aside first.
 */
function updateCarries(block: Block, carries: readonly View[], next: readonly View[]): void {
  // Copies are made in the order of the carries: what a later one needs is overwritten by then.
  const isAside = (k: number): boolean => carries.some(({ region }, other) => other <= k && region === next[k]!.region);
  const isReadByAnother = (k: number): boolean => next.some((view, other) => other !== k && view.region.root === carries[k]!.region);
  const moved = carries.flatMap((carry, k) => (sameView(carry, next[k]!) || (!isReadByAnother(k) && block.updateInPlace(carry, next[k]!)) ? [] : [k]));
  const sources = next.map((view, k) => (moved.includes(k) && isAside(k) ? block.contiguous(view, false) : view));
  for (const k of moved) block.copy(sources[k]!, carries[k]!);
}

/**
 * A stack in which a carry moves on: the value before each step, and in one slot more the value after the last. What a loop keeps of
 * a carry then needs no copy.
 */
interface Walk {
  readonly stack: View;
  readonly before: View;
  readonly after: View;
  readonly first: View;
  readonly last: View;
}

function walkAlong(block: Block, { shape, dtype }: ArrayType, counter: Counter, reverse: boolean): Walk {
  const { length } = counter;
  const all = block.fresh({ shape: [length + 1, ...shape], dtype });
  const size = sizeOf(shape);
  const slot = (k: number): View => ({ ...all, shape, strides: all.strides.slice(1), offset: k * size });
  const stack: View = { ...all, shape: [length, ...shape], offset: reverse ? size : 0 };
  const before = sliceAt(stack, counter);
  return { stack, before, after: { ...before, offset: before.offset + (reverse ? -size : size) }, first: slot(reverse ? length : 0), last: slot(reverse ? 0 : length) };
}

function scan(block: Block, equation: Equation, lowerInner: LowerInner): void {
  const { body, captured, carries: count, length, reverse, save } = equation.params as ScanParams;
  const fixed = viewsOf(block, equation.inputs.slice(0, captured));
  const stacks = viewsOf(block, equation.inputs.slice(captured + count));
  const counter = new Counter(length);
  const own = body.inputs.slice(captured, captured + count);
  const kept: readonly Atom[] = [...body.outputs.slice(count), ...(save ? own : [])];
  const stackTypes = equation.outputs.slice(count).map(({ type }) => type as ArrayType);
  const walks = own.map((carry) => (length > 0 && kept.includes(carry) ? walkAlong(block, carry.type as ArrayType, counter, reverse) : undefined));
  const starts = walks.map((walk, k) => walk?.first ?? block.fresh(body.results[k]!.type as ArrayType));
  equation.inputs.slice(captured, captured + count).forEach((atom, k) => block.store(atom, starts[k]!));
  // The first stack of a carry is the one in which it moves on.
  const results = kept.map((atom, k) => (kept.indexOf(atom) === k ? walks[own.indexOf(atom as Variable)]?.stack : undefined) ?? block.fresh(stackTypes[k]!));
  equation.outputs.forEach((variable, k) => block.setView(variable, k < count ? (walks[k]?.last ?? starts[k]!) : results[k - count]!));
  if (length === 0) return;
  const carries = walks.map((walk, k) => walk?.before ?? starts[k]!);
  const given = [...fixed, ...carries, ...stacks.map((stack) => sliceAt(stack, counter))];
  const inner = lowerInner(body, given);
  const next = viewsOf(inner, body.outputs.slice(0, count));
  // What the step takes in is kept at its beginning, so that the carries may move on in their places.
  const head = lowerInner(NOTHING, []);
  kept.forEach((atom, k) => {
    if (walks.some((walk) => walk !== undefined && walk.stack === results[k])) return;
    const position = (body.inputs as readonly Atom[]).indexOf(atom);
    const place = sliceAt(results[k]!, counter);
    if (position < 0) inner.store(atom, place);
    else head.copy(given[position]!, place);
  });
  const staying = walks.flatMap((walk, k) => (walk === undefined ? [k] : []));
  // What lies in the place of a carry is copied before that changes; what was computed is moved last, when nothing is asked for any more.
  const moves = walks.flatMap((walk, k) => (walk === undefined ? [] : [{ value: next[k]!, target: walk.after }]));
  const isComputed = ({ value }: { value: View }): boolean => inner.isOwn(value);
  for (const { value, target } of moves.filter((move) => !isComputed(move))) inner.copy(value, target);
  const computed = moves.filter(isComputed);
  updateCarries(inner, staying.map((k) => carries[k]!), staying.map((k) => next[k]!));
  for (const { value, target } of computed) inner.moveTo(value, target);
  block.push({ kind: 'scan', counter, reverse, body: [...head.finish(), ...inner.finish()], keeps: regionsOf(starts, results, fixed, stacks) });
}

function whileLoop(block: Block, equation: Equation, lowerInner: LowerInner): void {
  const { condition, body, conditionCaptured, bodyCaptured } = equation.params as WhileParams;
  const all = equation.inputs;
  const forCondition = viewsOf(block, all.slice(0, conditionCaptured));
  const forBody = viewsOf(block, all.slice(conditionCaptured, conditionCaptured + bodyCaptured));
  const carries = startCarries(block, all.slice(conditionCaptured + bodyCaptured), body.results);
  equation.outputs.forEach((variable, k) => block.setView(variable, carries[k]!));
  const test = lowerInner(condition, [...forCondition, ...carries]);
  const holds = test.view(condition.outputs[0]!);
  const inner = lowerInner(body, [...forBody, ...carries]);
  updateCarries(inner, carries, viewsOf(inner, body.outputs));
  block.push({ kind: 'while', condition: test.finish(), holds, body: inner.finish(), keeps: regionsOf(carries, forCondition, forBody) });
}

function cond(block: Block, equation: Equation, lowerInner: LowerInner): void {
  const { whenTrue, whenFalse } = equation.params as CondParams;
  const [predicate, ...inputs] = viewsOf(block, equation.inputs);
  const results = equation.outputs.map(({ type }) => block.fresh(type as ArrayType));
  const branch = (program: Program): readonly Step[] => {
    const inner = lowerInner(program, inputs);
    program.outputs.forEach((atom, k) => inner.store(atom, results[k]!));
    return inner.finish();
  };
  block.push({ kind: 'cond', predicate: predicate!, whenTrue: branch(whenTrue), whenFalse: branch(whenFalse), keeps: regionsOf(results, inputs) });
  equation.outputs.forEach((variable, k) => block.setView(variable, results[k]!));
}

function check(block: Block, equation: Equation, lowerInner: LowerInner): void {
  const [condition, ...data] = viewsOf(block, equation.inputs);
  const report = lowerInner(NOTHING, []);
  const copies = data.map((view) => {
    const copy = wholeView(new Region(view.dtype, sizeOf(view.shape)), view.shape);
    report.copy(view, copy);
    return copy;
  });
  block.push({ kind: 'check', condition: condition!, report: report.finish(), data: copies, error: (equation.params as CheckParams).error });
}

/** Rules that lower inner programs, by the names of operations. */
export const CONTROL_RULES: Readonly<Record<string, (block: Block, equation: Equation, lowerInner: LowerInner) => ReturnType<Rule>>> = { scan, while: whileLoop, cond, check };
