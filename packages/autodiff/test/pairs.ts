/** @file A vector space of its own: pairs of numbers. The engine must not care that it has never seen it, and its values can be watched. */
import { apply, applyOne, elementwise, primitive, spaceOf, typeIn, type Primitive, type Value, type VectorSpace } from '../src/extend.ts';
import type { Scalar } from '../src/scalar.ts';
import { plain } from './support.ts';

/** Two numbers, or (`members`) pairs side by side. */
export class Pair {
  readonly x: number;
  readonly y: number;
  readonly members: readonly Pair[] | undefined;

  constructor(x: number, y: number, members?: readonly Pair[]) {
    this.x = x;
    this.y = y;
    this.members = members;
  }

  get '~tapeflow.space'(): VectorSpace {
    return pairSpace;
  }
}

const numberSpace = spaceOf(0);

const memberwise = (f: (...pairs: Pair[]) => Pair, pairs: readonly Pair[]): Pair => {
  const size = pairs.find(({ members }) => members !== undefined)?.members!.length;
  if (size === undefined) return f(...pairs);
  return new Pair(0, 0, Array.from({ length: size }, (_, k) => f(...pairs.map((pair) => pair.members?.[k] ?? pair))));
};

interface PairType {
  readonly members: number | undefined;
}
const pairType: PairType = { members: undefined };

export const pairSpace: VectorSpace = {
  name: 'pair',
  typeOf: (value) => ({ members: (value as Pair).members?.length }),
  describe: (type) => ((type as PairType).members === undefined ? 'a pair' : `${(type as PairType).members} pairs`),
  sameType: (a, b) => (a as PairType).members === (b as PairType).members,
  isDifferentiable: () => true,
  isScalar: () => false,
  zeros: (type) => {
    const { members } = type as PairType;
    return new Pair(0, 0, members === undefined ? undefined : Array.from({ length: members }, () => new Pair(0, 0)));
  },
  one: () => {
    throw new Error('a pair is no scalar');
  },
  add: pairAdd,
  multiply: pairMultiply,
  scale: (a, factor) => pairMultiply(a, new Pair(factor, factor)),
  dot: (a, b) => pairSum(pairMultiply(a, b)),
  unbroadcast: (derivative) => derivative,
  dimension: () => 2,
  basis: (_type, index) => new Pair(index === 0 ? 1 : 0, index === 1 ? 1 : 0),
  randomLike: (_type, random) => new Pair(random(), random()),
  components: (value) => [(value as Pair).x, (value as Pair).y],
  bytes: (type) => 16 * ((type as PairType).members ?? 1),
  firstNonFinite: (value) => [(value as Pair).x, (value as Pair).y].findIndex((component) => !Number.isFinite(component)),
  batch: {
    size: (stacked) => (typeIn(pairSpace, stacked) as PairType).members!,
    stack: pairStack,
    split: (stacked) => [...apply(splitPrimitive, [stacked])],
    repeat: (value, size) => pairStack(new Array<Value>(size).fill(value)),
    memberType: () => pairType,
  },
};

function pairwise(name: string, f: (...pairs: Pair[]) => Pair, slopes: Parameters<typeof elementwise>[0]['slopes']): Primitive {
  const declared: Primitive = elementwise({
    name,
    space: pairSpace,
    evaluate: (inputs) => memberwise(f, inputs as Pair[]),
    abstract: (inputs) => inputs[0]!,
    slopes,
    batch: (inputs) => applyOne(declared, inputs),
  });
  return declared;
}

const addPrimitive = pairwise('pairAdd', (a, b) => new Pair(a.x + b.x, a.y + b.y), [() => 1, () => 1]);
const multiplyPrimitive = pairwise('pairMultiply', (a, b) => new Pair(a.x * b.x, a.y * b.y), [(_a, b) => b, (a) => a]);
const swapPrimitive = primitive({
  name: 'pairSwap',
  evaluate: ([a]) => [memberwise(({ x, y }) => new Pair(y, x), [a as Pair])],
  abstract: (inputs) => inputs,
  outputSpace: () => pairSpace,
  jvp: (_inputs, [da]) => [da && pairSwap(da)],
  vjp: ([yBar]) => [yBar && pairSwap(yBar)],
});
const sinPrimitive = pairwise('pairSin', ({ x, y }) => new Pair(Math.sin(x), Math.sin(y)), [(a) => applyOne(cosPrimitive, [a])]);
const cosPrimitive = pairwise('pairCos', ({ x, y }) => new Pair(Math.cos(x), Math.cos(y)), [(a) => pairSpace.scale(pairSin(a), -1)]);
/** The sum of both numbers, a number. */
const sumPrimitive = primitive({
  name: 'pairSum',
  evaluate: ([a]) => [(a as Pair).x + (a as Pair).y],
  abstract: () => [{ space: numberSpace, type: 'number' }],
  outputSpace: () => numberSpace,
  jvp: (_inputs, [da]) => [da && pairSum(da)],
  vjp: ([yBar]) => [yBar && applyOne(spreadPrimitive, [yBar])],
});
const spreadPrimitive = primitive({
  name: 'pairSpread',
  evaluate: ([x]) => [new Pair(plain(x), plain(x))],
  abstract: () => [{ space: pairSpace, type: pairType }],
  outputSpace: () => pairSpace,
  jvp: (_inputs, [dx]) => [dx && applyOne(spreadPrimitive, [dx])],
  vjp: ([yBar]) => [yBar && pairSum(yBar)],
});

// Lists of pairs are made and taken apart by operations, so that these can be differentiated.
const stackPrimitive = primitive({
  name: 'pairStack',
  evaluate: (pairs) => [new Pair(0, 0, pairs as Pair[])],
  abstract: (inputs) => [{ space: pairSpace, type: { members: inputs.length } satisfies PairType }],
  outputSpace: () => pairSpace,
  jvp: (_inputs, tangents) => [pairStack(tangents.map((dx) => dx ?? new Pair(0, 0)))],
  vjp: ([yBar]) => apply(splitPrimitive, [yBar]),
});
const splitPrimitive = primitive({
  name: 'pairSplit',
  evaluate: ([stacked]) => (stacked as Pair).members!,
  abstract: ([stacked]) => Array.from({ length: (stacked!.type as PairType).members! }, () => ({ space: pairSpace, type: pairType })),
  outputSpace: () => pairSpace,
  jvp: (_inputs, [dx]) => apply(splitPrimitive, [dx]),
  vjp: (yBars) => [pairStack(yBars.map((yBar) => yBar ?? new Pair(0, 0)))],
});

function pairStack(pairs: readonly Value[]): Value {
  return applyOne(stackPrimitive, pairs);
}

/** Sum. */
export function pairAdd(a: Value, b: Value): Pair {
  return applyOne(addPrimitive, [a, b]) as Pair;
}

/** Product, number by number. */
export function pairMultiply(a: Value, b: Value): Pair {
  return applyOne(multiplyPrimitive, [a, b]) as Pair;
}

/** (x, y) → (y, x). */
export function pairSwap(a: Value): Pair {
  return applyOne(swapPrimitive, [a]) as Pair;
}

/** Sine of both numbers. */
export function pairSin(a: Value): Pair {
  return applyOne(sinPrimitive, [a]) as Pair;
}

/** x + y, a number. */
export function pairSum(a: Value): Scalar {
  return applyOne(sumPrimitive, [a]) as Scalar;
}
