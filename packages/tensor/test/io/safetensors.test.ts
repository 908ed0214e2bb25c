/** @file safetensors files: round trips with everything a dimension has, files of others, and refusals by name. */
import { describe, expect, test } from 'vitest';
import { ArgumentError, batch, channel, DimensionError, dual, fromSafetensors, full, instance, scalar, spatial, tensor, toSafetensors, zeros, type Tensor } from '@tapeflow/tensor';
import { thrown } from '../named/support.ts';
import { expectRefused, expectSurvives, joined, latin, littleEndian } from './support.ts';

const SEED = Number(process.env['TAPEFLOW_SEED'] ?? 20265);

/** A file around a header text. */
const file = (header: string, data: readonly number[] = []): Uint8Array => joined(littleEndian(header.length, 8), latin(header), data);
const entry = (dtype: string, shape: readonly number[], offsets: readonly number[]): object => ({ dtype, shape, data_offsets: offsets });
const of = (header: object, data: readonly number[] = []): Uint8Array => file(JSON.stringify(header), data);

/** The file written by hand in the description of the format: header, then elements. */
const FOREIGN = of({ __metadata__: { format: 'pt' }, 'layer.weight': entry('F32', [2, 2], [4, 20]), 'layer.bias': entry('BF16', [2], [0, 4]) }, [
  0x80, 0x3f, 0x20, 0xc0, // bfloat16: 1, −2.5
  0, 0, 0x80, 0x3f, 0, 0, 0, 0x40, 0, 0, 0x40, 0x40, 0, 0, 0x80, 0x40, // 1, 2, 3, 4
]);

const everything: Record<string, Tensor<never>> = {
  flags: tensor({ x: 3 }, [true, false, true]),
  real: tensor({ batch: batch(2), vector: channel(['u', 'v']), 'y position': spatial(2) }, [1, -0, NaN, 0.1, Infinity, 1e-45, 3e38, 8]),
  double: tensor({ particles: instance(['électron', '💧']), '~x': dual(1) }, [0.1, 5e-324], { dtype: 'f64' }),
  count: tensor({ x: 2 }, [-(2 ** 31), 2 ** 31 - 1], { dtype: 'i32' }),
  nothing: zeros({ y: 0, x: 5 }),
  'also nothing': zeros({ x: 0 }, { dtype: 'f64' }),
  one: scalar(2.5),
  view: tensor({ y: 2, x: 3 }, [1, 2, 3, 4, 5, 6]).slice({ x: { step: -2 } }),
  repeated: full({ y: 2, x: 2 }, 7),
  '"quotes"\n\\': zeros({ '"': 1 }),
};

describe('what is written is read back', () => {
  const { tensors, metadata } = fromSafetensors(toSafetensors(everything, { metadata: { about: 'a "test"', '': '' } }));
  test.each(Object.keys(everything))('%j', (name) => {
    const [seen, expected] = [tensors[name]!, everything[name]!];
    expect(seen.dims).toEqual(expected.dims);
    expect(seen.dtype).toBe(expected.dtype);
    expect(seen.data).toEqual(expected.data);
  });

  test('names, their order, and metadata without ours', () => {
    expect(Object.keys(tensors)).toEqual(Object.keys(everything));
    expect({ ...metadata }).toEqual({ about: 'a "test"', '': '' });
    expect([Object.getPrototypeOf(tensors), Object.getPrototypeOf(metadata)]).toEqual([null, null]);
  });

  test('a file without tensors', () => {
    expect(Object.keys(fromSafetensors(toSafetensors({})).tensors)).toEqual([]);
  });
});

describe('what is written is what the format asks for', () => {
  const bytes = toSafetensors({ b: tensor({ x: 1 }, [true]), a: tensor({ x: 2 }, [1, 2]), c: tensor({ x: 1 }, [3], { dtype: 'f64' }) });
  const view = new DataView(bytes.buffer);
  const length = Number(view.getBigUint64(0, true));
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + length))) as Record<string, Record<string, unknown>>;

  test('elements are aligned, the widest first, and fill the file', () => {
    expect(length % 8).toBe(0);
    expect(header['c']).toEqual(entry('F64', [1], [0, 8]));
    expect(header['a']).toEqual(entry('F32', [2], [8, 16]));
    expect(header['b']).toEqual(entry('BOOL', [1], [16, 17]));
    expect(bytes.length).toBe(8 + length + 17);
    expect([view.getFloat64(8 + length, true), view.getFloat32(16 + length, true), view.getFloat32(20 + length, true), view.getUint8(24 + length)]).toEqual([3, 1, 2, 1]);
  });

  test('metadata are texts', () => {
    expect(Object.keys(header['__metadata__']!)).toEqual(['tapeflow']);
    expect(JSON.parse(header['__metadata__']!['tapeflow'] as string)).toMatchObject({ version: 1, dims: { a: [{ name: 'x', size: 2, type: 'spatial' }] } });
  });

  test('names that the format or JavaScript use are refused', () => {
    for (const name of ['__metadata__', '__proto__', 'constructor', 'prototype']) {
      const tensors = Object.fromEntries([[name, scalar(1)]]);
      expect(thrown(() => toSafetensors(tensors)), name).toBeInstanceOf(ArgumentError);
    }
    expect(thrown(() => toSafetensors({}, { metadata: { tapeflow: 'x' } }))).toMatchObject({ operation: 'toSafetensors', seen: 'tapeflow' });
  });
});

describe('files of others', () => {
  test('are read with names by tensor', () => {
    const { tensors, metadata } = fromSafetensors(FOREIGN, { axes: { 'layer.weight': { out: 2, in: channel(['u', 'v']) }, 'layer.bias': ['out'] } });
    expect(tensors['layer.weight']!.at({ out: 1, in: 'u' }).item()).toBe(3);
    expect([...tensors['layer.bias']!.data]).toEqual([1, -2.5]);
    expect(metadata['format']).toBe('pt');
  });

  test('are read with names by a function, which may leave tensors out', () => {
    const { tensors } = fromSafetensors(FOREIGN, { axes: (name, shape) => (name.endsWith('bias') ? undefined : shape.map((_, axis) => `axis${axis}`)) });
    expect(Object.entries(tensors).map(([name, { sizes }]) => [name, sizes])).toEqual([['layer.weight', { axis0: 2, axis1: 2 }]]);
  });

  test('names go before those in the file', () => {
    const bytes = toSafetensors({ a: tensor({ x: 2 }, [1, 2]), b: tensor({ x: 1 }, [3]) });
    const { tensors } = fromSafetensors(bytes, { axes: { a: ['time'] } });
    expect(Object.values(tensors).map(({ sizes }) => sizes)).toEqual([{ time: 2 }, { x: 1 }]);
    expect(Object.keys(fromSafetensors(bytes, { axes: () => undefined }).tensors)).toEqual(['a', 'b']);
  });

  test('every type of elements', () => {
    const kinds: [string, number[], number[]][] = [
      ['F16', [0, 0x3c], [1]], ['F64', [0, 0, 0, 0, 0, 0, 0xf0, 0xbf], [-1]], ['I8', [0xff], [-1]], ['U8', [0xff], [255]], ['I16', [0xfe, 0xff], [-2]],
      ['U16', [0xfe, 0xff], [65534]], ['U32', [1, 0, 0, 0], [1]], ['I32', [0xff, 0xff, 0xff, 0xff], [-1]], ['I64', Array.from({ length: 8 }, () => 0xff), [-1]], ['U64', [3, 0, 0, 0, 0, 0, 0, 0], [3]], ['BOOL', [1], [1]],
    ];
    for (const [dtype, bytes, values] of kinds) expect([...fromSafetensors(of({ t: entry(dtype, [1], [0, bytes.length]) }, bytes), { axes: { t: ['x'] } }).tensors['t']!.data], dtype).toEqual(values);
  });

  test('names that are missing, too many, or of no tensor are said', () => {
    expect(thrown(() => fromSafetensors(FOREIGN, { axes: { 'layer.bias': ['x'] } }))).toMatchObject({ name: 'DimensionError', advice: expect.stringContaining('"layer.weight"') as string });
    expect(thrown(() => fromSafetensors(FOREIGN, { axes: () => ['x', 'y', 'z'] }))).toBeInstanceOf(DimensionError);
    expect(thrown(() => fromSafetensors(FOREIGN, { axes: { 'layer.weigth': ['x', 'y'] } }))).toMatchObject({ name: 'ArgumentError', advice: "Did you mean 'layer.weight'?" });
    expect(thrown(() => fromSafetensors(FOREIGN, { axes: { bias: ['x'] } })).message).toContain('The file has the tensors layer.weight, layer.bias.');
  });

  test('rank 0 needs no names', () => {
    expect(fromSafetensors(of({ t: entry('U8', [], [0, 1]) }, [9])).tensors['t']!.item()).toBe(9);
  });
});

describe('damaged files', () => {
  const one = entry('U8', [1], [0, 1]);
  const ours = (text: string): Uint8Array => of({ __metadata__: { tapeflow: text }, t: one }, [1]);
  const dimsOf = (dim: object): Uint8Array => ours(JSON.stringify({ version: 1, dims: { t: [dim] } }));
  const refusals: Record<string, [Uint8Array, Parameters<typeof expectRefused>[1], RegExp]> = {
    'nothing': [new Uint8Array(0), 'truncated', /0 bytes/],
    'a header longer than 2^63': [joined(littleEndian(2n ** 64n - 1n, 8), latin('{}')), 'header-size', /18446744073709552000/],
    'a header longer than allowed': [joined(littleEndian(2 ** 24 + 1, 8), latin('{}')), 'header-size', /16777217/],
    'a header longer than the file': [joined(littleEndian(3, 8), latin('{}')), 'truncated', /only 2 follow/],
    'an empty header': [file(''), 'not-this-format', /begin/],
    'another beginning': [file(' {}'), 'not-this-format', /begin/],
    'no UTF-8': [file('{"\xff": 1}'), 'header', /UTF-8/],
    'no JSON': [file('{"t": }'), 'header', /a value was expected/],
    'text behind the JSON': [file('{}x'), 'header', /the end was expected/],
    'an open text': [file('{"t'), 'header', /the end of a text/],
    'a wrong escape': [file('{"\\x": 1}'), 'header', /escape/],
    'a trailing comma': [file('{"a": 1,}'), 'header', /a key was expected/],
    'a number like no JSON': [file('{"a": 01}'), 'header', /'}' was expected/],
    'nested too deep': [file(`{"a": ${'['.repeat(100_000)}`), 'header', /deep/],
    'an entry twice': [file('{"t":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"t":{"dtype":"U8","shape":[1],"data_offsets":[1,2]}}', [1, 2]), 'duplicate-key', /"t": this key occurs twice/],
    'an entry twice, once escaped': [file('{"t":{"dtype":"U8","shape":[0],"data_offsets":[0,0]},"\\u0074":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}}'), 'duplicate-key', /twice/],
    'a field twice': [file('{"t":{"dtype":"U8","shape":[1],"shape":[0],"data_offsets":[0,0]}}'), 'duplicate-key', /shape/],
    'an entry __proto__': [file('{"__proto__":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}}'), 'forbidden-name', /__proto__/],
    'an entry constructor': [of({ constructor: one }, [1]), 'forbidden-name', /constructor/],
    'an entry that is a list': [of({ t: [] }), 'header', /no object/],
    'an unknown field': [of({ t: { ...one, strides: [1] } }, [1]), 'header', /strides/],
    'a missing field': [of({ t: { dtype: 'U8', shape: [0] } }), 'offsets', /data_offsets/],
    'elements that are not read': [of({ t: entry('F8_E4M3', [1], [0, 1]) }, [1]), 'dtype', /F8_E4M3/],
    'elements named by a method of objects': [of({ t: entry('toString', [1], [0, 1]) }, [1]), 'dtype', /toString/],
    'a negative size': [of({ t: entry('U8', [-1, -1], [0, 1]) }, [1]), 'shape', /shape is no list/],
    'a size that is no integer': [of({ t: entry('U8', [0.5], [0, 0]) }), 'shape', /shape is no list/],
    'a size beyond 2^53': [file('{"t":{"dtype":"U8","shape":[9007199254740993],"data_offsets":[0,1]}}', [1]), 'shape', /2\^53/],
    'a product beyond 2^53': [of({ t: entry('U8', [2 ** 32, 2 ** 32], [0, 0]) }), 'shape', /counted/],
    'offsets beyond 2^53': [file('{"t":{"dtype":"U8","shape":[1],"data_offsets":[0,1e300]}}', [1]), 'offsets', /2\^53/],
    'offsets that run backwards': [of({ t: entry('U8', [1], [1, 0]) }, [1]), 'offsets', /\[1, 0\]/],
    'three offsets': [of({ t: entry('U8', [1], [0, 1, 2]) }, [1]), 'offsets', /\[0, 1, 2\]/],
    'offsets of another length': [of({ t: entry('F32', [1], [0, 1]) }, [1]), 'offsets', /needs 4 bytes/],
    'an overlap': [of({ a: entry('U8', [2], [0, 2]), b: entry('U8', [2], [1, 3]) }, [1, 2, 3]), 'offsets', /"b": it begins 1 bytes before/],
    'the same bytes twice': [of({ a: entry('U8', [2], [0, 2]), b: entry('U8', [2], [0, 2]) }, [1, 2]), 'offsets', /2 bytes before/],
    'an empty one inside another': [of({ a: entry('U8', [2], [0, 2]), b: entry('U8', [0], [1, 1]) }, [1, 2]), 'offsets', /"b"/],
    'a hole': [of({ a: entry('U8', [1], [0, 1]), b: entry('U8', [1], [2, 3]) }, [1, 2, 3]), 'offsets', /hole of 1/],
    'a hole at the beginning': [of({ t: entry('U8', [1], [1, 2]) }, [1, 2]), 'offsets', /hole of 1/],
    'a byte missing': [of({ t: one }), 'truncated', /need 1 bytes, but 0/],
    'a byte too many': [of({ t: one }, [1, 2]), 'trailing-bytes', /1 bytes follow/],
    'a boolean that is 3': [of({ t: entry('BOOL', [2], [0, 2]) }, [1, 3]), 'values', /element 1 is 3, which is no boolean/],
    'an integer beyond 32 bits': [of({ t: entry('U64', [1], [0, 8]) }, [0, 0, 0, 0, 1, 0, 0, 0]), 'values', /4294967296/],
    'metadata that are no texts': [of({ __metadata__: { a: 1 } }), 'header', /"a" is no text/],
    'metadata that are a list': [of({ __metadata__: [] }), 'header', /no object/],
    'dimensions of the future': [ours('{"version":2,"dims":{}}'), 'version', /version 2/],
    'dimensions that are no JSON': [ours('{'), 'dimensions', /cannot be read/],
    'dimensions that are null': [ours('null'), 'version', /version null/],
    'dimensions of another tensor': [ours('{"version":1,"dims":{"u":[]}}'), 'dimensions', /"t": there is no list of 1/],
    'dimensions of one tensor too many': [ours('{"version":1,"dims":{"t":[{"name":"x","size":1,"type":"spatial"}],"u":[]}}'), 'dimensions', /"u"/],
    'dimensions by the name __proto__': [ours('{"version":1,"dims":{"__proto__":[]}}'), 'dimensions', /not allowed/],
    'a dimension of another size': [dimsOf({ name: 'x', size: 2, type: 'spatial' }), 'dimensions', /size 2 for an axis of length 1/],
    'a dimension of no type': [dimsOf({ name: 'x', size: 1, type: 'toString' }), 'dimensions', /toString/],
    'a dimension with item names that are too many': [dimsOf({ name: 'x', size: 1, type: 'channel', items: ['a', 'b'] }), 'dimensions', /different item names/],
    'a dimension without a name': [dimsOf({ size: 1, type: 'channel' }), 'dimensions', /no name/],
    'a dimension with something else': [dimsOf({ name: 'x', size: 1, type: 'channel', x: 1 }), 'dimensions', /record of name/],
  };
  test.each(Object.keys(refusals))('%s', (name) => {
    const [bytes, reason, says] = refusals[name]!;
    expectRefused(() => fromSafetensors(bytes, { axes: { t: ['x'] } }), reason, says);
  });

  test('two dimensions of one name', () => {
    const dim = { name: 'x', size: 1, type: 'spatial' };
    const bytes = of({ __metadata__: { tapeflow: JSON.stringify({ version: 1, dims: { t: [dim, dim] } }) }, t: entry('U8', [1, 1], [0, 1]) }, [1]);
    expectRefused(() => fromSafetensors(bytes), 'dimensions', /two dimensions 'x'/);
  });

  test('the limit of the header is the caller’s', () => {
    const bytes = of({ t: one }, [1]);
    expectRefused(() => fromSafetensors(bytes, { maxHeaderBytes: 10 }), 'header-size', /more than 10/);
    expect(thrown(() => fromSafetensors(bytes, { maxHeaderBytes: NaN }))).toBeInstanceOf(ArgumentError);
  });

  test('empty tensors may lie anywhere between others', () => {
    const bytes = of({ a: entry('U8', [0], [0, 0]), b: entry('U8', [1], [0, 1]), c: entry('F64', [0, 7], [1, 1]), d: entry('U8', [0], [1, 1]) }, [5]);
    const { tensors } = fromSafetensors(bytes, { axes: (_name, shape) => ['x', 'y'].slice(0, shape.length) });
    expect(Object.values(tensors).map(({ size }) => size)).toEqual([0, 1, 0, 0]);
  });

  test('a long name is read soon', () => {
    const name = 'n\\n'.repeat(300_000);
    const { tensors } = fromSafetensors(file(`{"${name}":{"dtype":"U8","shape":[],"data_offsets":[0,1]}}`, [1]));
    expect(Object.keys(tensors)[0]!.length).toBe(600_000);
  });

  test(`4000 damaged files give tensors or a named error, and nothing else (seed ${SEED})`, () => {
    const axes = (_name: string, shape: readonly number[]): string[] => shape.map((_, axis) => `d${axis}`);
    const bytes = toSafetensors(everything, { metadata: { a: 'b' } });
    const read = (damagedBytes: Uint8Array): void => {
      for (const { size } of Object.values(fromSafetensors(damagedBytes).tensors)) expect(size).toBeLessThanOrEqual(damagedBytes.length);
    };
    expect(expectSurvives(bytes, 2000, SEED, read)).toBeGreaterThan(500);
    expect(expectSurvives(FOREIGN, 2000, SEED + 1, (each) => fromSafetensors(each, { axes }))).toBeGreaterThan(500);
    expect(Object.hasOwn(Object.prototype, 'dtype')).toBe(false);
  });
});
