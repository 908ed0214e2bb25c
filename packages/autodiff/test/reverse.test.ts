/** @file The backward sweep: order, repetition, what is computed at all, and what rules may return. */
import { describe, expect, test } from 'vitest';
import { CotangentError, grad, MissingRuleError, RecordingFreedError, vjp } from '../src/index.ts';
import { apply, applyOne, elementwise, primitive, recordLeaves, spaceOf, type GeneralRule, type Primitive, type Value } from '../src/extend.ts';
import { observeBackward } from '../src/reverse.ts';
import { bytesOn, operationsBefore } from '../src/tape-entries.ts';
import { add, binary, mul, NumberList, sin, unary, type Scalar } from '../src/scalar.ts';
import { expectClose, heldObjects, plain } from './support.ts';

const numberSpace = spaceOf(0);
const oneNumber = [{ space: numberSpace, type: 'number' }];

function scalarPrimitive(rule: Partial<GeneralRule> & Pick<GeneralRule, 'name' | 'evaluate'>): Primitive {
  return primitive({ abstract: () => oneNumber, outputSpace: () => numberSpace, ...rule });
}

describe('needs', () => {
  test('a slope that nobody asked for is never computed', () => {
    const asked: string[] = [];
    const product = binary(
      'product',
      (x, y) => x * y,
      (_x, y) => (asked.push('x'), y),
      (x) => (asked.push('y'), x),
    );
    expect(grad((x: Scalar) => product(x, 7))(2)).toBe(7);
    expect(asked).toEqual(['x']);
    expect(grad((x: Scalar) => product(7, x))(2)).toBe(7);
    expect(asked).toEqual(['x', 'y']);
  });

  test('an operation whose result is not used is not pulled back', () => {
    let pulled = 0;
    const probe = unary('probe', (x) => x, () => (pulled++, 1));
    const f = (x: Scalar): Scalar => {
      probe(x);
      return mul(2, x);
    };
    expect(grad(f)(3)).toBe(2);
    expect(pulled).toBe(0);
  });

  test('general rules are told what is needed', () => {
    const seen: (readonly boolean[])[] = [];
    const product = scalarPrimitive({
      name: 'product',
      evaluate: ([x, y]) => [(x as number) * (y as number)],
      vjp: ([zBar], [x, y], _outputs, _params, needs) => {
        seen.push(needs);
        return [mul(zBar as Scalar, y as Scalar), mul(zBar as Scalar, x as Scalar)];
      },
    });
    // The second contribution belongs to a constant and goes nowhere.
    expect(grad((x: Scalar) => applyOne(product, [x, 5]) as Scalar)(3)).toBe(5);
    expect(grad((x: Scalar) => applyOne(product, [x, x]) as Scalar)(3)).toBe(6);
    expect(seen).toEqual([[true, false], [true, true]]);
  });
});

describe('operations with several results', () => {
  // (x, y) → (x y, x + y, unused)
  const seen: (readonly unknown[])[] = [];
  const parts = scalarPrimitive({
    name: 'parts',
    evaluate: ([x, y]) => [(x as number) * (y as number), (x as number) + (y as number), (x as number) ** 5],
    abstract: () => [...oneNumber, ...oneNumber, ...oneNumber],
    vjp(bars, [x, y]) {
      seen.push(bars.map((bar) => bar !== undefined));
      const [product = 0, sum = 0] = bars as Scalar[];
      return [add(mul(product, y as Scalar), sum), add(mul(product, x as Scalar), sum)];
    },
  });
  const both = (x: Value, y: Value): Scalar[] => [...apply(parts, [x, y])] as Scalar[];

  test('get one cotangent per result, undefined where it is not used', () => {
    const f = (x: Scalar): Scalar => {
      const [product, sum] = both(x, sin(x));
      return mul(product!, sum!);
    };
    const [x, s, c] = [0.7, Math.sin(0.7), Math.cos(0.7)];
    // d [x s (x + s)] = (2xs + s²) + (x² + 2xs) c
    expectClose(grad(f)(x), 2 * x * s + s * s + (x * x + 2 * x * s) * c, 1e-14);
    expect(grad((y: Scalar) => both(y, 3)[1]!)(2)).toBe(1);
    expect(seen).toEqual([[true, true, false], [false, true, false]]);
  });

  test('are not pulled back when no result is used', () => {
    const before = seen.length;
    grad((x: Scalar) => (both(x, 1), mul(2, x)))(3);
    expect(seen).toHaveLength(before);
  });
});

describe('rules that do not fit', () => {
  test('a cotangent of a wrong type is named', () => {
    const bad = scalarPrimitive({ name: 'bad', evaluate: ([x]) => [x], vjp: () => [new NumberList([1, 2])] });
    const run = (): unknown => grad((x: Scalar) => mul(2, applyOne(bad, [x]) as Scalar))(1);
    expect(run).toThrow(CotangentError);
    expect(run).toThrow('bad: the cotangent of input 0 is a list of 2 numbers, but the input is a number');
    try {
      run();
    } catch (error) {
      expect(error).toMatchObject({ operation: 'bad', expected: 'a number', seen: 'a list of 2 numbers' });
    }
    const text = scalarPrimitive({ name: 'text', evaluate: ([x]) => [x], vjp: () => ['one'] });
    expect(() => grad((x: Scalar) => applyOne(text, [x]) as Scalar)(1)).toThrow('is no number (string)');
  });

  test('a missing rule is named with what to use instead', () => {
    const oneWay = scalarPrimitive({ name: 'oneWay', evaluate: ([x]) => [x], alternative: 'Use otherWay instead.' });
    const run = (): unknown => grad((x: Scalar) => applyOne(oneWay, [x]) as Scalar)(1);
    expect(run).toThrow(MissingRuleError);
    expect(run).toThrow('oneWay: there is no reverse derivative for this operation.\n  Use otherWay instead.');
    try {
      run();
    } catch (error) {
      expect(error).toMatchObject({ operation: 'oneWay', rule: 'reverse derivative', advice: 'Use otherWay instead.' });
    }
  });

  test('an elementwise operation of four inputs is refused when it is declared', () => {
    const slope = (): Value => 1;
    expect(() => elementwise({ name: 'four', space: numberSpace, evaluate: () => 0, abstract: () => oneNumber[0]!, slopes: [slope, slope, slope, slope] })).toThrow('up to three inputs');
  });

  test('a pullback works after one that failed', () => {
    let fail = true;
    const moody = scalarPrimitive({
      name: 'moody',
      evaluate: ([x]) => [x],
      vjp: ([yBar]) => {
        if (fail) throw new Error('not today');
        return [yBar];
      },
    });
    const { pullback } = vjp((x: Scalar): Scalar => mul(3, applyOne(moody, [mul(x, x)]) as Scalar), 2);
    expect(() => pullback(1)).toThrow('not today');
    fail = false;
    expect(pullback(1)).toBe(12);
  });
});

describe('recordings', () => {
  const record = (): ReturnType<typeof recordLeaves> => recordLeaves(([x]) => [sin(x as Scalar)], [0.5], [numberSpace]);

  test('may be pulled back many times, until they are let go', () => {
    const { ys, pull, level } = record();
    expect(ys).toEqual([Math.sin(0.5)]);
    expect(pull([1])).toEqual([Math.cos(0.5)]);
    expect(pull([2])).toEqual([2 * Math.cos(0.5)]);
    expect(bytesOn(level)).toBe(8);
    expect(pull([1], true)).toEqual([Math.cos(0.5)]);
    expect(bytesOn(level)).toBe(0);
    expect(() => pull([1])).toThrow(RecordingFreedError);
  });

  test('let go of what a sweep has passed, unless they may be swept again', () => {
    const { first, last, keptFirst, keptLast } = heldObjects('sweep');
    expect(first).toBe(40);
    expect(last).toBeLessThanOrEqual(2);
    expect([keptFirst, keptLast]).toEqual([40, 40]);
  });

  test('zero cotangents stay undefined', () => {
    expect(record().pull([undefined])).toEqual([undefined]);
  });
});

test('observers see backward steps from the last to the first, also those of inner pullbacks', () => {
  const seen: string[] = [];
  observeBackward(
    ({ name }, tape, row, pull) => {
      seen.push(`${name}@${operationsBefore(tape, row)}`);
      seen.push(`${pull().map(String).join(' ')}`);
    },
    () => grad((x: Scalar) => mul(sin(x), x))(1),
  );
  expect(seen).toEqual(['mul@1', `1 ${Math.sin(1)}`, 'sin@0', String(Math.cos(1))]);
  grad(sin)(1);
  expect(seen).toHaveLength(4);
});

test('a million recorded operations are swept without deep recursion, in bounded time', () => {
  const start = process.cpuUsage();
  const f = (x: Scalar): Scalar => {
    let y = x;
    for (let k = 0; k < 500_000; k++) y = add(mul(0.999_999, y), 1e-7);
    return y;
  };
  expectClose(grad(f)(1), 0.999_999 ** 500_000, 1e-9);
  // Five times what is promised for idle cores (800 ns an operation): a guard against quadratic time, no measurement.
  const { user, system } = process.cpuUsage(start);
  expect((user + system) / 1000).toBeLessThan(4000);
  let y: Scalar = 1;
  for (let k = 0; k < 500_000; k++) y = add(mul(0.999_999, y), 1e-7);
  expect(vjp(f, 1).value).toBe(plain(y));
});
