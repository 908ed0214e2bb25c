/**
 * @file Vectors of a row that overlap: what a stencil reads to the left and to the right of several vectors in a row. Processors load two vectors at a time,
 * less where one crosses a line of the cache, so overlapping ones are put together from those that follow each other without overlap.
 */
import { bytesPerElement } from '../../../array/dtype.ts';
import type { LoadNode, Node } from '../../kernels/node.ts';
import type { Local } from '../references.ts';
import { pushAddress, type AxisIndex, type KernelFunction } from './function-state.ts';
import type { Lanes } from './vector-operators.ts';

/** Reads of one buffer that differ in their offset only, along the row. */
interface Strip {
  readonly first: LoadNode;
  /** Offsets of the reads. */
  readonly offsets: number[];
  /** Offsets, by the lanes, at which vectors are loaded; undefined: wherever they are wanted. */
  residue: number | undefined;
  /** Vectors that have been loaded or put together, by offset. */
  readonly vectors: Map<number, Local>;
}

/** The vectors that are loaded for a few vectors which are computed together. */
export class Neighbours {
  private readonly k: KernelFunction;
  private readonly lanes: Lanes;
  /** Indices of the first vector. */
  private readonly axes: readonly AxisIndex[];
  private readonly strips: Strip[] = [];

  /** `nodes`: what is computed for each of `count` vectors. */
  constructor(k: KernelFunction, nodes: readonly Node[], axes: readonly AxisIndex[], lanes: Lanes, count: number) {
    this.k = k;
    this.lanes = lanes;
    this.axes = axes;
    for (const node of nodes) {
      if (node.kind !== 'load' || !fillsVector(node, lanes)) continue;
      const strip = this.stripOf(node);
      if (strip === undefined) this.strips.push({ first: node, offsets: [node.access.offset], residue: undefined, vectors: new Map() });
      else strip.offsets.push(node.access.offset);
    }
    for (const strip of this.strips) strip.residue = bestResidue(new Set(strip.offsets.flatMap((offset) => Array.from({ length: count }, (_, k) => offset + k * lanes))), lanes);
  }

  /** → the vector of a load `ahead` elements on; false, and nothing, where it overlaps no other. */
  push(node: LoadNode, ahead: number): boolean {
    const strip = this.stripOf(node);
    if (strip === undefined || strip.offsets.length === 1) return false;
    this.k.f.localGet(this.vector(node, strip, node.access.offset + ahead));
    return true;
  }

  private stripOf({ buffer, access }: LoadNode): Strip | undefined {
    return this.strips.find(({ first }) => first.buffer === buffer && first.access.coefficients.every((coefficient, axis) => coefficient === access.coefficients[axis]));
  }

  private vector(node: LoadNode, strip: Strip, offset: number): Local {
    const known = strip.vectors.get(offset);
    if (known !== undefined) return known;
    const { f } = this.k;
    const shift = strip.residue === undefined ? 0 : modulo(offset - strip.residue, this.lanes);
    const local = f.local('v128');
    if (shift === 0) {
      const at = pushAddress(this.k, node.buffer, { ...node.access, offset }, this.axes);
      f.load('v128.load', at, bytesPerElement(node.dtype));
    } else {
      const [low, high] = [this.vector(node, strip, offset - shift), this.vector(node, strip, offset - shift + this.lanes)];
      const first = (shift * 16) / this.lanes;
      f.localGet(low).localGet(high).i8x16Shuffle(Array.from({ length: 16 }, (_, byte) => first + byte));
    }
    f.localSet(local);
    strip.vectors.set(offset, local);
    return local;
  }
}

/** Whether a load takes sixteen bytes that lie side by side. */
function fillsVector({ access, dtype }: LoadNode, lanes: Lanes): boolean {
  return access.coefficients.at(-1) === 1 && dtype !== 'bool' && bytesPerElement(dtype) * lanes === 16;
}

/** At which offsets to load, by the lanes, so that fewest vectors are; undefined where that are no fewer than wanted. */
function bestResidue(offsets: ReadonlySet<number>, lanes: Lanes): number | undefined {
  let best: number | undefined;
  let fewest = offsets.size;
  for (let residue = 0; residue < lanes; residue++) {
    const loaded = new Set<number>();
    for (const offset of offsets) {
      const shift = modulo(offset - residue, lanes);
      loaded.add(offset - shift);
      if (shift > 0) loaded.add(offset - shift + lanes);
    }
    if (loaded.size < fewest) {
      fewest = loaded.size;
      best = residue;
    }
  }
  return best;
}

const modulo = (x: number, n: number): number => ((x % n) + n) % n;
