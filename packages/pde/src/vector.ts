/** @file Vectors in tensors: components along the dimension `vector`. */
import { stack, type Tensor } from '@tapeflow/tensor';

/** Name of the dimension that holds the components of a vector. */
export const VECTOR = 'vector';

/** Names of the components of a tensor; none for a scalar quantity. */
export function componentNames(values: Tensor): readonly string[] | undefined {
  const dim = values.dims.find(({ name }) => name === VECTOR);
  return dim === undefined ? undefined : (dim.items ?? Array.from({ length: dim.size }, (_, k) => String(k)));
}

/** The components of a tensor, by name. */
export function componentsOf(values: Tensor): Readonly<Record<string, Tensor>> {
  return Object.fromEntries((componentNames(values) ?? []).map((name, k) => [name, values.at({ [VECTOR]: k } as Record<string, number>) as Tensor]));
}

/** Components side by side along `vector`. */
export function stackComponents(parts: Readonly<Record<string, Tensor>>): Tensor {
  return stack(parts, VECTOR) as Tensor;
}
