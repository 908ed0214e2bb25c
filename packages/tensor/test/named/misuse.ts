/** @file Rows of misuse of the public functions: what is done wrong, the error, and its fields. */
import { AsyncFunctionError, TreeError } from '@tapeflow/autodiff';
import * as tf from '@tapeflow/tensor';

/** One wrong call of an exported function. */
export interface MisuseRow {
  readonly of: string;
  readonly title: string;
  readonly run: () => unknown;
  readonly error: abstract new (...args: never[]) => Error;
  readonly fields?: Readonly<Record<string, unknown>>;
}

// oxlint-disable-next-line typescript/no-explicit-any -- the compiler refuses most of these calls, which are made all the same
type Loose = any;
const call = tf as Loose as Record<string, (...args: unknown[]) => unknown>;

const plane: Loose = tf.tensor({ height: 4, width: 4 }, Array.from({ length: 16 }, (_, k) => k));
const taller: Loose = tf.zeros({ height: 5, width: 4 });
const line: Loose = tf.tensor({ x: 3 }, [1, 2, 3]);
const flags: Loose = tf.tensor({ x: 3 }, [true, false, true]);
const whole: Loose = tf.tensor({ x: 3 }, [1, 2, 3], { dtype: 'i32' });
const one: Loose = tf.scalar(1);
const wind: Loose = tf.tensor({ wind: tf.channel(['north', 'south']) }, [1, 2]);
const place = (k: number): Loose => tf.tensor({ p: 1 }, [k], { dtype: 'i32' });

const MISSPELT = 'heigth';
const near = { dimension: MISSPELT, advice: "Did you mean 'height'?" };

/** Calls that name a dimension, which is not there. */
const NAMING: Readonly<Record<string, (name: string) => unknown>> = {
  ...Object.fromEntries(['sum', 'prod', 'mean', 'min', 'max', 'any', 'all', 'norm', 'l2', 'l1', 'huber', 'variance', 'standardDeviation', 'median', 'softmax', 'logSoftmax', 'logSumExp', 'argMax', 'argMin', 'cumulativeSum', 'cumulativeProduct', 'cumulativeMax', 'cumulativeMin', 'sort', 'argsort', 'fft', 'ifft', 'rfft', 'dct', 'idct', 'dst', 'idst', 'flip', 'squeeze', 'unstack'].map((of) => [of, (name: string) => call[of]!(plane, name)])),
  ...Object.fromEntries(['dot', 'outer', 'convolve', 'convolveTransposed'].map((of) => [of, (name: string) => call[of]!(plane, plane, name)])),
  ...Object.fromEntries(['padConstant', 'pad'].map((of) => [of, (name: string) => call[of]!(plane, { [name]: [1, 1] })])),
  ...Object.fromEntries(['tile', 'repeat'].map((of) => [of, (name: string) => call[of]!(plane, { [name]: 2 })])),
  quantile: (name) => tf.quantile(plane, 0.5, name),
  histogram: (name) => tf.histogram(plane, 2, name),
  contract: (name) => call['contract']!([plane, plane], name),
  irfft: (name) => tf.irfft(tf.complex(plane) as Loose, name),
  concat: (name) => tf.concat([plane, plane], name),
  rename: (name) => tf.rename(plane, name, 'z'),
  roll: (name) => tf.roll(plane, name, 1),
  packDims: (name) => tf.packDims(plane, [name, 'width'], 'p'),
  unpackDim: (name) => tf.unpackDim(plane, name, { a: 2, c: 2 } as Loose),
  split: (name) => tf.split(plane, name, 2),
  gather: (name) => tf.gather(plane, { [name]: place(0) } as Loose),
  scatter: (name) => tf.scatter(plane, { [name]: place(0) } as Loose, 1),
  take: (name) => tf.take(plane, { [name]: [0] } as Loose),
  takeMask: (name) => tf.takeMask(plane, name, tf.tensor({ height: 4 }, true) as Loose),
  randomChoice: (name) => call['randomChoice']!(plane, name, { p: 1 }, tf.randomKey(1)),
  interpolateCubic: (name) => tf.interpolateCubic(plane, { [name]: tf.tensor({ p: 1 }, [0]) } as Loose),
  interpolate: (name) => tf.interpolate(plane, { [name]: tf.tensor({ p: 1 }, [0]) } as Loose),
  scan: (name) => tf.scan((carry: Loose, x: Loose) => [carry, x] as const, one, plane, { along: name }),
  toNpy: (name) => tf.toNpy(plane, { axes: [name, 'width'] }),
};

/** Functions of two tensors, which must agree. */
const PAIRS = ['add', 'sub', 'mul', 'div', 'mod', 'minimum', 'maximum', 'pow', 'hypot', 'atan2', 'polygamma', 'xlogy', 'less', 'lessEqual', 'greater', 'greaterEqual', 'equal', 'notEqual', 'and', 'or', 'xor', 'complex'];

const pairs = PAIRS.flatMap((of): MisuseRow[] => [
  { of, title: 'two sizes', run: () => call[of]!(plane, taller), error: tf.DimensionError, fields: { dimension: 'height', inputs: ['(height=4, width=4)', '(height=5, width=4)'] } },
  { of, title: 'two types of a dimension', run: () => call[of]!(line, tf.zeros({ x: tf.batch(3) })), error: tf.DimensionError, fields: { dimension: 'x', advice: 'Rename one of them, or make both of one type.' } },
  { of, title: 'two lists of item names', run: () => call[of]!(wind, tf.zeros({ wind: tf.channel(['south', 'north']) })), error: tf.DimensionError, fields: { dimension: 'wind', advice: 'Select the same items in the same order.' } },
]);

const row = (of: string, title: string, run: () => unknown, error: MisuseRow['error'], fields?: MisuseRow['fields']): MisuseRow => ({ of, title, run, error, ...(fields === undefined ? {} : { fields }) });
const dims = tf.DimensionError;

const making: readonly MisuseRow[] = [
  row('tensor', 'too few values', () => tf.tensor({ x: 2 }, [1]), tf.DataError, { expected: 2, seen: 1 }),
  row('tensor', 'ragged lists', () => tf.tensor({ y: 2, x: 2 }, [[1, 2], [3]]), dims, { dimension: 'x' }),
  row('tensor', 'a size that is no integer', () => tf.tensor({ x: 1.5 }, [1]), dims, { dimension: 'x' }),
  row('tensor', 'an item twice', () => tf.tensor({ wind: ['a', 'a'] }, [1, 2]), dims, { dimension: 'wind' }),
  ...['tensor', 'scalar', 'full', 'zeros', 'ones', 'range', 'randomUniform', 'randomNormal'].map((of) => row(of, 'an unknown dtype', () => {
    const options = { dtype: 'f46' };
    if (of === 'scalar') return call[of]!(1, options);
    if (of.startsWith('random')) return call[of]!({ x: 1 }, tf.randomKey(1), options);
    return ['tensor', 'full'].includes(of) ? call[of]!({ x: 1 }, 1, options) : call[of]!({ x: 1 }, options);
  }, tf.ArgumentError, { argument: 'dtype', seen: 'f46' })),
  ...['full', 'zeros', 'ones', 'range', 'linspace', 'randomUniform', 'randomNormal'].map((of) => row(of, 'a negative size', () => call[of]!({ x: -1 }, of.startsWith('random') ? tf.randomKey(1) : {}, 1), dims, { dimension: 'x' })),
  row('range', 'two dimensions', () => tf.range({ x: 2, y: 1 }), dims, { dimension: 'y' }),
  row('linspace', 'no dimension', () => tf.linspace({}, 0, 1), dims),
  row('convert', 'a misspelt dtype', () => tf.convert(line, 'flaot' as Loose), tf.ArgumentError, { advice: "Did you mean 'float'?" }),
  row('asScalar', 'a tensor with dimensions', () => tf.asScalar(line), dims, { dimension: 'x' }),
  row('fromNdarray', 'too many names', () => tf.fromNdarray({ data: [1], shape: [1], stride: [1], offset: 0 }, ['x', 'y']), dims, { dimension: 'y' }),
  row('fromNdarray', 'a layout outside of the data', () => tf.fromNdarray({ data: [1], shape: [2], stride: [1], offset: 0 }, ['x']), tf.IndexError, { index: 1, length: 1 }),
  row('fromNpy', 'no npy file', () => tf.fromNpy(new Uint8Array(100), ['x']), tf.FileFormatError, { reason: 'not-this-format' }),
  row('fromSafetensors', 'no safetensors file', () => tf.fromSafetensors(new Uint8Array(100)), tf.FileFormatError, { reason: 'not-this-format' }),
  row('toSafetensors', 'a name that reaches a prototype', () => tf.toSafetensors({ constructor: line } as Loose), tf.ArgumentError, { seen: 'constructor' }),
  row('toTransferable', 'a function', () => tf.toTransferable({ f: Math.sin }), TreeError, { path: 'f' }),
  row('fromTransferable', 'another message', () => tf.fromTransferable({} as Loose), tf.FileFormatError, { format: 'message' }),
  row('randomKey', 'no number', () => tf.randomKey(NaN), tf.SeedError),
  row('splitKey', 'a negative number of children', () => tf.splitKey(tf.randomKey(1), -1), tf.IndexError, { index: -1 }),
  row('foldKey', 'a negative child', () => tf.foldKey(tf.randomKey(1), -1), tf.IndexError, { index: -1 }),
  row('foldKey', 'a real child', () => tf.foldKey(tf.randomKey(1), one), tf.DTypeError, { dtypes: ['f32'] }),
  ...['randomChoice', 'randomInteger', 'randomPermutation'].map((of) => row(of, 'a negative size', () => (of === 'randomChoice' ? call[of]!(line, 'x', { p: -1 }, tf.randomKey(1)) : of === 'randomInteger' ? call[of]!({ x: -1 }, tf.randomKey(1), { high: 3 }) : call[of]!({ x: -1 }, tf.randomKey(1))), dims, { operation: of })),
  row('backend', 'no backend of single operations', () => tf.backend('gpu' as Loose, () => 1), tf.ArgumentError, { argument: 'backend', seen: 'gpu' }),
  row('precision', '16 bits', () => tf.precision(16 as Loose, () => 1), RangeError),
];

const dtypes: readonly MisuseRow[] = [
  ...['and', 'or', 'xor', 'not'].map((of) => row(of, 'real operands', () => call[of]!(line, line), tf.DTypeError, { advice: 'Compare first: less(x, y), equal(x, y).' })),
  row('select', 'a real condition', () => tf.select(line, line, line), tf.DTypeError, { dtypes: ['f32'] }),
  row('select', 'a condition of another size', () => tf.select(tf.less(taller, 1), plane, plane), dims, { dimension: 'height' }),
  row('gather', 'real positions', () => tf.gather(line, { x: line }), tf.DTypeError, { dtypes: ['f32'] }),
  row('gather', 'a position outside', () => tf.gather(line, { x: place(3) }), tf.IndexError, { index: 3, length: 3 }),
  row('scatter', 'real positions', () => tf.scatter(line, { x: line }, 1), tf.DTypeError, { dtypes: ['f32'] }),
  row('scatter', 'a position outside', () => tf.scatter(line, { x: place(-1) }, 1), tf.IndexError, { index: -1, length: 3 }),
  row('scatter', 'a misspelt mode', () => tf.scatter(line, { x: place(0) }, 1, { mode: 'maen' as Loose }), tf.ArgumentError, { argument: 'mode', seen: 'maen' }),
  row('scatter', 'a misspelt choice', () => tf.scatter(line, { x: place(0) }, 1, { outside: 'discrad' as Loose }), tf.ArgumentError, { advice: "Did you mean 'discard'?" }),
  row('scatter', 'updates with a dimension too many', () => tf.scatter(line, { x: place(0) }, tf.zeros({ z: 1 })), dims, { dimension: 'z' }),
  row('take', 'an entry outside', () => tf.take(line, { x: [3] }), tf.IndexError, { index: 3 }),
  row('take', 'a misspelt item', () => tf.take(wind, { wind: ['nort'] }), dims, { dimension: 'wind', advice: "Did you mean 'north'?" }),
  row('takeMask', 'a mask of integers', () => tf.takeMask(line, 'x', whole), tf.DTypeError, { dtypes: ['i32'] }),
  row('takeMask', 'a mask of another size', () => tf.takeMask(line, 'x', tf.tensor({ x: 2 }, true) as Loose), dims),
  row('pad', 'booleans with a sign', () => tf.pad(flags, { x: [1, 1] }, 'antisymmetric'), tf.DTypeError, { dtypes: ['bool'] }),
  row('check', 'a real condition', () => tf.check(line, () => new Error()), tf.DTypeError, { dtypes: ['f32'] }),
];

const shapes: readonly MisuseRow[] = [
  row('clip', 'limits of another size', () => tf.clip(line, tf.tensor({ x: 2 }, [0, 0]) as Loose, 1), dims, { dimension: 'x' }),
  row('polar', 'two sizes', () => tf.polar(plane, taller), dims, { dimension: 'height' }),
  row('expand', 'a dimension that is there', () => tf.expand(plane, 'height' as Loose, 2), dims, { dimension: 'height' }),
  row('expand', 'a negative size', () => tf.expand(line, 'p', -1), dims, { dimension: 'p' }),
  row('rename', 'a name that is there', () => tf.rename(plane, 'height', 'width' as Loose), dims, { dimension: 'width' }),
  row('stack', 'no tensors', () => tf.stack([], 'p'), dims, { dimension: 'p' }),
  row('stack', 'a dimension that is there', () => tf.stack([plane, plane], 'height' as Loose), dims, { dimension: 'height' }),
  row('stack', 'two sizes', () => tf.stack([plane, taller], 'p'), dims, { dimension: 'height' }),
  row('stack', 'item names that are too many', () => tf.stack({ a: line }, 'p', (() => ['q', 'r']) as Loose), dims, { dimension: 'p' }),
  row('concat', 'no tensors', () => tf.concat([], 'x'), dims),
  row('concat', 'two sizes', () => tf.concat([plane, taller], 'width'), dims, { dimension: 'height' }),
  row('concat', 'an item twice', () => tf.concat([wind, wind], 'wind'), dims, { dimension: 'wind' }),
  row('flip', 'a name twice', () => tf.flip(plane, ['height', 'height']), dims, { dimension: 'height' }),
  row('roll', 'half a place', () => tf.roll(line, 'x', 0.5), tf.ArgumentError, { argument: 'shift', seen: 0.5 }),
  row('padConstant', 'a negative width', () => tf.padConstant(line, { x: [-1, 0] }), dims, { dimension: 'x' }),
  row('pad', 'half a width', () => tf.pad(line, { x: [0.5, 0] }), dims, { dimension: 'x' }),
  row('pad', 'a misspelt mode', () => tf.pad(line, { x: [1, 0] }, 'perodic' as Loose), tf.ArgumentError, { advice: "Did you mean 'periodic'?" }),
  row('pad', 'nothing to continue', () => tf.pad(tf.zeros({ x: 0 }), { x: [1, 0] }, 'edge'), dims, { dimension: 'x' }),
  row('packDims', 'a name that is there', () => tf.packDims(plane, ['height'], 'width' as Loose), dims, { dimension: 'width' }),
  row('unpackDim', 'another product', () => tf.unpackDim(plane, 'height', { a: 3, c: 2 } as Loose), dims, { dimension: 'height' }),
  row('squeeze', 'a size of 4', () => tf.squeeze(plane, 'height'), dims, { dimension: 'height' }),
  row('split', 'parts that do not divide', () => tf.split(plane, 'height', 3), tf.ArgumentError, { argument: 'parts', seen: 3 }),
  row('split', 'sizes that do not add up', () => tf.split(plane, 'height', [1, 1]), tf.ArgumentError, { argument: 'parts' }),
  row('tile', 'a negative count', () => tf.tile(line, { x: -1 }), dims, { dimension: 'x' }),
  row('repeat', 'half a count', () => tf.repeat(line, { x: 1.5 }), dims, { dimension: 'x' }),
  row('dot', 'two sizes', () => call['dot']!(plane, taller, 'height'), dims, { dimension: 'height' }),
  row('dot', 'no matrix', () => tf.dot(plane, line), dims),
  row('contract', 'no tensors', () => call['contract']!([], 'x'), dims),
  row('contract', 'two sizes', () => tf.contract([plane, taller], 'width'), dims, { dimension: 'height' }),
  row('outer', 'columns that are there', () => tf.outer(line, tf.rename(plane, 'height', '~width'), 'width'), dims, { dimension: '~width' }),
  row('convolve', 'no stride', () => tf.convolve(line, line, 'x', { stride: 0 }), dims, { dimension: 'x' }),
  row('convolve', 'a misspelt padding', () => tf.convolve(line, line, 'x', { padding: 'vaild' as Loose }), tf.ArgumentError, { argument: 'padding', seen: 'vaild' }),
  row('convolve', 'a kernel that is too long', () => tf.convolve(line, tf.zeros({ x: 9 }) as Loose, 'x'), dims, { dimension: 'x' }),
  row('convolveTransposed', 'sizes that do not fit', () => tf.convolveTransposed(line, line, 'x', { sizes: { x: 17 } }), dims, { dimension: 'x' }),
  row('rfft', 'no dimension', () => tf.rfft(line, []), dims),
  row('irfft', 'another size', () => tf.irfft(tf.rfft(line, 'x'), 'x', { size: 9 }), dims, { dimension: 'x' }),
  ...['dct', 'idct', 'dst', 'idst'].map((of) => row(of, 'an unknown type', () => call[of]!(line, 'x', 5), tf.ArgumentError, { argument: 'type', seen: 5 })),
  row('fftFrequencies', 'two dimensions', () => tf.fftFrequencies({ x: 2, y: 2 }), dims, { dimension: 'y' }),
  row('rfftFrequencies', 'no dimension', () => tf.rfftFrequencies({}), dims),
];

const numbers: readonly MisuseRow[] = [
  row('argMax', 'nothing', () => tf.argMax(tf.zeros({ x: 0 }), 'x'), dims, { dimension: 'x' }),
  row('argMin', 'nothing', () => tf.argMin(tf.zeros({ x: 0 }), 'x'), dims, { dimension: 'x' }),
  row('quantile', 'a share above 1', () => tf.quantile(line, 1.5, 'x'), tf.ArgumentError, { argument: 'share', seen: 1.5 }),
  row('variance', 'a negative correction', () => tf.variance(line, 'x', { ddof: -1 }), tf.ArgumentError, { argument: 'ddof', seen: -1 }),
  row('standardDeviation', 'a negative correction', () => tf.standardDeviation(line, 'x', { ddof: -1 }), tf.ArgumentError, { argument: 'ddof', seen: -1 }),
  row('huber', 'a negative width', () => tf.huber(line, 'x', { delta: -1 }), tf.ArgumentError, { argument: 'delta', seen: -1 }),
  row('histogram', 'no bins', () => tf.histogram(line, 0), tf.ArgumentError, { argument: 'bins', seen: 0 }),
  row('histogram', 'a range that ends before it begins', () => tf.histogram(line, 2, 'x', { low: 2, high: 1 }), tf.ArgumentError, { argument: 'high', seen: 1 }),
  row('frequencyLoss', 'no direction of a grid', () => tf.frequencyLoss(wind), dims),
  row('stencilAt', 'a misspelt name', () => tf.stencilAt(plane, { [MISSPELT]: tf.tensor({ p: 1 }, [0]) } as Loose), dims, near),
];

const control: readonly MisuseRow[] = [
  row('cond', 'a condition with dimensions', () => tf.cond(line, () => 1, () => 2), tf.DTypeError, { dtypes: ['f32 tensor'] }),
  row('cond', 'branches that differ', () => tf.jit((x: Loose) => tf.cond(tf.less(x, 2) as Loose, () => line, () => one))(one), TreeError),
  row('scan', 'a carry that changes', () => tf.scan((carry: Loose) => [line, carry] as const, one, 2), TreeError),
  row('scan', 'tensors of two lengths', () => tf.scan((carry: Loose, x: Loose) => [carry, x] as const, one, { a: line, b: tf.zeros({ x: 2 }) } as Loose, { along: 'x' }), dims, { dimension: 'x' }),
  row('whileLoop', 'a condition with dimensions', () => tf.whileLoop(() => line, (carry: Loose) => carry, one), tf.DTypeError),
  row('whileLoop', 'a condition that never ends', () => tf.whileLoop(() => tf.less(0, 1) as Loose, (carry: Loose) => carry, one, { maxSteps: 3 }), tf.LoopLimitError, { maxSteps: 3 }),
  row('forLoop', 'a negative number of steps', () => tf.forLoop(-1, (state: Loose) => state, one), tf.ArgumentError, { argument: 'steps', seen: -1 }),
  row('vmap', 'a dimension that no argument has', () => tf.vmap((x: Loose) => x, MISSPELT)(plane), dims, { dimension: MISSPELT }),
  row('iterate', 'a negative number of steps', () => tf.iterate((state: Loose) => state, one, -1), tf.ArgumentError, { argument: 'steps', seen: -1 }),
  row('solveLinear', 'an operator with other dimensions', () => tf.solveLinear((() => tf.zeros({ y: 2 })) as Loose, line), dims),
  row('jit', 'a misspelt backend', () => tf.jit((x: Loose) => x, { backend: 'wsm' as Loose }), tf.ArgumentError, { argument: 'backend', seen: 'wsm' }),
  row('jit', 'a static argument that is not there', () => tf.jit((x: Loose) => x, { static: [3] as Loose })(line), tf.StaticArgumentError),
];

const singular: Loose = tf.tensor({ i: 2, j: 2 }, [1, 1, 1, 1]);
const roles = { rows: 'i', columns: 'j' };

const matrices: readonly MisuseRow[] = [
  ...['cholesky', 'determinant', 'inverse', 'logDeterminant'].map((of) => row(of, 'no matrix', () => call[of]!(line), dims, { operation: of })),
  row('solveDense', 'no matrix', () => call['solveDense']!(line, line), dims, { operation: 'solveDense' }),
  row('inverse', 'a singular matrix', () => call['inverse']!(singular, roles), tf.SingularMatrix, { operation: 'inverse' }),
  row('cholesky', 'a matrix that is not positive definite', () => call['cholesky']!(singular.neg(), roles), tf.NotPositiveDefinite, { operation: 'cholesky' }),
  row('root', 'a residual with other dimensions', () => tf.root(() => plane, line), dims, { dimension: 'x' }),
  row('root', 'a misspelt method', () => tf.root((x: Loose) => x, line, { method: 'newtn' as Loose }), tf.ArgumentError, { advice: "Did you mean 'newton'?" }),
  row('cgSteps', 'half a step', () => tf.cgSteps((x: Loose) => x, line, line, 0.5), tf.ArgumentError, { argument: 'steps', seen: 0.5 }),
  row('boxOperator', 'a misspelt side', () => tf.boxOperator({ x: { sides: 'neuman' as Loose } }), tf.ArgumentError, { argument: 'x.sides', seen: 'neuman' }),
  row('boxOperator', 'an axis that is not there', () => tf.boxOperator({ [MISSPELT]: { sides: 'periodic' } })(plane), dims),
  row('jacobian', 'columns in the argument', () => tf.jacobian((x: Loose) => x)(tf.zeros({ '~x': tf.dual(2) } as Loose)), dims, { dimension: '~x' }),
  row('jacobian', 'a function that returns a record', () => tf.jacobian(((x: Loose) => ({ x })) as Loose)(line), TreeError),
  row('hessian', 'an argument that is not real', () => tf.hessian((x: Loose) => tf.sum(x) as Loose)(whole), tf.DTypeError),
  row('fixedPoint', 'a map to other dimensions', () => tf.fixedPoint(() => plane, line), dims, { dimension: 'x' }),
];

const methods: readonly MisuseRow[] = [
  row('Tensor', 'at: a misspelt name', () => plane.at({ [MISSPELT]: 0 }), dims, near),
  row('Tensor', 'at: a place outside', () => line.at({ x: -4 }), tf.IndexError, { index: -4, length: 3 }),
  row('Tensor', 'at: a misspelt item', () => wind.at({ wind: 'sourth' }), dims, { dimension: 'wind', advice: "Did you mean 'south'?" }),
  row('Tensor', 'at: items that have no names', () => line.at({ x: 'north' }), dims, { dimension: 'x', advice: 'Use a position.' }),
  row('Tensor', 'slice: a misspelt name', () => plane.slice({ [MISSPELT]: [0, 1] }), dims, near),
  row('Tensor', 'slice: half a place', () => line.slice({ x: [0.5, 1] }), tf.IndexError, { index: 0.5 }),
  row('Tensor', 'slice: no step', () => line.slice({ x: { step: 0 } }), tf.IndexError, { index: 0 }),
  row('Tensor', 'an operation on more memory than there is', () => tf.zeros({ x: 2 ** 33 }).add(1), tf.AllocationError, { bytes: 2 ** 35 }),
];

const insideAndOutside: readonly MisuseRow[] = [
  row('inspect', 'a function that was not compiled', () => tf.inspect(((x: tf.Tensor) => x) as never, line), tf.NotInspectableError),
  row('hostCall', 'an async function', () => tf.hostCall(async () => {}), AsyncFunctionError),
];

/** All rows. */
export const MISUSE: readonly MisuseRow[] = [
  ...Object.entries(NAMING).map(([of, run]) => row(of, 'a misspelt name', () => run(MISSPELT), dims, { operation: of, ...near })),
  ...pairs, ...making, ...dtypes, ...shapes, ...numbers, ...control, ...matrices, ...methods, ...insideAndOutside,
];

const smooth = 'takes every tensor: integers and booleans become real';
const names = (list: string): string[] => list.split(' ');

/** Functions that refuse nothing, and why. */
export const EXEMPT: Readonly<Record<string, string>> = {
  ...Object.fromEntries(names('acos acosh asin asinh atan atanh cbrt cos cosh digamma erf erfc exp expm1 gamma lgamma log log1p sigmoid sin sinc sinh softplus sqrt tan tanh isFinite isNaN').map((name) => [name, smooth])),
  ...Object.fromEntries(names('abs ceil floor neg round sign square trunc').map((name) => [name, 'takes every tensor: booleans become integers'])),
  ...Object.fromEntries(names('batch channel dual instance spatial').map((name) => [name, 'only says how a dimension is made; whoever makes it checks it'])),
  describe: 'says what any tensor is',
  printGradient: 'takes every tree, also one without gradients',
  SolveLog: 'records whatever solves there are',
  zerosLike: 'has nothing to get wrong but the tensor',
  toNdarray: 'has nothing to get wrong but the tensor',
  interpolateStencil: 'takes only what stencilAt gives',
  Complex: 'is made by complex and polar',
  Key: 'is made by randomKey',
  loadGpu: 'its errors are promises, and tested with the backend',
};
