/**
 * @file Where the values lie that a loop carries from step to step. A new value is computed, in order of preference, where the present one lies;
 * in the next slot of the stack that the loop keeps; in the other half of a piece of memory for two. Else it is copied.
 */
import { bytesPerElement } from '../../array/dtype.ts';
import { sizeOf } from '../../array/strides.ts';
import type { ArrayType } from '../../array/type.ts';
import { roomOf } from '../memory-plan.ts';
import type { Block } from './block.ts';
import { Region, sameView, sliceAt, wholeView, type Counter, type View } from './view.ts';

/** `parts`: arrays are written element by element. `whole`: a kernel makes a new array of whatever it writes to, as on the gpu. */
export type Writes = 'parts' | 'whole';

/**
 * A stack in which a carry moves on: the value before each step, and in one slot more the value after the last. What a loop keeps of
 * a carry then needs no copy.
 */
export interface Walk {
  readonly stack: View;
  readonly before: View;
  readonly after: View;
  readonly first: View;
  readonly last: View;
}

/** Memory for a carry that moves on in a stack. */
export function walkAlong(block: Block, { shape, dtype }: ArrayType, counter: Counter, reverse: boolean): Walk {
  const { length } = counter;
  const all = block.fresh({ shape: [length + 1, ...shape], dtype });
  const size = sizeOf(shape);
  const slot = (k: number): View => ({ ...all, shape, strides: all.strides.slice(1), offset: k * size });
  const stack: View = { ...all, shape: [length, ...shape], offset: reverse ? size : 0 };
  const before = sliceAt(stack, counter);
  return { stack, before, after: { ...before, offset: before.offset + (reverse ? -size : size) }, first: slot(reverse ? length : 0), last: slot(reverse ? 0 : length) };
}

/** A carry of which the loop keeps nothing but the last value. Where it lies is settled when all that the loop does is known. */
export class Carry {
  /** Where the value lies before the loop. */
  readonly first: View;
  /** The value in a step. */
  readonly current: View;
  /** Elements between the two places; 0 where there is one. */
  private distance = 0;

  constructor(block: Block, { shape, dtype }: ArrayType) {
    this.first = block.fresh({ shape, dtype });
    this.current = wholeView(new Region(dtype, sizeOf(shape)), shape);
  }

  /** Lets all values lie in one place. */
  stay(): void {
    this.current.region.place = { region: this.first.region, offset: 0, moving: [] };
  }

  /** Lets values lie by turns in the halves of a piece of memory, as the number `sides` says. */
  alternate(next: Region, sides: Counter): void {
    const { size, dtype, bytes } = next;
    const distance = roomOf(bytes) / bytesPerElement(dtype);
    const both = new Region(dtype, distance + size);
    this.first.region.place = { region: both, offset: 0, moving: [] };
    this.current.region.place = { region: both, offset: 0, moving: [{ counter: sides, stride: distance }] };
    next.place = { region: both, offset: distance, moving: [{ counter: sides, stride: -distance }] };
    this.distance = distance;
  }

  /** The value after a known number of steps. */
  after(steps: number): View {
    return { ...this.first, offset: steps % 2 === 1 ? this.distance : 0 };
  }

  /** The value after as many steps as there were, in one place: a copy if need be, after the loop. */
  gathered(block: Block): View {
    return this.distance > 0 ? block.contiguous(this.current, false) : this.first;
  }
}

/** A carry, and where its next value is. */
export interface Update {
  readonly carry: Carry;
  readonly next: View;
}

/**
 * Lets the new values of all carries come to their places at once: what lies in the place of another carry (two carries that change
 * places, a shifted carry) is set aside first. `blocks` are the steps of the loop, the body first; `taken` is memory that gets another place.
 * What is returned settles the places, when nothing is said any more about what lies there.
 */
export function updateCarries(blocks: readonly [Block, ...Block[]], updates: readonly Update[], taken: ReadonlySet<Region>, sides: Counter): () => void {
  const [body] = blocks;
  const isReadByAnother = ({ carry }: Update): boolean => updates.some((other) => other.carry !== carry && other.next.region.root === carry.current.region);
  const moved = updates.filter((update) => !sameView(update.carry.current, update.next) && (isReadByAnother(update) || !body.updateInPlace(update.carry.current, update.next)));
  const used = new Set(taken);
  const alternating = moved.filter(({ carry, next: { region, ...next } }) => {
    const can = body.writes === 'parts' && !used.has(region) && body.isOwn({ region, ...next }) && !blocks.some((block) => block.atHost.has(region) || block.atHost.has(carry.current.region));
    if (can) used.add(region);
    return can;
  });
  const copied = moved.filter((update) => !alternating.includes(update));
  // Copies are made in the order of the carries: what a later one needs is overwritten by then.
  const sources = copied.map(({ next }, k) => (copied.some(({ carry }, other) => other <= k && carry.current.region === next.region) ? body.contiguous(next, false) : next));
  copied.forEach(({ carry }, k) => body.copy(sources[k]!, carry.current));
  return () => {
    for (const { carry, next } of updates) {
      if (alternating.some((update) => update.carry === carry)) carry.alternate(next.region, sides);
      else carry.stay();
    }
  };
}
