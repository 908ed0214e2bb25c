/**
 * @file The physics of the examples, compiled: in f32 a step, a loss and its gradient are at most twice as far from the truth in f64 as the same
 * operations one by one, beside what a few roundings of what is given do to them.
 */
import { describe, expect, test } from 'vitest';
import { flatten, mapTree, valueAndGrad } from '@tapeflow/autodiff';
import { backend, batch, jit, precision, randomKey, sin, tensor, zeros } from '@tapeflow/tensor';
import { NDArray } from '@tapeflow/tensor/extend';
import type { CenteredField, StaggeredField } from '@tapeflow/pde';
import * as burgers from '../examples/burgers-inverse/simulation.ts';
import * as pressure from '../examples/differentiate-pressure/simulation.ts';
import * as plume from '../examples/navier-stokes-inverse/simulation.ts';
import { disc } from '../examples/smoke-control/density.ts';
import * as control from '../examples/smoke-control/simulation.ts';
import { randomNetwork, type Network } from '../examples/solver-and-network/network.ts';
import { coarseStep, type State } from '../examples/solver-and-network/solver.ts';
import { hybridStep, lossOver } from '../examples/solver-and-network/training.ts';
import * as upwind from '../examples/upwind-advection/simulation.ts';
import { expectErrorLaw, largestDifference, ROUNDOFF } from '../packages/tensor/test/error-law.ts';

const SEED = Number(process.env['TAPEFLOW_SEED'] ?? 20281);
/** Roundings of each number that is given, by which it is seen what rounding does to a result, and how often that is tried. */
const [GIVEN_ROUNDINGS, TRIALS] = [5, 4];

/** A function of an example. What does not vary is made in single precision, too, and then made wider, so that the truth begins with the same numbers. */
interface Computation<P extends object, X> {
  /** What is compiled in. */
  readonly problem: () => P;
  readonly start: (problem: P) => X;
  /** How far numbers are drawn around those of the start. */
  readonly spread: number;
  readonly run: (problem: P, x: X, tolerance: number) => unknown;
}

/** Relative residuals at which solves stop: as far as single precision comes, and the truth. */
const TOLERANCE = { 32: 1e-6, 64: 1e-12 } as const;

const isArray = (leaf: unknown): leaf is NDArray => leaf instanceof NDArray;

/** An array of the same shape with other numbers. */
function mapped(x: NDArray, dtype: 'f32' | 'f64', f: (value: number) => number): NDArray {
  const numbers = Float64Array.from(x.contiguous(), f);
  return NDArray.of(dtype === 'f32' ? Float32Array.from(numbers) : numbers, x.shape, dtype);
}

const mapArrays = <T>(tree: T, f: (x: NDArray) => NDArray): T => mapTree((leaf) => (isArray(leaf) ? f(leaf) : leaf), tree);
const wider = <T>(tree: T): T => mapArrays(tree, (x) => mapped(x, 'f64', (value) => value));
/** The same for what does not vary, beside a grid, which has no arrays. */
const widerParts = <P extends object>(problem: P): P => (Array.isArray(problem) ? wider(problem) : (Object.fromEntries(Object.entries(problem).map(([name, part]) => [name, name === 'domain' ? part : wider(part)])) as P));

/** Copies: results of a program lie in its memory until it runs again. */
const numbersOf = (tree: unknown): { path: string; data: Float64Array }[] => {
  const { leaves, structure } = flatten(tree);
  return leaves.flatMap((leaf, k) => (isArray(leaf) ? [{ path: structure.paths[k]!, data: Float64Array.from(leaf.contiguous()) }] : []));
};
const largest = (data: ArrayLike<number>): number => Array.from(data).reduce((most, value) => Math.max(most, Math.abs(value)), 0);

/** Uniform numbers in [−1, 1). */
function dice(seed: number): () => number {
  let state = (seed % 2147483646) + 1;
  return () => {
    state = (state * 48271) % 2147483647;
    return (2 * (state - 1)) / 2147483646 - 1;
  };
}

function checked<P extends object, X>(name: string, { problem, start, spread, run }: Computation<P, X>): void {
  test(name, { timeout: 60_000 }, () => {
    const random = dice(SEED);
    const [given, x] = precision(32, () => {
      const made = problem();
      return [made, mapArrays(start(made), (from) => mapped(from, 'f32', (value) => Math.fround(value + spread * random())))] as const;
    });
    // The same, and some a few roundings away, since a single error may be small by luck.
    const xs = [x, ...Array.from({ length: TRIALS }, () =>
      mapArrays(x, (from) => {
        const size = GIVEN_ROUNDINGS * ROUNDOFF * largest(from.contiguous());
        return mapped(from, 'f32', (value) => (value === 0 ? 0 : Math.fround(value + size * random())));
      }))];
    const fast = jit((from: X) => run(given, from, TOLERANCE[32]) as X);
    const truths = xs.map((own) => precision(64, () => backend('js', () => numbersOf(run(widerParts(given), wider(own), TOLERANCE[64])))));
    const eager = xs.map((own) => precision(32, () => backend('js', () => numbersOf(run(given, own, TOLERANCE[32])))));
    const compiled = xs.map((own) => precision(32, () => numbersOf(fast(own))));
    const paths = (results: ReturnType<typeof numbersOf>): string[] => results.map(({ path }) => path);
    expect(truths[0]!.length).toBeGreaterThan(0);
    expect([eager[0]!, compiled[0]!].map(paths)).toEqual([truths[0]!, truths[0]!].map(paths));
    const parts = truths[0]!.map(({ path, data }, k) => {
      const errorOf = (all: typeof eager): number => Math.max(...all.map((results, n) => largestDifference(results[k]!.data, truths[n]![k]!.data)));
      const floor = ROUNDOFF * largest(data) + Math.max(...truths.map((other) => largestDifference(other[k]!.data, data)));
      return expectErrorLaw({ compiled: errorOf(compiled), eager: errorOf(eager), floor }, () => `${name}, seed ${SEED}: ${path || 'the result'} of size ${largest(data)}`);
    });
    console.log(`${name}: ${Math.max(...parts).toFixed(2)} of the bound`);
  });
}

describe(`compiled examples (seed ${SEED})`, () => {
  const flow = { problem: () => burgers.makeProblem(32), start: (problem: burgers.Problem) => burgers.trueStart(problem), spread: 0.1 };
  checked('burgers-inverse: a step', { ...flow, run: (problem, u: CenteredField) => burgers.step(u, problem) });
  checked('burgers-inverse: loss and gradient', { ...flow, run: (problem, u: CenteredField) => valueAndGrad((from: CenteredField) => burgers.lossOf(problem, from))(u) });

  const marker = { problem: () => upwind.makeProblem(32, 8), start: (problem: upwind.Problem) => upwind.wantedVelocity(problem.domain), spread: 0.3 };
  checked('upwind-advection: the marker after 8 steps', { ...marker, run: (problem, u: CenteredField) => upwind.carried(problem.marker, u, problem.steps) });
  checked('upwind-advection: loss and gradient', { ...marker, run: (problem, u: CenteredField) => valueAndGrad((from: CenteredField) => upwind.lossOf(problem, from))(u) });

  const box = { problem: () => pressure.makeProblem(20, 'left'), start: (problem: pressure.Problem) => pressure.randomStart(problem, SEED), spread: 0.1 };
  checked('differentiate-pressure: the flow', { ...box, run: (problem, u: StaggeredField, tolerance) => pressure.flowFrom(problem, u, tolerance) });
  checked('differentiate-pressure: loss and gradient', { ...box, run: (problem, u: StaggeredField, tolerance) => valueAndGrad((from: StaggeredField) => pressure.lossOf(problem, from, tolerance))(u) });

  const plumes = { problem: () => plume.makeProblem(16, 2, 0), start: (problem: plume.Problem) => plume.atRest(problem), spread: 0.3 };
  checked('navier-stokes-inverse: two steps', { ...plumes, run: (problem, u: StaggeredField, tolerance) => plume.simulate({ ...problem, tolerance }, u) });
  checked('navier-stokes-inverse: loss and gradient', { ...plumes, run: (problem, u: StaggeredField, tolerance) => valueAndGrad((from: StaggeredField) => plume.lossOf({ ...problem, tolerance }, from))(u) });

  const N = 16;
  const square = Float64Array.from({ length: N * N }, (_, i) => (Math.abs((i % N) - 5) < 3 && Math.abs(Math.floor(i / N) - 9) < 4 ? 1 : 0));
  const forces = { problem: () => control.makeProblem(N, disc(N, 40), square), start: (problem: control.Problem) => control.noForces(problem, 3), spread: 0.3 };
  checked('smoke-control: three steps', { ...forces, run: (problem, f: StaggeredField, pressureTolerance) => control.simulate({ ...problem, pressureTolerance }, f) });
  checked('smoke-control: loss and gradient', { ...forces, run: (problem, f: StaggeredField, pressureTolerance) => valueAndGrad((from: StaggeredField) => control.lossOf({ ...problem, pressureTolerance }, from))(f) });

  const waves = (): State => zeros({ batch: batch(3), x: 32 });
  const network = { problem: () => randomNetwork(randomKey(SEED)), start: waves, spread: 0.5 };
  checked('solver-and-network: a step of the solver', { ...network, run: (_, u: State) => coarseStep(u) });
  checked('solver-and-network: solver, then network', { ...network, run: (weights, u: State) => hybridStep('solver then network', weights, u) });
  checked('solver-and-network: network, then solver', { ...network, run: (weights, u: State) => hybridStep('network then solver', weights, u) });
  checked('solver-and-network: loss over two steps and its gradient', {
    problem: () => [0, 1, 2].map((k) => sin(tensor({ batch: batch(3), x: 32 }, Float64Array.from({ length: 96 }, (_, i) => 0.2 * (i % 32) + Math.floor(i / 32) - 0.1 * k)))),
    start: () => randomNetwork(randomKey(SEED)),
    spread: 0.05,
    run: (truth, weights: Network) => valueAndGrad((from: Network) => lossOver('solver then network', from, truth))(weights),
  });
});
