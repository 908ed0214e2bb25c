/** @file What the compiler would gain if it had decided otherwise which values of a program get memory: every decision of some gradients is turned around, one at a time. */
import { flatten } from '@tapeflow/autodiff';
import { closeOver, type Equation, type Program, type Value } from '@tapeflow/autodiff/extend';
import { jit, scalar } from '@tapeflow/tensor';
import { compileToWasm, isPointwise, optimizeProgram, residents, type ArrayType, type Residence } from '@tapeflow/tensor/extend';
import { columns, median, type Bench } from './table.ts';
import { advection, smoke } from './workloads/advection.ts';
import { burgers } from './workloads/burgers.ts';
import { training } from './workloads/networks.ts';
import type { Compile, Group } from './workloads/workload.ts';

const SUBJECTS: readonly (readonly [task: string, group: Group])[] = [
  ['W5 mlp step', training],
  ['W6 advect fwd+bwd', advection],
  ['W8 burgers grad', burgers],
  ['W9 smoke grad 8 steps', smoke],
];
/** Milliseconds of each comparison, and of those that seem to gain or lose most, once more. */
const BRIEF = 60;
const LONG = 1500;
const AGAIN = 5;

interface Call {
  readonly program: Program;
  readonly inputs: readonly Value[];
}

/** The program that performs a task, and what it is given. */
function callOf(task: string, group: Group): Call {
  let last: { readonly f: (...args: never[]) => unknown; readonly args: readonly unknown[] } | undefined;
  const compile = ((f: (...args: unknown[]) => unknown) => {
    const compiled = jit(f);
    return (...args: unknown[]) => {
      last = { f, args: args.map((arg) => (typeof arg === 'number' ? scalar(arg) : arg)) };
      return compiled(...args);
    };
  }) as unknown as Compile;
  group(compile).find((one) => one.task === task)!.run();
  const { f, args } = last!;
  return { program: optimizeProgram(closeOver('bench', f, args).program), inputs: flatten(args).leaves };
}

/** That an array which can be computed element by element wherever it is read gets memory, or not. */
interface Decision {
  readonly name: string;
  readonly isInMemory: boolean;
}

type Turned = (decision: number, isInMemory: boolean) => boolean;

/**
 * The decisions of the compiler, some of them turned around, noted in the order in which they are met. Single numbers are left out: they are computed
 * once per kernel whatever is decided, and each change of one moves the code of all kernels, which alone is worth up to 4 per cent, either way.
 */
function decide(isTurned: Turned, met: Decision[]): Residence {
  return (program) => {
    const chosen = new Set(residents(program));
    for (const equation of program.equations) {
      const variable = equation.outputs[0]!;
      if (!isPointwise(equation) || program.outputs.includes(variable) || (variable.type as ArrayType).shape.length === 0) continue;
      const isInMemory = chosen.has(variable);
      if (isTurned(met.length, isInMemory)) chosen[isInMemory ? 'delete' : 'add'](variable);
      met.push({ name: nameOf(equation, isInMemory), isInMemory });
    }
    return chosen;
  };
}

function nameOf({ primitive, outputs }: Equation, isInMemory: boolean): string {
  const { space, type } = outputs[0]!;
  return `${primitive.name}: ${space.describe(type)} ${isInMemory ? 'where it is read' : 'in memory'}`;
}

/** Medians of two programs in turn, the second over the first. */
function ratio(one: () => unknown, other: () => unknown, milliseconds: number): number {
  const both = [one, other].map((run) => ({ run, times: [] as number[] }));
  for (const { run } of both) for (let k = 0; k < 3; k++) run();
  const end = performance.now() + milliseconds;
  do {
    for (const { run, times } of both) {
      const start = performance.now();
      run();
      times.push(performance.now() - start);
    }
    both.reverse();
  } while (performance.now() < end);
  const typical = (run: () => unknown): number => median(both.find((side) => side.run === run)!.times);
  return typical(other) / typical(one);
}

interface Row {
  readonly task: string;
  readonly decisions: number;
  readonly inMemory: number;
  /** Times over that of the compiler's choice: the best and the worst single change, and everything in memory. */
  readonly best: number;
  readonly bestChange: string;
  readonly worst: number;
  readonly worstChange: string;
  readonly everything: number;
}

function rowOf(task: string, group: Group): Row {
  const { program, inputs } = callOf(task, group);
  const decisions: Decision[] = [];
  const made = (isTurned: Turned, met: Decision[] = []): (() => unknown) => {
    const executable = compileToWasm(program, { residence: decide(isTurned, met) });
    return () => executable.run(inputs, true);
  };
  const chosen = made(() => false, decisions);
  const changed = (decision: number, milliseconds: number): number => ratio(chosen, made((k) => k === decision), milliseconds);
  const brief = decisions.map(({ name }, decision) => ({ name, decision, ratio: changed(decision, BRIEF) })).sort((a, b) => a.ratio - b.ratio);
  const again = [...brief.slice(0, AGAIN), ...brief.slice(-AGAIN)].map((one) => ({ ...one, ratio: changed(one.decision, LONG) })).sort((a, b) => a.ratio - b.ratio);
  const everything = ratio(chosen, made((_, isInMemory) => !isInMemory), LONG);
  const [best, worst] = [again[0]!, again.at(-1)!];
  const inMemory = decisions.filter(({ isInMemory }) => isInMemory).length;
  return { task, decisions: decisions.length, inMemory, best: best.ratio, bestChange: best.name, worst: worst.ratio, worstChange: worst.name, everything };
}

/** What other decisions about memory would gain. */
export const residence: Bench = {
  about: 'what gradients would gain if the compiler had decided otherwise which values get memory',
  run() {
    const rows = SUBJECTS.map(([task, group]) => rowOf(task, group));
    const cells = rows.map((row) => [row.task, String(row.decisions), String(row.inMemory), row.best.toFixed(3), row.worst.toFixed(2), row.everything.toFixed(2), row.bestChange, row.worstChange]);
    const text = columns([['task', 'decisions', 'for memory', 'best', 'worst', 'all in memory', 'the best change', 'the worst one'], ...cells], [false, true, true, true, true, true, false, false]);
    return { rows, text: `Times over that of the compiler's choice, medians in turn:\n${text}` };
  },
};
