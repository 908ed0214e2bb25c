/** @file Linear functions as programs: linearization of any function, and transposition of a linear one. */
import { closeOver, selectOutputs, traceProgram } from './close-over.ts';
import { jvp } from './derivatives.ts';
import { withoutHostCalls } from './inner-programs.ts';
import { matching } from './matching.ts';
import { evaluateProgram, type Program } from './program.ts';
import { materialize, recordProgram } from './program-rules.ts';
import type { Widened } from './scalar-type.ts';
import { abstractOf } from './spaces.ts';
import { flatten } from './tree.ts';
import type { Value } from './value.ts';

/**
 * Value of `f` at `x` and its derivative there as a function of the direction. The forward values are computed once;
 * the pushforward is a recorded program that can then be applied many times.
 *
 * Throws `TreeError` when a direction is not like `x`.
 */
export function linearize<X, Y>(f: (x: X) => Y, x: X): { value: Y; pushforward: (dx: Widened<X>) => Y } {
  const flatX = flatten(x, 'linearize');
  const types = flatX.leaves.map(abstractOf);
  const zeros = materialize([], types);
  const closed = closeOver('linearize', (dx: X) => {
    const { value, tangent } = jvp(f, x, dx);
    return [value, tangent];
  }, [flatX.structure.unflatten(zeros)]);
  const half = closed.program.outputs.length / 2;
  const positions = Array.from({ length: half }, (_, k) => k);
  // The value does not depend on the direction. It is plain already, but for operations without inputs, which are in the program.
  const values = evaluateProgram(selectOutputs(closed.program, positions), [...closed.captured, ...zeros]);
  const pushforward = selectOutputs(withoutHostCalls(closed.program), positions.map((k) => half + k));
  const assemble = (value: readonly Value[], tangent: readonly Value[]): [Y, Y] => closed.result.unflatten([...value, ...tangent]) as [Y, Y];
  return {
    value: assemble(values, values)[0],
    pushforward(dx) {
      const tangents = evaluateProgram(pushforward, [...closed.captured, ...matching('linearize', dx, flatX.structure, types)]);
      return assemble(values, tangents)[1];
    },
  };
}

const transposes = new WeakMap<Program, Map<number, Program>>();

/**
 * The transpose of a program that is linear in its inputs after the first `constants`: inputs `[...constants, ...yBars]`, outputs xBars.
 * It is the tape run backwards over zeros; what was computed forwards is dead code and disappears.
 */
export function transposeProgram(program: Program, constants: number): Program {
  const known = transposes.get(program)?.get(constants);
  if (known !== undefined) return known;
  const fixed = program.inputs.slice(0, constants);
  const free = program.inputs.slice(constants);
  const { program: transposed } = traceProgram(
    'transpose',
    (inputs) => {
      const zeros = materialize([], free);
      const { pull } = recordProgram(withoutHostCalls(program), [...inputs.slice(0, constants), ...zeros], free.map((_, k) => constants + k), 'transpose');
      return materialize(pull(inputs.slice(constants), true), free);
    },
    [...fixed, ...program.results],
  );
  const byConstants = transposes.get(program) ?? new Map<number, Program>();
  byConstants.set(constants, transposed);
  transposes.set(program, byConstants);
  return transposed;
}

/**
 * The transpose of a linear function of trees, y ↦ Aᵀ y; `example` is a tree like its argument. The function is recorded once.
 * A constant that is added in `f` has no influence. Throws `TreeError` when `yBar` is not like the result of `f`.
 */
export function linearTranspose<X, Y>(f: (x: X) => Y, example: X): (yBar: Y) => Widened<X> {
  const closed = closeOver('linearTranspose', f, [example]);
  const transposed = transposeProgram(closed.program, closed.captured.length);
  return (yBar) => {
    const yBars = matching('linearTranspose', yBar, closed.result, closed.program.results);
    return (closed.arguments.unflatten(evaluateProgram(transposed, [...closed.captured, ...yBars])) as [Widened<X>])[0];
  };
}
