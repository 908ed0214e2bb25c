/** @file debugNaN: names the operation, direction, step and index of the first value that is not finite. */
import { NonFiniteError } from './errors.ts';
import { observeEvaluation } from './level.ts';
import { observeBackward } from './reverse.ts';
import { abstractOf } from './spaces.ts';
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
      {
        enter: (primitive, at) => backward.push({ name: primitive.name, step: at }),
        leave(contributions) {
          for (const contribution of contributions) if (contribution !== undefined) refuse('', contribution);
          backward.pop();
        },
      },
      () =>
        observeEvaluation(
          (primitive, outputs) => {
            for (const output of outputs) refuse(primitive.name, output);
            step++;
          },
          () => f(...args),
        ),
    );
  };
}
