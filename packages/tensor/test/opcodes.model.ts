/**
 * @file What each WebAssembly instruction without immediates means, in plain JavaScript: the oracle of opcodes.test.ts.
 *
 * Integers of all widths are bigint, floats are numbers; operands and results are lists of lanes (one lane for a scalar).
 */
import type { PlainOpcode } from '../src/compile/wasm/opcodes.ts';

// Numbers in bytes

export type Lane = 'i8' | 'u8' | 'i16' | 'u16' | 'i32' | 'u32' | 'i64' | 'u64' | 'f32' | 'f64';
export type Value = number | bigint;

export const bitsOf = (lane: Lane): number => Number(lane.slice(1));
export const isFloat = (lane: Lane): boolean => lane[0] === 'f';

/** Lanes from bytes, lowest address first. */
export function readLanes(bytes: Uint8Array, lane: Lane, count: number): Value[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Array.from({ length: count }, (_, k) => {
    const at = (k * bitsOf(lane)) / 8;
    if (lane === 'f32') return view.getFloat32(at, true);
    if (lane === 'f64') return view.getFloat64(at, true);
    let value = 0n;
    for (let b = bitsOf(lane) / 8 - 1; b >= 0; b--) value = (value << 8n) | BigInt(view.getUint8(at + b));
    return wrap(value, lane);
  });
}

export function writeLanes(values: readonly Value[], lane: Lane): Uint8Array {
  const width = bitsOf(lane) / 8;
  const bytes = new Uint8Array(values.length * width);
  const view = new DataView(bytes.buffer);
  values.forEach((value, k) => {
    if (lane === 'f32') view.setFloat32(k * 4, Number(value), true);
    else if (lane === 'f64') view.setFloat64(k * 8, Number(value), true);
    else for (let b = 0; b < width; b++) view.setUint8(k * width + b, Number((BigInt(value) >> BigInt(8 * b)) & 0xffn));
  });
  return bytes;
}

export function wrap(value: bigint, lane: Lane): bigint {
  return lane[0] === 'u' ? BigInt.asUintN(bitsOf(lane), value) : BigInt.asIntN(bitsOf(lane), value);
}

// Meaning of operations on single numbers. `undefined` is a trap.

type Operation = (...operands: never[]) => Value | undefined;
const int = (f: (...x: bigint[]) => bigint | undefined): Operation => f as Operation;
const flag = (condition: boolean): bigint => (condition ? 1n : 0n);

function integerOperations(bits: number): Record<string, Operation> {
  const unsigned = (x: bigint): bigint => BigInt.asUintN(bits, x);
  const signed = (x: bigint): bigint => BigInt.asIntN(bits, x);
  const amount = (x: bigint): bigint => unsigned(x) % BigInt(bits);
  return {
    eqz: int((a) => flag(unsigned(a!) === 0n)),
    add: int((a, b) => a! + b!),
    sub: int((a, b) => a! - b!),
    mul: int((a, b) => a! * b!),
    div_s: int((a, b) => (signed(b!) === 0n || signed(a!) / signed(b!) === 1n << BigInt(bits - 1) ? undefined : signed(a!) / signed(b!))),
    div_u: int((a, b) => (unsigned(b!) === 0n ? undefined : unsigned(a!) / unsigned(b!))),
    rem_s: int((a, b) => (signed(b!) === 0n ? undefined : signed(a!) % signed(b!))),
    rem_u: int((a, b) => (unsigned(b!) === 0n ? undefined : unsigned(a!) % unsigned(b!))),
    and: int((a, b) => a! & b!),
    or: int((a, b) => a! | b!),
    xor: int((a, b) => a! ^ b!),
    shl: int((a, b) => a! << amount(b!)),
    shr_s: int((a, b) => signed(a!) >> amount(b!)),
    shr_u: int((a, b) => unsigned(a!) >> amount(b!)),
    eq: int((a, b) => flag(a === b)),
    ne: int((a, b) => flag(a !== b)),
    lt_s: int((a, b) => flag(signed(a!) < signed(b!))),
    lt_u: int((a, b) => flag(unsigned(a!) < unsigned(b!))),
    gt_s: int((a, b) => flag(signed(a!) > signed(b!))),
    gt_u: int((a, b) => flag(unsigned(a!) > unsigned(b!))),
    le_s: int((a, b) => flag(signed(a!) <= signed(b!))),
    le_u: int((a, b) => flag(unsigned(a!) <= unsigned(b!))),
    ge_s: int((a, b) => flag(signed(a!) >= signed(b!))),
    ge_u: int((a, b) => flag(unsigned(a!) >= unsigned(b!))),
    abs: int((a) => (signed(a!) < 0n ? -a! : a!)),
    neg: int((a) => -a!),
    min_s: int((a, b) => (signed(a!) < signed(b!) ? a! : b!)),
    min_u: int((a, b) => (unsigned(a!) < unsigned(b!) ? a! : b!)),
    max_s: int((a, b) => (signed(a!) > signed(b!) ? a! : b!)),
    max_u: int((a, b) => (unsigned(a!) > unsigned(b!) ? a! : b!)),
  };
}

/** To the nearest whole number, ties to even. */
function roundHalfEven(x: number): number {
  if (!Number.isFinite(x) || Math.abs(x) >= 2 ** 52) return x;
  const below = Math.floor(x);
  const fraction = x - below;
  const rounded = fraction < 0.5 || (fraction === 0.5 && below % 2 === 0) ? below : below + 1;
  return rounded === 0 && (x < 0 || Object.is(x, -0)) ? -0 : rounded;
}

function floatOperations(round: (x: number) => number): Record<string, Operation> {
  const float = (f: (a: number, b: number) => number): Operation => ((a: number, b: number) => round(f(a, b))) as Operation;
  const compare = (f: (a: number, b: number) => boolean): Operation => ((a: number, b: number) => flag(f(a, b))) as Operation;
  const isNegative = (x: number): boolean => x < 0 || Object.is(x, -0);
  return {
    abs: float(Math.abs), neg: float((a) => -a), ceil: float(Math.ceil), floor: float(Math.floor), trunc: float(Math.trunc),
    nearest: float(roundHalfEven), sqrt: float(Math.sqrt),
    add: float((a, b) => a + b), sub: float((a, b) => a - b), mul: float((a, b) => a * b), div: float((a, b) => a / b),
    min: float(Math.min), max: float(Math.max),
    copysign: float((a, b) => (isNegative(a) === isNegative(b) ? a : -a)),
    pmin: float((a, b) => (b < a ? b : a)), pmax: float((a, b) => (a < b ? b : a)),
    eq: compare((a, b) => a === b), ne: compare((a, b) => a !== b), lt: compare((a, b) => a < b),
    gt: compare((a, b) => a > b), le: compare((a, b) => a <= b), ge: compare((a, b) => a >= b),
  };
}

const OPERATIONS: Record<string, Record<string, Operation>> = {
  i32: integerOperations(32), i64: integerOperations(64),
  f32: floatOperations(Math.fround), f64: floatOperations((x) => x),
};

function saturated(lane: Lane): (x: number) => bigint {
  const [low, high] = rangeOf(lane);
  return (x) => {
    if (Number.isNaN(x)) return 0n;
    if (!Number.isFinite(x)) return x < 0 ? low : high;
    return clamp(BigInt(Math.trunc(x)), low, high);
  };
}

export function rangeOf(lane: Lane): [bigint, bigint] {
  const bits = BigInt(bitsOf(lane));
  return lane[0] === 'u' ? [0n, (1n << bits) - 1n] : [-(1n << (bits - 1n)), (1n << (bits - 1n)) - 1n];
}

const clamp = (x: bigint, low: bigint, high: bigint): bigint => (x < low ? low : x > high ? high : x);

/** Integer to f32 rounded once: through 50 bits with the last bit standing for all that was cut off, so that no tie is made up. */
function toFloat32(value: bigint): number {
  const magnitude = value < 0n ? -value : value;
  const excess = BigInt(Math.max(0, magnitude.toString(2).length - 50));
  let kept = magnitude >> excess;
  if (kept << excess !== magnitude) kept |= 1n;
  return Math.fround((value < 0n ? -1 : 1) * Number(kept) * 2 ** Number(excess));
}

// Models of instructions: typed operands as bytes, result as lanes

export interface Model {
  readonly operands: readonly Lane[];
  /** Lanes of a vector operand; 1 for scalars. */
  readonly counts: readonly number[];
  readonly result: Lane;
  readonly resultCount: number;
  readonly evaluate: (...operands: Value[][]) => (Value | undefined)[];
}

/** An instruction on scalars. */
function scalar(operands: readonly Lane[], result: Lane, operation: Operation): Model {
  const apply = operation as (...x: Value[]) => Value | undefined;
  return { operands, counts: operands.map(() => 1), result, resultCount: 1, evaluate: (...x) => [apply(...x.map((lanes) => lanes[0]!))] };
}

/** The same operation in each lane. A comparison gives all ones for true. */
function lanewise(lane: Lane, arity: number, operation: Operation, comparison: boolean): Model {
  const apply = operation as (...x: Value[]) => Value;
  const count = 128 / bitsOf(lane);
  return {
    operands: Array<Lane>(arity).fill(lane), counts: Array<number>(arity).fill(count),
    result: comparison ? (bitsOf(lane) === 32 ? 'i32' : 'i64') : lane, resultCount: count,
    evaluate: (...x) => x[0]!.map((_, k) => {
      const value = apply(...x.map((lanes) => lanes[k]!));
      return comparison ? -BigInt(value) : value;
    }),
  };
}

/** Any function of whole vectors. */
function vector(operands: readonly [Lane, number][], result: [Lane, number], evaluate: (...x: never[]) => Value[]): Model {
  return {
    operands: operands.map(([lane]) => lane), counts: operands.map(([, count]) => count), result: result[0], resultCount: result[1],
    evaluate: evaluate as unknown as Model['evaluate'],
  };
}

const COMPARISONS = new Set(['eqz', 'eq', 'ne', 'lt', 'gt', 'le', 'ge', 'lt_s', 'lt_u', 'gt_s', 'gt_u', 'le_s', 'le_u', 'ge_s', 'ge_u']);
const UNARY = new Set(['eqz', 'abs', 'neg', 'ceil', 'floor', 'trunc', 'nearest', 'sqrt']);

/** Arithmetic and comparison, read from the name; other instructions are listed in MODELS. */
export function arithmeticModel(name: string): Model | undefined {
  const [shape, operationName] = name.split('.') as [string, string];
  const type = shape.slice(0, 3) as 'i32' | 'i64' | 'f32' | 'f64';
  const operation = OPERATIONS[type]?.[operationName];
  if (operation === undefined) return undefined;
  const arity = UNARY.has(operationName) ? 1 : 2;
  const comparison = COMPARISONS.has(operationName);
  if (shape.length === 3) return scalar(Array<Lane>(arity).fill(type), comparison ? 'i32' : type, operation);
  if (['shl', 'shr_s', 'shr_u'].includes(operationName)) {
    const apply = operation as (a: Value, b: Value) => Value;
    const count = 128 / bitsOf(type);
    return vector([[type, count], ['i32', 1]], [type, count], (a: Value[], by: Value[]) => a.map((x) => apply(x, by[0]!)));
  }
  return lanewise(type, arity, operation, comparison);
}

const splat = (from: Lane, lane: Lane): Model => {
  const count = 128 / bitsOf(lane);
  return vector([[from, 1]], [lane, count], (x: Value[]) => Array<Value>(count).fill(isFloat(lane) ? x[0]! : wrap(BigInt(x[0]!), lane)));
};
const extend = (lane: Lane, part: 'low' | 'high'): Model => {
  const count = 128 / bitsOf(lane);
  const result = `${lane[0]}${2 * bitsOf(lane)}` as Lane;
  return vector([[lane, count]], [result, count / 2], (x: Value[]) => (part === 'low' ? x.slice(0, count / 2) : x.slice(count / 2)));
};
const narrow = (from: Lane, to: Lane): Model => {
  const count = 128 / bitsOf(from);
  return vector([[from, count], [from, count]], [to, 2 * count], (a: bigint[], b: bigint[]) => [...a, ...b].map((x) => clamp(x, ...rangeOf(to))));
};
const bits = (operation: (...x: bigint[]) => bigint, arity: number): Model =>
  vector(Array<[Lane, number]>(arity).fill(['u64', 2]), ['u64', 2], (...x: bigint[][]) => x[0]!.map((_, k) => wrap(operation(...x.map((v) => v[k]!)), 'u64')));
const converted = (from: Lane, to: Lane, f: (x: never) => Value | undefined): Model => scalar([from], to, f as Operation);
const sameBits = (from: Lane, to: Lane): Model => converted(from, to, (x: Value) => readLanes(writeLanes([x], from), to, 1)[0]!);
const number = (x: bigint): number => Number(x);
const zeroPadded = (values: Value[], zero: Value): Value[] => [...values, zero, zero];

export const MODELS: Partial<Record<PlainOpcode, Model>> = {
  'i32.wrap_i64': converted('i64', 'i32', (x: bigint) => wrap(x, 'i32')),
  'i64.extend_i32_s': converted('i32', 'i64', (x: bigint) => x),
  'i64.extend_i32_u': converted('u32', 'i64', (x: bigint) => x),
  'f32.demote_f64': converted('f64', 'f32', Math.fround),
  'f64.promote_f32': converted('f32', 'f64', (x: number) => x),
  'i32.reinterpret_f32': sameBits('f32', 'i32'),
  'i64.reinterpret_f64': sameBits('f64', 'i64'),
  'f32.reinterpret_i32': sameBits('i32', 'f32'),
  'f64.reinterpret_i64': sameBits('i64', 'f64'),
  ...Object.fromEntries(['f32', 'f64'].flatMap((float) => (['i32', 'u32'] as const).flatMap((lane) => {
    const sign = lane === 'u32' ? 'u' : 's';
    return [
      [`i32.trunc_sat_${float}_${sign}`, converted(float as Lane, lane, saturated(lane))],
      [`${float}.convert_i32_${sign}`, converted(lane, float as Lane, float === 'f32' ? toFloat32 : number)],
    ];
  }))),
  'f64.convert_i64_s': converted('i64', 'f64', number),
  'v128.not': bits((a) => ~a!, 1),
  'v128.and': bits((a, b) => a! & b!, 2),
  'v128.andnot': bits((a, b) => a! & ~b!, 2),
  'v128.or': bits((a, b) => a! | b!, 2),
  'v128.xor': bits((a, b) => a! ^ b!, 2),
  'v128.bitselect': bits((a, b, mask) => (a! & mask!) | (b! & ~mask!), 3),
  'v128.any_true': vector([['u64', 2]], ['i32', 1], (x: bigint[]) => [flag(x.some((lane) => lane !== 0n))]),
  'i32x4.splat': splat('i32', 'i32'),
  'i64x2.splat': splat('i64', 'i64'), 'f32x4.splat': splat('f32', 'f32'), 'f64x2.splat': splat('f64', 'f64'),
  ...Object.fromEntries((['i32', 'i64'] as const).flatMap((lane) => {
    const count = 128 / bitsOf(lane);
    return [
      [`${lane}x${count}.all_true`, vector([[lane, count]], ['i32', 1], (x: bigint[]) => [flag(x.every((value) => value !== 0n))])],
      [`${lane}x${count}.bitmask`, vector([[lane, count]], ['i32', 1], (x: bigint[]) => [x.reduce((mask, value, k) => (value < 0n ? mask | (1n << BigInt(k)) : mask), 0n)])],
    ];
  })),
  'f32x4.demote_f64x2_zero': vector([['f64', 2]], ['f32', 4], (x: number[]) => zeroPadded(x.map(Math.fround), 0)),
  'f64x2.promote_low_f32x4': vector([['f32', 4]], ['f64', 2], (x: number[]) => x.slice(0, 2)),
  'i32x4.trunc_sat_f32x4_s': vector([['f32', 4]], ['i32', 4], (x: number[]) => x.map(saturated('i32'))),
  'i32x4.trunc_sat_f64x2_s_zero': vector([['f64', 2]], ['i32', 4], (x: number[]) => zeroPadded(x.map(saturated('i32')), 0n)),
  'f32x4.convert_i32x4_s': vector([['i32', 4]], ['f32', 4], (x: bigint[]) => x.map(toFloat32)),
  'f64x2.convert_low_i32x4_s': vector([['i32', 4]], ['f64', 2], (x: bigint[]) => x.slice(0, 2).map(number)),
  'i16x8.extend_low_i8x16_u': extend('u8', 'low'),
  'i32x4.extend_low_i16x8_u': extend('u16', 'low'),
  'i64x2.extend_low_i32x4_s': extend('i32', 'low'),
  'i8x16.narrow_i16x8_u': narrow('i16', 'u8'),
  'i16x8.narrow_i32x4_u': narrow('i32', 'u16'),
  select: scalar(['f64', 'f64', 'i32'], 'f64', ((a: number, b: number, condition: bigint) => (condition !== 0n ? a : b)) as Operation),
};
