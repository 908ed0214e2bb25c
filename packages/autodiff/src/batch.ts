/** @file Batching: one run of a function for many members at once. */
import { Level, apply, withLevel } from './level.ts';
import type { Primitive } from './primitive.ts';
import type { VectorSpace } from './space.ts';
import { abstractOf } from './spaces.ts';
import { Box, type Value } from './value.ts';

/** Many values of one type, stacked along a new first axis. */
export class BatchBox extends Box {
  readonly space: VectorSpace;
  readonly stacked: Value;

  constructor(level: Level, space: VectorSpace, stacked: Value) {
    super(level);
    this.space = space;
    this.stacked = stacked;
  }

  get type(): unknown {
    return this.space.batch.memberType(this.stacked);
  }
}

class BatchLevel extends Level {
  readonly size: number;

  constructor(transformation: string, size: number) {
    super(transformation);
    this.size = size;
  }

  isMine(value: Value): value is BatchBox {
    return value instanceof BatchBox && value.level === this;
  }

  process(primitive: Primitive, inputs: readonly Value[], params: unknown): readonly Value[] {
    if (primitive.batch === undefined) return this.oneByOne(primitive, inputs, params);
    const batched = inputs.map((input) => this.isMine(input));
    const values = inputs.map((input) => (this.isMine(input) ? input.stacked : input));
    const result = primitive.batch(values, batched, params, this.size);
    return result.outputs.map((y, k) => (result.batched[k] ? new BatchBox(this, primitive.outputSpace(params, k), y) : y));
  }

  /** The rule of last resort: members one by one. Always right, never fast. */
  private oneByOne(primitive: Primitive, inputs: readonly Value[], params: unknown): readonly Value[] {
    const members = inputs.map((input) => (this.isMine(input) ? input.space.batch.split(input.stacked, this.size) : undefined));
    const results = Array.from({ length: this.size }, (_, i) => apply(primitive, inputs.map((input, k) => (members[k] === undefined ? input : members[k][i])), params));
    const first = results[0] ?? primitive.abstract(inputs.map(abstractOf), params);
    return first.map((_, k) => {
      const space = primitive.outputSpace(params, k);
      return new BatchBox(this, space, space.batch.stack(results.map((outputs) => outputs[k])));
    });
  }
}

/** Runs `f` for `size` members at once. `xs` are stacked values where `batched` says so; the results are all stacked. */
export function batchLeaves(
  f: (xs: readonly Value[]) => readonly Value[],
  xs: readonly Value[],
  batched: readonly boolean[],
  spaces: readonly VectorSpace[],
  size: number,
  outputSpaceOf: (value: Value) => VectorSpace,
  transformation = 'vmap',
): Value[] {
  const level = new BatchLevel(transformation, size);
  const ys = withLevel(level, () => f(xs.map((x, k) => (batched[k] ? new BatchBox(level, spaces[k]!, x) : x))));
  return ys.map((y) => (level.isMine(y) ? y.stacked : outputSpaceOf(y).batch.repeat(y, size)));
}
