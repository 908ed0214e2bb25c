/** @file checkGradients: the laws that every derivative obeys, as a test that users can run on their own functions. */
import { TapeflowError } from './errors.ts';
import { jvp, vjp } from './derivatives.ts';
import type { Abstract } from './primitive.ts';
import { abstractOf } from './spaces.ts';
import { flatten } from './tree.ts';
import type { Value } from './value.ts';

/** How strictly and in which directions `checkGradients` looks. */
export interface GradientCheckOptions {
  /** 1: the derivative; 2: also the derivative of the derivative; and so on. */
  readonly order?: number;
  /** Seed of the random directions; it is named in the error. */
  readonly seed?: number;
  /** Largest allowed |⟨w, Jv⟩ − ⟨Jᵀw, v⟩| / (‖w‖‖Jv‖). */
  readonly adjointTolerance?: number;
  /** Smallest allowed rate at which the Taylor remainder falls. */
  readonly taylorRate?: number;
  /** First step of the Taylor test, along a direction with components in (−1, 1). */
  readonly step?: number;
}

/** What `checkGradients` measured at one order. */
export interface GradientReport {
  readonly order: number;
  readonly adjointError: number;
  /** Rates of the Taylor remainder between successive steps above the rounding floor. */
  readonly taylorRates: readonly number[];
  /** True where the remainder is rounding from the start (the function is nearly linear along the direction). */
  readonly exact: boolean;
}

/** A derivative breaks a law. */
export class GradientCheckError extends TapeflowError {
  readonly law: 'adjoint' | 'Taylor';
  readonly order: number;
  readonly report: GradientReport;
  constructor(law: 'adjoint' | 'Taylor', order: number, report: GradientReport, seen: string, seed: number) {
    super('checkGradients', `the ${law} law fails at order ${order}: ${seen} (seed ${seed}).`, 'Compare the derivative rule with the formula; at a kink (|x|, max, floor) no rule can pass.');
    this.law = law;
    this.order = order;
    this.report = report;
  }
}

/** Small generator of uniform numbers in (-1, 1) for directions (mulberry32). */
export function directionGenerator(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return (((t ^ (t >>> 14)) >>> 0) / 4294967296) * 2 - 1;
  };
}

/** A tree like another one, of what `f` makes of the space, the type and the position of each leaf. */
function mapLeaves<T>(tree: T, f: (leaf: Abstract, k: number) => Value): T {
  const { leaves, structure } = flatten(tree, 'checkGradients');
  return structure.unflatten(leaves.map((leaf, k) => f(abstractOf(leaf), k))) as T;
}

function randomLike<T>(tree: T, random: () => number): T {
  return mapLeaves(tree, ({ space, type }) => (space.isDifferentiable(type) ? space.randomLike(type, random) : space.zeros(type)));
}

/** Components of all differentiable leaves, as numbers. */
function vector(tree: unknown): number[] {
  const flat = flatten(tree, 'checkGradients');
  return flat.leaves.flatMap((leaf) => {
    const { space, type } = abstractOf(leaf);
    return space.isDifferentiable(type) ? Array.from(space.components(leaf)) : [];
  });
}

function moved<T>(x: T, dx: T, h: number): T {
  const [a, b] = [x, dx].map((tree) => flatten(tree, 'checkGradients').leaves);
  return mapLeaves(x, ({ space, type }, k) => (space.isDifferentiable(type) ? space.add(a![k], space.scale(b![k], h)) : a![k]));
}

const dot = (a: readonly number[], b: readonly number[]): number => a.reduce((total, value, k) => total + value * b[k]!, 0);
const norm = (a: readonly number[]): number => Math.sqrt(dot(a, a));

/** `scale` is the size of what `f` was differentiated from: a value far below it is rounding. */
function checkOnce<X, Y>(f: (x: X) => Y, x: X, order: number, scale: number, random: () => number, options: GradientCheckOptions): GradientReport {
  const { seed = 1, adjointTolerance = 1e-12, taylorRate = 1.9, step = 1e-2 } = options;
  const v = randomLike(x, random);
  const forward = jvp(f, x, v);
  const reverse = vjp(f, x);
  const w = randomLike(reverse.value, random);
  const jv = vector(forward.tangent);
  const ws = vector(w);
  const y0 = vector(reverse.value);
  // A derivative that is nothing but rounding (the second one of a linear function, say) is measured against the value instead.
  const valueSize = Math.max(norm(y0), scale);
  const size = norm(jv) > 1e-13 * valueSize ? norm(jv) : valueSize;
  const adjointError = Math.abs(dot(ws, jv) - dot(vector(reverse.pullback(w)), vector(v))) / (norm(ws) * size || 1);

  // ‖f(x ± hv) − f(x) ∓ h Jv‖ must fall as h², on both sides: a kink shows on one of them only.
  const remainders: number[] = [];
  const floors: number[] = [];
  for (let k = 0; k < 7; k++) {
    const size = step / 2 ** k;
    const sides = [size, -size].map((h) => {
      const y = vector(f(moved(x, v, h)));
      return { remainder: norm(y.map((value, i) => value - y0[i]! - h * jv[i]!)), floor: 1e-15 * 50 * (valueSize + norm(y) + size * norm(jv)) };
    });
    remainders.push(sides[0]!.remainder + sides[1]!.remainder);
    floors.push(sides[0]!.floor + sides[1]!.floor + 1e-300);
  }
  const usable = remainders.findIndex((remainder, k) => remainder <= floors[k]!);
  const above = usable < 0 ? remainders.length : usable;
  const taylorRates = remainders.slice(1, above).map((remainder, k) => Math.log2(remainders[k]! / remainder));
  const report: GradientReport = { order, adjointError, taylorRates, exact: above < 3 };
  if (!(adjointError <= adjointTolerance)) throw new GradientCheckError('adjoint', order, report, `relative error ${adjointError.toExponential(2)}`, seed);
  const falls = taylorRates.slice(-2).every((rate) => rate >= taylorRate);
  // Near a kink the remainder drops to rounding at once, when the step no longer reaches it.
  const drops = above < remainders.length && Math.log2(remainders[above - 1]! / remainders.at(-1)!) >= taylorRate * (remainders.length - above);
  // Fewer than three steps above the floor say nothing of a rate: then the remainder is rounding all along.
  if (above >= 3 && !falls && !drops) {
    throw new GradientCheckError('Taylor', order, report, `the remainder falls at rates ${taylorRates.map((rate) => rate.toFixed(2)).join(', ')}`, seed);
  }
  return report;
}

/**
 * Checks the derivative of `f` at `x` in random directions: the adjoint identity ⟨w, Jv⟩ = ⟨Jᵀw, v⟩ between forward and
 * reverse mode, and the fall of the Taylor remainder as h². `order` 2 repeats both on x ↦ Jᵀ(x) w.
 *
 * Use double precision and generic points. Throws `GradientCheckError`; returns what was measured.
 */
export function checkGradients<X, Y>(f: (x: X) => Y, x: X, options: GradientCheckOptions = {}): GradientReport[] {
  const { order = 1, seed = 1 } = options;
  const random = directionGenerator(seed);
  const reports: GradientReport[] = [];
  let current = f as (x: X) => unknown;
  let scale = 0;
  for (let k = 1; k <= order; k++) {
    reports.push(checkOnce(current, x, k, scale, random, options));
    // The size of the function itself says nothing of the rounding in its derivatives; theirs does, from order to order.
    if (k > 1) scale = Math.max(scale, norm(vector(current(x))));
    const differentiated = current;
    const w = randomLike(differentiated(x), random);
    current = (point: X) => vjp(differentiated, point).pullback(w);
  }
  return reports;
}
