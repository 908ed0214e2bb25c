/** @file Adam: steps of a size that does not depend on the size of the gradient. */
import { add, coefficient, descend, div, like, mul, safeSqrt, square } from './arithmetic.ts';
import { biasCorrection, nextStep } from './count.ts';
import { zerosOf } from './leaves.ts';
import { checkedNames, checkedNumber } from './options.ts';
import { describeOptions, momentOf, type Optimizer } from './optimizer.ts';
import { checkedRate, describeRate, rateAt, type Rate } from './rate.ts';
import { updateTrees, type UpdateRule } from './updates.ts';

/** How Adam goes. */
export interface AdamOptions {
  /** About how far a component moves per step, in units of x. Default 1e-3. */
  readonly rate?: Rate;
  /** Memory of the mean gradient, in [0, 1). Default 0.9. */
  readonly beta1?: number;
  /** Memory of the mean squared gradient, in [0, 1). Default 0.999. */
  readonly beta2?: number;
  /** Gradients much smaller than this (in their own unit) move less. Default 1e-8. */
  readonly epsilon?: number;
  /** Pull towards 0, apart from the gradient: x shrinks by rate · weightDecay per step. Default 0. */
  readonly weightDecay?: number;
}

/**
 * Adam: m ← β₁ m + (1 − β₁) g, s ← β₂ s + (1 − β₂) g², x ← x − rate · (m̂ / (√ŝ + ε) + weightDecay · x),
 * where m̂ = m / (1 − β₁ᵗ) and ŝ = s / (1 − β₂ᵗ) undo that m and s began at 0.
 *
 * Error     in 32 bit, gradients below 1e-19 have a square that rounds towards 0: scale the loss up
 * Throws    `OptionError` for bad options
 * Source    [Kingma2015]; the decoupled weight decay is that of [Loshchilov2019]
 */
export function adam(options: AdamOptions = {}): Optimizer {
  const name = 'adam';
  checkedNames(name, options, ['rate', 'beta1', 'beta2', 'epsilon', 'weightDecay']);
  const rate = checkedRate(name, options.rate ?? 1e-3);
  const beta1 = checkedNumber(name, 'beta1', options.beta1 ?? 0.9, { low: 0, high: 1, below: true });
  const beta2 = checkedNumber(name, 'beta2', options.beta2 ?? 0.999, { low: 0, high: 1, below: true });
  const epsilon = checkedNumber(name, 'epsilon', options.epsilon ?? 1e-8, { low: 0, above: true });
  const weightDecay = checkedNumber(name, 'weightDecay', options.weightDecay ?? 0, { low: 0 });
  const rule: UpdateRule = {
    name,
    settings: { beta1, beta2, epsilon, weightDecay },
    apply([x, m, s, g], [now, correction1, correction2]) {
      const mean = like(m!, add(mul(beta1, m!), mul(1 - beta1, g!)));
      const squares = like(s!, add(mul(beta2, s!), mul(1 - beta2, square(g!))));
      const unbiasedMean = div(mean, coefficient(x!, correction1!));
      const spread = safeSqrt(div(squares, coefficient(x!, correction2!)));
      const direction = div(unbiasedMean, add(spread, epsilon));
      return [descend(x!, now!, weightDecay === 0 ? direction : add(direction, mul(weightDecay, x!))), mean, squares];
    },
  };
  return {
    name,
    describe: () => describeOptions(name, { rate: describeRate(rate), beta1, beta2, epsilon, weightDecay }),
    init: (params) => ({ step: 0, moments: { mean: zerosOf(name, params), square: zerosOf(name, params) } }),
    update(gradients, state, params) {
      const step = nextStep(state.step);
      const coefficients = [rateAt(name, rate, state.step), biasCorrection(beta1, step), biasCorrection(beta2, step)];
      const trees = [params, momentOf(name, state, 'mean'), momentOf(name, state, 'square'), gradients];
      const [next, mean, square] = updateTrees(rule, state.step, trees, coefficients);
      return [next!, { step, moments: { mean: mean!, square: square! } }];
    },
  };
}
