/** @file Gradient descent, x ← x − rate · ∇f(x). */
import { descend } from './arithmetic.ts';
import { nextStep } from './count.ts';
import { checkedNames } from './options.ts';
import { describeOptions, type Optimizer } from './optimizer.ts';
import { checkedRate, describeRate, rateAt, type Rate } from './rate.ts';
import { updateTrees, type UpdateRule } from './updates.ts';

/** How gradient descent goes. */
export interface GradientDescentOptions {
  /** Step per gradient, in units of x² per value. Stable below 2 / (largest curvature). */
  readonly rate: Rate;
}

/**
 * Gradient descent, x ← x − rate · g.
 *
 * Stable    rate < 2/λ for the largest eigenvalue λ of the Hessian; an eigendirection shrinks by 1 − rate·λ per step
 * Throws    `OptionError` for a rate that is negative or not finite
 */
export function gradientDescent(options: GradientDescentOptions): Optimizer {
  const name = 'gradientDescent';
  const { rate: given } = checkedNames(name, options, ['rate']);
  const rate = checkedRate(name, given);
  const rule: UpdateRule = { name, settings: {}, apply: ([x, g], [now]) => [descend(x!, now!, g!)] };
  return {
    name,
    describe: () => describeOptions(name, { rate: describeRate(rate) }),
    init: () => ({ step: 0, moments: {} }),
    update(gradients, state, params) {
      const [next] = updateTrees(rule, state.step, [params, gradients], [rateAt(name, rate, state.step)]);
      return [next!, { step: nextStep(state.step), moments: {} }];
    },
  };
}
