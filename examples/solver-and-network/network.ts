/** @file A small network that looks at five neighbouring cells and says what to add to the one in the middle. */

import { channel, foldKey, mul, randomNormal, roll, stack, sum, tanh, zeros, type Key, type Tensor } from '@tapeflow/tensor';
import type { State } from './solver.ts';

/** Cells to each side that the network sees. */
const REACH = 2;
const FEATURES = 2 * REACH + 1;
/** Units of each of the two hidden layers. */
const WIDTH = 16;

/** Weights of a perceptron 5 → 16 → 16 → 1, the same at every cell. */
export type Network = {
  readonly w1: Tensor<'hidden' | 'feature'>;
  readonly b1: Tensor<'hidden'>;
  readonly w2: Tensor<'out' | 'hidden'>;
  readonly b2: Tensor<'out'>;
  readonly w3: Tensor<'out'>;
};

/** Number of all weights. */
export const WEIGHTS: number = FEATURES * WIDTH + WIDTH + WIDTH * WIDTH + WIDTH + WIDTH;

/** Random weights whose layers keep the size of what passes; the last layer begins small, so that at first little is added. */
export function randomNetwork(key: Key): Network {
  const [feature, hidden, out] = [channel(FEATURES), channel(WIDTH), channel(WIDTH)];
  return {
    w1: randomNormal({ hidden, feature }, foldKey(key, 0), { deviation: FEATURES ** -0.5 }),
    b1: zeros({ hidden }),
    w2: randomNormal({ out, hidden }, foldKey(key, 1), { deviation: WIDTH ** -0.5 }),
    b2: zeros({ out }),
    w3: randomNormal({ out }, foldKey(key, 2), { deviation: 0.1 * WIDTH ** -0.5 }),
  };
}

/** What the network says is to be added to each cell. */
export function correction({ w1, b1, w2, b2, w3 }: Network, u: State): State {
  const neighbours = Array.from({ length: FEATURES }, (_, k): State => roll(u, 'x', REACH - k));
  const features = stack(neighbours, 'feature', channel);
  const first = tanh(sum(mul(w1, features), 'feature').add(b1));
  const second = tanh(sum(mul(w2, first), 'hidden').add(b2));
  return sum(mul(w3, second), 'out');
}
