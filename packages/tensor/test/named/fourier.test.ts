/** @file Transforms by name: inverses, Parseval, shifts, convolution, derivatives of waves, adjoints, boundaries, and what is refused. */
import { describe, expect, test } from 'vitest';
import { checkGradients, grad, vjp } from '@tapeflow/autodiff';
import { Complex, complex, concat, dct, dst, fft, fftFrequencies, idct, idst, ifft, irfft, jit, l2, linspace, mul, polar, precision, range, rfft, rfftFrequencies, roll, sum, tensor, zeros, type Scalar, type Tensor, type TransformType } from '@tapeflow/tensor';
import { element, random, thrown } from './support.ts';

const numbers = (z: Complex<never> | Tensor<never>): number[] => (z instanceof Complex ? [...z.re.data, ...z.im.data] : [...z.data]);

/** Fails unless two results agree, relative to the largest number. */
function expectSame(a: Complex<never> | Tensor<never>, b: Complex<never> | Tensor<never>, tolerance = 1e-12): void {
  expect(a.sizes).toEqual(b.sizes);
  const [x, y] = [numbers(a), numbers(b)];
  const size = Math.max(...y.map(Math.abs));
  expect(Math.max(0, ...x.map((value, k) => Math.abs(value - y[k]!)))).toBeLessThanOrEqual(tolerance * size);
}

const draw = <const S extends Readonly<Record<string, number>>>(sizes: S, seed: number): Complex<Extract<keyof S, string>> => precision(64, () => complex(random(sizes, seed), random(sizes, seed + 1)));
const realDot = (a: Complex<never>, b: Complex<never>): number => sum(mul(a.re, b.re).add(mul(a.im, b.im))).item();

describe.each([1, 2, 12, 29, 30, 35, 64, 97, 128, 1000])('length %i (seed 111)', (n) => {
  const z = draw({ x: n }, 111 + n);
  const Z = fft(z, 'x');

  test('by the sum that defines it, to 1e-12', () => {
    // A few frequencies are enough: each is a sum over all samples.
    for (const k of new Set([0, 1, Math.floor(n / 3), n - 1])) {
      let [re, im] = [0, 0];
      for (let j = 0; j < n; j++) {
        const [c, s] = [Math.cos((2 * Math.PI * ((j * k) % n)) / n), Math.sin((2 * Math.PI * ((j * k) % n)) / n)];
        re += z.re.data[j]! * c + z.im.data[j]! * s;
        im += z.im.data[j]! * c - z.re.data[j]! * s;
      }
      const size = Math.max(...numbers(Z).map(Math.abs));
      expect(Math.hypot(Z.re.data[k % n]! - re, Z.im.data[k % n]! - im)).toBeLessThanOrEqual(1e-12 * size);
    }
  });

  test('ifft is the inverse; Parseval: energies differ by the factor n', () => {
    expectSame(ifft(Z, 'x'), z);
    expect(sum(Z.squaredAbs()).item() / (n * sum(z.squaredAbs()).item())).toBeCloseTo(1, 12);
  });

  test('a shift turns phases', () => {
    const shifted = fft(z.map((part) => roll(part, 'x', 3)), 'x');
    const phase = precision(64, () => fftFrequencies({ x: n }).mul(-2 * Math.PI * 3));
    expectSame(shifted, Z.mul(polar(1, phase)));
  });

  test('the product of spectra is that of a circular convolution', () => {
    const w = draw({ x: n }, 222);
    const circular = (k: number): readonly [number, number] => {
      let [re, im] = [0, 0];
      for (let j = 0; j < n; j++) {
        const m = (k - j + n) % n;
        re += z.re.data[j]! * w.re.data[m]! - z.im.data[j]! * w.im.data[m]!;
        im += z.re.data[j]! * w.im.data[m]! + z.im.data[j]! * w.re.data[m]!;
      }
      return [re, im];
    };
    const product = ifft(Z.mul(fft(w, 'x')), 'x');
    const size = Math.max(...numbers(product).map(Math.abs));
    for (const k of [0, n - 1]) expect(Math.hypot(product.re.data[k]! - circular(k)[0], product.im.data[k]! - circular(k)[1])).toBeLessThanOrEqual(1e-12 * size);
  });

  test('the adjoint is n times the inverse', () => {
    const w = draw({ x: n }, 333);
    const wBar = vjp((u: Complex<'x'>) => fft(u, 'x'), z).pullback(w);
    expectSame(wBar, ifft(w, 'x').mul(n));
    expect(realDot(wBar, z) / realDot(w, Z)).toBeCloseTo(1, 10);
  });

  test('rfft has the first half, irfft takes it back', () => {
    const whole = fft(z.re, 'x');
    const half = rfft(z.re, 'x');
    expectSame(half, whole.map((part) => part.slice({ x: [0, Math.floor(n / 2) + 1] })));
    expectSame(irfft(half, 'x', { size: n }), z.re);
  });
});

describe('several dimensions (seed 120)', () => {
  const z = draw({ batch: 2, y: 6, x: 5 }, 120);

  test('one after the other, in any order', () => {
    const both = fft(z, ['y', 'x']);
    expectSame(both, fft(fft(z, 'x'), 'y'));
    expectSame(both, fft(z, ['x', 'y']));
    expectSame(ifft(both, ['x', 'y']), z);
  });

  test('of real values, half of the last named dimension is kept', () => {
    const half = rfft(z.re, ['x', 'y']);
    expect(half.sizes).toEqual({ batch: 2, y: 4, x: 5 });
    expectSame(half, fft(z.re, ['x', 'y']).map((part) => part.slice({ y: [0, 4] })));
    expectSame(irfft(half, ['x', 'y']), z.re);
    expectSame(irfft(rfft(z.re, ['y', 'x']), ['y', 'x'], { size: 5 }), z.re);
  });

  test('item names of transformed dimensions are dropped', () => {
    const t = tensor({ v: ['a', 'b'], w: ['c', 'd'] }, [1, 2, 3, 4]);
    expect(fft(t, 'v').dims.map(({ items }) => items)).toEqual([undefined, ['c', 'd']]);
    expect(rfft(t, 'v').dims[0]!.items).toBeUndefined();
  });

  test('integers become real, f32 stays f32', () => {
    expect(fft(range({ x: 4 }), 'x').dtype).toBe('f32');
    expect(dct(range({ x: 4 }), 'x').dtype).toBe('f32');
    expect([...rfft(range({ x: 3 }), 'x').re.data]).toEqual([3, -1.5]);
  });
});

describe('frequencies', () => {
  test('are those of the waves, negative ones last', () => precision(64, () => {
    expect([...fftFrequencies({ x: 5 }).data]).toEqual([0, 1 / 5, 2 / 5, -2 / 5, -1 / 5]);
    expect([...fftFrequencies({ x: 4 }, 0.5).data]).toEqual([0, 0.5, -1, -0.5]);
    expect([...rfftFrequencies({ x: 4 }, 0.5).data]).toEqual([0, 0.5, 1]);
    expect([...rfftFrequencies({ x: 5 }).data]).toEqual([0, 1 / 5, 2 / 5]);
    expect(fftFrequencies({ x: 0 }).size).toBe(0);
  }));

  test('differentiate periodic functions exactly', () => precision(64, () => {
    const n = 24;
    const at = linspace({ x: n + 1 }, 0, 2 * Math.PI).slice({ x: [0, n] });
    const derivative = (u: Tensor<'x'>): Tensor<'x'> => {
      const U = rfft(u, 'x');
      const k = rfftFrequencies({ x: n }, (2 * Math.PI) / n).mul(2 * Math.PI);
      return irfft(U.mul(complex(k.mul(0), k)), 'x');
    };
    const u = tensor({ x: n }, [...at.data].map((x) => Math.exp(Math.sin(x))));
    const expected = tensor({ x: n }, [...at.data].map((x) => Math.cos(x) * Math.exp(Math.sin(x))));
    // e^(sin x) is smooth: its coefficients beyond 12 are below 1e-12.
    expectSame(derivative(u), expected, 1e-11);
  }));
});

describe.each([1, 2, 3, 4] as const)('cosine and sine transforms of type %i (seed 130)', (type) => {
  const t = precision(64, () => random({ y: 5, x: 8 }, 130 + type));
  const n = 8;
  /** FFTW's definitions. */
  const CASES = {
    cosine: { forward: dct, inverse: idct, term: { 1: (j: number, k: number) => (j === 0 || j === n - 1 ? 1 : 2) * Math.cos((Math.PI * j * k) / (n - 1)), 2: (j: number, k: number) => 2 * Math.cos((Math.PI * (j + 0.5) * k) / n), 3: (j: number, k: number) => (j === 0 ? 1 : 2) * Math.cos((Math.PI * j * (k + 0.5)) / n), 4: (j: number, k: number) => 2 * Math.cos((Math.PI * (j + 0.5) * (k + 0.5)) / n) } },
    sine: { forward: dst, inverse: idst, term: { 1: (j: number, k: number) => 2 * Math.sin((Math.PI * (j + 1) * (k + 1)) / (n + 1)), 2: (j: number, k: number) => 2 * Math.sin((Math.PI * (j + 0.5) * (k + 1)) / n), 3: (j: number, k: number) => (j === n - 1 ? 1 : 2) * Math.sin((Math.PI * (j + 1) * (k + 0.5)) / n), 4: (j: number, k: number) => 2 * Math.sin((Math.PI * (j + 0.5) * (k + 0.5)) / n) } },
  } as const;

  test.each(['cosine', 'sine'] as const)('%s: the definition, and its inverse', (family) => {
    const { forward, inverse, term } = CASES[family];
    const T = forward(t, 'x', type);
    for (let k = 0; k < n; k++) {
      for (let y = 0; y < 5; y++) {
        let total = 0;
        for (let j = 0; j < n; j++) total += term[type](j, k) * element(t, { y, x: j });
        expect(element(T, { y, x: k })).toBeCloseTo(total, 12);
      }
    }
    expectSame(inverse(T, 'x', type), t);
    expectSame(inverse(forward(t, ['x', 'y'], type), ['y', 'x'], type), t);
  });

  test('derivatives to second order', () => precision(64, () => {
    checkGradients((u: typeof t) => [dct(u.mul(u), 'x', type), dst(u, ['y', 'x'], type)], t, { order: 2 });
    checkGradients((u: typeof t) => [idct(u.mul(u), 'x', type), idst(u, 'y', type)], t, { order: 2 });
  }));
});

test('a cosine transform of type 2 is the transform of the mirrored samples, a sine transform that of the antimirrored ones (seed 140)', () => precision(64, () => {
  const t = random({ x: 7 }, 140);
  const turn = linspace({ x: 14 }, 0, 13).mul(-Math.PI / 14);
  const mirrored = fft(concat([t, t.slice({ x: { step: -1 } })], 'x'), 'x').mul(polar(1, turn));
  expectSame(mirrored.re.slice({ x: [0, 7] }), dct(t, 'x'));
  const antimirrored = fft(concat([t, t.slice({ x: { step: -1 } }).neg()], 'x'), 'x').mul(polar(1, turn));
  expectSame(antimirrored.im.slice({ x: [1, 8] }).neg(), dst(t, 'x'));
}));

describe('derivatives and programs', () => {
  const z = draw({ y: 3, x: 6 }, 150);
  test('to second order (seed 150)', () => precision(64, () => {
    checkGradients((u: typeof z) => fft(u.mul(u), ['x', 'y']), z, { order: 2 });
    checkGradients((u: typeof z) => ifft(u.mul(u), 'x'), z, { order: 2 });
    checkGradients((u: Tensor<'y' | 'x'>) => rfft(u.mul(u), ['y', 'x']), z.re, { order: 2 });
    checkGradients((u: typeof z) => irfft(u.mul(u), ['x', 'y'], { size: 5 }), z, { order: 2 });
  }));

  test('the gradient of ½‖fft(x)‖² is n x, also in a program', () => precision(64, () => {
    const energy = (u: Tensor<'y' | 'x'>): Scalar => l2(fft(u, ['x', 'y']).abs());
    expectSame(grad(energy)(z.re), z.re.mul(18));
    expectSame(jit(grad(energy))(z.re), z.re.mul(18));
  }));
});

test('what does not fit is refused by name', () => {
  const t = zeros({ y: 2, x: 4 });
  expect(thrown(() => fft(t as Tensor, 'z'))).toMatchObject({ name: 'DimensionError', operation: 'fft', dimension: 'z' });
  expect(thrown(() => rfft(t, []))).toMatchObject({ operation: 'rfft' });
  expect(thrown(() => rfft(zeros({ x: 0 }), 'x'))).toMatchObject({ operation: 'rfft', dimension: 'x' });
  expect(thrown(() => irfft(rfft(t, 'x'), 'x', { size: 6 })).message).toMatchInlineSnapshot(`
    "irfft: 'x' has 3 frequencies, which 6 values do not have.
      input: (y=2, x=3)
      Give size: 4 or 5."
  `);
  expect(thrown(() => dct(zeros({ x: 1 }), 'x', 1))).toMatchObject({ operation: 'dct', dimension: 'x' });
  expect(thrown(() => fftFrequencies({ x: 2, y: 3 }))).toMatchObject({ operation: 'fftFrequencies', dimension: 'y' });
  const types: TransformType[] = [1, 2, 3, 4];
  for (const type of types) expect([...dst(zeros({ x: 0 }), 'x', type).data]).toEqual([]);
});
