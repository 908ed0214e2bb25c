/** @file What must be like something else: same structure, same types, and what may differ. */
import { describe, expect, test } from 'vitest';
import { flatten, TreeError } from '../src/index.ts';
import { abstractOf, type VectorSpace } from '../src/extend.ts';
import { matching, requireDerivatives, requireSame, type TreeType } from '../src/matching.ts';
import { NumberList } from '../src/scalar.ts';
import { Pair, pairSpace } from './pairs.ts';

function typeOf(tree: unknown): TreeType {
  const { structure, leaves } = flatten(tree);
  return { structure, types: leaves.map(abstractOf) };
}

/** Pairs that have no derivative. */
const fixedSpace: VectorSpace = { ...pairSpace, name: 'fixed', isDifferentiable: () => false };
class Fixed extends Pair {
  override get '~tapeflow.space'(): VectorSpace {
    return fixedSpace;
  }
}

const like = { x: 1, list: new NumberList([1, 2]) };

describe('requireSame', () => {
  const require = (seen: unknown, expected: unknown) => (): void => requireSame('test', 'the state', typeOf(seen), typeOf(expected), 'Do better.');

  test('lets pass what has the same structure and types', () => {
    expect(require({ list: new NumberList([5, 6]), x: 7 }, like)).not.toThrow();
    expect(require([], [])).not.toThrow();
    expect(require(5, 6)).not.toThrow();
  });

  test.each<[string, unknown, unknown, string]>([
    ['another structure', { x: 1 }, like, 'test: the state of structure {x:*} where {list:*,x:*} was expected.\n  Do better.'],
    ['another type', { x: 1, list: new NumberList([1]) }, like, 'test: at list of the state: a list of 1 numbers where a list of 2 numbers was expected.'],
    ['another space', { x: new Pair(1, 2), list: like.list }, like, 'test: at x of the state: a pair where a number was expected.'],
    ['another type of the whole', new NumberList([1]), 5, 'test: at the state: a list of 1 numbers where a number was expected.'],
    ['what has no derivative, too', new Fixed(1, 2), new Pair(1, 2), 'at the state: a pair where a pair was expected'],
  ])('refuses %s', (_name, seen, expected, message) => {
    expect(require(seen, expected)).toThrow(TreeError);
    expect(require(seen, expected)).toThrow(message);
  });

  test('the error carries the place', () => {
    try {
      require({ x: 1, list: new NumberList([1]) }, like)();
    } catch (error) {
      expect(error).toMatchObject({ operation: 'test', path: 'list of the state', advice: 'Do better.' });
    }
  });
});

describe('requireDerivatives', () => {
  const require = (seen: unknown, expected: unknown) => (): void => requireDerivatives('test', 'the cotangent', typeOf(seen), typeOf(expected), 'Do better.');

  test('what has no derivative may be given as anything', () => {
    expect(require([0, new Pair(1, 2)], [new Fixed(1, 2), new Pair(3, 4)])).not.toThrow();
    expect(require([0, 0], [new Fixed(1, 2), new Pair(3, 4)])).toThrow('at [1] of the cotangent: a number where a pair was expected');
    expect(require([0], [new Fixed(1, 2), new Pair(3, 4)])).toThrow('structure [*] where [*,*] was expected');
  });
});

test('matching gives the leaves, in the order of the structure', () => {
  const { structure, types } = typeOf(like);
  expect(matching('test', { x: 7, list: new NumberList([8, 9]) }, structure, types)).toEqual([new NumberList([8, 9]), 7]);
  expect(() => matching('test', { x: 7 }, structure, types)).toThrow('test: the derivatives of structure {x:*} where {list:*,x:*} was expected.\n  Give a tree like the value that it belongs to.');
});
