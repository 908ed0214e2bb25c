/**
 * @file A block: equations in a row being lowered to steps. What is computed element by element waits until something reads it;
 * results that get memory join a group that runs over the same index space, or open one.
 */
import { Variable, type Atom, type Equation, type Program } from '@tapeflow/autodiff/extend';
import { NDArray } from '../../array/ndarray.ts';
import type { AxesParams, BroadcastParams, FullParams, ShapeParams, SliceParams } from '../../array/rules.ts';
import { sizeOf } from '../../array/strides.ts';
import type { ArrayType } from '../../array/type.ts';
import type { Iota, Permutation } from '../../primitives/structure.ts';
import { UnsupportedOperationError } from '../errors.ts';
import type { Writes } from './carries.ts';
import type { ConstantPool } from './constants.ts';
import { accessOf, visit } from './expressions.ts';
import { Group, sameUse, type Purpose, type Use } from './group.ts';
import { identityMap } from './index-map.ts';
import type { Lowering } from './lowering.ts';
import type { Numerics } from './numerics.ts';
import { Readings, sourceOf, type Reading, type Sight } from './reading.ts';
import { typeOfAtom } from './residence.ts';
import { hostRegions, type Step } from './step.ts';
import { broadcastView, isContiguous, placeOf, Region, reshapeView, reverseView, sliceView, transposeView, wholeView, type View } from './view.ts';

interface Known {
  readonly view: View;
  /** Members of groups that came before do not see it. */
  readonly sequence: number;
}

/** What a member reads, where its loops are cut, and what it computes. */
interface Survey {
  readonly reads: Map<Region, Use[]>;
  readonly cuts: number[][];
  readonly equations: Set<Equation>;
}

export class Block {
  readonly constants: ConstantPool;
  readonly writes: Writes;
  /** The equation that is being lowered. */
  equation: Equation | undefined;
  readonly numerics: Numerics;
  private readonly steps: Step[] = [];
  private readonly places = new Map<Variable, Known>();
  private readonly definitions = new Map<Variable, Equation>();
  private readonly resident: ReadonlySet<Variable>;
  /** How often a variable is read, as an output too. */
  private readonly readers: ReadonlyMap<Atom, number>;
  private readonly owned = new Set<Variable>();
  /** Memory without gaps of what is read at computed positions. */
  private readonly indexed = new Map<Atom, View>();
  private readonly readings = new Readings();
  /** Whether anything is read at computed positions where it is used. */
  private hasGathers = false;
  /** Memory that belongs to this block. */
  private readonly made = new Set<Region>();
  /** Memory that JavaScript reads or writes, which knows nothing of places that move. */
  readonly atHost: Set<Region> = new Set();
  private groups: Group[] = [];
  private sequence = 0;
  private kernels = 0;

  constructor(program: Program, inputs: readonly View[], { constants, numerics, writes, residence }: Lowering) {
    this.constants = constants;
    this.numerics = numerics;
    this.writes = writes;
    this.resident = residence(program);
    this.readers = countReaders(program);
    program.inputs.forEach((variable, k) => this.setView(variable, inputs[k]!));
  }

  // Values

  /** Memory that a result may take over from an operand: one that was computed here, and that nothing else reads. */
  takeOver(atom: Atom): View | undefined {
    if (!(atom instanceof Variable) || !this.owned.has(atom) || this.readers.get(atom) !== 1) return undefined;
    return this.places.get(atom)?.view;
  }

  /** Gives a variable a place that belongs to it alone. */
  setOwnView(variable: Variable, view: View): void {
    this.owned.add(variable);
    this.setView(variable, view);
  }

  /** Memory for a value. */
  fresh({ shape, dtype }: ArrayType): View {
    const region = new Region(dtype, sizeOf(shape));
    this.made.add(region);
    return wholeView(region, shape);
  }

  /** Gives a variable its place. */
  setView(variable: Variable, view: View): void {
    this.places.set(variable, { view, sequence: this.sequence });
  }

  /** Says how a variable is computed, element by element; it gets memory now if it is to have some. */
  define(variable: Variable, equation: Equation): void {
    this.definitions.set(variable, equation);
    this.hasGathers ||= equation.primitive.name === 'gather';
    if (this.resident.has(variable)) this.view(variable);
  }

  /** The value in memory. */
  view(atom: Atom): View {
    if (!(atom instanceof Variable)) return this.constantView(atom.value);
    const place = this.places.get(atom);
    if (place !== undefined) return place.view;
    const view = this.viewOfMemory(this.definitions.get(atom)!) ?? this.computed(atom);
    this.setView(atom, view);
    return view;
  }

  private computed(variable: Variable): View {
    const type = variable.type as ArrayType;
    const target = this.fresh(type);
    this.addMember({ kind: 'store' }, type.shape, this.whole(variable), target, variable);
    this.sequence++;
    return target;
  }

  private constantView(value: unknown): View {
    if (value instanceof NDArray) return this.constants.array(value);
    throw new UnsupportedOperationError('constant', 'wasm', [typeof value], 'it is no array');
  }

  /** Another window onto what is in memory already; undefined where elements must be computed. */
  private viewOfMemory({ primitive, params, inputs, outputs }: Equation): View | undefined {
    const { shape, dtype } = outputs[0]!.type as ArrayType;
    if (primitive.name === 'full') return this.constants.full((params as FullParams).value, shape, dtype);
    if (primitive.name === 'iota') return this.constants.iota(shape, (params as Iota).axis, dtype);
    const [x] = inputs;
    if (x === undefined || !this.isInMemory(x)) return undefined;
    switch (primitive.name) {
      case 'broadcast':
        return broadcastView(this.view(x), shape, (params as BroadcastParams).axes);
      case 'slice':
        return sliceView(this.view(x), (params as SliceParams).start, (params as SliceParams).step, shape);
      case 'transpose':
        return transposeView(this.view(x), (params as Permutation).order);
      case 'reverse':
        return reverseView(this.view(x), (params as AxesParams).axes);
      case 'reshape':
        return reshapeView(this.view(x), (params as ShapeParams).shape);
      default:
        return undefined;
    }
  }

  private isInMemory(atom: Atom): boolean {
    if (!(atom instanceof Variable) || this.places.has(atom)) return true;
    const { primitive, inputs } = this.definitions.get(atom)!;
    return ['broadcast', 'slice', 'transpose', 'reverse', 'reshape'].includes(primitive.name) && this.isInMemory(inputs[0]!);
  }

  /** The value without gaps between its elements. */
  contiguous(view: View, isGapless: boolean = isContiguous(view)): View {
    if (isGapless) return view;
    const target = this.fresh(view);
    this.copy(view, target);
    return target;
  }

  // What is done with values

  /** Writes a value to a place. */
  store(atom: Atom, target: View): void {
    this.addMember({ kind: 'store' }, target.shape, this.whole(atom), target, undefined);
    this.sequence++;
  }

  /** A value, element by element. */
  whole(atom: Atom): Reading {
    return this.readings.of(atom, identityMap(typeOfAtom(atom).shape.length));
  }

  /** Copies between views of one shape. */
  copy(source: View, target: View): void {
    this.addMember({ kind: 'store' }, target.shape, { view: source, map: identityMap(target.shape.length) }, target, undefined);
    this.sequence++;
  }

  /** Stores, reduces or scatters what is read over an index space. */
  collect(purpose: Purpose, shape: readonly number[], value: Reading, target: View): void {
    this.addMember(purpose, shape, value, target, undefined);
    this.sequence++;
  }

  /** Appends a step after all that has been said so far. */
  push(step: Step): void {
    this.flush();
    for (const region of hostRegions(step)) this.atHost.add(region);
    this.steps.push(step);
  }

  /** All steps. */
  finish(): readonly Step[] {
    this.flush();
    return this.steps;
  }

  /** Makes steps of all that has been said so far: nothing that comes later joins it, or is computed where an older value lies. */
  flush(): void {
    for (const group of this.groups) {
      const step = group.step(`kernel${this.kernels}`, this.numerics);
      if (step === undefined) continue;
      this.steps.push(step);
      this.kernels++;
    }
    this.groups = [];
  }

  /**
   * Lets the next value of a carry of a loop be computed where the present one lies. Possible where the first group that makes it
   * reads the present one at the same index only, and nothing reads the present one later.
   */
  updateInPlace(carry: View, next: View): boolean {
    const { region } = next;
    if (region.root !== region || region.constant !== undefined || region.size !== carry.region.size || next.dtype !== carry.dtype) return false;
    if (!isContiguous(next) || !isContiguous(carry) || next.offset !== 0 || carry.offset !== 0 || next.moving.length > 0) return false;
    // Later groups may write more of it: they scatter into what the first one has stored.
    const at = this.groups.findIndex((group) => group.writes.has(region));
    if (at < 0) return false;
    const write = this.groups[at]!.writes.get(region)!;
    const root = carry.region.root;
    const blocked = this.groups.some((group, k) => {
      const uses = group.reads.get(root) ?? [];
      return (k > at && uses.length > 0) || (k === at && uses.some((use) => !sameUse(use, write))) || group.writes.has(root);
    });
    if (blocked) return false;
    region.place = { region: carry.region, offset: 0, moving: [] };
    for (const group of this.groups) group.rename(region, root);
    return true;
  }

  /** Whether a value is all of a piece of memory that belongs to this block. */
  isOwn(view: View): boolean {
    const { region, offset, moving } = view;
    return this.made.has(region) && region.place === undefined && offset === 0 && moving.length === 0 && sizeOf(view.shape) === region.size && isContiguous(view);
  }

  /** Lets a value be computed at another place, or copies it there. Comes last: nothing may read or write either place after it. */
  moveTo(value: View, target: View): void {
    const { region } = value;
    if (!this.isOwn(value) || !isContiguous(target) || this.atHost.has(region)) return this.copy(value, target);
    region.place = placeOf(target);
    for (const group of this.groups) group.rename(region, region.root);
  }

  // Groups

  private addMember(purpose: Purpose, shape: readonly number[], value: Reading, target: View, variable: Variable | undefined): void {
    const isNothing = sizeOf(shape) === 0 && (purpose.kind !== 'reduce' || target.region.size === 0);
    if (isNothing) return;
    const readings = purpose.kind === 'scatterAdd' ? [value, purpose.index] : [value];
    if (this.hasGathers) for (const reading of readings) this.prepare(reading);
    const { sequence } = this;
    const alone = this.sightFor(sequence, undefined, variable);
    const loaded = new Set<Variable>();
    const outside = this.survey(readings, { ...alone, placeOf: (own) => noted(loaded, own, alone.placeOf(own)) }, shape);
    const first = this.firstGroupFor(purpose, target, outside.reads, shape.length);
    // The one that reads or fills most of the same memory, the first of these.
    let best: (Survey & { readonly group: Group; readonly sight: Sight; readonly shared: number }) | undefined;
    for (let k = first; k < this.groups.length; k++) {
      const group = this.groups[k]!;
      if (group.shape.length !== shape.length || group.shape.some((size, axis) => size !== shape[axis])) continue;
      const sight = this.sightFor(sequence, group, variable);
      // What a group computes itself is the only thing that its members see otherwise.
      const { reads, cuts, equations } = isDisjoint(loaded, group.stored) ? outside : this.survey(readings, sight, shape);
      if (!this.isReady(reads, k) || !group.accepts(cuts, new Set([...reads.keys(), target.region.root]))) continue;
      const shared = group.shared(reads);
      if (best === undefined || shared > best.shared) best = { group, sight, reads, cuts, equations, shared };
    }
    if (best !== undefined) {
      const { group, sight, reads, cuts, equations } = best;
      group.add({ purpose, value, target, variable, sight, equations: this.origin(equations, variable) }, reads, cuts);
      return;
    }
    const group = new Group(shape);
    // What starts from nothing goes ahead of everything, so that what adds to it can share a pass with what is there.
    const isFirst = purpose.kind === 'store' && outside.reads.size === 0 && !this.groups.some(({ reads, writes }) => reads.has(target.region.root) || writes.has(target.region.root));
    if (isFirst) this.groups.unshift(group);
    else this.groups.push(group);
    group.add({ purpose, value, target, variable, sight: this.sightFor(sequence, group, variable), equations: this.origin(outside.equations, variable) }, outside.reads, outside.cuts);
  }

  /** In the order of the program, with the equation that is lowered now where no variable asked. */
  private origin(computed: ReadonlySet<Equation>, variable: Variable | undefined): Equation[] {
    const inOrder = [...computed].sort((a, b) => a.outputs[0]!.id - b.outputs[0]!.id);
    return variable !== undefined || this.equation === undefined || computed.has(this.equation) ? inOrder : [...inOrder, this.equation];
  }

  /** Whether everything that is loaded has been filled by groups before this one. What it fills itself must not be loaded. */
  private isReady(reads: ReadonlyMap<Region, readonly Use[]>, at: number): boolean {
    return this.groups.every((group, k) => k < at || [...group.writes.keys()].every((region) => !reads.has(region)));
  }

  /** What a member sees that is added now: places that exist now, except those that its own group fills. */
  private sightFor(sequence: number, group: Group | undefined, own: Variable | undefined): Sight {
    const visibleFrom = (variable: Variable): number => {
      const place = variable === own ? undefined : this.places.get(variable);
      if (place === undefined) return Infinity;
      if (!this.definitions.has(variable)) return -Infinity;
      return group?.stored.has(variable) === true ? Infinity : place.sequence;
    };
    return {
      sequence,
      visibleFrom,
      placeOf: (variable) => (visibleFrom(variable) <= sequence ? this.places.get(variable)!.view : undefined),
      definitionOf: (variable) => this.definitions.get(variable)!,
      readings: this.readings,
      constantView: (array) => this.constants.array(array),
      memoryOf: (atom) => this.indexed.get(atom)!,
    };
  }

  /** Puts into memory what is read at computed positions, which must be there before. */
  private prepare(start: Reading): void {
    const seen = new Set<Atom>();
    const sight: Sight = {
      ...this.sightFor(this.sequence, undefined, undefined),
      memoryOf: (atom) => {
        let view = this.indexed.get(atom);
        if (view === undefined) this.indexed.set(atom, (view = this.contiguous(this.view(atom))));
        return view;
      },
    };
    const follow = (reading: Reading): void => {
      if (!('atom' in reading) || seen.has(reading.atom)) return;
      seen.add(reading.atom);
      const source = sourceOf(reading, sight);
      if (source.kind === 'gather') follow(source.index);
      else if (source.kind === 'same' || source.kind === 'convert' || source.kind === 'within') follow(source.reading);
      else if (source.kind === 'elementwise') source.inputs.forEach(follow);
      else if (source.kind === 'windows') follow(source.inside);
      else if (source.kind === 'parts') source.parts.forEach(follow);
    };
    follow(start);
  }

  private survey(readings: readonly Reading[], sight: Sight, shape: readonly number[]): Survey {
    const reads = new Map<Region, Use[]>();
    const cuts = shape.map((): number[] => []);
    const equations = new Set<Equation>();
    const use = (view: View, own: Use): void => {
      const known = reads.get(view.region.root);
      if (known === undefined) reads.set(view.region.root, [own]);
      else known.push(own);
    };
    for (const reading of readings) {
      visit(reading, sight, shape, { read: use, readAnywhere: (view) => use(view, 'anywhere'), cut: (axis, at) => cuts[axis]!.push(at), computed: (equation) => equations.add(equation) });
    }
    return { reads, cuts, equations };
  }

  /** The first group that a member may join: after those that fill what it reads, and those that read or fill where it writes. */
  private firstGroupFor(purpose: Purpose, target: View, reads: ReadonlyMap<Region, readonly Use[]>, rank: number): number {
    const own: Use = purpose.kind === 'store' ? accessOf(target, identityMap(rank), rank) : 'anywhere';
    const root = target.region.root;
    let first = 0;
    this.groups.forEach((group, k) => {
      for (const [region, uses] of reads) {
        const write = group.writes.get(region);
        // What a group stores at the same index can be taken over without loading it.
        if (write !== undefined) first = Math.max(first, uses.every((use) => sameUse(use, write)) ? k : k + 1);
      }
      const readThere = group.reads.get(root);
      if (readThere !== undefined) first = Math.max(first, readThere.every((use) => sameUse(use, own)) ? k : k + 1);
      // Scatters into one region may share a pass, unless every element is to be added before the next scatter begins.
      if (group.writes.has(root)) first = Math.max(first, purpose.kind === 'scatterAdd' && group.scattered.has(root) && this.numerics !== 'roundedOnce' ? k : k + 1);
    });
    return first;
  }
}

/** The place of a variable, which is noted where there is one. */
function noted(found: Set<Variable>, variable: Variable, place: View | undefined): View | undefined {
  if (place !== undefined) found.add(variable);
  return place;
}

function isDisjoint<T>(a: ReadonlySet<T>, b: ReadonlySet<T>): boolean {
  for (const each of a) if (b.has(each)) return false;
  return true;
}

function countReaders({ equations, outputs }: Program): Map<Atom, number> {
  const readers = new Map<Atom, number>();
  const count = (atom: Atom): void => void readers.set(atom, (readers.get(atom) ?? 0) + 1);
  for (const { inputs } of equations) inputs.forEach(count);
  outputs.forEach(count);
  return readers;
}
