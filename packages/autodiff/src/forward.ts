/** @file Forward mode: every value travels with its tangent. */
import { Level, apply, applyPair, withLevel } from './level.ts';
import { addDerivatives, timesSlope, type MaybeValue, type Primitive } from './primitive.ts';
import type { VectorSpace } from './space.ts';
import { Box, typeIn, type Value } from './value.ts';

/** A value with its tangent. */
export class ForwardBox extends Box {
  readonly space: VectorSpace;
  readonly primal: Value;
  readonly tangent: Value;

  constructor(level: Level, space: VectorSpace, primal: Value, tangent: Value) {
    super(level);
    this.space = space;
    this.primal = primal;
    this.tangent = tangent;
  }

  get type(): unknown {
    return typeIn(this.space, this.primal);
  }
}

class ForwardLevel extends Level {
  private mine(value: Value): ForwardBox | undefined {
    return value instanceof ForwardBox && value.level === this ? value : undefined;
  }

  process(primitive: Primitive, inputs: readonly Value[], params: unknown): readonly Value[] {
    const primals = inputs.map((input) => this.primal(input));
    const tangents = inputs.map((input) => this.mine(input)?.tangent);
    let outputs: readonly Value[];
    let outputTangents: readonly MaybeValue[];
    if (primitive.pushforward === undefined) {
      outputs = apply(primitive, primals, params);
      outputTangents = primitive.jvp(primals, tangents, outputs, params);
    } else {
      ({ outputs, tangents: outputTangents } = primitive.pushforward(primals, tangents, params));
    }
    return outputs.map((y, k) => {
      const dy = outputTangents[k];
      return dy === undefined ? y : new ForwardBox(this, primitive.outputSpace(params, k), y, dy);
    });
  }

  override processPair(primitive: Primitive, first: Value, second: Value): Value {
    const a = this.primal(first);
    const b = this.primal(second);
    const y = applyPair(primitive, a, b);
    const space = primitive.outputSpace(undefined, 0);
    const [slopeA, slopeB] = primitive.slopes!;
    const da = slopeA && this.tangent(first);
    const db = slopeB && this.tangent(second);
    const ofA = da === undefined ? undefined : timesSlope(space, da, slopeA!(a, b, undefined, y));
    const ofB = db === undefined ? undefined : timesSlope(space, db, slopeB!(a, b, undefined, y));
    const dy = addDerivatives(space, ofA, ofB);
    return dy === undefined ? y : new ForwardBox(this, space, y, space.unbroadcast(dy, typeIn(space, y)));
  }

  primal(value: Value): Value {
    return this.mine(value)?.primal ?? value;
  }

  tangent(value: Value): MaybeValue {
    return this.mine(value)?.tangent;
  }
}

/** Values and tangents of `f` at `xs` in the direction `dxs` (undefined: zero). */
export function forwardLeaves(
  f: (xs: readonly Value[]) => readonly Value[],
  xs: readonly Value[],
  dxs: readonly MaybeValue[],
  spaces: readonly VectorSpace[],
  transformation = 'jvp',
): { ys: Value[]; dys: MaybeValue[] } {
  const level = new ForwardLevel(transformation);
  const ys = withLevel(level, () =>
    f(xs.map((x, k) => (dxs[k] === undefined ? x : new ForwardBox(level, spaces[k]!, x, dxs[k])))),
  );
  return { ys: ys.map((y) => level.primal(y)), dys: ys.map((y) => level.tangent(y)) };
}
