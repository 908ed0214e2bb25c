/**
 * @file What a piece of work reads and writes, in bytes: every element once, however often loops come back to it, as if a cache held all that is
 * read again.
 */
import { bytesPerElement } from '../../array/dtype.ts';
import { sizeOf } from '../../array/strides.ts';
import { nodesOf, partsOf, type Kernel, type Range } from '../kernels/kernel.ts';
import { nodesBelow, type Access } from '../kernels/node.ts';
import type { Work } from '../lower/step.ts';
import type { Region, View } from '../lower/view.ts';

/** Bytes of one view of a piece of work. */
export interface ViewTraffic {
  readonly region: Region;
  readonly read: number;
  readonly written: number;
}

/** Bytes by view, those without any left out. */
export function trafficOf(work: Work): ViewTraffic[] {
  return trafficByView(work).filter(({ read, written }) => read > 0 || written > 0);
}

const whole = ({ region, shape, dtype }: View): number => Math.min(sizeOf(shape), region.size) * bytesPerElement(dtype);

function trafficByView(work: Work): ViewTraffic[] {
  switch (work.kind) {
    case 'clear':
      return [{ region: work.target.region.root, read: 0, written: work.target.region.bytes }];
    case 'host':
      return [...work.results.map((view) => ({ region: view.region.root, read: 0, written: whole(view) })), ...work.inputs.map((view) => ({ region: view.region.root, read: whole(view), written: 0 }))];
    case 'fixed':
      return work.views.map((view, k) => (work.written.includes(k) ? { region: view.region.root, read: 0, written: whole(view) } : { region: view.region.root, read: whole(view), written: 0 }));
    case 'run':
      return kernelTraffic(work.kernel).map(({ read, written }, k) => {
        const { region, dtype } = work.views[k]!;
        const bytes = bytesPerElement(dtype);
        return { region: region.root, read: Math.min(read, region.size) * bytes, written: Math.min(written, region.size) * bytes };
      });
  }
}

interface Elements {
  read: number;
  written: number;
}

const lengthsOf = (part: readonly Range[]): number[] => part.map(({ from, to }) => to - from);

/** Elements by buffer. */
function kernelTraffic(kernel: Kernel): Elements[] {
  const buffers = kernel.buffers.map((): Elements => ({ read: 0, written: 0 }));
  for (const [k, part] of partsOf(kernel.cuts).entries()) {
    const lengths = lengthsOf(part);
    const rounds = sizeOf(lengths);
    if (rounds === 0) continue;
    const loads = new Map<number, Access[]>();
    for (const node of nodesBelow(nodesOf(kernel.roots[k]!))) {
      if (node.kind === 'gather') buffers[node.buffer]!.read += rounds;
      if (node.kind === 'load') loads.set(node.buffer, [...(loads.get(node.buffer) ?? []), node.access]);
    }
    for (const [buffer, accesses] of loads) buffers[buffer]!.read += footprint(accesses, lengths);
    for (const output of kernel.outputs) {
      const own = buffers[output.buffer]!;
      if (output.kind === 'store') own.written += rounds;
      if (output.kind !== 'scatterAdd') continue;
      own.read += rounds;
      own.written += rounds;
    }
  }
  for (const output of kernel.outputs) {
    if (output.kind === 'reduce') buffers[output.buffer]!.written += sizeOf(kernel.shape.filter((_, axis) => !output.axes.includes(axis)));
  }
  return buffers;
}

/**
 * Elements that loads with these accesses reach. Those that differ by a shift reach stretches that overlap, of which as large a share is read as of
 * each alone.
 */
function footprint(accesses: readonly Access[], lengths: readonly number[]): number {
  const families = new Map<string, Access[]>();
  for (const access of accesses) {
    const key = access.coefficients.join();
    families.set(key, [...(families.get(key) ?? []), access]);
  }
  let total = 0;
  for (const family of families.values()) {
    const { coefficients } = family[0]!;
    const alone = sizeOf(lengths.filter((_, axis) => coefficients[axis] !== 0));
    const reach = coefficients.reduce((sum, coefficient, axis) => sum + Math.abs(coefficient) * (lengths[axis]! - 1), 1);
    const starts = family.map(({ offset }) => offset).sort((a, b) => a - b);
    let covered = reach;
    for (let k = 1; k < starts.length; k++) covered += Math.min(reach, starts[k]! - starts[k - 1]!);
    total += Math.min(alone * starts.length, Math.round(covered * (alone / reach)));
  }
  return total;
}
