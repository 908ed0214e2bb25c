/** @file Numbers as a vector space, and how operations on numbers are declared: the smallest customer of the engine. */
import { applyOne, isObserved } from '../level.ts';
import { elementwise, type Primitive, type Slope } from '../primitive.ts';
import { SPACE, type VectorSpace } from '../space.ts';
import type { Box, Value } from '../value.ts';

/** A number, or a number inside a transformation. */
export type Scalar = number | Box;

/** Numbers that travel together through `vmap`. */
export class NumberList {
  readonly values: readonly Value[];

  constructor(values: readonly Value[]) {
    this.values = values;
  }

  get [SPACE](): VectorSpace {
    return scalarSpace as VectorSpace;
  }
}

/** The space of JavaScript numbers. */
export const scalarSpace: VectorSpace<'number'> = {
  name: 'number',
  typeOf: () => 'number',
  describe: () => 'a number',
  sameType: () => true,
  isDifferentiable: () => true,
  isScalar: () => true,
  zeros: () => 0,
  one: () => 1,
  add: (a, b) => add(a as Scalar, b as Scalar),
  multiply: (a, b) => mul(a as Scalar, b as Scalar),
  scale: (a, factor) => mul(a as Scalar, factor),
  dot: (a, b) => mul(a as Scalar, b as Scalar),
  unbroadcast: (cotangent) => cotangent,
  dimension: () => 1,
  basis: () => 1,
  randomLike: (_type, random) => random(),
  components: (value) => [value as number],
  bytes: () => 8,
  firstNonFinite: (value) => (Number.isFinite(value) ? -1 : 0),
  batch: {
    size: (stacked) => (stacked as NumberList).values.length,
    stack: (values) => new NumberList(values),
    split: (stacked) => [...(stacked as NumberList).values],
    repeat: (value, size) => new NumberList(new Array<Value>(size).fill(value)),
    memberType: () => 'number',
  },
};

function declare(name: string, evaluate: (...x: number[]) => number, slopes: readonly (Slope | undefined)[]): Primitive {
  const plain = (inputs: readonly Value[]): number => {
    for (const input of inputs) {
      if (typeof input !== 'number') throw new TypeError(`${name}: expected numbers, got ${input === null ? 'null' : typeof input}.`);
    }
    return evaluate(...(inputs as number[]));
  };
  return elementwise({ name, space: scalarSpace, evaluate: plain, abstract: () => ({ space: scalarSpace, type: 'number' }), slopes });
}

/** Declares a function of one number; `slope(x, y)` is dy/dx in public operations, `undefined` where it has none. */
export function unary(name: string, evaluate: (x: number) => number, slope?: (x: Scalar, y: Scalar) => Scalar): (x: Scalar) => Scalar {
  const declared = declare(name, evaluate, [slope && ((x, _b, _c, y) => slope(x as Scalar, y as Scalar))]);
  return (x) => (typeof x === 'number' && !isObserved() ? evaluate(x) : (applyOne(declared, [x]) as Scalar));
}

/** Slope of a function of two numbers to one of them, from both and the result. */
export type BinarySlope = (x: Scalar, y: Scalar, z: Scalar) => Scalar;

/** Declares a function of two numbers. */
export function binary(
  name: string,
  evaluate: (x: number, y: number) => number,
  slopeX?: BinarySlope,
  slopeY?: BinarySlope,
): (x: Scalar, y: Scalar) => Scalar {
  const wrap = (slope: BinarySlope | undefined): Slope | undefined => slope && ((a, b, _c, z) => slope(a as Scalar, b as Scalar, z as Scalar));
  const declared = declare(name, evaluate, [wrap(slopeX), wrap(slopeY)]);
  return (x, y) => (typeof x === 'number' && typeof y === 'number' && !isObserved() ? evaluate(x, y) : (applyOne(declared, [x, y]) as Scalar));
}

// The two that the vector space itself is made of.
export const add: (x: Scalar, y: Scalar) => Scalar = binary('add', (x, y) => x + y, () => 1, () => 1);
export const mul: (x: Scalar, y: Scalar) => Scalar = binary('mul', (x, y) => x * y, (_x, y) => y, (x) => x);
