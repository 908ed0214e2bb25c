/** @file One piece of the innermost axis: what is the same along it, then vectors, then the rest one by one. */
import { bytesPerElement } from '../../../array/dtype.ts';
import { nodesOf, type Kernel, type Output, type Range, type Root } from '../../kernels/kernel.ts';
import { boundary, type Node } from '../../kernels/node.ts';
import type { Local } from '../function-builder.ts';
import type { Accumulators, Reduce } from './accumulators.ts';
import { pushAddress, type AxisIndex, type KernelFunction } from './function-state.ts';
import { INDEXING } from './imports.ts';
import { accumulatorDType, emitVectorCombine, identityOf } from './reductions.ts';
import { emitLoad, emitStore, ScalarCode } from './scalar-code.ts';
import { emitScalarConversion, scalarType } from './scalar-operators.ts';
import { emitExtract, emitSplat, VectorCode } from './vector-code.ts';
import type { Lanes } from './vector-operators.ts';

/** So many numbers are summed in f32 before they join the f64 total: each lane adds a quarter of them. */
const BLOCK = 256;

/** Number under which scattering reports an index out of range. */
const SCATTER = INDEXING.indexOf('scatterAdd');

/** Writes the code of one piece of a row. */
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

  /** `range` is the piece of the innermost axis; a kernel without axes has none. */
  write(roots: readonly Root[], range: Range | undefined): void {
    const all = nodesOf(roots);
    if (range === undefined) {
      this.one(roots, all, [], this.constants);
      return;
    }
    const known = this.alongRow(all);
    const { lanes } = this;
    const vectors = lanes === undefined || range.to - range.from < lanes ? 0 : Math.floor((range.to - range.from) / lanes);
    const rest = range.from + vectors * (lanes ?? 1);
    if (vectors > 0) this.vectors(roots, all, known, { from: range.from, to: rest }, lanes!);
    this.rest(roots, all, known, { from: rest, to: range.to });
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

  private rest(roots: readonly Root[], all: readonly Node[], known: ReadonlyMap<Node, Local>, { from, to }: Range): void {
    if (to - from === 1) {
      this.one(roots, all, [...this.outer, from], known);
    } else if (to > from) {
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
        code.pushElementAddress(output.buffer, roots[at]!.index!, output.length, roots[at]!.base, SCATTER);
        const address = f.local('i32');
        f.localTee(address).localGet(address);
        emitLoad(this.k, dtype, 0);
        f.localGet(values[at]!).op(`${dtype as 'f32' | 'f64' | 'i32'}.add`);
        emitStore(this.k, dtype, 0);
      }
    });
  }

  private vectors(roots: readonly Root[], all: readonly Node[], known: ReadonlyMap<Node, Local>, range: Range, lanes: Lanes): void {
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
    const rows = this.rowSums();
    const index = f.local('i32');
    const body = (): void => this.oneVector(roots, all, [...this.outer, index], splats, lanes, rows);
    const isLong = rows.size > 0 && range.to - range.from > 2 * BLOCK;
    if (!isLong) {
      this.clear(rows, lanes);
      f.forRange(index, range.from, range.to, lanes, body);
      this.flush(rows, lanes);
      return;
    }
    const block = f.local('i32');
    const end = f.local('i32');
    f.forRange(block, range.from, range.to, BLOCK, () => {
      f.localGet(block).i32Const(BLOCK).op('i32.add').localTee(end).i32Const(range.to).localGet(end).i32Const(range.to).op('i32.lt_s').op('select').localSet(end);
      this.clear(rows, lanes);
      f.forRange(index, block, end, lanes, body);
      this.flush(rows, lanes);
    });
  }

  /** A vector of partial results for each reduction over the innermost axis. */
  private rowSums(): Map<number, Local> {
    const rows = new Map<number, Local>();
    const innermost = this.kernel.shape.length - 1;
    for (const [at, { output }] of this.accumulators.reduces) if (output.axes.includes(innermost)) rows.set(at, this.k.f.local('v128'));
    return rows;
  }

  private clear(rows: ReadonlyMap<number, Local>, lanes: Lanes): void {
    const { f, dtypes } = this.k;
    for (const [at, row] of rows) {
      const { output } = this.accumulators.reduces.get(at)!;
      const dtype = dtypes[output.buffer]!;
      const identity = identityOf(output.operator, dtype);
      if (dtype === 'bool') f.i32x4Const(identity === 0 ? 0 : -1);
      else if (dtype === 'i32') f.i32x4Const(identity);
      else if (lanes === 4) f.f32x4Const(identity);
      else f.f64x2Const(identity);
      f.localSet(row);
    }
  }

  /** Adds the lanes of the row to what has been collected, the first lane first. */
  private flush(rows: ReadonlyMap<number, Local>, lanes: Lanes): void {
    const { f, dtypes } = this.k;
    for (const [at, row] of rows) {
      const reduce = this.accumulators.reduces.get(at)!;
      const { operator, buffer } = reduce.output;
      const dtype = dtypes[buffer]!;
      for (let lane = 0; lane < lanes; lane++) {
        f.localGet(row);
        emitExtract(this.k, dtype, lanes, lane);
        emitScalarConversion(f, dtype, accumulatorDType(operator, dtype));
        this.accumulators.collect(reduce, this.outer, true);
      }
    }
  }

  private oneVector(roots: readonly Root[], all: readonly Node[], axes: readonly AxisIndex[], splats: ReadonlyMap<Node, Local>, lanes: Lanes, rows: ReadonlyMap<number, Local>): void {
    const code = new VectorCode(this.k, lanes, axes, splats, all);
    const values = roots.map(({ value }) => code.inLocal(value));
    this.kernel.outputs.forEach((output, at) => {
      if (output.kind === 'store') this.storeVector(output, values[at]!, axes, lanes);
      else if (output.kind === 'reduce') this.reduceVector(this.accumulators.reduces.get(at)!, values[at]!, axes, lanes, rows.get(at));
      else this.scatterVector(output, roots[at]!, values[at]!, code, lanes);
    });
  }

  private storeVector({ buffer, access }: Extract<Output, { kind: 'store' }>, value: Local, axes: readonly AxisIndex[], lanes: Lanes): void {
    const { f, dtypes } = this.k;
    const dtype = dtypes[buffer]!;
    const stride = access.coefficients.at(-1)!;
    if (stride !== 1) {
      for (let lane = 0; lane < lanes; lane++) {
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

  private reduceVector(reduce: Reduce, value: Local, axes: readonly AxisIndex[], lanes: Lanes, row: Local | undefined): void {
    const { f, dtypes } = this.k;
    const { operator, buffer, access } = reduce.output;
    const dtype = dtypes[buffer]!;
    if (row !== undefined) {
      f.localGet(row).localGet(value);
      emitVectorCombine(f, operator, dtype, lanes);
      f.localSet(row);
    } else if (dtype === 'bool' || (dtype === 'i32' && lanes === 2)) {
      // The innermost axis is kept: every number has a place of its own.
      for (let lane = 0; lane < lanes; lane++) {
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

  private scatterVector({ buffer, length }: Extract<Output, { kind: 'scatterAdd' }>, { index, base }: Root, value: Local, code: VectorCode, lanes: Lanes): void {
    const { f, dtypes } = this.k;
    const dtype = dtypes[buffer]! as 'f32' | 'f64' | 'i32';
    const places = code.elementAddresses(buffer, index!, length, base, SCATTER);
    for (let lane = 0; lane < lanes; lane++) {
      f.localGet(places[lane]!).localGet(places[lane]!);
      emitLoad(this.k, dtype, 0);
      f.localGet(value);
      emitExtract(this.k, dtype, lanes, lane);
      f.op(`${dtype}.add`);
      emitStore(this.k, dtype, 0);
    }
  }
}
