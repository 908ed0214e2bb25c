/** @file What the functions know about the two formats of real numbers, and powers of two made from their bits [IEEE754]. */
import type { Precision, Vector } from './vector.ts';

/** One format. */
export interface Format {
  /** Bits of the fraction. */
  readonly fraction: number;
  readonly bias: number;
  readonly sign: bigint;
  readonly all: bigint;
  /** The smallest normal number. */
  readonly smallest: number;
  /** 1.5 times the number whose last bit is worth 1: adding it rounds to a whole number, which then lies in the lowest bits. */
  readonly magic: number;
}

/** Both formats. */
export const FORMATS: Readonly<Record<Precision, Format>> = {
  f32: { fraction: 23, bias: 127, sign: 0x8000_0000n, all: 0xffff_ffffn, smallest: 2 ** -126, magic: 1.5 * 2 ** 23 },
  f64: { fraction: 52, bias: 1023, sign: 0x8000_0000_0000_0000n, all: 0xffff_ffff_ffff_ffffn, smallest: 2 ** -1022, magic: 1.5 * 2 ** 52 },
};

/** ln 2 in two parts, of which the first leaves room for the bits of k [CodyWaite1980]. */
export const LN2: Readonly<Record<Precision, readonly [high: number, low: number]>> = {
  f32: [0.693145751953125, 1.428606765330187e-6],
  f64: [0.6931471805598903, 5.497923018708371e-14],
};

/** The sign bit of each lane. */
export function signOf(x: Vector): Vector {
  return x.and(FORMATS[x.precision].sign);
}

/** A whole number near a given one, as a number and in the lowest bits. */
export interface Whole {
  readonly value: Vector;
  readonly bits: Vector;
}

/** The whole number nearest to x, ties to even. Holds for |x| below 2²¹ (f32) or 2⁵⁰ (f64). −0 gives 0. */
export function toWhole(x: Vector): Whole {
  const { magic } = FORMATS[x.precision];
  const bits = x.add(magic);
  return { bits, value: bits.sub(magic) };
}

/** 2ᵏ for a k whose power is a normal number. */
export function powerOfTwo(k: Vector): Vector {
  const { fraction, bias } = FORMATS[k.precision];
  return k.addInteger(BigInt(bias)).shiftLeft(fraction);
}

/** x · 2ᵏ, rounded once: in two steps, so that 2ᵏ may be too large or too small for the format. */
export function scale(x: Vector, k: Vector): Vector {
  const half = k.halveInteger();
  return x.mul(powerOfTwo(half)).mul(powerOfTwo(k.subInteger(half)));
}
