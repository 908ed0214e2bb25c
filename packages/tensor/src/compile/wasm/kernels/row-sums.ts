/** @file Partial results of reductions over the innermost axis, one vector for each while a row goes by. */
import type { Kernel } from '../../kernels/kernel.ts';
import type { Local } from '../references.ts';
import type { Accumulators, Reduce } from './accumulators.ts';
import type { AxisIndex, KernelFunction } from './function-state.ts';
import { accumulatorDType, emitVectorCombine, identityOf } from './reductions.ts';
import { emitScalarConversion } from './scalar-operators.ts';
import { emitExtract } from './vector-code.ts';
import type { Lanes } from './vector-operators.ts';

export class RowSums {
  private readonly k: KernelFunction;
  private readonly accumulators: Accumulators;
  private readonly lanes: Lanes;
  /** By position among the outputs. */
  private readonly vectors = new Map<number, Local>();

  constructor(k: KernelFunction, accumulators: Accumulators, { shape }: Kernel, lanes: Lanes) {
    this.k = k;
    this.accumulators = accumulators;
    this.lanes = lanes;
    for (const [at, { output }] of accumulators.reduces) if (output.axes.includes(shape.length - 1)) this.vectors.set(at, k.f.local('v128'));
  }

  get isEmpty(): boolean {
    return this.vectors.size === 0;
  }

  /** The vector of an output; undefined if it is reduced along other axes only. */
  of(at: number): Local | undefined {
    return this.vectors.get(at);
  }

  clear(): void {
    for (const [at, vector] of this.vectors) {
      pushIdentity(this.k, this.reduce(at), this.lanes);
      this.k.f.localSet(vector);
    }
  }

  /** Adds other partial results to these, lane by lane. */
  merge(other: RowSums): void {
    for (const [at, vector] of this.vectors) {
      const { operator, buffer } = this.reduce(at).output;
      this.k.f.localGet(vector).localGet(other.vectors.get(at)!);
      emitVectorCombine(this.k.f, operator, this.k.dtypes[buffer]!, this.lanes);
      this.k.f.localSet(vector);
    }
  }

  /** Adds the lanes to what has been collected, the first lane first. */
  flush(outer: readonly AxisIndex[]): void {
    const { f, dtypes } = this.k;
    for (const [at, vector] of this.vectors) {
      const reduce = this.reduce(at);
      const { operator, buffer } = reduce.output;
      const dtype = dtypes[buffer]!;
      for (let lane = 0; lane < this.lanes; lane++) {
        f.localGet(vector);
        emitExtract(this.k, dtype, this.lanes, lane);
        emitScalarConversion(f, dtype, accumulatorDType(operator, dtype));
        this.accumulators.collect(reduce, outer, true);
      }
    }
  }

  private reduce(at: number): Reduce {
    return this.accumulators.reduces.get(at)!;
  }
}

/** → what a reduction starts from, in all lanes. */
export function pushIdentity({ f, dtypes }: KernelFunction, { output }: Reduce, lanes: Lanes): void {
  const dtype = dtypes[output.buffer]!;
  const identity = identityOf(output.operator, dtype);
  if (dtype === 'bool') f.i32x4Const(identity === 0 ? 0 : -1);
  else if (dtype === 'i32') f.i32x4Const(identity);
  else if (lanes === 4) f.f32x4Const(identity);
  else f.f64x2Const(identity);
}
