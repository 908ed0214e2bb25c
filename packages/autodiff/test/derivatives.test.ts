/** @file grad, valueAndGrad, vjp and jvp over trees, and what they refuse. */
import { describe, expect, test } from 'vitest';
import { AsyncFunctionError, grad, jvp, NotScalarError, TREE, TreeError, valueAndGrad, vjp, type TreeNode } from '../src/index.ts';
import { add, mul, NumberList, sin, square, stack, unstack, type Scalar } from '../src/scalar.ts';
import { differenceGradient, expectAllClose, expectClose, plain } from './support.ts';

const wave = (a: Scalar, b: Scalar, c: Scalar): Scalar => mul(sin(mul(a, b)), add(c, square(b)));
const plainWave = ([a, b, c]: number[]): number => Math.sin(a! * b!) * (c! + b! * b!);

class Body implements TreeNode<Body> {
  readonly mass: Scalar;
  readonly at: readonly Scalar[];
  readonly name: string;
  constructor(mass: Scalar, at: readonly Scalar[], name: string) {
    this.mass = mass;
    this.at = at;
    this.name = name;
  }
  [TREE](): ReturnType<TreeNode<Body>[typeof TREE]> {
    return { children: [this.mass, this.at], key: `Body ${this.name}`, rebuild: ([mass, at]) => new Body(mass as Scalar, at as Scalar[], this.name) };
  }
}

describe('grad', () => {
  const at = [0.7, -1.2, 0.4] as const;
  const expected = differenceGradient(plainWave, at);

  test('of every argument agrees with differences', () => {
    expectClose(grad(wave)(...at), expected[0]!, 1e-9);
    expectClose(grad(wave, { wrt: 1 })(...at), expected[1]!, 1e-9);
    expectClose(grad(wave, { wrt: 2 })(...at), expected[2]!, 1e-9);
  });

  test('of several arguments is a tuple', () => {
    const [third, first] = grad(wave, { wrt: [2, 0] })(...at);
    expectAllClose([first, third], [expected[0]!, expected[2]!], 1e-9);
  });

  test('is a tree like the argument; strings, booleans, functions and null are carried along', () => {
    const label = (): string => 'label';
    const state = { speed: 2, tags: ['fast', null], on: true, label, inner: [3, { deep: 4 }] as const, none: undefined };
    const gradient = grad((s: typeof state) => (s.on ? mul(s.speed, mul(s.inner[0], s.inner[1].deep)) : 0))(state);
    expect(gradient).toEqual({ speed: 12, tags: ['fast', null], on: true, label, inner: [8, { deep: 6 }], none: undefined });
    expect(Object.keys(gradient)).toEqual(Object.keys(state));
  });

  test('reaches the leaves of classes that declare them', () => {
    const gradient = grad((b: Body) => mul(b.mass, add(square(b.at[0]!), b.at[1]!)))(new Body(2, [3, 5], 'moon'));
    expect(gradient).toEqual(new Body(14, [12, 2], 'moon'));
  });

  test('of lists of numbers is a list', () => {
    const f = (list: unknown): Scalar => unstack(list).reduce<Scalar>((sum, x) => add(sum, square(x)), 0);
    expect(grad(f as (list: NumberList) => Scalar)(new NumberList([1, 2, 3]))).toEqual(new NumberList([2, 4, 6]));
  });

  test('to an argument that has no influence is zero, also where the result is a constant', () => {
    expect(grad((_x: Scalar, y: Scalar) => square(y))(3, 4)).toBe(0);
    expect(grad((s: { a: Scalar; b: readonly Scalar[] }) => square(s.a))({ a: 3, b: [1, 2] })).toEqual({ a: 6, b: [0, 0] });
    expect(grad((_x: Scalar) => 5)(3)).toBe(0);
    expect(jvp((_x: Scalar): Scalar => 5, 3, 1)).toEqual({ value: 5, tangent: 0 });
  });

  test('of a result that is the argument itself is one', () => {
    expect(grad((x: Scalar) => x)(3)).toBe(1);
  });

  test('counts each use of one value', () => {
    expect(grad((x: Scalar) => add(mul(x, x), mul(x, 3)))(5)).toBe(13);
    expect(grad(([x, y]: readonly Scalar[]) => mul(x!, y!))([5, 5])).toEqual([5, 5]);
  });
});

describe('valueAndGrad', () => {
  test('gives both', () => {
    expect(valueAndGrad((x: Scalar, y: Scalar) => mul(x, square(y)))(2, 3)).toEqual({ value: 18, gradient: 9 });
    expect(valueAndGrad((x: Scalar, y: Scalar) => mul(x, square(y)), { wrt: 1 })(2, 3)).toEqual({ value: 18, gradient: 12 });
    expect(valueAndGrad((x: Scalar, y: Scalar) => mul(x, square(y)), { wrt: [0, 1] })(2, 3)).toEqual({ value: 18, gradient: [9, 12] });
  });

  test('with aux passes a tree out as plain values, and differentiates the first entry only', () => {
    const f = (x: Scalar, k: number): readonly [Scalar, { half: Scalar; name: string }] => [mul(k, square(x)), { half: mul(0.5, x), name: 'aux' }];
    expect(valueAndGrad(f, { aux: true })(4, 3)).toEqual({ value: 48, aux: { half: 2, name: 'aux' }, gradient: 24 });
  });

  test('with aux and wrt', () => {
    const f = (x: Scalar, y: Scalar): readonly [Scalar, string] => [mul(x, square(y)), 'aux'];
    expect(valueAndGrad(f, { aux: true, wrt: 1 })(2, 3)).toEqual({ value: 18, aux: 'aux', gradient: 12 });
    expect(valueAndGrad(f, { aux: true, wrt: [1, 0] })(2, 3)).toEqual({ value: 18, aux: 'aux', gradient: [12, 9] });
    expect(valueAndGrad((x: Scalar) => square(x), { wrt: 0, aux: false })(2)).toEqual({ value: 4, gradient: 4 });
  });

  test('with aux inside another derivative', () => {
    const f = (x: Scalar): Scalar => {
      const { aux, gradient } = valueAndGrad((y: Scalar) => [mul(x, square(y)), mul(x, y)] as const, { aux: true })(x);
      return mul(aux, gradient); // x² · 2x²
    };
    expect(grad(f)(3)).toBe(8 * 27);
  });
});

describe('vjp and jvp', () => {
  const f = ({ x, y }: { x: Scalar; y: Scalar }): readonly Scalar[] => [mul(x, y), sin(x), 4];
  const at = { x: 0.3, y: 2 };

  test('the pullback may be called many times, in any order', () => {
    const { value, pullback } = vjp(f, at);
    expect(value).toEqual([0.6, Math.sin(0.3), 4]);
    const first = pullback([1, 0, 0]);
    const second = pullback([0, 1, 0]);
    expect(first).toEqual({ x: 2, y: 0.3 });
    expect(second).toEqual({ x: Math.cos(0.3), y: 0 });
    expect(pullback([1, 0, 0])).toEqual(first);
  });

  test('the pullback can itself be differentiated', () => {
    const g = (w: Scalar): Scalar => vjp((x: Scalar) => sin(x), 0.3 as Scalar).pullback(mul(w, w));
    expectClose(grad(g)(2), 4 * Math.cos(0.3), 1e-15);
  });

  test('the tangent is the derivative in a direction', () => {
    const { value, tangent } = jvp(f, at, { x: 1, y: 10 });
    expect(value).toEqual([0.6, Math.sin(0.3), 4]);
    expect(tangent).toEqual([2 + 10 * 0.3, Math.cos(0.3), 0]);
  });

  test('the tangent of a list', () => {
    const double = (list: unknown): unknown => stack(unstack(list).map((x) => mul(2, x)));
    expect(jvp(double, new NumberList([1, 2]) as unknown, new NumberList([3, 4])).tangent).toEqual(new NumberList([6, 8]));
  });

  test.each([
    ['another structure', { x: 1 }, 'structure {x:*} where {x:*,y:*} was expected'],
    ['a list for a number', { x: 1, y: new NumberList([1, 2]) }, 'at y of the derivatives: a list of 2 numbers where a number was expected'],
    ['a string', { x: 1, y: 'one' }, 'structure'],
  ])('refuse %s as derivative', (_what, bad, message) => {
    const wrong = bad as unknown as typeof at;
    expect(() => jvp(f, at, wrong)).toThrow(TreeError);
    expect(() => jvp(f, at, wrong)).toThrow(message);
    expect(() => vjp((s: typeof at) => s, at).pullback(wrong)).toThrow(message);
  });
});

describe('refusals', () => {
  test('a result that is not one scalar', () => {
    const of = (f: (x: Scalar) => unknown) => (): unknown => grad(f as (x: Scalar) => Scalar)(1);
    expect(of((x) => [x, x])).toThrow(NotScalarError);
    expect(of((x) => [x, x])).toThrow('grad: the function must return one scalar, but returned a tree with 2 leaves');
    expect(of(() => 'text')).toThrow('a tree with 0 leaves');
    expect(of((x) => stack([x, x]))).toThrow('a list of 2 numbers');
    const pairless = ((x: Scalar) => x) as unknown as (x: Scalar) => readonly [Scalar, Scalar];
    expect(() => valueAndGrad(pairless, { aux: true })(1)).toThrow(NotScalarError);
    const wide = ((x: Scalar) => [[x, x], x]) as unknown as (x: Scalar) => readonly [Scalar, Scalar];
    expect(() => valueAndGrad(wide, { aux: true })(1)).toThrow('a tree with 2 leaves before aux');
  });

  test('nothing to differentiate', () => {
    const f = (x: unknown): Scalar => mul(x as Scalar, 2);
    expect(() => grad(f)('text')).toThrow(TreeError);
    expect(() => grad(f)('text')).toThrow('grad: at argument 0: no real-valued leaf');
    expect(() => grad((x: Scalar, y: unknown) => mul(x, y as Scalar), { wrt: 1 })(1, [])).toThrow('at argument 1');
    expect(() => vjp(f, 'text' as unknown)).toThrow('vjp');
  });

  test.each<[unknown, string]>([
    [3, 'grad: at wrt 3: no such argument in a call with 2.'],
    [-1, 'at wrt -1: no such argument'],
    [0.5, 'at wrt 0.5: no such argument'],
    ['speed', 'at wrt speed: no such argument'],
    [[0, 'speed'], 'at wrt speed: no such argument'],
    [[1, 1], 'at wrt 1: an argument that is named twice'],
    [[], 'no real-valued leaf'],
  ])('wrt %j', (wrt, message) => {
    const run = (): unknown => grad((x: Scalar, y: Scalar) => mul(x, y), { wrt: wrt as 0 })(2, 3);
    expect(run).toThrow(TreeError);
    expect(run).toThrow(message);
  });

  test('promises', () => {
    const later = (async (x: Scalar) => x) as unknown as (x: Scalar) => Scalar;
    expect(() => grad(later)(1)).toThrow(AsyncFunctionError);
    expect(() => valueAndGrad(later as never, { aux: true })(1)).toThrow(AsyncFunctionError);
    expect(() => vjp(later, 1)).toThrow('vjp: the function returned a promise');
    expect(() => jvp(later, 1, 1)).toThrow('jvp: the function returned a promise');
  });

  test('an error inside leaves nothing behind', () => {
    expect(() => grad((x: Scalar) => { throw new Error(String(typeof x)); })(1)).toThrow('object');
    expect(plain(grad(sin)(0))).toBe(1);
  });
});
