/** @file Walks along as many lines as a row has lanes. Lines that follow each other are exchanged for rows in registers. */
import { findsPosition, isAtEnd, type LineWalk } from '../../../kernels/lines/walk.ts';
import type { FunctionBuilder, FunctionReference, Local, ModuleBuilder } from '../../assembler.ts';
import { forEachGroup, type LaneOffsets } from './groups.ts';
import { Lanes } from './lanes.ts';
import { walkerOf, type Walker } from './walkers.ts';

const VECTOR = 16;
/** Vectors of a row that are walked along together, so that none waits for its own last sum. */
const MOST_VECTORS = 4;

/** (inputs, result) → */
export function emitLineWalk(module: ModuleBuilder, name: string, kernel: LineWalk): FunctionReference {
  const inputs = kernel.walk === 'linearRecurrence' ? 2 : 1;
  return module.addFunction(name, Array.from({ length: inputs + 1 }, () => 'i32' as const), [], (f, locals: readonly Local[]) => {
    const v = new Lanes(f, kernel.dtype);
    const hasRows = kernel.from.inner === 1 && kernel.to.inner === 1 && kernel.inner >= v.count;
    const vectors = hasRows ? Math.min(MOST_VECTORS, Math.floor(kernel.inner / v.count)) : 1;
    const resultBytes = findsPosition(kernel.walk) ? 4 : v.bytes;
    const counter = f.local('i32');
    const sources = locals.slice(0, inputs).map((array): Line => new Line(v, array, kernel.from.element * v.bytes, v.bytes, kernel.from.inner === 1 && kernel.inner >= v.count));
    const target = new Line(v, locals[inputs]!, kernel.to.element * resultBytes, resultBytes, kernel.to.inner === 1 && kernel.inner >= v.count);
    forEachGroup(f, { ...kernel, lanes: v.count, vectors, fromBytes: v.bytes, toBytes: resultBytes }, (offsets) => {
      v.scope(() => emitGroup(v, kernel, { sources, target, vectors, counter }, offsets));
    });
  }, { export: false });
}

interface Group {
  readonly sources: readonly Line[];
  readonly target: Line;
  readonly vectors: number;
  readonly counter: Local;
}

function emitGroup(v: Lanes, { walk, dtype, length }: LineWalk, { sources, target, vectors, counter }: Group, offsets: LaneOffsets): void {
  const { f } = v;
  const atEnd = isAtEnd(walk);
  for (const source of sources) source.begin(offsets.from);
  target.begin(offsets.to);
  const walkers = Array.from({ length: vectors }, () => walkerOf(v, walk, dtype));
  const advance = (elements: number): void => {
    for (const source of sources) source.advance(elements);
    if (!atEnd) target.advance(elements);
  };
  const visit = (act: (walker: Walker, rows: readonly Local[]) => Local): void => {
    walkers.forEach((walker, vector) => v.scope(() => {
      const result = act(walker, sources.map((source) => source.load(vector)));
      if (!atEnd) target.store(vector, result);
    }));
    advance(1);
  };
  visit((walker, rows) => walker.first(rows));
  const blockable = sources[0]!.isBlock;
  const blocks = blockable ? Math.floor((length - 1) / v.count) : 0;
  const [walker] = walkers as [Walker];
  f.forRange(counter, 0, blocks, 1, () => {
    v.scope(() => {
      const rows = sources.map((source) => source.loadBlock());
      const results = Array.from({ length: v.count }, (_, k) => {
        const result = walker.next(rows.map((block) => block[k]!));
        const kept = v.take();
        v.copy(result, kept);
        return kept;
      });
      if (!atEnd) target.storeBlock(results);
    });
    advance(v.count);
  });
  f.forRange(counter, 0, length - 1 - blocks * v.count, 1, () => visit((own, rows) => own.next(rows)));
  if (atEnd) walkers.forEach((own, vector) => target.store(vector, own.result()));
}

/** Pointers into one array, one per line or one for all where lanes lie side by side. */
class Line {
  /** Whether the elements of a line follow each other, so that blocks can be exchanged in registers. */
  readonly isBlock: boolean;
  private readonly v: Lanes;
  private readonly array: Local;
  private readonly step: number;
  private readonly bytes: number;
  private readonly hasRows: boolean;
  private readonly pointers: readonly Local[];

  constructor(v: Lanes, array: Local, step: number, bytes: number, hasRows: boolean) {
    this.v = v;
    this.array = array;
    this.step = step;
    this.bytes = bytes;
    this.hasRows = hasRows;
    this.isBlock = !hasRows && step === bytes && bytes === v.bytes;
    this.pointers = Array.from({ length: hasRows ? 1 : v.count }, () => v.f.local('i32'));
  }

  private get f(): FunctionBuilder {
    return this.v.f;
  }

  /** Vectors of positions have half their bytes beside doubles. */
  private get vectorBytes(): number {
    return (VECTOR / this.v.bytes) * this.bytes;
  }

  begin(offsets: readonly Local[]): void {
    this.pointers.forEach((pointer, lane) => this.f.localGet(this.array).localGet(offsets[lane]!).op('i32.add').localSet(pointer));
  }

  advance(elements: number): void {
    for (const pointer of this.pointers) this.f.localGet(pointer).i32Const((elements * this.step) | 0).op('i32.add').localSet(pointer);
  }

  load(vector: number): Local {
    return this.hasRows ? this.v.load(this.pointers[0]!, vector * VECTOR) : this.v.gather(this.pointers, 0);
  }

  store(vector: number, value: Local): void {
    const offset = vector * this.vectorBytes;
    if (!this.hasRows) {
      this.pointers.forEach((pointer, lane) => this.f.localGet(pointer).localGet(value).storeLane(this.bytes === 4 ? 'v128.store32_lane' : 'v128.store64_lane', lane));
    } else if (this.bytes < this.v.bytes) {
      this.f.localGet(this.pointers[0]!).localGet(value).storeLane('v128.store64_lane', 0, offset, 4);
    } else {
      this.v.store(this.pointers[0]!, offset, value);
    }
  }

  /** As many elements of every line as there are lanes, as rows. */
  loadBlock(): Local[] {
    return this.v.transpose(this.pointers.map((pointer) => this.v.load(pointer, 0)));
  }

  storeBlock(rows: readonly Local[]): void {
    if (this.isBlock) this.v.transpose(rows).forEach((line, lane) => this.v.store(this.pointers[lane]!, 0, line));
    else rows.forEach((row, k) => this.pointers.forEach((pointer, lane) => this.f.localGet(pointer).localGet(row).storeLane('v128.store32_lane', lane, k * this.bytes)));
  }
}
