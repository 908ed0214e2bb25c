/** @file @tapeflow/optim: optimizers of trees of tensors, and the loop that runs them. */

// Optimizers: pure init and update
export { adam, type AdamOptions } from './adam.ts';
export { gradientDescent, type GradientDescentOptions } from './gradient-descent.ts';
export { momentum, type MomentumOptions } from './momentum.ts';
export type { Optimizer, OptimizerState } from './optimizer.ts';
export type { Rate, Schedule } from './rate.ts';

// Methods that look at values
export { lbfgs, type LbfgsOptions } from './lbfgs.ts';

// Minimising
export { minimize, minimizeAsync, minimizeSteps, type MinimizeAsyncOptions, type MinimizeOptions, type MinimizeStepsOptions } from './minimize.ts';
export type { MinimizeResult, MinimizeState, StepRecord, StepReport, StopReason } from './result.ts';
export type { Objective } from './problem.ts';

// Writing methods
export { fromUpdate, type CurvaturePair, type Method, type MethodState, type MethodStep, type Point, type Problem, type Tolerances } from './method.ts';

// Errors
export { NonFiniteObjective, ObjectiveError, OptionError, ResumeError, type NonFinite } from './errors.ts';
