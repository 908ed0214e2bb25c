/** @file What instructions refer to: variables, functions and globals, and the constructs that branches leave. */
import type { FunctionBuilder } from './function-builder.ts';
import type { ValueType } from './opcodes.ts';

/** A parameter or variable of one function. */
export interface Local {
  readonly index: number;
  readonly type: ValueType;
  readonly owner: FunctionBuilder;
}

/** A function of the module, imported or defined, that can be called. */
export interface FunctionReference {
  readonly name: string;
  readonly index: number;
  readonly params: readonly ValueType[];
  readonly results: readonly ValueType[];
  /** The module it belongs to. */
  readonly owner: object;
}

/** A global variable of the module, imported or defined. */
export interface GlobalReference {
  readonly index: number;
  readonly type: ValueType;
  readonly mutable: boolean;
  /** The module it belongs to. */
  readonly owner: object;
}

/** The target of a branch: the end of a block or an if, the start of a loop. Valid inside that construct only. */
export interface Label {
  /** How many constructs, this one included, are open where it is. */
  readonly depth: number;
}
