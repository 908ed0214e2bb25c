/** @file Stacks of loops: a carry that is kept at every step moves on along its stack, without copies. */
import { expect, test } from 'vitest';
import { valueAndGrad } from '@tapeflow/autodiff';
import { jit, l2, mul, roll, scan, sin, tensor, type Scalar, type Tensor } from '../../../src/index.ts';
import { expectSame } from '../support.ts';

type Line = Tensor<'x'>;
const STEPS = 5;
const start = tensor({ x: 9 }, [3, 1, 4, 1, 5, 9, 2, 6, 5]);
const step = (u: Line): Line => sin(roll(u, 'x', 1).add(mul(u, 0.5)));

/** Kernels of the first loop of a program. */
function kernelsOfLoop(steps: string): string[] {
  const lines = steps.split('\n');
  const from = lines.findIndex((line) => line.startsWith('repeat'));
  const rest = lines.slice(from + 1);
  const to = rest.findIndex((line) => !line.startsWith(' '));
  return rest.slice(0, to < 0 ? rest.length : to).filter((line) => line.startsWith('  for '));
}

test.each([false, true])('a step of a gradient is one kernel, reverse %s', (reverse) => {
  const loss = (u: Line): Scalar => {
    const xs = tensor({ step: STEPS }, [1, 2, 3, 4, 5]);
    const [last] = scan((c: Line, x: Scalar) => [step(c).mul(x), undefined] as const, u, xs, { along: 'step', reverse });
    return l2(last) as Scalar;
  };
  const compiled = jit(valueAndGrad(loss));
  expectSame(compiled(start), valueAndGrad(loss)(start), 1e-5);
  expect(kernelsOfLoop(compiled.report().programs[0]!.steps!)).toHaveLength(1);
});

test.each([false, true])('what each step takes in is a result, twice, and so is the last value; reverse %s', (reverse) => {
  const run = (u: Line) => scan((c: Line) => [step(c), { before: c, again: c, energy: l2(c) }] as const, u, STEPS, { reverse });
  const compiled = jit(run);
  expectSame(compiled(start), run(start), 1e-5);
  expectSame(compiled(start), run(start), 1e-5);
});

test('two carries that become one value, and one that becomes another one', () => {
  const run = (u: Line) =>
    scan((c: { a: Line; b: Line; d: Line }) => {
      const a = step(c.a);
      return [{ a, b: a, d: c.b }, c] as const;
    }, { a: u, b: mul(u, 2), d: mul(u, 3) }, STEPS);
  const compiled = jit(run);
  expectSame(compiled(start), run(start), 1e-5);
  expectSame(compiled(mul(start, 0.1)), run(mul(start, 0.1)), 1e-5);
});
