/** @file A program as printed JavaScript: its memory, its results, and what it asks of the js backend while it runs. */
import { digamma, equationTexts, erf, erfc, gamma, lgamma, polygamma, type Equation, type Primitive, type Program, type Value } from '@tapeflow/autodiff/extend';
import { allocate, type TypedArray } from '../../array/dtype.ts';
import { NDArray } from '../../array/ndarray.ts';
import { Storage } from '../../array/storage.ts';
import { rowMajor, sizeOf, type Shape } from '../../array/strides.ts';
import { copyInto } from '../../backends/js/copy.ts';
import { roundHalfEven } from '../../backends/js/round.ts';
import { sinc } from '../../elementwise/special.ts';
import { IndexError } from '../../errors.ts';
import { saturate } from '../../primitives/structure.ts';
import { CodeGenerationForbiddenError, NotFiniteError, ReentrantCallError } from '../errors.ts';
import type { Executable } from '../executable.ts';
import { lower } from '../lower/lower.ts';
import { stepsText, writtenRegions, type HostStep, type Output, type Schedule } from '../lower/step.ts';
import { placeOf, type Region, type View } from '../lower/view.ts';
import { planMemory } from '../memory-plan.ts';
import { InputMemory } from '../wasm/transfer.ts';
import { canGenerateCode, functionFrom } from './code-generation.ts';
import { printJavaScriptProgram, type Extra, type PrintedJavaScript } from './print-program.ts';

let programs = 0;

/** Compiles a program to JavaScript. Throws `UnsupportedOperationError`, or `RangeError` where there is not enough memory. */
export function compileToJavaScript(program: Program, extra: Extra = 'nothing'): JavaScriptProgram {
  if (!canGenerateCode()) throw new CodeGenerationForbiddenError(extra === 'checks' ? "jit(f, { debug: true })" : 'compileToJavaScript');
  const schedule = lower(program, { numerics: 'roundedOnce' });
  const { bytes, constants } = planMemory(schedule);
  const memory = new ArrayBuffer(bytes);
  for (const region of constants) dataOf(memory, region).set(region.constant!);
  return new JavaScriptProgram(program, schedule, printJavaScriptProgram(program, schedule, extra), memory, extra);
}

const ARRAYS = { f32: Float32Array, f64: Float64Array, i32: Int32Array, bool: Uint8Array };

function dataOf(memory: ArrayBuffer, region: Region): TypedArray {
  return region.root.address < 0 ? allocate(region.dtype, 0) : new ARRAYS[region.dtype](memory, region.root.address, region.size);
}

/** Indices along the axes of the element at a position. */
function indicesOf(at: number, shape: Shape): number[] {
  return rowMajor(shape).map((stride, axis) => Math.floor(at / stride) % shape[axis]!);
}

/** A program that has been printed and can run. */
export class JavaScriptProgram implements Executable {
  readonly bytes: number;
  readonly schedule: Schedule;
  readonly printed: PrintedJavaScript;
  /** Called with the number of a step when it is over, by programs with a clock. */
  tick: (step: number) => void = () => undefined;
  private readonly program: Program;
  private readonly extra: Extra;
  private readonly memory: ArrayBuffer;
  private readonly inputs: readonly InputMemory[];
  private readonly main: () => void;
  /** Whether the host is at work in the middle of a run: another run would overwrite what this one needs. */
  private isCalling = false;

  constructor(program: Program, schedule: Schedule, printed: PrintedJavaScript, memory: ArrayBuffer, extra: Extra) {
    this.program = program;
    this.extra = extra;
    this.schedule = schedule;
    this.printed = printed;
    this.memory = memory;
    this.bytes = memory.byteLength + printed.scratchBytes;
    const written = new Set(schedule.steps.flatMap(writtenRegions));
    this.inputs = schedule.inputs.map(({ region }) => new InputMemory(dataOf(memory, region), region.dtype, !written.has(region.root)));
    const host = {
      roundHalfEven, erf, erfc, gamma, lgamma, digamma, polygamma, sinc, saturate,
      within: (index: number, length: number, site: number): number => {
        if (index < 0 || index >= length) throw new IndexError(printed.sites[site]!.operation, index, length, printed.sites[site]!.place);
        return index;
      },
      notFinite: (kernel: number, output: number, value: number, index: readonly number[], inputs: readonly (readonly [string, number])[]) => this.notFinite(kernel, output, value, index, inputs),
      fail: (check: number) => this.fail(check),
      tick: (step: number) => this.tick(step),
      operations: printed.hostCalls.map((step) => () => this.perform(step)),
    };
    // The name is what a debugger lists it under.
    const make = functionFrom(['memory', 'scratch', 'host'], `${printed.text}//# sourceURL=tapeflow/program${++programs}.js`);
    this.main = make(memory, new ArrayBuffer(printed.scratchBytes), host) as () => void;
  }

  /** Results are copies, whether they may be lost or not. */
  run(inputs: readonly Value[]): Value[] {
    if (this.isCalling) throw new ReentrantCallError();
    for (let k = 0; k < inputs.length; k++) this.inputs[k]!.fill(inputs[k] as NDArray);
    this.main();
    const storages = new Map<Region, Storage>();
    return this.schedule.outputs.map((output) => this.output(output, inputs, storages));
  }

  private output(output: Output, inputs: readonly Value[], storages: Map<Region, Storage>): Value {
    if ('value' in output) return output.value;
    if ('input' in output) return inputs[output.input];
    const { shape, strides, dtype } = output.view;
    if (sizeOf(shape) === 0) return NDArray.of(allocate(dtype, 0), shape, dtype);
    const { region, offset } = placeOf(output.view);
    let storage = storages.get(region);
    if (storage === undefined) storages.set(region, (storage = new Storage(dataOf(this.memory, region).slice())));
    return new NDArray(storage, shape, strides, offset, dtype);
  }

  private copyOut({ region, shape, dtype }: View): NDArray {
    return NDArray.of(dataOf(this.memory, region).slice(), shape, dtype);
  }

  private fail(check: number): never {
    const { data, error } = this.printed.checks[check]!;
    throw error(data.map((view) => this.copyOut(view)));
  }

  private notFinite(kernel: number, output: number, value: number, index: readonly number[], inputs: readonly (readonly [string, number])[]): never {
    const equations = this.printed.kernels[kernel]!.equations[output]!.map((equation) => this.textOf(equation));
    throw new NotFiniteError(`kernel${kernel}`, equations, index, value, Object.fromEntries(inputs));
  }

  private perform({ equation, primitive, params, results, inputs }: HostStep): void {
    const outputs = this.evaluate(primitive, inputs, params);
    results.forEach((view, k) => {
      if (view.region.size === 0) return;
      const data = dataOf(this.memory, view.region);
      copyInto(data, outputs[k]!, 0, rowMajor(view.shape));
      const at = this.extra === 'checks' ? data.findIndex((value) => !Number.isFinite(value)) : -1;
      if (at >= 0) throw new NotFiniteError(primitive.name, [this.textOf(equation)], indicesOf(at, view.shape), data[at]!, {});
    });
  }

  private evaluate(primitive: Primitive, inputs: readonly View[], params: unknown): NDArray[] {
    this.isCalling = true;
    try {
      return primitive.evaluate(inputs.map((view) => this.copyOut(view)), params) as NDArray[];
    } finally {
      this.isCalling = false;
    }
  }

  private textOf(equation: Equation): string {
    return equationTexts(this.program).get(equation) ?? equation.primitive.name;
  }

  /** The text that runs, without what is only for debuggers. */
  toJavaScript(): string {
    return this.printed.text;
  }

  toString(): string {
    return [`${this.printed.kernels.length} kernels of printed JavaScript, ${this.bytes} bytes of memory`, ...stepsText(this.schedule.steps)].join('\n');
  }
}
