/**
 * @file Dead code: equations whose results nobody reads, and in loops the carries, inputs and results that nobody needs.
 * Reverse-mode loops carry much that turns out to be unread; without this pass it would be saved for nothing.
 */
import { hasEffect, withoutDeadCode, type Atom, type Equation, type Program } from '@tapeflow/autodiff/extend';
import type { CondParams } from '../../control/cond.ts';
import type { ScanParams } from '../../control/scan.ts';
import type { WhileParams } from '../../control/while.ts';
import { withInnerPrograms } from './inner.ts';

/** The program without what has no influence on its outputs and effects. */
export function removeDeadCode(program: Program): Program {
  const live = new Set<Atom>(program.outputs);
  const kept: Equation[] = [];
  for (let k = program.equations.length - 1; k >= 0; k--) {
    const equation = program.equations[k]!;
    const read = equation.outputs.map((variable) => live.has(variable));
    if (!read.some(Boolean) && !hasEffect(equation)) continue;
    const slim = withInnerPrograms(slimmed(equation, read), removeDeadCode);
    for (const atom of slim.inputs) live.add(atom);
    kept.push(slim);
  }
  return { ...program, equations: kept.reverse() };
}

/** By name, as everywhere in the compiler: it comes without loops and branches that nobody writes. */
function slimmed(equation: Equation, read: readonly boolean[]): Equation {
  switch (equation.primitive.name) {
    case 'scan':
      return slimmedScan(equation, read);
    case 'while':
      return slimmedWhile(equation, read);
    case 'cond':
      return slimmedCond(equation, read);
    default:
      return equation;
  }
}

const pick = <T>(list: readonly T[], keep: (k: number) => boolean): T[] => list.filter((_, k) => keep(k));

function withResults(program: Program, keep: (k: number) => boolean): Program {
  return withoutDeadCode({ ...program, outputs: pick(program.outputs, keep), results: pick(program.results, keep) });
}

/** What some results (or effects) depend on, the inputs among it. */
function liveInputs({ equations, outputs }: Program, keep: (k: number) => boolean): Set<Atom> {
  const live = new Set<Atom>(pick(outputs, keep));
  for (let k = equations.length - 1; k >= 0; k--) {
    const equation = equations[k]!;
    if (!equation.outputs.some((variable) => live.has(variable)) && !hasEffect(equation)) continue;
    for (const atom of equation.inputs) live.add(atom);
  }
  return live;
}

/** Carries that are needed: those that are read, and those on which needed ones depend. */
function neededCarries(body: Program, first: number, read: readonly boolean[], others: (k: number) => boolean): boolean[] {
  let needed = [...read];
  for (;;) {
    const current = needed;
    const live = liveInputs(body, (k) => (k < read.length ? current[k]! : others(k)));
    needed = current.map((need, k) => need || live.has(body.inputs[first + k]!));
    if (needed.every((need, k) => need === current[k])) return needed;
  }
}

function slimmedScan(equation: Equation, read: readonly boolean[]): Equation {
  const scan = equation.params as ScanParams;
  const { captured, carries } = scan;
  // Saved carries are stacks of what the body takes in; as such each can be dropped by itself.
  const saved = scan.save ? scan.body.inputs.slice(captured, captured + carries) : [];
  const body: Program = { ...scan.body, outputs: [...scan.body.outputs, ...saved], results: [...scan.body.results, ...saved] };
  const isRead = (k: number): boolean => read[k]!;
  const needed = neededCarries(body, captured, read.slice(0, carries), isRead);
  const keepResult = (k: number): boolean => (k < carries ? needed[k]! : isRead(k));
  const live = liveInputs(body, keepResult);
  const keepInput = (k: number): boolean => (k >= captured && k < captured + carries ? needed[k - captured]! : live.has(body.inputs[k]!));
  const slim = withResults(body, keepResult);
  return {
    ...equation,
    inputs: pick(equation.inputs, keepInput),
    params: {
      ...scan,
      body: { ...slim, inputs: pick(body.inputs, keepInput) },
      captured: pick(body.inputs.slice(0, captured), keepInput).length,
      carries: needed.filter(Boolean).length,
      save: false,
    } satisfies ScanParams,
    outputs: pick(equation.outputs, keepResult),
  };
}

function slimmedWhile(equation: Equation, read: readonly boolean[]): Equation {
  const loop = equation.params as WhileParams;
  const { condition, body, conditionCaptured, bodyCaptured } = loop;
  const ofCondition = liveInputs(condition, () => true);
  const start = read.map((isRead, k) => isRead || ofCondition.has(condition.inputs[conditionCaptured + k]!));
  const needed = neededCarries(body, bodyCaptured, start, () => false);
  const ofBody = liveInputs(body, (k) => needed[k]!);
  const keepCondition = (k: number): boolean => (k < conditionCaptured ? ofCondition.has(condition.inputs[k]!) : needed[k - conditionCaptured]!);
  const keepBody = (k: number): boolean => (k < bodyCaptured ? ofBody.has(body.inputs[k]!) : needed[k - bodyCaptured]!);
  const keepInput = (k: number): boolean => (k < conditionCaptured ? keepCondition(k) : keepBody(k - conditionCaptured));
  const slim = withResults(body, (k) => needed[k]!);
  return {
    ...equation,
    inputs: pick(equation.inputs, keepInput),
    params: {
      condition: { ...condition, inputs: pick(condition.inputs, keepCondition) },
      body: { ...slim, inputs: pick(body.inputs, keepBody) },
      conditionCaptured: pick(condition.inputs.slice(0, conditionCaptured), keepCondition).length,
      bodyCaptured: pick(body.inputs.slice(0, bodyCaptured), keepBody).length,
    } satisfies WhileParams,
    outputs: pick(equation.outputs, (k) => needed[k]!),
  };
}

function slimmedCond(equation: Equation, read: readonly boolean[]): Equation {
  const { whenTrue, whenFalse } = equation.params as CondParams;
  const keepResult = (k: number): boolean => read[k]!;
  const first = liveInputs(whenTrue, keepResult);
  const second = liveInputs(whenFalse, keepResult);
  const keepInput = (k: number): boolean => first.has(whenTrue.inputs[k]!) || second.has(whenFalse.inputs[k]!);
  const slim = (branch: Program): Program => ({ ...withResults(branch, keepResult), inputs: pick(branch.inputs, keepInput) });
  return {
    ...equation,
    inputs: pick(equation.inputs, (k) => k === 0 || keepInput(k - 1)),
    params: { whenTrue: slim(whenTrue), whenFalse: slim(whenFalse) } satisfies CondParams,
    outputs: pick(equation.outputs, keepResult),
  };
}
