/** @file One row of a kernel: what is the same along it, then vectors, or numbers one by one where there can be none. */
import { bytesPerElement, type DType } from '../../../array/dtype.ts';
import { nodesOf, type Kernel, type Output, type Range, type Root } from '../../kernels/kernel.ts';
import { boundary, inputsOf, nodesBelow, type Node } from '../../kernels/node.ts';
import type { FunctionBuilder } from '../function-builder.ts';
import type { Local } from '../references.ts';
import { VECTOR_FUNCTIONS } from '../math/functions.ts';
import type { Accumulators, Reduce } from './accumulators.ts';
import { blocksOf, type Block } from './blocks.ts';
import { CommonCode } from './common-code.ts';
import { Ahead, portionOf, pushAddress, whereOwn, type AxisIndex, type KernelFunction } from './function-state.ts';
import { Neighbours } from './neighbours.ts';
import { emitVectorCombine } from './reductions.ts';
import { pushIdentity, RowSums } from './row-sums.ts';
import { emitLoad, emitStore, ScalarCode } from './scalar-code.ts';
import { scalarType } from './scalar-operators.ts';
import { emitExtract, emitLaneMask, emitSplat, VectorCode } from './vector-code.ts';
import type { Lanes } from './vector-operators.ts';

/** So many numbers are summed in f32 before they join the f64 total: each lane adds a quarter of them. */
const BLOCK = 256;

/**
 * Where little is computed per number, several vectors at once: they share their addresses, and sums that are added up in several vectors need not wait
 * for each other, since an addition takes four times as long as it keeps a processor busy. Where something is stored, more than two do not fit into registers.
 */
const FEW = 12;
const AT_ONCE = 4;
const FEW_WITH_STORES = 30;
const AT_ONCE_WITH_STORES = 2;
/** Elementary functions are long chains of dependent instructions: processors work at two side by side, if their instructions lie close together. */
const SIDE_BY_SIDE = 2;

/** A piece of the innermost axis, and what is computed there. */
export interface Piece {
  readonly range: Range;
  readonly roots: readonly Root[];
}

/** A vector of each value, in variables. */
interface Computed {
  readonly roots: readonly Root[];
  readonly axes: readonly AxisIndex[];
  readonly code: VectorCode;
  readonly values: readonly Local[];
}

/** Writes the code of one row. */
export class RowCode {
  private readonly k: KernelFunction;
  private readonly kernel: Kernel;
  private readonly accumulators: Accumulators;
  private readonly constants: ReadonlyMap<Node, Local>;
  private readonly lanes: Lanes | undefined;
  private readonly outer: readonly AxisIndex[];

  constructor(k: KernelFunction, kernel: Kernel, accumulators: Accumulators, constants: ReadonlyMap<Node, Local>, lanes: Lanes | undefined, outer: readonly AxisIndex[]) {
    this.k = k;
    this.kernel = kernel;
    this.accumulators = accumulators;
    this.constants = constants;
    this.lanes = lanes;
    this.outer = outer;
  }

  private get innermost(): number {
    return this.kernel.shape.length - 1;
  }

  /** The only round of a kernel without axes. */
  once(roots: readonly Root[]): void {
    this.one(roots, nodesOf(roots), [], this.constants);
  }

  write(pieces: readonly Piece[]): void {
    const all = pieces.flatMap(({ roots }) => nodesOf(roots));
    const known = this.alongRow(all);
    const { lanes } = this;
    if (lanes === undefined || pieces.at(-1)!.range.to < lanes) {
      for (const { range, roots } of pieces) this.numbers(roots, known, range);
      return;
    }
    const splats = this.splats(all, known, lanes);
    const sums = new RowSums(this.k, this.accumulators, this.kernel, lanes);
    const blends = canBlend(all, this.kernel.shape.length);
    sums.clear();
    for (const block of blocksOf(pieces.map(({ range }) => range), lanes)) {
      if (block.kind === 'run') this.run(pieces[block.piece]!.roots, splats, block, lanes, sums);
      else if (blends) whereOwn(this.k, this.innermost, block.at, () => this.mixed(block, pieces, splats, lanes, sums));
      else for (const { piece, from, to } of block.parts) this.numbers(pieces[piece]!.roots, known, { from: block.at + from, to: block.at + to });
    }
    sums.flush(this.outer);
  }

  /** Computes what does not change along the row, into variables. */
  private alongRow(all: readonly Node[]): Map<Node, Local> {
    const known = new Map(this.constants);
    const rank = this.kernel.shape.length;
    const fixed = boundary(all, (node) => node.depth < rank).filter((node) => !known.has(node));
    const code = new ScalarCode(this.k, this.outer, this.constants, fixed);
    for (const node of fixed) {
      const local = this.k.f.local(scalarType(node.dtype));
      code.push(node);
      this.k.f.localSet(local);
      known.set(node, local);
    }
    return known;
  }

  /** One by one. */
  private numbers(roots: readonly Root[], known: ReadonlyMap<Node, Local>, range: Range): void {
    const all = nodesOf(roots);
    if (range.to - range.from === 1) {
      whereOwn(this.k, this.innermost, range.from, () => this.one(roots, all, [...this.outer, range.from], known));
    } else if (range.to > range.from) {
      const { from, to } = portionOf(this.k, this.innermost, range);
      const index = this.k.f.local('i32');
      this.k.f.forRange(index, from, to, 1, () => this.one(roots, all, [...this.outer, index], known));
    }
  }

  private one(roots: readonly Root[], all: readonly Node[], axes: readonly AxisIndex[], known: ReadonlyMap<Node, Local>): void {
    const { f, dtypes } = this.k;
    const code = new ScalarCode(this.k, axes, known, all);
    // All values are computed before the first is stored, so that an output may lie where an input was read.
    const values = roots.map(({ value }) => {
      const local = f.local(scalarType(value.dtype));
      code.push(value);
      f.localSet(local);
      return local;
    });
    this.kernel.outputs.forEach((output, at) => {
      const dtype = dtypes[output.buffer]!;
      if (output.kind === 'store') {
        const offset = pushAddress(this.k, output.buffer, output.access, axes);
        f.localGet(values[at]!);
        emitStore(this.k, dtype, offset);
      } else if (output.kind === 'reduce') {
        f.localGet(values[at]!);
        this.accumulators.collect(this.accumulators.reduces.get(at)!, axes);
      } else {
        code.pushElementAddress(output.buffer, roots[at]!.index!, output.length, roots[at]!.base, 'scatterAdd');
        const address = f.local('i32');
        f.localTee(address).localGet(address);
        emitLoad(this.k, dtype, 0);
        f.localGet(values[at]!).op(`${dtype as 'f32' | 'f64' | 'i32'}.add`);
        emitStore(this.k, dtype, 0);
      }
    });
  }

  /** What is the same along the row, as vectors. */
  private splats(all: readonly Node[], known: ReadonlyMap<Node, Local>, lanes: Lanes): Map<Node, Local> {
    const { f } = this.k;
    const splats = new Map<Node, Local>();
    const rank = this.kernel.shape.length;
    for (const node of boundary(all, ({ depth }) => depth < rank)) {
      const vector = f.local('v128');
      f.localGet(known.get(node)!);
      emitSplat(this.k, node.dtype, lanes);
      f.localSet(vector);
      splats.set(node, vector);
    }
    return splats;
  }

  /** Whole vectors of one piece. */
  private run(roots: readonly Root[], splats: ReadonlyMap<Node, Local>, range: Range, lanes: Lanes, sums: RowSums): void {
    const { f } = this.k;
    const all = nodesOf(roots);
    const nodes = nodesBelow(all).filter(({ depth }) => depth > this.innermost);
    const most = Math.max(this.vectorsAtOnce(nodes.length), nodes.some(isShortFunction) ? SIDE_BY_SIDE : 1);
    const atOnce = range.to - range.from >= 4 * most * lanes ? most : 1;
    const step = atOnce * lanes;
    const { from, to } = portionOf(this.k, this.innermost, range);
    const several = this.wholeSteps(from, to, step);
    const others = Array.from({ length: atOnce - 1 }, () => new RowSums(this.k, this.accumulators, this.kernel, lanes));
    const index = f.local('i32');
    const body = (count: number): void => {
      const neighbours = count === 1 ? undefined : new Neighbours(this.k, nodes, [...this.outer, index], lanes, count);
      const vectors = Array.from({ length: count }, (_, k) => {
        const own = k === 0 ? index : new Ahead(index, k * lanes);
        return this.computed(roots, all, [...this.outer, own], splats, lanes, count === atOnce, neighbours);
      });
      vectors.forEach((vector, k) => this.put(vector, lanes, others[k - 1] ?? sums));
    };
    const collect = (): void => {
      for (const other of others) sums.merge(other);
    };
    const begin = (): void => {
      for (const other of others) other.clear();
    };
    const block = BLOCK * (1 + others.length);
    if (sums.isEmpty || range.to - range.from <= 2 * block) {
      begin();
      f.forRange(index, from, several, step, () => body(atOnce));
      collect();
    } else {
      const start = f.local('i32');
      const end = f.local('i32');
      const bound = (): FunctionBuilder => (typeof several === 'number' ? f.i32Const(several) : f.localGet(several));
      f.forRange(start, from, several, block, () => {
        f.localGet(start).i32Const(block).op('i32.add').localTee(end);
        bound().localGet(end);
        bound().op('i32.lt_s').op('select').localSet(end);
        begin();
        f.forRange(index, start, end, step, () => body(atOnce));
        collect();
        sums.flush(this.outer);
        sums.clear();
      });
    }
    if (typeof several !== 'number' || several < range.to) f.forRange(index, several, to, lanes, () => body(1));
  }

  /** Where the last whole step of a range ends. */
  private wholeSteps(from: Local | number, to: Local | number, step: number): Local | number {
    if (typeof from === 'number' && typeof to === 'number') return from + Math.floor((to - from) / step) * step;
    const { f } = this.k;
    const end = f.local('i32');
    // Steps are powers of two.
    f.localGet(from as Local).localGet(to as Local).localGet(from as Local).op('i32.sub').i32Const(-step).op('i32.and').op('i32.add').localSet(end);
    return end;
  }

  private vectorsAtOnce(nodes: number): number {
    const innermost = this.kernel.shape.length - 1;
    if (this.kernel.outputs.every((output) => output.kind === 'reduce' && output.axes.includes(innermost))) return nodes <= FEW ? AT_ONCE : 1;
    return nodes <= FEW_WITH_STORES ? AT_ONCE_WITH_STORES : 1;
  }

  /** One vector that several pieces share, or that reaches beyond the end of the row. */
  private mixed({ at, parts }: Extract<Block, { kind: 'mixed' }>, pieces: readonly Piece[], splats: ReadonlyMap<Node, Local>, lanes: Lanes, sums: RowSums): void {
    const axes = [...this.outer, at];
    const { outputs } = this.kernel;
    const count = parts.at(-1)!.to;
    const own = parts.map((part) => {
      const { roots } = pieces[part.piece]!;
      return { part, roots, code: new VectorCode(this.k, lanes, axes, splats, nodesOf(roots), part, false) };
    });
    const scattered = outputs.map(({ kind }, k) => (kind === 'scatterAdd' ? own.map(({ roots, code }) => code.inLocal(roots[k]!.value)) : []));
    const common = new CommonCode((node) => splats.has(node));
    const values = outputs.map(({ kind }, k) => (kind === 'scatterAdd' ? undefined : common.merge(own.map(({ roots }) => roots[k]!.value))));
    const merged = values.filter((value) => value !== undefined);
    const known = new Map(splats);
    for (const blend of common.blendsOf(merged)) {
      known.set(blend.node, this.blended(own.map(({ part, code }, k) => ({ part, value: code.inLocal(blend.parts[k]!) })), blend.node.dtype, lanes));
    }
    const code = new VectorCode(this.k, lanes, axes, known, merged, { from: 0, to: count }, false);
    const locals = values.map((value) => (value === undefined ? undefined : code.inLocal(value)));
    outputs.forEach((output, k) => {
      if (output.kind === 'scatterAdd') own.forEach((each, part) => this.scatterVector(output, each.roots[k]!, scattered[k]![part]!, each.code, each.part));
      else if (output.kind === 'store') this.storeVector(output, locals[k]!, axes, lanes, count);
      else this.reduceVector(this.accumulators.reduces.get(k)!, locals[k]!, axes, lanes, sums.of(k), count);
    });
  }

  /** Each lane from the part that has it. */
  private blended(parts: readonly { readonly part: Range; readonly value: Local }[], dtype: DType, lanes: Lanes): Local {
    const { f } = this.k;
    return parts.map(({ value }) => value).reduce((result, value, k) => {
      const both = f.local('v128');
      f.localGet(value).localGet(result);
      emitLaneMask(f, dtype, lanes, parts[k]!.part);
      f.op('v128.bitselect').localSet(both);
      return both;
    });
  }

  /** One vector of all values, before any of them is stored: an output may lie where an input was read. What is left over of a row calls functions. */
  private computed(roots: readonly Root[], all: readonly Node[], axes: readonly AxisIndex[], splats: ReadonlyMap<Node, Local>, lanes: Lanes, isMain: boolean, neighbours: Neighbours | undefined): Computed {
    const code = new VectorCode(this.k, lanes, axes, splats, all, { from: 0, to: lanes }, isMain, neighbours);
    return { roots, axes, code, values: roots.map(({ value }) => code.inLocal(value)) };
  }

  private put({ roots, axes, code, values }: Computed, lanes: Lanes, rows: RowSums): void {
    this.kernel.outputs.forEach((output, at) => {
      if (output.kind === 'store') this.storeVector(output, values[at]!, axes, lanes, lanes);
      else if (output.kind === 'reduce') this.reduceVector(this.accumulators.reduces.get(at)!, values[at]!, axes, lanes, rows.of(at), lanes);
      else this.scatterVector(output, roots[at]!, values[at]!, code, { from: 0, to: lanes });
    });
  }

  private storeVector({ buffer, access }: Extract<Output, { kind: 'store' }>, value: Local, axes: readonly AxisIndex[], lanes: Lanes, count: number): void {
    const { f, dtypes } = this.k;
    const dtype = dtypes[buffer]!;
    const stride = access.coefficients.at(-1)!;
    if (stride !== 1 || count < lanes) {
      for (let lane = 0; lane < count; lane++) {
        const at = pushAddress(this.k, buffer, { ...access, offset: access.offset + lane * stride }, axes);
        f.localGet(value);
        emitExtract(this.k, dtype, lanes, lane);
        emitStore(this.k, dtype, at);
      }
      return;
    }
    const offset = pushAddress(this.k, buffer, access, axes);
    if (dtype === 'bool') {
      // Masks become bytes: −1 narrows to −1, whose lowest bit is the truth.
      f.localGet(value).i32x4Const(1).op('v128.and').i32x4Const(0).op('i16x8.narrow_i32x4_u').i32x4Const(0).op('i8x16.narrow_i16x8_u').storeLane('v128.store32_lane', 0, offset, 1);
    } else if (dtype === 'i32' && lanes === 2) {
      f.localGet(value).storeLane('v128.store64_lane', 0, offset, 4);
    } else {
      f.localGet(value).store('v128.store', offset, bytesPerElement(dtype));
    }
  }

  private reduceVector(reduce: Reduce, value: Local, axes: readonly AxisIndex[], lanes: Lanes, row: Local | undefined, count: number): void {
    const { f, dtypes } = this.k;
    const { operator, buffer, access } = reduce.output;
    const dtype = dtypes[buffer]!;
    if (row !== undefined) {
      f.localGet(row).localGet(value);
      if (count < lanes) {
        pushIdentity(this.k, reduce, lanes);
        emitLaneMask(f, dtype, lanes, { from: 0, to: count });
        f.op('v128.bitselect');
      }
      emitVectorCombine(f, operator, dtype, lanes);
      f.localSet(row);
    } else if (dtype === 'bool' || (dtype === 'i32' && lanes === 2) || count < lanes) {
      // The innermost axis is kept: every number has a place of its own.
      for (let lane = 0; lane < count; lane++) {
        f.localGet(value);
        emitExtract(this.k, dtype, lanes, lane);
        this.accumulators.collect({ ...reduce, output: { ...reduce.output, access: { ...access, offset: access.offset + lane } } }, axes);
      }
    } else {
      const offset = pushAddress(this.k, buffer, access, axes);
      const address = f.local('i32');
      f.localTee(address).localGet(address).load('v128.load', offset, bytesPerElement(dtype)).localGet(value);
      emitVectorCombine(f, operator, dtype, lanes);
      f.store('v128.store', offset, bytesPerElement(dtype));
    }
  }

  private scatterVector({ buffer, length }: Extract<Output, { kind: 'scatterAdd' }>, { index, base }: Root, value: Local, code: VectorCode, active: Range): void {
    const { f, dtypes } = this.k;
    const dtype = dtypes[buffer]! as 'f32' | 'f64' | 'i32';
    const { places, offset } = code.elementAddresses(buffer, index!, length, base, 'scatterAdd');
    for (let lane = active.from; lane < active.to; lane++) {
      f.localGet(places[lane]!).localGet(places[lane]!);
      emitLoad(this.k, dtype, offset);
      f.localGet(value);
      emitExtract(this.k, dtype, code.lanes, lane);
      f.op(`${dtype}.add`);
      emitStore(this.k, dtype, offset);
    }
  }
}

/** Whether a node is an elementary function whose code lies in loops. */
function isShortFunction(node: Node): boolean {
  return node.kind === 'operation' && node.dtype !== 'i32' && VECTOR_FUNCTIONS[node.operator]?.isShort === true;
}

/** Whether vectors may be computed for lanes that are not used: what they load then lies next to what they should. */
function canBlend(all: readonly Node[], rank: number): boolean {
  const seen = new Set<Node>();
  const isFine = (node: Node): boolean => {
    if (seen.has(node)) return true;
    seen.add(node);
    if (node.kind === 'load' && node.depth === rank && Math.abs(node.access.coefficients.at(-1)!) > 1) return false;
    return inputsOf(node).every(isFine);
  };
  return all.every(isFine);
}
