/** @file vmap: each member gets what it would get alone, whatever is inside or outside. */
import { describe, expect, test } from 'vitest';
import { AsyncFunctionError, checkpoint, customGradient, customTangent, grad, implicitLinearSolve, jacobian, jvp, rollout, stopGradient, TreeError, vmap } from '../src/index.ts';
import { add, cos, exp, less, mul, NumberList, select, sin, square, stack, unstack, type Scalar } from '../src/scalar.ts';
import { denseSolver, expectClose, type ScalarFunction } from './support.ts';

const members = [0.3, -1.2, 2.5];
const list = new NumberList(members);

/** Fails unless vmap of f agrees with f of each member. */
function expectMemberwise(f: ScalarFunction, bound = 0): void {
  const seen = (vmap(f)(list) as unknown as NumberList).values;
  members.forEach((x, k) => expectClose(seen[k], f(x) as number, bound, `member ${k}`));
}

describe('each member gets what it would get alone', () => {
  test.each<[string, ScalarFunction]>([
    ['arithmetic', (x) => add(mul(x, x), sin(x))],
    ['a choice', (x) => select(less(x, 0), exp(x), sin(x))],
    ['grad', grad((x: Scalar) => mul(sin(x), x))],
    ['jvp', (x) => jvp((y: Scalar) => mul(sin(y), x), x, 1).tangent],
    ['second derivatives', grad(grad((x: Scalar) => mul(sin(x), x)))],
    ['stopGradient', grad((x: Scalar) => mul(stopGradient(sin(x)), x))],
    ['a jacobian', (x) => (jacobian(([y]: readonly Scalar[]) => [sin(y!), mul(x, y!)])([x])[1] as readonly Scalar[])[0]!],
    ['checkpoint', (x) => checkpoint((y: Scalar) => mul(sin(y), x))(x)],
    ['grad of checkpoint', grad((x: Scalar) => checkpoint((y: Scalar) => mul(sin(y), x))(x))],
    ['customGradient', customGradient((x: Scalar) => ({ value: sin(x), pullback: (yBar: Scalar) => [mul(yBar, cos(x))] as [Scalar] }))],
    ['customTangent', customTangent((x: Scalar) => ({ value: sin(x), pushforward: (dx: Scalar) => mul(dx, cos(x)) }))],
    ['rollout', (x) => rollout((s: Scalar) => sin(add(s, x)), x, 5)],
    ['grad of rollout within a budget', grad((x: Scalar) => rollout((s: Scalar) => sin(add(s, x)), x, 5, { budget: 48 }))],
    ['rollout with controls', (x) => rollout((s: Scalar, c: Scalar) => sin(add(s, c)), 0.1 as Scalar, [x, 2, mul(x, x)])],
  ])('of %s', (_name, f) => expectMemberwise(f));

  test.each<[string, ScalarFunction]>([
    ['the value', (x) => solve(x)],
    ['the gradient', grad((x: Scalar) => solve(x))],
    ['the tangent', (x) => jvp((y: Scalar) => solve(y), x, 1).tangent],
  ])('of a linear solve: %s', (_name, f) => expectMemberwise(f, 1e-13));

  // [[3 + x², x], [1, 2]] u = [x, 1]
  function solve(x: Scalar): Scalar {
    const { x: u } = implicitLinearSolve(
      ([a, b]: readonly Scalar[]): readonly Scalar[] => [add(mul(add(3, square(x)), a!), mul(x, b!)), add(a!, mul(2, b!))],
      [x, 1],
      { solver: denseSolver },
    );
    return mul(u[0]!, u[1]!);
  }

  test('custom rules keep their say, in both modes and with shared arguments', () => {
    const wrong = customGradient((x: Scalar, c: Scalar) => ({ value: mul(x, c), pullback: (yBar: Scalar) => [mul(100, yBar), mul(7, yBar)] as [Scalar, Scalar] }));
    expect(vmap(grad((x: Scalar) => wrong(x, 2)))(list)).toEqual(new NumberList([100, 100, 100]));
    expect(vmap((x: Scalar) => jvp((y: Scalar) => wrong(2, y), x, 1).tangent)(list)).toEqual(new NumberList([7, 7, 7]));
    // The batched call itself is differentiated.
    const summed = (c: Scalar): Scalar => unstack(vmap((x: Scalar) => wrong(x, c))(list)).reduce<Scalar>((sum, y) => add(sum, y), 0);
    expect(grad(summed)(2)).toBe(21);
    expect(jvp(summed, 2, 1).tangent).toBe(21);
    const forward = customTangent((x: Scalar, c: Scalar) => ({ value: mul(x, c), pushforward: (dx: Scalar, dc: Scalar) => add(mul(100, dx), mul(7, dc)) }));
    const summedForward = (c: Scalar): Scalar => unstack(vmap((x: Scalar) => forward(x, c))(list)).reduce<Scalar>((sum, y) => add(sum, y), 0);
    expect(grad(summedForward)(2)).toBe(21);
    expect(jvp(summedForward, 2, 1).tangent).toBe(21);
  });
});

describe('results', () => {
  test('that do not depend on the member are repeated', () => {
    expect(vmap((_x: Scalar) => 5 as Scalar)(list)).toEqual(new NumberList([5, 5, 5]));
    const shared = grad((c: Scalar) => unstack(vmap((_x: Scalar) => mul(2, c))(list)).reduce<Scalar>((sum, y) => add(sum, y), 0));
    expect(shared(1)).toBe(6);
  });

  test('are trees like those of the function', () => {
    const f = (x: Scalar, { y }: { y: Scalar }): unknown => ({ sum: add(x, y), tuple: [x, 'name'] });
    expect(vmap(f as (...args: never[]) => unknown)(list, { y: new NumberList([1, 2, 3]) })).toEqual({
      sum: new NumberList(members.map((x, k) => x + k + 1)),
      tuple: [list, 'name'],
    });
  });

  test('of no members are no members', () => {
    expect(vmap((x: Scalar) => mul(sin(x), 2))(new NumberList([]))).toEqual(new NumberList([]));
  });
});

describe('nested', () => {
  const table = new NumberList([new NumberList([1, 2]), new NumberList([3, 4]), new NumberList([5, 6])]);
  test('over lists of lists', () => {
    expect(vmap(vmap((x: Scalar) => mul(x, x)) as never)(table)).toEqual(new NumberList([[1, 4], [9, 16], [25, 36]].map((row) => new NumberList(row))));
  });

  test('an inner function may use members of the outer one', () => {
    const outer = vmap(((x: Scalar) => vmap((y: Scalar) => add(mul(10, x), y))(stack([1, 2]))) as never);
    expect(outer(new NumberList([1, 2, 3]))).toEqual(new NumberList([[11, 12], [21, 22], [31, 32]].map((row) => new NumberList(row))));
  });

  test('derivatives of members of members', () => {
    const second = vmap(vmap(grad(grad((x: Scalar) => mul(x, square(x))))) as never);
    expect(second(table)).toEqual(new NumberList([[6, 12], [18, 24], [30, 36]].map((row) => new NumberList(row))));
  });

  test('gradients of functions of lists of lists', () => {
    const f = (rows: unknown): Scalar => unstack(vmap(((row: unknown) => unstack(row).reduce<Scalar>((product, x) => mul(product, x), 1)) as never)(rows)).reduce<Scalar>((sum, x) => add(sum, x), 0);
    expect(grad(f as (rows: NumberList) => Scalar)(table)).toEqual(new NumberList([[2, 1], [4, 3], [6, 5]].map((row) => new NumberList(row))));
  });
});

describe('refusals', () => {
  const twice = vmap((x: Scalar, y: Scalar) => add(x, y));
  test('different numbers of members', () => {
    expect(() => twice(list, new NumberList([1, 2]))).toThrow(TreeError);
    expect(() => twice(list, new NumberList([1, 2]))).toThrow('vmap: at [1]: 2 members where the first leaf has 3');
  });
  test('values without members', () => {
    expect(() => twice(list, 5)).toThrow('a number, which has no members');
    expect(() => vmap((x: unknown) => x)('text')).toThrow('no leaf to take members from');
  });
  test('promises', () => {
    expect(() => vmap(async (x: Scalar) => x)(list)).toThrow(AsyncFunctionError);
  });
});
