/** @file The network, the ways to put it together with the solver, and what is learned from what. */
import { checkGradients, grad } from '@tapeflow/autodiff';
import { batch, precision, randomKey, randomNormal, roll, type Scalar } from '@tapeflow/tensor';
import { describe, expect, test } from 'vitest';
import { correction, randomNetwork, WEIGHTS, type Network } from '../../solver-and-network/network.ts';
import { coarseStep, references, STEPS, type State } from '../../solver-and-network/solver.ts';
import { hybridStep, lossOver, meanSquare, simulate, train, type Order, type Trained, type Training } from '../../solver-and-network/training.ts';

const CELLS = 16;
const double = <R>(body: () => R) => (): R => precision(64, body);
const randomState = (seed: number, deviation = 0.3): State => randomNormal({ batch: batch(2), x: CELLS }, randomKey(seed), { deviation });
const orders: readonly Order[] = ['solver then network', 'network then solver'];
const weightsOf = (network: Network): number[] => Object.values(network).flatMap((w) => Array.from(w.data as Float64Array));

describe('the network', () => {
  test('has as many weights as is said', () => {
    expect(weightsOf(randomNetwork(randomKey(1)))).toHaveLength(WEIGHTS);
  });

  test('is the same at every cell: a shifted state gets a shifted correction', double(() => {
    const network = randomNetwork(randomKey(1));
    const u = randomState(2);
    const shifted = correction(network, roll(u, 'x', 3)).data;
    roll(correction(network, u), 'x', 3).data.forEach((value, i) => expect(shifted[i]).toBeCloseTo(value, 14));
  }));

  test('looks two cells to each side, and not at other members', double(() => {
    const network = randomNetwork(randomKey(1));
    const influence = grad((u: State): Scalar => correction(network, u).at({ batch: 1, x: 5 }) as Scalar)(randomState(3));
    expect(influence.dims.map(({ name }) => name)).toEqual(['batch', 'x']);
    const seen = Array.from(influence.data).flatMap((value, i) => (value === 0 ? [] : [i]));
    expect(seen).toEqual([3, 4, 5, 6, 7].map((x) => CELLS + x));
  }));
});

describe('the truth', () => {
  test('is the same for the same key, and begins with means over fine cells', double(() => {
    const [a, b, c] = [1, 1, 2].map((seed) => references(8, 3, randomKey(seed)));
    expect(a).toHaveLength(STEPS + 1);
    expect(a![STEPS]!.data).toEqual(b![STEPS]!.data);
    expect(a![0]!.data).not.toEqual(c![0]!.data);
    // Whole waves have no mean.
    for (let k = 0; k < 3; k++) expect(Array.from(a![0]!.at({ batch: k }).data).reduce((sum, value) => sum + value, 0)).toBeCloseTo(0, 12);
  }));

  test('is what the coarse solver tends to when cells and steps become smaller', double(() => {
    const errors = [16, 32].map((cells) => Math.sqrt(meanSquare(coarseStep(references(cells, 4, randomKey(5))[0]!), references(cells, 4, randomKey(5))[1]!).item()));
    expect(errors[1]!).toBeLessThan(0.7 * errors[0]!);
  }));
});

describe('putting them together', () => {
  test('without a correction every order is the solver', double(() => {
    const none: Network = { ...randomNetwork(randomKey(1)), w3: randomNetwork(randomKey(1)).w3.mul(0) };
    const u = randomState(4);
    for (const order of orders) expect(hybridStep(order, none, u).data).toEqual(coarseStep(u).data);
  }));

  test('behind the solver, one step can be learned from results that were computed before', double(() => {
    const truth = references(CELLS, 2, randomKey(6));
    const network = randomNetwork(randomKey(7));
    const solved = coarseStep(truth[3]!);
    const loaded = grad((n: Network) => meanSquare(solved.add(correction(n, solved)), truth[4]!))(network);
    const computed = grad((n: Network) => lossOver('solver then network', n, truth.slice(3, 5)))(network);
    weightsOf(computed).forEach((value, i) => expect(value).toBeCloseTo(weightsOf(loaded)[i]!, 14));
  }));

  test.each(orders)('%s: the gradient through several steps obeys its laws', (order) => {
    precision(64, () => {
      const truth = [1, 2, 3, 4].map((seed) => randomState(seed, 0.2));
      checkGradients((network: Network): Scalar => lossOver(order, network, truth), randomNetwork(randomKey(8)), { step: 1e-4, adjointTolerance: 1e-11, seed: 3 });
    });
  });

  test('the loss over several steps is that of a simulation that goes on from its own results', double(() => {
    const truth = references(CELLS, 2, randomKey(9)).slice(0, 6);
    const network = randomNetwork(randomKey(10));
    const { errors, states } = simulate((u) => hybridStep('solver then network', network, u), truth);
    expect(states).toHaveLength(6);
    expect(lossOver('solver then network', network, truth).item()).toBeCloseTo(errors.reduce((sum, error) => sum + error ** 2, 0) / 5, 14);
  }));
});

describe('training', () => {
  const training: Training = { order: 'solver then network', unroll: 2, noise: 0, iterations: 12, rate: 1e-2 };
  const trained = (changes: Partial<Training>, seed = 1): Trained => {
    const truth = references(CELLS, 2, randomKey(11));
    return [...train(randomNetwork(randomKey(12)), truth, { ...training, ...changes }, randomKey(seed))].at(-1)!;
  };

  test('is the same to the bit for the same key; noise and the times that are drawn make it another', () => {
    const first = trained({});
    expect(first.losses).toHaveLength(12);
    expect(weightsOf(trained({}).network)).toEqual(weightsOf(first.network));
    for (const other of [trained({ noise: 0.01 }), trained({}, 2), trained({ unroll: 3 })]) expect(weightsOf(other.network)).not.toEqual(weightsOf(first.network));
  });

  test('brings the loss down on what it learns from', () => {
    const truth = references(CELLS, 4, randomKey(13));
    const start = randomNetwork(randomKey(14));
    const end = [...train(start, truth, { ...training, iterations: 150 }, randomKey(1))].at(-1)!.network;
    const total = (network: Network): number => truth.slice(0, -1).reduce((sum, _, k) => sum + lossOver(training.order, network, truth.slice(k, k + 2)).item(), 0);
    expect(total(end)).toBeLessThan(0.5 * total(start));
  });
});
