/** @file Whatever a user may print is short and says something, however large it is. */
import { format, inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import { grad, jvp } from '@tapeflow/autodiff';
import { batch, channel, complex, describe as describeTensor, full, jit, randomKey, randomUniform, scalar, solveLinear, sum, tensor, zeros, type Dim, type Key, type Scalar, type Tensor } from '@tapeflow/tensor';
import { listItems } from '../src/described.ts';
import { element, thrown } from './named/support.ts';

const MANY = 1_000_000;
const names = Array.from({ length: 100_000 }, (_, k) => `item${k}`);
const solution = solveLinear((u: Tensor<'x'>) => u.mul(2), tensor({ x: 3 }, [2, 4, 6]));

describe('large things are cut', () => {
  const large: Record<string, unknown> = {
    'a million values': zeros({ y: 1000, x: 1000 }).add(1),
    'twenty dimensions': full({ a: 2, b: 2, c: 2, d: 2, e: 2, f: 2, g: 2, h: 2, i: 2, j: 2, k: 2, l: 2, m: 2, n: 2, o: 2, p: 2, q: 2, r: 2, s: 2, t: 2 }, 1),
    'a hundred thousand item names': zeros({ part: names }),
    'item names along another axis': zeros({ part: names, x: 3 }),
    'its description': describeTensor(zeros({ part: names })),
    'a million complex numbers': complex(full({ x: MANY }, 1)),
    'its positional value': full({ x: MANY }, 1).value,
    'its dimensions': zeros({ part: names }).dims,
    'a million random numbers': randomUniform({ x: MANY }, randomKey(1)),
    'a solution of many': solveLinear((u: Tensor<'x'>) => u.mul(2), full({ x: 100_000 }, 1)),
  };
  test.each(Object.keys(large))('%s', (name) => {
    const text = inspect(large[name]);
    expect(text.length).toBeLessThan(4000);
    expect(text.split('\n').length).toBeLessThan(130);
    expect(text).not.toMatch(/Storage|Float32Array|\[object/);
  });

  test('errors about many item names', () => {
    const [a, b] = [zeros({ part: names }), zeros({ part: [...names].reverse() })];
    expect(thrown(() => a.add(b as typeof a)).message).toContain('has items item0,item1,item2,… (100000 items) and item99999');
    expect(thrown(() => a.add(b as typeof a)).message.length).toBeLessThan(600);
    expect(thrown(() => zeros({ part: ['item7', ...names] })).message.length).toBeLessThan(200);
  });

  test('few names are listed, of many the first', () => {
    expect(listItems(['u', 'v'])).toBe('u,v');
    expect(listItems(names.slice(0, 12), ' ')).toBe(names.slice(0, 12).join(' '));
    expect(listItems(names.slice(0, 13))).toBe('item0,item1,item2,… (13 items)');
  });
});

describe('small things say what they are', () => {
  test('a dimension, a key, a complex tensor', () => {
    const dim: Dim = tensor({ vector: channel(['u', 'v']) }, 1).dims[0]!;
    expect(inspect(dim)).toBe("{\n  name: 'vector',\n  size: 2,\n  type: 'channel',\n  items: [ 'u', 'v' ]\n}".replace(/\n\s*/g, ' '));
    expect(inspect(randomKey(42))).toMatch(/^Key [0-9a-f]{8} [0-9a-f]{8}$/);
    expect(inspect({ key: randomKey(42) })).toMatch(/^\{ key: Key [0-9a-f]{8} [0-9a-f]{8} \}$/);
    expect(inspect(complex(tensor({ x: 2 }, [1, 2]), tensor({ x: 2 }, [0, -1])))).toBe('Complex (x=2)\n  re Tensor (x=2) f32 [1 2]\n  im Tensor (x=2) f32 [0 -1]');
    expect(inspect(tensor({ x: 2 }, [1, 2]).value)).toBe('f32[2]');
  });

  test('a solution says how the solve went', () => {
    expect(format('%o', solution).split('\n')[0]).toMatch(/^LinearSolution of direct: converged after 1 step, residual \d\.\d\de/);
    expect(String(solution)).toContain('\n  value Tensor (x=3) f32 [1 2 3]');
    const many = solveLinear((u: Tensor<'x' | 'b'>) => u.mul(2), full({ b: batch(4), x: 2 }, 1));
    expect(String(many)).toContain('the worst of 4 systems');
    const tree = solveLinear(({ u }: { u: Tensor<'x'> }) => ({ u: u.mul(2) }), { u: tensor({ x: 1 }, [1]) });
    expect(String(tree)).toMatch(/^LinearSolution of direct: converged [^\n]*$/);
  });

  test('inside transformations there are no numbers to show', () => {
    const seen: string[] = [];
    const loss = (u: Tensor<'x'>): Scalar => {
      seen.push(inspect(u), inspect(complex(u)), inspect({ u: u.value }));
      return sum(u);
    };
    grad(loss)(tensor({ x: 2 }, [1, 2]));
    jvp(loss, tensor({ x: 2 }, [1, 2]), tensor({ x: 2 }, [1, 2]));
    jit((u: Tensor<'x'>, key: Key) => {
      seen.push(inspect(key), inspect(solveLinear((v: Tensor<'x'>) => v.mul(2), u)));
      return loss(u);
    })(tensor({ x: 2 }, [1, 2]), randomKey(1));
    expect(seen).toHaveLength(11);
    for (const text of seen) {
      expect(text).toMatch(/inside|box/);
      expect(text.length).toBeLessThan(300);
    }
  });
});

describe('values in and out', () => {
  const nested = [[[1, 2, 3], [4, 5, 6]], [[7, 8, 9], [10, 11, 12]]];
  const flat = nested.flat(2);
  test('nested lists, flat lists and typed arrays of every kind mean the same', () => {
    for (const data of [nested, flat, Float32Array.from(flat), Float64Array.from(flat), Int8Array.from(flat), Uint8Array.from(flat), Uint8ClampedArray.from(flat), Int16Array.from(flat), Uint16Array.from(flat), Int32Array.from(flat), Uint32Array.from(flat)]) {
      const t = tensor({ vector: channel(2), y: 2, x: 3 }, data as number[]);
      expect(element(t, { vector: 1, y: 0, x: 2 })).toBe(9);
      expect([...t.data]).toEqual(flat);
    }
  });

  test('data are a copy, read gives the same, view shows them in place', async () => {
    const t = tensor({ y: 2, x: 2 }, [1, 2, 3, 4]).slice({ x: { step: -1 } });
    const { data } = t;
    data[0] = 99;
    expect([...t.data]).toEqual([2, 1, 4, 3]);
    expect([...(await t.read())]).toEqual([2, 1, 4, 3]);
    expect(t.view((values) => [...values])).toEqual([2, 1, 4, 3]);
    expect(JSON.stringify([...scalar(2).data])).toBe('[2]');
  });
});
