/** @file Scales: from data to pixels, linear or logarithmic, with round tick values and labels. */

import { PlotError } from './errors.ts';
import { minus, scientific } from './text.ts';

/** Lowest and highest value. */
export type Interval = readonly [low: number, high: number];

/** A monotone map from an interval of data to an interval of pixels (which may run backwards, as y does). */
export interface Scale {
  readonly kind: 'linear' | 'log';
  readonly domain: Interval;
  readonly range: readonly [start: number, end: number];
  /** Data to pixels. Not clamped. */
  map(value: number): number;
  /** Pixels to data. */
  invert(pixel: number): number;
  /** About `count` round values inside the domain, rising. */
  ticks(count: number): readonly number[];
}

/**
 * A linear scale.
 *
 * Throws    PlotError unless low < high and both are finite
 */
export function linearScale(domain: Interval, range: Scale['range']): Scale {
  const [low, high] = checkDomain(domain, 'linearScale');
  const [start, end] = range;
  // Halves, so that a domain as wide as the largest numbers does not overflow.
  const half = high / 2 - low / 2;
  return {
    kind: 'linear',
    domain,
    range,
    map: (value) => start + ((value / 2 - low / 2) / half) * (end - start),
    invert: (pixel) => {
      const step = ((pixel - start) / (end - start)) * half;
      return low + step + step;
    },
    ticks: (count) => linearTicks(low, high, count),
  };
}

/**
 * A logarithmic scale.
 *
 * Throws    PlotError unless 0 < low < high and both are finite
 */
export function logScale(domain: Interval, range: Scale['range']): Scale {
  const [low, high] = checkDomain(domain, 'logScale');
  if (low <= 0) throw new PlotError('logScale', 'a logarithmic axis needs values above 0', `${low} … ${high}`, 'Use a linear scale, or leave out what is not positive.');
  const [start, end] = range;
  const from = Math.log(low);
  const width = Math.log(high) - from;
  return {
    kind: 'log',
    domain,
    range,
    map: (value) => start + ((Math.log(value) - from) / width) * (end - start),
    invert: (pixel) => Math.exp(from + ((pixel - start) / (end - start)) * width),
    ticks: (count) => logTicks(low, high, count),
  };
}

/** About `count` multiples of 1, 2 or 5 times a power of ten in low … high. */
export function linearTicks(low: number, high: number, count: number): readonly number[] {
  const { step, power } = roundStep(low, high, count);
  // Steps beyond the largest number: only a domain on both sides of 0 is so wide.
  if (!Number.isFinite(step)) return [0];
  // Below 1 the step is divided by, not multiplied with: 3 / 10 is 0.3 and 3 · 0.1 is not.
  const digit = Math.round(step / 10 ** power);
  const value = (k: number): number => (power < 0 ? (k * digit) / 10 ** -power : k * digit * 10 ** power);
  const ticks: number[] = [];
  const first = Math.ceil(low / step) - 1;
  // Counted from the first: far from 0, adding 1 to a large k might not change it.
  for (let i = 0; i <= 3 * count + 3; i++) {
    const tick = value(first + i) + 0; // + 0 turns −0 into 0
    if (tick >= low && tick <= high && tick !== ticks.at(-1)) ticks.push(tick);
  }
  return ticks;
}

/** A domain pushed out to whole steps, so that an axis starts and ends at a tick. */
export function niceDomain([low, high]: Interval, count: number): Interval {
  const { step } = roundStep(low, high, count);
  const nice: Interval = [Math.floor(low / step) * step, Math.ceil(high / step) * step];
  return nice.every(Number.isFinite) && nice[0] <= low && nice[1] >= high ? nice : [low, high];
}

/** A domain with some width, whatever the data: a single value, or none (then 0 … 1), gets room around it. */
export function usableDomain(low: number, high: number, kind: Scale['kind'] = 'linear'): Interval {
  if (!(low <= high)) return kind === 'log' ? [1, 10] : [0, 1];
  if (kind === 'log') return high / low > 1 + 1e-9 ? [low, high] : [Math.max(low / 2, Number.MIN_VALUE), Math.min(high * 2, Number.MAX_VALUE)];
  const size = Math.max(Math.abs(low), Math.abs(high));
  // Less than this and neighbouring ticks would be the same number, or their step not a normal one.
  if (high / 2 - low / 2 > Math.max(size * 1e-12, 1e-290)) return [low, high];
  const room = size < 1e-290 ? 1 : size * 0.1;
  return [Math.max(low - room, -Number.MAX_VALUE), Math.min(high + room, Number.MAX_VALUE)];
}

/** Labels for the ticks of one axis, written alike: as many decimals as the finest needs, or all with powers of ten. */
export function tickLabels(ticks: readonly number[]): readonly string[] {
  const most = Math.max(...ticks.map(Math.abs));
  const decimals = Math.max(0, ...ticks.map(decimalsOf));
  // Powers of ten stand on logarithmic axes, each with its own digits: 0.01, 0.1, 1.
  const onlyPowers = ticks.length > 1 && ticks.every((tick) => tick > 0 && tick.toExponential().startsWith('1e'));
  if (onlyPowers && decimals <= 3 && most <= 1e4) return ticks.map(String);
  if (!onlyPowers && decimals <= 5 && most < 1e6) return ticks.map((tick) => minus(tick.toFixed(decimals)));
  return ticks.map((tick) => {
    const [mantissa = '', power = '0'] = tick.toExponential().split('e');
    return tick === 0 ? '0' : scientific(mantissa, Number(power));
  });
}

/** Ticks at powers of ten (every few of them if there are many), or at 1, 2, 5 within few decades, or linear within one. */
function logTicks(low: number, high: number, count: number): readonly number[] {
  const first = Math.ceil(Math.log10(low) - 1e-9);
  const last = Math.floor(Math.log10(high) + 1e-9);
  const inside = (ticks: readonly number[]): readonly number[] => ticks.filter((tick) => tick >= low && tick <= high);
  const powers = (factors: readonly number[], stride = 1): readonly number[] => {
    const ticks: number[] = [];
    for (let power = first - 1; power <= last; power++) {
      if ((((power % stride) + stride) % stride) === 0) for (const factor of factors) ticks.push(Number(`${factor}e${power}`));
    }
    return inside(ticks);
  };
  const decades = last - first + 1;
  if (decades >= 3) return powers([1], Math.max(1, Math.ceil(decades / count)));
  const fine = powers([1, 2, 5]);
  return fine.length >= 3 ? fine : linearTicks(low, high, count);
}

/** The round step nearest to a count-th of the interval: 1, 2 or 5 times 10^power. */
function roundStep(low: number, high: number, count: number): { readonly step: number; readonly power: number } {
  const raw = high / count - low / count;
  const power = Math.floor(Math.log10(raw));
  const size = raw / 10 ** power;
  // Geometric middles between 1, 2, 5 and 10.
  const digit = size < Math.SQRT2 ? 1 : size < Math.sqrt(10) ? 2 : size < Math.sqrt(50) ? 5 : 10;
  return digit === 10 ? { step: 10 ** (power + 1), power: power + 1 } : { step: digit * 10 ** power, power };
}

function decimalsOf(tick: number): number {
  const [mantissa = '', power = '0'] = tick.toExponential().split('e');
  return Math.max(0, (mantissa.split('.')[1] ?? '').length - Number(power));
}

function checkDomain(domain: Interval, what: string): Interval {
  const [low, high] = domain;
  if (Number.isFinite(low) && Number.isFinite(high) && low < high) return domain;
  throw new PlotError(what, 'a domain needs finite numbers low < high', `${low} … ${high}`, 'See usableDomain for data that may be constant or empty.');
}
