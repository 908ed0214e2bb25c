/** @file Derivatives and batches of programs as programs: what primitives that hold programs build their rules from. */
import { batchLeaves } from './batch.ts';
import { traceProgram } from './close-over.ts';
import { forwardLeaves } from './forward.ts';
import { withoutHostCalls } from './inner-programs.ts';
import type { Abstract, Batched, MaybeValue } from './primitive.ts';
import { evaluateProgram, type Program } from './program.ts';
import { withAt } from './result.ts';
import { recordLeaves, type Recording } from './reverse.ts';
import { spaceOf } from './spaces.ts';
import type { Value } from './value.ts';

/** Tangents of a program's outputs at `inputs`. */
export function programTangents(program: Program, inputs: readonly Value[], tangents: readonly MaybeValue[]): { outputs: Value[]; tangents: MaybeValue[] } {
  const { ys, dys } = forwardLeaves(
    (xs) => evaluateProgram(program, xs),
    inputs,
    tangents,
    program.inputs.map(({ space }) => space),
  );
  return { outputs: ys, tangents: dys };
}

/** Cotangents of those inputs that are needed. The program is performed again, without the calls of the host that it has made. */
export function programCotangents(
  program: Program,
  inputs: readonly Value[],
  cotangents: readonly MaybeValue[],
  needs: readonly boolean[],
): MaybeValue[] {
  const wanted = needs.flatMap((need, k) => (need ? [k] : []));
  const zeros: readonly MaybeValue[] = noDerivatives(inputs);
  if (wanted.length === 0 || areZero(cotangents)) return [...zeros];
  return withAt(zeros, wanted, recordProgram(withoutHostCalls(program), inputs, wanted).pull(cotangents, true));
}

/** Records a program as a function of the inputs that are wanted; the others are constants. */
export function recordProgram(program: Program, inputs: readonly Value[], wanted: readonly number[], transformation?: string): Recording {
  const spaces = wanted.map((k) => program.inputs[k]!.space);
  return recordLeaves((xs) => evaluateProgram(program, withAt(inputs, wanted, xs)), wanted.map((k) => inputs[k]), spaces, transformation);
}

/** The derivatives of a list of values that have none. */
export const noDerivatives = (values: readonly unknown[]): undefined[] => values.map(() => undefined);

/** Whether all derivatives are zero. */
export const areZero = (derivatives: readonly MaybeValue[]): boolean => derivatives.every((derivative) => derivative === undefined);

/** What a batching rule returns when every output has members. */
export const allStacked = (outputs: readonly Value[]): Batched => ({ outputs, batched: outputs.map(() => true) });

/** Zeros where a derivative is missing. */
export function materialize(derivatives: readonly MaybeValue[], types: readonly Abstract[]): Value[] {
  return types.map(({ space, type }, k) => derivatives[k] ?? space.zeros(type));
}

const batchedPrograms = new WeakMap<Program, Map<string, Program>>();

/** The program for `size` members at once; inputs are stacked where `batched` says so, outputs are all stacked. */
export function batchProgram(program: Program, batched: readonly boolean[], size: number, stackedTypes: readonly Abstract[]): Program {
  const key = `${size}:${batched.map(Number).join('')}`;
  const cache = batchedPrograms.get(program) ?? new Map<string, Program>();
  batchedPrograms.set(program, cache);
  let result = cache.get(key);
  if (result === undefined) {
    const spaces = program.inputs.map(({ space }) => space);
    result = traceProgram('vmap', (xs) => batchLeaves((members) => evaluateProgram(program, members), xs, batched, spaces, size, spaceOf), stackedTypes).program;
    cache.set(key, result);
  }
  return result;
}
