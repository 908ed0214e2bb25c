/** @file Rows of the table of operations: contractions. */
import type { DType } from '../../src/array/dtype.ts';
import { DTypeError, ShapeError } from '../../src/errors.ts';
import { dot as dotArrays, type DotParams } from '../../src/primitives/dot.ts';
import { build, indicesOf, read, toArray, type Nested } from './nested.ts';
import type { Case, Row } from './row.ts';
import '../compile/whole-compiler.ts';

type Shape = readonly number[];

const some = (shape: Shape, dtype: DType = 'f64'): unknown => toArray(build(shape, () => 1), shape, dtype);
const integer = (a: number, b: number, c: number): number => Number(BigInt.asIntN(32, BigInt(a) + BigInt(b) * BigInt(c)));

/** The result at an index by its definition: one loop over the summed indices. */
function slowDot(x: Nested, y: Nested, xShape: Shape, yShape: Shape, { batch, contract }: DotParams, addProduct = (a: number, b: number, c: number): number => a + b * c): Nested {
  const free = (shape: Shape, side: 0 | 1): number[] => shape.flatMap((_, axis) => ([...batch, ...contract].some((pair) => pair[side] === axis) ? [] : [axis]));
  const [xFree, yFree] = [free(xShape, 0), free(yShape, 1)];
  const shape = [...batch.map(([axis]) => xShape[axis]!), ...xFree.map((axis) => xShape[axis]!), ...yFree.map((axis) => yShape[axis]!)];
  return build(shape, (index) => indicesOf(contract.map(([axis]) => xShape[axis]!)).reduce((total, summed) => {
    const at = (own: Shape, kept: Shape, from: number, side: 0 | 1): number[] => own.map((_, axis) => {
      const inBatch = batch.findIndex((pair) => pair[side] === axis);
      const inSum = contract.findIndex((pair) => pair[side] === axis);
      return inBatch >= 0 ? index[inBatch]! : inSum >= 0 ? summed[inSum]! : index[from + kept.indexOf(axis)]!;
    });
    return addProduct(total, read(x, at(xShape, xFree, batch.length, 0)), read(y, at(yShape, yFree, batch.length + xFree.length, 1)));
  }, 0));
}

function dotted(title: string, xShape: Shape, yShape: Shape, params: Partial<DotParams>, options: Partial<Case> = {}): Case {
  const all: DotParams = { batch: [], contract: [], ...params };
  return {
    title, inputs: [{ shape: xShape }, { shape: yShape }], run: (x, y) => dotArrays(x, y, all), expected: (x, y) => slowDot(x!, y!, xShape, yShape, all),
    derivative: 'both', f32Error: 4, ...options,
  };
}

const dot: Row = {
  name: 'dot',
  cases: [
    dotted('two matrices', [3, 4], [4, 5], { contract: [[1, 0]] }),
    dotted('a matrix and a vector', [3, 4], [4], { contract: [[1, 0]] }),
    dotted('a vector and a matrix', [4], [5, 4], { contract: [[0, 1]] }),
    dotted('two vectors', [7], [7], { contract: [[0, 0]] }),
    dotted('nothing is summed', [3], [2, 2], {}),
    dotted('two axes are summed, in another order', [2, 5, 3], [3, 4, 2], { contract: [[2, 0], [0, 2]] }),
    dotted('a batch', [3, 2, 4], [4, 5, 3], { batch: [[0, 2]], contract: [[2, 0]] }),
    dotted('a batch of two axes, in another order', [2, 3, 4], [4, 3, 2], { batch: [[1, 1], [0, 2]], contract: [[2, 0]] }),
    dotted('a batch of numbers', [2, 3], [3, 2], { batch: [[0, 1], [1, 0]] }),
    dotted('long sums, in several panels', [5, 600], [600, 6], { contract: [[1, 0]] }, { tolerance: 1e-13 }),
    dotted('long sums with a vector', [3, 600], [600], { contract: [[1, 0]] }, { tolerance: 1e-13 }),
    dotted('more columns than a block has', [2, 3], [3, 515], { contract: [[1, 0]] }),
    dotted('rank 0', [], [], {}),
    dotted('sums of nothing', [2, 0], [0, 3], { contract: [[1, 0]] }, { derivative: 'none' }),
    dotted('of nothing', [0, 2], [2, 3], { contract: [[1, 0]] }, { derivative: 'none', shape: [0, 3] }),
    ...[2, 5].map((rows): Case => {
      const params: DotParams = { batch: [], contract: [[1, 0]] };
      const input = (shape: Shape) => ({ shape, low: -2e9, high: 2e9, dtype: 'i32' as const });
      return {
        title: `integers wrap around, ${rows} rows`, inputs: [input([rows, 3]), input([3, rows])], run: (x, y) => dotArrays(x, y, params),
        expected: (x, y) => slowDot(x!, y!, [rows, 3], [3, rows], params, integer), derivative: 'none', dtype: 'i32', tolerance: 0,
      };
    }),
    { title: 'a matrix with itself', inputs: [{ shape: [3, 4] }], run: (x) => dotArrays(x, x, { batch: [], contract: [[1, 1]] }), expected: (x) => slowDot(x!, x!, [3, 4], [3, 4], { batch: [], contract: [[1, 1]] }), derivative: 'both', f32Error: 4 },
  ],
  errors: [
    { title: 'axes of different lengths', run: () => dotArrays(some([2, 3]), some([4, 2]), { batch: [], contract: [[1, 0]] }), error: ShapeError, fields: { operation: 'dot', shapes: [[2, 3], [4, 2]] }, says: /axis 1 does not fit axis 0/ },
    { title: 'a batch of different lengths', run: () => dotArrays(some([2]), some([3]), { batch: [[0, 0]], contract: [] }), error: ShapeError, fields: { operation: 'dot' } },
    { title: 'an axis twice', run: () => dotArrays(some([2]), some([2, 2]), { batch: [], contract: [[0, 0], [0, 1]] }), error: ShapeError, says: /axis 0 is given twice/ },
    { title: 'an axis outside', run: () => dotArrays(some([2]), some([2]), { batch: [], contract: [[0, 1]] }), error: ShapeError, says: /no axis 1/ },
    { title: 'dtypes that differ', run: () => dotArrays(some([2]), some([2], 'f32'), { batch: [], contract: [[0, 0]] }), error: DTypeError, fields: { operation: 'dot', dtypes: ['f64', 'f32'] } },
    { title: 'booleans', run: () => dotArrays(some([2], 'bool'), some([2], 'bool'), { batch: [], contract: [[0, 0]] }), error: DTypeError, fields: { dtypes: ['bool'] } },
  ],
};

/** All rows of contractions. */
export const contractRows: readonly Row[] = [dot];
