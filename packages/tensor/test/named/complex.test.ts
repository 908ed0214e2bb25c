/** @file Complex numbers: arithmetic by its laws, names, trees, and gradients as ∂/∂re + i ∂/∂im. */
import { describe, expect, test } from 'vitest';
import { checkGradients, flatten, grad } from '@tapeflow/autodiff';
import { Complex, complex, jit, l2, polar, precision, sum, tensor, type Scalar, type Tensor } from '@tapeflow/tensor';
import { element, random, thrown } from './support.ts';

const at = (z: Complex<never>, index: Readonly<Record<string, number>>): readonly [number, number] => [element(z.re, index), element(z.im, index)];
const numbers = (z: Complex<never>): number[] => [...z.re.data, ...z.im.data];
const expectClose = (a: Complex<never>, b: Complex<never>, digits = 13): void => {
  expect(a.sizes).toEqual(b.sizes);
  numbers(a).forEach((value, k) => expect(value).toBeCloseTo(numbers(b)[k]!, digits));
};
const draw = (seed: number): Complex<'x'> => precision(64, () => complex(random({ x: 5 }, seed), random({ x: 5 }, seed + 1)));

describe('arithmetic (seed 91)', () => {
  const [u, v, w] = [draw(91), draw(93), draw(95)];

  test('the laws of a field', () => {
    expectClose(u.add(v).mul(w), u.mul(w).add(v.mul(w)));
    expectClose(u.mul(v).mul(w), w.mul(v).mul(u));
    expectClose(u.div(v).mul(v), u);
    expectClose(u.sub(v).add(v), u);
    expectClose(u.add(u.neg()), u.mul(0));
  });

  test('by the definition', () => {
    const [a, b] = at(u, { x: 2 });
    const [c, d] = at(v, { x: 2 });
    expect(at(u.mul(v), { x: 2 })).toEqual([a * c - b * d, a * d + b * c]);
    expect(at(u.conjugate(), { x: 2 })).toEqual([a, -b]);
    expect(element(u.abs(), { x: 2 })).toBeCloseTo(Math.hypot(a, b), 15);
    expect(element(u.phase(), { x: 2 })).toBe(Math.atan2(b, a));
  });

  test('modulus and phase, exponentials', () => {
    expectClose(polar(u.abs(), u.phase()), u);
    expectClose(u.add(v).exp(), u.exp().mul(v.exp()));
    expectClose(complex(u.mul(u.conjugate()).re), complex(u.squaredAbs()));
    expectClose(polar(1, u.re.mul(2)), polar(1, u.re).mul(polar(1, u.re)));
    expect([...u.mul(u.conjugate()).im.data].every((value) => Math.abs(value) < 1e-16)).toBe(true);
  });

  test('real operands', () => {
    const t = precision(64, () => random({ x: 5 }, 97));
    for (const operand of [t, 3] as const) {
      const z = operand === 3 ? complex(tensor({ x: 5 }, 3, { dtype: 'f64' })) : complex(t);
      expectClose(u.add(operand), u.add(z));
      expectClose(u.sub(operand), u.sub(z));
      expectClose(u.mul(operand), u.mul(z));
      expectClose(u.div(operand), u.div(z));
    }
  });
});

test('names are aligned, and parts brought to common dimensions and one real dtype', () => {
  const z = complex(tensor({ x: 2 }, [1, 2]), tensor({ y: 2 }, [3, 4], { dtype: 'f64' }));
  expect([z.sizes, z.dtype, z.re.dtype]).toEqual([{ x: 2, y: 2 }, 'f64', 'f64']);
  expect(complex(tensor({ x: 1 }, [1], { dtype: 'i32' })).dtype).toBe('f32');
  expect(z.mul(complex(tensor({ k: 2 }, [1, 2]))).sizes).toEqual({ x: 2, y: 2, k: 2 });
  expect(z.map((part) => sum(part, 'x')).sizes).toEqual({ y: 2 });
  expect(String(complex(tensor({ x: 2 }, [1, 2])))).toMatchInlineSnapshot(`
    "Complex (x=2)
      re Tensor (x=2) f32 [1 2]
      im Tensor (x=2) f32 [0 0]"
  `);
  expect(thrown(() => complex(tensor({ x: 2 }, 0), tensor({ x: 3 }, 0)))).toMatchObject({ name: 'DimensionError', operation: 'complex', dimension: 'x' });
});

describe('derivatives', () => {
  test('the gradient of ½|z|² is z, that of Re(z w̄) is w (seed 98)', () => precision(64, () => {
    const [z, w] = [draw(98), draw(100)];
    const slope = grad((u: Complex<'x'>): Scalar => l2(u.abs()))(z);
    expect(slope).toBeInstanceOf(Complex);
    expectClose(slope, z);
    expectClose(grad((u: Complex<'x'>): Scalar => sum(u.mul(w.conjugate()).re))(z), w);
  }));

  test('of everything, to second order (seed 102)', () => precision(64, () => {
    const pair = { u: draw(102), v: draw(104) };
    type Pair = typeof pair;
    checkGradients(({ u, v }: Pair) => u.mul(v).sub(u).div(v.add(3)), pair, { order: 2 });
    checkGradients(({ u, v }: Pair) => u.exp().add(v.neg().conjugate()), pair, { order: 2 });
    checkGradients(({ u, v }: Pair) => [u.add(3).abs(), v.add(3).phase(), u.squaredAbs()], pair, { order: 2 });
    checkGradients(({ u, v }: Pair) => polar(u.re, v.im), pair, { order: 2 });
  }));

  test('at 0 the modulus has slope 0', () => {
    const slope = grad((u: Complex<'x'>): Scalar => sum(u.abs()))(complex(tensor({ x: 1 }, [0])));
    expect(numbers(slope)).toEqual([0, 0]);
  });
});

test('complex numbers are trees, also of programs', () => {
  const z = draw(106);
  expect(flatten(z).leaves).toHaveLength(2);
  const f = (u: Complex<'x'>): Complex<'x'> => u.exp().mul(u);
  expectClose(jit(f)(z), f(z), 14);
  const modulus: Tensor<'x'> = jit((u: Complex<'x'>) => u.abs())(z);
  expect(modulus.sizes).toEqual({ x: 5 });
});
