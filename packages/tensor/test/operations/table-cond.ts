/** @file Row of the table of operations: the choice between two branches, of which only one is computed. */
import type { Value } from '@tapeflow/autodiff/extend';
import { full, reduceSum } from '../../src/array/ndarray.ts';
import { condLeaves } from '../../src/control/cond.ts';
import { add, constantLike, exp, less, mul, sin } from '../../src/primitives/elementwise.ts';
import { sliceAxis } from '../../src/primitives/structure.ts';
import { ShapeError } from '../../src/errors.ts';
import { flatten, zip, type Nested } from './nested.ts';
import type { Row } from './row.ts';

const total = (x: Nested): number => flatten(x).reduce((a, b) => a + b, 0);
const isNegative = (x: Value): Value => less(reduceSum(x), constantLike(0, x));
/** sin(a x) where the sum of x is negative, else eˣ. */
const chosen = (x: Value, a: Value): readonly Value[] => condLeaves(isNegative(x), ([u, v]) => [sin(mul(v, u))], ([u]) => [exp(u)], [x, a]);
const plainChosen = (x: Nested, a: Nested): Nested => (total(x) < 0 ? zip((v, w) => Math.sin(v * w), x, a) : zip(Math.exp, x));

const condRow: Row = {
  name: 'condLeaves',
  cases: [
    { title: 'either branch', inputs: [{ shape: [3] }, { shape: [3] }], run: chosen, expected: (x, a) => plainChosen(x!, a!), derivative: 'both', f32Error: 4 },
    { title: 'the first branch', inputs: [{ shape: [3], low: -1, high: -0.2 }, { shape: [3] }], run: chosen, expected: (x, a) => plainChosen(x!, a!), derivative: 'both', f32Error: 4 },
    { title: 'the second branch', inputs: [{ shape: [3], low: 0.2, high: 1 }, { shape: [3] }], run: chosen, expected: (x, a) => plainChosen(x!, a!), derivative: 'both', f32Error: 4 },
    { title: 'rank 0', inputs: [{ shape: [] }, { shape: [] }], run: chosen, expected: (x, a) => plainChosen(x!, a!), derivative: 'both', f32Error: 4 },
    { title: 'size zero', inputs: [{ shape: [0] }, { shape: [0] }], run: chosen, expected: () => [], derivative: 'none', shape: [0] },
    {
      title: 'a predicate of its own, and a captured value', inputs: [{ shape: [], dtype: 'bool' }, { shape: [2] }], derivative: 'both', f32Error: 4,
      run: (which, x) => condLeaves(which, ([u]) => [mul(u, u), full(1, [], 'i32')], ([u]) => [add(u, x), full(2, [], 'i32')], [x]),
      expected: (which, x) => (which === 1 ? [zip((v) => v * v, x!), 1] : [zip((v) => v + v, x!), 2]),
    },
  ],
  errors: [{ title: 'an error in a branch keeps its operation', run: () => condLeaves(full(1, [], 'bool'), ([u]) => [sliceAxis(u, 0, 1, 2, 1)], (us) => us, [full(0, [2], 'f64')]), error: ShapeError, fields: { operation: 'slice' } }],
};

/** The row of choices. */
export const condRows: readonly Row[] = [condRow];
