/**
 * @file The memory plan: every region gets an address in one block of fixed size. Regions whose lifetimes do not overlap share
 * memory; a region that a loop reads from outside lives to the end of the loop.
 */
import { innerSteps, regionsOf, type Schedule, type Step } from './lower/step.ts';
import { bytesPerElement } from '../array/dtype.ts';
import { placeOf, type Region } from './lower/view.ts';

/** Regions begin at multiples of this many bytes, which is what vectors like. */
const ALIGNMENT = 16;

/** Kept free at both ends of the memory: vectors may load up to three numbers beside what they use. */
const GUARD = 16;

/** A stretch of the schedule that is performed repeatedly. */
interface Repeated {
  end: number;
}

interface Lifetime {
  start: number;
  end: number;
  /** The loops around the first use. */
  readonly loops: readonly Repeated[];
  /** Loops that the region must outlive, which are not over yet. */
  readonly through: Set<Repeated>;
}

/** Where everything lies. */
export interface MemoryPlan {
  readonly bytes: number;
  readonly constants: readonly Region[];
  /** Everything that has an address. */
  readonly regions: readonly Region[];
}

const FOREVER = Infinity;
const aligned = (bytes: number): number => Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;

/**
 * Processors compare only the last twelve bits of addresses when they look whether a load waits for a store. Arrays of a power of two bytes, one
 * after another, agree in all of these, so large ones are followed by some bytes that nobody uses: five cache lines, for then as many as thirteen
 * arrays differ.
 */
const GAP = 320;
/** Of arrays from this many bytes on, gaps are less than two per cent. */
const LARGE = 16_384;

/** Bytes that an array takes, with those behind it. */
export function roomOf(bytes: number): number {
  return aligned(bytes) + (bytes >= LARGE ? GAP : 0);
}

/** Gives every region of a schedule its address. */
export function planMemory(schedule: Schedule): MemoryPlan {
  const lifetimes = new Map<Region, Lifetime>();
  const constants = new Set<Region>();
  let position = 0;

  const touch = ({ root }: Region, loops: readonly Repeated[], end: number = position): void => {
    if (root.constant !== undefined) {
      constants.add(root);
      return;
    }
    let life = lifetimes.get(root);
    if (life === undefined) lifetimes.set(root, (life = { start: position, end, loops, through: new Set() }));
    life.end = Math.max(life.end, end);
    const outside = loops.find((loop, k) => loop !== life.loops[k]);
    if (outside !== undefined) life.through.add(outside);
  };
  const walk = (steps: readonly Step[], loops: readonly Repeated[]): void => {
    for (const step of steps) {
      position++;
      for (const region of regionsOf(step)) touch(region, loops);
      const isLoop = step.kind === 'scan' || step.kind === 'while';
      const loop: Repeated = { end: 0 };
      const inside = isLoop ? [...loops, loop] : loops;
      const [first, ...others] = innerSteps(step);
      if (first !== undefined) walk(first, inside);
      position++;
      if (step.kind === 'while') touch(step.holds.region, inside);
      if (step.kind === 'check') for (const { region } of step.data) touch(region, loops);
      for (const inner of others) walk(inner, inside);
      loop.end = ++position;
    }
  };

  // Inputs keep their memory to themselves, so that they need not be filled in again when the next run has the same ones.
  for (const { region } of schedule.inputs) touch(region, [], FOREVER);
  walk(schedule.steps, []);
  position++;
  for (const output of schedule.outputs) if ('view' in output) touch(output.view.region, [], FOREVER);

  let bytes = GUARD + aligned(furthestBelow(schedule.steps));
  for (const region of constants) {
    region.address = bytes;
    bytes += roomOf(region.bytes);
  }
  const intervals = [...lifetimes].map(([region, { start, end, through }]) => ({ region, start, end: Math.max(end, ...[...through].map((loop) => loop.end)) }));
  return { bytes: placeAll(intervals, bytes) + GUARD, constants: [...constants], regions: [...constants, ...lifetimes.keys()] };
}

/**
 * How far before its region the place that a kernel counts from may move: what is read from the end on begins with the last step, and immediates
 * of loads do not wrap around below address 0.
 */
function furthestBelow(steps: readonly Step[]): number {
  let most = 0;
  for (const step of steps) {
    const views = step.kind === 'run' || step.kind === 'fixed' ? step.views : [];
    for (const view of views) {
      const { offset, moving } = placeOf(view);
      const lowest = moving.reduce((low, { counter, stride }) => low + Math.min(0, stride * (counter.length - 1)), offset);
      most = Math.max(most, -lowest * bytesPerElement(view.dtype));
    }
    for (const inner of innerSteps(step)) most = Math.max(most, furthestBelow(inner));
  }
  return most;
}

interface Interval {
  readonly region: Region;
  readonly start: number;
  readonly end: number;
}

/** First fit in the order of the schedule; returns the end of the memory that is used. */
function placeAll(intervals: readonly Interval[], from: number): number {
  let last = from;
  let active: Interval[] = [];
  for (const interval of [...intervals].sort((a, b) => a.start - b.start)) {
    active = active.filter(({ end }) => end >= interval.start);
    const size = roomOf(interval.region.bytes);
    let address = from;
    let at = 0;
    for (; at < active.length; at++) {
      const { region } = active[at]!;
      if (address + size <= region.address) break;
      address = Math.max(address, region.address + roomOf(region.bytes));
    }
    interval.region.address = address;
    // In the order of addresses, so that gaps are found from below.
    active.splice(at, 0, interval);
    last = Math.max(last, address + size);
  }
  return last;
}
