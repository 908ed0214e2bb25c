/** @file How repeated steps are written is said by who records them, for as long as it records. */
import { expect, test } from 'vitest';
import { grad, jvp, rollout } from '../src/index.ts';
import { evaluateProgram, withLoops, type LoopWriter, type Program, type RepeatedStep, type Value } from '../src/extend.ts';
import { loopsFor } from '../src/loops.ts';
import { add, mul, sin, type Scalar } from '../src/scalar.ts';

const empty: Program = { inputs: [], equations: [], outputs: [], results: [] };

/** Performs the steps, and notes what it was asked. */
function writer(asked: string[], accepts = true): LoopWriter {
  return {
    accepts: () => accepts,
    run({ program, fixed, state, controls }: RepeatedStep): readonly Value[] {
      asked.push(`run ${controls.length}`);
      return controls.reduce<readonly Value[]>((current, control) => evaluateProgram(program, [...fixed, ...current, ...control]), state);
    },
    linearize({ state }, loops, needs) {
      asked.push(`linearize ${loops.map(({ trips }) => trips).join()}`);
      // A rule that is wrong on purpose: it must be used.
      return { outputs: state, pullback: () => needs.map(() => 7) };
    },
  };
}

const f = (x: Scalar): Scalar => rollout((state: Scalar, push: Scalar) => sin(add(mul(x, state), push)), x, [0.1, 0.2, 0.3]);

test('rollouts ask the writer: for values, tangents and pullbacks', () => {
  const expected = jvp(f, 0.4, 1);
  const asked: string[] = [];
  expect(withLoops(writer(asked), () => f(0.4))).toBe(expected.value);
  expect(withLoops(writer(asked), () => jvp(f, 0.4, 1))).toEqual(expected);
  // x is captured and the first state: both have the cotangent 7.
  expect(withLoops(writer(asked), () => grad(f)(0.4))).toBe(14);
  expect(asked).toEqual(['run 3', 'run 3', 'linearize 3']);
});

test('a writer that does not know the values is passed by', () => {
  const asked: string[] = [];
  expect(withLoops(writer(asked, false), () => grad(f)(0.4))).toBe(grad(f)(0.4));
  expect(asked).toEqual([]);
});

test('a writer ends with its recording, also when that throws', () => {
  const [outer, inner] = [writer([]), writer([])];
  withLoops(outer, () => {
    expect(() => withLoops(inner, () => {
      expect(loopsFor(empty)?.writer).toBe(inner);
      throw new Error('no');
    })).toThrow('no');
    expect(loopsFor(empty)?.writer).toBe(outer);
  });
  expect(loopsFor(empty)).toBeUndefined();
});
