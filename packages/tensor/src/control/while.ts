/** @file The while loop as one equation. Forward mode only: reverse mode would have to remember an unknown number of steps. */
import {
  abstractOf,
  apply,
  batchProgram,
  isCaller,
  evaluateProgram,
  materialize,
  primitive,
  programTangents,
  traceProgram,
  type Abstract,
  type MaybeValue,
  type Primitive,
  type Program,
  type Value,
} from '@tapeflow/autodiff/extend';
import { arraySpace, arrayTypeOf, broadcast, type NDArray } from '../array/ndarray.ts';
import { BatchedHostCallError } from '../errors.ts';
import { select } from '../primitives/elementwise.ts';
import { reduceAny } from '../primitives/reduce.ts';
import { isReal } from './real.ts';

/** Parameters of the loop: inputs are `[...captured by condition, ...captured by body, ...carries]`. */
export interface WhileParams {
  readonly condition: Program;
  readonly body: Program;
  readonly conditionCaptured: number;
  readonly bodyCaptured: number;
}

function parts(inputs: readonly Value[], { conditionCaptured, bodyCaptured }: WhileParams): { forCondition: readonly Value[]; forBody: readonly Value[]; carries: readonly Value[] } {
  return {
    forCondition: inputs.slice(0, conditionCaptured),
    forBody: inputs.slice(conditionCaptured, conditionCaptured + bodyCaptured),
    carries: inputs.slice(conditionCaptured + bodyCaptured),
  };
}

/** The truth of a plain rank-0 array. */
export function truth(value: Value): boolean {
  const array = value as NDArray;
  return array.data[array.offset] !== 0;
}

export const whilePrimitive: Primitive = /* @__PURE__ */ primitive({
  name: 'while',
  alternative: 'Use scan (a fixed number of steps), whileLoop with maxSteps, or implicitFixedPoint for an iteration that converges.',
  evaluate(inputs, params) {
    const loop = params as WhileParams;
    const { forCondition, forBody, carries } = parts(inputs, loop);
    let current = carries;
    while (truth(evaluateProgram(loop.condition, [...forCondition, ...current])[0])) current = evaluateProgram(loop.body, [...forBody, ...current]);
    return current;
  },
  abstract: (_inputs, params) => (params as WhileParams).body.results,
  outputSpace: (params, k) => (params as WhileParams).body.results[k]!.space,
  pushforward(inputs, tangents, params) {
    const loop = params as WhileParams;
    const { forCondition, forBody, carries } = parts(inputs, loop);
    const start = loop.conditionCaptured;
    const real = loop.body.results.map(isReal);
    const captureTangents = tangents.slice(start, start + loop.bodyCaptured);
    const live = captureTangents.flatMap((dx, k) => (dx === undefined ? [] : [k]));
    const carryTangents = materialize(tangents.slice(start + loop.bodyCaptured), loop.body.results).filter((_, k) => real[k]);
    const floats = loop.body.results.filter((_, k) => real[k]);
    // Body of the doubled loop: (captured, their tangents, carries, tangents of real carries) → (carries, tangents).
    const doubled = traceProgram(
      'jvp of while',
      (xs) => {
        const fixed = xs.slice(0, loop.bodyCaptured);
        const fixedDots: MaybeValue[] = fixed.map(() => undefined);
        live.forEach((position, k) => {
          fixedDots[position] = xs[loop.bodyCaptured + k];
        });
        const own = xs.slice(loop.bodyCaptured + live.length);
        const values = own.slice(0, carries.length);
        const dots: MaybeValue[] = values.map(() => undefined);
        let at = carries.length;
        real.forEach((moves, k) => {
          if (moves) dots[k] = own[at++];
        });
        const next = programTangents(loop.body, [...fixed, ...values], [...fixedDots, ...dots]);
        return [...next.outputs, ...materialize(next.tangents, loop.body.results).filter((_, k) => real[k])];
      },
      [...forBody.map(abstractOf), ...live.map((k) => abstractOf(captureTangents[k])), ...loop.body.results, ...floats],
    ).program;
    const condition: Program = { ...loop.condition, inputs: [...loop.condition.inputs, ...doubled.inputs.slice(doubled.inputs.length - floats.length)] };
    const outputs = apply(whilePrimitive, [...forCondition, ...forBody, ...live.map((k) => captureTangents[k]), ...carries, ...carryTangents], {
      condition,
      body: doubled,
      conditionCaptured: loop.conditionCaptured,
      bodyCaptured: loop.bodyCaptured + live.length,
    } satisfies WhileParams);
    let at = carries.length;
    return { outputs: outputs.slice(0, carries.length), tangents: real.map((moves) => (moves ? outputs[at++] : undefined)) };
  },
  // Members that have finished keep their values; the loop ends with the last member.
  batch(inputs, batched, params, size) {
    const loop = params as WhileParams;
    if (isCaller(loop.condition) || isCaller(loop.body)) throw new BatchedHostCallError('a while loop, which members of the batch leave at different times');
    const flags = inputs.map((_, k) => k >= loop.conditionCaptured + loop.bodyCaptured || batched[k]!);
    const stacked = inputs.map((input, k) => (flags[k] && !batched[k] ? arraySpace.batch.repeat(input, size) : input));
    const types = stacked.map(abstractOf);
    const { forCondition, forBody, carries } = parts(types, loop) as { forCondition: Abstract[]; forBody: Abstract[]; carries: Abstract[] };
    const pick = (from: number, count: number): boolean[] => flags.slice(from, from + count);
    const carryFlags = carries.map(() => true);
    const condition = batchProgram(loop.condition, [...pick(0, loop.conditionCaptured), ...carryFlags], size, [...forCondition, ...carries]);
    const body = batchProgram(loop.body, [...pick(loop.conditionCaptured, loop.bodyCaptured), ...carryFlags], size, [...forBody, ...carries]);
    const anyRunning = traceProgram('vmap of while', (xs) => [reduceAny(evaluateProgram(condition, xs)[0])], condition.inputs).program;
    const guarded = traceProgram(
      'vmap of while',
      (xs) => {
        const ofCondition = xs.slice(0, forCondition.length);
        const ofBody = xs.slice(forCondition.length, forCondition.length + forBody.length);
        const current = xs.slice(forCondition.length + forBody.length);
        const running = evaluateProgram(condition, [...ofCondition, ...current])[0];
        return evaluateProgram(body, [...ofBody, ...current]).map((next, k) => select(broadcast(running, arrayTypeOf(next).shape, [0]), next, current[k]));
      },
      [...forCondition, ...forBody, ...carries],
    ).program;
    const captured = stacked.slice(0, forCondition.length + forBody.length);
    const outputs = apply(whilePrimitive, [...stacked.slice(0, forCondition.length), ...captured, ...stacked.slice(captured.length)], {
      condition: anyRunning,
      body: guarded,
      conditionCaptured: forCondition.length,
      bodyCaptured: captured.length,
    } satisfies WhileParams);
    return { outputs, batched: outputs.map(() => true) };
  },
});

/** Repeats `body` on arrays while `condition` (a rank-0 boolean) holds. Both are traced once. */
export function whileLeaves(condition: (xs: readonly Value[]) => Value, body: (xs: readonly Value[]) => readonly Value[], carries: readonly Value[]): readonly Value[] {
  const types = carries.map(abstractOf);
  const traced = { condition: traceProgram('while', (xs) => [condition(xs)], types), body: traceProgram('while', body, types) };
  return apply(whilePrimitive, [...traced.condition.captured, ...traced.body.captured, ...carries], {
    condition: traced.condition.program,
    body: traced.body.program,
    conditionCaptured: traced.condition.captured.length,
    bodyCaptured: traced.body.captured.length,
  } satisfies WhileParams);
}
