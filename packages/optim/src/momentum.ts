/** @file Gradient descent with momentum, after Polyak and Nesterov. */
import { add, descend, like, mul } from './arithmetic.ts';
import { nextStep } from './count.ts';
import { zerosOf } from './leaves.ts';
import { checkedFlag, checkedNames, checkedNumber } from './options.ts';
import { describeOptions, momentOf, type Optimizer } from './optimizer.ts';
import { checkedRate, describeRate, rateAt, type Rate } from './rate.ts';
import { updateTrees, type UpdateRule } from './updates.ts';

/** How gradient descent with momentum goes. */
export interface MomentumOptions {
  /** Step per velocity, in units of x² per value. */
  readonly rate: Rate;
  /** Share of the velocity that stays, in [0, 1). Default 0.9. */
  readonly momentum?: number;
  /** Look ahead: use the gradient as if the velocity had already been followed. Default false. */
  readonly nesterov?: boolean;
}

/**
 * Momentum: v ← μ v + g, x ← x − rate · v; with Nesterov's look-ahead x ← x − rate · (g + μ v).
 *
 * The rate multiplies the velocity when it is used, not when it is gathered, so a schedule takes effect at once.
 *
 * Throws    `OptionError` for bad options
 * Source    [Polyak1964], [Nesterov1983] in the form of [Sutskever2013]
 */
export function momentum(options: MomentumOptions): Optimizer {
  const name = 'momentum';
  checkedNames(name, options, ['rate', 'momentum', 'nesterov']);
  const rate = checkedRate(name, options.rate);
  const share = checkedNumber(name, 'momentum', options.momentum ?? 0.9, { low: 0, high: 1, below: true });
  const nesterov = checkedFlag(name, 'nesterov', options.nesterov ?? false);
  const rule: UpdateRule = {
    name,
    settings: { share, nesterov },
    apply([x, v, g], [now]) {
      const velocity = like(v!, add(mul(share, v!), g!));
      return [descend(x!, now!, nesterov ? add(g!, mul(share, velocity)) : velocity), velocity];
    },
  };
  return {
    name,
    describe: () => describeOptions(name, { rate: describeRate(rate), momentum: share, nesterov }),
    init: (params) => ({ step: 0, moments: { velocity: zerosOf(name, params) } }),
    update(gradients, state, params) {
      const [next, velocity] = updateTrees(rule, state.step, [params, momentOf(name, state, 'velocity'), gradients], [rateAt(name, rate, state.step)]);
      return [next!, { step: nextStep(state.step), moments: { velocity: velocity! } }];
    },
  };
}
