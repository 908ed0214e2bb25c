/** @file npy files: what NumPy wrote is read, what is written has the bytes that NumPy would write, and all else is refused by name. */
import { describe, expect, test } from 'vitest';
import { batch, channel, DimensionError, fromNpy, tensor, toNpy, zeros } from '@tapeflow/tensor';
import { thrown } from '../named/support.ts';
import { BEYOND, GOOD } from './numpy-files.ts';
import { expectRefused, expectSurvives, fromBase64, joined, latin, littleEndian } from './support.ts';

const SEED = Number(process.env['TAPEFLOW_SEED'] ?? 20264);
const LETTERS = ['c', 'b', 'a'];
const namesFor = (rank: number): string[] => LETTERS.slice(0, rank);
/** Bytes of a file around a header. */
function npy(header: string, data: readonly number[] = [], version = 1): Uint8Array {
  return joined([0x93], latin('NUMPY'), [version, 0], littleEndian(header.length, version === 1 ? 2 : 4), latin(header), data);
}
const ONE = "{'descr': '<f4', 'fortran_order': False, 'shape': (1,), }\n";
const ELEMENT = [0, 0, 0x80, 0x3f];

describe('files of NumPy', () => {
  test.each(Object.keys(GOOD))('%s', (name) => {
    const { file, shape, values } = GOOD[name]!;
    const t = fromNpy(fromBase64(file), namesFor(shape.length));
    expect(t.dims.map(({ name: dim, size }) => [dim, size])).toEqual(shape.map((size, axis) => [LETTERS[axis], size]));
    expect([...t.data]).toEqual(values);
    const real = /f8|rank|version|middle/.test(name) ? 'f64' : /f4|f2|no elements/.test(name) ? 'f32' : name === 'b1' ? 'bool' : 'i32';
    expect(t.dtype).toBe(real);
  });

  test.each(Object.keys(BEYOND))('%s are refused', (name) => {
    const isInteger = /^[iu]\d/.test(name);
    expectRefused(() => fromNpy(fromBase64(BEYOND[name]!), ['x']), isInteger ? 'values' : 'dtype', isInteger ? /element [01] is \d+, which does not fit into 32 bits/ : /elements are/);
  });

  test('objects say what is wrong with them', () => {
    expect(thrown(() => fromNpy(fromBase64(BEYOND['objects']!), ['x'])).message).toContain('pickled');
    expect(thrown(() => fromNpy(fromBase64(BEYOND['complex']!), ['x'])).message).toContain('complex(re, im)');
  });

  test('axes get types and item names, and are put into storage order', () => {
    const { file } = GOOD['f8 big-endian, column-major']!;
    const t = fromNpy(fromBase64(file), { x: 2, vector: channel(['u', 'v', 'w']), b: batch(4) });
    expect(t.dims.map(({ name, type }) => `${name} ${type}`)).toEqual(['b batch', 'vector channel', 'x spatial']);
    // Row-major in NumPy: element (x, vector, b) is (12 x + 4 vector + b) / 7.
    expect(t.at({ x: 1, vector: 'v', b: 3 }).item()).toBe((12 + 4 + 3) / 7);
  });

  test('a window of a larger buffer, and an ArrayBuffer', () => {
    const file = fromBase64(GOOD['i4']!.file);
    const around = joined([1, 2, 3], file, [4]);
    expect([...fromNpy(around.subarray(3, 3 + file.length), ['x']).data]).toEqual(GOOD['i4']!.values);
    expect([...fromNpy(file.buffer as ArrayBuffer, ['x']).data]).toEqual(GOOD['i4']!.values);
  });

  test('the tensor does not follow the bytes', () => {
    const file = fromBase64(GOOD['b1']!.file);
    const t = fromNpy(file, ['y', 'x']);
    file.fill(0);
    expect([...t.data]).toEqual(GOOD['b1']!.values);
  });
});

describe('writing', () => {
  test('gives the bytes that NumPy gives', () => {
    for (const [name, dtype] of [['f4 row-major', 'f32'], ['i4', 'i32'], ['b1', 'bool'], ['rank 0', 'f64'], ['no elements', 'f32']] as const) {
      const { file, shape, values } = GOOD[name]!;
      const record = Object.fromEntries(shape.map((size, axis) => [LETTERS[axis]!, size]));
      expect([...toNpy(tensor(record, values, { dtype }))], name).toEqual([...fromBase64(file)]);
    }
  });

  test('views, repeated values and another order of axes', () => {
    const t = tensor({ y: 2, x: 3 }, [1, 2, 3, 4, 5, 6]);
    expect([...fromNpy(toNpy(t, { axes: ['x', 'y'] }), ['x', 'y']).data]).toEqual([1, 4, 2, 5, 3, 6]);
    expect([...fromNpy(toNpy(t.slice({ x: { step: -2 } })), ['y', 'x']).data]).toEqual([3, 1, 6, 4]);
    expect([...fromNpy(toNpy(zeros({ x: 3 })), ['x']).data]).toEqual([0, 0, 0]);
  });

  test('every dimension must be an axis once', () => {
    const t = tensor({ y: 1, x: 1 }, [1]);
    expect(thrown(() => toNpy(t, { axes: ['x'] }))).toBeInstanceOf(DimensionError);
    expect(thrown(() => toNpy(t, { axes: ['x', 'x'] })).message).toContain('every dimension once');
    expect(thrown(() => toNpy(t, { axes: ['x', 'z' as 'y'] }))).toMatchObject({ dimension: 'z', advice: 'Use one of y, x.' });
    const many = Object.fromEntries(Array.from({ length: 65 }, (_, k) => [`d${k}`, 1]));
    expect(thrown(() => toNpy(zeros(many))).message).toContain('at most 64');
  });
});

describe('names that do not fit', () => {
  const file = fromBase64(GOOD['f4 row-major']!.file);
  test('too few, twice, other sizes', () => {
    expect(thrown(() => fromNpy(file, ['x']))).toMatchObject({ name: 'DimensionError', operation: 'fromNpy' });
    expect(thrown(() => fromNpy(file, ['x', 'x']))).toMatchObject({ name: 'DimensionError', dimension: 'x' });
    expect(thrown(() => fromNpy(file, { y: 2, x: 4 }))).toMatchObject({ name: 'DimensionError', dimension: 'x' });
  });
});

describe('damaged files', () => {
  const refusals: Record<string, [Uint8Array, Parameters<typeof expectRefused>[1], RegExp]> = {
    'nothing': [new Uint8Array(0), 'truncated', /begin/],
    'something else': [joined(latin('PK'), new Uint8Array(100)), 'not-this-format', /NUMPY/],
    'only a magic': [joined([0x93], latin('NUMPY')), 'truncated', /6 bytes/],
    'version 4': [npy(ONE, ELEMENT, 4), 'version', /4\.0/],
    'a header longer than allowed, of which nothing is there': [joined([0x93], latin('NUMPY'), [2, 0], littleEndian(0xffffffff, 4)), 'header-size', /4294967295/],
    'a header longer than allowed that is there': [npy(ONE.padEnd(10_001), ELEMENT), 'header-size', /10001/],
    'a header longer than the file': [npy(ONE).subarray(0, 40), 'truncated', /header has 58 bytes/],
    'one byte missing': [npy(ONE, ELEMENT.slice(1)), 'truncated', /needs 4 bytes/],
    'one byte too many': [npy(ONE, [...ELEMENT, 0]), 'trailing-bytes', /1 bytes follow/],
    'elements of nothing': [npy(ONE.replace('(1,)', '(0, 9)'), ELEMENT), 'trailing-bytes', /4 bytes/],
    'a product beyond 2^64': [npy(ONE.replace('(1,)', '(4294967296, 4294967296)'), ELEMENT), 'shape', /counted/],
    'a product beyond 2^64 that wraps around to 1': [npy(ONE.replace('(1,)', '(3, 6148914691236517205)'), ELEMENT), 'shape', /6148914691236517205/],
    'huge sizes beside an empty one': [npy(ONE.replace('(1,)', '(0, 94906267, 94906267)')), 'shape', /counted/],
    'a large shape in a small file': [npy(ONE.replace('(1,)', '(1000000000,)'), ELEMENT), 'truncated', /4000000000 bytes/],
    'a negative size': [npy(ONE.replace('(1,)', '(-1,)'), ELEMENT), 'header', /size was expected/],
    'a size that is no integer': [npy(ONE.replace('(1,)', '(1.0,)'), ELEMENT), 'header', /'\)' was expected|tuple/],
    'a shape that is no tuple': [npy(ONE.replace('(1,)', '(1)'), ELEMENT), 'header', /not a tuple/],
    '65 axes': [npy(ONE.replace('(1,)', `(${'1, '.repeat(65)})`), ELEMENT), 'shape', /65 axes/],
    'a key twice': [npy(ONE.replace('{', "{'shape': (2,), "), ELEMENT), 'duplicate-key', /shape twice/],
    'a key of Object.prototype': [npy(ONE.replace('descr', 'toString'), ELEMENT), 'header', /"toString"/],
    'the key __proto__': [npy(ONE.replace('{', "{'__proto__': 1, "), ELEMENT), 'header', /"__proto__"/],
    'a key missing': [npy(ONE.replace("'descr': '<f4', ", ''), ELEMENT), 'header', /no descr/],
    'an order that is no boolean': [npy(ONE.replace('False', '0'), ELEMENT), 'header', /True or False/],
    'an expression': [npy(ONE.replace("'<f4'", "__import__('os')"), ELEMENT), 'header', /text was expected/],
    'text behind the header': [npy(`${ONE}x`, ELEMENT), 'header', /"x" follows/],
    'an open brace': [npy(ONE.replace('}', ' '), ELEMENT), 'header', /its end/],
    'letters beyond ASCII': [npy(ONE.replace('descr', 'd\xe9scr'), ELEMENT), 'header', /ASCII/],
    'no byte order': [npy(ONE.replace('<f4', 'f4'), ELEMENT), 'dtype', /'f4'/],
    'an order of bytes for elements of four': [npy(ONE.replace('<f4', '|f4'), ELEMENT), 'dtype', /'\|f4'/],
    'elements named by a method of objects': [npy(ONE.replace('<f4', '<valueOf'), ELEMENT), 'dtype', /valueOf/],
    'a boolean that is 2': [npy(ONE.replace('<f4', '|b1'), [2]), 'values', /no boolean/],
  };
  test.each(Object.keys(refusals))('%s', (name) => {
    const [file, reason, says] = refusals[name]!;
    expectRefused(() => fromNpy(file, ['x']), reason, says);
  });

  test('unusual but right headers are read', () => {
    for (const header of [ONE.trim(), ONE.replaceAll("'", '"'), ONE.replace('(1,)', '(1L,)'), "{'shape':(1,),'fortran_order':True,'descr':'<f4'}", ONE.padEnd(9_999)]) {
      expect([...fromNpy(npy(header, ELEMENT), ['x']).data], header.slice(0, 60)).toEqual([1]);
    }
  });

  test(`${182 * Object.keys(GOOD).length} damaged files never do anything but give a tensor or a named error (seed ${SEED})`, () => {
    let refused = 0;
    for (const [k, { file, shape }] of Object.values(GOOD).entries()) {
      refused += expectSurvives(fromBase64(file), 182, SEED + k, (bytes) => {
        const t = fromNpy(bytes, namesFor(shape.length));
        // Four bytes for each of the file at most.
        expect(t.size * 4).toBeLessThanOrEqual(4 * bytes.length);
      });
    }
    expect(refused).toBeGreaterThan(2000);
  });
});
