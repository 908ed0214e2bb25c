/** @file divergence: what flows out of each cell; integration by parts, conservation, order of accuracy. */
import { describe, expect, test } from 'vitest';
import { checkGradients } from '@tapeflow/autodiff';
import { add, cos, mul, scalar, sin, type Scalar, type Tensor } from '@tapeflow/tensor';
import { antisymmetric, box, centered, ComponentError, constant, divergence, faceGradient, freeSlip, gradient, grid, open, periodic, sides, staggered, symmetric, toCenters, wall, zeroGradient, type Boundary, type Field, type Grid, type Points, type Positions } from '../../src/index.ts';
import { difference, doubles, dot, expectClose, expectOrder, flat, inDouble, largest, randomCentered, randomStaggered, size } from '../support.ts';

const SEED = 11;
const domains: readonly Grid[] = [
  grid({ x: 6 }, box({ x: [-1, 1] })),
  grid({ x: 6, y: 5 }, box({ x: [-1, 1], y: [0, 3] })),
  grid({ x: 4, y: 3, z: 5 }, box({ x: [-1, 1], y: [0, 3], z: [2, 2.5] })),
];

test('of faces: what flows out over the upper face less what flows in over the lower one', () => {
  const of = (values: number[], boundary: Boundary): number[] => flat(divergence(staggered(grid({ x: 3 }), { x: doubles({ x: values.length }, values) }, { boundary })));
  expect(of([1, 2], wall)).toEqual([1, 1, -2]);
  expect(of([1, 2], constant(5))).toEqual([-4, 1, 3]);
  expect(of([1, 2], antisymmetric)).toEqual([1, 1, -2]);
  expect(of([1, 2, 4, 8], open)).toEqual([1, 2, 4]);
  expect(of([1, 2, 4], periodic)).toEqual([1, 2, -3]);
  expect(of([1, 2, 4], sides({ x: [wall, open] }))).toEqual([1, 1, 2]);
  expect(of([1, 2, 4], sides({ x: [open, constant(9)] }))).toEqual([1, 2, 5]);
});

test('of centres: central differences', () => {
  const field = centered(grid({ x: 3, y: 1 }), { x: doubles({ x: 3 }, [1, 2, 4]), y: 0 }, { boundary: periodic });
  expect(flat(divergence(field))).toEqual([-1, 1.5, -0.5]);
});

describe.each([1, 2, 3])('in %i dimensions', (rank) => {
  const domain = domains[rank - 1]!;

  test('of a linear field is its trace, exactly', inDouble(() => {
    const linear = (points: Points): Record<string, Tensor> => Object.fromEntries(domain.names.map((name, k) => [name, Object.values(points).map((x, j) => mul(x as Tensor, j === k ? k + 2 : 0.7 * j)).reduce((a, b) => add(a, b))]));
    const trace = domain.names.reduce((total, _name, k) => total + k + 2, 0);
    expectClose(divergence(staggered(domain, linear, { boundary: open })), new Array<number>(domain.size).fill(trace), 1e-12);
  }));

  test('⟨∇·u, p⟩ = −⟨u, ∇p⟩ in closed, periodic and open boxes, for faces', inDouble(() => {
    const outside = constant(0, { at: 'ghost' });
    const mixed = [sides({ x: [wall, open], y: periodic, z: wall }), sides({ x: [zeroGradient, outside], y: periodic, z: zeroGradient })] as const;
    for (const [velocity, pressure] of [[wall, zeroGradient], [freeSlip, zeroGradient], [antisymmetric, symmetric], [periodic, periodic], [open, outside], mixed] as const) {
      const u = randomStaggered(domain, velocity, { seed: SEED });
      const p = randomCentered(domain, pressure, { seed: SEED + 1 });
      const error = dot(divergence(u), p) + dot(u, faceGradient(p));
      expect(Math.abs(error), `${String(velocity)}, seed ${SEED}`).toBeLessThanOrEqual(1e-12 * size(divergence(u)) * size(p));
    }
  }));

  test('⟨∇·u, p⟩ = −⟨u, ∇p⟩ on a circle, for centres', inDouble(() => {
    const u = toCenters(randomStaggered(domain, periodic, { seed: SEED }));
    const p = randomCentered(domain, periodic, { seed: SEED + 1 });
    expect(Math.abs(dot(divergence(u), p) + dot(u, gradient(p)))).toBeLessThanOrEqual(1e-12 * size(divergence(u)) * size(p));
  }));

  test('sums to 0 over a closed box or a circle: nothing gets lost', inDouble(() => {
    for (const boundary of [wall, freeSlip, antisymmetric, periodic]) {
      const divergences = flat(divergence(randomStaggered(domain, boundary, { seed: SEED })));
      const total = divergences.reduce((a, b) => a + b, 0);
      expect(Math.abs(total)).toBeLessThanOrEqual(1e-13 * divergences.reduce((a, b) => a + Math.abs(b), 0));
    }
  }));

  test('sums to what flows through the sides', inDouble(() => {
    const boundary = constant(Object.fromEntries(domain.names.map((name, k) => [name, k + 1])));
    // Through opposite walls flows the same, unless one end differs.
    const uneven = sides({ x: [constant(0), constant(Object.fromEntries(domain.names.map((name) => [name, 3])))], y: boundary, z: boundary });
    const total = flat(divergence(randomStaggered(domain, uneven, { seed: SEED }))).reduce((a, b) => a + b, 0);
    const [x] = domain.axes;
    expect(total * domain.cellVolume).toBeCloseTo((3 * domain.cellVolume * domain.size) / (x!.upper - x!.lower), 11);
  }));

  test('adjoint identity, and the gradient reaches the flow through the sides', inDouble(() => {
    for (const boundary of [wall, open, periodic, symmetric, antisymmetric, freeSlip]) {
      const [report] = checkGradients((u: Field) => divergence(u), randomStaggered(domain, boundary) as Field, { seed: SEED });
      expect(report!.exact).toBe(true);
      checkGradients((u: Field) => divergence(u), toCenters(randomStaggered(domain, boundary)) as Field, { seed: SEED });
    }
    checkGradients((value: Scalar) => divergence(staggered(domain, 1, { boundary: constant(value) })), scalar(0.4));
  }));
});

test('second order on faces and at centres', inDouble(() => {
  const make = (n: number): Grid<'x' | 'y'> => grid({ x: n, y: 2 * n }, box({ x: [0, 2 * Math.PI], y: [0, 2 * Math.PI] }));
  const u = ({ x, y }: Positions<'x' | 'y'>): Record<string, Tensor<never>> => ({ x: sin(x).mul(cos(y)), y: sin(x).mul(sin(mul(2, y))) });
  const exact = ({ x, y }: Positions<'x' | 'y'>): Tensor<never> => cos(x).mul(cos(y)).add(sin(x).mul(cos(mul(2, y))).mul(2));
  expectOrder((n) => difference(divergence(staggered(make(n), u, { boundary: periodic })), centered(make(n), exact)), [16, 32, 64], 2);
  expectOrder((n) => difference(divergence(centered(make(n), u, { boundary: periodic })), centered(make(n), exact)), [16, 32, 64], 2);
  // On faces also beside walls, where the value is exact.
  const closed = ({ x, y }: Positions<'x' | 'y'>): Record<string, Tensor<never>> => ({ x: sin(x).mul(cos(y)), y: sin(mul(0.5, y)).mul(cos(x)) });
  const closedExact = ({ x, y }: Positions<'x' | 'y'>): Tensor<never> => cos(x).mul(cos(y)).add(cos(mul(0.5, y)).mul(cos(x)).mul(0.5));
  expectOrder((n) => difference(divergence(staggered(make(n), closed, { boundary: wall })), centered(make(n), closedExact)), [16, 32, 64], 2);
}));

test('a curl has none: exactly on faces', inDouble(() => {
  // u = (∂ψ/∂y, −∂ψ/∂x) by differences of ψ at the corners, which are the faces of both axes.
  const n = 6;
  const psi = (i: number, j: number): number => Math.sin(1.3 * i) * Math.cos(0.7 * j);
  const x = Array.from({ length: n * (n + 1) }, (_, k) => psi(k % (n + 1), Math.floor(k / (n + 1)) + 1) - psi(k % (n + 1), Math.floor(k / (n + 1))));
  const y = Array.from({ length: (n + 1) * n }, (_, k) => psi(k % n, Math.floor(k / n)) - psi((k % n) + 1, Math.floor(k / n)));
  const field = staggered(grid({ x: n, y: n }), { x: doubles({ y: n, x: n + 1 }, x), y: doubles({ y: n + 1, x: n }, y) }, { boundary: open });
  expect(largest(divergence(field))).toBeLessThanOrEqual(1e-15);
}));

test('the boundary is periodic where the field is', () => {
  const field = divergence(staggered(grid({ x: 3, y: 3 }), 0, { boundary: sides({ x: periodic, y: wall }) }));
  expect([field.boundary.side('x', 'lower'), field.boundary.side('y', 'upper')].map(String)).toEqual(['periodic', 'zeroGradient']);
});

test('a scalar field has none, unless it lies along a line, where it is a vector of one component', () => {
  expect(() => divergence(centered(grid({ x: 3, y: 2 }), 1))).toThrow(ComponentError);
  expect([...divergence(centered(grid({ x: 3 }), doubles({ x: 3 }, [1, 2, 4]))).values.data]).toEqual([0.5, 1.5, 1]);
});
