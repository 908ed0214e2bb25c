/** @file Numbers as a vector space, and how operations on numbers are declared: the smallest customer of the engine. */
import { TapeflowError, TreeError, TwoCopiesError } from '../errors.ts';
import { apply, applyPair, isObserved } from '../level.ts';
import { elementwise, primitive, type Primitive, type Slope } from '../primitive.ts';
import type { VectorSpace } from '../space.ts';
import { BOX_MARK, Box, typeIn, type Value } from '../value.ts';

/** A number, or a number inside a transformation. */
export type Scalar = number | Box;

/** The type of a list of numbers, or of a list of lists. */
export interface ListType {
  readonly size: number;
  readonly member: ScalarType;
}

/** `'number'`, or a list type. Any other text names something that does not belong here (for messages). */
export type ScalarType = string | ListType;

/**
 * Numbers (or lists of numbers) side by side: what travels together through `vmap`. Immutable, and without boxes inside:
 * `stack` makes lists of values inside transformations.
 */
export class NumberList {
  readonly values: readonly (number | NumberList)[];

  /** Throws `TreeError` when a value is not a number or the lists inside differ in size. */
  constructor(values: readonly (number | NumberList)[]) {
    values.forEach((value, k) => {
      if (typeof value !== 'number' && !(value instanceof NumberList)) {
        throw new TreeError('NumberList', `[${k}]`, `${typeof value} instead of a number.`, 'Give plain numbers; use stack(...) for values inside a transformation.');
      }
      if (!sameType(typeOf(value), typeOf(values[0]))) {
        throw new TreeError('NumberList', `[${k}]`, `${describe(typeOf(value))} beside ${describe(typeOf(values[0]))}.`, 'Give members of one type.');
      }
    });
    this.values = values;
  }

  get '~tapeflow.space'(): VectorSpace {
    return scalarSpace as VectorSpace;
  }
}

function typeOf(value: Value): ScalarType {
  if (typeof value === 'number') return 'number';
  if (value instanceof NumberList) return { size: value.values.length, member: value.values.length === 0 ? 'number' : typeOf(value.values[0]) };
  return value === null ? 'null' : typeof value;
}

function sameType(a: ScalarType, b: ScalarType): boolean {
  if (typeof a === 'string' || typeof b === 'string') return a === b;
  return a.size === b.size && sameType(a.member, b.member);
}

function describe(type: ScalarType): string {
  if (typeof type === 'string') return type === 'number' ? 'a number' : `no number (${type})`;
  const sizes: number[] = [];
  let inner: ScalarType = type;
  for (; typeof inner !== 'string'; inner = inner.member) sizes.push(inner.size);
  return `a list of ${sizes.join(' × ')} numbers`;
}

function isList(value: Value): boolean {
  return typeof value === 'object' && (value instanceof NumberList || (value instanceof Box && typeof value.type !== 'string'));
}

// Lists are taken apart and put together by operations, so that they can be differentiated and batched like everything else.

const stackPrimitive: Primitive = /* @__PURE__ */ primitive({
  name: 'stack',
  evaluate: (inputs) => [new NumberList(inputs as number[])],
  abstract: (inputs) => [{ space: scalarSpace, type: { size: inputs.length, member: inputs[0]?.type ?? 'number' } }],
  outputSpace: () => scalarSpace as VectorSpace,
  jvp: (inputs, tangents) => (tangents.every((dx) => dx === undefined) ? [undefined] : [stack(tangents.map((dx, k) => dx ?? zeroOf(inputs[k])))]),
  vjp: ([yBar]) => unstack(yBar),
});

const unstackPrimitive: Primitive = /* @__PURE__ */ primitive({
  name: 'unstack',
  evaluate: ([list]) => (list as NumberList).values,
  abstract: ([list]) => {
    const { size, member } = list!.type as ListType;
    return new Array(size).fill({ space: scalarSpace, type: member });
  },
  outputSpace: () => scalarSpace as VectorSpace,
  jvp: (_inputs, [dx], outputs) => (dx === undefined ? outputs.map(() => undefined) : unstack(dx)),
  vjp: (yBars, _inputs, outputs) => [stack(yBars.map((yBar, k) => yBar ?? zeroOf(outputs[k])))],
});

const zeroOf = (value: Value): Value => zeros(typeIn(scalarSpace as VectorSpace, value) as ScalarType);

/** Values side by side, as one list. */
export function stack(values: readonly Value[]): NumberList | Box {
  return values.some((value) => value instanceof Box) ? (apply(stackPrimitive, values)[0] as Box) : new NumberList(values as number[]);
}

/** The members of a list, as values that operations take. */
export function unstack(list: Value): readonly Scalar[] {
  if (list instanceof Box && typeof list.type !== 'string') return apply(unstackPrimitive, [list]) as Scalar[];
  if (list instanceof NumberList) return list.values as number[];
  throw new TreeError('unstack', '', `${describe(typeIn(scalarSpace as VectorSpace, list) as ScalarType)} where a list is expected.`, 'Give a NumberList.');
}

/** A value of a type, of components from `next`. */
function build(type: ScalarType, next: () => number): Value {
  return typeof type === 'string' ? next() : stack(Array.from({ length: type.size }, () => build(type.member, next)));
}

const zeros = (type: ScalarType): Value => build(type, () => 0);

/** Does to lists, member by member, what `f` does to numbers. */
function memberwise(f: (a: Scalar, b: Scalar) => Scalar, a: Value, b: Value): Value {
  if (!isList(a)) return f(a as Scalar, b as Scalar);
  const bs = unstack(b);
  return stack(unstack(a).map((member, k) => memberwise(f, member, bs[k])));
}

function components(value: Value): number[] {
  return value instanceof NumberList ? value.values.flatMap(components) : [value as number];
}

function dimension(type: ScalarType): number {
  return typeof type === 'string' ? 1 : type.size * dimension(type.member);
}

const sum = (value: Value): Scalar => (isList(value) ? unstack(value).map(sum).reduce(add, 0) : (value as Scalar));

/** The space of JavaScript numbers and lists of them. */
export const scalarSpace: VectorSpace<ScalarType> = {
  name: 'number',
  typeOf,
  describe,
  sameType,
  isDifferentiable: () => true,
  isScalar: (type) => type === 'number',
  zeros,
  one: () => 1,
  add: (a, b) => memberwise(add, a, b),
  multiply: (a, b) => memberwise(mul, a, b),
  scale: (a, factor) => memberwise((member) => mul(member, factor), a, a),
  dot: (a, b) => sum(memberwise(mul, a, b)),
  unbroadcast: (derivative) => derivative,
  dimension,
  basis: (type, index) => {
    let at = 0;
    return build(type, () => (at++ === index ? 1 : 0));
  },
  randomLike: build,
  components,
  bytes: (type) => 8 * dimension(type),
  firstNonFinite: (value) => components(value).findIndex((component) => !Number.isFinite(component)),
  batch: {
    size(stacked) {
      const type = typeIn(scalarSpace as VectorSpace, stacked) as ScalarType;
      if (typeof type === 'string') throw new TreeError('vmap', '', `${describe(type)}, which has no members.`, 'Give a NumberList; take values that all members share from outside the function.');
      return type.size;
    },
    stack,
    split: (stacked) => [...unstack(stacked)],
    repeat: (value, size) => stack(new Array<Value>(size).fill(value)),
    memberType: (stacked) => (typeIn(scalarSpace as VectorSpace, stacked) as ListType).member,
  },
};

function declare(name: string, evaluatePair: (a: number, b: number) => number, slopes: readonly (Slope | undefined)[]): Primitive {
  const plain = (a: Value, b: Value): number => evaluatePair(requireNumber(name, a), requireNumber(name, b));
  return elementwise({
    name,
    space: scalarSpace as VectorSpace,
    evaluate: (inputs) => plain(inputs[0], inputs.length > 1 ? inputs[1] : 0),
    evaluatePair: plain,
    abstract: () => ({ space: scalarSpace as VectorSpace, type: 'number' }),
    slopes,
  });
}

/** The same value. Throws `TapeflowError` when it is not a plain number, `TwoCopiesError` for a box of another copy of this package. */
export function requireNumber(name: string, seen: Value): number {
  if (typeof seen === 'number') return seen;
  if (typeof seen === 'object' && seen !== null && BOX_MARK in seen) throw new TwoCopiesError(name);
  throw new TapeflowError(name, `${describe(typeOf(seen))} where a number is expected.`, 'Give numbers; vmap applies operations on numbers to every member of a NumberList.');
}

/**
 * Declares a function of one number. `slope(x, y)` is dy/dx in public operations, from the argument and the result; without
 * it the function counts as constant (floor, sign).
 */
export function unary(name: string, evaluate: (x: number) => number, slope?: (x: Scalar, y: Scalar) => Scalar): (x: Scalar) => Scalar {
  const declared = declare(name, evaluate, [slope && ((x, _b, _c, y) => slope(x as Scalar, y as Scalar))]);
  return (x) => (typeof x === 'number' && !isObserved() ? evaluate(x) : (applyPair(declared, x, 0) as Scalar));
}

/** Slope of a function of two numbers to one of them, from both and the result. */
export type BinarySlope = (x: Scalar, y: Scalar, z: Scalar) => Scalar;

/** Declares a function of two numbers; a slope that is left out counts as zero. */
export function binary(
  name: string,
  evaluate: (x: number, y: number) => number,
  slopeX?: BinarySlope,
  slopeY?: BinarySlope,
): (x: Scalar, y: Scalar) => Scalar {
  const wrap = (slope: BinarySlope | undefined): Slope | undefined => slope && ((a, b, _c, z) => slope(a as Scalar, b as Scalar, z as Scalar));
  const declared = declare(name, evaluate, [wrap(slopeX), wrap(slopeY)]);
  return (x, y) => (typeof x === 'number' && typeof y === 'number' && !isObserved() ? evaluate(x, y) : (applyPair(declared, x, y) as Scalar));
}

// The two that the vector space itself is made of.
/** x + y. */
export const add: (x: Scalar, y: Scalar) => Scalar = /* @__PURE__ */ binary('add', (x, y) => x + y, () => 1, () => 1);
/** x y. */
export const mul: (x: Scalar, y: Scalar) => Scalar = /* @__PURE__ */ binary('mul', (x, y) => x * y, (_x, y) => y, (x) => x);
