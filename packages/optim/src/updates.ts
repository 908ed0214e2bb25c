/** @file One rule for every parameter: applied leaf by leaf, or to all tensors at once by a compiled program as soon as that pays. */
import type { Value } from '@tapeflow/autodiff/extend';
import { Tensor } from '@tapeflow/tensor';
import { NDArray, performHeavy, wrap } from '@tapeflow/tensor/extend';
import type { Leaf } from './arithmetic.ts';
import { unpack, unpackLike } from './leaves.ts';

/** What an optimizer does to each parameter. */
export interface UpdateRule {
  readonly name: string;
  /** Settings that are part of the arithmetic: name and settings say what `apply` computes. */
  readonly settings: Readonly<Record<string, number | boolean>>;
  /** From a parameter, its moments and its gradient, in this order, and from coefficients of this step to the new parameter and moments. */
  apply(leaves: readonly Leaf[], coefficients: readonly Leaf[]): readonly Leaf[];
}

/** A parameter with its moments and its gradient. */
type Row = readonly Leaf[];

/**
 * Updates parameters and moments, which like the gradients that follow them are trees of one structure. Each result is built like the tree it
 * replaces. `step` counts the updates before this one; it decides who computes, but the bits are the same.
 *
 * Throws    `TreeError` for trees of different structure
 */
export function updateTrees<P>(rule: UpdateRule, step: number, trees: readonly P[], coefficients: readonly Leaf[]): P[] {
  const { structure } = unpack(rule.name, trees[0]!);
  const unpacked = trees.map((tree) => unpackLike(rule.name, tree, structure));
  const rows = unpacked[0]!.leaves.map((_, k): Row => unpacked.map(({ leaves }) => leaves[k]!));
  const together = new Map((['f32', 'f64'] as const).flatMap((dtype) => updateTogether(rule, step, rows.filter(isPlain(dtype)), coefficients.map((value) => asArray(value, dtype)))));
  const updated = rows.map((row) => together.get(row) ?? rule.apply(row, coefficients));
  return unpacked.slice(0, -1).map(({ rebuild }, k) => rebuild(updated.map((leaves) => leaves[k]!)));
}

/** Rows with their updates; none where they are better computed one by one, or are differentiated or traced through their coefficients. */
function updateTogether(rule: UpdateRule, step: number, rows: readonly Row[], coefficients: readonly Value[]): [Row, readonly Leaf[]][] {
  if (rows.length === 0) return [];
  const width = rows[0]!.length;
  const inputs = [...rows.flatMap((row) => row.map((leaf) => (leaf as Tensor).value)), ...coefficients];
  if (!inputs.every((input) => input instanceof NDArray) || !pays(step, rows.length, inputs)) return [];
  const like = (value: Value, leaf: Leaf): Leaf => wrap({ value, dims: (leaf as Tensor).dims });
  const perform = (given: readonly Value[]): Value[] => {
    const scalars = given.slice(rows.length * width).map((value) => wrap({ value, dims: [] }));
    return rows.flatMap((row, k) => rule.apply(row.map((leaf, j) => like(given[k * width + j]!, leaf)), scalars).map((leaf) => (leaf as Tensor).value));
  };
  const outputs = performHeavy({ name: `update of ${rule.name}`, params: { ...rule.settings, width }, perform }, inputs);
  return rows.map((row, k) => [row, row.slice(0, -1).map((leaf, j) => like(outputs[k * (width - 1) + j]!, leaf))]);
}

/** An operation on a small tensor takes as long as on this many elements. */
const OVERHEAD = 2 ** 11;
/** Elements that are updated one operation after the other in the time in which a program is compiled. */
const COMPILATION = 2 ** 18;

/** Whether the updates up to this one, and so probably those to come, take longer than it takes to compile them. A traced count tells nothing. */
function pays(step: number, rows: number, inputs: readonly NDArray[]): boolean {
  const elements = inputs.reduce((total, { size }) => total + size, 0);
  return typeof step === 'number' && (step + 1) * (elements + rows * OVERHEAD) >= COMPILATION;
}

const isPlain = (dtype: string) => (row: Row): boolean => row.every((leaf) => leaf instanceof Tensor && leaf.value instanceof NDArray && leaf.dtype === dtype);

/** A coefficient as an array; numbers take the precision of the parameters beside them. */
function asArray(value: Leaf, dtype: 'f32' | 'f64'): Value {
  if (value instanceof Tensor) return value.value;
  return typeof value === 'number' ? NDArray.filled(value, [], dtype) : value;
}
