/**
 * @file Reading: what an element of a value is computed from. One step down from a value at an index map; who follows the steps
 * finds loads, cuts, or nodes of a kernel.
 */
import { Variable, type Atom, type Equation } from '@tapeflow/autodiff/extend';
import type { NDArray } from '../../array/ndarray.ts';
import type { AxisParams, BroadcastParams, FullParams, PadParams, AxesParams, SliceParams } from '../../array/rules.ts';
import type { DType } from '../../array/dtype.ts';
import type { ArrayType } from '../../array/type.ts';
import { ELEMENTWISE, type ElementwiseName } from '../../elementwise/table.ts';
import type { IndexParams } from '../../primitives/gather.ts';
import type { IndexSite, IndexWithinParams } from '../../primitives/index-within.ts';
import type { Iota, Permutation } from '../../primitives/structure.ts';
import { sizeOf } from '../../array/strides.ts';
import { sameMap, shifted, throughBroadcast, throughPad, throughReshape, throughReverse, throughSlice, throughTranspose, type AxisMap, type IndexMap } from './index-map.ts';
import { memberAxisCount, typeOfAtom } from './residence.ts';
import type { View } from './view.ts';

/** A value at an index map: of the program, of memory, or as told. */
export type Reading = AtomReading | { readonly view: View; readonly map: IndexMap } | { readonly source: Source };

/** A value of the program at an index map. Those of one block are made by its `Readings`. */
interface AtomReading {
  readonly atom: Atom;
  readonly map: IndexMap;
  /** What it is computed from if it is not in memory, once that has been asked for. */
  computed: Source | undefined;
}

/** Gives equal readings one identity: who follows them knows at sight what has been seen, and each step down is found once. */
export class Readings {
  private readonly known = new Map<Atom, AtomReading[]>();

  of(atom: Atom, map: IndexMap): AtomReading {
    let list = this.known.get(atom);
    if (list === undefined) this.known.set(atom, (list = []));
    for (const reading of list) if (sameMap(reading.map, map)) return reading;
    const reading: AtomReading = { atom, map, computed: undefined };
    list.push(reading);
    return reading;
  }
}

/** Where a position along an axis has to be for an element to exist. */
export interface Window {
  readonly position: AxisMap;
  readonly low: number;
  readonly high: number;
}

/** One step down. */
export type Source =
  | { readonly kind: 'number'; readonly value: number; readonly dtype: DType }
  | { readonly kind: 'memory'; readonly view: View; readonly map: IndexMap }
  | { readonly kind: 'index'; readonly position: AxisMap; readonly dtype: DType }
  | { readonly kind: 'same'; readonly reading: Reading }
  | { readonly kind: 'elementwise'; readonly name: ElementwiseName; readonly dtype: DType; readonly inputs: readonly Reading[] }
  | { readonly kind: 'convert'; readonly dtype: DType; readonly reading: Reading }
  | { readonly kind: 'within'; readonly reading: Reading; readonly length: number; readonly site: IndexSite }
  | { readonly kind: 'gather'; readonly view: View; readonly length: number; readonly index: Reading; readonly member: readonly MemberAxis[]; readonly dtype: DType }
  /** Zero outside of the windows. */
  | { readonly kind: 'windows'; readonly windows: readonly Window[]; readonly inside: Reading; readonly dtype: DType }
  /** One reading after another: part k from `starts[k]` on. */
  | { readonly kind: 'parts'; readonly position: AxisMap; readonly starts: readonly number[]; readonly parts: readonly Reading[] };

/** An axis of an index array that counts arrays laid one after another: so many elements per step. */
export interface MemberAxis {
  readonly position: AxisMap;
  readonly stride: number;
}

/** What a reader of values knows: which are in memory, and how the others are computed. */
export interface Sight {
  /** How much had been said before: what got memory later is not seen. */
  readonly sequence: number;
  /** The first sequence at which a value is read from memory; infinite where it always is computed again. */
  visibleFrom(variable: Variable): number;
  /** The place of a value that is read from memory, undefined for one that is computed again. */
  placeOf(variable: Variable): View | undefined;
  definitionOf(variable: Variable): Equation;
  readonly readings: Readings;
  constantView(array: NDArray): View;
  /** The place of a value that must be read from memory, because it is read at computed positions. */
  memoryOf(atom: Atom): View;
}

/** The leading axes of an index array that count members, the last first. */
export function memberAxes(members: number, shape: readonly number[], map: IndexMap, length: number): MemberAxis[] {
  const found: MemberAxis[] = [];
  let stride = length;
  for (let axis = (members === 1 ? 0 : memberAxisCount(members, shape)!) - 1; axis >= 0; axis--) {
    found.push({ position: map[axis]!, stride });
    stride *= shape[axis]!;
  }
  return found;
}

/** One step down from a value. */
export function sourceOf(reading: Reading, sight: Sight): Source {
  if ('source' in reading) return reading.source;
  const { map } = reading;
  if ('view' in reading) return { kind: 'memory', view: reading.view, map };
  const { atom } = reading;
  if (!(atom instanceof Variable)) return (reading.computed ??= constantSource(atom.value as NDArray, map, sight));
  const place = sight.placeOf(atom);
  if (place !== undefined) return { kind: 'memory', view: place, map };
  return (reading.computed ??= computedSource(sight.definitionOf(atom), map, sight));
}

function constantSource(array: NDArray, map: IndexMap, sight: Sight): Source {
  const isUniform = array.strides.every((stride, axis) => stride === 0 || array.shape[axis] === 1);
  if (isUniform && array.size > 0) return { kind: 'number', value: array.data[array.offset]!, dtype: array.dtype };
  return { kind: 'memory', view: sight.constantView(array), map };
}

function computedSource({ primitive, params, inputs, outputs }: Equation, map: IndexMap, sight: Sight): Source {
  const { name } = primitive;
  const result = outputs[0]!.type as ArrayType;
  const reading = (atom: Atom, own: IndexMap = map): Reading => sight.readings.of(atom, typeOfAtom(atom).shape.length === 0 ? [] : own);
  if (name in ELEMENTWISE) {
    const dtype = typeOfAtom(inputs[name === 'select' ? 1 : 0]!).dtype;
    return { kind: 'elementwise', name: name as ElementwiseName, dtype, inputs: inputs.map((atom) => reading(atom)) };
  }
  const [x] = inputs;
  const same = (own: IndexMap): Source => ({ kind: 'same', reading: reading(x!, own) });
  switch (name) {
    case 'convert':
      return { kind: 'convert', dtype: result.dtype, reading: reading(x!) };
    case 'indexWithin': {
      const { length, operation, place } = params as IndexWithinParams;
      return { kind: 'within', reading: reading(x!), length, site: { operation, place } };
    }
    case 'full':
      return { kind: 'number', value: (params as FullParams).value, dtype: result.dtype };
    case 'iota':
      return { kind: 'index', position: map[(params as Iota).axis]!, dtype: result.dtype };
    case 'broadcast': {
      const { shape, axes } = params as BroadcastParams;
      return same(throughBroadcast(map, typeOfAtom(x!).shape, shape, axes));
    }
    case 'slice': {
      const { start, step } = params as SliceParams;
      return same(throughSlice(map, start, step));
    }
    case 'transpose':
      return same(throughTranspose(map, (params as Permutation).order));
    case 'reverse':
      return same(throughReverse(map, result.shape, (params as AxesParams).axes));
    case 'reshape':
      return same(throughReshape(map, typeOfAtom(x!).shape, result.shape)!);
    case 'pad': {
      const { low } = params as PadParams;
      const { shape } = typeOfAtom(x!);
      const windows = map.flatMap((position, axis) => (low[axis] === 0 && shape[axis] === result.shape[axis] ? [] : [{ position, low: low[axis]!, high: low[axis]! + shape[axis]! }]));
      return { kind: 'windows', windows, inside: reading(x!, throughPad(map, low)), dtype: result.dtype };
    }
    case 'concat': {
      const { axis } = params as AxisParams;
      let start = 0;
      const starts = inputs.map((atom) => (start += typeOfAtom(atom).shape[axis]!) - typeOfAtom(atom).shape[axis]!);
      const parts = inputs.map((atom, k) => reading(atom, map.map((entry, own) => (own === axis ? shifted(entry, -starts[k]!) : entry))));
      return { kind: 'parts', position: map[axis]!, starts, parts };
    }
    default: {
      // gather
      const { members } = params as IndexParams;
      const view = sight.memoryOf(x!);
      const length = sizeOf(view.shape) / members;
      const index = inputs[1]!;
      return { kind: 'gather', view, length, index: reading(index), member: memberAxes(members, typeOfAtom(index).shape, map, length), dtype: result.dtype };
    }
  }
}
