/** @file Names for the memory of a program, the same in all its pictures: inputs and results by their number, constants, and the rest. */
import type { Schedule } from '../lower/step.ts';
import type { Region } from '../lower/view.ts';

/** Gives every region that has memory a name when it is first asked for. */
export class RegionNames {
  private readonly names = new Map<Region, string>();
  private temporaries = 0;
  private constants = 0;

  constructor(schedule: Schedule) {
    schedule.inputs.forEach((view, k) => this.set(view.region.root, `input${k}`));
    schedule.outputs.forEach((output, k) => {
      if ('view' in output && output.view.region.root.constant === undefined) this.set(output.view.region.root, `result${k}`);
    });
  }

  of({ root }: Region): string {
    return this.names.get(root) ?? this.set(root, root.constant === undefined ? `t${this.temporaries++}` : `constant${this.constants++}`);
  }

  private set(root: Region, name: string): string {
    if (!this.names.has(root)) this.names.set(root, name);
    return this.names.get(root)!;
  }
}
