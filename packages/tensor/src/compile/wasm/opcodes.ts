/**
 * @file The instructions of WebAssembly that programs use, under their official names, grouped by the immediates that follow them.
 *
 * A code above 0xff is a prefix byte and, below it, the number that follows the prefix: 0xfd_00e4 is 0xfd, LEB128 0xe4.
 * Source   [WebAssembly Core Specification 2.0, ch. 5.4]; the fixed-width SIMD instructions are part of it. Atomic instructions are those of the
 * threads proposal, relaxed ones those of [WebAssembly Core Specification 3.0].
 */

/** Instructions without immediates. */
export const PLAIN_OPCODES = {
  // Control and parametric
  unreachable: 0x00, nop: 0x01, return: 0x0f, drop: 0x1a, select: 0x1b,
  // i32
  'i32.eqz': 0x45, 'i32.eq': 0x46, 'i32.ne': 0x47, 'i32.lt_s': 0x48, 'i32.lt_u': 0x49, 'i32.gt_s': 0x4a, 'i32.gt_u': 0x4b,
  'i32.le_s': 0x4c, 'i32.le_u': 0x4d, 'i32.ge_s': 0x4e, 'i32.ge_u': 0x4f, 'i32.add': 0x6a, 'i32.sub': 0x6b, 'i32.mul': 0x6c, 'i32.div_s': 0x6d, 'i32.div_u': 0x6e,
  'i32.rem_s': 0x6f, 'i32.rem_u': 0x70, 'i32.and': 0x71, 'i32.or': 0x72, 'i32.xor': 0x73, 'i32.shl': 0x74, 'i32.shr_s': 0x75,
  'i32.shr_u': 0x76,
  // i64
  'i64.ne': 0x52, 'i64.le_u': 0x58, 'i64.add': 0x7c, 'i64.sub': 0x7d, 'i64.or': 0x84, 'i64.xor': 0x85, 'i64.shl': 0x86, 'i64.shr_s': 0x87, 'i64.shr_u': 0x88,
  // f32
  'f32.eq': 0x5b, 'f32.ne': 0x5c, 'f32.lt': 0x5d, 'f32.gt': 0x5e, 'f32.le': 0x5f, 'f32.ge': 0x60, 'f32.abs': 0x8b,
  'f32.neg': 0x8c, 'f32.ceil': 0x8d, 'f32.floor': 0x8e, 'f32.trunc': 0x8f, 'f32.nearest': 0x90, 'f32.sqrt': 0x91,
  'f32.add': 0x92, 'f32.sub': 0x93, 'f32.mul': 0x94, 'f32.div': 0x95, 'f32.min': 0x96, 'f32.max': 0x97, 'f32.copysign': 0x98,
  // f64
  'f64.eq': 0x61, 'f64.ne': 0x62, 'f64.lt': 0x63, 'f64.gt': 0x64, 'f64.le': 0x65, 'f64.ge': 0x66, 'f64.abs': 0x99,
  'f64.neg': 0x9a, 'f64.ceil': 0x9b, 'f64.floor': 0x9c, 'f64.trunc': 0x9d, 'f64.nearest': 0x9e, 'f64.sqrt': 0x9f,
  'f64.add': 0xa0, 'f64.sub': 0xa1, 'f64.mul': 0xa2, 'f64.div': 0xa3, 'f64.min': 0xa4, 'f64.max': 0xa5, 'f64.copysign': 0xa6,
  // Conversions between scalars
  'i32.wrap_i64': 0xa7, 'i64.extend_i32_s': 0xac, 'i64.extend_i32_u': 0xad, 'f32.convert_i32_s': 0xb2, 'f32.convert_i32_u': 0xb3,
  'f32.demote_f64': 0xb6, 'f64.convert_i32_s': 0xb7, 'f64.convert_i32_u': 0xb8, 'f64.convert_i64_s': 0xb9, 'f64.promote_f32': 0xbb,
  'i32.reinterpret_f32': 0xbc, 'i64.reinterpret_f64': 0xbd, 'f32.reinterpret_i32': 0xbe, 'f64.reinterpret_i64': 0xbf,
  'i32.trunc_sat_f32_s': 0xfc_0000, 'i32.trunc_sat_f64_s': 0xfc_0002,
  // v128 as bits
  'v128.not': 0xfd_004d, 'v128.and': 0xfd_004e, 'v128.andnot': 0xfd_004f, 'v128.or': 0xfd_0050, 'v128.xor': 0xfd_0051,
  'v128.bitselect': 0xfd_0052, 'v128.any_true': 0xfd_0053,
  // Splats
  'i32x4.splat': 0xfd_0011, 'i64x2.splat': 0xfd_0012, 'f32x4.splat': 0xfd_0013, 'f64x2.splat': 0xfd_0014,
  // i32x4
  'i32x4.eq': 0xfd_0037, 'i32x4.ne': 0xfd_0038, 'i32x4.lt_s': 0xfd_0039, 'i32x4.lt_u': 0xfd_003a, 'i32x4.gt_s': 0xfd_003b,
  'i32x4.gt_u': 0xfd_003c, 'i32x4.le_s': 0xfd_003d, 'i32x4.le_u': 0xfd_003e, 'i32x4.ge_s': 0xfd_003f, 'i32x4.ge_u': 0xfd_0040,
  'i32x4.abs': 0xfd_00a0, 'i32x4.neg': 0xfd_00a1, 'i32x4.all_true': 0xfd_00a3, 'i32x4.bitmask': 0xfd_00a4,
  'i32x4.shl': 0xfd_00ab, 'i32x4.shr_s': 0xfd_00ac, 'i32x4.shr_u': 0xfd_00ad, 'i32x4.add': 0xfd_00ae, 'i32x4.sub': 0xfd_00b1,
  'i32x4.mul': 0xfd_00b5, 'i32x4.min_s': 0xfd_00b6, 'i32x4.min_u': 0xfd_00b7, 'i32x4.max_s': 0xfd_00b8,
  'i32x4.max_u': 0xfd_00b9,
  // i64x2
  'i64x2.eq': 0xfd_00d6, 'i64x2.ne': 0xfd_00d7, 'i64x2.lt_s': 0xfd_00d8, 'i64x2.gt_s': 0xfd_00d9, 'i64x2.le_s': 0xfd_00da,
  'i64x2.ge_s': 0xfd_00db, 'i64x2.abs': 0xfd_00c0, 'i64x2.neg': 0xfd_00c1, 'i64x2.all_true': 0xfd_00c3,
  'i64x2.bitmask': 0xfd_00c4, 'i64x2.shl': 0xfd_00cb, 'i64x2.shr_s': 0xfd_00cc, 'i64x2.shr_u': 0xfd_00cd,
  'i64x2.add': 0xfd_00ce, 'i64x2.sub': 0xfd_00d1, 'i64x2.mul': 0xfd_00d5,
  // f32x4
  'f32x4.eq': 0xfd_0041, 'f32x4.ne': 0xfd_0042, 'f32x4.lt': 0xfd_0043, 'f32x4.gt': 0xfd_0044, 'f32x4.le': 0xfd_0045,
  'f32x4.ge': 0xfd_0046, 'f32x4.ceil': 0xfd_0067, 'f32x4.floor': 0xfd_0068, 'f32x4.trunc': 0xfd_0069,
  'f32x4.nearest': 0xfd_006a, 'f32x4.abs': 0xfd_00e0, 'f32x4.neg': 0xfd_00e1, 'f32x4.sqrt': 0xfd_00e3, 'f32x4.add': 0xfd_00e4,
  'f32x4.sub': 0xfd_00e5, 'f32x4.mul': 0xfd_00e6, 'f32x4.div': 0xfd_00e7, 'f32x4.min': 0xfd_00e8, 'f32x4.max': 0xfd_00e9,
  'f32x4.pmin': 0xfd_00ea, 'f32x4.pmax': 0xfd_00eb, 'f32x4.relaxed_madd': 0xfd_0105,
  // f64x2
  'f64x2.eq': 0xfd_0047, 'f64x2.ne': 0xfd_0048, 'f64x2.lt': 0xfd_0049, 'f64x2.gt': 0xfd_004a, 'f64x2.le': 0xfd_004b,
  'f64x2.ge': 0xfd_004c, 'f64x2.ceil': 0xfd_0074, 'f64x2.floor': 0xfd_0075, 'f64x2.trunc': 0xfd_007a,
  'f64x2.nearest': 0xfd_0094, 'f64x2.abs': 0xfd_00ec, 'f64x2.neg': 0xfd_00ed, 'f64x2.sqrt': 0xfd_00ef, 'f64x2.add': 0xfd_00f0,
  'f64x2.sub': 0xfd_00f1, 'f64x2.mul': 0xfd_00f2, 'f64x2.div': 0xfd_00f3, 'f64x2.min': 0xfd_00f4, 'f64x2.max': 0xfd_00f5,
  'f64x2.pmin': 0xfd_00f6, 'f64x2.pmax': 0xfd_00f7, 'f64x2.relaxed_madd': 0xfd_0107,
  // Conversions between vectors
  'f32x4.demote_f64x2_zero': 0xfd_005e, 'f64x2.promote_low_f32x4': 0xfd_005f, 'i32x4.trunc_sat_f32x4_s': 0xfd_00f8,
  'f32x4.convert_i32x4_s': 0xfd_00fa, 'i32x4.trunc_sat_f64x2_s_zero': 0xfd_00fc, 'f64x2.convert_low_i32x4_s': 0xfd_00fe,
  'i16x8.extend_low_i8x16_u': 0xfd_0089, 'i32x4.extend_low_i16x8_u': 0xfd_00a9, 'i64x2.extend_low_i32x4_s': 0xfd_00c7,
  'i8x16.narrow_i16x8_u': 0xfd_0066, 'i16x8.narrow_i32x4_u': 0xfd_0086,
} as const;

/** Loads: code and the width of the access in bytes, which is also the default alignment. */
export const LOAD_OPCODES = {
  'i32.load': [0x28, 4], 'i64.load': [0x29, 8], 'f32.load': [0x2a, 4], 'f64.load': [0x2b, 8], 'i32.load8_u': [0x2d, 1],
  'v128.load': [0xfd_0000, 16], 'v128.load32_splat': [0xfd_0009, 4], 'v128.load64_splat': [0xfd_000a, 8],
  'v128.load32_zero': [0xfd_005c, 4], 'v128.load64_zero': [0xfd_005d, 8],
} as const;

/** Stores: code and width in bytes. */
export const STORE_OPCODES = {
  'i32.store': [0x36, 4], 'i64.store': [0x37, 8], 'f32.store': [0x38, 4], 'f64.store': [0x39, 8], 'i32.store8': [0x3a, 1],
  'v128.store': [0xfd_000b, 16],
} as const;

/** Loads and stores of one lane of a vector: code and width of the lane in bytes. */
export const LANE_LOAD_OPCODES = { 'v128.load32_lane': [0xfd_0056, 4], 'v128.load64_lane': [0xfd_0057, 8] } as const;
export const LANE_STORE_OPCODES = { 'v128.store32_lane': [0xfd_005a, 4], 'v128.store64_lane': [0xfd_005b, 8] } as const;

/** What threads use on shared memory: code and width in bytes, which is also the alignment. */
export const ATOMIC_OPCODES = {
  'memory.atomic.notify': [0xfe_0000, 4], 'memory.atomic.wait32': [0xfe_0001, 4], 'i32.atomic.load': [0xfe_0010, 4],
  'i64.atomic.load': [0xfe_0011, 8], 'i32.atomic.store': [0xfe_0017, 4], 'i64.atomic.store': [0xfe_0018, 8],
  'i32.atomic.rmw.add': [0xfe_001e, 4], 'i64.atomic.rmw.cmpxchg': [0xfe_0049, 8],
} as const;

/** Reading and replacing one lane: code and number of lanes. */
export const LANE_OPCODES = {
  'i32x4.extract_lane': [0xfd_001b, 4], 'i32x4.replace_lane': [0xfd_001c, 4], 'i64x2.extract_lane': [0xfd_001d, 2],
  'i64x2.replace_lane': [0xfd_001e, 2], 'f32x4.extract_lane': [0xfd_001f, 4], 'f32x4.replace_lane': [0xfd_0020, 4],
  'f64x2.extract_lane': [0xfd_0021, 2], 'f64x2.replace_lane': [0xfd_0022, 2],
} as const;

/** Instructions whose immediates are an index, a value or a block type; each has its own method of `FunctionBuilder`. */
export const SPECIAL_OPCODES = {
  block: 0x02, loop: 0x03, if: 0x04, else: 0x05, end: 0x0b, br: 0x0c, br_if: 0x0d, call: 0x10, 'local.get': 0x20,
  'local.set': 0x21, 'local.tee': 0x22, 'global.get': 0x23, 'global.set': 0x24, 'memory.size': 0x3f, 'memory.grow': 0x40,
  'i32.const': 0x41, 'i64.const': 0x42, 'f32.const': 0x43, 'f64.const': 0x44, 'memory.copy': 0xfc_000a,
  'memory.fill': 0xfc_000b, 'v128.const': 0xfd_000c, 'i8x16.shuffle': 0xfd_000d,
} as const;

export type PlainOpcode = keyof typeof PLAIN_OPCODES;
export type LoadOpcode = keyof typeof LOAD_OPCODES;
export type StoreOpcode = keyof typeof STORE_OPCODES;
export type LaneLoadOpcode = keyof typeof LANE_LOAD_OPCODES;
export type LaneStoreOpcode = keyof typeof LANE_STORE_OPCODES;
export type AtomicOpcode = keyof typeof ATOMIC_OPCODES;
export type LaneOpcode = keyof typeof LANE_OPCODES;

/** Types of values, with their byte in the binary format. */
export const VALUE_TYPES = { i32: 0x7f, i64: 0x7e, f32: 0x7d, f64: 0x7c, v128: 0x7b } as const;
export type ValueType = keyof typeof VALUE_TYPES;
