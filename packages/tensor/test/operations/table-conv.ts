/** @file Rows of the table of operations: convolution and its two transposes, against sums over all triples of indices. */
import type { Value } from '@tapeflow/autodiff/extend';
import type { DType } from '../../src/array/dtype.ts';
import { DTypeError, ShapeError } from '../../src/errors.ts';
import { conv as convArrays, convInput as convInputArrays, convKernel as convKernelArrays, type ConvParams } from '../../src/primitives/conv.ts';
import { build, indicesOf, list, read, toArray, type Nested } from './nested.ts';
import type { Case, Misuse, Row } from './row.ts';
import '../compile/whole-compiler.ts';

type Shape = readonly number[];

const some = (shape: Shape, dtype: DType = 'f64'): Value => toArray(build(shape, () => 1), shape, dtype);
/** One step per axis, no padding, one group, unless said otherwise. */
const steps = (rank: number, options: Partial<ConvParams> = {}): ConvParams => ({ stride: list(rank, () => 1), dilation: list(rank, () => 1), low: list(rank, () => 0), high: list(rank, () => 0), groups: 1, ...options });

/** A set of shapes that fit each other. */
interface Setting {
  readonly title: string;
  readonly x: Shape;
  readonly kernel: Shape;
  readonly y: Shape;
  readonly params: ConvParams;
}

const SETTINGS: readonly Setting[] = [
  { title: 'one axis', x: [2, 3, 6], kernel: [4, 3, 3], y: [2, 4, 4], params: steps(1) },
  { title: 'strides, dilations and padding', x: [1, 2, 7], kernel: [3, 2, 3], y: [1, 3, 4], params: steps(1, { stride: [2], dilation: [2], low: [3], high: [1] }) },
  { title: 'strides that leave a rest', x: [1, 1, 8], kernel: [1, 1, 2], y: [1, 1, 3], params: steps(1, { stride: [3] }) },
  { title: 'a stride longer than the kernel', x: [1, 1, 7], kernel: [1, 1, 1], y: [1, 1, 3], params: steps(1, { stride: [3] }) },
  { title: 'two axes, different along each', x: [2, 2, 4, 5], kernel: [3, 2, 3, 2], y: [2, 3, 2, 4], params: steps(2, { stride: [2, 1], dilation: [1, 2], low: [0, 1], high: [1, 0] }) },
  { title: 'groups', x: [2, 4, 4], kernel: [6, 2, 2], y: [2, 6, 3], params: steps(1, { groups: 2 }) },
  { title: 'a group for each channel', x: [1, 3, 3, 3], kernel: [3, 1, 2, 2], y: [1, 3, 2, 2], params: steps(2, { groups: 3 }) },
  { title: 'three axes', x: [1, 2, 3, 2, 3], kernel: [2, 2, 2, 2, 2], y: [1, 2, 2, 1, 2], params: steps(3) },
  { title: 'no spatial axis', x: [3, 4], kernel: [2, 4], y: [3, 2], params: steps(0) },
  { title: 'padding wider than the kernel', x: [1, 1, 2], kernel: [1, 1, 2], y: [1, 1, 7], params: steps(1, { low: [3], high: [3] }) },
];

/** Calls `visit` with all triples of indices of x, kernel and y that belong together. */
function forEachTriple({ x, kernel, y, params }: Setting, visit: (x: Shape, kernel: Shape, y: Shape) => void): void {
  const { stride, dilation, low, groups } = params;
  const [perGroup, channels] = [kernel[0]! / groups, kernel[1]!];
  for (const [n, o, ...position] of indicesOf(y)) {
    for (const [c, ...tap] of indicesOf(kernel.slice(1))) {
      const place = position.map((p, axis) => p * stride[axis]! + tap[axis]! * dilation[axis]! - low[axis]!);
      if (place.every((p, axis) => p >= 0 && p < x[axis + 2]!)) visit([n!, Math.floor(o! / perGroup) * channels + c!, ...place], [o!, c!, ...tap], [n!, o!, ...position]);
    }
  }
}

const ROLES = ['x', 'kernel', 'y'] as const;
type Role = (typeof ROLES)[number];

/** One of the arrays from the two others. */
function slow(setting: Setting, result: Role, a: Nested, b: Nested): Nested {
  const sums = new Map<string, number>();
  forEachTriple(setting, (...triple) => {
    const [first, second] = ROLES.flatMap((role, k) => (role === result ? [] : [triple[k]!]));
    const at = triple[ROLES.indexOf(result)]!.join();
    sums.set(at, (sums.get(at) ?? 0) + read(a, first!) * read(b, second!));
  });
  return build(setting[result], (index) => sums.get(index.join()) ?? 0);
}

type Run = (setting: Setting) => (a: Value, b: Value) => Value;

/** A row of cases for one of the three; operands come in the order x, kernel, y. */
function rowFor(name: string, result: Role, run: Run, extra: readonly Case[], errors: readonly Misuse[]): Row {
  const operands = ROLES.filter((role) => role !== result);
  const cases = SETTINGS.map((setting): Case => ({
    title: setting.title, inputs: operands.map((role) => ({ shape: setting[role] })), run: run(setting), expected: (a, b) => slow(setting, result, a!, b!),
    derivative: 'both', f32Error: 4,
  }));
  return { name, cases: [...cases, ...extra], errors, exempt: { rank0: 'there must be entries and channels' } };
}

const empty = (setting: Omit<Setting, 'title'>, result: Role, run: Run): Case => {
  const shape = setting[result];
  const operands = ROLES.filter((role) => role !== result);
  const full = { title: 'of nothing', ...setting };
  return { title: 'of nothing', inputs: operands.map((role) => ({ shape: setting[role] })), run: run(full), expected: () => build(shape, () => 0), shape, derivative: 'none' };
};
const NO_ENTRIES = { x: [0, 2, 3], kernel: [1, 2, 2], y: [0, 1, 2], params: steps(1) };
const NO_CHANNELS = { x: [1, 0, 3], kernel: [2, 0, 2], y: [1, 2, 2], params: steps(1) };

const runConv: Run = ({ params }) => (x, kernel) => convArrays(x, kernel, params);
const runInput: Run = ({ x, params }) => (kernel, y) => convInputArrays(kernel, y, { ...params, lengths: x.slice(2) });
const runKernel: Run = ({ kernel, params }) => (x, y) => convKernelArrays(x, y, { ...params, lengths: kernel.slice(2) });

const conv = rowFor('conv', 'y', runConv, [
  empty(NO_ENTRIES, 'y', runConv),
  { ...empty(NO_CHANNELS, 'y', runConv), title: 'of no channels' },
  { ...empty({ x: [1, 1, 2], kernel: [1, 1, 3], y: [1, 1, 0], params: steps(1) }, 'y', runConv), title: 'a kernel that is too long' },
], [
  { title: 'channels that do not fit', run: () => convArrays(some([1, 3, 4]), some([2, 2, 2]), steps(1)), error: ShapeError, fields: { operation: 'conv', shapes: [[1, 3, 4], [2, 2, 2]] } },
  { title: 'results that do not divide into groups', run: () => convArrays(some([1, 4, 4]), some([3, 2, 2]), steps(1, { groups: 2 })), error: ShapeError, says: /2 groups/ },
  { title: 'a stride of 0', run: () => convArrays(some([1, 1, 4]), some([1, 1, 2]), steps(1, { stride: [0] })), error: ShapeError, says: /strides \[0\]/ },
  { title: 'negative padding', run: () => convArrays(some([1, 1, 4]), some([1, 1, 2]), steps(1, { low: [-1] })), error: ShapeError },
  { title: 'a stride too many', run: () => convArrays(some([1, 1, 4]), some([1, 1, 2]), steps(2)), error: ShapeError },
  { title: 'a kernel without taps', run: () => convArrays(some([1, 1, 4]), some([1, 1, 0]), steps(1)), error: ShapeError, says: /no taps/ },
  { title: 'another rank', run: () => convArrays(some([1, 1, 4]), some([1, 1, 2, 2]), steps(1)), error: ShapeError },
  { title: 'no channels at all', run: () => convArrays(some([1]), some([1]), steps(0)), error: ShapeError },
  { title: 'dtypes that differ', run: () => convArrays(some([1, 1, 4]), some([1, 1, 2], 'f32'), steps(1)), error: DTypeError, fields: { dtypes: ['f64', 'f32'] } },
  { title: 'integers', run: () => convArrays(some([1, 1, 4], 'i32'), some([1, 1, 2], 'i32'), steps(1)), error: DTypeError, fields: { operation: 'conv' } },
]);

const convInput = rowFor('convInput', 'x', runInput, [empty(NO_ENTRIES, 'x', runInput), { ...empty(NO_CHANNELS, 'x', runInput), title: 'of no channels' }], [
  { title: 'lengths that give another result', run: () => convInputArrays(some([1, 1, 2]), some([1, 1, 3]), { ...steps(1), lengths: [5] }), error: ShapeError, fields: { operation: 'convInput' }, says: /no convolution has these lengths/ },
  { title: 'a length too few', run: () => convInputArrays(some([1, 1, 2]), some([1, 1, 3]), { ...steps(1), lengths: [] }), error: ShapeError },
  { title: 'results that do not fit', run: () => convInputArrays(some([2, 1, 2]), some([1, 1, 3]), { ...steps(1), lengths: [4] }), error: ShapeError },
]);

const convKernel = rowFor('convKernel', 'kernel', runKernel, [empty({ ...NO_ENTRIES }, 'kernel', runKernel)], [
  { title: 'lengths that give another result', run: () => convKernelArrays(some([1, 1, 4]), some([1, 1, 3]), { ...steps(1), lengths: [3] }), error: ShapeError, fields: { operation: 'convKernel' } },
  { title: 'entries that do not fit', run: () => convKernelArrays(some([2, 1, 4]), some([1, 1, 3]), { ...steps(1), lengths: [2] }), error: ShapeError },
]);

/** All rows of convolutions. */
export const convRows: readonly Row[] = [conv, convInput, convKernel];
