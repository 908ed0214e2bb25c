/** @file Derivatives and batches of programs as programs: what primitives that hold programs build their rules from. */
import { batchLeaves } from './batch.ts';
import { traceProgram } from './close-over.ts';
import { forwardLeaves } from './forward.ts';
import { withoutHostCalls } from './inner-programs.ts';
import type { Abstract, MaybeValue } from './primitive.ts';
import { evaluateProgram, type Program } from './program.ts';
import { recordLeaves } from './reverse.ts';
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
  const again = withoutHostCalls(program);
  if (wanted.length === 0 || cotangents.every((yBar) => yBar === undefined)) return inputs.map(() => undefined);
  const { pull } = recordLeaves(
    (xs) => {
      const all = inputs.slice();
      wanted.forEach((position, k) => {
        all[position] = xs[k];
      });
      return evaluateProgram(again, all);
    },
    wanted.map((k) => inputs[k]),
    wanted.map((k) => program.inputs[k]!.space),
  );
  const result: MaybeValue[] = inputs.map(() => undefined);
  pull(cotangents, true).forEach((xBar, k) => {
    result[wanted[k]!] = xBar;
  });
  return result;
}

/** Zeros where a derivative is missing. */
export function materialize(derivatives: readonly MaybeValue[], types: readonly Abstract[]): Value[] {
  return derivatives.map((derivative, k) => derivative ?? types[k]!.space.zeros(types[k]!.type));
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
