/** @file How loops, branches and checks become steps. Where the carries of loops lie is said in `carries.ts`. */
import type { Atom, Equation, Program, Variable } from '@tapeflow/autodiff/extend';
import { sizeOf } from '../../array/strides.ts';
import type { ArrayType } from '../../array/type.ts';
import type { CheckParams } from '../../control/check.ts';
import type { CondParams } from '../../control/cond.ts';
import type { ScanParams } from '../../control/scan.ts';
import type { WhileParams } from '../../control/while.ts';
import type { Block } from './block.ts';
import { Carry, updateCarries, walkAlong } from './carries.ts';
import type { Rule } from './operations.ts';
import type { Step } from './step.ts';
import { Counter, Region, sliceAt, wholeView, type View } from './view.ts';

/** Lowers a program that belongs to an equation, on views of its inputs. */
export type LowerInner = (program: Program, inputs: readonly View[]) => Block;

/** A block that only moves what is there. */
const NOTHING: Program = { inputs: [], equations: [], outputs: [], results: [] };

const viewsOf = (block: Block, atoms: readonly Atom[]): View[] => atoms.map((atom) => block.view(atom));
const regionsOf = (...views: readonly (readonly View[])[]): Region[] => views.flat().map(({ region }) => region);

function scan(block: Block, equation: Equation, lowerInner: LowerInner): void {
  const { body, captured, carries: count, length, reverse, save } = equation.params as ScanParams;
  const fixed = viewsOf(block, equation.inputs.slice(0, captured));
  const stacks = viewsOf(block, equation.inputs.slice(captured + count));
  const counter = new Counter(length);
  const own = body.inputs.slice(captured, captured + count);
  const kept: readonly Atom[] = [...body.outputs.slice(count), ...(save ? own : [])];
  const stackTypes = equation.outputs.slice(count).map(({ type }) => type as ArrayType);
  const walks = own.map((carry) => (length > 0 && kept.includes(carry) ? walkAlong(block, carry.type as ArrayType, counter, reverse) : undefined));
  const staying = walks.map((walk, k) => (walk === undefined ? new Carry(block, body.results[k]!.type as ArrayType) : undefined));
  const starts = walks.map((walk, k) => walk?.first ?? staying[k]!.first);
  equation.inputs.slice(captured, captured + count).forEach((atom, k) => block.store(atom, starts[k]!));
  // The first stack of a carry is the one in which it moves on.
  const results = kept.map((atom, k) => (kept.indexOf(atom) === k ? walks[own.indexOf(atom as Variable)]?.stack : undefined) ?? block.fresh(stackTypes[k]!));
  results.forEach((result, k) => block.setView(equation.outputs[count + k]!, result));
  const sides = new Counter(2);
  if (length > 0) {
    const carries = walks.map((walk, k) => walk?.before ?? staying[k]!.current);
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
    // What lies in the place of a carry is copied before that changes; what was computed is moved last, when nothing is asked for any more.
    const moves = walks.flatMap((walk, k) => (walk === undefined ? [] : [{ value: next[k]!, target: walk.after }]));
    const isComputed = ({ value }: { value: View }): boolean => inner.isOwn(value);
    for (const { value, target } of moves.filter((move) => !isComputed(move))) inner.copy(value, target);
    const computed = moves.filter(isComputed);
    const updates = staying.flatMap((carry, k) => (carry === undefined ? [] : [{ carry, next: next[k]! }]));
    const settle = updateCarries([inner, head], updates, new Set(computed.map(({ value }) => value.region)), sides);
    for (const { value, target } of computed) inner.moveTo(value, target);
    settle();
    block.push({ kind: 'scan', counter, sides, reverse, body: [...head.finish(), ...inner.finish()], keeps: regionsOf(starts, results, fixed, stacks) });
  }
  equation.outputs.slice(0, count).forEach((variable, k) => block.setView(variable, walks[k]?.last ?? staying[k]!.after(length)));
}

function whileLoop(block: Block, equation: Equation, lowerInner: LowerInner): void {
  const { condition, body, conditionCaptured, bodyCaptured } = equation.params as WhileParams;
  const all = equation.inputs;
  const forCondition = viewsOf(block, all.slice(0, conditionCaptured));
  const forBody = viewsOf(block, all.slice(conditionCaptured, conditionCaptured + bodyCaptured));
  const carries = body.results.map(({ type }) => new Carry(block, type as ArrayType));
  all.slice(conditionCaptured + bodyCaptured).forEach((atom, k) => block.store(atom, carries[k]!.first));
  const present = carries.map(({ current }) => current);
  const test = lowerInner(condition, [...forCondition, ...present]);
  const holds = test.view(condition.outputs[0]!);
  const inner = lowerInner(body, [...forBody, ...present]);
  const next = viewsOf(inner, body.outputs);
  const sides = new Counter(2);
  updateCarries([inner, test], carries.map((carry, k) => ({ carry, next: next[k]! })), new Set(), sides)();
  block.push({ kind: 'while', sides, condition: test.finish(), holds, body: inner.finish(), keeps: regionsOf(present, forCondition, forBody) });
  equation.outputs.forEach((variable, k) => block.setView(variable, carries[k]!.gathered(block)));
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
