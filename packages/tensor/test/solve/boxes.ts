/** @file Operators on boxes by plain loops over cells and neighbours, as dense matrices, and their solutions by elimination. */
import { directionGenerator } from '@tapeflow/autodiff/extend';
import { boxOperator, tensor, type BoxOperator, type BoxSide, type Tensor } from '@tapeflow/tensor';

export type Pair = readonly [lower: BoxSide, upper: BoxSide];

/** All pairs of sides that an axis can have. */
export const PAIRS: readonly Pair[] = [
  ['periodic', 'periodic'],
  ...(['neumann', 'dirichlet', 'ghost'] as const).flatMap((lower) => (['neumann', 'dirichlet', 'ghost'] as const).map((upper): Pair => [lower, upper])),
];

/** A box with its axes in the order of storage, and all that an operator on it can have, as lists of numbers. */
export interface LoopBox {
  readonly axes: readonly { readonly name: string; readonly cells: number; readonly width?: number; readonly sides: Pair }[];
  readonly shift?: number;
  readonly scale?: number;
  /** Per axis, on all faces across it, in the order of storage. */
  readonly coefficients?: Readonly<Record<string, readonly number[]>>;
  readonly open?: readonly number[];
}

export const cellsOf = ({ axes }: LoopBox): number => axes.reduce((product, { cells }) => product * cells, 1);

/** Sizes of the faces across an axis. */
export function facesAcross({ axes }: LoopBox, across: string): number[] {
  return axes.map(({ name, cells, sides: [lower] }) => (name === across && lower !== 'periodic' ? cells + 1 : cells));
}

const flat = (index: readonly number[], sizes: readonly number[]): number => index.reduce((total, k, axis) => total * sizes[axis]! + k, 0);

/** Row by row: what each cell exchanges with its neighbours and with the sides. */
export function matrixByLoops(box: LoopBox): number[][] {
  const { axes, shift = 0, scale = 1, coefficients = {}, open } = box;
  const sizes = axes.map(({ cells }) => cells);
  const count = cellsOf(box);
  const matrix = Array.from({ length: count }, () => new Array<number>(count).fill(0));
  for (let i = 0; i < count; i++) {
    if (open !== undefined && open[i] === 0) {
      matrix[i]![i] = 1;
      continue;
    }
    matrix[i]![i]! += shift;
    let rest = i;
    const index = sizes.map(() => 0);
    for (let axis = sizes.length - 1; axis >= 0; axis--) {
      index[axis] = rest % sizes[axis]!;
      rest = Math.floor(rest / sizes[axis]!);
    }
    axes.forEach(({ name, cells, width = 1, sides }, axis) => {
      for (const end of [0, 1] as const) {
        const face = index[axis]! + end;
        const isPeriodic = sides[0] === 'periodic';
        const own = coefficients[name];
        const at = own === undefined ? 1 : own[flat(index.map((k, d) => (d === axis ? (isPeriodic ? face % cells : face) : k)), facesAcross(box, name))]!;
        const g = (scale * at) / width ** 2;
        const beyond = end === 0 ? face - 1 : face;
        if (!isPeriodic && (beyond < 0 || beyond >= cells)) {
          const side = sides[end];
          matrix[i]![i]! += side === 'neumann' ? 0 : side === 'ghost' ? g : 2 * g;
          continue;
        }
        const j = flat(index.map((k, d) => (d === axis ? (beyond + cells) % cells : k)), sizes);
        if (open !== undefined && open[j] === 0) continue;
        matrix[i]![i]! += g;
        matrix[i]![j]! -= g;
      }
    });
  }
  return matrix;
}

export const times = (matrix: readonly (readonly number[])[], x: ArrayLike<number>): number[] => matrix.map((row) => row.reduce((total, a, k) => total + a * x[k]!, 0));

/** Elimination with the largest pivot of each column. */
export function eliminate(matrix: readonly (readonly number[])[], b: readonly number[]): number[] {
  const n = b.length;
  const a = matrix.map((row, i) => [...row, b[i]!]);
  for (let k = 0; k < n; k++) {
    let best = k;
    for (let i = k + 1; i < n; i++) if (Math.abs(a[i]![k]!) > Math.abs(a[best]![k]!)) best = i;
    [a[k], a[best]] = [a[best]!, a[k]!];
    for (let i = k + 1; i < n; i++) {
      const factor = a[i]![k]! / a[k]![k]!;
      for (let j = k; j <= n; j++) a[i]![j]! -= factor * a[k]![j]!;
    }
  }
  const x = new Array<number>(n).fill(0);
  for (let i = n - 1; i >= 0; i--) x[i] = (a[i]![n]! - a[i]!.slice(i + 1, n).reduce((total, v, k) => total + v * x[i + 1 + k]!, 0)) / a[i]![i]!;
  return x;
}

/** Whether constants on the open cells are mapped to 0. */
export const isSingular = ({ axes, shift = 0 }: LoopBox): boolean => shift === 0 && axes.every(({ sides }) => sides.every((side) => side === 'neumann' || side === 'periodic'));

/** The solution (with mean 0 over the open cells where there are many); the right-hand side must have mean 0 then. */
export function solveByElimination(box: LoopBox, b: readonly number[]): number[] {
  const open = box.open ?? b.map(() => 1);
  const matrix = matrixByLoops(box);
  // A multiple of the constants' projection leaves a solution of mean 0 as it is.
  return eliminate(isSingular(box) ? matrix.map((row, i) => row.map((a, j) => a + open[i]! * open[j]!)) : matrix, b);
}

export function randomNumbers(count: number, seed: number, from: number = -1, to: number = 1): number[] {
  const random = directionGenerator(seed);
  return Array.from({ length: count }, () => from + ((random() + 1) / 2) * (to - from));
}

/** Random numbers on the cells, without mean over the open ones where constants are in the null space, 0 on the others there. */
export function rightHandSide(box: LoopBox, seed: number): number[] {
  const numbers = randomNumbers(cellsOf(box), seed);
  if (!isSingular(box)) return numbers;
  const open = box.open ?? numbers.map(() => 1);
  const mean = numbers.reduce((total, v, k) => total + v * open[k]!, 0) / open.reduce((a, b) => a + b);
  return numbers.map((v, k) => v * open[k]! - mean * open[k]!);
}

const shapeOf = ({ axes }: LoopBox, sizes: readonly number[]): Record<string, number> => Object.fromEntries(axes.map(({ name }, k) => [name, sizes[k]!]));

/** Numbers on the cells of a box. */
export const onCells = (box: LoopBox, values: readonly number[]): Tensor => tensor(shapeOf(box, box.axes.map(({ cells }) => cells)), values);

/** The operator under test. */
export function operatorOf(box: LoopBox): BoxOperator {
  const { axes, shift, scale, coefficients, open } = box;
  return boxOperator(Object.fromEntries(axes.map(({ name, width, sides }) => [name, { sides, ...(width !== undefined && { width }) }])), {
    ...(shift !== undefined && { shift }),
    ...(scale !== undefined && { scale }),
    ...(coefficients !== undefined && { coefficients: Object.fromEntries(Object.entries(coefficients).map(([name, values]) => [name, tensor(shapeOf(box, facesAcross(box, name)), values)])) }),
    ...(open !== undefined && { open: onCells(box, open) }),
  });
}

/** Boxes of one to three axes with a bit of everything. */
export function mixedBoxes(seed: number): Readonly<Record<string, LoopBox>> {
  const flatBox: LoopBox = { axes: [{ name: 'y', cells: 5, width: 0.5, sides: ['neumann', 'dirichlet'] }, { name: 'x', cells: 7, sides: ['periodic', 'periodic'] }] };
  const closed: LoopBox = { axes: [{ name: 'y', cells: 6, sides: ['neumann', 'neumann'] }, { name: 'x', cells: 5, width: 2, sides: ['periodic', 'periodic'] }] };
  const deep: LoopBox = { axes: [{ name: 'z', cells: 3, sides: ['ghost', 'neumann'] }, { name: 'y', cells: 4, width: 0.25, sides: ['neumann', 'neumann'] }, { name: 'x', cells: 5, sides: ['dirichlet', 'ghost'] }] };
  const coefficients = (box: LoopBox, lowest: number): Record<string, number[]> =>
    Object.fromEntries(box.axes.map(({ name }, k) => [name, randomNumbers(facesAcross(box, name).reduce((a, b) => a * b), seed + k, lowest, 2)]));
  const open = (box: LoopBox): number[] => randomNumbers(cellsOf(box), seed).map((v, k) => (v > 0.6 && k > 0 ? 0 : 1));
  return {
    'a line': { axes: [{ name: 'x', cells: 9, width: 0.1, sides: ['dirichlet', 'neumann'] }] },
    'a plane': flatBox,
    'a closed plane': closed,
    'a cube': deep,
    'shifted and scaled': { ...flatBox, shift: 0.7, scale: 3 },
    'a closed plane, shifted': { ...closed, shift: 0.7 },
    'coefficients': { ...flatBox, coefficients: coefficients(flatBox, 0.1) },
    'coefficients across one axis': { ...closed, coefficients: { y: coefficients(closed, 0.1)['y']! } },
    'coefficients in a cube, scaled': { ...deep, scale: 0.3, coefficients: coefficients(deep, 0.1) },
    'a mask': { ...flatBox, open: open(flatBox) },
    'a mask and a shift': { ...closed, shift: 0.2, open: open(closed) },
    'a mask in a closed plane': { ...closed, open: Array.from({ length: 30 }, (_, k) => ([11, 12, 16, 17].includes(k) ? 0 : 1)) },
    'all in a cube': { ...deep, shift: 1.5, coefficients: coefficients(deep, 0.1), open: open(deep) },
  };
}
