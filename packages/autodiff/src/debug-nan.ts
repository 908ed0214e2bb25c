/** @file debugNaN: names the operation, direction, step and index of the first value that is not finite. */
import { NonFiniteError } from './errors.ts';
import { observeEvaluation } from './level.ts';
import { observeBackward } from './reverse.ts';
import { RecordedOperation, type TapeEntry } from './tape.ts';
import { abstractOf } from './spaces.ts';
import { Box, type Value } from './value.ts';

/** The same function, which throws `NonFiniteError` at the first NaN or infinity, forwards or backwards. Slow; for debugging. */
export function debugNaN<Args extends readonly unknown[], Y>(f: (...args: Args) => Y): (...args: Args) => Y {
  return (...args) => {
    let step = 0;
    let backward: { entry: TapeEntry; step: number } | undefined;
    const refuse = (name: string, value: Value): void => {
      if (value instanceof Box) return;
      const { space, type } = abstractOf(value);
      if (!space.isDifferentiable(type)) return;
      const index = space.firstNonFinite(value);
      if (index < 0) return;
      const seen = String(space.components(value)[index]);
      if (backward === undefined) throw new NonFiniteError(name, 'forward', step, index, seen);
      throw new NonFiniteError(nameOf(backward.entry), 'backward', backward.step, index, seen);
    };
    return observeBackward(
      {
        enter: (entry, at) => {
          backward = { entry, step: at };
        },
        leave: (entry, _at, contributions) => {
          for (const contribution of contributions) if (contribution !== undefined) refuse(nameOf(entry), contribution);
          backward = undefined;
        },
      },
      () =>
        observeEvaluation((primitive, outputs) => {
          step++;
          for (const output of outputs) refuse(primitive.name, output);
        }, () => f(...args)),
    );
  };
}

function nameOf(entry: TapeEntry): string {
  return entry instanceof RecordedOperation ? entry.primitive.name : (entry.primitive?.name ?? 'input');
}
