/** @file The passes over the graph, in their order. */
import type { Program } from '@tapeflow/autodiff/extend';
import { shareCommonSubexpressions } from './common-subexpressions.ts';
import { removeDeadCode } from './dead-code.ts';
import { chainScatters } from './scatter-chains.ts';
import { expand } from './expand.ts';
import { foldConstants } from './fold-constants.ts';

/** What is compiled: the program down to operations that have code, without repetition and without what nobody reads. */
export function optimize(program: Program): Program {
  return removeDeadCode(chainScatters(shareCommonSubexpressions(foldConstants(removeDeadCode(expand(program))))));
}
