/** @file Loops and branches over trees of tensors: values by hand, derivatives by their laws, in both modes and to second order. */
import { describe, expect, test } from 'vitest';
import { checkGradients, grad, jvp, MissingRuleError, TreeError, vmap, type TapeflowError } from '@tapeflow/autodiff';
import { NDArray } from '../../src/array/ndarray.ts';
import {
  add, batch, cond, convert, DimensionError, DTypeError, greater, less, log, LoopLimitError, mul, precision, scalar, scan, sin, sqrt, Tensor, tensor, whileLoop, type Scalar,
} from '../../src/index.ts';

const at64 = (name: string, body: () => void): void => test(name, () => precision(64, body));
const SERIES = [0.3, -0.2, 0.5, 0.7];
/** `count` stacked values with the dimensions of one member, as `vmap` takes them. */
const members = <D extends string>(like: Tensor<D>, values: readonly number[]): Tensor<D> =>
  new Tensor(NDArray.of(Float64Array.from(values), [values.length / like.size, ...like.dims.map(({ size }) => size)], 'f64'), like.dims);
const numbers = (t: Tensor<never>): number[] => [...(t.value as NDArray).contiguous()];

describe('scan', () => {
  at64('walks along a dimension by name, wherever it is stored', () => {
    const xs = tensor({ batch: batch(2), t: 3 }, [1, 2, 3, 10, 20, 30]);
    const [end, sums] = scan((total: Tensor<'batch'>, x) => [total.add(x), total.add(x)] as const, tensor({ batch: batch(2) }, [0, 100]), xs, { along: 't' });
    expect([...end.data]).toEqual([6, 160]);
    expect(sums.dims.map(({ name }) => name)).toEqual(['batch', 't']);
    expect([...sums.data]).toEqual([1, 3, 6, 110, 130, 160]);
  });
  at64('backwards', () => {
    const [, sums] = scan((total: Scalar, x) => [total.add(x), total.add(x)] as const, scalar(0), tensor({ t: 3 }, [1, 2, 3]), { along: 't', reverse: true });
    expect([...sums.data]).toEqual([6, 5, 3]);
  });
  at64('a number of steps gives their numbers; numbers in the carry become scalars', () => {
    const [{ a }, squares] = scan(({ a: before }: { a: Scalar | number }, k) => [{ a: add(k, before as Scalar) }, mul(k, k)] as const, { a: 0.5 as Scalar | number }, 4);
    expect((a as Scalar).item()).toBe(6.5);
    expect([...squares.data]).toEqual([0, 1, 4, 9]);
    expect(squares.dims[0]).toMatchObject({ name: 'step', size: 4 });
  });
  at64('trees, and no result', () => {
    const [end, none] = scan((c: { u: Scalar; v: Scalar }, x: { f: Scalar }) => [{ u: c.u.add(c.v), v: c.v.add(x.f) }, undefined] as const, { u: scalar(1), v: scalar(2) }, { f: tensor({ t: 2 }, [3, 4]) }, { along: 't' });
    expect([end.u.item(), end.v.item(), none]).toEqual([8, 9, undefined]);
  });
  at64('no steps: the carry itself and empty results', () => {
    const [end, ys] = scan((c: Scalar, k) => [c.add(k), c] as const, scalar(3), 0);
    expect([end.item(), ys.size]).toEqual([3, 0]);
  });
  at64('derivatives reach carry, slices and what is closed over, to second order', () => {
    const f = ({ u, xs, k }: { u: Tensor<'x'>; xs: Tensor<'t'>; k: Tensor<'x'> }): { end: Tensor<'x'>; path: Tensor<'x' | 't'> } => {
      const [end, path] = scan((c: Tensor<'x'>, x) => [c.add(sin(c.mul(k)).mul(x)), c.mul(x).add(k)] as const, u, xs, { along: 't' });
      return { end, path };
    };
    checkGradients(f, { u: tensor({ x: 2 }, [0.4, 0.9]), xs: tensor({ t: 4 }, SERIES), k: tensor({ x: 2 }, [1.1, 0.7]) }, { order: 2 });
  });
  at64('a batch of scans is the scan of each', () => {
    const f = (u: Scalar): Scalar => scan((c: Scalar, x) => [c.add(sin(c).mul(x)), undefined] as const, u, tensor({ t: 4 }, SERIES), { along: 't' })[0];
    const us = [0.1, 0.5, 2];
    expect(numbers(vmap(f)(members(scalar(0), us)))).toEqual(us.map((u) => f(scalar(u)).item()));
    expect(numbers(vmap(grad(f))(members(scalar(0), us)))).toEqual(us.map((u) => grad(f)(scalar(u)).item()));
  });
  at64('dimensions of the carry may come back in another order', () => {
    const u = tensor({ y: 2, x: 3 }, [1, 2, 3, 4, 5, 6]);
    const row = tensor({ x: 3 }, [1, 2, 3]);
    const f = (a: typeof u): typeof u => row.mul(a.add(1)) as typeof u;
    const [end] = scan((a: typeof u) => [f(a), undefined] as const, u, 2);
    expect(end.dims.map(({ name }) => name)).toEqual(['y', 'x']);
    expect([...end.data]).toEqual([3, 14, 39, 6, 26, 66]);
    expect([...whileLoop(({ n }) => less(n, 2), ({ n, a }) => ({ n: n.add(1), a: f(a) }), { n: scalar(0), a: u }).a.data]).toEqual([...end.data]);
    expect([...scan((a: typeof u) => [cond(less(a.at({ x: 0, y: 0 }), 9), f, (same) => same, a), undefined] as const, u, 2)[0].data]).toEqual([...end.data]);
  });
  at64('refuses a carry that changes, and dimensions that are not there', () => {
    expect(() => scan((c: Scalar) => [convert(c, 'f32') as Scalar, undefined] as const, scalar(1), 2)).toThrow(TreeError);
    expect(() => scan((c: { a: Scalar; b?: Scalar }) => [{ ...c, b: c.a }, undefined] as const, { a: scalar(1) } as { a: Scalar; b?: Scalar }, 2)).toThrow(/structure/);
    expect(() => scan((c: Scalar) => [c, undefined] as const, scalar(0), tensor({ x: 3 }, 1), { along: 'time' as never })).toThrow(DimensionError);
    expect(() => scan((c: Scalar) => [c, undefined] as const, scalar(0), { a: tensor({ t: 3 }, 1), b: tensor({ t: 4 }, 1) }, { along: 't' })).toThrow(DimensionError);
    // The results of all steps cannot have two dimensions of one name.
    expect(() => scan((c: Tensor<'x'>) => [c, c] as const, tensor({ x: 3 }, 1), 2, { along: 'x' })).toThrow("scan: dimension 'x' already exists");
  });
});

/** Newton's method for √a, which ends after a number of steps that depends on a. */
const root = (a: Scalar, options?: { maxSteps: number }): Scalar =>
  whileLoop(({ x }) => greater(x.mul(x).sub(a).mul(x.mul(x).sub(a)), 1e-26), ({ x }) => ({ x: x.add(a.div(x)).mul(0.5) }), { x: a }, options).x;

describe('whileLoop', () => {
  at64('runs until the condition fails', () => expect(root(scalar(2)).item()).toBeCloseTo(Math.SQRT2, 14));
  at64('forward mode, to second order; reverse mode names the alternatives', () => {
    const first = (a: Scalar): Scalar => jvp(root, a, scalar(1)).tangent;
    expect(first(scalar(2)).item()).toBeCloseTo(0.5 / Math.SQRT2, 12);
    expect(jvp(first, scalar(2), scalar(1)).tangent.item()).toBeCloseTo(-0.25 * 2 ** -1.5, 10);
    let refused: unknown;
    try {
      grad(root)(scalar(2));
    } catch (error) {
      refused = error;
    }
    expect(refused).toBeInstanceOf(MissingRuleError);
    const { advice } = refused as TapeflowError;
    for (const alternative of ['scan', 'maxSteps', 'implicitFixedPoint']) expect(advice).toContain(alternative);
  });
  at64('with maxSteps there is a reverse mode too', () => {
    const f = (a: Scalar): Scalar => root(a, { maxSteps: 12 });
    expect(f(scalar(3)).item()).toBe(root(scalar(3)).item());
    expect(grad(f)(scalar(3)).item()).toBeCloseTo(0.5 / Math.sqrt(3), 12);
    expect(grad(grad(f))(scalar(3)).item()).toBeCloseTo(-0.25 * 3 ** -1.5, 10);
  });
  at64('with maxSteps the body is not computed after the end', () => {
    // One more step would divide by zero: its derivative would be NaN.
    const f = (a: Scalar): Scalar => whileLoop(({ n }) => greater(n, 0.5), ({ n, y }) => ({ n: n.sub(1), y: y.mul(a.div(n)) }), { n: scalar(2), y: a }, { maxSteps: 6 }).y;
    expect(grad(f)(scalar(3)).item()).toBeCloseTo(1.5 * 9, 12);
  });
  at64('maxSteps that do not suffice are an error', () => {
    expect(() => root(scalar(2), { maxSteps: 2 })).toThrow(LoopLimitError);
  });
  at64('members of a batch end by themselves', () => {
    const as = [1, 2, 1e6];
    expect(numbers(vmap(root)(members(scalar(0), as)))).toEqual(as.map((a) => root(scalar(a)).item()));
  });
  at64('refuses conditions that are no boolean scalar', () => {
    expect(() => whileLoop((c: Scalar) => c, (c) => c, scalar(1))).toThrow(DTypeError);
    expect(() => whileLoop((c: Tensor<'x'>) => less(c, 1) as unknown as Scalar, (c) => c, tensor({ x: 2 }, 1))).toThrow(DTypeError);
    expect(() => whileLoop((c: Scalar) => less(c, 3), (c) => convert(c, 'f32') as Scalar, scalar(1))).toThrow(TreeError);
  });
});

describe('cond', () => {
  /** log x above 1, else x², as a branch inside a loop that is recorded. */
  const piecewise = (x: Scalar, k: Scalar): Scalar => scan((c: Scalar) => [cond(less(c, 1), (a: Scalar, b: Scalar) => a.mul(a).mul(b), (a: Scalar, b: Scalar) => log(a).add(b), c, k), undefined] as const, x, 3)[0];
  const plain = (x: number, k: number): number => {
    let c = x;
    for (let i = 0; i < 3; i++) c = c < 1 ? c * c * k : Math.log(c) + k;
    return c;
  };
  at64('a plain predicate takes its branch at once', () => {
    expect(cond(true, () => 1, () => 2)).toBe(1);
    expect(cond(less(scalar(3), 2), () => scalar(1), () => scalar(2)).item()).toBe(2);
    expect(cond(less(scalar(3), 2), (): Scalar => expect.fail('taken'), () => scalar(2)).item()).toBe(2);
  });
  at64('inside a loop', () => {
    for (const x of [0.5, 0.99, 1.5, 40]) expect(piecewise(scalar(x), scalar(1.3)).item()).toBeCloseTo(plain(x, 1.3), 14);
  });
  at64('derivatives reach what the branches close over, to second order', () => {
    for (const x of [0.5, 1.5, 4]) checkGradients(({ x: a, k }: { x: Scalar; k: Scalar }) => piecewise(a, k), { x: scalar(x), k: scalar(1.3) }, { order: 2 });
  });
  at64('the branch that is not taken is not computed', () => {
    const inLoop = (x: Scalar): Scalar => scan((c: Scalar) => [cond(less(c, 0), (a: Scalar) => sqrt(a), (a: Scalar) => a.mul(a), c), undefined] as const, x, 1)[0];
    expect(grad(inLoop)(scalar(0)).item()).toBe(0);
  });
  at64('members of a batch disagree', () => {
    const xs = [0.5, 1.5, 4, 0.2];
    expect(numbers(vmap((x: Scalar) => piecewise(x, scalar(1.3)))(members(scalar(0), xs)))).toEqual(xs.map((x) => expect.closeTo(plain(x, 1.3), 13)));
    const closed = (x: Scalar): Scalar => scan((c: Scalar) => [cond(less(c, 1), () => c.mul(c).mul(1.3), () => log(c).add(1.3)), undefined] as const, x, 3)[0];
    expect(numbers(vmap(closed)(members(scalar(0), xs)))).toEqual(xs.map((x) => expect.closeTo(plain(x, 1.3), 13)));
    const direct = (x: Scalar): Scalar => cond(less(x, 1), () => x.mul(2), () => x.mul(3));
    expect(numbers(vmap(direct)(members(scalar(0), xs)))).toEqual(xs.map((x) => (x < 1 ? 2 * x : 3 * x)));
    expect(numbers(vmap(grad(direct))(members(scalar(0), xs)))).toEqual(xs.map((x) => (x < 1 ? 2 : 3)));
  });
  at64('refuses branches that differ and predicates that are no boolean scalar', () => {
    const inLoop = (f: (c: Scalar) => unknown): (() => unknown) => () => scan((c: Scalar) => [f(c) as Scalar, undefined] as const, scalar(1), 1);
    expect(inLoop((c) => cond<[], unknown>(less(c, 1), () => c, () => ({ c })))).toThrow(TreeError);
    expect(inLoop((c) => cond<[], unknown>(less(c, 1), () => c, () => convert(c, 'f32')))).toThrow(/f64.*f32|f32.*f64/);
    expect(inLoop((c) => cond(c, () => c, () => c))).toThrow(DTypeError);
  });
});
