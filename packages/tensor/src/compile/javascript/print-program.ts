/** @file Prints a schedule as readable JavaScript: a function per kernel, and `main`, which calls them in loops and branches. */
import { equationTexts, printProgram as programText, type Equation, type Program } from '@tapeflow/autodiff/extend';
import { bytesPerElement, type DType } from '../../array/dtype.ts';
import { describeType } from '../../array/type.ts';
import { workOf, type CheckStep, type HostStep, type RunStep, type ScanStep, type Schedule, type Step, type WhileStep } from '../lower/step.ts';
import type { IndexSite } from '../../primitives/index-within.ts';
import { placeOf, type Counter, type Region, type View } from '../lower/view.ts';
import { RegionNames } from '../inspect/names.ts';
import { printKernel, type TermsArray } from './print-kernel.ts';
import { printReduction, reductionName } from './print-reductions.ts';

/** What is printed besides what the program computes. */
export type Extra = 'nothing' | 'checks' | 'clock';

/** A program as text, and what the text asks of JavaScript by number. */
export interface PrintedJavaScript {
  /** The body of a function of `memory`, `scratch`, `host`, which returns `main`. */
  readonly text: string;
  readonly kernels: readonly RunStep[];
  readonly hostCalls: readonly HostStep[];
  readonly checks: readonly CheckStep[];
  /** Where indices are checked. */
  readonly sites: readonly IndexSite[];
  /** Bytes of memory for the terms of sums. */
  readonly scratchBytes: number;
}

const ARRAYS: Readonly<Record<DType, string>> = { f32: 'Float32Array', f64: 'Float64Array', i32: 'Int32Array', bool: 'Uint8Array' };

/** Functions of the host that kernels call. */
const FUNCTIONS: readonly string[] = [
  'roundHalfEven', 'erf', 'erfc', 'gamma', 'lgamma', 'digamma', 'polygamma', 'sinc', 'saturate', 'within', 'notFinite', 'fail', 'tick',
];

/** More equations than this are not written above a kernel. */
const MOST_EQUATIONS = 40;

/** Prints a schedule whose regions have addresses, lowered from a program. */
export function printJavaScriptProgram(program: Program, schedule: Schedule, extra: Extra): PrintedJavaScript {
  return new ProgramPrinter(program, schedule, extra).print();
}

class ProgramPrinter {
  private readonly program: Program;
  private readonly schedule: Schedule;
  private readonly extra: Extra;
  private readonly equations: ReadonlyMap<Equation, string>;
  private readonly positions: ReadonlyMap<Equation, number>;
  private readonly names: RegionNames;
  private readonly declared = new Set<Region>();
  private readonly declarations: string[] = [];
  private readonly counters = new Map<Counter, string>();
  private loops = 0;
  /** Counters that places depend on. */
  private readonly used = new Set<string>();
  private readonly functions: string[] = [];
  /** Functions that reduce rows, by name. */
  private readonly reductions = new Map<string, string>();
  private readonly terms = new Map<string, TermsArray>();
  private readonly kernels: RunStep[] = [];
  private readonly hostCalls: HostStep[] = [];
  private readonly checks: CheckStep[] = [];
  private readonly sites: IndexSite[] = [];
  /** Numbers by which the clock tells steps apart. */
  private readonly numbers: ReadonlyMap<Step, number>;

  constructor(program: Program, schedule: Schedule, extra: Extra) {
    this.program = program;
    this.schedule = schedule;
    this.extra = extra;
    this.names = new RegionNames(schedule);
    this.numbers = new Map(workOf(schedule.steps).map((step, k) => [step, k]));
    this.equations = equationTexts(program);
    this.positions = new Map([...this.equations.keys()].map((equation, k) => [equation, k]));
  }

  print(): PrintedJavaScript {
    for (const { region } of this.schedule.inputs) this.regionName(region.root);
    const main = this.steps(this.schedule.steps);
    let scratchBytes = 0;
    const terms = [...this.terms.values()].map(({ name, dtype, size }) => {
      const line = `const ${name} = new ${ARRAYS[dtype]}(scratch, ${scratchBytes}, ${size}); // terms of a sum`;
      scratchBytes += Math.ceil((size * bytesPerElement(dtype)) / 8) * 8;
      return line;
    });
    const body = [...this.reductions.values(), ...this.functions, `return function main() {\n${main.map((line) => `  ${line}`).join('\n')}\n};`].join('\n\n');
    const used = FUNCTIONS.filter((name) => new RegExp(`\\b${name}\\(`).test(body));
    const calls = this.hostCalls.map((step, k) => hostName(step, k));
    const text = [
      '"use strict";',
      ...commented(programText(this.program).split('\n')),
      '',
      'const f32 = Math.fround;',
      ...(used.length === 0 ? [] : [`const { ${used.join(', ')} } = host;`]),
      ...(calls.length === 0 ? [] : [`const [${calls.join(', ')}] = host.operations;`]),
      '',
      ...this.sites.map(({ operation, place }, k) => `// ${k === 0 ? 'within(index, length, site) gives the index or throws. Sites: ' : ''}${k}: ${oneLine(`${operation}, ${place}`)}`),
      '// Memory. Values that are not needed at the same time share it.',
      ...this.declarations,
      ...terms,
      '',
      body,
      '',
    ].join('\n');
    return { text, kernels: this.kernels, hostCalls: this.hostCalls, checks: this.checks, sites: this.sites, scratchBytes };
  }

  // Memory

  private regionName(root: Region): string {
    const name = this.names.of(root);
    if (!this.declared.has(root)) {
      this.declared.add(root);
      if (root.address >= 0) this.declarations.push(`const ${name} = new ${ARRAYS[root.dtype]}(memory, ${root.address}, ${root.size});`);
    }
    return name;
  }

  /** Elements by which a place moves with the loops around it. */
  private moves(view: View): string {
    return placeOf(view).moving.map(({ counter, stride }) => {
      const name = this.counters.get(counter)!;
      this.used.add(name);
      return `${name} * ${stride}`;
    }).join(' + ');
  }

  private element(view: View): string {
    const { region, offset } = placeOf(view);
    return `${this.regionName(region)}[${[this.moves(view), String(offset)].filter((text) => text !== '' && text !== '0').join(' + ') || '0'}]`;
  }

  private describe(view: View): string {
    return `${this.regionName(placeOf(view).region)}: ${describeType(view)}`;
  }

  // Steps

  private steps(steps: readonly Step[]): string[] {
    return steps.flatMap((step) => this.step(step));
  }

  private step(step: Step): string[] {
    switch (step.kind) {
      case 'run':
        return this.timed(step, [this.run(step)]);
      case 'clear': {
        const { region, offset } = placeOf(step.target);
        const moves = this.moves(step.target);
        const start = moves === '' ? String(offset) : `${moves} + ${offset}`;
        return this.timed(step, [`${this.regionName(region)}.fill(0, ${start}, ${start} + ${step.target.region.size});`]);
      }
      case 'host':
        return this.timed(step, this.host(step));
      case 'scan':
        return this.scan(step);
      case 'while':
        return this.whileLoop(step);
      case 'cond':
        return [`if (${this.element(step.predicate)}) {`, ...this.inside(step.whenTrue), ...(step.whenFalse.length === 0 ? [] : ['} else {', ...this.inside(step.whenFalse)]), '}'];
      case 'check':
        return this.check(step);
      case 'fixed':
        throw new RangeError('printJavaScriptProgram: fixed kernels are calls of the host.');
    }
  }

  private inside(steps: readonly Step[]): string[] {
    return this.steps(steps).map((line) => `  ${line}`);
  }

  private timed(step: Step, lines: readonly string[]): string[] {
    return this.extra === 'clock' ? [...lines, `tick(${this.numbers.get(step)!});`] : [...lines];
  }

  private run(step: RunStep): string {
    const name = `kernel${this.kernels.push(step) - 1}`;
    const places = step.views.map(placeOf);
    const names = places.map(({ region }) => this.regionName(region));
    const starts = places.map(({ offset, moving }, k) => ({ offset, moving: moving.length === 0 ? '' : `at${k}` }));
    const moving = step.views.filter((_, k) => starts[k]!.moving !== '');
    const { text, terms } = printKernel(step.kernel, name, {
      buffers: { nameOf: (k) => names[k]!, startOf: (k) => starts[k]!, numberOf: (site) => this.numberOf(site) },
      parameters: starts.flatMap((start) => (start.moving === '' ? [] : [start.moving])),
      comments: this.comments(step),
      checkedAs: this.extra === 'checks' ? this.kernels.length - 1 : undefined,
    });
    for (const output of step.kernel.outputs) {
      if (output.kind === 'reduce') this.reductions.set(reductionName(output.operator, step.kernel.buffers[output.buffer]!), printReduction(output.operator, step.kernel.buffers[output.buffer]!));
    }
    this.functions.push(text);
    for (const array of terms) this.termsArray(array);
    return `${name}(${moving.map((view) => this.moves(view)).join(', ')});`;
  }

  private numberOf({ operation, place }: IndexSite): number {
    const known = this.sites.findIndex((site) => site.operation === operation && site.place === place);
    return known >= 0 ? known : this.sites.push({ operation, place }) - 1;
  }

  /** Kernels share the memory for terms, and its names: the longest list serves all. */
  private termsArray(array: TermsArray): void {
    this.terms.set(array.name, { ...array, size: Math.max(array.size, this.terms.get(array.name)?.size ?? 0) });
  }

  private comments({ equations }: RunStep): string[] {
    const all = [...new Set(equations.flat())].sort((a, b) => this.positions.get(a)! - this.positions.get(b)!);
    const lines = all.slice(0, MOST_EQUATIONS).map((equation) => short(oneLine(this.equations.get(equation) ?? equation.primitive.name)));
    return all.length > MOST_EQUATIONS ? [...lines, `and ${all.length - MOST_EQUATIONS} more`] : lines;
  }

  private host(step: HostStep): string[] {
    const number = this.hostCalls.push(step) - 1;
    return [`${hostName(step, number)}(); // ${oneLine(`${step.results.map((view) => this.describe(view)).join(', ')} = ${step.primitive.name}(${step.inputs.map((view) => this.describe(view)).join(', ')})`)}`];
  }

  private scan({ counter, sides, reverse, body }: ScanStep): string[] {
    const name = `step${this.loops}`;
    this.counters.set(counter, name);
    const side = this.sideOf(sides);
    const head = reverse ? `for (let ${name} = ${counter.length - 1}; ${name} >= 0; ${name}--) {` : `for (let ${name} = 0; ${name} < ${counter.length}; ${name}++) {`;
    return this.turning(side, [head, ...this.inside(body)]);
  }

  private whileLoop({ sides, condition, holds, body }: WhileStep): string[] {
    const side = this.sideOf(sides);
    return this.turning(side, ['for (;;) {', ...this.inside(condition), `  if (!${this.element(holds)}) break;`, ...this.inside(body)]);
  }

  private sideOf(sides: Counter): string {
    const name = `side${this.loops++}`;
    this.counters.set(sides, name);
    return name;
  }

  /** A loop that says which side it is at, if anything asks. */
  private turning(side: string, lines: readonly string[]): string[] {
    return this.used.has(side) ? [`let ${side} = 0;`, ...lines, `  ${side} = 1 - ${side};`, '}'] : [...lines, '}'];
  }

  private check(step: CheckStep): string[] {
    const number = this.checks.push(step) - 1;
    return [`if (!${this.element(step.condition)}) {`, ...this.inside(step.report), `  fail(${number});`, '}'];
  }
}

/** Names of operations may hold anything; names of functions may not. */
const hostName = ({ primitive }: HostStep, number: number): string => `${primitive.name.replaceAll(/[^A-Za-z0-9_]/g, '_').replace(/^\d/, '_$&')}_${number}`;

/** Nothing may end a comment but what belongs to the text. */
const oneLine = (text: string): string => text.replaceAll(/[\r\n\u2028\u2029]+/g, ' ');

/** Loops have long lists of results. */
const LONGEST_COMMENT = 160;
const short = (text: string): string => (text.length > LONGEST_COMMENT ? `${text.slice(0, LONGEST_COMMENT - 1)}…` : text);

const commented = (lines: readonly string[]): string[] => lines.map((line) => `// ${short(oneLine(line))}`);
