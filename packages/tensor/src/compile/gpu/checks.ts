/**
 * @file Checks that wait: reading a flag makes everything wait for the device, so flags are gathered, combined there, and read together. Only when
 * one of them says no are they read one by one.
 */
import type { CheckStep } from '../lower/step.ts';
import { placeOf, type Counter, type Region } from '../lower/view.ts';
import type { GpuBuffer } from './buffer.ts';
import type { GpuDevice } from './device.ts';
import { MOST_OPERANDS } from './pass.ts';
import type { Regions } from './regions.ts';

/** More are not kept waiting: what their errors are made from is kept with them. */
const MOST_PENDING = 256;

/** A check that was performed. */
export interface PendingCheck {
  readonly step: CheckStep;
  readonly flag: GpuBuffer;
  /** Position of the flag in its buffer. */
  readonly position: number;
  /** What the error is made from, as it was then. */
  readonly regions: Regions;
  readonly counters: ReadonlyMap<Counter, number>;
}

/** A flag of one number. */
interface Flag {
  readonly buffer: GpuBuffer;
  readonly position: number;
}

export class PendingChecks {
  private pending: PendingCheck[] = [];

  /** Adds a check; whether enough are waiting to be read. */
  add(check: PendingCheck): boolean {
    this.pending.push(check);
    return this.pending.length >= MOST_PENDING;
  }

  /** The first check that failed, if one has; it still has its regions. */
  firstFailure(device: GpuDevice): PendingCheck | undefined {
    const isGood = ({ buffer, position }: Flag): boolean => device.read(buffer)[position] !== 0;
    if (this.pending.length === 0) return undefined;
    const all = this.combined(device);
    const good = isGood(all);
    all.buffer.release();
    return good ? undefined : this.pending.find(({ flag, position }) => !isGood({ buffer: flag, position }));
  }

  /** Forgets everything. */
  clear(): void {
    for (const { flag, regions } of this.pending) {
      flag.release();
      regions.clear();
    }
    this.pending = [];
  }

  /** One flag of all. */
  private combined(device: GpuDevice): Flag {
    let flags = this.pending.map(({ flag, position }): Flag => ({ buffer: flag.hold(), position }));
    do {
      const next: Flag[] = [];
      for (let from = 0; from < flags.length; from += MOST_OPERANDS) next.push(allOf(device, flags.slice(from, from + MOST_OPERANDS)));
      for (const { buffer } of flags) buffer.release();
      flags = next;
    } while (flags.length > 1);
    return flags[0]!;
  }
}

function allOf(device: GpuDevice, flags: readonly Flag[]): Flag {
  const parameters = [...flags.map((_, k) => `b${k}`), ...flags.map((_, k) => `o${k}`)].join(', ');
  const body = flags.map((_, k) => `b${k}[o${k}]`).reduce((all, flag) => `Math.min(${all}, ${flag})`);
  return { buffer: device.run(`function(${parameters}) { return ${body}; }`, 1, flags.map(({ buffer }) => buffer), flags.map(({ position }) => position)), position: 0 };
}

/** The regions that the report of a check reads. */
export function regionsOfReport({ report }: CheckStep): ReadonlySet<Region> {
  return new Set(report.flatMap((step) => (step.kind === 'run' ? step.views.map((view) => placeOf(view).region) : [])));
}
