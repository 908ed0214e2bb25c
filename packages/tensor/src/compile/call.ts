/**
 * @file A compiled function inside another transformation is one equation, whose derivatives and batches are programs again.
 * While a program is recorded it is inlined, so programs inside programs are compiled as a whole.
 */
import {
  abstractOf,
  apply,
  batchProgram,
  evaluateProgram,
  materialize,
  primitive,
  programTangents,
  recordLeaves,
  traceProgram,
  Variable,
  withLoops,
  type Linearized,
  type MaybeValue,
  type Primitive,
  type Program,
  type Value,
} from '@tapeflow/autodiff/extend';
import { NDArray } from '../array/ndarray.ts';
import type { Storage } from '../array/storage.ts';
import { isReal } from '../control/real.ts';
import { scanLoops } from '../control/rollout-loops.ts';
import { DonatedArgumentError } from '../errors.ts';
import { compile, type Target } from './executable.ts';
import { splitProgram, type SplitProgram } from './residuals.ts';

/** Parameters of the call equation. */
export interface CallParams {
  readonly program: Program;
  readonly backend: Target;
  /** Programs that are derived from this one have as many. */
  readonly threads: number;
  /** Whether results may be lost when the program runs again. Programs that are derived from this one keep theirs. */
  readonly lend?: boolean;
  /** Positions of inputs whose memory is given away by a call on plain values. */
  readonly donate?: readonly number[];
}

/** The call of a program. */
export const callPrimitive: Primitive = primitive({
  name: 'call',
  evaluate(inputs, params) {
    const { program, backend, threads, lend, donate = [] } = params as CallParams;
    const compiled = compile(program, backend, threads);
    if (donate.length === 0) return compiled.executable.run(inputs, lend);
    const donated = donatedStorages(inputs, donate, compiled.program);
    const outputs = compiled.executable.run(inputs, lend, donated);
    // The interpreter may return windows onto an input.
    for (const output of outputs) if (output instanceof NDArray) donated.delete(output.storage);
    for (const storage of donated) storage.giveAway(() => new DonatedArgumentError());
    return outputs;
  },
  abstract: (_inputs, params) => (params as CallParams).program.results,
  outputSpace: (params, k) => (params as CallParams).program.results[k]!.space,
  inline: (inputs, params) => evaluateProgram((params as CallParams).program, inputs),
  pushforward(inputs, tangents, params) {
    const { program, backend, threads } = params as CallParams;
    const live = positions(tangents, (dx) => dx !== undefined);
    const { doubled, moved } = tangentProgram(program, live);
    const all = apply(callPrimitive, [...inputs, ...live.map((k) => tangents[k])], { program: doubled, backend, threads } satisfies CallParams);
    const outputs = all.slice(0, program.results.length);
    return { outputs, tangents: scattered(outputs.length, moved, all.slice(outputs.length)) };
  },
  linearize(inputs, params, needs): Linearized {
    const { program, backend, threads } = params as CallParams;
    const { split, real, reached } = cotangentPrograms(program, needs);
    const all = apply(callPrimitive, inputs, { program: split.before, backend, threads } satisfies CallParams);
    const residuals = split.residuals.map((source) => ('input' in source ? inputs[source.input] : all[source.output]));
    const outputs = all.slice(0, program.results.length);
    const stored = split.before.results.slice(outputs.length);
    return {
      outputs,
      bytes: stored.reduce((total, { space, type }) => total + space.bytes(type), 0),
      pullback(yBars) {
        const seeds = materialize(real.map((k) => yBars[k]), real.map((k) => program.results[k]!));
        const bars = apply(callPrimitive, [...residuals, ...seeds], { program: split.after, backend, threads } satisfies CallParams);
        return scattered(inputs.length, reached, bars);
      },
    };
  },
  batch(inputs, batched, params, size) {
    const { program, backend, threads } = params as CallParams;
    const outputs = apply(callPrimitive, inputs, { program: batchProgram(program, batched, size, inputs.map(abstractOf)), backend, threads } satisfies CallParams);
    return { outputs, batched: outputs.map(() => true) };
  },
});

/** Memory of donated inputs, without those that are results themselves. */
function donatedStorages(inputs: readonly Value[], donate: readonly number[], { inputs: variables, outputs }: Program): Set<Storage> {
  const storages = (positions: readonly number[]): Storage[] => positions.flatMap((k) => (inputs[k] instanceof NDArray ? [inputs[k].storage] : []));
  const returned = new Set(storages(outputs.flatMap((atom) => (atom instanceof Variable && variables.includes(atom) ? [variables.indexOf(atom)] : []))));
  return new Set(storages(donate).filter((storage) => !returned.has(storage)));
}

function positions<T>(list: readonly T[], accept: (item: T) => boolean): number[] {
  return list.flatMap((item, k) => (accept(item) ? [k] : []));
}

/** A list of which only some entries are known. */
function scattered(length: number, at: readonly number[], values: readonly Value[]): MaybeValue[] {
  const list = new Array<MaybeValue>(length).fill(undefined);
  at.forEach((position, k) => {
    list[position] = values[k];
  });
  return list;
}

/** Keeps what is derived from a program as long as the program lives. */
function derivation<T>(): (program: Program, key: string, make: () => T) => T {
  const all = new WeakMap<Program, Map<string, T>>();
  return (program, key, make) => {
    const known = all.get(program) ?? new Map<string, T>();
    all.set(program, known);
    let derived = known.get(key);
    if (derived === undefined) known.set(key, (derived = make()));
    return derived;
  };
}

interface Tangents {
  /** `[...inputs, ...tangents of the live ones] → [...outputs, ...tangents of the moved ones]`. */
  readonly doubled: Program;
  /** Outputs that have a tangent. */
  readonly moved: readonly number[];
}

const tangentsOf = derivation<Tangents>();

function tangentProgram(program: Program, live: readonly number[]): Tangents {
  return tangentsOf(program, live.join(), () => {
    const count = program.inputs.length;
    let moved: number[] = [];
    const doubled = withLoops(scanLoops, () => traceProgram(
      'jvp of jit',
      (all) => {
        const { outputs, tangents } = programTangents(program, all.slice(0, count), scattered(count, live, all.slice(count)));
        moved = positions(tangents, (dy) => dy !== undefined);
        return [...outputs, ...moved.map((k) => tangents[k])];
      },
      [...program.inputs, ...live.map((k) => program.inputs[k]!)],
    )).program;
    return { doubled, moved };
  });
}

interface Cotangents {
  readonly split: SplitProgram;
  /** Outputs that have cotangents. */
  readonly real: readonly number[];
  /** Inputs that get cotangents. */
  readonly reached: readonly number[];
}

const cotangentsOf = derivation<Cotangents>();

/** Forward and backward part, joined by what the backward part needs of the forward one. */
function cotangentPrograms(program: Program, needs: readonly boolean[]): Cotangents {
  return cotangentsOf(program, needs.map(Number).join(''), () => {
    const count = program.inputs.length;
    const wanted = positions(needs, (need) => need);
    const real = positions(program.results, isReal);
    let reached: number[] = [];
    const joint = withLoops(scanLoops, () => traceProgram(
      'grad of jit',
      (all) => {
        const { ys, pull } = recordLeaves(
          (active) => {
            const xs = all.slice(0, count);
            wanted.forEach((position, k) => {
              xs[position] = active[k];
            });
            return evaluateProgram(program, xs);
          },
          wanted.map((k) => all[k]),
          wanted.map((k) => program.inputs[k]!.space),
          'grad of jit',
        );
        const bars = pull(scattered(ys.length, real, all.slice(count)), true);
        const hit = positions(bars, (bar) => bar !== undefined);
        reached = hit.map((k) => wanted[k]!);
        return [...ys, ...hit.map((k) => bars[k])];
      },
      [...program.inputs, ...real.map((k) => program.results[k]!)],
    )).program;
    return { split: splitProgram(joint, count, program.results.length), real, reached };
  });
}
