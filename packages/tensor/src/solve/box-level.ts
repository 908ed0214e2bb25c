/** @file An operator on the cells of a box by the conductances of its faces: applied, and made coarser. */
import { TapeflowError } from '@tapeflow/autodiff';
import { allocate, type DType } from '../array/dtype.ts';
import { NDArray } from '../array/ndarray.ts';
import { equal, mul, sub } from '../named/arithmetic.ts';
import { convert } from '../named/create.ts';
import { positionOf, type Dim } from '../named/dims.ts';
import { concat, padConstant } from '../named/restructure.ts';
import { wrap, type Tensor } from '../named/tensor.ts';
import type { Unchecked } from '../named/types.ts';
import type { BoxDescription, BoxSide, FullAxis } from './box.ts';

/** The cells along one axis. */
export interface LevelAxis extends FullAxis {
  /** How many cells of the finest level each cell spans. */
  readonly spans: readonly number[];
}

/** A level: (A u)ᵢ = mᵢ uᵢ + Σ over the faces of i of gⱼ (uᵢ − what lies across). */
export interface BoxLevel {
  readonly axes: readonly LevelAxis[];
  /**
   * g of the faces across each axis: the lower one of each cell and, unless the axis is periodic, the uppermost. Outside lies 0, so faces on
   * `neumann` sides have g = 0.
   */
  readonly conductances: Readonly<Record<string, Tensor>>;
  readonly mass?: Tensor;
}

export const isPeriodic = ({ lower }: FullAxis): boolean => lower === 'periodic';

/** Distance from the middle of the outermost cell to where the value is 0, in cells of the finest level. */
function distanceTo(side: BoxSide, span: number): number {
  return side === 'ghost' ? (span + 1) / 2 : span / 2;
}

/** Distances that the differences across the faces of an axis stand for, in cells of the finest level. */
export function distances({ spans, lower, upper }: LevelAxis): number[] {
  const n = spans.length;
  const between = Array.from({ length: n - 1 }, (_, j) => (spans[j]! + spans[j + 1]!) / 2);
  if (lower === 'periodic') return [(spans[n - 1]! + spans[0]!) / 2, ...between];
  return [distanceTo(lower, spans[0]!), ...between, distanceTo(upper, spans[n - 1]!)];
}

/** Numbers along one dimension. */
export function along(dim: Pick<Dim, 'name' | 'type'>, values: readonly number[], dtype: DType): Tensor {
  const data = allocate(dtype, values.length);
  data.set(values);
  return wrap({ value: NDArray.of(data, [values.length], dtype), dims: [{ name: dim.name, type: dim.type, size: values.length }] });
}

/** 1 / (distance · width²) for each face, 0 on `neumann` sides. */
function uniformConductances(axis: LevelAxis, factor: number): number[] {
  const all = distances(axis).map((distance) => factor / (distance * axis.width ** 2));
  if (axis.lower === 'neumann') all[0] = 0;
  if (axis.upper === 'neumann') all[all.length - 1] = 0;
  return all;
}

/** 1 on faces between two open cells, and on sides beside an open cell. */
function openFaces(open: Tensor, axis: LevelAxis): Tensor {
  const { name, spans: { length: n } } = axis;
  if (isPeriodic(axis)) return mul(open, concat([open.slice({ [name]: [n - 1, n] }), open.slice({ [name]: [0, n - 1] })], name));
  const around = padConstant(open, { [name]: [1, 1] }, 1);
  return mul(around.slice({ [name]: [0, n + 1] }), around.slice({ [name]: [1, n + 2] }));
}

/** 1 in open cells, else 0, in a real dtype. */
export function openCells(open: Tensor, dtype: DType): Tensor {
  return convert(open.dtype === 'bool' ? open : sub(1, convert(equal(open, 0), 'i32')), dtype);
}

/** The operator itself, for values like u. */
export function finestLevel(box: BoxDescription, { dims, dtype }: Pick<Tensor, 'dims' | 'dtype'>): BoxLevel {
  const { shift, scale, coefficients } = box;
  const open = box.open && openCells(box.open, dtype);
  const axes: LevelAxis[] = [];
  const conductances: Record<string, Tensor> = {};
  for (const own of box.axes) {
    const dim = dims[positionOf('boxOperator', dims, own.name)]!;
    if (dim.size === 0) throw new TapeflowError('boxOperator', `'${own.name}' has no cells.`, 'Give one or more.');
    const axis = { ...own, spans: Array.from({ length: dim.size }, () => 1) };
    let conductance = along(dim, uniformConductances(axis, typeof scale === 'number' ? scale : 1), dtype);
    if (typeof scale !== 'number') conductance = conductance.mul(scale);
    if (coefficients[own.name] !== undefined) conductance = coefficients[own.name]!.mul(conductance);
    if (open !== undefined) conductance = openFaces(open, axis).mul(conductance);
    axes.push(axis);
    conductances[own.name] = conductance;
  }
  const shifted = typeof shift === 'number' && shift === 0 ? undefined : shift;
  if (open === undefined && shifted === undefined) return { axes, conductances };
  // Closed cells have rows of the identity.
  const mass = open === undefined ? uniformMass(shifted!, dtype) : shifted === undefined ? sub(1, open) : sub(1, open).add(open.mul(shifted));
  return { axes, conductances, mass };
}

function uniformMass(shift: number | Unchecked, dtype: DType): Tensor {
  if (typeof shift !== 'number') return shift;
  const data = allocate(dtype, 1);
  data[0] = shift;
  return wrap({ value: NDArray.of(data, [], dtype), dims: [] });
}

/** A u. */
export function applyLevel({ axes, conductances, mass }: BoxLevel, u: Tensor): Tensor {
  const terms = axes.map((axis) => {
    const { name, spans: { length: n } } = axis;
    const part = (t: Tensor, from: number, to: number): Tensor => t.slice({ [name]: [from, to] });
    if (isPeriodic(axis)) {
      const around = concat([part(u, n - 1, n), u], name);
      const flux = conductances[name]!.mul(part(around, 1, n + 1).sub(part(around, 0, n)));
      return flux.sub(concat([part(flux, 1, n), part(flux, 0, 1)], name));
    }
    const around = padConstant(u, { [name]: [1, 1] });
    const flux = conductances[name]!.mul(part(around, 1, n + 2).sub(part(around, 0, n + 1)));
    return part(flux, 0, n).sub(part(flux, 1, n + 1));
  });
  const spread = terms.reduce((a, b) => a.add(b));
  return mass === undefined ? spread : u.mul(mass).add(spread);
}

/** The diagonal of A, along all axes. */
export function diagonal({ axes, conductances, mass }: BoxLevel): Tensor {
  const terms = axes.flatMap((axis) => {
    const { name, spans: { length: n } } = axis;
    const own = conductances[name]!;
    if (!isPeriodic(axis)) return [own.slice({ [name]: [0, n] }).add(own.slice({ [name]: [1, n + 1] }))];
    // A cell that is its own neighbour has no difference to it.
    return n === 1 ? [own.mul(0)] : [own.add(concat([own.slice({ [name]: [1, n] }), own.slice({ [name]: [0, 1] })], name))];
  });
  return [...terms, ...(mass === undefined ? [] : [mass])].reduce((a, b) => a.add(b));
}
