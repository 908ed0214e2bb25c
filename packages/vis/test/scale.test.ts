/** @file Scales are monotone and invertible; ticks are round, inside, rising, and labelled so that they can be told apart. */

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { PlotError } from '../src/errors.ts';
import { linearScale, linearTicks, logScale, niceDomain, tickLabels, usableDomain } from '../src/scale.ts';

const anyDouble = fc.double({ noNaN: true, noDefaultInfinity: true });
const domains = fc.tuple(anyDouble, anyDouble).map(([a, b]) => usableDomain(Math.min(a, b), Math.max(a, b)));
const positive = fc.double({ noNaN: true, noDefaultInfinity: true, min: 1e-300, max: 1e300 });
const logDomains = fc.tuple(positive, positive).map(([a, b]) => usableDomain(Math.min(a, b), Math.max(a, b), 'log'));
const shares = fc.double({ noNaN: true, min: 0, max: 1 });

describe.each([
  ['linear', linearScale, domains, (low: number, high: number, t: number) => low * (1 - t) + high * t],
  ['log', logScale, logDomains, (low: number, high: number, t: number) => Math.exp(Math.log(low) * (1 - t) + Math.log(high) * t)],
] as const)('%s scale', (_, scaleFrom, domainsOf, between) => {
  test('maps ends to ends, is monotone, and invert undoes map', () => {
    fc.assert(
      fc.property(domainsOf, shares, shares, ([low, high], s, t) => {
        const scale = scaleFrom([low, high], [300, 20]);
        expect(scale.map(low)).toBeCloseTo(300, 6);
        expect(scale.map(high)).toBeCloseTo(20, 6);
        const [a, b] = [between(low, high, Math.min(s, t)), between(low, high, Math.max(s, t))];
        if (a < b) expect(scale.map(a)).toBeGreaterThanOrEqual(scale.map(b) - 1e-9); // pixels run backwards
        expect(scale.map(scale.invert(300 - 280 * t))).toBeCloseTo(300 - 280 * t, 3);
      }),
    );
  });

  test('ticks are inside the domain, rising, and neither none nor very many', () => {
    fc.assert(
      fc.property(domainsOf, fc.integer({ min: 2, max: 12 }), ([low, high], count) => {
        const ticks = scaleFrom([low, high], [0, 1]).ticks(count);
        expect(ticks.length).toBeGreaterThanOrEqual(1);
        expect(ticks.length).toBeLessThanOrEqual(3 * count + 4);
        ticks.forEach((tick, i) => {
          expect(tick).toBeGreaterThanOrEqual(low);
          expect(tick).toBeLessThanOrEqual(high);
          if (i > 0) expect(tick).toBeGreaterThan(ticks[i - 1]!);
        });
      }),
    );
  });

  test('the widest domains have a tick at 0', () => {
    expect(linearTicks(-1.0307339898838771e308, Number.MAX_VALUE, 2)).toEqual([0]);
    expect(linearTicks(-Number.MAX_VALUE, Number.MAX_VALUE, 3)).toContain(0);
  });

  test('labels of different ticks differ, and each has been given', () => {
    fc.assert(
      fc.property(domainsOf, fc.integer({ min: 2, max: 12 }), (domain, count) => {
        const ticks = scaleFrom(domain, [0, 1]).ticks(count);
        const labels = tickLabels(ticks);
        expect(labels).toHaveLength(ticks.length);
        expect(new Set(labels).size).toBe(ticks.length);
      }),
    );
  });
});

describe('linear ticks', () => {
  test('are the shortest decimals there are', () => {
    expect(linearTicks(0, 1, 10)).toEqual([0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1]);
    expect(linearTicks(-0.3, 0.3, 6)).toEqual([-0.3, -0.2, -0.1, 0, 0.1, 0.2, 0.3]);
    expect(linearTicks(0, 64, 4)).toEqual([0, 20, 40, 60]);
    expect(linearTicks(1e6, 1.2e6, 4)).toEqual([1e6, 1.05e6, 1.1e6, 1.15e6, 1.2e6]);
  });

  test('a nice domain contains the domain and ends at multiples of the step', () => {
    fc.assert(
      fc.property(domains, fc.integer({ min: 2, max: 10 }), ([low, high], count) => {
        const [a, b] = niceDomain([low, high], count);
        expect(a).toBeLessThanOrEqual(low);
        expect(b).toBeGreaterThanOrEqual(high);
        expect(b / 2 - a / 2).toBeLessThanOrEqual((high / 2 - low / 2) * 3);
      }),
    );
    expect(niceDomain([0.3, 9.7], 5)).toEqual([0, 10]);
  });
});

describe('log ticks', () => {
  const ticks = (low: number, high: number): readonly number[] => logScale([low, high], [0, 1]).ticks(5);
  test('are powers of ten over decades, every few over many, 1-2-5 over few', () => {
    expect(ticks(1e-3, 10)).toEqual([0.001, 0.01, 0.1, 1, 10]);
    expect(ticks(1e-12, 1)).toEqual([1e-12, 1e-9, 1e-6, 1e-3, 1]);
    expect(ticks(1, 25)).toEqual([1, 2, 5, 10, 20]);
    expect(ticks(3, 4)).toEqual([3, 3.2, 3.4, 3.6, 3.8, 4]);
  });
});

test('labels share their decimals; powers of ten look like powers', () => {
  expect(tickLabels([0, 0.5, 1])).toEqual(['0.0', '0.5', '1.0']);
  expect(tickLabels([-20, 0, 20])).toEqual(['−20', '0', '20']);
  expect(tickLabels([0.01, 0.1, 1])).toEqual(['0.01', '0.1', '1']);
  expect(tickLabels([1e-6, 1e-3, 1])).toEqual(['10⁻⁶', '10⁻³', '10⁰']);
  expect(tickLabels([0, 2e-7, 4e-7])).toEqual(['0', '2×10⁻⁷', '4×10⁻⁷']);
  expect(tickLabels([])).toEqual([]);
});

test('data without extent, or without any values, still gets a domain', () => {
  expect(usableDomain(Infinity, -Infinity)).toEqual([0, 1]);
  expect(usableDomain(Infinity, -Infinity, 'log')).toEqual([1, 10]);
  expect(usableDomain(0, 0)).toEqual([-1, 1]);
  expect(usableDomain(5, 5)).toEqual([4.5, 5.5]);
  expect(usableDomain(4, 4, 'log')).toEqual([2, 8]);
});

test.each<[string, () => unknown]>([
  ['a reversed domain', () => linearScale([1, 0], [0, 1])],
  ['an empty domain', () => linearScale([1, 1], [0, 1])],
  ['an infinite domain', () => linearScale([0, Infinity], [0, 1])],
  ['NaN', () => logScale([NaN, 1], [0, 1])],
  ['a log scale from 0', () => logScale([0, 1], [0, 1])],
])('%s is refused', (_, action) => expect(action).toThrow(PlotError));
