/** @file Code of nodes for a vector of neighbouring elements of the innermost axis. */
import { bytesPerElement, type DType } from '../../../array/dtype.ts';
import { nodesBelow, type GatherNode, type LoadNode, type Node, type OperationNode } from '../../kernels/node.ts';
import { isWhole } from '../../kernels/interval.ts';
import type { Range } from '../../kernels/kernel.ts';
import type { FunctionBuilder } from '../function-builder.ts';
import type { ValueType } from '../opcodes.ts';
import type { Local } from '../references.ts';
import { VECTOR_FUNCTIONS } from '../math/functions.ts';
import { Ahead, pushAddress, pushBase, pushIndex, type AxisIndex, type KernelFunction } from './function-state.ts';
import type { Neighbours } from './neighbours.ts';
import { NodeCode } from './node-code.ts';
import type { IndexUser } from './scalar-code.ts';
import { emitScalarOperator } from './scalar-operators.ts';
import { emitVectorConversion, emitVectorOperator, hasVectorCode, realShape, type Lanes } from './vector-operators.ts';

/** (vector) → one of its numbers; of a mask 0 or 1. */
export function emitExtract({ f }: KernelFunction, dtype: DType, lanes: Lanes, lane: number): void {
  if (dtype === 'bool') f.lane('i32x4.extract_lane', lanes === 4 ? lane : 2 * lane).i32Const(1).op('i32.and');
  else f.lane(dtype === 'i32' ? 'i32x4.extract_lane' : `${realShape(lanes)}.extract_lane`, lane);
}

/** (vector, number) → the vector with another number in one lane. */
function emitReplace({ f, scratch }: KernelFunction, dtype: DType, lanes: Lanes, lane: number): void {
  if (dtype !== 'bool') {
    f.lane(dtype === 'i32' ? 'i32x4.replace_lane' : `${realShape(lanes)}.replace_lane`, lane);
    return;
  }
  scratch.release();
  const truth = scratch.take('i32');
  f.localSet(truth).i32Const(0).localGet(truth).op('i32.sub');
  if (lanes === 2) f.op('i64.extend_i32_s');
  f.lane(lanes === 4 ? 'i32x4.replace_lane' : 'i64x2.replace_lane', lane);
}

/** (element) → the same in all lanes. */
export function emitSplat({ f }: KernelFunction, dtype: DType, lanes: Lanes): void {
  if (dtype === 'bool') {
    // 0 − 1 is all ones.
    const truth = f.local('i32');
    f.localSet(truth).i32Const(0).localGet(truth).op('i32.sub').op('i32x4.splat');
  } else if (dtype === 'i32') {
    f.op('i32x4.splat');
  } else {
    f.op(`${realShape(lanes)}.splat`);
  }
}

/** → all bits of the lanes of a range, as wide as the lanes of values of a dtype. */
export function emitLaneMask(f: FunctionBuilder, dtype: DType, lanes: Lanes, { from, to }: Range): void {
  const bit = (lane: number): number => (lane >= from && lane < to ? -1 : 0);
  if (lanes === 4 || dtype === 'i32') f.i32x4Const(bit(0), bit(1), bit(2), bit(3));
  else f.i32x4Const(bit(0), bit(0), bit(1), bit(1));
}

/** Where the elements of a vector lie that are read or written one by one. */
interface ElementAddresses {
  readonly places: readonly Local[];
  readonly offset: number;
}

/** From here on, to its double, numbers of f32 are the whole ones. */
const WHOLE_FROM = 2 ** 23;
const WHOLE_FROM_BITS = 0x4b00_0000;

/** Whether a value is a whole number of f32 from 0 to 2²³, or NaN. */
function isSmallWhole(node: Node): boolean {
  return node.dtype === 'f32' && node.interval.low >= 0 && node.interval.high < WHOLE_FROM && isWhole(node);
}

/** Of which power of two a node is the number, if it is. */
function powerOfTwo(node: Node): number | undefined {
  const power = node.kind === 'literal' ? Math.log2(node.value) : -1;
  return Number.isInteger(power) && power >= 0 && power < 31 ? power : undefined;
}

/** Writes the code of nodes for the vector that begins at the innermost index. */
export class VectorCode extends NodeCode {
  readonly lanes: Lanes;
  /** Lanes whose values are used. The others are computed too, and must do no harm. */
  private readonly active: Range;
  /** Whether short functions are written out instead of called. */
  private readonly isMain: boolean;
  private readonly axes: readonly AxisIndex[];
  private readonly positions = new Map<string, readonly Local[]>();
  private readonly neighbours: Neighbours | undefined;

  /** `known`: vectors of what is the same along the row; `neighbours`: those that are loaded for several vectors. */
  constructor(k: KernelFunction, lanes: Lanes, axes: readonly AxisIndex[], known: ReadonlyMap<Node, Local>, roots: readonly Node[], active: Range, isMain: boolean, neighbours?: Neighbours) {
    super(k, known, roots);
    this.neighbours = neighbours;
    this.active = active;
    this.isMain = isMain;
    this.lanes = lanes;
    this.axes = axes;
  }

  protected typeOf(): ValueType {
    return 'v128';
  }

  protected compute(node: Node): void {
    const { f, scratch } = this.k;
    switch (node.kind) {
      case 'literal':
        this.pushLiteral(node.value, node.dtype);
        return;
      case 'index':
        pushIndex(f, this.axes[node.axis]!);
        f.op('i32x4.splat').i32x4Const(0, 1, 2, 3).op('i32x4.add');
        return;
      case 'load':
        this.load(node);
        return;
      case 'gather':
        this.gather(node);
        return;
      case 'convert':
        if (node.dtype === 'i32' && isSmallWhole(node.input)) {
          this.convertWhole(node.input);
          return;
        }
        this.push(node.input);
        scratch.release();
        emitVectorConversion(f, scratch, node.input.dtype, node.dtype, this.lanes);
        return;
      case 'within':
        this.k.checks.inside(this.whereActive(this.inLocal(node.input)), node.length, node.site);
        return;
      case 'operation':
        this.operate(node);
    }
  }

  /**
   * Whole numbers of f32 that are not negative as i32: added to 2²³, they are its last bits. Engines need seven instructions for the general conversion.
   * What is larger than 0 is taken, so NaN becomes 0 as there.
   */
  private convertWhole(input: Node): void {
    const { f } = this.k;
    f.f32x4Const(0);
    this.push(input);
    f.op('f32x4.pmax').f32x4Const(WHOLE_FROM).op('f32x4.add').i32x4Const(WHOLE_FROM_BITS).op('i32x4.sub');
  }

  private pushLiteral(value: number, dtype: DType): void {
    const { f } = this.k;
    if (dtype === 'bool') f.i32x4Const(value === 0 ? 0 : -1);
    else if (dtype === 'i32') f.i32x4Const(value);
    else if (dtype === 'f32') f.f32x4Const(value);
    else f.f64x2Const(value);
  }

  private operate(node: OperationNode): void {
    const { f, scratch } = this.k;
    const dtype = node.operator === 'select' ? node.dtype : node.inputs[0]!.dtype;
    const power = dtype === 'i32' && (node.operator === 'mul' || node.operator === 'mulI32') ? powerOfTwo(node.inputs[1]!) : undefined;
    if (power !== undefined) {
      this.push(node.inputs[0]!);
      f.i32Const(power).op('i32x4.shl');
      return;
    }
    if (hasVectorCode(node.operator, dtype)) {
      for (const input of node.inputs) this.push(input);
      scratch.release();
      emitVectorOperator(f, scratch, node.operator, dtype, this.lanes);
      return;
    }
    if (node.operator in VECTOR_FUNCTIONS) {
      for (const input of node.inputs) this.push(input);
      scratch.release();
      this.k.imports.vectors.push(f, scratch, node.operator, this.lanes === 4 ? 'f32' : 'f64', this.isMain);
      return;
    }
    // Lane by lane.
    const inputs = node.inputs.map((input) => ({ local: this.inLocal(input), dtype: input.dtype }));
    this.pushLiteral(0, node.dtype);
    for (let lane = 0; lane < this.lanes; lane++) {
      for (const input of inputs) {
        f.localGet(input.local);
        emitExtract(this.k, input.dtype, this.lanes, lane);
      }
      scratch.release();
      emitScalarOperator(f, this.k.imports, scratch, node.operator, dtype);
      emitReplace(this.k, node.dtype, this.lanes, lane);
    }
  }

  private load(node: LoadNode): void {
    const { f } = this.k;
    const { buffer, access, dtype } = node;
    const bytes = bytesPerElement(dtype);
    const stride = access.coefficients.at(-1)!;
    if (stride === 0) {
      this.loadSplat(node, bytes);
    } else if (dtype === 'bool') {
      // Four bytes become four masks.
      f.load('v128.load32_zero', pushAddress(this.k, buffer, access, this.axes), 1).op('i16x8.extend_low_i8x16_u').op('i32x4.extend_low_i16x8_u').i32x4Const(0).op('i32x4.ne');
    } else if (stride === 1) {
      const index = this.axes.at(-1);
      if (this.neighbours?.push(node, index instanceof Ahead ? index.by : 0) === true) return;
      const offset = pushAddress(this.k, buffer, access, this.axes);
      if (dtype === 'i32' && this.lanes === 2) f.load('v128.load64_zero', offset, 4);
      else f.load('v128.load', offset, bytes);
    } else {
      this.loadStrided(node, stride, bytes);
    }
  }

  /** What is the same along the row, where it is not known: below the blends of a vector in which parts meet. */
  private loadSplat({ buffer, access, dtype }: LoadNode, bytes: number): void {
    const { f } = this.k;
    const offset = pushAddress(this.k, buffer, access, this.axes);
    if (dtype !== 'bool') {
      f.load(bytes === 8 ? 'v128.load64_splat' : 'v128.load32_splat', offset, bytes);
    } else {
      f.load('i32.load8_u', offset, 1);
      emitSplat(this.k, dtype, this.lanes);
    }
  }

  /** Lane by lane, from the lowest address on. */
  private loadStrided({ buffer, access }: LoadNode, stride: number, bytes: number): void {
    const { f, scratch } = this.k;
    const count = this.lanes;
    const lowest = stride < 0 ? { ...access, offset: access.offset + (count - 1) * stride } : access;
    const offset = pushAddress(this.k, buffer, lowest, this.axes);
    scratch.release();
    const address = scratch.take('i32');
    f.localSet(address);
    const step = Math.abs(stride) * bytes;
    const at = (lane: number): number => offset + (stride > 0 ? lane : count - 1 - lane) * step;
    f.localGet(address).load(bytes === 8 ? 'v128.load64_zero' : 'v128.load32_zero', at(0), bytes);
    for (let lane = 1; lane < count; lane++) {
      const vector = scratch.take('v128');
      f.localSet(vector).localGet(address).localGet(vector).loadLane(bytes === 8 ? 'v128.load64_lane' : 'v128.load32_lane', lane, at(lane), bytes);
    }
  }

  private gather({ buffer, index, length, base, dtype }: GatherNode): void {
    const { f, scratch } = this.k;
    const bytes = bytesPerElement(dtype);
    const { places, offset } = this.elementAddresses(buffer, index, length, base);
    scratch.release();
    f.localGet(places[0]!).load(bytes === 8 ? 'v128.load64_zero' : 'v128.load32_zero', offset, bytes);
    for (let lane = 1; lane < this.lanes; lane++) {
      const vector = scratch.take('v128');
      f.localSet(vector).localGet(places[lane]!).localGet(vector).loadLane(bytes === 8 ? 'v128.load64_lane' : 'v128.load32_lane', lane, offset, bytes);
    }
  }

  /**
   * Addresses of the elements of a buffer at computed positions, one variable per lane, and what has to be added as the immediate of the load or store;
   * made once for all that use them, and where addresses are known, for all buffers that are read there.
   */
  elementAddresses(buffer: number, index: Node, length: number, base: Node | undefined, operation: IndexUser = 'gather'): ElementAddresses {
    const { addresses, dtypes } = this.k;
    const address = addresses[buffer]!;
    const bytes = bytesPerElement(dtypes[buffer]!);
    const isKnown = typeof address === 'number';
    const key = `${isKnown ? `any of ${bytes} bytes` : buffer} ${length} ${index.id} ${base?.id ?? ''}`;
    let places = this.positions.get(key);
    if (places === undefined) this.positions.set(key, (places = this.elementPlaces(isKnown ? undefined : buffer, bytes, index, length, base, operation)));
    return { places, offset: isKnown ? address : 0 };
  }

  /** Without a buffer from address 0 on. */
  private elementPlaces(buffer: number | undefined, size: number, index: Node, length: number, base: Node | undefined, operation: IndexUser): Local[] {
    const { f } = this.k;
    let positions = this.whereActive(this.inLocal(index));
    if (index.interval.low < 0 || index.interval.high >= length) {
      this.k.checks.inside(positions, length, { operation, place: 'an array' });
      f.localSet((positions = f.local('v128')));
    }
    let absolute = positions;
    if (base !== undefined) {
      absolute = f.local('v128');
      f.localGet(positions);
      this.push(base);
      f.op('i32x4.add').localSet(absolute);
      absolute = this.whereActive(absolute);
    }
    const bytes = f.local('v128');
    f.localGet(absolute).i32Const(Math.log2(size)).op('i32x4.shl');
    if (buffer !== undefined) pushBase(this.k, buffer).op('i32x4.splat').op('i32x4.add');
    f.localSet(bytes);
    // Two at a time, which takes fewer instructions of processors.
    return Array.from({ length: this.lanes / 2 }, (_, pair) => {
      const both = f.local('i64');
      f.localGet(bytes).lane('i64x2.extract_lane', pair).localSet(both);
      return [0n, 32n].map((shift) => {
        const place = f.local('i32');
        f.localGet(both);
        if (shift > 0n) f.i64Const(shift).op('i64.shr_u');
        f.op('i32.wrap_i64').localSet(place);
        return place;
      });
    }).flat();
  }

  /** Positions, 0 in lanes that are not used. */
  private whereActive(positions: Local): Local {
    const { from, to } = this.active;
    if (from === 0 && to === this.lanes) return positions;
    const { f } = this.k;
    const masked = f.local('v128');
    f.localGet(positions);
    emitLaneMask(f, 'i32', this.lanes, this.active);
    f.op('v128.and').localSet(masked);
    return masked;
  }
}

/** Whether the vectors of a kernel can hold its values, and how many numbers each has; undefined: one by one only. */
export function lanesFor(roots: readonly Node[], dtypes: readonly DType[]): Lanes | undefined {
  const found = new Set<DType>(dtypes);
  for (const node of nodesBelow(roots)) {
    found.add(node.dtype);
    // Bytes are read as four neighbours or not at all.
    if (node.dtype === 'bool' && (node.kind === 'gather' || (node.kind === 'load' && ![0, 1].includes(node.access.coefficients.at(-1)!)))) return undefined;
  }
  if (!found.has('f64')) return 4;
  // Reals of two widths, and bytes, would need lanes of two widths.
  return found.has('f32') || dtypes.includes('bool') ? undefined : 2;
}

