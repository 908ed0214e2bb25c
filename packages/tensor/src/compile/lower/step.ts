/** @file Steps: what a compiled program does, in order. Loops and branches hold steps of their own. */
import type { Equation, Primitive } from '@tapeflow/autodiff/extend';
import { bytesPerElement } from '../../array/dtype.ts';
import type { NDArray } from '../../array/ndarray.ts';
import { describeType } from '../../array/type.ts';
import { fixedText, type FixedKernel } from '../kernels/fixed.ts';
import type { Kernel } from '../kernels/kernel.ts';
import { kernelText } from '../kernels/text.ts';
import { placeOf, type Counter, type Region, type View } from './view.ts';

/** Runs a kernel. */
export interface RunStep {
  readonly kind: 'run';
  readonly kernel: Kernel;
  /** The beginning of each buffer. */
  readonly views: readonly View[];
  /** The buffers that are written. */
  readonly written: readonly number[];
  /** For each output what is computed for it, the equation that it is the result of last. */
  readonly equations: readonly (readonly Equation[])[];
}

/** Runs a fixed kernel. Its scratch memory is one of the views. */
export interface FixedStep {
  readonly kind: 'fixed';
  readonly kernel: FixedKernel;
  /** What the kernel works on, in the order that its kind gives. Strides are part of the kernel. */
  readonly views: readonly View[];
  /** The views that are written. */
  readonly written: readonly number[];
}

/** Fills a region with zeros. */
export interface ClearStep {
  readonly kind: 'clear';
  readonly target: View;
}

/** Lets JavaScript perform an operation on the memory of the program. Views: results, then inputs, all without gaps. */
export interface HostStep {
  readonly kind: 'host';
  readonly equation: Equation;
  readonly primitive: Primitive;
  readonly params: unknown;
  readonly results: readonly View[];
  readonly inputs: readonly View[];
}

/** Repeats the body for each number of the counter. */
export interface ScanStep {
  readonly kind: 'scan';
  readonly counter: Counter;
  /** 0 in the first step, 1 in the second, 0 in the third, … */
  readonly sides: Counter;
  readonly reverse: boolean;
  readonly body: readonly Step[];
  /** What must keep its memory from before the loop to its end. */
  readonly keeps: readonly Region[];
}

/** Repeats: computes the condition, leaves unless it holds, runs the body. */
export interface WhileStep {
  readonly kind: 'while';
  /** As in a scan; after the loop, what would be the one of the next step. */
  readonly sides: Counter;
  readonly condition: readonly Step[];
  readonly holds: View;
  readonly body: readonly Step[];
  readonly keeps: readonly Region[];
}

/** Runs one of two branches. */
export interface CondStep {
  readonly kind: 'cond';
  readonly predicate: View;
  readonly whenTrue: readonly Step[];
  readonly whenFalse: readonly Step[];
  readonly keeps: readonly Region[];
}

/** Ends the program with an error unless the condition holds. */
export interface CheckStep {
  readonly kind: 'check';
  readonly condition: View;
  /** Copies what the error is made from. */
  readonly report: readonly Step[];
  readonly data: readonly View[];
  readonly error: (data: readonly NDArray[]) => Error;
}

export type Step = RunStep | FixedStep | ClearStep | HostStep | ScanStep | WhileStep | CondStep | CheckStep;

/** A value that a program gives back. */
export type Output = { readonly view: View } | { readonly input: number } | { readonly value: unknown };

/** A program as steps on symbolic memory. */
export interface Schedule {
  readonly steps: readonly Step[];
  readonly inputs: readonly View[];
  readonly outputs: readonly Output[];
}

/** Regions that a step reads or writes itself, without those of inner steps. */
export function regionsOf(step: Step): readonly Region[] {
  switch (step.kind) {
    case 'run':
    case 'fixed':
      return step.views.map(({ region }) => region);
    case 'clear':
      return [step.target.region];
    case 'host':
      return [...step.results, ...step.inputs].map(({ region }) => region);
    case 'scan':
      return step.keeps;
    case 'while':
      return step.keeps;
    case 'cond':
      return [step.predicate.region, ...step.keeps];
    case 'check':
      return [step.condition.region];
  }
}

/** Regions whose contents a step changes, with those of inner steps. */
export function writtenRegions(step: Step): readonly Region[] {
  const inner = innerSteps(step).flatMap((steps) => steps.flatMap(writtenRegions));
  switch (step.kind) {
    case 'run':
    case 'fixed':
      return step.written.map((buffer) => step.views[buffer]!.region.root);
    case 'clear':
      return [step.target.region.root];
    case 'host':
      return step.results.map(({ region }) => region.root);
    default:
      return inner;
  }
}

/** Steps inside a step. */
export function innerSteps(step: Step): readonly (readonly Step[])[] {
  switch (step.kind) {
    case 'scan':
      return [step.body];
    case 'while':
      return [step.condition, step.body];
    case 'cond':
      return [step.whenTrue, step.whenFalse];
    case 'check':
      return [step.report];
    default:
      return [];
  }
}

/** A step that works on memory, rather than saying which steps do. */
export type Work = RunStep | FixedStep | ClearStep | HostStep;

/** What JavaScript reads and writes in a step and in those inside of it, and where that lies. */
export function hostRegions(step: Step): Region[] {
  const own = step.kind === 'host' ? regionsOf(step).flatMap((region) => [region, region.root]) : [];
  return [...own, ...innerSteps(step).flatMap((steps) => steps.flatMap(hostRegions))];
}

/** Everything that works on memory, in the order in which it is written. */
export function workOf(steps: readonly Step[]): Work[] {
  return steps.flatMap((step) => {
    if (step.kind === 'run' || step.kind === 'fixed' || step.kind === 'clear' || step.kind === 'host') return [step];
    return innerSteps(step).flatMap(workOf);
  });
}

/** Steps as text, one a line. */
export function stepsText(steps: readonly Step[], indent = ''): string[] {
  const deeper = `${indent}  `;
  return steps.flatMap((step): string[] => {
    switch (step.kind) {
      case 'run':
        return kernelText(step.kernel, step.views.map(bufferText)).split('\n').map((line) => `${indent}${line}`);
      case 'fixed':
        return [`${indent}${fixedText(step.kernel, step.views.map(viewText))}`];
      case 'clear':
        return [`${indent}${viewText(step.target)} = 0`];
      case 'host':
        return [`${indent}${step.results.length === 0 ? '' : `${step.results.map(viewText).join(', ')} = `}host ${step.primitive.name}(${step.inputs.map(viewText).join(', ')})`];
      case 'scan':
        return [`${indent}repeat ${step.counter.length} times${step.reverse ? ', backwards' : ''}`, ...stepsText(step.body, deeper)];
      case 'while':
        return [`${indent}while`, ...stepsText(step.condition, `${deeper}  `), `${deeper}${viewText(step.holds)} holds`, ...stepsText(step.body, deeper)];
      case 'cond':
        return [`${indent}if ${viewText(step.predicate)}`, ...stepsText(step.whenTrue, deeper), `${indent}else`, ...stepsText(step.whenFalse, deeper)];
      case 'check':
        return [`${indent}check ${viewText(step.condition)}`];
    }
  });
}

function viewText(view: View): string {
  const { region, offset, moving } = placeOf(view);
  const moves = moving.length === 0 ? '' : ` moving by ${moving.map(({ stride }) => stride).join(', ')}`;
  return `${describeType(view)}${region.address < 0 ? '' : `@${region.address}`}${offset === 0 ? '' : `+${offset}`}${moves}`;
}

/** A buffer by its address: regions that share memory have one name. */
function bufferText(view: View): string {
  const { region, offset, moving } = placeOf(view);
  return `${region.dtype}@${region.address + offset * bytesPerElement(region.dtype)}${moving.length === 0 ? '' : "'"}`;
}
