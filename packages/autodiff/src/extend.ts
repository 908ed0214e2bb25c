/** @file @tapeflow/autodiff/extend: what authors of operations, vector spaces and compilers need. */

// Values and spaces
export { SPACE, type BatchSpace, type SpaceMember, type VectorSpace } from './space.ts';
export { Box, typeIn, type Value } from './value.ts';
export { abstractOf, spaceOf } from './spaces.ts';

// Declaring primitives
export { apply, applyOne, applyPair, isObserved, isUnwatched } from './level.ts';
export {
  discrete,
  elementwise,
  linear,
  primitive,
  type Abstract,
  type Batched,
  type ElementwiseRule,
  type GeneralRule,
  type Linearized,
  type LinearRule,
  type MaybeValue,
  type Primitive,
  type Slope,
} from './primitive.ts';

// Programs
export { closeOver, selectOutputs, traceProgram, type Closed } from './close-over.ts';
export { TraceBox, withoutDeadCode, type Traced } from './trace.ts';
export { callsHost, hasEffect, innerPrograms, isCaller, withoutHostCalls } from './inner-programs.ts';
export { Constant, countEquations, equationTexts, evaluateProgram, printProgram, Variable, type Atom, type Equation, type Program } from './program.ts';
export { batchProgram, materialize, programCotangents, programTangents } from './program-rules.ts';
export { withLoops, type LoopWriter, type RepeatedStep } from './loops.ts';
export type { Loop } from './rollout-schedule.ts';
export { transposeProgram } from './linear-function.ts';

// Derivatives and batches of functions of leaves
export { batchLeaves } from './batch.ts';
export { forwardLeaves } from './forward.ts';
export { recordLeaves, type Recording } from './reverse.ts';
export { jacobianLeaves, type LeafJacobian } from './jacobian.ts';
export { linearSolvePrimitive, type LinearSolveParams } from './implicit-linear.ts';
export { implicitSystems, type SystemsOptions, type SystemsSolver } from './implicit-root.ts';
export { directionGenerator } from './check-gradients.ts';

// Special functions of plain numbers
export { digamma, erf, erfc, gamma, lgamma, polygamma } from './scalar/special.ts';
