/**
 * @file The one mechanism for functions given to operations (solve, scan, checkpoint, custom gradients):
 * the function is traced once, and every box that it takes from outside becomes an explicit input.
 */
import type { Abstract } from './primitive.ts';
import { type Program } from './program.ts';
import { leafFunction } from './result.ts';
import { abstractOf, spaceOf } from './spaces.ts';
import { traceLeaves, withoutDeadCode } from './trace.ts';
import { flatten, type TreeStructure } from './tree.ts';
import type { Box, Value } from './value.ts';

/** A function as a program, with what it closes over made explicit. */
export interface Closed {
  /** Inputs `[...captured, ...leaves of the arguments]`, outputs the leaves of the result. */
  readonly program: Program;
  readonly captured: readonly Box[];
  readonly arguments: TreeStructure;
  readonly result: TreeStructure;
}

/** Traces `f` for arguments like `examples`. A captured gradient is never dropped: it enters through `captured`. */
export function closeOver(operation: string, f: (...args: never[]) => unknown, examples: readonly unknown[]): Closed {
  const flat = flatten(examples, operation);
  const { call, structure } = leafFunction(operation, (leaves) => f(...(flat.structure.unflatten(leaves) as never[])));
  const { program, captured } = traceLeaves(call, flat.leaves.map(abstractOf), spaceOf, operation);
  return { program, captured, arguments: flat.structure, result: structure() };
}

/** Traces a function of leaves into a program. Values that it closes over must be plain or captured explicitly. */
export function traceProgram(operation: string, f: (xs: readonly Value[]) => readonly Value[], types: readonly Abstract[]): { program: Program; captured: readonly Box[] } {
  return traceLeaves(f, types, spaceOf, operation);
}

/** The program with some outputs only. */
export function selectOutputs(program: Program, keep: readonly number[]): Program {
  return withoutDeadCode({ ...program, outputs: keep.map((k) => program.outputs[k]!), results: keep.map((k) => program.results[k]!) });
}

