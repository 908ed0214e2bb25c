/**
 * @file Repeated steps of a program as scans: forwards, and backwards with loops that run again from the states at which their trips began.
 * The sums of cotangents go through all loops from the last step to the first, so their bits do not depend on how the loops are nested.
 */
import {
  abstractOf, apply, materialize, programCotangents, traceProgram, withoutHostCalls, type Abstract, type Linearized, type Loop, type LoopWriter, type Program, type RepeatedStep, type Value,
} from '@tapeflow/autodiff/extend';
import { arraySpace, arrayTypeOf, concat, reshape } from '../array/ndarray.ts';
import { add } from '../primitives/elementwise.ts';
import { sliceAxis } from '../primitives/structure.ts';
import { isReal } from './real.ts';
import { scanPrimitive, type ScanParams } from './scan.ts';

/** What one step takes. */
interface Step {
  readonly program: Program;
  readonly captured: number;
  readonly state: number;
}

const stepsOf = ({ trips, body }: Loop): number => trips * tripLength({ trips, body: body ?? [] });
const tripLength = ({ body = [] }: Loop): number => (body.length === 0 ? 1 : body.reduce((total, loop) => total + stepsOf(loop), 0));

/** Rows of a stack that belong to one loop; several per trip where a trip is several steps. */
function rowsOf(stack: Value, from: number, loop: Loop): Value {
  const rows = sliceAxis(stack, 0, from, stepsOf(loop), 1);
  return loop.body === undefined ? rows : reshape(rows, [loop.trips, tripLength(loop), ...arrayTypeOf(stack).shape.slice(1)]);
}

/** Where each loop begins in the stacks. */
function startsOf(loops: readonly Loop[]): number[] {
  let at = 0;
  return loops.map((loop) => (at += stepsOf(loop)) - stepsOf(loop));
}

const member = (stack: Value): Abstract => {
  const { space, type } = abstractOf(stack);
  return { space, type: { ...(type as object), shape: arrayTypeOf(stack).shape.slice(1) } };
};

/** The state after all loops and, if they are saved, the states at which the trips of each begin. */
function forwards(step: Step, loops: readonly Loop[], fixed: readonly Value[], initial: readonly Value[], stacks: readonly Value[], save: boolean): { state: readonly Value[]; saved: (readonly Value[])[] } {
  const starts = startsOf(loops);
  const saved: (readonly Value[])[] = [];
  let state = initial;
  loops.forEach((loop, at) => {
    const xs = stacks.map((stack) => rowsOf(stack, starts[at]!, loop));
    const body = loop.body === undefined ? step.program : trip(step, loop.body, fixed, state, xs);
    const all = apply(scanPrimitive, [...fixed, ...state, ...xs], { body, captured: step.captured, carries: step.state, length: loop.trips, reverse: false, save } satisfies ScanParams);
    state = all.slice(0, step.state);
    saved.push(all.slice(step.state));
  });
  return { state, saved };
}

/** The program of one trip that is loops by itself. */
function trip(step: Step, loops: readonly Loop[], fixed: readonly Value[], state: readonly Value[], xs: readonly Value[]): Program {
  const types = [...fixed.map(abstractOf), ...state.map(abstractOf), ...xs.map(member)];
  const first = step.captured + step.state;
  return traceProgram('rollout', (all) => forwards(step, loops, all.slice(0, step.captured), all.slice(step.captured, first), all.slice(first), false).state, types).program;
}

/** Which inputs of a step get cotangents: positions of fixed ones and controls; all real parts of the state do. */
interface Wanted {
  readonly fixed: readonly number[];
  readonly state: readonly number[];
  readonly controls: readonly number[];
}

/** Cotangents while steps are reversed: of the real parts of the state, and sums for fixed values. */
interface Bars {
  readonly state: readonly Value[];
  readonly sums: readonly Value[];
}

/** Reverses loops from the last to the first. `controls` are stacks of cotangents, in the order of the steps. */
function backwards(step: Step, loops: readonly Loop[], wanted: Wanted, fixed: readonly Value[], saved: readonly (readonly Value[])[], stacks: readonly Value[], seed: Bars): Bars & { readonly controls: readonly Value[] } {
  const starts = startsOf(loops);
  const parts: (readonly Value[])[] = [];
  let bars = seed;
  for (let at = loops.length - 1; at >= 0; at--) {
    const loop = loops[at]!;
    const xs = [...saved[at]!, ...stacks.map((stack) => rowsOf(stack, starts[at]!, loop))];
    const carries = [...bars.state, ...bars.sums];
    const body = reverseTrip(step, loop, wanted, fixed, carries, xs);
    const all = apply(scanPrimitive, [...fixed, ...carries, ...xs], { body, captured: fixed.length, carries: carries.length, length: loop.trips, reverse: true, save: false } satisfies ScanParams);
    bars = { state: all.slice(0, bars.state.length), sums: all.slice(bars.state.length, carries.length) };
    parts.unshift(all.slice(carries.length).map((y) => (loop.body === undefined ? y : reshape(y, [stepsOf(loop), ...arrayTypeOf(y).shape.slice(2)]))));
  }
  return { ...bars, controls: wanted.controls.map((_, k) => concat(parts.map((each) => each[k]!), 0)) };
}

/** The program that reverses one trip: `(fixed, [state bars, sums], [state, controls]) → ([state bars, sums], control bars)`. */
function reverseTrip(step: Step, loop: Loop, wanted: Wanted, fixed: readonly Value[], carries: readonly Value[], xs: readonly Value[]): Program {
  const types = [...fixed.map(abstractOf), ...carries.map(abstractOf), ...xs.map(member)];
  return traceProgram('reverse of rollout', (all) => {
    const own = all.slice(0, fixed.length);
    const given = all.slice(fixed.length, fixed.length + carries.length);
    const state = all.slice(fixed.length + carries.length, fixed.length + carries.length + step.state);
    const controls = all.slice(fixed.length + carries.length + step.state);
    const seed: Bars = { state: given.slice(0, wanted.state.length), sums: given.slice(wanted.state.length) };
    if (loop.body !== undefined) {
      const { saved } = forwards(step, loop.body, own, state, controls, true);
      const inner = backwards(step, loop.body, wanted, own, saved, controls, seed);
      return [...inner.state, ...inner.sums, ...inner.controls];
    }
    return reverseStep(step, wanted, [...own, ...state, ...controls], seed);
  }, types).program;
}

function reverseStep({ program, captured, state }: Step, wanted: Wanted, inputs: readonly Value[], seed: Bars): Value[] {
  const yBars = program.results.map((_, k) => (wanted.state.includes(k) ? seed.state[wanted.state.indexOf(k)] : undefined));
  const stateAt = wanted.state.map((k) => captured + k);
  const controlAt = wanted.controls.map((k) => captured + state + k);
  const needs = program.inputs.map((_, k) => wanted.fixed.includes(k) || stateAt.includes(k) || controlAt.includes(k));
  const bars = programCotangents(program, inputs, yBars, needs);
  const filled = (k: number): Value => bars[k] ?? program.inputs[k]!.space.zeros(program.inputs[k]!.type);
  return [...stateAt.map(filled), ...wanted.fixed.map((k, j) => (bars[k] === undefined ? seed.sums[j] : add(seed.sums[j], bars[k]))), ...controlAt.map(filled)];
}

/** The controls of all steps, one stack for each. */
function stacked({ controls }: RepeatedStep): Value[] {
  return (controls[0] ?? []).map((_, k) => arraySpace.batch.stack(controls.map((each) => each[k])));
}

const stepFor = ({ program, fixed, state }: RepeatedStep): Step => ({ program, captured: fixed.length, state: state.length });

/** Writes repeated steps as scans. */
export const scanLoops: LoopWriter = {
  accepts: ({ inputs, results }) => [...inputs, ...results].every(({ space }) => space === (arraySpace as unknown)),
  run: (repeated) => forwards(stepFor(repeated), [{ trips: repeated.controls.length }], repeated.fixed, repeated.state, stacked(repeated), false).state,
  linearize(repeated, loops, needs): Linearized {
    const { program, fixed, state, controls } = repeated;
    const step = stepFor(repeated);
    const stacks = stacked(repeated);
    const first = fixed.length + state.length;
    const width = controls[0]?.length ?? 0;
    const { state: last, saved } = forwards(step, loops, fixed, state, stacks, true);
    const needsControl = (k: number): boolean => controls.some((_, at) => needs[first + at * width + k]!);
    const real = (from: number, to: number): number[] => program.inputs.slice(from, to).flatMap((input, k) => (isReal(input) ? [k] : []));
    const wanted: Wanted = { fixed: real(0, fixed.length).filter((k) => needs[k]), state: real(fixed.length, first), controls: real(first, first + width).filter(needsControl) };
    // Steps that are computed again do not call the host again.
    const again = { ...step, program: withoutHostCalls(program) };
    return {
      outputs: last,
      pullback(yBars) {
        const types = wanted.state.map((k) => program.results[k]!);
        const seed: Bars = { state: materialize(wanted.state.map((k) => yBars[k]), types), sums: wanted.fixed.map((k) => program.inputs[k]!.space.zeros(program.inputs[k]!.type)) };
        const bars = backwards(again, loops, wanted, fixed, saved, stacks, seed);
        const result: (Value | undefined)[] = needs.map(() => undefined);
        wanted.fixed.forEach((k, j) => {
          result[k] = bars.sums[j];
        });
        wanted.state.forEach((k, j) => {
          result[fixed.length + k] = bars.state[j];
        });
        wanted.controls.forEach((k, j) => {
          arraySpace.batch.split(bars.controls[j], controls.length).forEach((bar, at) => {
            result[first + at * width + k] = bar;
          });
        });
        return result;
      },
    };
  },
};
