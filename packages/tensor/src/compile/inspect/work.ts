/** @file What the pieces of work of a program are called, what they do in a line, and how often they are done. */
import type { Equation } from '@tapeflow/autodiff/extend';
import { innerSteps, workOf, type Schedule, type Step, type Work } from '../lower/step.ts';
import { trafficOf } from './traffic.ts';

/** One piece of work of a program: a kernel, an operation on lines or matrices, a call of JavaScript, or memory that is cleared. */
export interface WorkReport {
  /** `kernel0`, `kernel1`, … in the order of the program, or the operation and its number. */
  readonly name: string;
  /** What it computes: the last equation of each of its results. */
  readonly what: readonly string[];
  /** How many equations it performs. */
  readonly equations: number;
  /** How often it is done in a run; undefined inside of loops or branches that are decided while the program runs. */
  readonly times: number | undefined;
  /** Bytes that are read each time, every element once. */
  readonly bytesRead: number;
  /** Bytes that are written each time. */
  readonly bytesWritten: number;
}

/** The names of all pieces of work. */
export function namesOfWork(schedule: Schedule): Map<Step, string> {
  let kernels = 0;
  let others = 0;
  return new Map(workOf(schedule.steps).map((work): [Step, string] => [work, work.kind === 'run' ? `kernel${kernels++}` : `${operationOf(work)}${others++}`]));
}

function operationOf(work: Exclude<Work, { kind: 'run' }>): string {
  switch (work.kind) {
    case 'clear':
      return 'clear';
    case 'host':
      return work.primitive.name;
    case 'fixed':
      return work.kernel.kind === 'lineTransform' ? work.kernel.transform : work.kernel.kind === 'lineWalk' ? work.kernel.walk : work.kernel.kind === 'lineOrder' ? 'argsort' : 'product';
  }
}

/** What a piece of work computes. */
export function resultsOf(work: Work, texts: ReadonlyMap<Equation, string>): string[] {
  const text = (equation: Equation | undefined): string[] => (equation === undefined ? [] : [texts.get(equation) ?? equation.primitive.name]);
  if (work.kind === 'run') return [...new Set(work.equations.flatMap((own) => text(own.at(-1))))];
  return work.kind === 'host' ? text(work.equation) : [];
}

/** Longer lines are cut. */
const LONGEST = 60;

/** The beginning of a line. */
export function short(line: string): string {
  return line.length > LONGEST ? `${line.slice(0, LONGEST - 1)}…` : line;
}

/** Reports of all pieces of work, in the order of the program. */
export function reportWork(schedule: Schedule, texts: ReadonlyMap<Equation, string>): WorkReport[] {
  const times = timesOf(schedule.steps, 1);
  const names = namesOfWork(schedule);
  return workOf(schedule.steps).map((work): WorkReport => {
    const traffic = trafficOf(work);
    return {
      name: names.get(work)!,
      what: resultsOf(work, texts),
      equations: work.kind === 'run' ? new Set(work.equations.flat()).size : work.kind === 'clear' ? 0 : 1,
      times: times.get(work),
      bytesRead: traffic.reduce((total, { read }) => total + read, 0),
      bytesWritten: traffic.reduce((total, { written }) => total + written, 0),
    };
  });
}

function timesOf(steps: readonly Step[], times: number | undefined): Map<Step, number | undefined> {
  return new Map(
    steps.flatMap((step): [Step, number | undefined][] => {
      const inside = step.kind === 'scan' && times !== undefined ? times * step.counter.length : undefined;
      return [[step, times], ...innerSteps(step).flatMap((inner) => [...timesOf(inner, inside)])];
    }),
  );
}
