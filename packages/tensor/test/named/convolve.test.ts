/** @file Convolution by name: its definition, padding, groups, the transpose as the adjoint, derivatives, and what is refused. */
import { describe, expect, test } from 'vitest';
import { checkGradients, vjp } from '@tapeflow/autodiff';
import { channel, concat, convolve, convolveTransposed, jit, linspace, mul, precision, sum, tensor, zeros, type Tensor } from '@tapeflow/tensor';
import { element, expectElements, indices, random, thrown } from './support.ts';

type Sizes = Readonly<Record<string, number>>;

/** The value at an index by the definition, with 0 outside of x. */
function slow(x: Tensor<never>, kernel: Tensor<never>, index: Sizes, over: readonly string[], contract: readonly string[], stride = 1, dilation = 1, before = 0): number {
  const tap = Object.fromEntries([...over, ...contract].map((name) => [name, kernel.sizes[name as never] as number]));
  return indices(tap).reduce((total, t) => {
    const own = (sizes: Sizes): Record<string, number> => Object.fromEntries(Object.keys(sizes).map((name) => [name, t[name] ?? index[name]!]));
    const place = own(x.sizes);
    for (const name of over) place[name] = index[name]! * stride + t[name]! * dilation - before;
    const inside = over.every((name) => place[name]! >= 0 && place[name]! < (x.sizes as Sizes)[name]!);
    return total + (inside ? element(x, place) * element(kernel, own(kernel.sizes)) : 0);
  }, 0);
}

describe('convolve (seed 61)', () => {
  const x = precision(64, () => random({ c: 3, y: 5, x: 6 }, 61));
  const kernel = precision(64, () => random({ k: 2, c: 3, y: 2, x: 3 }, 62));

  test('channels that go in are summed over, those of the kernel come out', () => {
    expectElements(convolve(x, kernel, ['y', 'x'], { contract: 'c' }), { k: 2, y: 4, x: 4 }, (index) => slow(x, kernel, index, ['y', 'x'], ['c']));
  });

  test('in one, two and three dimensions; the others are aligned or kept', () => {
    const line = precision(64, () => random({ c: 3, x: 2 }, 63));
    expectElements(convolve(x, line, 'x'), { c: 3, y: 5, x: 5 }, (index) => slow(x, line, index, ['x'], []));
    expectElements(convolve(x, line, 'x', { contract: 'c' }), { y: 5, x: 5 }, (index) => slow(x, line, index, ['x'], ['c']));
    const volume = precision(64, () => random({ z: 3, y: 5, x: 6 }, 64));
    const cube = precision(64, () => random({ z: 2, y: 2, x: 2 }, 65));
    expectElements(convolve(volume, cube, ['x', 'y', 'z']), { z: 2, y: 4, x: 5 }, (index) => slow(volume, cube, index, ['x', 'y', 'z'], []));
  });

  test('strides, dilations and padding, per dimension or for all', () => {
    const options = { contract: 'c', stride: 2, dilation: 2, padding: 3 } as const;
    expectElements(convolve(x, kernel, ['y', 'x'], options), { k: 2, y: 5, x: 4 }, (index) => slow(x, kernel, index, ['y', 'x'], ['c'], 2, 2, 3));
    const mixed = convolve(x, kernel, ['y', 'x'], { contract: 'c', stride: { x: 2 }, padding: { y: [1, 0] } });
    expect(mixed.sizes).toEqual({ k: 2, y: 5, x: 2 });
    expect(element(mixed, { k: 1, y: 0, x: 1 })).toBeCloseTo(slow(x, kernel, { k: 1, y: -1, x: 2 }, ['y', 'x'], ['c']), 12);
  });

  test("'same' keeps the size, divided by the stride and rounded up; the surplus is behind", () => {
    const line = precision(64, () => random({ x: 6 }, 66));
    const taps = precision(64, () => random({ x: 2 }, 67));
    expectElements(convolve(line, taps, 'x', { padding: 'same' }), { x: 6 }, (index) => slow(line, taps, index, ['x'], []));
    const three = precision(64, () => random({ x: 3 }, 68));
    expectElements(convolve(line, three, 'x', { padding: 'same' }), { x: 6 }, (index) => slow(line, three, index, ['x'], [], 1, 1, 1));
    for (const [stride, size] of [[2, 3], [4, 2], [5, 2], [7, 1]] as const) expect(convolve(line, three, 'x', { padding: 'same', stride }).sizes).toEqual({ x: size });
  });

  test('batches, in any place', () => {
    const many = precision(64, () => tensor({ y: 3, batch: 2, x: 4 }, random({ n: 24 }, 69).data));
    const own = precision(64, () => tensor({ batch: 2, x: 2, out: channel(3) }, random({ n: 12 }, 70).data));
    expectElements(convolve(many, own, 'x'), { batch: 2, out: 3, y: 3, x: 3 }, (index) => slow(many, own, index, ['x'], []));
  });

  test('groups are convolutions of parts, side by side', () => {
    const channels = precision(64, () => random({ c: 4, x: 5 }, 71));
    const grouped = precision(64, () => random({ k: 6, c: 2, x: 2 }, 72));
    const parts = [0, 1].map((g) => convolve(channels.slice({ c: [2 * g, 2 * g + 2] }), grouped.slice({ k: [3 * g, 3 * g + 3] }), 'x', { contract: 'c' }));
    const expected = concat(parts, 'k');
    expectElements(convolve(channels, grouped, 'x', { contract: 'c', groups: 2 }), { k: 6, x: 4 }, (index) => element(expected, index));
  });

  test('central differences of a quadratic function are exact', () => precision(64, () => {
    const at = linspace({ x: 9 }, -1, 1);
    const slope = convolve(at.mul(at), tensor({ x: 3 }, [-0.5, 0, 0.5]), 'x').div(0.25);
    expectElements(slope, { x: 7 }, ({ x: k }) => 2 * element(at, { x: k! + 1 }));
  }));

  test('integers become real, f32 with f64 is f64, and a program gives the same', () => {
    const whole = tensor({ x: 3 }, [1, 2, 3], { dtype: 'i32' });
    expect(convolve(whole, whole, 'x').dtype).toBe('f32');
    expect(convolve(tensor({ x: 2 }, [1, 2]), precision(64, () => tensor({ x: 2 }, [1, 2])), 'x').dtype).toBe('f64');
    const f = (t: typeof x): Tensor<'k' | 'y' | 'x'> => convolve(t.mul(2), kernel, ['y', 'x'], { contract: 'c', padding: 'same' }).add(1);
    expect([...jit(f)(x).data]).toEqual([...f(x).data]);
  });
});

describe('convolveTransposed (seed 73)', () => {
  const x = precision(64, () => random({ c: 4, y: 6, x: 7 }, 73));
  const cases = [
    {}, { stride: 2 }, { stride: { y: 3 }, dilation: 2 }, { padding: 'same' }, { padding: 'same', stride: 2 }, { padding: { y: [1, 2] } }, { padding: 1, groups: 2 },
  ] as const;

  test.each(cases)('is the adjoint of convolve: %j', (options) => precision(64, () => {
    const kernel = random({ k: 4, c: 'groups' in options ? 2 : 4, y: 2, x: 3 }, 74);
    const y = convolve(x, kernel, ['y', 'x'], { contract: 'c', ...options });
    const yBar = tensor(y.sizes as { k: number; y: number; x: number }, random({ n: y.size }, 75).data);
    const xBar = convolveTransposed(yBar, kernel, ['y', 'x'], { contract: 'k', sizes: { x: 7, y: 6 }, ...options });
    expect(xBar.sizes).toEqual(x.sizes);
    expect(sum(mul(xBar, x)).item()).toBeCloseTo(sum(mul(yBar, y)).item(), 12);
  }));

  test('the smallest sizes are taken unless others are given', () => {
    const y = zeros({ k: 2, x: 3 });
    const kernel = zeros({ k: 2, c: 5, x: 4 });
    expect(convolveTransposed(y, kernel, 'x', { contract: 'k', stride: 2 }).sizes).toEqual({ c: 5, x: 8 });
    expect(convolveTransposed(y, kernel, 'x', { contract: 'k', stride: 2, sizes: { x: 9 } }).sizes).toEqual({ c: 5, x: 9 });
    expect(convolveTransposed(y, kernel, 'x', { contract: 'k', stride: 2, padding: 'same' }).sizes).toEqual({ c: 5, x: 6 });
    expect(convolveTransposed(y, kernel, 'x', { contract: 'k', padding: 1 }).sizes).toEqual({ c: 5, x: 4 });
    expect(thrown(() => convolveTransposed(y, kernel, 'x', { contract: 'k', stride: 2, sizes: { x: 10 } }))).toMatchObject({ operation: 'convolveTransposed', dimension: 'x' });
  });

  test('shared dimensions have a kernel each', () => precision(64, () => {
    const [field, kernel] = [random({ c: 2, x: 3 }, 76), random({ c: 2, x: 2 }, 77)];
    const both = convolveTransposed(field, kernel, 'x');
    expectElements(both, { c: 2, x: 4 }, ({ c, x: p }) => [0, 1].reduce((total, t) => total + (p! - t >= 0 && p! - t < 3 ? element(field, { c: c!, x: p! - t }) * element(kernel, { c: c!, x: t }) : 0), 0));
  }));
});

test('large arrays, which are worked on in blocks, give what their parts give (seed 80)', () => precision(64, () => {
  const [x, kernel] = [random({ y: 200, x: 160 }, 80), random({ k: 2, y: 3, x: 3 }, 81)];
  const f = (image: typeof x, taps: typeof kernel): Tensor<'k' | 'y' | 'x'> => convolve(image, taps, ['y', 'x']);
  const y = f(x, kernel);
  const parts = [0, 50, 100, 150].map((from) => f(x.slice({ y: [from, from + 52] }), kernel));
  expect([...y.data]).toEqual([...concat(parts, 'y').data]);
  // Both derivatives are adjoints: of a bilinear function, ⟨ȳ, f(x, k)⟩ = ⟨x̄, x⟩ = ⟨k̄, k⟩.
  const yBar = tensor(y.sizes as { k: number; y: number; x: number }, random({ n: y.size }, 82).data);
  const bars = vjp(([image, taps]: [typeof x, typeof kernel]) => f(image, taps), [x, kernel]).pullback(yBar);
  const expected = sum(mul(yBar, y)).item();
  expect(sum(mul(bars[0], x)).item() / expected).toBeCloseTo(1, 11);
  expect(sum(mul(bars[1], kernel)).item() / expected).toBeCloseTo(1, 11);
}));

test('derivatives to second order, to both arguments (seed 78)', () => precision(64, () => {
  const [x, kernel] = [random({ batch: 2, c: 2, y: 4, x: 4 }, 78), random({ k: 2, c: 2, y: 2, x: 2 }, 79)];
  type Both = { x: typeof x; kernel: typeof kernel };
  checkGradients((both: Both) => convolve(both.x, both.kernel, ['y', 'x'], { contract: 'c', stride: { x: 2 }, padding: 'same' }), { x, kernel }, { order: 2 });
  checkGradients((both: Both) => convolve(both.x, both.kernel.at({ y: 0 }), 'x'), { x, kernel }, { order: 2 });
  checkGradients((both: Both) => convolveTransposed(both.x, both.kernel, ['y', 'x'], { contract: 'c', stride: 2 }), { x, kernel }, { order: 2 });
}));

test('what does not fit is refused by name', () => {
  const x = zeros({ c: 4, y: 3, x: 5 });
  const kernel = zeros({ k: 2, c: 4, x: 3 });
  expect(thrown(() => convolve(x, zeros({ c: 3, x: 2 }), 'x', { contract: 'c' })).message).toMatchInlineSnapshot(`
    "convolve: 'c' has size 4 in x and 3 in the kernel.
      input 1: (c=4, y=3, x=5)
      input 2: (c=3, x=2)
      The kernel needs as many channels as x has in each group."
  `);
  expect(thrown(() => convolve(x, zeros({ x: 6 }), 'x')).message).toMatchInlineSnapshot(`
    "convolve: the kernel reaches over 6 entries of 'x', of which there are 5.
      input: (x=6)
      Use a shorter kernel, or padding."
  `);
  expect(thrown(() => convolve(x, kernel, 'x', { contract: 'c', stride: 0 }))).toMatchObject({ operation: 'convolve', dimension: 'x' });
  expect(thrown(() => convolve(x, kernel, 'x', { contract: 'c', dilation: 1.5 }))).toMatchObject({ operation: 'convolve', dimension: 'x' });
  expect(thrown(() => convolve(x, kernel, 'x', { contract: 'c', padding: -1 }))).toMatchObject({ operation: 'convolve', dimension: 'x' });
  expect(thrown(() => convolve(x, kernel, 'x', { contract: 'x' } as never))).toMatchObject({ operation: 'convolve', dimension: 'x' });
  expect(thrown(() => convolve(x, kernel, 'y' as 'x'))).toMatchObject({ operation: 'convolve', dimension: 'y' });
  expect(thrown(() => convolve(x, zeros({ x: 0 }), 'x'))).toMatchObject({ operation: 'convolve', dimension: 'x' });
  expect(thrown(() => convolve(x, zeros({ c: 3, x: 2 }), 'x'))).toMatchObject({ operation: 'convolve', dimension: 'c' });
  for (const groups of [3, 0, 0.5]) expect(thrown(() => convolve(x, kernel, 'x', { contract: 'c', groups })).message).toMatch(/groups do not divide the channels/);
  expect(thrown(() => convolve(x, zeros({ x: 2, k: 2 }), 'x', { groups: 2 }))).toMatchObject({ operation: 'convolve' });
  expect(thrown(() => convolveTransposed(zeros({ k: 3, x: 2 }), kernel, 'x', { contract: 'k' }))).toMatchObject({ operation: 'convolveTransposed', dimension: 'k' });
});
