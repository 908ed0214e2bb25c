/** @file The reverse pass of a rollout where its steps are loops of a program. */
import type { LoopWriter } from './loops.ts';
import type { Linearized } from './primitive.ts';
import { keptAtOnce, loopsWithin, repeatedSteps } from './rollout-schedule.ts';
import { BudgetError, bytesOfState, bytesOfTape, type Stretch } from './rollout-steps.ts';

/** As loops of a program, which keep as many states as the budget allows. */
export function linearizeByLoops(writer: LoopWriter, stretch: Stretch, needs: readonly boolean[]): Linearized {
  const { steps, members, budget = Infinity, onReport } = stretch.params;
  const stateBytes = bytesOfState(stretch.params);
  const tape = bytesOfTape(stretch.again(), needs);
  const loops = loopsWithin(steps, stateBytes === 0 ? Infinity : Math.floor((budget - tape) / stateBytes));
  const kept = keptAtOnce(loops);
  const peakBytes = tape + kept * stateBytes;
  if (peakBytes > budget) throw new BudgetError(budget, peakBytes, `${steps} steps in the loops of a program need`);
  const { outputs, pullback } = writer.linearize(stretch.repeated(), loops, needs);
  return {
    outputs,
    bytes: kept * stateBytes * members,
    pullback(yBars) {
      const bars = pullback(yBars);
      onReport?.({ steps, snapshots: kept, recomputedSteps: repeatedSteps(loops), peakBytes });
      return bars;
    },
  };
}
