/** @file checkpoint: a function that is computed again in the backward pass instead of being remembered. */
import { closeOver } from './close-over.ts';
import { apply } from './level.ts';
import { primitive, type Primitive } from './primitive.ts';
import { evaluateProgram, type Program } from './program.ts';
import { allStacked, batchProgram, programCotangents, programTangents } from './program-rules.ts';
import { abstractOf } from './spaces.ts';
import { flatten } from './tree.ts';

interface CheckpointParams {
  readonly program: Program;
}

const checkpointPrimitive: Primitive = /* @__PURE__ */ primitive({
  name: 'checkpoint',
  composite: true,
  evaluate: (inputs, params) => evaluateProgram((params as CheckpointParams).program, inputs),
  abstract: (_inputs, params) => (params as CheckpointParams).program.results,
  outputSpace: (params, k) => (params as CheckpointParams).program.results[k]!.space,
  pushforward: (inputs, tangents, params) => programTangents((params as CheckpointParams).program, inputs, tangents),

  vjp: (cotangents, inputs, _outputs, params, needs) => programCotangents((params as CheckpointParams).program, inputs, cotangents, needs),
  batch(inputs, batched, params, size) {
    const program = batchProgram((params as CheckpointParams).program, batched, size, inputs.map(abstractOf));
    const outputs = apply(checkpointPrimitive, inputs, { program } satisfies CheckpointParams);
    return allStacked(outputs);
  },
});

/**
 * The same function, of which reverse mode remembers the arguments only: its inside is computed again when the backward pass
 * needs it. Costs one more evaluation, saves all values inside. Gradients to values that `f` closes over are kept.
 */
export function checkpoint<Args extends readonly unknown[], Y>(f: (...args: Args) => Y): (...args: Args) => Y {
  return (...args) => {
    const closed = closeOver('checkpoint', f, args);
    const outputs = apply(checkpointPrimitive, [...closed.captured, ...flatten(args, 'checkpoint').leaves], { program: closed.program } satisfies CheckpointParams);
    return closed.result.unflatten(outputs) as Y;
  };
}
