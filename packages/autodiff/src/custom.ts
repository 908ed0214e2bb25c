/** @file customGradient and customTangent: a function with its own derivative rule, kept as one equation until compilation. */
import { closeOver, type Closed } from './close-over.ts';
import { TapeflowError } from './errors.ts';
import { withoutHostCalls } from './inner-programs.ts';
import { apply } from './level.ts';
import { transposeProgram } from './linear-function.ts';
import { requireDerivatives, resultType } from './matching.ts';
import { addDerivatives, primitive, type MaybeValue, type Primitive } from './primitive.ts';
import { evaluateProgram, type Program } from './program.ts';
import { allStacked, areZero, batchProgram, materialize, noDerivatives, programCotangents, programTangents } from './program-rules.ts';
import { flattenResult, refusePromise } from './result.ts';
import { abstractOf } from './spaces.ts';
import { flatten, type TreeStructure } from './tree.ts';

/** Parameters of the custom-derivative primitive. */
interface CustomParams {
  /** `[...captured, ...arguments] → [...values, ...residuals]`. */
  readonly forward: Program;
  /** `[...residuals, ...yBars] → xBars` (reverse rule) or `[...residuals, ...dxs] → dys` (forward rule). */
  readonly rule: Program;
  readonly mode: 'reverse' | 'forward';
  readonly captured: number;
  readonly values: number;
}

const customPrimitive: Primitive = /* @__PURE__ */ primitive({
  name: 'custom',
  composite: true,
  evaluate: (inputs, params) => evaluateProgram((params as CustomParams).forward, inputs),
  abstract: (_inputs, params) => (params as CustomParams).forward.results,
  outputSpace: (params, k) => (params as CustomParams).forward.results[k]!.space,
  jvp(inputs, tangents, outputs, params) {
    const { forward, rule, mode, captured, values } = params as CustomParams;
    const residuals = outputs.slice(values);
    const ordinary = (dxs: readonly MaybeValue[]): readonly MaybeValue[] =>
      areZero(dxs) ? noDerivatives(outputs) : programTangents(withoutHostCalls(forward), inputs, dxs).tangents;
    const throughCaptured = ordinary(tangents.map((dx, k) => (k < captured ? dx : undefined)));
    const residualTangents = residuals.length === 0 ? [] : ordinary(tangents).slice(values);
    const ofArguments = tangents.slice(captured);
    if (areZero(ofArguments)) return [...throughCaptured.slice(0, values), ...residualTangents];
    const linear = mode === 'forward' ? rule : transposeProgram(rule, residuals.length);
    const dys = evaluateProgram(linear, [...residuals, ...materialize(ofArguments, forward.inputs.slice(captured))]);
    return [...dys.map((dy, k) => addDerivatives(forward.results[k]!.space, dy, throughCaptured[k])), ...residualTangents];
  },
  vjp(cotangents, inputs, outputs, params, needs) {
    const { forward, rule, mode, captured, values } = params as CustomParams;
    const residuals = outputs.slice(values);
    const result: MaybeValue[] = noDerivatives(inputs);
    const add = (contributions: readonly MaybeValue[], offset = 0): void =>
      contributions.forEach((xBar, k) => {
        result[offset + k] = addDerivatives(forward.inputs[offset + k]!.space, result[offset + k], xBar);
      });
    const ofValues = cotangents.map((yBar, k) => (k < values ? yBar : undefined));
    if (needs.slice(captured).some(Boolean) && !areZero(ofValues)) {
      const linear = mode === 'reverse' ? rule : transposeProgram(rule, residuals.length);
      add(evaluateProgram(linear, [...residuals, ...materialize(ofValues.slice(0, values), forward.results)]), captured);
    }
    // What the function closes over keeps its ordinary derivative.
    const needsCaptured = needs.map((need, k) => need && k < captured);
    add(programCotangents(forward, inputs, ofValues, needsCaptured));
    // Residuals have cotangents when the rule itself is differentiated.
    const ofResiduals = cotangents.map((yBar, k) => (k < values ? undefined : yBar));
    add(programCotangents(forward, inputs, ofResiduals, needs));
    return result;
  },
  batch(inputs, batched, params, size) {
    const { forward, rule, mode, captured, values } = params as CustomParams;
    // The rule speaks of all arguments at once, so all of them get members.
    const stacked = inputs.map((input, k) => (batched[k] || k < captured ? input : forward.inputs[k]!.space.batch.repeat(input, size)));
    const types = stacked.map(abstractOf);
    const batchedForward = batchProgram(forward, batched.map((flag, k) => flag || k >= captured), size, types);
    const residuals = batchedForward.results.slice(values);
    const derivatives = mode === 'reverse' ? batchedForward.results.slice(0, values) : types.slice(captured);
    const batchedRule = batchProgram(rule, rule.inputs.map(() => true), size, [...residuals, ...derivatives]);
    const outputs = apply(customPrimitive, stacked, { forward: batchedForward, rule: batchedRule, mode, captured, values } satisfies CustomParams);
    return allStacked(outputs);
  },
});

/** Traces value and rule together; what the rule takes from the function becomes residuals. */
function closeWithRule<Args extends readonly unknown[]>(
  operation: string,
  args: Args,
  mode: CustomParams['mode'],
  split: (...args: Args) => { value: unknown; rule: unknown; ruleExamples: (value: unknown) => readonly unknown[] },
): { forward: Closed; rule: Closed; value: TreeStructure } {
  let rule: Closed | undefined;
  let valueStructure: TreeStructure | undefined;
  const forward = closeOver(
    operation,
    (...inner: Args) => {
      const parts = split(...inner);
      if (typeof parts.rule !== 'function') throw new TapeflowError(operation, 'the function did not return a value with its rule.', `Return { value, ${ruleName(mode)} }.`);
      valueStructure = flattenResult(operation, parts.value).structure;
      rule = closeOver(operation, parts.rule as (...derivatives: never[]) => unknown, parts.ruleExamples(parts.value));
      return [parts.value, ...rule.captured];
    },
    args,
  );
  const { program, captured } = forward;
  const seen = resultType(rule!);
  const label = `the result of the ${ruleName(mode)}`;
  if (mode === 'reverse') {
    const expected = { structure: forward.arguments, types: program.inputs.slice(captured.length) };
    requireDerivatives(operation, label, seen, expected, 'Return a tuple with one cotangent per argument, each like its argument.');
  } else {
    const expected = { structure: valueStructure!, types: program.results.slice(0, valueStructure!.size) };
    requireDerivatives(operation, label, seen, expected, 'Return a tangent like the value.');
  }
  return { forward, rule: rule!, value: valueStructure! };
}

const ruleName = (mode: CustomParams['mode']): string => (mode === 'reverse' ? 'pullback' : 'pushforward');

function applyCustom(mode: CustomParams['mode'], args: readonly unknown[], parts: ReturnType<typeof closeWithRule>): unknown {
  const { forward, rule, value } = parts;
  const params: CustomParams = { forward: forward.program, rule: rule.program, mode, captured: forward.captured.length, values: value.size };
  const outputs = apply(customPrimitive, [...forward.captured, ...flatten(args, 'custom').leaves], params);
  return value.unflatten(outputs.slice(0, value.size));
}

/**
 * A function with its own reverse rule. `f` returns the value and a pullback from the cotangent of the value to the
 * cotangents of the arguments (one tree per argument, in a tuple). The pullback must be linear; it may use anything computed in `f`.
 *
 * Values that `f` closes over keep their ordinary derivative. Forward mode works too: it applies the transposed pullback.
 * The derivative of the derivative is the ordinary one of the pullback. `f` is recorded, so it must not look at values.
 *
 * Throws `TreeError` when the pullback does not return something like the arguments.
 */
export function customGradient<Args extends readonly unknown[], Y>(f: (...args: Args) => { value: Y; pullback: (yBar: Y) => Args }): (...args: Args) => Y {
  return (...args) =>
    applyCustom(
      'reverse',
      args,
      closeWithRule('customGradient', args, 'reverse', (...inner) => {
        const { value, pullback } = refusePromise('customGradient', f(...inner));
        return { value, rule: pullback, ruleExamples: (y) => [y] };
      }),
    ) as Y;
}

/**
 * A function with its own forward rule: `pushforward` takes one tangent per argument, is linear, and returns the tangent of the
 * value. Reverse mode applies its transpose. Otherwise like `customGradient`.
 */
export function customTangent<Args extends readonly unknown[], Y>(f: (...args: Args) => { value: Y; pushforward: (...dxs: Args) => Y }): (...args: Args) => Y {
  return (...args) =>
    applyCustom(
      'forward',
      args,
      closeWithRule('customTangent', args, 'forward', (...inner) => {
        const { value, pushforward } = refusePromise('customTangent', f(...inner));
        return { value, rule: pushforward, ruleExamples: () => inner };
      }),
    ) as Y;
}
