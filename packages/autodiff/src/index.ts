/** @file @tapeflow/autodiff: derivatives of TypeScript functions. For authors of operations see `@tapeflow/autodiff/extend`. */

// Derivatives
export { grad, jvp, valueAndGrad, vjp, type GradientsOf, type Wrt } from './derivatives.ts';
export { linearize, linearTranspose } from './linear-function.ts';
export { gaussNewtonProduct, hessian, hvp, jacobian, type Jacobian } from './jacobian.ts';
export { stopGradient } from './stop-gradient.ts';
export { vmap, type Stacked } from './vmap.ts';

// Functions with their own derivatives
export { customGradient, customTangent } from './custom.ts';
export { implicitLinearSolve, type ImplicitLinearSolveOptions, type LinearSolver, type SolveContext } from './implicit-linear.ts';
export { implicitFixedPoint, implicitRoot, type ImplicitRootOptions, type RootSolver } from './implicit-root.ts';

// Memory
export { checkpoint } from './checkpoint.ts';
export { rollout } from './rollout.ts';
export { BudgetError, type RolloutOptions, type RolloutReport } from './rollout-steps.ts';

// Trees
export { flatten, mapTree, TREE, type Flattened, type TreeNode, type TreeStructure } from './tree.ts';

// Checking and looking inside
export { checkGradients, GradientCheckError, type GradientCheckOptions, type GradientReport } from './check-gradients.ts';
export { debugNaN } from './debug-nan.ts';
export { describeTape, tapeToGraphviz, tapeToText, type TapeDescription, type TapeLine } from './inspect.ts';

// Types and errors
export type { DifferentiableScalar, RankZero } from './scalar-type.ts';
export type { Value } from './value.ts';
export {
  AsyncFunctionError,
  ClosedLevelError,
  CoercionError,
  CotangentError,
  MissingRuleError,
  NonFiniteError,
  NotScalarError,
  RecordingFreedError,
  TapeflowError,
  TracedValueError,
  TreeError,
  TwoCopiesError,
} from './errors.ts';
