/** @file laplacian: PhiFlow's tables, div grad, order of accuracy, symmetry, and Poisson problems with walls. */
import { describe, expect, test } from 'vitest';
import { checkGradients } from '@tapeflow/autodiff';
import { add, cos, mul, scalar, sin, solveLinear, type Scalar, type Tensor } from '@tapeflow/tensor';
import { antisymmetric, box, centered, CenteredField, constant, divergence, faceGradient, freeSlip, grid, laplacian, open, periodic, sides, staggered, symmetric, wall, zeroGradient, type Boundary, type Field, type Grid, type Positions } from '../../src/index.ts';
import { difference, doubles, dot, expectClose, expectOrder, flat, inDouble, largest, randomCentered, randomStaggered, size } from '../support.ts';

const SEED = 13;
const domains: readonly Grid[] = [
  grid({ x: 6 }, box({ x: [-1, 1] })),
  grid({ x: 6, y: 5 }, box({ x: [-1, 1], y: [0, 3] })),
  grid({ x: 4, y: 3, z: 5 }, box({ x: [-1, 1], y: [0, 3], z: [2, 2.5] })),
];

test.each([
  ['constant at the ghost', constant(0, { at: 'ghost' }), [0, 1, -6]],
  ['zero gradient', zeroGradient, [1, 1, -2]],
  ['periodic', periodic, [4, 1, -5]],
  ['constant at the face', constant(0), [-1, 1, -10]],
  ['constant at the face, not 0', constant(3), [5, 1, -4]],
  ['symmetric', symmetric, [1, 1, -2]],
  ['antisymmetric', antisymmetric, [-1, 1, -10]],
])('of 1, 2, 4: %s', (_name, boundary, expected) => {
  expect(flat(laplacian(centered(grid({ x: 3 }), doubles({ x: 3 }, [1, 2, 4]), { boundary })))).toEqual(expected);
});

test('of faces 1, 2, 4: walls hold their value, open sides continue, mirrors mirror', () => {
  const of = (boundary: Boundary, cells: number): number[] => flat(laplacian(staggered(grid({ x: cells }), { x: doubles({ x: 3 }, [1, 2, 4]) }, { boundary })));
  expect(of(constant(7), 4)).toEqual([7 - 2 + 2, 1, 7 - 8 + 2]);
  expect(of(open, 2)).toEqual([1, 1, -2]);
  expect(of(symmetric, 2)).toEqual([2, 1, -4]);
  expect(of(periodic, 3)).toEqual([4, 1, -5]);
  expect(of(antisymmetric, 4)).toEqual([0, 1, -6]);
});

describe.each([1, 2, 3])('in %i dimensions', (rank) => {
  const domain = domains[rank - 1]!;
  const boundaries: readonly Boundary[] = [constant(0.7), constant(0.7, { at: 'ghost' }), zeroGradient, periodic, symmetric, antisymmetric, sides({ x: [wall, zeroGradient], y: periodic, z: [antisymmetric, symmetric] })];

  test('is the divergence of the gradient on the faces', inDouble(() => {
    for (const boundary of boundaries) {
      const p = randomCentered(domain, boundary, { seed: SEED });
      const both = divergence(faceGradient(p));
      // The slope on the sides of a field that is free there is stored; all others follow from it.
      expectClose(both, laplacian(p), 1e-13 * largest(laplacian(p)), String(boundary));
    }
  }));

  test('of a quadratic is constant, exactly, away from the sides', inDouble(() => {
    const quadratic = (points: Positions<'x' | 'y'>): Tensor => Object.values(points).map((x, k) => mul((x).pow(2) as Tensor, k + 1)).reduce((a, b) => add(a, b));
    const inside = Object.fromEntries(domain.axes.map(({ name, cells }) => [name, [1, cells - 1] as const]));
    const values = laplacian(centered(domain, quadratic)).values.slice(inside);
    const expected = domain.names.reduce((total, _name, k) => total + 2 * (k + 1), 0);
    expectClose(values, flat(values).map(() => expected), 1e-10);
  }));

  test('is symmetric and not positive for homogeneous boundaries', inDouble(() => {
    for (const boundary of [wall, constant(0, { at: 'ghost' }), zeroGradient, periodic, symmetric, antisymmetric]) {
      const [a, b] = [randomCentered(domain, boundary, { seed: SEED }), randomCentered(domain, boundary, { seed: SEED + 1 })];
      expect(Math.abs(dot(laplacian(a), b) - dot(a, laplacian(b)))).toBeLessThanOrEqual(1e-12 * size(laplacian(a)) * size(b));
      expect(dot(a, laplacian(a))).toBeLessThan(0);
    }
  }));

  test('keeps the sum of what is closed or a circle', inDouble(() => {
    for (const boundary of [zeroGradient, periodic, symmetric]) {
      const values = flat(laplacian(randomCentered(domain, boundary, { seed: SEED })));
      expect(Math.abs(values.reduce((a, b) => a + b, 0))).toBeLessThanOrEqual(1e-13 * values.reduce((a, b) => a + Math.abs(b), 0));
    }
  }));

  test('adjoint identity for fields of both kinds, and the gradient reaches the value on the sides', inDouble(() => {
    for (const boundary of boundaries) {
      for (const field of [randomCentered(domain, boundary), randomStaggered(domain, boundary)]) {
        const [report] = checkGradients((u: Field) => laplacian(u), field as Field, { seed: SEED });
        expect(report!.exact).toBe(true);
      }
    }
    checkGradients((value: Scalar) => laplacian(centered(domain, 1, { boundary: constant(value) })), scalar(0.4));
  }));
});

describe('second order', () => {
  const make = (n: number): Grid<'x' | 'y'> => grid({ x: n, y: 2 * n }, box({ x: [0, 2 * Math.PI], y: [0, Math.PI] }));
  type Smooth = (points: Positions<'x' | 'y'>) => Tensor<never>;
  // ∇²u = −(a² + b²) u for these.
  const cases: Readonly<Record<string, readonly [Boundary, Smooth, number]>> = {
    periodic: [periodic, ({ x, y }) => sin(x).mul(sin(mul(2, y))), -5],
    symmetric: [symmetric, ({ x, y }) => cos(x).mul(cos(y)), -2],
    antisymmetric: [antisymmetric, ({ x, y }) => sin(x).mul(sin(y)), -2],
    'zero gradient where the slope is 0': [zeroGradient, ({ x, y }) => cos(x).mul(cos(y)), -2],
    'constant where the curvature is 0': [wall, ({ x, y }) => sin(x).mul(sin(y)), -2],
  };
  test.each(Object.keys(cases))('at centres: %s', inDoubleFor((name: string) => {
    const [boundary, u, factor] = cases[name]!;
    expectOrder((n) => difference(laplacian(centered(make(n), u, { boundary })), centered(make(n), u).mul(factor)), [16, 32, 64], 2);
  }));

  test.each([
    ['periodic', periodic, ({ x, y }: Positions<'x' | 'y'>) => sin(x).mul(sin(mul(2, y))), -5],
    ['walls', wall, ({ x, y }: Positions<'x' | 'y'>) => sin(x).mul(sin(y)), -2],
  ] as const)('on faces: %s', inDoubleFor2((_name: string, boundary: Boundary, u: Smooth, factor: number) => {
    const both = (points: Positions<'x' | 'y'>): Record<string, Tensor<never>> => ({ x: u(points), y: u(points).mul(2) });
    expectOrder((n) => difference(laplacian(staggered(make(n), both, { boundary })), staggered(make(n), both, { boundary }).mul(factor)), [16, 32, 64], 2);
  }));

  test('of solutions of Poisson problems with values on the walls, though the operator is not consistent beside them', inDouble(() => {
    // u = cos x + y² takes no symmetric values on the sides of [0, 1]²; each side gets its mean along the wall only where u is constant there.
    const u = ({ x }: Positions<'x'>): Tensor<never> => cos(x);
    const boundary = sides({ x: [constant(1), constant(Math.cos(2))] });
    const domain = (n: number): Grid<'x'> => grid({ x: n }, box({ x: [0, 2] }));
    expectOrder((n) => {
      const still = centered(domain(n), 0, { boundary });
      // ∇² is affine: what the walls do is its value at 0.
      const fromWalls = laplacian(still).values;
      const right = centered(domain(n), u).neg().values.sub(fromWalls);
      const { value } = solveLinear((p: Tensor) => laplacian(new CenteredField(still.grid, p, boundary)).values.sub(fromWalls), right, { symmetric: true, relative: 1e-12 });
      return difference(value, centered(domain(n), u));
    }, [16, 32, 64], 2);
    const beside = (n: number): number => {
      const lap = flat(laplacian(centered(domain(n), u, { boundary })));
      return Math.abs(lap[0]! + Math.cos(1 / n));
    };
    expect(beside(64)).toBeGreaterThan(0.2);
  }));
});

test('diffusion decays modes at the discrete rate 4 sin²(k h / 2) / h²', inDouble(() => {
  const n = 12;
  const domain = grid({ x: n }, box({ x: [0, 1] }));
  const h = 1 / n;
  const mode = (k: number): CenteredField => centered(domain, ({ x }) => cos(mul(2 * Math.PI * k, x)), { boundary: periodic });
  for (const k of [1, 2, 5]) expectClose(laplacian(mode(k)), mode(k).mul((-4 * Math.sin(Math.PI * k * h) ** 2) / h ** 2), 1e-9);
}));

test('the result has the boundary of differences: the same rules with values of 0', () => {
  const result = laplacian(centered(grid({ x: 3 }), 1, { boundary: sides({ x: [constant(2), zeroGradient] }) }));
  expect([result.boundary.side('x', 'lower'), result.boundary.side('x', 'upper')].map(String)).toEqual(['constant(0)', 'zeroGradient']);
  const faces = randomStaggered(grid({ x: 4, y: 3 }), freeSlip);
  expect(faces.add(laplacian(faces)).boundary).toBe(freeSlip);
});

test('of vectors, component by component', inDouble(() => {
  const domain = domains[1]!;
  const [a, b] = [randomCentered(domain, wall, { seed: 1 }), randomCentered(domain, wall, { seed: 2 })];
  const both = laplacian(centered(domain, { x: a.values, y: b.values }, { boundary: wall }));
  expectClose(both.component('x'), laplacian(a), 0);
  expectClose(both.component('y'), laplacian(b), 0);
}));

function inDoubleFor<A>(body: (argument: A) => void): (argument: A) => void {
  return (argument) => inDouble(() => body(argument))();
}

function inDoubleFor2<A extends unknown[]>(body: (...args: A) => void): (...args: A) => void {
  return (...args) => inDouble(() => body(...args))();
}
