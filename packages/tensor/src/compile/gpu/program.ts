/** @file A program on a device: its schedule is run by JavaScript, which calls a kernel per output and moves buffers between regions. */
import type { Program, Value } from '@tapeflow/autodiff/extend';
import { allocate } from '../../array/dtype.ts';
import { NDArray } from '../../array/ndarray.ts';
import type { Storage } from '../../array/storage.ts';
import { rowMajor, sizeOf } from '../../array/strides.ts';
import { optimize } from '../graph/optimize.ts';
import type { Executable } from '../executable.ts';
import { lower } from '../lower/lower.ts';
import { stepsText, type CheckStep, type CondStep, type Output, type RunStep, type ScanStep, type Schedule, type Step, type WhileStep } from '../lower/step.ts';
import { placeOf, type Counter, type Region, type View } from '../lower/view.ts';
import { planMemory } from '../memory-plan.ts';
import type { GpuBuffer } from './buffer.ts';
import { PendingChecks, regionsOfReport } from './checks.ts';
import type { GpuDevice } from './device.ts';
import { lastUses } from './last-uses.ts';
import type { Operand, Pass } from './pass.ts';
import { planStep, type PlannedOutput } from './plan-step.ts';
import { currentDevice } from './registry.ts';
import { Regions } from './regions.ts';
import { bufferOf, releaseStorage, residentStorage } from './residents.ts';
import { rewriteForGpu } from './rewrite.ts';
import { checkSupported } from './supported.ts';

/** Makes a program ready for the device. Throws `UnsupportedOperationError`, `GpuLimitError` or `GpuNotLoadedError`. */
export function compileToGpu(program: Program): Executable {
  checkSupported(program);
  return new GpuProgram(lower(optimize(rewriteForGpu(program)), { writes: 'whole' }));
}

/** An input of the last run, which need not be uploaded again. */
interface Known {
  readonly id: number;
  readonly offset: number;
  readonly strides: readonly number[];
  readonly buffer: GpuBuffer;
}

class GpuProgram implements Executable {
  private readonly schedule: Schedule;
  /** The regions that are needed no longer after each step. */
  private readonly finished: ReadonlyMap<Step, readonly Region[]>;
  private device: GpuDevice;
  private plans = new Map<RunStep, readonly PlannedOutput[]>();
  private constants = new Map<Region, GpuBuffer>();
  private known: (Known | undefined)[] = [];
  private lent: Storage[] = [];
  private counters = new Map<Counter, number>();
  private readonly checks = new PendingChecks();

  constructor(schedule: Schedule) {
    this.schedule = schedule;
    this.finished = lastUses(schedule);
    // Addresses mean nothing here, but the text of the steps calls regions by them.
    planMemory(schedule);
    this.device = currentDevice();
  }

  /** Of constants and of inputs that are kept. */
  get bytes(): number {
    const kept = [...this.constants.values(), ...this.known.flatMap((known) => (known === undefined ? [] : [known.buffer]))];
    return kept.reduce((total, { size }) => total + 4 * size, 0);
  }

  run(inputs: readonly Value[], lend: boolean = false): Value[] {
    this.useDevice(currentDevice());
    const regions = new Regions();
    try {
      this.schedule.inputs.forEach((view, k) => this.fill(regions, view.region, inputs[k] as NDArray, k));
      for (const storage of this.lent) releaseStorage(storage);
      this.lent = [];
      this.steps(this.schedule.steps, regions);
      this.readChecks();
      const storages = new Map<Region, Storage>();
      const outputs = this.schedule.outputs.map((output) => this.output(output, inputs, regions, storages));
      if (lend) this.lent = [...storages.values()];
      return outputs;
    } finally {
      this.checks.clear();
      regions.clear();
    }
  }

  toString(): string {
    return [`gpu (${this.device.mode}): ${[...this.plans.values()].flat().reduce((total, { passes }) => total + passes.length, 0)} passes so far`, ...stepsText(this.schedule.steps)].join('\n');
  }

  /** What was made on another device is worth nothing. */
  private useDevice(device: GpuDevice): void {
    if (this.device === device) return;
    this.device = device;
    this.plans = new Map();
    this.constants = new Map();
    this.known = [];
    this.lent = [];
  }

  private fill(regions: Regions, region: Region, array: NDArray, k: number): void {
    if (region.root.size === 0) return;
    const { storage, offset, strides } = array;
    const known = this.known[k];
    if (known !== undefined && known.id === storage.id && known.offset === offset && known.strides.every((stride, axis) => stride === strides[axis])) {
      regions.set(region.root, known.buffer.hold());
      return;
    }
    const buffer = bufferOf(this.device, array);
    known?.buffer.release();
    this.known[k] = storage.isShared ? undefined : { id: storage.id, offset, strides, buffer: buffer.hold() };
    regions.set(region.root, buffer);
  }

  private output(output: Output, inputs: readonly Value[], regions: Regions, storages: Map<Region, Storage>): Value {
    if ('value' in output) return output.value;
    if ('input' in output) return inputs[output.input];
    const { view } = output;
    if (sizeOf(view.shape) === 0) return NDArray.of(allocate(view.dtype, 0), view.shape, view.dtype);
    const { region, offset } = placeOf(view);
    let storage = storages.get(region);
    if (storage === undefined) storages.set(region, (storage = residentStorage(this.device, this.buffer(regions, region), view.dtype)));
    return new NDArray(storage, view.shape, view.strides, offset, view.dtype);
  }

  // Steps

  private steps(steps: readonly Step[], regions: Regions): void {
    for (const step of steps) {
      this.step(step, regions);
      for (const region of this.finished.get(step) ?? []) regions.delete(region);
    }
  }

  private step(step: Step, regions: Regions): void {
    switch (step.kind) {
      case 'run':
        this.kernel(step, regions);
        return;
      case 'clear':
        regions.set(placeOf(step.target).region, this.zeros(placeOf(step.target).region.size));
        return;
      case 'scan':
        this.scan(step, regions);
        return;
      case 'while':
        this.whileLoop(step, regions);
        return;
      case 'cond':
        this.cond(step, regions);
        return;
      case 'check':
        this.check(step, regions);
        return;
      default:
        throw new RangeError(`GpuProgram: steps of kind '${step.kind}' are refused before.`);
    }
  }

  private kernel(step: RunStep, regions: Regions): void {
    let plan = this.plans.get(step);
    if (plan === undefined) this.plans.set(step, (plan = planStep(step, this.device.rounded)));
    // All outputs are made from what was there before the step, also where one takes the place of an input.
    const before = step.views.map((view) => (view.region.root.size === 0 ? undefined : regions.get(view.region.root))?.hold());
    try {
      for (const { view, passes } of plan) {
        const { region } = placeOf(step.views[view]!);
        regions.set(region, this.passes(passes, step, region, before, regions));
      }
    } finally {
      for (const buffer of before) buffer?.release();
    }
  }

  private passes(passes: readonly Pass[], step: RunStep, target: Region, before: readonly (GpuBuffer | undefined)[], regions: Regions): GpuBuffer {
    const made: GpuBuffer[] = [];
    const operandOf = (operand: Operand): GpuBuffer => {
      switch (operand.kind) {
        case 'view':
          return before[operand.view] ?? this.constantOrZeros(placeOf(step.views[operand.view]!).region, regions);
        case 'pass':
          return made[operand.pass]!;
        case 'before':
          return this.buffer(regions, target);
      }
    };
    for (const pass of passes) made.push(this.device.run(pass.source, pass.size, pass.operands.map(operandOf), pass.offsets.map((view) => this.offsetOf(step.views[view]!))));
    const last = made.pop()!;
    for (const buffer of made) buffer.release();
    return last;
  }

  private offsetOf(view: View): number {
    return placeOf(view).moving.reduce((total, { counter, stride }) => total + stride * this.counters.get(counter)!, 0);
  }

  private scan({ counter, reverse, body }: ScanStep, regions: Regions): void {
    for (let trip = 0; trip < counter.length; trip++) {
      this.counters.set(counter, reverse ? counter.length - 1 - trip : trip);
      this.steps(body, regions);
    }
  }

  private whileLoop({ condition, holds, body }: WhileStep, regions: Regions): void {
    for (;;) {
      this.steps(condition, regions);
      if (!this.truth(holds, regions)) return;
      this.steps(body, regions);
    }
  }

  private cond({ predicate, whenTrue, whenFalse }: CondStep, regions: Regions): void {
    this.steps(this.truth(predicate, regions) ? whenTrue : whenFalse, regions);
  }

  private truth(view: View, regions: Regions): boolean {
    const { region, offset } = placeOf(view);
    return this.device.read(this.buffer(regions, region))[offset + this.offsetOf(view)] !== 0;
  }

  // Checks

  private check(step: CheckStep, regions: Regions): void {
    const { region, offset } = placeOf(step.condition);
    const kept = regionsOfReport(step);
    const isFull = this.checks.add({
      step,
      flag: this.buffer(regions, region).hold(),
      position: offset + this.offsetOf(step.condition),
      regions: regions.copy((each) => kept.has(each)),
      counters: new Map(this.counters),
    });
    if (isFull) this.readChecks();
  }

  /** Throws the error of the first check that has failed. */
  private readChecks(): void {
    const failed = this.checks.firstFailure(this.device);
    if (failed !== undefined) {
      const { step, regions, counters } = failed;
      this.counters = new Map(counters);
      this.steps(step.report, regions);
      throw step.error(step.data.map((view) => this.copyOut(view, regions)));
    }
    this.checks.clear();
  }

  private copyOut({ region, shape, dtype }: View, regions: Regions): NDArray {
    const data = allocate(dtype, sizeOf(shape));
    if (data.length > 0) data.set(this.device.read(this.buffer(regions, region.root)));
    return new NDArray(NDArray.of(data, shape, dtype).storage, shape, rowMajor(shape), 0, dtype);
  }

  // Buffers

  /** The contents of a region; what nothing has been written to is zero. */
  private buffer(regions: Regions, region: Region): GpuBuffer {
    return regions.get(region) ?? this.constantOrZeros(region, regions);
  }

  private constantOrZeros(region: Region, regions: Regions): GpuBuffer {
    if (region.constant === undefined) return regions.set(region, this.zeros(region.size));
    let buffer = this.constants.get(region);
    if (buffer === undefined) this.constants.set(region, (buffer = bufferOf(this.device, NDArray.of(region.constant, [region.size], region.dtype))));
    return buffer;
  }

  private zeros(size: number): GpuBuffer {
    return this.device.run('function() { return num(0); }', size, [], []);
  }
}
