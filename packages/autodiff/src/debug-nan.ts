/** @file debugNaN: names the operation, direction, step and index of the first value that is not finite. */
import { NonFiniteError } from './errors.ts';
import { observeEvaluation } from './level.ts';
import { refusePromise } from './result.ts';
import { observeBackward } from './reverse.ts';
import { abstractOf } from './spaces.ts';
import { operationsBefore } from './tape-entries.ts';
import { Box, type Value } from './value.ts';

/**
 * The same function, which throws `NonFiniteError` at the first NaN or infinity, forwards or backwards. Slow; for debugging.
 *
 * Put it around the whole: `debugNaN(grad(f))(x)`. Going forwards, `step` counts the operations on plain values; going
 * backwards it is the line of the tape (see `describeTape`).
 */
export function debugNaN<Args extends readonly unknown[], Y>(f: (...args: Args) => Y): (...args: Args) => Y {
  return (...args) => {
    let step = 0;
    // Rules may pull back inner programs, so backward steps nest.
    const backward: { name: string; step: () => number }[] = [];
    const refuse = (name: string, value: Value): void => {
      if (value instanceof Box) return;
      const { space, type } = abstractOf(value);
      if (!space.isDifferentiable(type)) return;
      const index = space.firstNonFinite(value);
      if (index < 0) return;
      const seen = String(space.components(value)[index]);
      const current = backward[backward.length - 1];
      if (current === undefined) throw new NonFiniteError(name, 'forward', step, index, seen);
      throw new NonFiniteError(current.name, 'backward', current.step(), index, seen);
    };
    return observeBackward(
      ({ name }, tape, row, pull) => {
        backward.push({ name, step: () => operationsBefore(tape, row) });
        try {
          for (const contribution of pull()) if (contribution !== undefined) refuse(name, contribution);
        } finally {
          backward.pop();
        }
      },
      () =>
        observeEvaluation(
          ({ name }, outputs) => {
            for (const output of outputs) refuse(name, output);
            step++;
          },
          () => refusePromise('debugNaN', f(...args)),
        ),
    );
  };
}
