/** @file gradient and faceGradient: PhiFlow's tables, linear functions, order of accuracy, adjoints. */
import { describe, expect, test } from 'vitest';
import { checkGradients } from '@tapeflow/autodiff';
import { add, cos, mul, scalar, sin, type Scalar, type Tensor } from '@tapeflow/tensor';
import { antisymmetric, box, centered, ComponentError, constant, faceGradient, gradient, grid, open, periodic, sides, staggered, symmetric, wall, zeroGradient, type Boundary, type CenteredField, type Grid, type Positions } from '../../src/index.ts';
import { difference, doubles, expectClose, expectOrder, flat, inDouble, largest, randomCentered } from '../support.ts';

const three = (boundary: Boundary): CenteredField => centered(grid({ x: 3 }), doubles({ x: 3 }, [1, 2, 4]), { boundary });

describe('of 1, 2, 4', () => {
  test.each([
    ['constant at the ghost', constant(0, { at: 'ghost' }), [1, 1.5, -1]],
    ['zero gradient', zeroGradient, [0.5, 1.5, 1]],
    ['periodic', periodic, [-1, 1.5, -0.5]],
    ['constant at the face', constant(0), [1.5, 1.5, -3]],
    ['symmetric', symmetric, [0.5, 1.5, 1]],
    ['antisymmetric', antisymmetric, [1.5, 1.5, -3]],
  ])('at the centres: %s', (_name, boundary, expected) => {
    expect(flat(gradient(three(boundary)))).toEqual(expected);
  });

  test.each([
    ['constant: also on the walls', constant(0), [2, 1, 2, -8]],
    ['constant at the ghost', constant(0, { at: 'ghost' }), [1, 1, 2, -4]],
    ['zero gradient: 0 on the sides, and not stored there', zeroGradient, [1, 2]],
    ['periodic', periodic, [-3, 1, 2]],
    ['symmetric', symmetric, [1, 2]],
    ['antisymmetric', antisymmetric, [2, 1, 2, -8]],
    ['one rule per end', sides({ x: [constant(0), zeroGradient] }), [2, 1, 2]],
  ])('on the faces: %s', (_name, boundary, expected) => {
    expect(flat(faceGradient(three(boundary)))).toEqual(expected);
  });
});

describe.each([1, 2, 3])('in %i dimensions', (rank) => {
  const axes = { x: [-1, 1], y: [0, 3], z: [2, 2.5] } as const;
  const names = (['x', 'y', 'z'] as const).slice(0, rank);
  const domain = grid(Object.fromEntries(names.map((name, k) => [name, 4 + k])), box(Object.fromEntries(names.map((name) => [name, axes[name]]))));
  const linear = (points: Positions<'x' | 'y'>): Tensor => Object.values(points).map((x, k) => mul(x as Tensor, k - 1.3)).reduce((a, b) => add(a, b));

  test('exact for linear functions away from the sides', inDouble(() => {
    const field = centered(domain, linear);
    names.forEach((name, k) => {
      const inside = gradient(field).component(name).slice(Object.fromEntries(domain.axes.map(({ name: axis, cells }) => [axis, [1, cells - 1] as const])));
      expectClose(inside, flat(inside).map(() => k - 1.3), 1e-12);
      expectClose(faceGradient(field).component(name), flat(faceGradient(field).component(name)).map(() => k - 1.3), 1e-12);
    });
  }));

  test('of a constant is 0', inDouble(() => {
    for (const boundary of [constant(3), zeroGradient, periodic, symmetric]) {
      expect(largest(gradient(centered(domain, 3, { boundary })))).toBe(0);
      expect(largest(faceGradient(centered(domain, 3, { boundary })))).toBe(0);
    }
  }));

  test('adjoint identity, and the gradient reaches the value on the sides', inDouble(() => {
    for (const boundary of [wall, zeroGradient, periodic, symmetric, antisymmetric]) {
      for (const operator of [gradient, faceGradient] as const) {
        const [report] = checkGradients(operator as (p: CenteredField) => unknown, randomCentered(domain, boundary), { seed: 3 });
        expect(report!.exact).toBe(true);
      }
    }
    const ofValue = (value: Scalar): unknown => [gradient, faceGradient].map((operator) => operator(centered(domain, 1, { boundary: constant(value) })));
    checkGradients(ofValue, scalar(0.4));
  }));
});

describe('second order', () => {
  const make = (n: number): Grid<'x' | 'y'> => grid({ x: n, y: 2 * n }, box({ x: [0, 2 * Math.PI], y: [0, Math.PI] }));
  // [u, ∂u/∂x, ∂u/∂y] whose continuation is what the boundary says.
  type Smooth = (points: Positions<'x' | 'y'>) => Tensor<never>;
  const cases: Readonly<Record<string, readonly [Boundary, Smooth, Smooth, Smooth]>> = {
    periodic: [periodic, ({ x, y }) => sin(x).mul(sin(mul(2, y))), ({ x, y }) => cos(x).mul(sin(mul(2, y))), ({ x, y }) => sin(x).mul(cos(mul(2, y))).mul(2)],
    symmetric: [symmetric, ({ x, y }) => cos(x).mul(cos(y)), ({ x, y }) => sin(x).mul(cos(y)).neg(), ({ x, y }) => cos(x).mul(sin(y)).neg()],
    antisymmetric: [antisymmetric, ({ x, y }) => sin(x).mul(sin(y)), ({ x, y }) => cos(x).mul(sin(y)), ({ x, y }) => sin(x).mul(cos(y))],
    'zero gradient where the slope is 0': [zeroGradient, ({ x, y }) => cos(x).mul(cos(y)), ({ x, y }) => sin(x).mul(cos(y)).neg(), ({ x, y }) => cos(x).mul(sin(y)).neg()],
    'constant where the curvature is 0': [constant(1.5), ({ x, y }) => sin(x).mul(sin(y)).add(1.5), ({ x, y }) => cos(x).mul(sin(y)), ({ x, y }) => sin(x).mul(cos(y))],
  };

  test.each(Object.keys(cases))('up to the sides: %s', inDoubleFor((name: string) => {
    const [boundary, u, ux, uy] = cases[name]!;
    const exact = (points: Positions<'x' | 'y'>): { x: Tensor<never>; y: Tensor<never> } => ({ x: ux(points), y: uy(points) });
    expectOrder((n) => difference(gradient(centered(make(n), u, { boundary })), centered(make(n), exact)), [16, 32, 64], 2);
    expectOrder((n) => {
      const slopes = faceGradient(centered(make(n), u, { boundary }));
      return difference(slopes, staggered(make(n), exact, { boundary: slopes.boundary }));
    }, [16, 32, 64], 2);
  }));

  test('beside a constant where the field is curved the error is of first order, inside of second', inDouble(() => {
    const u = ({ x }: Positions<'x'>): Tensor<never> => cos(x);
    const errors = (n: number): number[] => {
      const domain = grid({ x: n }, box({ x: [0, 2 * Math.PI] }));
      const exact = flat(centered(domain, ({ x }) => sin(x).neg()));
      return flat(gradient(centered(domain, u, { boundary: constant(1) }))).map((value, k) => Math.abs(value - exact[k]!));
    };
    expectOrder((n) => Math.max(errors(n)[0]!, errors(n)[n - 1]!), [32, 64, 128], 1);
    expectOrder((n) => Math.max(...errors(n).slice(1, -1)), [32, 64, 128], 2);
  }));
});

test('the boundary of a gradient is that of its components', () => {
  const slopes = faceGradient(centered(grid({ x: 3, y: 3 }), 0, { boundary: sides({ x: [constant(2), zeroGradient], y: periodic }) }));
  expect(String(slopes.boundary.side('x', 'lower', 'x'))).toBe('zeroGradient');
  expect(String(slopes.boundary.side('x', 'lower', 'y'))).toBe('constant(0)');
  expect(String(slopes.boundary.side('y', 'lower', 'y'))).toBe('periodic');
});

test('the field may come in batches', () => {
  const field = randomCentered(grid({ x: 4, y: 3 }), open, { batch: 2 });
  expect(gradient(field).values.sizes).toEqual({ batch: 2, vector: 2, y: 3, x: 4 });
  expect(faceGradient(field).component('x').sizes).toEqual({ batch: 2, y: 3, x: 3 });
});

test('vectors are refused', () => {
  const vector = centered(grid({ x: 3, y: 3 }), { x: 1, y: 2 });
  expect(() => gradient(vector)).toThrow(ComponentError);
  expect(() => faceGradient(vector)).toThrow(expect.objectContaining({ operation: 'faceGradient', expected: [], seen: ['x', 'y'] }));
});

function inDoubleFor<A>(body: (argument: A) => void): (argument: A) => void {
  return (argument) => inDouble(() => body(argument))();
}
