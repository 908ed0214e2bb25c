/** @file jacobian and hessian of tensors: all derivatives at once, with columns for the dimensions of the argument. */
import { grad, TreeError } from '@tapeflow/autodiff';
import { jacobianLeaves, type Value } from '@tapeflow/autodiff/extend';
import { isFloat } from '../array/dtype.ts';
import { arrayTypeOf, reshape } from '../array/ndarray.ts';
import { DimensionError, DTypeError } from '../errors.ts';
import { describeDims, type Dim } from './dims.ts';
import { reordered } from './restructure.ts';
import { Tensor, wrap } from './tensor.ts';
import type { Scalar, Unchecked } from './types.ts';

/** In which mode all directions travel. */
export interface JacobianOptions {
  readonly mode?: 'forward' | 'reverse';
}

/** Columns: `~x` for x. */
export type ColumnsOf<D extends string> = `~${D}`;

/**
 * The Jacobian of a function of one tensor: for each dimension of the argument a dimension of columns, `~x` for x, beside those of the
 * result. So `dot(jacobian(f)(x), dx)` is the derivative of f in the direction dx.
 *
 * All directions travel together: forwards where the argument has no more numbers than the result, else backwards; `mode` decides otherwise.
 * A batch dimension is a dimension like the others here; for the Jacobian of each entry alone write `vmap(jacobian(f), 'batch')`.
 *
 * Shapes    x (n), f(x) (m) → (~n, m)
 * Throws    `DTypeError` for arguments and results that are not real, `DimensionError` for arguments that have columns themselves,
 *           `TreeError` when f does not return a tensor
 */
export function jacobian<D extends string, E extends string>(f: (x: Tensor<D>) => Tensor<E>, options?: JacobianOptions): (x: Tensor<D>) => Tensor<E | ColumnsOf<D>>;
export function jacobian<E extends string>(f: (x: Scalar) => Tensor<E>, options?: JacobianOptions): (x: Scalar) => Tensor<E>;
export function jacobian(f: (x: never) => unknown, options: JacobianOptions = {}): (x: Tensor<never>) => Unchecked {
  return (x) => {
    const columns = x.dims.map((dim): Dim => {
      if (dim.name.startsWith('~')) throw new DimensionError('jacobian', dim.name, `the argument has columns, '${dim.name}', which would need columns of their own.`, [describeDims(x.dims)], 'Rename them first.');
      return { ...dim, name: `~${dim.name}`, type: 'dual' };
    });
    requireReal('argument', x);
    let rows: readonly Dim[] = [];
    const { mode, stacks: [stack] } = jacobianLeaves(
      ([value]) => {
        const y = f(wrap({ value, dims: x.dims }) as never);
        if (!(y instanceof Tensor)) throw new TreeError('jacobian', '', `the function returned ${typeof y === 'object' ? 'a tree' : typeof y}.`, 'Return one tensor: stack(...) or concat(...) several.');
        requireReal('result', y);
        rows = y.dims;
        return [y.value];
      },
      [x.value],
      options.mode,
    );
    const dims = mode === 'forward' ? [...columns, ...rows] : [...rows, ...columns];
    return reordered(reshape(stack as Value, dims.map(({ size }) => size)), dims) as Tensor<never> as Unchecked;
  };
}

function requireReal(what: string, t: Tensor<never>): void {
  const { dtype } = arrayTypeOf(t.value);
  if (!isFloat(dtype)) throw new DTypeError('jacobian', [dtype], `the ${what} is not real.`, "Convert it: convert(t, 'float').");
}

/** The Hessian of a scalar function of one tensor, forward over reverse: `dot(hessian(f)(x), dx)` is the change of the gradient. */
export function hessian<D extends string>(f: (x: Tensor<D>) => Scalar): (x: Tensor<D>) => Tensor<D | ColumnsOf<D>> {
  return jacobian(grad(f) as (x: Tensor<D>) => Tensor<D>, { mode: 'forward' });
}
