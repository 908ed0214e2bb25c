/** @file Shapes in space: which points they contain, and how far points are from their surface. */
import { abs, and, greaterEqual, hypot, lessEqual, maximum, minimum, neg, not, or, sub, type Scalar, type Tensor } from '@tapeflow/tensor';
import { GridError } from './errors.ts';

/** Coordinates of points, one tensor per axis. They may have different dimensions, which combine by name. */
export type Points = Readonly<Record<string, Tensor<never>>>;

/** A shape. Lengths are in the units of the coordinates. */
export interface Geometry {
  readonly isGeometry: true;
  /** Whether each point lies inside or on the surface: booleans. */
  contains(points: Points): Tensor;
  /** Signed distance to the surface: negative inside. Differentiable almost everywhere. */
  distance(points: Points): Tensor;
  toString(): string;
}

export function isGeometry(value: unknown): value is Geometry {
  return typeof value === 'object' && value !== null && 'isGeometry' in value;
}

/** Lower and upper end along each axis. */
export type Ranges = Readonly<Record<string, readonly [number, number]>>;

function coordinate(points: Points, axis: string, shape: string): Tensor {
  const found = points[axis];
  if (found !== undefined) return found as Tensor;
  throw new GridError('geometry', axis, Object.keys(points), `${shape} extends along '${axis}', but the points have only ${Object.keys(points).join(', ')}.`, 'Use the axes of the grid.');
}

const reduce = (parts: readonly Tensor[], combine: (a: Tensor, b: Tensor) => Tensor): Tensor => parts.reduce((a, b) => combine(a, b));

/** A box with sides along the axes. Also the bounds of a grid. */
export class Box implements Geometry {
  readonly isGeometry = true;
  readonly ranges: Ranges;

  constructor(ranges: Ranges) {
    this.ranges = ranges;
  }

  contains(points: Points): Tensor {
    const inside = Object.entries(this.ranges).map(([axis, [lower, upper]]) => {
      const x = coordinate(points, axis, String(this));
      return and(greaterEqual(x, lower), lessEqual(x, upper));
    });
    return reduce(inside, and);
  }

  distance(points: Points): Tensor {
    const beyond = Object.entries(this.ranges).map(([axis, [lower, upper]]) =>
      abs(coordinate(points, axis, String(this)).sub((lower + upper) / 2)).sub((upper - lower) / 2),
    );
    const outside = reduce(beyond.map((excess) => maximum(excess, 0)), hypot);
    return outside.add(minimum(reduce(beyond, maximum), 0));
  }

  toString(): string {
    return `box(${Object.entries(this.ranges).map(([axis, [lower, upper]]) => `${axis}: ${lower}…${upper}`).join(', ')})`;
  }
}

/**
 * A box from the lower to the upper end along each axis; without an axis it is unbounded along it.
 *
 * Throws `GridError` when an end is not finite or the ends are out of order.
 */
export function box(ranges: Ranges): Box {
  if (Object.keys(ranges).length === 0) throw new GridError('box', '', ranges, 'the box has no axis.', 'Give { x: [lower, upper], … }.');
  for (const [axis, range] of Object.entries(ranges)) {
    const [lower, upper] = range;
    if (!(Number.isFinite(lower) && Number.isFinite(upper) && lower < upper)) {
      throw new GridError('box', axis, range, `the range of '${axis}' is ${String(lower)} to ${String(upper)}.`, 'Give two finite numbers, the lower one first.');
    }
  }
  return new Box(ranges);
}

class Sphere implements Geometry {
  readonly isGeometry = true;
  readonly center: Readonly<Record<string, number | Scalar>>;
  readonly radius: number | Scalar;

  constructor(center: Readonly<Record<string, number | Scalar>>, radius: number | Scalar) {
    this.center = center;
    this.radius = radius;
  }

  contains(points: Points): Tensor {
    return lessEqual(this.distance(points), 0);
  }

  distance(points: Points): Tensor {
    const offsets = Object.entries(this.center).map(([axis, at]) => sub(coordinate(points, axis, String(this)), at as Scalar));
    return (offsets.length === 1 ? abs(offsets[0]!) : reduce(offsets, hypot)).sub(this.radius);
  }

  toString(): string {
    return `sphere(${Object.entries(this.center).map(([axis, at]) => `${axis}: ${textOf(at)}`).join(', ')}; radius ${textOf(this.radius)})`;
  }
}

const textOf = (value: number | Scalar): string => (typeof value === 'number' ? String(value) : 'scalar');

/**
 * A sphere (3 axes), disc (2) or interval (1). Centre and radius may be scalars, to be differentiated.
 *
 * Throws `GridError` for numbers that are not finite and a negative radius.
 */
export function sphere(center: Readonly<Record<string, number | Scalar>>, radius: number | Scalar): Geometry {
  if (Object.keys(center).length === 0) throw new GridError('sphere', '', center, 'the centre has no coordinates.', 'Give { x: …, y: … }.');
  for (const [axis, at] of Object.entries(center)) {
    if (typeof at === 'number' && !Number.isFinite(at)) throw new GridError('sphere', axis, at, `the centre is at ${at} along '${axis}'.`, 'Give a finite number.');
  }
  if (typeof radius === 'number' && !(radius >= 0 && radius < Infinity)) throw new GridError('sphere', '', radius, `the radius is ${radius}.`, 'Give a finite number ≥ 0.');
  return new Sphere(center, radius);
}

class Combined implements Geometry {
  readonly isGeometry = true;
  readonly name: string;
  readonly parts: readonly Geometry[];
  private readonly combineContains: (a: Tensor, b: Tensor) => Tensor;
  private readonly combineDistance: (a: Tensor, b: Tensor) => Tensor;

  constructor(name: string, parts: readonly Geometry[], combineContains: (a: Tensor, b: Tensor) => Tensor, combineDistance: (a: Tensor, b: Tensor) => Tensor) {
    if (parts.length === 0) throw new GridError(name, '', parts, 'no shapes were given.', 'Give at least one.');
    this.name = name;
    this.parts = parts;
    this.combineContains = combineContains;
    this.combineDistance = combineDistance;
  }

  contains(points: Points): Tensor {
    return reduce(this.parts.map((part) => part.contains(points)), this.combineContains);
  }

  distance(points: Points): Tensor {
    return reduce(this.parts.map((part) => part.distance(points)), this.combineDistance);
  }

  toString(): string {
    return `${this.name}(${this.parts.join(', ')})`;
  }
}

/** All that lies in any of the shapes. Inside, the distance is a bound: the true one may be larger. */
export function union(...parts: readonly Geometry[]): Geometry {
  return new Combined('union', parts, or, minimum);
}

/** All that lies in every shape. Outside, the distance is a bound: the true one may be larger. */
export function intersection(...parts: readonly Geometry[]): Geometry {
  return new Combined('intersection', parts, and, maximum);
}

/** All that lies outside a shape. */
export function complement(shape: Geometry): Geometry {
  return {
    isGeometry: true,
    contains: (points) => not(shape.contains(points)),
    distance: (points) => neg(shape.distance(points)),
    toString: () => `complement(${String(shape)})`,
  };
}

