/**
 * @file Lowers convolutions to products of matrices whose right factor are the patches of an array with its padding around it: they are
 * not written down, but lie at offsets that are sums of one for the term and one for the column [Chellapilla2006].
 */
import type { Atom, Equation } from '@tapeflow/autodiff/extend';
import { bytesPerElement, type FloatDType } from '../../array/dtype.ts';
import { sizeOf, type Shape } from '../../array/strides.ts';
import type { ArrayType } from '../../array/type.ts';
import { offsetsOf } from '../../backends/js/matrix-product.ts';
import { shapesOf, type ConvParams } from '../../primitives/conv.ts';
import type { MatrixBatch, MatrixStrides } from '../kernels/fixed.ts';
import type { Block } from './block.ts';
import { mergeAxes, pushProduct } from './product.ts';
import { typeOfAtom } from './residence.ts';
import { reshapeView, reverseView, sliceView, transposeView, type View } from './view.ts';

/** Axes whose indices together count terms or columns; strides in elements. */
interface Axes {
  readonly lengths: readonly number[];
  readonly strides: readonly number[];
}

/** Lengths by what they count; channels and results are those of one group. */
interface Sizes {
  readonly entries: number;
  readonly groups: number;
  readonly channels: number;
  readonly results: number;
  readonly taps: Shape;
  /** Spatial lengths. */
  readonly x: Shape;
  readonly y: Shape;
}

const spatial = (shape: readonly number[]): number[] => shape.slice(2);

function sizesOf({ primitive, inputs, params }: Equation): Sizes {
  const [a, b] = inputs.map((atom) => typeOfAtom(atom)) as [ArrayType, ArrayType];
  const { x, kernel, y } = shapesOf(primitive.name as 'conv' | 'convInput' | 'convKernel', a, b, params as ConvParams);
  const { groups } = params as ConvParams;
  return { entries: x[0]!, groups, channels: kernel[1]!, results: kernel[0]! / groups, taps: spatial(kernel), x: spatial(x), y: spatial(y) };
}

/** y[n, o, p] = Σ kernel[o, (c, t)] patches[n, (c, t), p]. */
export function convolution(block: Block, equation: Equation): void {
  const result = resultOf(block, equation);
  if (result === undefined) return;
  const { entries, groups, channels, results, taps, y } = sizesOf(equation);
  const [x, kernel] = equation.inputs as [Atom, Atom];
  const params = equation.params as ConvParams;
  const padded = withPadding(block, x, params.low, params.high);
  const terms = channels * sizeOf(taps);
  pushPatches(block, {
    rows: results,
    terms: tapAxes(padded, channels, taps, params),
    columns: positionAxes(padded, y, params),
    left: block.contiguous(block.view(kernel)), leftStrides: { row: terms, column: 1 },
    right: padded,
    result, resultRow: sizeOf(y),
    batch: [
      { length: entries, left: 0, right: padded.strides[0]!, result: groups * results * sizeOf(y) },
      { length: groups, left: results * terms, right: channels * padded.strides[1]!, result: results * sizeOf(y) },
    ],
  });
}

/** kernel[o, (c, t)] = Σ y[n, o, p] patches[n, (c, t), p], summed over entries too. */
export function convolutionKernel(block: Block, equation: Equation): void {
  const result = resultOf(block, equation);
  if (result === undefined) return;
  const { entries, groups, channels, results, taps, y } = sizesOf(equation);
  const [x, yAtom] = equation.inputs as [Atom, Atom];
  const params = equation.params as ConvParams;
  if (sizeOf(y) === 0) return block.push({ kind: 'clear', target: result });
  const padded = withPadding(block, x, params.low, params.high);
  const columns = channels * sizeOf(taps);
  pushPatches(block, {
    rows: results,
    terms: positionAxes(padded, y, params),
    columns: tapAxes(padded, channels, taps, params),
    left: block.contiguous(block.view(yAtom)), leftStrides: { row: sizeOf(y), column: 1 },
    right: padded,
    result, resultRow: columns,
    batch: [
      { length: groups, left: results * sizeOf(y), right: channels * padded.strides[1]!, result: results * columns },
      { length: entries, left: groups * results * sizeOf(y), right: padded.strides[0]!, result: 0 },
    ],
  });
}

/** Positions of x along one axis that have one remainder by the step, and the taps that reach them. */
interface Phase {
  readonly first: number;
  readonly count: number;
  /** The taps `firstTap`, `firstTap + tapStep`, … */
  readonly firstTap: number;
  readonly tapStep: number;
  readonly taps: number;
  /** Where in y the first position lies that sees the first of them through the last tap, and how far apart two taps see it. */
  readonly source: number;
  readonly sourceStep: number;
}

/** x[n, c, q] = Σ kernel[o, c, t] y[n, o, (q + low − t·dilation) / stride]: one product for each remainder of q by the step. */
export function convolutionInput(block: Block, equation: Equation): void {
  const result = resultOf(block, equation);
  if (result === undefined) return;
  const { entries, groups, channels, results, taps, x, y } = sizesOf(equation);
  const [kernel, yAtom] = equation.inputs as [Atom, Atom];
  const params = equation.params as ConvParams;
  const phases = x.map((_, axis) => phasesOf(axis, x[axis]!, taps[axis]!, params));
  const isSparse = sizeOf(y) === 0 || phases.some((own) => own.some((phase) => phase.taps === 0));
  if (isSparse) block.push({ kind: 'clear', target: result });
  if (sizeOf(y) === 0) return;
  // One array with zeros around it serves all of them.
  const reached = phases.map((own) => own.filter((phase) => phase.taps > 0));
  const low = reached.map((own) => Math.max(0, ...own.map(({ source }) => -source)));
  const high = reached.map((own, axis) => Math.max(0, ...own.map((phase) => phase.source + (phase.taps - 1) * phase.sourceStep + phase.count - y[axis]!)));
  const padded = withPadding(block, yAtom, low, high);
  const whole = reshapeView(block.contiguous(block.view(kernel)), [groups, results, channels, ...taps])!;
  const isWhole = params.stride.every((step) => step === 1);

  for (const chosen of combinations(reached)) {
    const axes = chosen.map((_, axis) => axis + 3);
    const counts = chosen.map(({ count }) => count);
    const used = chosen.map((phase) => phase.taps);
    const sliced = sliceView(whole, [0, 0, 0, ...chosen.map(({ firstTap }) => firstTap)], [1, 1, 1, ...chosen.map(({ tapStep }) => tapStep)], [groups, results, channels, ...used]);
    // The last tap sees the first position of y: offsets increase when taps go backwards.
    const left = block.contiguous(transposeView(reverseView(sliced, axes), [0, 2, 1, ...axes]));
    const terms = results * sizeOf(used);
    const rowStrides = spatial(padded.strides);
    const target = isWhole ? result : block.fresh({ shape: [entries, groups * channels, ...counts], dtype: result.dtype });
    pushPatches(block, {
      rows: channels,
      terms: { lengths: [results, ...used], strides: [padded.strides[1]!, ...rowStrides.map((stride, axis) => stride * chosen[axis]!.sourceStep)] },
      columns: { lengths: counts, strides: rowStrides },
      left, leftStrides: { row: terms, column: 1 },
      right: { ...padded, offset: rowStrides.reduce((at, stride, axis) => at + stride * (chosen[axis]!.source + low[axis]!), padded.offset) },
      result: target, resultRow: sizeOf(counts),
      batch: [
        { length: entries, left: 0, right: padded.strides[0]!, result: groups * channels * sizeOf(counts) },
        { length: groups, left: channels * terms, right: results * padded.strides[1]!, result: channels * sizeOf(counts) },
      ],
    });
    if (!isWhole) block.copy(target, sliceView(result, [0, 0, ...chosen.map(({ first }) => first)], [1, 1, ...params.stride], target.shape));
  }
  // The result was written in parts before: it cannot take over the place of what is read in the last one.
  block.flush();
}

function phasesOf(axis: number, length: number, taps: number, params: ConvParams): Phase[] {
  const [step, dilation, low] = [params.stride[axis]!, params.dilation[axis]!, params.low[axis]!];
  return Array.from({ length: Math.min(step, length) }, (_, first): Phase => {
    const own = Array.from({ length: taps }, (__, tap) => tap).filter((tap) => (first + low - tap * dilation) % step === 0);
    const [firstTap = 0, second = firstTap + 1] = own;
    const tapStep = second - firstTap;
    const last = own.at(-1) ?? 0;
    return { first, count: Math.ceil((length - first) / step), firstTap, tapStep, taps: own.length, source: (first + low - last * dilation) / step, sourceStep: (tapStep * dilation) / step };
  });
}

function combinations<T>(lists: readonly (readonly T[])[]): T[][] {
  return lists.reduce<T[][]>((all, list) => all.flatMap((begun) => list.map((item) => [...begun, item])), [[]]);
}

/** Memory for the result; undefined where it has no elements. */
function resultOf(block: Block, { outputs }: Equation): View | undefined {
  const result = block.fresh(outputs[0]!.type as ArrayType);
  block.setView(outputs[0]!, result);
  return result.region.size === 0 ? undefined : result;
}

/** The value without gaps, with zeros around it. */
function withPadding(block: Block, atom: Atom, low: readonly number[], high: readonly number[]): View {
  if ([...low, ...high].every((count) => count === 0)) return block.contiguous(block.view(atom));
  const { shape, dtype } = typeOfAtom(atom);
  const padded = block.fresh({ shape: shape.map((length, axis) => (axis < 2 ? length : length + low[axis - 2]! + high[axis - 2]!)), dtype });
  if (padded.region.size > 0) block.push({ kind: 'clear', target: padded });
  block.store(atom, sliceView(padded, [0, 0, ...low], shape.map(() => 1), shape));
  return padded;
}

/** Channels and taps, as a patch has them. */
function tapAxes(padded: View, channels: number, taps: Shape, { dilation }: ConvParams): Axes {
  return { lengths: [channels, ...taps], strides: [padded.strides[1]!, ...spatial(padded.strides).map((stride, axis) => stride * dilation[axis]!)] };
}

/** Positions of the patches. */
function positionAxes(padded: View, y: Shape, { stride: steps }: ConvParams): Axes {
  return { lengths: y, strides: spatial(padded.strides).map((stride, axis) => stride * steps[axis]!) };
}

interface Patches {
  readonly rows: number;
  readonly terms: Axes;
  readonly columns: Axes;
  readonly left: View;
  readonly leftStrides: MatrixStrides;
  readonly right: View;
  readonly result: View;
  readonly resultRow: number;
  readonly batch: readonly MatrixBatch[];
}

/** Appends the product; where terms and columns each have one stride, as those of kernels with one tap, it is one of plain matrices. */
function pushPatches(block: Block, { rows, terms, columns, left, leftStrides, right, result, resultRow, batch }: Patches): void {
  const [row, column] = [terms, columns].map(({ lengths, strides }) => mergeAxes(lengths, strides));
  const isPlain = row !== undefined && column !== undefined;
  const dtype = result.dtype as FloatDType;
  const offsets = isPlain ? [] : [terms, columns].map((axes) => offsetTable(block, axes, bytesPerElement(dtype)));
  pushProduct(block, {
    kind: 'matrixProduct',
    dtype,
    rows,
    terms: sizeOf(terms.lengths),
    columns: sizeOf(columns.lengths),
    left: leftStrides,
    right: isPlain ? { row: row.stride, column: column.stride } : 'indexed',
    result: { row: resultRow, column: 1 },
    batch,
  }, [left, right, result, ...offsets]);
}

/** Offsets in bytes of all indices along some axes, the last one fastest. */
function offsetTable(block: Block, { lengths, strides }: Axes, bytes: number): View {
  const inBytes = strides.map((stride) => stride * bytes);
  return block.constants.table(`offsets ${lengths.join()} ${inBytes.join()}`, 'i32', () => offsetsOf(lengths, inBytes));
}
