/** @file Linear functions as programs: linearization of any function, and transposition of a linear one. */
import { closeOver, traceProgram } from './close-over.ts';
import { jvp } from './derivatives.ts';
import { recordLeaves } from './reverse.ts';
import { evaluateProgram, type Program } from './program.ts';
import { abstractOf } from './spaces.ts';
import { flatten } from './tree.ts';
import type { Value } from './value.ts';

/**
 * Value of `f` at `x` and its derivative there as a function of the direction. The forward values are computed once;
 * the pushforward can then be applied many times.
 */
export function linearize<X, Y>(f: (x: X) => Y, x: X): { value: Y; pushforward: (dx: X) => Y } {
  let value: { tree: Y } | undefined;
  const closed = closeOver('linearize', (dx: X) => {
    const result = jvp(f, x, dx);
    value = { tree: result.value };
    return result.tangent;
  }, [zerosOf(x)]);
  return {
    value: value!.tree,
    pushforward: (dx) => closed.result.unflatten(evaluateProgram(closed.program, [...closed.captured, ...flatten(dx, 'linearize').leaves])) as Y,
  };
}

function zerosOf<X>(x: X): X {
  const flat = flatten(x, 'linearize');
  return flat.structure.unflatten(
    flat.leaves.map((leaf) => {
      const { space, type } = abstractOf(leaf);
      return space.zeros(type);
    }),
  ) as X;
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
      const zeros = free.map(({ space, type }) => space.zeros(type));
      const { pull } = recordLeaves(
        (xs) => evaluateProgram(program, [...inputs.slice(0, constants), ...xs]),
        zeros,
        free.map(({ space }) => space),
        'transpose',
      );
      return pull(inputs.slice(constants)).map((xBar, k): Value => xBar ?? free[k]!.space.zeros(free[k]!.type));
    },
    [...fixed, ...program.results],
  );
  const byConstants = transposes.get(program) ?? new Map<number, Program>();
  byConstants.set(constants, transposed);
  transposes.set(program, byConstants);
  return transposed;
}

/** The transpose of a linear function of trees; `example` is a tree like its argument. */
export function linearTranspose<X, Y>(f: (x: X) => Y, example: X): (yBar: Y) => X {
  const closed = closeOver('linearTranspose', f, [example]);
  const transposed = transposeProgram(closed.program, closed.captured.length);
  return (yBar) => (closed.arguments.unflatten(evaluateProgram(transposed, [...closed.captured, ...flatten(yBar, 'linearTranspose').leaves])) as [X])[0];
}

