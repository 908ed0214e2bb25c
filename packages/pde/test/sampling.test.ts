/** @file Sampling: exact for multilinear functions, continued as the boundaries say, with derivatives in field and points. */
import { describe, expect, test } from 'vitest';
import { checkGradients } from '@tapeflow/autodiff';
import { add, mul, precision, scalar, tensor, type Scalar, type Tensor } from '@tapeflow/tensor';
import { antisymmetric, box, centered, CenteredField, constant, grid, GridError, open, periodic, positionsOf, sample, sides, staggered, symmetric, wall, zeroGradient, type Boundary, type Grid, type Points } from '../src/index.ts';
import { sampleComponent } from '../src/sampling.ts';
import { centerLayout, type Layout } from '../src/layout.ts';
import { reader, valueAt } from './continuation.ts';
import { doubles, expectClose, flat, inDouble, randomCentered, randomStaggered, randomTensor } from './support.ts';

const SEED = 41;
const domains: readonly Grid[] = [
  grid({ x: 5 }, box({ x: [-1, 1] })),
  grid({ x: 5, y: 4 }, box({ x: [-1, 1], y: [0, 3] })),
  grid({ x: 3, y: 4, z: 2 }, box({ x: [-1, 1], y: [0, 3], z: [2, 2.5] })),
];

/** `count` points in the grid, or around it: `around` 1 goes as far out as the grid is wide. */
function pointsIn(domain: Grid, count: number, around = 0): Record<string, Tensor> {
  return Object.fromEntries(domain.axes.map(({ name, lower, upper }, k) => [name, randomTensor({ point: count }, SEED + k).mul((0.5 + around) * (upper - lower)).add((lower + upper) / 2)]));
}

/** Σ over all products of coordinates: linear in each. */
const multilinear = (points: Points): Tensor => Object.values(points).reduce<Tensor>((product, x, k) => product.mul((x as Tensor).add(k + 1.5)) as Tensor, tensor({}, 1) as Tensor<never> as Tensor);

describe.each([1, 2, 3])('in %i dimensions', (rank) => {
  const domain = domains[rank - 1]!;

  test('exact for multilinear functions inside, at centres and on faces', inDouble(() => {
    // Points no farther out than the outermost samples.
    const inner = Object.fromEntries(domain.axes.map(({ name, lower, upper, width }, k) => [name, randomTensor({ point: 50 }, SEED + k).mul(0.5 * (upper - lower - width)).add((lower + upper) / 2)]));
    const expected = flat(multilinear(inner));
    expectClose(sample(centered(domain, multilinear), inner), expected, 1e-13);
    const faces = sample(staggered(domain, multilinear as (points: Points) => never, { boundary: open }), inner);
    for (const name of domain.names) expectClose(faces.at({ vector: name }), expected, 1e-13);
  }));

  test('samples themselves are given back', inDouble(() => {
    const field = randomCentered(domain, wall);
    expectClose(inOrderOf(field.values, sample(field, domain.centers())), field, 1e-14);
    const faces = randomStaggered(domain, open);
    for (const name of domain.names) expectClose(inOrderOf(faces.component(name), sampleComponent(faces.component(name), faces.layout(name), cellsOf(domain, positionsOf(faces.layout(name))))), faces.component(name), 1e-14);
  }));

  const kinds: Readonly<Record<string, Boundary>> = {
    'walls with a value': constant(0.7),
    'walls at rest': wall,
    'constant at the ghost': constant(0.7, { at: 'ghost' }),
    'zero at the ghost': constant(0, { at: 'ghost' }),
    'zero gradient': zeroGradient,
    periodic,
    symmetric,
    antisymmetric,
    'a different rule on each side': sides({ x: [constant(-2), antisymmetric], y: [symmetric, constant(3, { at: 'ghost' })], z: [zeroGradient, wall] }),
    'mixed axes': sides({ x: periodic, y: [wall, zeroGradient], z: [antisymmetric, symmetric] }),
    'mixed the other way': sides({ x: [zeroGradient, constant(0.4)], y: antisymmetric, z: periodic }),
  };
  test.each(Object.keys(kinds))('agrees with a slow loop inside and outside: %s', inDoubleFor((kind: string) => {
    const boundary = kinds[kind]!;
    const points = pointsIn(domain, 200, 1.4);
    const cells = cellsOf(domain, points);
    const columns = Object.fromEntries(Object.entries(cells).map(([name, t]) => [name, flat(t)]));
    const check = (values: Tensor, layout: Layout, label: string): void => {
      const seen = flat(sampleComponent(values, layout, cells));
      const read = reader(flat(values), layout);
      seen.forEach((value, k) => {
        const point = Object.fromEntries(Object.entries(columns).map(([name, column]) => [name, column[k]!]));
        expect(value, `${label} at ${JSON.stringify(point)}, seed ${SEED}`).toBeCloseTo(valueAt(layout, point, read), 11);
      });
    };
    check(randomCentered(domain, boundary, { seed: SEED }).values, centerLayout(domain, boundary), 'centres');
    const faces = randomStaggered(domain, boundary, { seed: SEED });
    for (const name of domain.names) check(faces.component(name), faces.layout(name), `faces of ${name}`);
  }));

  test('derivatives with respect to the field, the points and the value on the wall, to second order', inDouble(() => {
    const boundary = (value: Scalar): Boundary => constant(value);
    const f = ({ values, points, value }: { values: Tensor; points: Points; value: Scalar }): Tensor => sample(new CenteredField(domain, values, boundary(value)), points);
    const at = { values: randomCentered(domain, wall, { seed: SEED }).values, points: pointsIn(domain, 12), value: scalar(0.3) };
    checkGradients(f, at, { order: 2, seed: SEED, step: 1e-4 });
  }));

  test('derivatives of staggered fields that wrap and mirror', inDouble(() => {
    const boundary = sides({ x: periodic, y: symmetric, z: antisymmetric });
    const f = ({ field, points }: { field: typeof faces; points: Points }): Tensor => sample(field, points);
    const faces = randomStaggered(domain, boundary, { seed: SEED });
    checkGradients(f, { field: faces, points: pointsIn(domain, 12, 0.4) }, { order: 2, seed: SEED, step: 1e-4 });
  }));
});

test('centred values 1, 2, 4: a ramp from the last centre to the ghost or the wall, then constant', inDouble(() => {
  const at = (boundary: Boundary, ...x: number[]): number[] => flat(sample(centered(grid({ x: 3 }), doubles({ x: 3 }, [1, 2, 4]), { boundary }), { x: doubles({ p: x.length }, x) }));
  expect(at(constant(0, { at: 'ghost' }), -7, -0.5, 0, 0.25, 3, 3.25, 3.5, 4)).toEqual([0, 0, 0.5, 0.75, 2, 1, 0, 0]);
  expect(at(constant(0), -7, -0.5, 0, 0.25, 3, 3.25, 2.75)).toEqual([0, 0, 0, 0.5, 0, 0, 2]);
  expect(at(zeroGradient, -7, 0, 0.25, 3, 9)).toEqual([1, 1, 1, 4, 4]);
  expect(at(periodic, 0, 3, -0.25, 2.75, 300.75)).toEqual([2.5, 2.5, 3.25, 3.25, 1.25]);
  expect(at(symmetric, -1.5, -0.25, -1, 3.25, 5)).toEqual([2, 1, 1.5, 4, 1.5]);
  expect(at(antisymmetric, -1.5, -0.25, 0, -1, 3.5, 5)).toEqual([-2, -0.5, 0, -1.5, -4, -1.5]);
}));

test.each([32, 64] as const)('the value on a wall is had exactly there, in %i bit', (bits) => precision(bits, () => {
  const domain = grid({ x: 7, y: 5 }, box({ x: [-0.3, 1.1], y: [2, 2.7] }));
  const field = randomCentered(domain, constant(0.1), { seed: SEED });
  const faces = randomStaggered(domain, constant(0.1), { seed: SEED });
  const along = tensor({ p: 6 }, [2, 2.05, 2.3, 2.35, 2.6, 2.7]);
  const wallValue = bits === 32 ? Math.fround(0.1) : 0.1;
  for (const x of [-0.3, 1.1]) {
    for (const values of [sample(field, { x: scalar(x), y: along }), sample(faces, { x: scalar(x), y: along }).at({ vector: 'x' })]) {
      expectClose(values, new Array<number>(6).fill(wallValue), bits === 32 ? 2e-6 : 1e-15, `x = ${x}`);
    }
  }
}));

describe('circles', () => {
  test.each([32, 64] as const)('in %i bit a hair below 0 is the upper end', (bits) => precision(bits, () => {
    const n = 16;
    const values = randomTensor({ x: n }, SEED);
    const field = centered(grid({ x: n }), values, { boundary: periodic });
    const faces = staggered(grid({ x: n }), { x: values }, { boundary: periodic });
    const hairs = tensor({ p: 5 }, [-1e-9, -1e-30, 0, n, n * 1000]);
    const middle = (flat(values)[0]! + flat(values)[n - 1]!) / 2;
    expectClose(sample(field, { x: hairs }), new Array<number>(5).fill(middle), 1e-6);
    expectClose(sample(faces, { x: hairs }).at({ vector: 'x' }), new Array<number>(5).fill(flat(values)[0]!), 1e-6);
  }));

  test('winding any number of times changes nothing', inDouble(() => {
    const domain = domains[1]!;
    const field = randomCentered(domain, periodic, { seed: SEED });
    const points = pointsIn(domain, 40);
    for (const turns of [-3, -1, 1, 7]) {
      const moved = Object.fromEntries(domain.axes.map(({ name, lower, upper }) => [name, points[name]!.add(turns * (upper - lower))]));
      expectClose(sample(field, moved), sample(field, points), 1e-12);
    }
  }));
});

test('a mirror image is seen once, from either end: turning the field around changes nothing', inDouble(() => {
  const n = 5;
  const values = randomTensor({ x: n }, SEED);
  const turned = doubles({ x: n }, flat(values).reverse());
  const x = randomTensor({ p: 200 }, 3).mul(4 * n);
  for (const boundary of [symmetric, antisymmetric, sides({ x: [symmetric, symmetric] })]) {
    const seen = sample(centered(grid({ x: n }), values, { boundary }), { x });
    const back = sample(centered(grid({ x: n }), turned, { boundary }), { x: mul(-1, x).add(n) });
    expectClose(seen, back, 1e-12);
  }
}));

describe('one sample along an axis', () => {
  test.each([
    ['walls', constant(1), [1, 2, 3, 2, 1]],
    ['zero gradient', zeroGradient, [3, 3, 3, 3, 3]],
    ['a circle', periodic, [3, 3, 3, 3, 3]],
    ['mirrors', symmetric, [3, 3, 3, 3, 3]],
  ] as const)('between %s', (_name, boundary, expected) => precision(64, () => {
    const field = centered(grid({ x: 1 }), 3, { boundary });
    expect(flat(sample(field, { x: doubles({ p: 5 }, [-0.5, 0.25, 0.5, 0.75, 1.5]) }))).toEqual(expected);
  }));

  test('a face that is not stored, between two walls', inDouble(() => {
    const field = staggered(grid({ x: 1 }), 0, { boundary: sides({ x: [constant(2), constant(4)] }) });
    expect(flat(sample(field, { x: doubles({ p: 5 }, [-1, 0, 0.25, 1, 9]) }))).toEqual([2, 2, 2.5, 4, 4]);
  }));

  test('with derivatives', inDouble(() => {
    const domain = grid({ x: 1, y: 4 });
    for (const boundary of [wall, zeroGradient, periodic]) {
      checkGradients(({ values, points }: { values: Tensor; points: Points }) => sample(centered(domain, values, { boundary }), points), { values: randomTensor(domain.shape, 1), points: pointsIn(domain, 5) }, { seed: SEED, step: 1e-4 });
    }
  }));
});

describe('batches', () => {
  test('of fields, of points, of both', inDouble(() => {
    const domain = domains[1]!;
    const field = randomCentered(domain, wall, { batch: 3, seed: SEED });
    const one = (k: number): CenteredField => field.with(field.values.at({ batch: k }));
    const shared = pointsIn(domain, 4);
    const each = Object.fromEntries(Object.entries(shared).map(([name, x]) => [name, x.add(randomTensor({ batch: 3 }, 8).mul(0.1))]));
    const ofFields = sample(field, shared);
    const ofBoth = sample(field, each);
    expect(ofFields.sizes).toEqual({ batch: 3, point: 4 });
    expect(ofBoth.sizes).toEqual({ batch: 3, point: 4 });
    for (let k = 0; k < 3; k++) {
      const pick = (t: Tensor): Tensor => t.at({ batch: k });
      expectClose(pick(ofFields), sample(one(k), shared), 0);
      expectClose(pick(ofBoth), sample(one(k), Object.fromEntries(Object.entries(each).map(([name, x]) => [name, pick(x)]))), 0);
    }
    expect(sample(one(0), each).sizes).toEqual({ batch: 3, point: 4 });
  }));

  test('vectors give vectors', inDouble(() => {
    const domain = domains[1]!;
    const field = centered(domain, { x: randomTensor(domain.shape, 1), y: 2 });
    const values = sample(field, pointsIn(domain, 4));
    expect(values.dims.map(({ name, items }) => [name, items])).toEqual([['vector', ['x', 'y']], ['point', undefined]]);
    expectClose(values.at({ vector: 'y' }), [2, 2, 2, 2], 1e-15);
  }));
});

test('a point that is not a number gives NaN, not a value', () => {
  const field = randomCentered(grid({ x: 4, y: 3 }), wall);
  expect(flat(sample(field, { x: tensor({ p: 2 }, [NaN, 1]), y: tensor({ p: 2 }, [1, 1]) })).map(Number.isNaN)).toEqual([true, false]);
});

test('points without a coordinate are refused', () => {
  const field = randomCentered(grid({ x: 4, y: 3 }), wall);
  expect(() => sample(field, { x: scalar(1) })).toThrow(GridError);
  expect(() => sample(field, { x: scalar(1) })).toThrow(expect.objectContaining({ operation: 'sample', axis: 'y', seen: ['x'] }));
});

test('the field keeps its precision, and the points theirs', () => {
  const field = randomCentered(grid({ x: 4 }), wall, { dtype: 'f64' });
  expect(sample(field, { x: precision(64, () => scalar(1.1)) }).dtype).toBe('f64');
});

function inDoubleFor<A>(body: (argument: A) => void): (argument: A) => void {
  return (argument) => inDouble(() => body(argument))();
}

const inOrderOf = (like: Tensor, values: Tensor): Tensor => add(like.mul(0), values);

/** Coordinates in cells, written out. */
function cellsOf(domain: Grid, points: Points): Record<string, Tensor> {
  return Object.fromEntries(domain.axes.map(({ name, lower, width }) => [name, (points[name] as Tensor).sub(lower).div(width)]));
}
