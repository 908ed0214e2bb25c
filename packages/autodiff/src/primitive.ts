/** @file A primitive gives its name, value, derivative and batching once. Three constructors cover all. */
import { MissingRuleError } from './errors.ts';
import { applyOne } from './level.ts';
import type { VectorSpace } from './space.ts';
import { typeIn, type Value } from './value.ts';

/** A derivative that is zero is `undefined`: it is neither computed nor stored. */
export type MaybeValue = Value | undefined;

/** What is known of an output before it is computed. */
export interface Abstract {
  readonly space: VectorSpace;
  readonly type: unknown;
}

/** Result of a batching rule: stacked outputs, and which of them are stacked at all. */
export interface Batched {
  readonly outputs: readonly Value[];
  readonly batched: readonly boolean[];
}

/** How an operation wants to be recorded when the plain rule would compute the forward values twice. */
export interface Linearized {
  readonly outputs: readonly Value[];
  /** Cotangents of the outputs to cotangents of the inputs. */
  pullback(cotangents: readonly MaybeValue[]): readonly MaybeValue[];
  /** What the pullback keeps beside inputs and outputs, for those who count bytes. */
  readonly bytes?: number;
}

/** The slope of an elementwise operation to one of its inputs; a number stands for a constant slope. */
export type Slope = (a: Value, b: Value, c: Value, y: Value) => Value;

/** One operation, whole. Rules are written in public operations: that is why they can be differentiated again. */
export interface Primitive {
  readonly name: string;
  /** The value on plain inputs. */
  evaluate(inputs: readonly Value[], params: unknown): readonly Value[];
  /** The same for operations with one output. */
  evaluateOne(inputs: readonly Value[], params: unknown): Value;
  /** The same for elementwise operations on one or two inputs; with one, `b` is ignored. */
  evaluatePair?(a: Value, b: Value): Value;
  /** Types of the outputs from types of the inputs. */
  abstract(inputs: readonly Abstract[], params: unknown): readonly Abstract[];
  outputSpace(params: unknown, index: number): VectorSpace;

  /** Elementwise operations: slopes per input (undefined: no derivative), applied by the engine itself. */
  readonly slopes?: readonly (Slope | undefined)[];
  jvp(inputs: readonly Value[], tangents: readonly MaybeValue[], outputs: readonly Value[], params: unknown): readonly MaybeValue[];
  vjp(
    cotangents: readonly MaybeValue[],
    inputs: readonly Value[],
    outputs: readonly Value[],
    params: unknown,
    needs: readonly boolean[],
  ): readonly MaybeValue[];

  /** Outputs and tangents in one pass. */
  pushforward?(inputs: readonly Value[], tangents: readonly MaybeValue[], params: unknown): { outputs: readonly Value[]; tangents: readonly MaybeValue[] };
  /** Outputs and a pullback that keeps what it needs. */
  linearize?(inputs: readonly Value[], params: unknown, needs: readonly boolean[]): Linearized;
  /** Values stacked along a new first axis; without a rule the members are taken one by one. */
  batch?(inputs: readonly Value[], batched: readonly boolean[], params: unknown, size: number): Batched;
  /** Has no derivative at all: derivative levels pass it through. */
  readonly discrete?: boolean;
  /** Performed even when nobody reads its results (checks, host calls). */
  readonly effect?: boolean;
  /**
   * Calls the host: belongs to the innermost program that is being recorded, whatever its inputs are, and is left out where a derivative
   * computes something again. Of a single equation the parameter `silent` says that it calls: parameters with which it does the same without.
   */
  readonly host?: boolean;
  /** Made of other operations: `evaluate` takes boxes too and then performs those. Compilers expand such equations. */
  readonly composite?: boolean;
  /** Replaces the equation by others while a program is recorded (a call of a program inside a program). */
  inline?(inputs: readonly Value[], params: unknown): readonly Value[];
}

/** Product of a slope with a tangent or cotangent. */
export function timesSlope(space: VectorSpace, derivative: Value, slope: Value): Value {
  if (slope === 1) return derivative;
  if (typeof slope === 'number' && typeof derivative !== 'number') return space.scale(derivative, slope);
  return space.multiply(derivative, slope);
}

/** The sum of two derivatives. */
export function addDerivatives(space: VectorSpace, a: MaybeValue, b: MaybeValue): MaybeValue {
  return a === undefined ? b : b === undefined ? a : space.add(a, b);
}

/** Elementwise: `value` on plain inputs and one slope per input serve forward and reverse mode, so they cannot disagree. */
export interface ElementwiseRule {
  readonly name: string;
  readonly space: VectorSpace;
  evaluate(inputs: readonly Value[]): Value;
  /** The same for one or two inputs, without a list; with one, `b` is ignored. */
  evaluatePair?(a: Value, b: Value): Value;
  abstract(inputs: readonly Abstract[]): Abstract;
  readonly slopes: readonly (Slope | undefined)[];
  batch?(inputs: readonly Value[], batched: readonly boolean[], size: number): Value;
}

/** Declares an elementwise operation of one to three inputs. */
export function elementwise(rule: ElementwiseRule): Primitive {
  const { name, space, slopes } = rule;
  if (slopes.length > 3) throw new RangeError(`${name}: an elementwise operation has up to three inputs, got ${slopes.length} slopes.`);
  const slopeOf = (k: number, inputs: readonly Value[], y: Value): Value => slopes[k]!(inputs[0], inputs[1], inputs[2], y);
  const primitive: Primitive = {
    name,
    slopes,
    evaluate: (inputs) => [rule.evaluate(inputs)],
    evaluateOne: (inputs) => rule.evaluate(inputs),
    ...(rule.evaluatePair === undefined ? {} : { evaluatePair: rule.evaluatePair }),
    abstract: (inputs) => [rule.abstract(inputs)],
    outputSpace: () => space,
    jvp(inputs, tangents, outputs) {
      let dy: MaybeValue;
      for (let k = 0; k < inputs.length; k++) {
        const dx = tangents[k];
        if (dx === undefined || slopes[k] === undefined) continue;
        dy = addDerivatives(space, dy, timesSlope(space, dx, slopeOf(k, inputs, outputs[0])));
      }
      return [dy === undefined ? undefined : space.unbroadcast(dy, typeIn(space, outputs[0]))];
    },
    vjp(cotangents, inputs, outputs, _params, needs) {
      const yBar = cotangents[0];
      return inputs.map((_, k) => {
        if (yBar === undefined || !needs[k] || slopes[k] === undefined) return undefined;
        return timesSlope(space, yBar, slopeOf(k, inputs, outputs[0]));
      });
    },
  };
  if (rule.batch !== undefined) {
    const batch = rule.batch.bind(rule);
    return { ...primitive, batch: (inputs, batched, _params, size) => ({ outputs: [batch(inputs, batched, size)], batched: [true] }) };
  }
  return primitive;
}

/** Linear in its first input; further inputs (indices) have no derivative. */
export interface LinearRule<Params> {
  readonly name: string;
  readonly space: VectorSpace;
  evaluate(inputs: readonly Value[], params: Params): Value;
  abstract(inputs: readonly Abstract[], params: Params): Abstract;
  /** The cotangent of the first input. `type` is the type of that input. */
  transpose(yBar: Value, params: Params, type: unknown, inputs: readonly Value[]): Value;
  batch?(inputs: readonly Value[], batched: readonly boolean[], params: Params, size: number): Value;
}

/** Declares an operation that is linear in its first input. `typeOf` gives the type of a value or box. */
export function linear<Params>(rule: LinearRule<Params>, typeOf: (value: Value) => unknown): Primitive {
  const batch = rule.batch?.bind(rule);
  const primitive: Primitive = {
    name: rule.name,
    evaluate: (inputs, params) => [rule.evaluate(inputs, params as Params)],
    evaluateOne: (inputs, params) => rule.evaluate(inputs, params as Params),
    abstract: (inputs, params) => [rule.abstract(inputs, params as Params)],
    outputSpace: () => rule.space,
    jvp(inputs, tangents, _outputs, params) {
      const dx = tangents[0];
      return [dx === undefined ? undefined : applyOne(primitive, [dx, ...inputs.slice(1)], params)];
    },
    vjp([yBar], inputs, _outputs, params, needs) {
      return [yBar === undefined || !needs[0] ? undefined : rule.transpose(yBar, params as Params, typeOf(inputs[0]), inputs)];
    },
    ...(batch === undefined
      ? {}
      : {
          batch: (inputs: readonly Value[], batched: readonly boolean[], params: unknown, size: number) => ({
            outputs: [batch(inputs, batched, params as Params, size)],
            batched: [true],
          }),
        }),
  };
  return primitive;
}

/** Everything else gives both rules itself. What is left out is refused by name when it is needed. */
export type GeneralRule = Pick<Primitive, 'name' | 'evaluate' | 'abstract' | 'outputSpace'> &
  Partial<Pick<Primitive, 'jvp' | 'vjp' | 'pushforward' | 'linearize' | 'batch' | 'composite' | 'inline' | 'effect' | 'host' | 'discrete'>> & {
    /** What to use instead when a derivative rule is missing. */
    readonly alternative?: string;
  };

/** Declares any other operation. */
export function primitive(rule: GeneralRule): Primitive {
  const { alternative = 'Use operations that have one, or wrap this one in customGradient.' } = rule;
  return {
    evaluateOne: (inputs, params) => rule.evaluate(inputs, params)[0],
    jvp: () => {
      throw new MissingRuleError(rule.name, 'forward derivative', alternative);
    },
    vjp: () => {
      throw new MissingRuleError(rule.name, 'reverse derivative', alternative);
    },
    ...rule,
  };
}

/** An operation without derivative: comparisons, rounding, indices. */
export function discrete(rule: Omit<GeneralRule, 'jvp' | 'vjp'>): Primitive {
  return primitive({
    discrete: true,
    ...rule,
    jvp: (_inputs, _tangents, outputs) => outputs.map(() => undefined),
    vjp: (_cotangents, inputs) => inputs.map(() => undefined),
  });
}
