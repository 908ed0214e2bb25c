/** @file argMax and argMin: what they find is what max and min are; the first of equal ones; one dimension, several, by type. */
import { expect, test } from 'vitest';
import { vmap } from '@tapeflow/autodiff';
import { argMax, argMin, DimensionError, gather, jit, max, min, precision, spatial, tensor, type Tensor } from '@tapeflow/tensor';
import { wrap, type NDArray } from '@tapeflow/tensor/extend';
import { expectElements, random, thrown, valuesAt } from './support.ts';

test('along one dimension: the position as i32 (seed 81)', () => {
  const t = random({ c: 2, y: 3, x: 5 }, 81);
  const at = argMax(t, 'y');
  expect(at.dtype).toBe('i32');
  expectElements(at, { c: 2, x: 5 }, (index) => valuesAt(t, index).indexOf(Math.max(...valuesAt(t, index))));
  expectElements(argMin(t, 'x'), { c: 2, y: 3 }, (index) => valuesAt(t, index).indexOf(Math.min(...valuesAt(t, index))));
});

test('over several: a record that gather takes; its values are the extremes (seed 82)', () => {
  const t = random({ batch: 2, c: 3, y: 4, x: 5 }, 82);
  expect(gather(t, argMax(t, ['x', 'c'])).data).toEqual(max(t, ['c', 'x']).data);
  expect(gather(t, argMin(t, ['y', 'x', 'c'])).data).toEqual(min(t, ['c', 'x', 'y']).data);
  expect(gather(t as Tensor, argMax(t, spatial)).data).toEqual(max(t, spatial).data);
  const all = argMax(t);
  expect(Object.keys(all)).toEqual(['c', 'y', 'x']);
  expect(gather(t, all as unknown as Record<'c' | 'y' | 'x', Tensor<'batch'>>).data).toEqual(max(t).data);
});

test('the first of equal ones in the order of storage, and the first NaN', () => {
  const t = tensor({ y: 2, x: 3 }, [1, 7, 7, 0, 7, 0]);
  const { y, x } = argMax(t, ['x', 'y']);
  expect([y.item(), x.item()]).toEqual([0, 1]);
  expect([...argMin(t, 'x').data]).toEqual([0, 0]);
  expect(argMax(tensor({ x: 4 }, [1, NaN, 9, NaN]), 'x').item()).toBe(1);
  expect([...argMax(tensor({ y: 2, x: 3 }, [false, true, true, false, false, false]), 'x').data]).toEqual([1, 0]);
});

test('positions are exact in large tensors, whatever the precision', () => {
  const sizes = { y: 4099, x: 4111 };
  const data = new Float32Array(4099 * 4111);
  data[4098 * 4111 + 4109] = 1;
  const at = argMax(tensor(sizes, data), ['y', 'x']);
  expect([at.y.item(), at.x.item()]).toEqual([4098, 4109]);
});

test('in programs and batches the same (seed 83)', () => precision(64, () => {
  const t = random({ y: 3, x: 4 }, 83);
  const f = (u: Tensor<'y' | 'x'>): readonly Tensor<never>[] => [argMax(u, 'x'), ...Object.values(argMin(u, ['y', 'x']))];
  expect(jit(f)(t).map(({ data }) => [...data])).toEqual(f(t).map(({ data }) => [...data]));
  const members = wrap({ value: t.value, dims: t.dims.slice(1) }) as Tensor<'x'>;
  const together = vmap((u: Tensor<'x'>) => argMax(u, 'x'))(members);
  expect([...(together.value as NDArray).contiguous()]).toEqual([...argMax(t, 'x').data]);
}));

test('refusals', () => {
  const t = tensor({ y: 2, x: 0 }, []);
  expect(thrown(() => argMax(t, ['y', 'x']))).toMatchObject({ name: 'DimensionError', operation: 'argMax', dimension: 'x' });
  expect(thrown(() => argMin(t, 'x')).message).toMatchInlineSnapshot(`
    "argMin: dimension 'x' is empty, so there is no extreme.
      input: (y=2, x=0)
      Give at least one value."
  `);
  expect(() => argMax(t as Tensor, 'z')).toThrow(DimensionError);
});
