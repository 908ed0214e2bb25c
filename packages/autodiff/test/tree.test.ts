/** @file Trees: taken apart and put together again, compared, and what is no tree. */
import { describe, expect, test } from 'vitest';
import { flatten, grad, mapTree, TREE, TreeError, type TreeNode } from '../src/index.ts';
import { mul, NumberList, type Scalar } from '../src/scalar.ts';

class Body implements TreeNode<Body> {
  readonly mass: Scalar;
  readonly at: readonly Scalar[];
  readonly name: string;
  constructor(mass: Scalar, at: readonly Scalar[], name: string) {
    this.mass = mass;
    this.at = at;
    this.name = name;
  }
  [TREE](): ReturnType<TreeNode<Body>[typeof TREE]> {
    return { children: [this.mass, this.at], key: `Body ${this.name}`, rebuild: ([mass, at]) => new Body(mass as Scalar, at as Scalar[], this.name) };
  }
}

class Wrapped implements TreeNode<Wrapped> {
  readonly value: Scalar;
  constructor(value: Scalar) {
    this.value = value;
  }
  [TREE](): ReturnType<TreeNode<Wrapped>[typeof TREE]> {
    return { children: [this.value], key: 'Wrapped', rebuild: ([value]) => new Wrapped(value as Scalar) };
  }
}

const label = (): string => 'label';
const list = new NumberList([1, 2]);
const trees: readonly (readonly [name: string, tree: unknown, leaves: readonly unknown[], paths: readonly string[]])[] = [
  ['a number', 5, [5], ['']],
  ['a list of numbers, which is one leaf', list, [list], ['']],
  ['an array', [1, [2, 3]], [1, 2, 3], ['[0]', '[1][0]', '[1][1]']],
  ['a record, in the order of its sorted keys', { v: 1, x: 2, 'a b': 3 }, [3, 1, 2], ['a b', 'v', 'x']],
  ['records in arrays in records', { ball: [{ x: 1 }, { x: 2 }] }, [1, 2], ['ball[0].x', 'ball[1].x']],
  ['a class', { sun: new Body(7, [8, 9], 'sun') }, [7, 8, 9], ['sun.0', 'sun.1[0]', 'sun.1[1]']],
  ['a class with one child, which has the path of the class', [new Wrapped(5)], [5], ['[0]']],
  ['nothing', undefined, [], []],
  ['what is carried along', { s: 'text', b: true, n: null, u: undefined, f: label, i: 5n, x: 1 }, [1], ['x']],
  ['empty things', [[], {}], [], []],
];

describe('flatten and unflatten', () => {
  test.each(trees)('%s', (_name, tree, leaves, paths) => {
    const flat = flatten(tree);
    expect(flat.leaves).toEqual(leaves);
    expect(flat.structure.paths).toEqual(paths);
    expect(flat.structure.size).toBe(leaves.length);
    expect(flat.structure.unflatten(leaves)).toEqual(tree);
    // And with other leaves: the structure is the same, the leaves are those.
    const others = leaves.map((_, k) => 100 + k);
    const again = flatten(flat.structure.unflatten(others));
    expect(again.leaves).toEqual(others);
    expect(again.structure.key).toBe(flat.structure.key);
  });

  test('a rebuilt record has its keys in their own order, whatever they are called', () => {
    const record = { z: 1, a: 2, ['__proto__']: 3, 'a,b:*': 4, 10: 5 };
    const rebuilt = flatten(record).structure.unflatten(flatten(record).leaves) as object;
    expect(Object.keys(rebuilt)).toEqual(Object.keys(record));
    expect(Object.getPrototypeOf(rebuilt)).toBe(Object.prototype);
    expect(rebuilt).toEqual(record);
  });

  test('records without prototype', () => {
    expect(flatten(Object.assign(Object.create(null) as object, { x: 1 })).leaves).toEqual([1]);
  });

  test('what was taken apart is not changed', () => {
    const tree = Object.freeze({ x: 1, list: Object.freeze([1, 2]) });
    expect(flatten(tree).structure.unflatten([7, 8, 9])).toEqual({ list: [7, 8], x: 9 });
    expect(tree).toEqual({ x: 1, list: [1, 2] });
  });
});

describe('keys of structures', () => {
  const key = (tree: unknown): string => flatten(tree).structure.key;

  test('are the same for trees that differ in leaves and in the order of entries', () => {
    expect(key({ x: 1, v: [2] })).toBe(key({ v: [7], x: 5 }));
    expect(key(new Body(1, [2], 'a'))).toBe(key(new Body(3, [4], 'a')));
    expect(key([label, 1])).toBe(key([label, 2]));
  });

  test.each<[string, unknown, unknown]>([
    ['other keys', { x: 1 }, { y: 1 }],
    ['other lengths', [1], [1, 2]],
    ['an array instead of a record', [1], { 0: 1 }],
    ['a leaf instead of a part', [1], [[1]]],
    ['another text', ['a', 1], ['b', 1]],
    ['a text that looks like a structure', ['*', 1], [2, 1]],
    ['another constant', [true], [false]],
    ['a text instead of a constant', ['true'], [true]],
    ['null and undefined', [null], [undefined]],
    ['another function', [() => 1], [() => 1]],
    ['another class', new Body(1, [], 'a'), [1, []]],
    ['classes with other keys', new Body(1, [], 'a'), new Body(1, [], 'b')],
    ['keys that look like structure', { 'x:*,y': 1 }, { x: 1, y: 1 }],
  ])('differ for %s', (_name, a, b) => {
    expect(key(a)).not.toBe(key(b));
  });
});

describe('mapTree', () => {
  test('applies a function to corresponding leaves', () => {
    expect(mapTree((a, b, c) => (a as number) + (b as number) * (c as number), { x: 1, y: [2] }, { x: 3, y: [4] }, { y: [6], x: 5 })).toEqual({ x: 16, y: [26] });
    expect(mapTree((x) => -(x as number), new Body(1, [2], 'moon'))).toEqual(new Body(-1, [-2], 'moon'));
  });

  test('refuses trees of another structure', () => {
    expect(() => mapTree((a) => a, { x: 1 }, { y: 1 })).toThrow(TreeError);
    expect(() => mapTree((a) => a, { x: 1 }, { y: 1 })).toThrow('mapTree: trees of different structure: {x:*} and {y:*}');
  });
});

describe('refusals name the place', () => {
  class Plain {
    x = 1;
  }
  test.each<[string, unknown, string]>([
    ['an object of a class', { a: [1, new Plain()] }, 'grad: at a[1]: an object of class Plain, which does not declare its leaves'],
    ['a date', { when: new Date(0) }, 'grad: at when: an object of class Date'],
    ['a map', new Map(), 'grad: an object of class Map'],
    ['a typed array', { data: new Float64Array(3) }, 'grad: at data: an object of class Float64Array'],
    ['a promise inside', [Promise.resolve(1)], 'grad: at [0]: an object of class Promise'],
    ['an object of a class without name', Object.create({}) as object, 'grad: an object of class'],
  ])('%s', (_name, tree, message) => {
    const run = (): unknown => grad((x: unknown) => mul(x as Scalar, 1))(tree);
    expect(run).toThrow(TreeError);
    expect(run).toThrow(message);
    expect(run).toThrow('Use a plain record, or give the class a [TREE]() method.');
  });

  test('something that contains itself', () => {
    const ring: { x: number; parts: unknown[] } = { x: 1, parts: [] };
    ring.parts.push({ ring });
    expect(() => flatten(ring)).toThrow('flatten: at parts[0].ring: an object that contains itself');
    const array: unknown[] = [];
    array.push(array);
    expect(() => flatten(array)).toThrow(TreeError);
  });

  test('but one object in two places is no ring', () => {
    const shared = { x: 1 };
    expect(flatten({ a: shared, b: [shared, shared] }).leaves).toEqual([1, 1, 1]);
  });
});

test('wide and deep trees', () => {
  const wide = Object.fromEntries(Array.from({ length: 5000 }, (_, k) => [`k${k}`, k]));
  expect(flatten(wide).structure.unflatten(flatten(wide).leaves)).toEqual(wide);
  let deep: unknown = 1;
  for (let k = 0; k < 500; k++) deep = [deep];
  expect(flatten(deep).leaves).toEqual([1]);
});
