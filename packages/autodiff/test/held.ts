/**
 * @file Counts values that are still held while a backward pass runs, and prints the largest counts as JSON. Run by `heldObjects`.
 *
 * Values carry ballast, so that the size of the heap tells how many there are. (A WeakRef could not tell: it keeps its target alive
 * until the running job ends.)
 */
import { grad, rollout, vjp } from '../src/index.ts';
import { applyOne, closeOver, evaluateProgram, primitive } from '../src/extend.ts';
import { Pair, pairSpace, pairSum } from './pairs.ts';

const BALLAST = 2 ** 20;

class HeavyPair extends Pair {
  readonly ballast: readonly number[] = new Array<number>(BALLAST / 8).fill(0.5);
}

let steps = 0;
let every = 1;
let most = 0;
const counts: number[] = [];

function heldBytes(): number {
  globalThis.gc!();
  return process.memoryUsage().heapUsed;
}
const before = heldBytes();

function look(): void {
  if (++steps % every !== 0) return;
  const held = Math.round((heldBytes() - before) / BALLAST);
  most = Math.max(most, held);
  counts.push(held);
}

const step = primitive({
  name: 'step',
  evaluate([state]) {
    if (watching === 'forwards') look();
    const { x, y } = state as Pair;
    return [new HeavyPair(Math.sin(x + 0.1 * y), Math.cos(y - 0.1 * x))];
  },
  abstract: (inputs) => inputs,
  outputSpace: () => pairSpace,
  vjp([bar]) {
    if (watching === 'backwards') look();
    return [new Pair((bar as Pair).x, (bar as Pair).y)];
  },
});
let watching: 'forwards' | 'backwards' = 'forwards';
const next = (state: Pair): Pair => applyOne(step, [state]) as Pair;
const chain = (start: Pair): Pair => Array.from({ length: 40 }).reduce<Pair>((state) => next(state), start);

function reset(direction: typeof watching, interval: number): void {
  watching = direction;
  every = interval;
  steps = 0;
  most = 0;
  counts.length = 0;
}

/** Largest number of states held at once by a rollout of 48 steps, without budget and with room for some snapshots. */
function rollouts(): Record<string, number> {
  const result: Record<string, number> = {};
  for (const slots of [undefined, 1, 3, 9]) {
    reset('forwards', 5);
    grad((start: Pair) => pairSum(rollout(next, start, 48, slots === undefined ? {} : { budget: 48 + 16 * slots })))(new Pair(0.3, -0.2));
    result[slots ?? 'unlimited'] = most;
  }
  return result;
}

/** Values held after the first and at the last step of a sweep over 40 of them: by `grad`, which lets them go, and by a pullback, which must not. */
function sweeps(): Record<string, number> {
  reset('backwards', 1);
  grad((start: Pair) => pairSum(chain(start)))(new Pair(0.3, -0.2));
  const result: Record<string, number> = { first: counts[0]!, last: counts.at(-1)! };
  const { pullback } = vjp(chain, new Pair(0.3, -0.2));
  reset('backwards', 1);
  pullback(new Pair(1, 0));
  result.keptFirst = counts[0]!;
  result.keptLast = counts.at(-1)!;
  pullback(new Pair(0, 1));
  return result;
}

/** Largest number of values held at once while a program of 40 equations is evaluated. */
function programs(): Record<string, number> {
  const { program } = closeOver('test', chain, [new Pair(0.3, -0.2)]);
  reset('forwards', 1);
  evaluateProgram(program, [new Pair(0.3, -0.2)]);
  return { most };
}

const measurements = { rollout: rollouts, sweep: sweeps, program: programs };
console.log(JSON.stringify(measurements[process.argv[2] as keyof typeof measurements]()));
