/** @file Solver and network put together in two orders, trained over one step or several, and judged by long simulations. */

import { valueAndGrad } from '@tapeflow/autodiff';
import { adam } from '@tapeflow/optim';
import { batch, foldKey, jit, mean, randomNormal, randomUniform, square, type Key, type Scalar } from '@tapeflow/tensor';
import { correction, type Network } from './network.ts';
import { coarseStep, STEPS, type State } from './solver.ts';

/** Which comes first in a step. */
export type Order = 'solver then network' | 'network then solver';

/** One step of solver and network together. */
export function hybridStep(order: Order, network: Network, u: State): State {
  if (order === 'network then solver') return coarseStep(u.add(correction(network, u)));
  const solved = coarseStep(u);
  return solved.add(correction(network, solved));
}

/** Mean squared error over cells and simulations. */
export function meanSquare(a: State, b: State): Scalar {
  return mean(square(a.sub(b)), ['batch', 'x']);
}

/** Mean over the steps of the error after each, when a simulation goes on from its own results. `truth` begins with the first state. */
export function lossOver(order: Order, network: Network, truth: readonly State[]): Scalar {
  let u = truth[0]!;
  const errors = truth.slice(1).map((wanted) => {
    u = hybridStep(order, network, u);
    return meanSquare(u, wanted);
  });
  return errors.reduce((a, b) => a.add(b)).mul(1 / errors.length);
}

/** How a network is trained. */
export interface Training {
  readonly order: Order;
  /** Steps that are trained as one. */
  readonly unroll: number;
  /** Standard deviation of what is added to each input. */
  readonly noise: number;
  readonly iterations: number;
  /** Learning rate of Adam, which falls to 0 along a cosine. */
  readonly rate: number;
}

/** A network after some of its iterations. */
export interface Trained {
  readonly network: Network;
  readonly losses: readonly number[];
}

/** Trains a network on stretches of the truth that begin at random times; gives what there is after each iteration. */
export function* train(start: Network, truth: readonly State[], { order, unroll, noise, iterations, rate }: Training, key: Key): Generator<Trained, void, void> {
  const gradient = jit(valueAndGrad((network: Network, stretch: readonly State[]) => lossOver(order, network, stretch)));
  const optimizer = adam({ rate: (step) => (rate * (1 + Math.cos((Math.PI * Math.min(step, iterations)) / iterations))) / 2 });
  const times = randomUniform({ iteration: iterations }, foldKey(key, 0), { high: STEPS - unroll + 1 }).data;
  let network = start;
  let state = optimizer.init(network);
  const losses: number[] = [];
  for (let k = 0; k < iterations; k++) {
    const from = Math.min(Math.floor(times[k]!), STEPS - unroll);
    const stretch = truth.slice(from, from + unroll + 1);
    if (noise > 0) stretch[0] = noisy(stretch[0]!, noise, foldKey(key, k + 1));
    const { value, gradient: slope } = gradient(network, stretch);
    [network, state] = optimizer.update(slope, state, network);
    losses.push(value.item());
    yield { network, losses };
  }
}

function noisy(u: State, deviation: number, key: Key): State {
  return u.add(randomNormal({ batch: batch(u.sizes['batch']!), x: u.sizes['x']! }, key, { deviation }));
}

/** A long simulation: its states, and the root mean square error after each step. */
export interface Simulation {
  readonly states: readonly State[];
  readonly errors: readonly number[];
}

/** Goes on from the first state of the truth, by its own results. */
export function simulate(step: (u: State) => State, truth: readonly State[]): Simulation {
  const compiled = jit(step);
  const states = [truth[0]!];
  for (let k = 1; k < truth.length; k++) states.push(compiled(states[k - 1]!));
  return { states, errors: states.slice(1).map((u, k) => Math.sqrt(meanSquare(u, truth[k + 1]!).item())) };
}
