/** @file cond: one of two branches, chosen by a value. Only the branch that is taken is computed, in both derivative modes. */
import {
  abstractOf,
  apply,
  batchProgram,
  isCaller,
  evaluateProgram,
  materialize,
  primitive,
  programCotangents,
  programTangents,
  traceProgram,
  Variable,
  type Abstract,
  type Box,
  type MaybeValue,
  type Primitive,
  type Program,
  type Value,
} from '@tapeflow/autodiff/extend';
import { arrayTypeOf, broadcast } from '../array/ndarray.ts';
import { BatchedHostCallError } from '../errors.ts';
import { select } from '../primitives/elementwise.ts';
import { isReal } from './real.ts';
import { truth } from './while.ts';

/** Parameters of cond: inputs are `[predicate (rank-0 boolean), ...inputs of both branches]`. */
export interface CondParams {
  readonly whenTrue: Program;
  readonly whenFalse: Program;
}

/** Both branches rewritten in the same way. */
function rewrite({ whenTrue, whenFalse }: CondParams, name: string, types: readonly Abstract[], body: (branch: Program, xs: readonly Value[]) => readonly Value[]): CondParams {
  const traced = (branch: Program): Program => traceProgram(name, (xs) => body(branch, xs), types).program;
  return { whenTrue: traced(whenTrue), whenFalse: traced(whenFalse) };
}

export const condPrimitive: Primitive = primitive({
  name: 'cond',
  evaluate([predicate, ...xs], params) {
    const { whenTrue, whenFalse } = params as CondParams;
    return evaluateProgram(truth(predicate) ? whenTrue : whenFalse, xs);
  },
  abstract: (_inputs, params) => (params as CondParams).whenTrue.results,
  outputSpace: (params, k) => (params as CondParams).whenTrue.results[k]!.space,
  pushforward([predicate, ...xs], [, ...dxs], params) {
    const branches = params as CondParams;
    const { inputs, results } = branches.whenTrue;
    const live = dxs.flatMap((dx, k) => (dx === undefined ? [] : [k]));
    const moved = results.flatMap((result, k) => (isReal(result) ? [k] : []));
    const doubled = rewrite(branches, 'jvp of cond', [...inputs, ...live.map((k) => inputs[k]!)], (branch, all) => {
      const dots: MaybeValue[] = inputs.map(() => undefined);
      live.forEach((position, k) => {
        dots[position] = all[inputs.length + k];
      });
      const { outputs, tangents } = programTangents(branch, all.slice(0, inputs.length), dots);
      const dys = materialize(tangents, results);
      return [...outputs, ...moved.map((k) => dys[k])];
    });
    const all = apply(condPrimitive, [predicate, ...xs, ...live.map((k) => dxs[k])], doubled);
    const tangents: MaybeValue[] = results.map(() => undefined);
    moved.forEach((position, k) => {
      tangents[position] = all[results.length + k];
    });
    return { outputs: all.slice(0, results.length), tangents };
  },
  vjp(yBars, [predicate, ...xs], _outputs, params, needs) {
    const branches = params as CondParams;
    const { inputs, results } = branches.whenTrue;
    const wanted = inputs.map((input, k) => needs[k + 1]! && isReal(input));
    const given = yBars.flatMap((yBar, k) => (yBar === undefined ? [] : [k]));
    const backward = rewrite(branches, 'reverse of cond', [...inputs, ...given.map((k) => results[k]!)], (branch, all) => {
      const bars: MaybeValue[] = results.map(() => undefined);
      given.forEach((position, k) => {
        bars[position] = all[inputs.length + k];
      });
      return materialize(programCotangents(branch, all.slice(0, inputs.length), bars, wanted), inputs).filter((_, k) => wanted[k]);
    });
    const xBars = apply(condPrimitive, [predicate, ...xs, ...given.map((k) => yBars[k])], backward);
    let at = 0;
    return [undefined, ...wanted.map((want) => (want ? xBars[at++] : undefined))];
  },
  batch([predicate, ...xs], [predicateBatched, ...batched], params, size) {
    const { whenTrue, whenFalse } = params as CondParams;
    const types = xs.map(abstractOf);
    const branches: CondParams = { whenTrue: batchProgram(whenTrue, batched, size, types), whenFalse: batchProgram(whenFalse, batched, size, types) };
    if (!predicateBatched) {
      const outputs = apply(condPrimitive, [predicate, ...xs], branches);
      return { outputs, batched: outputs.map(() => true) };
    }
    if (isCaller(whenTrue) || isCaller(whenFalse)) throw new BatchedHostCallError('a branch of cond, which members of the batch take differently');
    // Members that disagree need both branches.
    const taken = evaluateProgram(branches.whenTrue, xs);
    const left = evaluateProgram(branches.whenFalse, xs);
    const outputs = taken.map((y, k) => select(broadcast(predicate, arrayTypeOf(y).shape, [0]), y, left[k]));
    return { outputs, batched: outputs.map(() => true) };
  },
});

/**
 * One of two lists of values of the same types, computed from the operands; both branches are traced once. What they compute from other
 * values than the operands alone is computed in front of them, in either case.
 */
export function condLeaves(predicate: Value, then: (xs: readonly Value[]) => readonly Value[], otherwise: (xs: readonly Value[]) => readonly Value[], operands: readonly Value[] = []): readonly Value[] {
  const types = operands.map(abstractOf);
  const first = traceProgram('cond', then, types);
  const second = traceProgram('cond', otherwise, types);
  const captured = [...new Set([...first.captured, ...second.captured])];
  const branches: CondParams = { whenTrue: withInputs(first, captured), whenFalse: withInputs(second, captured) };
  return apply(condPrimitive, [predicate, ...captured, ...operands], branches);
}

/** The program with an input for each box, also for those that it does not read. */
function withInputs({ program, captured }: { program: Program; captured: readonly Box[] }, all: readonly Box[]): Program {
  const inputs = all.map((box) => {
    const at = captured.indexOf(box);
    return at >= 0 ? program.inputs[at]! : new Variable(box.space, box.type);
  });
  return { ...program, inputs: [...inputs, ...program.inputs.slice(captured.length)] };
}
