/** @file Multigrid for operators on boxes: one symmetric V-cycle, as a preconditioner [Tatebe1993]. */
import { stopGradient } from '@tapeflow/autodiff';
import { add, mul, sub } from '../named/arithmetic.ts';
import { full } from '../named/create.ts';
import type { Dim } from '../named/dims.ts';
import { concat, padConstant } from '../named/restructure.ts';
import { repeat } from '../named/tile.ts';
import type { Tensor } from '../named/tensor.ts';
import type { BoxDescription } from './box.ts';
import { along, applyLevel, diagonal, distances, finestLevel, isPeriodic, openCells, type BoxLevel, type LevelAxis } from './box-level.ts';
import { reciprocal } from './reciprocal.ts';

/** Of Jacobi sweeps; with this weight all waves that the coarser level does not have shrink fast. */
const WEIGHT = 0.8;
const SWEEPS = 2;
/** Axes whose cells are wider than the narrowest ones by this factor are made coarser only when the others have caught up. */
const MUCH_WIDER = 1.5;

/** Sums over pairs of cells along an axis; the last cell of an odd number stays alone. */
function pairSums(t: Tensor, name: string): Tensor {
  const n = t.sizes[name]!;
  const even = n % 2 === 0 ? t : padConstant(t, { [name]: [0, 1] });
  return add(even.slice({ [name]: { from: 0, to: n, step: 2 } }), even.slice({ [name]: { from: 1, to: n + 1, step: 2 } }));
}

const coarserAxes = ({ axes }: BoxLevel, names: readonly string[]): readonly LevelAxis[] =>
  axes.map((axis) => (names.includes(axis.name) ? { ...axis, spans: Array.from({ length: Math.ceil(axis.spans.length / 2) }, (_, k) => axis.spans[2 * k]! + (axis.spans[2 * k + 1] ?? 0)) } : axis));

/** Axes along which the next level has half the cells. */
function axesToHalve({ axes }: BoxLevel): readonly string[] {
  const open = axes.filter(({ spans }) => spans.length > 1);
  const width = ({ width: own, spans }: LevelAxis): number => (own * spans.reduce((a, b) => a + b)) / spans.length;
  const narrowest = Math.min(...open.map(width));
  return open.filter((axis) => width(axis) <= MUCH_WIDER * narrowest).map(({ name }) => name);
}

/** Faces between cells of the coarser level conduct like those of the finer one together, over the longer distance. */
function coarseConductance(g: Tensor, axis: LevelAxis, coarse: LevelAxis, dims: readonly Dim[]): Tensor {
  const { name, spans: { length: n } } = axis;
  const kept = g.slice({ [name]: { from: 0, to: g.sizes[name]!, step: 2 } });
  const faces = isPeriodic(axis) || n % 2 === 0 ? kept : concat([kept, g.slice({ [name]: [n, n + 1] })], name);
  const before = distances(axis);
  const after = distances(coarse);
  const position = (j: number): number => (isPeriodic(axis) ? 2 * j : Math.min(2 * j, n));
  return mul(faces, along(dims.find((dim) => dim.name === name)!, after.map((distance, j) => before[position(j)]! / distance), g.dtype));
}

function coarser(level: BoxLevel, names: readonly string[], dims: readonly Dim[]): BoxLevel {
  const axes = coarserAxes(level, names);
  const conductances = Object.fromEntries(
    axes.map((coarse, k): [string, Tensor] => {
      const axis = level.axes[k]!;
      const summed = names.filter((name) => name !== axis.name).reduce(pairSums, level.conductances[axis.name]!);
      return [axis.name, names.includes(axis.name) ? coarseConductance(summed, axis, coarse, dims) : summed];
    }),
  );
  return { axes, conductances, ...(level.mass !== undefined && { mass: names.reduce(pairSums, level.mass) }) };
}

/** A level with what the cycle needs of it. */
interface Stage {
  readonly level: BoxLevel;
  /** 1 / diagonal, and that times the weight of the sweeps. */
  readonly inverse: Tensor;
  readonly relaxation: Tensor;
  /** Axes along which the next level has half the cells. */
  readonly halved: readonly string[];
}

/** All levels, down to a single cell. */
function stagesOf(finest: BoxLevel, dims: readonly Dim[]): Stage[] {
  const stages: Stage[] = [];
  for (let level = finest; ; ) {
    const halved = axesToHalve(level);
    const inverse = reciprocal(diagonal(level));
    stages.push({ level, inverse, relaxation: mul(inverse, WEIGHT), halved });
    if (halved.length === 0) return stages;
    level = coarser(level, halved, dims);
  }
}

/** About A⁻¹ b. */
function cycle(stages: readonly Stage[], depth: number, b: Tensor): Tensor {
  const { level, inverse, relaxation, halved } = stages[depth]!;
  if (halved.length === 0) return mul(b, inverse);
  const residual = (x: Tensor): Tensor => sub(b, applyLevel(level, x));
  const sweep = (x: Tensor): Tensor => add(x, mul(residual(x), relaxation));
  let x = mul(b, relaxation);
  for (let k = 1; k < SWEEPS; k++) x = sweep(x);
  const correction = cycle(stages, depth + 1, halved.reduce(pairSums, residual(x)));
  x = halved.reduce((c, name) => {
    const n = x.sizes[name]!;
    return repeat(c, { [name]: 2 }).slice({ [name]: [0, n] });
  }, correction).add(x);
  for (let k = 0; k < SWEEPS; k++) x = sweep(x);
  return x;
}

function withoutGradients(box: BoxDescription): BoxDescription {
  const plain = <T>(factor: T): T => (typeof factor === 'number' ? factor : stopGradient(factor));
  const { shift, scale, coefficients, open } = box;
  return { axes: box.axes, shift: plain(shift), scale: plain(scale), coefficients: stopGradient(coefficients), ...(open !== undefined && { open: stopGradient(open) }) };
}

/**
 * b ↦ about A⁻¹ b by one V-cycle: two damped Jacobi sweeps, half the cells along each axis by sums over pairs, and back the same way, so
 * that it is symmetric and has the sign of A. Differences over cells that are twice as wide count half [Braess1995].
 */
export function multigridCycle(box: BoxDescription, { dims, dtype }: Pick<Tensor, 'dims' | 'dtype'>): (b: Tensor) => Tensor {
  const plain = withoutGradients(box);
  const { axes, conductances, mass } = finestLevel(plain, { dims, dtype });
  const own = dims.filter(({ name }) => axes.some((axis) => axis.name === name));
  // Tensors that are constant along an axis take part in its sums.
  const spread = (t: Tensor, faces?: LevelAxis): Tensor => {
    const shape = own.map(({ name, type, size }) => [name, { type, extent: faces?.name === name && !isPeriodic(faces) ? size + 1 : size }] as const);
    return add(full(Object.fromEntries(shape), 0, { dtype: t.dtype as 'f32' }), t);
  };
  const open = plain.open && openCells(plain.open, dtype);
  // The identity in the rows of closed cells is inverted apart.
  const massOfOpen = mass === undefined ? undefined : spread(open === undefined ? mass : mul(mass, open));
  const stages = stagesOf({ axes, conductances: Object.fromEntries(axes.map((axis) => [axis.name, spread(conductances[axis.name]!, axis)])), ...(massOfOpen !== undefined && { mass: massOfOpen }) }, dims);
  if (open === undefined) return (b) => cycle(stages, 0, b);
  return (b) => add(mul(cycle(stages, 0, mul(b, open)), open), mul(b, sub(1, open)));
}
