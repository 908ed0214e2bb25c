/** @file An optimizer as a method: one update and one evaluation per step. */
import { expect, test } from 'vitest';
import { fromUpdate, gradientDescent, momentum, type Point, type Problem } from '../src/index.ts';

function parabola(): Problem<number> & { asked: number[] } {
  const asked: number[] = [];
  return {
    asked,
    get evaluations() {
      return asked.length;
    },
    evaluate(x): Point<number> {
      asked.push(x);
      const point = { x, value: x * x, gradient: 2 * x, gradientNorm: Math.abs(2 * x), roundoff: 2 ** -53 };
      return x < 0 ? { ...point, nonFinite: { what: 'value', seen: NaN, path: '', index: 0 } } : point;
    },
  };
}

test('a step is an update, and evaluates where it leads', () => {
  const method = fromUpdate(gradientDescent({ rate: 0.25 }));
  const problem = parabola();
  const start = problem.evaluate(4);
  const next = method.step(problem, start, method.init(start));
  expect(next).toMatchObject({ point: { x: 2, value: 4 }, state: { step: 1, moments: {} } });
  expect(problem.asked).toEqual([4, 2]);
});

test('keeps name, settings and memory of the optimizer', () => {
  const optimizer = momentum({ rate: 0.1 });
  const method = fromUpdate(optimizer);
  expect([method.name, method.describe(), method.tolerances]).toEqual(['momentum', optimizer.describe(), undefined]);
  expect(method.init(parabola().evaluate(3))).toEqual(optimizer.init(3));
});

test('a point that is not finite is no step', () => {
  const method = fromUpdate(gradientDescent({ rate: 10 }));
  const problem = parabola();
  const start = problem.evaluate(1);
  expect(method.step(problem, start, method.init(start))).toEqual({ failure: 'nonFinite', nonFinite: { what: 'value', seen: NaN, path: '', index: 0 } });
});
