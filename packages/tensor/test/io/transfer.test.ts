/** @file Trees go through structured cloning and to a real thread and back, and lose nothing; tensors themselves are refused loudly. */
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { build } from 'esbuild';
import { describe, expect, test } from 'vitest';
import { jvp } from '@tapeflow/autodiff';
import { batch, channel, complex, Complex, FileFormatError, fromTransferable, full, jit, Key, randomKey, randomNormal, scalar, splitKey, Tensor, tensor, toTransferable, zeros, type TreeMessage } from '@tapeflow/tensor';
import { thrown } from '../named/support.ts';
import { expectRefused } from './support.ts';

/** What arrives on the other side. */
function sent<T>(tree: T): T {
  const { message, transfer } = toTransferable(tree);
  return fromTransferable(structuredClone(message, { transfer }));
}

describe('a tree arrives as it was sent', () => {
  const u = tensor({ y: 2, x: 3, vector: channel(['u', 'v']), batch: batch(1) }, Array.from({ length: 12 }, (_, k) => k - 3.5));
  const tensors: Record<string, Tensor<never>> = {
    'dimensions of several types, and item names': u,
    'a view backwards, in steps': u.slice({ x: { step: -2 }, vector: [1, 2] }),
    'an entry': u.at({ vector: 'v' }),
    'no elements': zeros({ y: 0, x: 3 }).add(1),
    'rank 0': scalar(-0),
    'f64': tensor({ x: 2 }, [0.1, NaN], { dtype: 'f64' }),
    'i32': tensor({ x: 2 }, [-(2 ** 31), 7], { dtype: 'i32' }),
    'bool': tensor({ x: 3 }, [true, false, true]),
    'a row repeated': tensor({ x: 2 }, [1, 2]).add(zeros({ y: 3 })),
    'the result of a program': jit((v: Tensor<'x'>) => v.mul(2))(tensor({ x: 3 }, [1, 2, 3])),
  };
  test.each(Object.keys(tensors))('%s', (name) => {
    const [before, after] = [tensors[name]!, sent(tensors[name]!)];
    expect(after).toBeInstanceOf(Tensor);
    expect([after.dims, after.dtype, after.data]).toEqual([before.dims, before.dtype, before.data]);
    expect(String(after)).toBe(String(before));
  });

  test('records, lists and what is no tensor', () => {
    const tree = { layers: [{ w: tensor({ x: 1 }, [3]) }, {}], text: 'a', flag: false, nothing: null, missing: undefined, n: -0, big: 5n, empty: [] };
    const { layers, ...rest } = sent(tree);
    expect(rest).toEqual({ text: 'a', flag: false, nothing: null, missing: undefined, n: -0, big: 5n, empty: [] });
    expect([...layers[0]!.w!.data]).toEqual([3]);
    expect(layers[1]).toEqual({});
  });

  test('complex tensors and random keys', () => {
    const z = sent(complex(tensor({ x: 1 }, [1]), tensor({ x: 1 }, [-2])));
    expect(z).toBeInstanceOf(Complex);
    expect([z.re.item(), z.im.item()]).toEqual([1, -2]);
    const child = splitKey(randomKey('seed'), 3)[2]!;
    expect(sent(child)).toBeInstanceOf(Key);
    expect(String(sent(child))).toBe(String(child));
    expect([...randomNormal({ x: 3 }, sent(child)).data]).toEqual([...randomNormal({ x: 3 }, child).data]);
  });

  test('a key __proto__ is an entry like others', () => {
    const tree = Object.fromEntries([['__proto__', scalar(1)]]);
    const seen = sent(tree);
    expect(Object.keys(seen)).toEqual(['__proto__']);
    expect(Object.getPrototypeOf(seen)).toBe(Object.prototype);
  });
});

describe('memory', () => {
  test('buffers move, and the tensors that were sent stay', () => {
    const t = tensor({ x: 100 }, 3).add(0);
    const { message, transfer } = toTransferable([t, t.slice({ x: [0, 10] })]);
    expect(transfer.map(({ byteLength }) => byteLength)).toEqual([400, 40]);
    structuredClone(message, { transfer });
    expect(transfer.map(({ byteLength }) => byteLength)).toEqual([0, 0]);
    expect(t.data.every((value) => value === 3)).toBe(true);
  });

  test('repeated values are sent once', () => {
    expect(toTransferable(full({ y: 1000, x: 1000 }, 2)).transfer.map(({ byteLength }) => byteLength)).toEqual([4]);
    expect(sent(full({ y: 1000, x: 1000 }, 2)).at({ y: 999, x: 5 }).item()).toBe(2);
  });
});

test('a thread reads, computes and answers', { timeout: 60_000 }, async () => {
  const { outputFiles } = await build({ entryPoints: [fileURLToPath(new URL('./transfer-worker.ts', import.meta.url))], bundle: true, write: false, format: 'cjs', platform: 'node', conditions: ['tapeflow-source'] });
  const worker = new Worker(outputFiles[0]!.text, { eval: true });
  try {
    const u = tensor({ vector: channel(['a', 'b']), y: 2, x: 4 }, Array.from({ length: 16 }, (_, k) => k)).slice({ x: { step: -1 } });
    const { message, transfer } = toTransferable({ u, rate: 2 });
    worker.postMessage(message, transfer);
    const [answer] = (await once(worker, 'message')) as [TreeMessage<{ doubled: Tensor<'x'>; seen: string; moved: Tensor }>];
    const { doubled, seen, moved } = fromTransferable(answer);
    expect(seen).toBe(String(u));
    expect(doubled.dims).toEqual(u.dims);
    expect([...doubled.data]).toEqual([...u.data].map((value) => 2 * value));
    expect([...moved.data]).toEqual([3, 7, 11, 15]);
  } finally {
    await worker.terminate();
  }
});

describe('what cannot be sent is refused', () => {
  test('a tensor itself, which would lose its numbers without a word', () => {
    const t = tensor({ x: 2 }, [1, 2]);
    for (const value of [t, { deep: [t] }, randomKey(1), complex(t)]) expect(thrown(() => structuredClone(value)).message).toMatch(/sendWithToTransferable/);
  });

  test('objects of other classes, functions, and what contains itself', () => {
    class Field {
      readonly values = scalar(1);
      '~tapeflow.tree'(): object {
        return { children: [this.values], rebuild: () => this, key: 'Field' };
      }
    }
    expect(thrown(() => toTransferable({ state: [new Field()] }))).toMatchObject({ name: 'TreeError', path: 'state[0]', operation: 'toTransferable' });
    expect(thrown(() => toTransferable({ when: new Date() }))).toMatchObject({ name: 'TreeError', path: 'when' });
    expect(thrown(() => toTransferable({ f: Math.sin }))).toMatchObject({ name: 'TreeError', path: 'f' });
    const loop: unknown[] = [];
    loop.push(loop);
    expect(thrown(() => toTransferable(loop)).name).toBe('TreeError');
  });

  test('values inside a transformation', () => {
    const t = tensor({ x: 1 }, [1]);
    expect(thrown(() => jvp((v: Tensor<'x'>) => (toTransferable(v), v), t, t)).name).toBe('TracedValueError');
  });
});

describe('messages of others are refused', () => {
  const good = (): { tapeflow: number; tree: Record<string, unknown> } => toTransferable(tensor({ x: 2 }, [1, 2])).message as never;
  const changed = (change: Record<string, unknown>): TreeMessage => ({ ...good(), tree: { ...good().tree, ...change } }) as never;
  const messages: Record<string, [unknown, Parameters<typeof expectRefused>[1], RegExp]> = {
    'nothing': [undefined, 'not-this-format', /no message/],
    'another record': [{ type: 'ready' }, 'not-this-format', /no message/],
    'another version': [{ ...good(), tapeflow: 2 }, 'version', /version 2/],
    'a part that is no record': [{ ...good(), tree: 3 }, 'not-this-format', /no message/],
    'an unknown part': [changed({ kind: 'sparse' }), 'header', /sparse/],
    'an unknown dtype': [changed({ dtype: 'toString' }), 'dtype', /toString/],
    'a buffer that has moved on': [changed({ data: new ArrayBuffer(0) }), 'truncated', /8 bytes has 0/],
    'no buffer': [changed({ data: [1, 2] }), 'truncated', /has none/],
    'too large a size': [changed({ dims: [{ name: 'x', size: 2 ** 60, type: 'spatial' }] }), 'shape', /counted/],
    'a dimension without type': [changed({ dims: [{ name: 'x', size: 2 }] }), 'dimensions', /type/],
    'an axis that is not there': [changed({ repeated: [1] }), 'shape', /list of axes/],
    'a list without parts': [changed({ kind: 'list' }), 'header', /no parts/],
    'a record without keys': [changed({ kind: 'record', parts: [] }), 'header', /do not fit/],
    'half a complex tensor': [changed({ kind: 'complex', parts: [good().tree] }), 'header', /lacks a part/],
    'a key of one word': [changed({ kind: 'key', words: new ArrayBuffer(4) }), 'values', /two words/],
  };
  test.each(Object.keys(messages))('%s', (name) => {
    const [message, reason, says] = messages[name]!;
    expectRefused(() => fromTransferable(message as TreeMessage), reason, says);
  });

  test('nested without end', () => {
    let tree: unknown = good().tree;
    for (let k = 0; k < 100_000; k++) tree = { kind: 'list', parts: [tree] };
    expect(thrown(() => fromTransferable({ tapeflow: 1, tree } as never))).toBeInstanceOf(FileFormatError);
  });
});
