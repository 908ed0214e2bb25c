/** @file printGradient: a value as it is, whose gradient is shown when it arrives. */
import { flatten } from '@tapeflow/autodiff';
import { abstractOf, apply, materialize, primitive, type Abstract, type Primitive, type Value } from '@tapeflow/autodiff/extend';
import { tensorsOf } from '../solve/systems.ts';
import { apartFromNumbers, hostCallPrimitive, memberByMember, type HostCallParams } from './host-call.ts';

interface PrintParams {
  readonly types: readonly Abstract[];
  readonly call: (gradients: readonly Value[]) => void;
}

const printGradientPrimitive: Primitive = primitive({
  name: 'printGradient',
  composite: true,
  evaluate: (inputs) => inputs,
  abstract: (inputs) => inputs,
  outputSpace: (params, k) => (params as PrintParams).types[k]!.space,
  jvp: (_inputs, tangents) => tangents,
  vjp(yBars, inputs, _outputs, params) {
    apply(hostCallPrimitive, materialize(yBars, inputs.map(abstractOf)), { call: (params as PrintParams).call } satisfies HostCallParams);
    return yBars;
  },
  batch: (inputs, batched, params, size) => ({ outputs: apply(printGradientPrimitive, inputs, { ...(params as PrintParams), call: memberByMember((params as PrintParams).call, batched, size) }), batched }),
});

/**
 * The same tensor or tree of tensors. When the gradient with respect to it is known, in the backward pass of `grad` or `vjp`, it is printed as
 * `label: …`, one line for each tensor. Values and derivatives do not change; also inside `jit`, each time the program runs, as a call of the
 * host (see `hostCall`).
 *
 * `print` gets the lines; default `console.log`.
 */
export function printGradient<T>(tree: T, label: string = 'gradient', print: (line: string) => void = console.log): T {
  const { leaves, structure } = flatten(tree, 'printGradient');
  const { given, filled } = apartFromNumbers(leaves);
  const names = structure.paths.map((path) => (path === '' || path.startsWith('[') ? label + path : `${label}.${path}`)).filter((_, k) => typeof leaves[k] !== 'number');
  const call = (gradients: readonly Value[]): void => {
    const tensors = tensorsOf(structure.unflatten(filled(gradients)));
    gradients.forEach((gradient, k) => print(`${names[k]!}: ${String(tensors.find(({ value }) => value === gradient) ?? gradient)}`));
  };
  return structure.unflatten(filled(apply(printGradientPrimitive, given, { types: given.map(abstractOf), call } satisfies PrintParams))) as T;
}
