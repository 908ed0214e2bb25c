/** @file Results of users' functions: promises and values of finished transformations are refused everywhere. */
import { describe, expect, test } from 'vitest';
import * as autodiff from '../src/index.ts';
import { AsyncFunctionError, ClosedLevelError, grad } from '../src/index.ts';
import { flattenResult, refusePromise } from '../src/result.ts';
import { NumberList, sin, type Scalar } from '../src/scalar.ts';
import { denseSolver } from './support.ts';

type F = (x: Scalar) => Scalar;
const { checkGradients, checkpoint, debugNaN, describeTape, gaussNewtonProduct, hessian, hvp, implicitFixedPoint, implicitLinearSolve, implicitRoot } = autodiff;
const { jacobian, jvp, linearize, linearTranspose, rollout, valueAndGrad, vjp, vmap } = autodiff;
const root = { solver: (_f: unknown, guess: readonly unknown[]) => guess, linearSolver: denseSolver };

/** Everything public that takes a function, and the name by which its errors call it. */
const takers: readonly (readonly [name: string, called: string, run: (f: F) => unknown])[] = [
  ['grad', 'grad', (f) => grad(f)(1)],
  ['valueAndGrad', 'grad', (f) => valueAndGrad(f)(1)],
  ['vjp', 'vjp', (f) => vjp(f, 1)],
  ['jvp', 'jvp', (f) => jvp(f, 1, 1)],
  ['linearize', 'jvp', (f) => linearize(f, 1)],
  ['linearTranspose', 'linearTranspose', (f) => linearTranspose(f, 1)],
  ['vmap', 'vmap', (f) => vmap(f)(new NumberList([1]))],
  ['jacobian', 'jacobian', (f) => jacobian(f)(1)],
  ['hessian', 'grad', (f) => hessian(f)(1)],
  ['hvp', 'grad', (f) => hvp(f, 1, 1)],
  ['gaussNewtonProduct', 'jvp', (f) => gaussNewtonProduct(f, 1, 1)],
  ['checkpoint', 'checkpoint', (f) => checkpoint(f)(1)],
  ['rollout', 'rollout', (f) => rollout(f, 1 as Scalar, 3)],
  ['implicitLinearSolve', 'linearSolve', (f) => implicitLinearSolve(f, 1 as Scalar, { solver: denseSolver })],
  ['implicitRoot', 'root', (f) => implicitRoot(f, 1 as Scalar, root)],
  ['implicitFixedPoint', 'root', (f) => implicitFixedPoint(f, 1 as Scalar, root)],
  ['describeTape', 'describeTape', (f) => describeTape(f, 1)],
  ['checkGradients', 'jvp', (f) => checkGradients(f, 1)],
];

describe.each(takers)('%s', (_name, called, run) => {
  test('refuses a promise', () => {
    const later = (async (x: Scalar) => x) as unknown as F;
    // oxlint-disable-next-line unicorn/no-thenable -- what is tested
    const thenable = ((x: Scalar) => ({ then: (done: (x: Scalar) => void) => done(x) })) as unknown as F;
    for (const f of [later, thenable]) {
      expect(() => run(f)).toThrow(AsyncFunctionError);
      expect(() => run(f)).toThrow(`${called}: the function returned a promise.\n  Give a synchronous function`);
    }
  });

  test('refuses a value that was kept from a finished transformation', () => {
    let kept: Scalar = 0;
    grad((x: Scalar) => (kept = x))(1);
    expect(() => run(() => kept)).toThrow(ClosedLevelError);
    expect(() => run(() => kept)).toThrow('a value of a grad that has already finished was used');
  });

  test('passes on what the function throws', () => {
    expect(() => run(() => { throw new RangeError('mine'); })).toThrow(RangeError);
    // And is as good as new.
    expect(grad(sin)(0)).toBe(1);
  });
});

test('the list covers every public function that takes one', () => {
  // customGradient, customTangent and debugNaN have tests of their own.
  const others = ['flatten', 'mapTree', 'stopGradient', 'tapeToGraphviz', 'tapeToText', 'customGradient', 'customTangent', 'debugNaN'];
  const functions = Object.entries(autodiff).filter(([name, value]) => typeof value === 'function' && !/^[A-Z]/.test(name)).map(([name]) => name);
  expect(functions.sort()).toEqual([...takers.map(([name]) => name), ...others].sort());
});

test('flattenResult and refusePromise pass everything else', () => {
  // oxlint-disable-next-line unicorn/no-thenable -- what is tested
  const harmless = { then: 5, x: 1 };
  expect(flattenResult('test', harmless).leaves).toEqual([5, 1]);
  expect(refusePromise('test', harmless)).toBe(harmless);
  expect(refusePromise('test', null)).toBe(null);
  expect(debugNaN(() => undefined)()).toBe(undefined);
});
