/** @file checkpoint: the same function and derivatives, with less kept and one more evaluation. */
import { describe, expect, test } from 'vitest';
import { checkGradients, checkpoint, describeTape, grad, jvp, vmap } from '../src/index.ts';
import { applyOne, closeOver, evaluateProgram, primitive, recordLeaves, spaceOf } from '../src/extend.ts';
import { add, cos, exp, mul, NumberList, sin, square, stack, unstack, type Scalar } from '../src/scalar.ts';
import { bytesOn } from '../src/tape-entries.ts';
import { derivativeModes, expectClose, type ScalarFunction } from './support.ts';

const wave: ScalarFunction = (x) => exp(sin(mul(x, cos(x))));

test('values and derivatives to third order are those of the function, in all orders of nesting', () => {
  expect(checkpoint(wave)(0.7)).toBe(wave(0.7));
  for (const [, outer] of derivativeModes) {
    for (const [, inner] of derivativeModes) {
      for (const [, innermost] of derivativeModes) {
        expectClose(outer(inner(innermost(checkpoint(wave))))(0.7), outer(inner(innermost(wave)))(0.7) as number, 1e-12);
      }
    }
  }
});

test('the gradient has the same bits as without', () => {
  for (const x of [-1.3, 0.2, 0.9]) expect(grad(checkpoint(wave))(x)).toBe(grad(wave)(x));
});

test('checkpoints in checkpoints', () => {
  const deep = checkpoint((x: Scalar) => mul(2, checkpoint((y: Scalar) => mul(y, checkpoint(wave)(y)))(mul(x, x))));
  const plain: ScalarFunction = (x) => mul(2, mul(mul(x, x), wave(mul(x, x))));
  expect(deep(0.7)).toBe(plain(0.7));
  expectClose(grad(deep)(0.7), grad(plain)(0.7) as number, 1e-15);
  expectClose(grad(grad(deep))(0.7), grad(grad(plain))(0.7) as number, 1e-14);
});

test('trees in and out, several arguments', () => {
  const f = checkpoint(({ x, y }: { x: Scalar; y: Scalar }, k: readonly Scalar[]) => ({ product: mul(x, mul(y, k[0]!)), name: 'f' }));
  expect(f({ x: 2, y: 3 }, [5])).toEqual({ product: 30, name: 'f' });
  expect(grad((a: { x: Scalar; y: Scalar }, k: readonly Scalar[]) => f(a, k).product, { wrt: [0, 1] })({ x: 2, y: 3 }, [5])).toEqual([{ x: 15, y: 10 }, [6]]);
});

describe('captured values', () => {
  const f = (k: Scalar): Scalar => checkpoint((x: Scalar) => mul(k, mul(x, square(k))))(mul(2, k)); // 2 k⁴
  test('keep their gradient, in both modes and to third order', () => {
    expect(grad(f)(3)).toBe(8 * 27);
    expect(jvp(f, 3, 1).tangent).toBe(8 * 27);
    expect(grad(grad(grad(f)))(3)).toBe(48 * 3);
    checkGradients(f, 0.7, { order: 3 });
  });
  test('of two levels at the very same value', () => {
    // d/dx [x · d/dy (x + y)] at y = x
    for (const [, outer] of derivativeModes) for (const [, inner] of derivativeModes) expect(outer((x) => mul(x, inner((y) => checkpoint((z: Scalar) => add(x, z))(y))(x)))(3)).toBe(1);
  });
});

test('members, inside and outside', () => {
  const list = new NumberList([0.1, 0.7]);
  expect(vmap(checkpoint(wave))(list)).toEqual(vmap(wave)(list));
  expect(vmap(grad(checkpoint(wave)))(list)).toEqual(vmap(grad(wave))(list));
  const summed = (f: ScalarFunction): ScalarFunction => (x) => unstack(vmap(f)(stack([x, mul(2, x)]))).reduce((sum, y) => add(sum, y));
  expectClose(grad(grad(summed(checkpoint(wave))))(0.3), grad(grad(summed(wave)))(0.3) as number, 1e-13);
});

describe('memory and work', () => {
  let evaluations = 0;
  const counted = primitive({
    name: 'counted',
    evaluate: ([x]) => (evaluations++, [x]),
    abstract: (xs) => xs,
    outputSpace: () => spaceOf(0),
    vjp: ([bar]) => [bar],
  });
  const chain = (n: number): ScalarFunction => (x) => Array.from({ length: n }).reduce<Scalar>((y) => sin(applyOne(counted, [y]) as Scalar), x);

  test('only the result stays on the tape', () => {
    const bytes = (f: ScalarFunction): number => bytesOn(recordLeaves(([x]) => [f(x as Scalar)], [0.5], [spaceOf(0)]).level);
    expect(bytes(chain(100))).toBe(200 * 8);
    expect(bytes(checkpoint(chain(100)))).toBe(8);
    expect(describeTape(checkpoint(chain(100)), 0.5).lines.map(({ operation }) => operation)).toEqual(['checkpoint']);
  });

  test('the inside is computed once forwards and once backwards', () => {
    evaluations = 0;
    grad(checkpoint(chain(10)))(0.5);
    expect(evaluations).toBe(20);
  });

  test('what is not used is not computed again', () => {
    evaluations = 0;
    grad((x: Scalar) => (checkpoint(chain(10))(x), mul(2, x)))(0.5);
    expect(evaluations).toBe(10);
  });
});

test('stays one equation of a program', () => {
  const { program } = closeOver('test', (x: Scalar) => checkpoint(wave)(x), [1]);
  expect(program.equations.map(({ primitive: { name } }) => name)).toEqual(['checkpoint']);
  expect(evaluateProgram(program, [0.7])).toEqual([wave(0.7)]);
});

test('a function that looks at values is refused with the cure', () => {
  expect(() => checkpoint((x: Scalar) => ((x as number) > 0 ? x : 0))(1)).toThrow('a value inside checkpoint was used as a JavaScript number');
});
