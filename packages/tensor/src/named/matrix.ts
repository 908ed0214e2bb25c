/** @file Which dimensions of a tensor are the rows of a matrix and which its columns, and the tensor as positional matrices. */
import type { Value } from '@tapeflow/autodiff/extend';
import { isFloat, type DType } from '../array/dtype.ts';
import { arrayTypeOf, reshape } from '../array/ndarray.ts';
import { contextDType } from '../context.ts';
import { DimensionError } from '../errors.ts';
import { convert, transpose } from '../primitives/structure.ts';
import { alignValue, widest, type Named } from './align.ts';
import type { Columns, Rows } from './contract.ts';
import { countElements, describeDims, makeDim, positionOf, unionDims, type Dim } from './dims.ts';
import { reordered } from './restructure.ts';
import type { Tensor } from './tensor.ts';
import type { Without } from './types.ts';

/** Which dimensions are rows and which columns. By default the columns are all dimensions such as ~x, and the rows x those of the same name. */
export interface MatrixRoles<R, C> {
  readonly rows: R;
  readonly columns: C;
}

/** What the product of a matrix with columns C is taken with: x for ~x, and y for y. */
export type Paired<C extends string> = C extends `~${infer N}` ? N : C;
/** Names of a matrix that is neither row nor column by default. */
export type Others<A extends string> = Without<Rows<A>, Columns<A>>;
/** Names of an inverse: what were columns are rows, and the other way round. */
export type Inverted<A extends string, R extends string, C extends string> = Without<A, R | C> | Paired<C> | (C extends `~${string}` ? `~${R}` : R);

/** A tensor as square matrices, one for every index of its other dimensions. */
export interface Matrices {
  readonly others: readonly Dim[];
  readonly rows: readonly Dim[];
  readonly columns: readonly Dim[];
  /** Dimensions of what the matrix is multiplied with: the columns, without ~. */
  readonly paired: readonly Dim[];
  /** (…others, row, column) */
  readonly value: Value;
}

const listOf = (names: string | readonly string[]): readonly string[] => (typeof names === 'string' ? [names] : names);
const bare = (name: string): string => (name.startsWith('~') ? name.slice(1) : name);
const sizesOf = (dims: readonly Dim[]): number[] => dims.map(({ size }) => size);

/** Real numbers as they are, integers in the precision of the context. */
export function realDType(values: readonly Value[]): DType {
  const dtype = widest(values.map((value) => arrayTypeOf(value).dtype));
  return isFloat(dtype) ? dtype : contextDType();
}

/** The dimension that a column is paired with: of a tensor that has it, else of the rows, else a new one. */
function pairedDim(column: Dim, rows: readonly Dim[], beside: readonly Dim[]): Dim {
  const name = bare(column.name);
  if (name === column.name) return column;
  const known = beside.find((dim) => dim.name === name) ?? rows.find((dim) => dim.name === name);
  const { type } = known ?? makeDim(name, column.size);
  return { name, type, size: column.size, ...(column.items === undefined ? {} : { items: column.items }) };
}

/** Finds rows and columns. `beside` are dimensions of a tensor that is multiplied with the matrix. */
export function matricesOf(operation: string, A: Named, roles: Partial<MatrixRoles<string | readonly string[], string | readonly string[]>>, beside: readonly Dim[] = []): Matrices {
  const { dims } = A;
  const columnNames = roles.columns === undefined ? dims.flatMap(({ name, type }) => (type === 'dual' && name.startsWith('~') ? [name] : [])) : listOf(roles.columns);
  if (columnNames.length === 0) throw new DimensionError(operation, '', 'the tensor is no matrix: it has no columns (dimensions such as ~x).', [describeDims(dims)], "Say what is what: { rows: 'i', columns: 'j' }.");
  const rowNames = roles.rows === undefined ? columnNames.map(bare) : listOf(roles.rows);
  const twice = [...rowNames, ...columnNames].find((name, k, all) => all.indexOf(name) !== k);
  if (twice !== undefined) throw new DimensionError(operation, twice, `the dimension '${twice}' is given twice.`, [describeDims(dims)], 'Give rows and columns that differ.');
  const pick = (names: readonly string[]): Dim[] => names.map((name) => dims[positionOf(operation, dims, name)]!);
  const [rows, columns] = [pick(rowNames), pick(columnNames)];
  if (countElements(rows) !== countElements(columns)) {
    throw new DimensionError(operation, columns[0]!.name, `the matrix is not square: it has ${countElements(rows)} rows ${describeDims(rows)} and ${countElements(columns)} columns ${describeDims(columns)}.`, [describeDims(dims)], 'Give as many rows as columns; for least squares solve Aᵀ A x = Aᵀ b.');
  }
  const others = dims.filter((dim) => !rows.includes(dim) && !columns.includes(dim));
  const ordered = transpose(A.value, [...others, ...rows, ...columns].map((dim) => dims.indexOf(dim)));
  return { others, rows, columns, paired: columns.map((column) => pairedDim(column, rows, beside)), value: reshape(ordered, [...sizesOf(others), countElements(rows), countElements(columns)]) };
}

/** Matrices under other names for their rows and columns. */
export function fromMatrices(value: Value, others: readonly Dim[], rows: readonly Dim[], columns: readonly Dim[]): Tensor {
  const dims = [...others, ...rows, ...columns];
  return reordered(reshape(value, sizesOf(dims)), dims);
}

/** Right-hand sides (…others of the matrix, row, column), with what their columns are. */
export function rightHandSides(operation: string, b: Named, others: readonly Dim[], rows: readonly Dim[], dtype: DType): { readonly value: Value; readonly extra: readonly Dim[] } {
  for (const { name, size } of rows) {
    const own = b.dims[positionOf(operation, b.dims, name)]!;
    if (own.size !== size) throw new DimensionError(operation, name, `'${name}' has ${own.size} entries in the right-hand side and ${size} in the matrix.`, [describeDims(b.dims), describeDims(rows)], 'Give the right-hand side the rows of the matrix.');
  }
  unionDims(operation, [others, b.dims]);
  const extra = b.dims.filter(({ name }) => ![...others, ...rows].some((dim) => dim.name === name));
  const aligned = alignValue(b, [...others, ...rows, ...extra]);
  return { value: convert(reshape(aligned, [...sizesOf(others), countElements(rows), countElements(extra)]), dtype), extra };
}
