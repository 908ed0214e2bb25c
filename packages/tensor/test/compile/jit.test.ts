/** @file jit: what is traced again and why, what numbers, statics, closures and precisions do, and what is refused. */
import { describe, expect, test } from 'vitest';
import { AsyncFunctionError, grad, TapeflowError } from '@tapeflow/autodiff';
import { jit, l2, mul, precision, scalar, sin, StaticArgumentError, sum, tensor, zeros, type Scalar, type Tensor } from '../../src/index.ts';
import { BACKENDS, expectSame } from './support.ts';

type Field = Tensor<'x'>;
const u: Field = tensor({ x: 4 }, [0.1, 0.2, 0.3, 0.4]);
const step = (a: Field, dt: number | Scalar): Field => a.add(sin(a).mul(dt));

for (const backend of BACKENDS) {
  describe(backend, () => {
    test('another number is no reason to trace again, and enters like a literal', () => {
      const fast = jit(step, { backend });
      for (const dt of [0.1, 0.25, -3, 0]) expectSame(fast(u, dt), step(u, dt), 0);
      expect(fast.report()).toMatchObject({ backend, calls: 4, traces: 1, retraces: [] });
    });
    test('shapes, dtypes, names, items, constants and precision are reasons, which the report names', () => {
      const fast = jit((a: Tensor<never>, how: string) => (how === 'twice' ? mul(a, 2) : a), { backend });
      fast(u, 'once');
      fast(u, 'twice');
      fast(tensor({ x: 5 }, 1), 'twice');
      fast(tensor({ y: 5 }, 1), 'twice');
      fast(tensor({ y: 5 }, 1, { dtype: 'f64' }), 'twice');
      precision(64, () => fast(tensor({ y: 5 }, 1), 'twice'));
      fast(u, 'once');
      const { traces, calls, retraces } = fast.report();
      expect([traces, calls, retraces.length]).toEqual([6, 7, 5]);
      expect(retraces[0]).toContain('"twice"');
      expect(retraces[1]).toMatch(/"x","spatial",5.*"x","spatial",4/);
      expect(retraces[3]).toMatch(/argument 0 is f64\[5\] where it was f32\[5\]/);
      expect(retraces[4]).toContain('the precision is f64 where it was f32');
    });
    test('a static number is part of the program', () => {
      const power = jit((a: Field, options: { n: number; factor: number | Scalar }) => {
        let y = a;
        for (let k = 1; k < options.n; k++) y = y.mul(a);
        return y.mul(options.factor);
      }, { backend, static: ['1.n'] });
      expectSame(power(u, { n: 3, factor: 2 }), u.mul(u).mul(u).mul(2), 0);
      expectSame(power(u, { n: 3, factor: 3 }), u.mul(u).mul(u).mul(3), 0);
      expectSame(power(u, { n: 2, factor: 3 }), u.mul(u).mul(3), 0);
      expect(power.report().retraces).toEqual(['argument 1.n is the number 2 where it was the number 3']);
      const whole = jit((a: Field, n: number) => a.mul(n), { backend, static: [1] });
      expectSame(whole(u, 3), u.mul(3), 0);
      expectSame(whole(u, 4), u.mul(4), 0);
      expect(whole.report().traces).toBe(2);
      expect(() => jit((a: Field) => a, { backend, static: [1] })(u)).toThrow(StaticArgumentError);
    });
    test('a number that is used as a JavaScript number is refused with the cure', () => {
      expect(() => jit((a: Field, n: number) => a.mul(n * 2), { backend })(u, 3)).toThrow(TapeflowError);
    });
    test('numbers take the widest real dtype among the tensors, or that of the context', () => {
      const fast = jit((a: Tensor<'x'>, dt: number | Scalar) => mul(a, dt), { backend });
      const wide = tensor({ x: 2 }, [1, 2], { dtype: 'f64' });
      expectSame(fast(wide, 0.1), mul(wide, 0.1), 0);
      expectSame(fast(u, 0.1), mul(u, 0.1), 0);
      const alone = jit((dt: number | Scalar) => mul(dt as Scalar, dt), { backend });
      expect(alone(3).dtype).toBe('f32');
      expect(precision(64, () => alone(3)).dtype).toBe('f64');
    });
    test('results that are arguments, constants or plain data', () => {
      const k = tensor({ x: 4 }, [1, 2, 3, 4]);
      const fast = jit((a: Field) => ({ a, k, twice: [a, a], name: 'n', none: undefined, seven: 7 }), { backend });
      expectSame(fast(u), { a: u, k, twice: [u, u], name: 'n', none: undefined, seven: 7 }, 0);
    });
    test('no arguments, empty tensors, rank 0', () => {
      expectSame(jit(() => sum(zeros({ x: 3 })).add(2), { backend })(), scalar(2), 0);
      const empty = tensor({ x: 0 }, []);
      expectSame(jit((a: Field) => ({ y: sin(a), s: sum(a) }), { backend })(empty), { y: empty, s: scalar(0) }, 0);
    });
    test('a closure that captures a box is traced at each call, and the report says so', () => {
      const g = grad((c: Scalar) => {
        const inner = jit((a: Field) => l2(a.mul(c)), { backend });
        const y = inner(u).add(inner(u));
        expect(inner.report()).toMatchObject({ traces: 2, retraces: ['it closes over a value of another transformation'] });
        return y;
      });
      expectSame(g(scalar(3)), scalar(6 * [...u.data].reduce((total, x) => total + x * x, 0)), 1e-6);
    });
    test('only so many programs are kept', () => {
      const fast = jit((a: Field, n: number) => a.mul(n), { backend, static: [1] });
      for (let n = 0; n < 70; n++) fast(u, n);
      expect(fast.report().programs.length).toBe(64);
      fast(u, 0);
      expect(fast.report().traces).toBe(71);
    });
    test('promises are refused', () => expect(() => jit(async (a: Field) => a, { backend })(u)).toThrow(AsyncFunctionError));
    test('the program as text', () => {
      const fast = jit(step, { backend });
      expect(fast.program()).toBe('not traced yet');
      fast(u, 0.5);
      expect(fast.program()).toMatch(/^program \(a: f32\[4\], b: f32\[\]\)\n {2}c: f32\[4\] = sin\(a\)\n {2}d: f32\[4\] = mul\(c, b\)\n {2}e: f32\[4\] = add\(a, d\)\n {2}return e$/);
      expect(String(fast)).toBe('jit(step): 1 programs, 1 calls');
      expect(fast.report().programs[0]).toMatchObject({ reason: 'first call', equations: 3 });
    });
  });
}
